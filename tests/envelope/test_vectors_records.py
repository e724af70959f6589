# SPDX-License-Identifier: Apache-2.0
"""Records sealed by other implementations open here, and every changed one is refused. See vectors/README.md."""

import hashlib
import importlib.util
import itertools
import json
import pathlib

import pytest

from envelope import suite, unseal, wrap
from envelope.binding import bind, kdf, kid_public
from envelope.errors import RefusedError
from envelope.padding import unframe
from envelope.records import RecordType, header
from envelope.suite import XWingKey

CHUNK = 56 + 16_400


def changed(data):
    """Give the data with its first byte, its last byte and its length changed; nothing can be changed in nothing."""
    if data:
        yield bytes((data[0] ^ 1,)) + data[1:]
        yield data[:-1] + bytes((data[-1] ^ 0x80,))
        yield data[:-1]
    yield data + b"\0"


def pattern(length):
    return bytes((7 * i + i // 251) % 256 for i in range(length))


def test_hpke_records_open(hpke_case, fields_of, unb64):
    key = XWingKey(bytes.fromhex(hpke_case["seed"]))
    info, sealed = bytes.fromhex(hpke_case["info"]), unb64(hpke_case["sealed"])
    assert key.public == unb64(hpke_case["public_key"])
    assert key.kid.hex() == kid_public(key.public).hex() == hpke_case["key_id"]
    assert suite.hpke_open(key, sealed, info) == unb64(hpke_case["plaintext"])
    if "label" in hpke_case:
        fields = fields_of(hpke_case)
        record_type = RecordType(hpke_case["record_type"])
        assert record_type.label == hpke_case["label"]
        assert bind(hpke_case["label"], *fields) == info
        assert header(record_type, key.kid).hex() == hpke_case["record_header"]
        record = header(record_type, key.kid) + sealed
        assert suite.open_hpke_record(record_type, key, record, *fields[1:]) == unb64(hpke_case["plaintext"])


def test_hpke_records_refuse(hpke_case, vectors, unb64):
    key = XWingKey(bytes.fromhex(hpke_case["seed"]))
    info, sealed = bytes.fromhex(hpke_case["info"]), unb64(hpke_case["sealed"])
    for wrong in changed(sealed):
        with pytest.raises(RefusedError):
            suite.hpke_open(key, wrong, info)
    for wrong in changed(info):
        with pytest.raises(RefusedError):
            suite.hpke_open(key, sealed, wrong)
    for other in vectors("hpke-xwing")["cases"]:
        if other is not hpke_case:
            with pytest.raises(RefusedError):
                suite.hpke_open(XWingKey(bytes.fromhex(other["seed"])), sealed, info)


def test_framed_mail_opens_through_its_door(vectors, fields_of, unb64):
    case = next(case for case in vectors("hpke-xwing")["cases"] if case.get("label") == "mail.in")
    key = unseal.IntakeKey(bytes.fromhex(case["seed"]))
    _, org, team, mailbox_kid, message, day = fields_of(case)
    place = {"org": org, "team": team, "mailbox_kid": mailbox_kid, "message": message, "day": day}
    record = bytes.fromhex(case["record_header"]) + unb64(case["sealed"])
    assert unseal.open_message(key, record, **place) == unframe(unb64(case["plaintext"]))
    with pytest.raises(RefusedError):
        unseal.open_message(key, record, **{**place, "day": day + 1})


def test_report_and_team_keys_open_through_their_doors(vectors, fields_of, unb64):
    report_case, team_case = vectors("hpke-xwing")["cases"][:2]
    _, org, team, report = fields_of(report_case)
    record = bytes.fromhex(report_case["record_header"]) + unb64(report_case["sealed"])
    intake = unseal.IntakeKey(bytes.fromhex(report_case["seed"]))
    opened = unseal.open_report_key(intake, record, org=org, team=team, report=report)
    assert opened == unb64(report_case["plaintext"])
    _, org, team, generation, user = fields_of(team_case)
    record = bytes.fromhex(team_case["record_header"]) + unb64(team_case["sealed"])
    seed, place = bytes.fromhex(team_case["seed"]), {"org": org, "team": team, "user": user}
    team_key = wrap.open_team_key(seed, record, generation=generation, **place)
    assert (team_key.key, team_key.generation) == (unb64(team_case["plaintext"]), generation)
    # The same team key opens the wrap of the same report key.
    wrapped = bytes.fromhex(vectors("format")["wraps"][0]["record"])
    assert team_key.unwrap_report_key(wrapped, org=org, team=team, report=report) == opened


def test_streams_open(stream_case, fields_of, unb64):
    key, context = bytes.fromhex(stream_case["key"]), bytes.fromhex(stream_case["context"])
    assert RecordType(stream_case["record_type"]).label == stream_case["label"]
    assert bind(stream_case["label"], *fields_of(stream_case)) == context
    stream = unb64(stream_case["ciphertext"])
    opened = suite.stream_open(key, stream, context)
    assert opened == pattern(stream_case["plaintext_length"])
    assert hashlib.sha256(opened).hexdigest() == stream_case["plaintext_sha256"]
    assert len(stream) == suite.stream_size(len(opened))


def test_streams_refuse(stream_case, vectors, unb64):
    key, context = bytes.fromhex(stream_case["key"]), bytes.fromhex(stream_case["context"])
    stream = unb64(stream_case["ciphertext"])
    others = [bytes.fromhex(case["key"]) for case in vectors("cobblestone-256")["cases"] if case is not stream_case]
    borders = range(56, len(stream), 16_400)
    for wrong in itertools.chain(changed(stream), (stream[:border] for border in borders)):
        with pytest.raises(RefusedError):
            suite.stream_open(key, wrong, context)
    for wrong in changed(context):
        with pytest.raises(RefusedError):
            suite.stream_open(key, stream, wrong)
    for wrong in (*others, bytes((key[0] ^ 1,)) + key[1:]):
        with pytest.raises(RefusedError):
            suite.stream_open(wrong, stream, context)
    if stream_case["plaintext_length"] >= 16_384:
        assert CHUNK in borders


def test_wraps_open(wrap_case, fields_of):
    kid, *fields = fields_of(wrap_case)
    key, record = bytes.fromhex(wrap_case["key"]), bytes.fromhex(wrap_case["record"])
    record_type = RecordType(wrap_case["record_type"])
    assert record_type.label == wrap_case["label"]
    assert bind(wrap_case["label"], kid, *fields).hex() == wrap_case["aad"]
    assert len(record) in record_type.sizes
    assert suite.open_gcm_record(record_type, key, kid, record, *fields).hex() == wrap_case["plaintext"]
    assert suite.gcm_open(key, record[24:], bytes.fromhex(wrap_case["aad"])).hex() == wrap_case["plaintext"]


def test_wraps_refuse(wrap_case, vectors, fields_of):
    kid, *fields = fields_of(wrap_case)
    key, aad = bytes.fromhex(wrap_case["key"]), bytes.fromhex(wrap_case["aad"])
    record, record_type = bytes.fromhex(wrap_case["record"]), RecordType(wrap_case["record_type"])
    for wrong in changed(record):
        with pytest.raises(RefusedError):
            suite.open_gcm_record(record_type, key, kid, wrong, *fields)
    for wrong in changed(record[24:]):
        with pytest.raises(RefusedError):
            suite.gcm_open(key, wrong, aad)
    for wrong in changed(aad):
        with pytest.raises(RefusedError):
            suite.gcm_open(key, record[24:], wrong)
    keys = {case["key"] for case in vectors("format")["wraps"]} - {wrap_case["key"]}
    for wrong in keys:
        with pytest.raises(RefusedError):
            suite.gcm_open(bytes.fromhex(wrong), record[24:], aad)


def test_the_wrapped_report_opens_through_its_doors(vectors, fields_of):
    cases = {case["label"]: case for case in vectors("format")["wraps"]}
    record = {label: bytes.fromhex(case["record"]) for label, case in cases.items()}
    _, org, team, generation, report = fields_of(cases["reportkey.wrapped"])
    team_key = wrap.TeamKey(bytes.fromhex(cases["reportkey.wrapped"]["key"]), generation)
    report_key = team_key.unwrap_report_key(record["reportkey.wrapped"], org=org, team=team, report=report)
    *_, schema = fields_of(cases["report.summary"])
    opened = unseal.open_summary(report_key, record["report.summary"], org=org, report=report, schema=schema)
    assert opened == unframe(bytes.fromhex(cases["report.summary"]["plaintext"]))
    *_, attachment = fields_of(cases["attkey.wrapped"])
    kek = kdf(report_key[:32], "attkey.kek", report)
    fields = (org, attachment)
    key = suite.open_gcm_record(RecordType.ATTACHMENT_KEY_WRAPPED, kek, report, record["attkey.wrapped"], *fields)
    assert key.hex() == cases["attkey.wrapped"]["plaintext"]
    *_, intake_kid = fields_of(cases["intakekey.wrapped"])
    seed = team_key.unwrap_intake_seed(record["intakekey.wrapped"], org=org, team=team, intake_kid=intake_kid)
    assert XWingKey(seed).kid == intake_kid


def test_headers(vectors):
    for case in vectors("format")["headers"]:
        made = header(RecordType(case["record_type"]), bytes.fromhex(case["key_id"]))
        assert made.hex() == case["header"]


OWN = pathlib.Path(__file__).parents[1] / "vectors"


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_vectors", OWN / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_our_own_vectors_are_made_again_without_a_difference(make):
    assert make.text() == (OWN / "own.json").read_text("utf-8")


def test_our_own_wraps_open(fields_of):
    for case in json.loads((OWN / "own.json").read_text("utf-8"))["wraps"]:
        kid, *fields = fields_of(case)
        record, record_type = bytes.fromhex(case["record"]), RecordType(case["record_type"])
        opened = suite.open_gcm_record(record_type, bytes.fromhex(case["key"]), kid, record, *fields)
        assert opened.hex() == case["plaintext"]
