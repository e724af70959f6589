# SPDX-License-Identifier: Apache-2.0
"""Primitives and records: whatever is changed in a record of any type, the answer is the one RefusedError."""

import copy
import json
import pickle
import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from envelope import records, suite
from envelope.binding import LABELS, bind
from envelope.errors import BadKeyError, EnvelopeError, RefusedError, SelfTestError
from envelope.keys import body_key, public_key, summary_key
from envelope.records import CHUNK_BYTES, RecordType, header, payload, split, stream_size
from envelope.suite import XWingKey

KEY = XWingKey(bytes(range(32)))
OTHER = XWingKey(bytes(range(1, 33)))
SECRET = bytes(range(32, 64))
FIELD = {"text": "draft", "uint": 7, "id": bytes(range(16))}
SEALED_BY_HPKE = {
    RecordType.REPORT_KEY_SEALED,
    RecordType.TEAM_KEY_SEALED,
    RecordType.MAIL_OUT,
    RecordType.MAIL_IN,
    RecordType.REPORT_KEY_NAMED,
    RecordType.DEAD_LETTER,
}
STREAMS = {RecordType.BODY, RecordType.NOTE, RecordType.LOCKER, RecordType.AUDIT_DETAIL}
WHOLE = [record_type for record_type in RecordType if record_type is not RecordType.ATTACHMENT]


class Sealed:
    """One record of a type, of its shortest length, with the way to open it."""

    def __init__(self, record_type):
        self.type = record_type
        self.fields = [FIELD[kind] for _, kind in LABELS[record_type.label][1:]]
        size = min(record_type.sizes)
        if record_type in SEALED_BY_HPKE:
            self.plaintext = secrets.token_bytes(size - 24 - 1120 - 16)
            self.kid = KEY.kid
            self.record = suite.hpke_record(record_type, KEY.public, KEY.kid, self.plaintext, *self.fields)
        elif record_type in STREAMS:
            self.plaintext = secrets.token_bytes(size - 24 - 56 - 16)
            self.kid = bytes(16)
            self.record = suite.stream_record(record_type, SECRET, self.kid, self.plaintext, *self.fields)
        else:
            self.plaintext = secrets.token_bytes(size - 24 - 12 - 16)
            self.kid = bytes(16)
            self.record = suite.gcm_record(record_type, SECRET, self.kid, self.plaintext, *self.fields)
        assert len(self.record) == size

    def open(self, record, *fields, key=SECRET, private=KEY, kid=None):
        fields = fields or self.fields
        if self.type in SEALED_BY_HPKE:
            return suite.open_hpke_record(self.type, private, record, *fields)
        opener = suite.open_stream_record if self.type in STREAMS else suite.open_gcm_record
        return opener(self.type, key, kid or self.kid, record, *fields)


@pytest.fixture(scope="module", params=WHOLE, ids=lambda record_type: record_type.label)
def sealed(request):
    return Sealed(request.param)


def refused(sealed, record, *fields, **keys):
    with pytest.raises(RefusedError) as caught:
        sealed.open(record, *fields, **keys)
    return type(caught.value) is RefusedError and str(caught.value) == str(RefusedError())


def test_what_was_sealed_opens(sealed):
    assert sealed.open(sealed.record) == sealed.plaintext


def test_every_bit_of_the_header_counts(sealed):
    for bit in range(24 * 8):
        record = bytearray(sealed.record)
        record[bit // 8] ^= 1 << bit % 8
        assert refused(sealed, bytes(record))


def test_every_bit_of_the_payload_counts(sealed):
    for bit in range(24 * 8, len(sealed.record) * 8):
        record = bytearray(sealed.record)
        record[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RefusedError):
            sealed.open(bytes(record))


def test_every_field_of_the_binding_counts(sealed):
    changed = {"text": "outgoing", "uint": 8, "id": bytes(range(1, 17))}
    for place, (_, kind) in enumerate(LABELS[sealed.type.label][1:]):
        fields = list(sealed.fields)
        fields[place] = changed[kind]
        assert refused(sealed, sealed.record, *fields)


def test_length_key_and_type_count(sealed):
    assert refused(sealed, sealed.record[:-1])
    assert refused(sealed, sealed.record + b"\0")
    assert refused(sealed, b"")
    assert refused(sealed, sealed.record[:24])
    assert refused(sealed, sealed.record, key=bytes(32), private=OTHER)
    for other in WHOLE:
        if other is not sealed.type:
            with pytest.raises(RefusedError):
                split(sealed.record, other)


def test_a_record_of_another_suite_is_refused(sealed):
    for suite_byte in (0x00, 0x02, 0x7F, 0x80, 0xFF):
        assert refused(sealed, sealed.record[:4] + bytes((suite_byte,)) + sealed.record[5:])


def test_rows_cannot_change_places(sealed):
    again = Sealed(sealed.type)
    if sealed.fields:
        assert sealed.open(again.record) == again.plaintext  # the same place: opens
        assert refused(sealed, again.record, *[bytes(range(2, 18)) if f == FIELD["id"] else f for f in sealed.fields])


def test_split_and_payload_give_the_parts(sealed):
    assert split(sealed.record, sealed.type) == (sealed.kid, sealed.record[24:])
    assert payload(sealed.record, sealed.type, sealed.kid) == sealed.record[24:]
    with pytest.raises(RefusedError):
        payload(sealed.record, sealed.type, bytes(range(16)))


def test_sealing_twice_gives_different_bytes(sealed):
    first, second = (Sealed(sealed.type).record[24:] for _ in range(2))
    assert first[:12] != second[:12]


def test_the_sizes_of_the_specification():
    size = {record_type.label: record_type.sizes for record_type in WHOLE}
    assert size["reportkey.sealed"] == {1224}
    assert size["reportkey.wrapped"] == {116}
    assert size["report.summary"] == {1076}
    buckets = [2048 << step for step in range(7)]
    assert size["report.body"] == {bucket + 24 + 56 + 16 * (bucket // 16384 + 1) for bucket in buckets}


@pytest.mark.parametrize("length", [0, 1, 16383, 16384, 16385, 40000])
def test_stream_size(length):
    stream = suite.stream_seal(SECRET, bytes(length), b"context")
    assert len(stream) == stream_size(length)
    assert suite.stream_open(SECRET, stream, b"context") == bytes(length)


def test_chunks_can_neither_go_nor_change_places():
    stream = suite.stream_seal(SECRET, secrets.token_bytes(3 * CHUNK_BYTES + 5), b"context")
    chunk = CHUNK_BYTES + 16
    borders = [56 + chunk * count for count in range(4)]
    for cut in (0, 24, 55, *borders, len(stream) - 1):
        with pytest.raises(RefusedError):
            suite.stream_open(SECRET, stream[:cut], b"context")
    head, first, second, rest = stream[:56], stream[56 : borders[1]], stream[borders[1] : borders[2]], borders[2]
    for order in (second + first, first + first, second, first):
        with pytest.raises(RefusedError):
            suite.stream_open(SECRET, head + order + stream[rest:], b"context")


def test_gcm_takes_a_prepared_key_and_refuses_the_shortest():
    aead = AESGCM(SECRET)
    assert suite.gcm_open(SECRET, suite.gcm_seal(aead, b"text", b"aad"), b"aad") == b"text"
    assert suite.gcm_open(aead, suite.gcm_seal(SECRET, b"", b"aad"), b"aad") == b""
    for length in (0, 12, 27):
        with pytest.raises(RefusedError):
            suite.gcm_open(aead, bytes(length), b"aad")


def test_hpke_on_bare_payloads():
    sealed = suite.hpke_seal(KEY.public, b"text", b"info")
    assert suite.hpke_open(KEY, sealed, b"info") == b"text"
    assert suite.hpke_seal(KEY.public, b"text", b"info") != sealed
    for private, payload_, info in ((OTHER, sealed, b"info"), (KEY, sealed, b"infO"), (KEY, b"", b"info")):
        with pytest.raises(RefusedError):
            suite.hpke_open(private, payload_, info)


def test_a_key_id_has_16_bytes():
    with pytest.raises(ValueError, match="16"):
        header(RecordType.BODY, bytes(15))


LOW_ORDER = [bytes(32), b"\1" + bytes(31), bytes.fromhex("ecff" + "ff" * 29 + "7f")]


@pytest.mark.parametrize(
    "bad",
    [b"", KEY.public[:-1], KEY.public + b"\0", b"\xff" * 1184 + KEY.public[1184:]]
    + [KEY.public[:1184] + point for point in LOW_ORDER],
)
def test_public_keys_nobody_should_seal_to(bad):
    with pytest.raises(BadKeyError):
        suite.check_public(bad)
    with pytest.raises(BadKeyError):
        suite.hpke_seal(bad, b"text", b"info")


def test_a_good_public_key_passes():
    suite.check_public(KEY.public)
    assert public_key(KEY.public) is public_key(bytes(bytearray(KEY.public)))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_seeds_and_keys_have_their_length(length):
    with pytest.raises(BadKeyError):
        XWingKey(bytes(length))
    for half in (body_key, summary_key):
        with pytest.raises(BadKeyError):
            half(bytes(length + 1))


def test_the_halves_of_a_report_key():
    report_key = bytes(range(64))
    assert body_key(report_key) + summary_key(report_key) == report_key
    assert body_key(report_key)[0] == 0


def test_a_key_does_not_show_or_leave():
    assert repr(KEY) == f"{KEY}" == "<XWingKey: not shown>"
    for leave in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            leave(KEY)


def test_errors_say_what_to_do_and_are_one_tree():
    assert issubclass(RefusedError, EnvelopeError)
    assert "audit verify" in str(RefusedError())


def test_the_self_test_passes_here():
    suite.self_test()


KINDS = ["hpke", "stream", "gcm", "kdf", "ed25519", "mldsa44", "argon2id"]


def test_the_self_test_covers_each_kind():
    assert list(suite._KNOWN) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_self_test_finds_a_broken_primitive(kind, monkeypatch):
    def wrong(_answer):
        return False

    def absent(_answer):
        raise AttributeError

    for broken in (wrong, absent):
        monkeypatch.setitem(suite._KNOWN, kind, broken)
        with pytest.raises(SelfTestError, match=kind):
            suite.self_test()


@pytest.mark.parametrize("kind", KINDS)
def test_the_self_test_compares_its_answers(kind):
    answers = json.loads(suite.files("envelope").joinpath("known_answers.json").read_text("utf-8"))
    answer = {name: bytes.fromhex(value) for name, value in answers[kind].items()}
    assert suite._KNOWN[kind](answer)
    for name, value in answer.items():
        changed = {**answer, name: bytes((value[0] ^ 1,)) + value[1:]}
        try:
            assert not suite._KNOWN[kind](changed)
        except RefusedError:
            continue


def test_the_known_answers_are_vectors_of_others(vectors, unb64):
    answers = json.loads(suite.files("envelope").joinpath("known_answers.json").read_text("utf-8"))
    sealed = vectors("hpke-xwing")["cases"][0]
    assert answers["hpke"]["sealed"] == unb64(sealed["sealed"]).hex()
    assert answers["stream"]["sealed"] == unb64(vectors("cobblestone-256")["cases"][1]["ciphertext"]).hex()
    form = vectors("format")
    assert answers["gcm"]["sealed"] == form["wraps"][0]["record"][48:]
    assert answers["kdf"]["derived"] == form["derived"]["hkdf"][0]["okm"]
    checkpoint = vectors("log")["checkpoints"][0]
    signatures = [unb64(line.split()[2]) for line in checkpoint.splitlines() if line.startswith("—")]
    assert answers["ed25519"]["signature"] == signatures[0][4:].hex()
    assert answers["mldsa44"]["signature"] == signatures[1][12:].hex()


def test_info_is_bound_to_the_label():
    assert bind("report.body", bytes(16), bytes(16), 1) != bind("report.summary", bytes(16), bytes(16), 1)
    assert records.RecordType.BODY.label == "report.body"
