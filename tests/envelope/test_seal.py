# SPDX-License-Identifier: Apache-2.0
"""The writing side: sizes, keys drawn at random, attachments in pieces with flat memory."""

import hashlib
import secrets
import tracemalloc

import pytest

from envelope import seal, unseal
from envelope.errors import BadKeyError, TooLargeError
from envelope.padding import padme
from envelope.records import stream_size

ORG, TEAM, REPORT, ATTACHMENT = (secrets.token_bytes(16) for _ in range(4))
INTAKE = unseal.IntakeKey(secrets.token_bytes(32))
REPORT_KEY = seal.new_report_key()


def sealed(body=b"{}", summary=b"{}", report_key=REPORT_KEY, public=INTAKE.public):
    return seal.seal_report(
        intake_public=public,
        org=ORG,
        team=TEAM,
        report=REPORT,
        schema=1,
        report_key=report_key,
        body=body,
        summary=summary,
    )


def test_a_report_opens_with_the_intake_key_only():
    report = sealed(b'{"told":"things"}', b'{"short":1}')
    key = unseal.open_report_key(INTAKE, report.key, org=ORG, team=TEAM, report=REPORT)
    assert key == REPORT_KEY
    place = {"org": ORG, "report": REPORT, "schema": 1}
    assert unseal.open_body(key, report.body, **place) == b'{"told":"things"}'
    assert unseal.open_summary(key, report.summary, **place) == b'{"short":1}'


def test_a_thousand_mixed_reports_have_few_sizes():
    sizes = set()
    for i in range(1000):
        report = sealed(secrets.token_bytes(37 * i), b"s" * (i % 1020))
        sizes.add(tuple(map(len, report)))
    assert len({body for _, body, _ in sizes}) <= 7
    assert {(key, summary) for key, _, summary in sizes} == {(1224, 1076)}


def test_nothing_told_shows_in_a_sealed_report():
    canary = b"canary-8472"
    assert all(canary not in record for record in sealed(canary * 30, canary))


def test_the_benchmark_report_takes_4_6_kilobytes_with_its_wrap():
    answers = " ".join(f"respuesta {i}: nos detuvieron en la terminal, {i} personas" for i in range(62)).encode()
    report = sealed(answers[:3700], b"x" * 900)
    assert len(report.body) == 2048 + 24 + 56 + 16
    assert sum(map(len, report)) < 4500


def test_what_is_too_long_is_said_so():
    with pytest.raises(TooLargeError, match="shorten"):
        sealed(body=secrets.token_bytes(131_072))
    with pytest.raises(TooLargeError):
        sealed(summary=bytes(1020))


@pytest.mark.parametrize("keys", [{"report_key": bytes(63)}, {"public": INTAKE.public[:-1]}, {"public": bytes(1216)}])
def test_malformed_keys_are_refused(keys):
    with pytest.raises(BadKeyError):
        sealed(**keys)


def test_report_keys_are_64_random_bytes():
    drawn = {seal.new_report_key() for _ in range(100)}
    assert len(drawn) == 100
    assert {len(key) for key in drawn} == {64}


def attachment(content, step=1 << 18, report_key=REPORT_KEY):
    sealer = seal.AttachmentSealer(org=ORG, report=REPORT, attachment=ATTACHMENT, report_key=report_key)
    pieces = [sealer.update(content[at : at + step]) for at in range(0, len(content), step)]
    return sealer, b"".join([*pieces, sealer.finish()])


@pytest.mark.parametrize("length", [0, 1, 100, 16_383, 16_384, 65_537, 1_000_001])
@pytest.mark.parametrize("step", [1000, 1 << 18])
def test_an_attachment_is_padded_counted_and_hashed(length, step):
    content = secrets.token_bytes(length)
    sealer, record = attachment(content, step)
    assert len(record) == sealer.size == 24 + stream_size(padme(length))
    assert sealer.sha256 == hashlib.sha256(record).digest()
    assert (sealer.content_size, sealer.content_sha256) == (length, hashlib.sha256(content).digest())
    assert record[:24] == b"AMP1\1\6\0\0" + ATTACHMENT
    assert len(sealer.key_record) == 84
    opened = unseal.open_attachment(
        REPORT_KEY, sealer.key_record, [record], org=ORG, report=REPORT, attachment=ATTACHMENT, content_size=length
    )
    assert b"".join(opened) == content


def test_every_attachment_has_a_key_of_its_own():
    (first, one), (second, two) = attachment(b"same"), attachment(b"same")
    assert first.key_record != second.key_record
    assert one[24:] != two[24:]


def test_memory_stays_flat_however_long_the_file():
    sealer = seal.AttachmentSealer(org=ORG, report=REPORT, attachment=ATTACHMENT, report_key=REPORT_KEY)
    piece = bytes(1 << 18)
    tracemalloc.start()
    try:
        for _ in range(4 * 32):  # 32 MiB
            sealer.update(piece)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(piece)
    finally:
        tracemalloc.stop()
    sealer.finish()


def test_a_dead_letter_opens_at_the_desk_only():
    letter = secrets.token_bytes(16)
    record = seal.seal_dead_letter(
        intake_public=INTAKE.public, org=ORG, letter=letter, day=20_000, raw=b'{"update_id":1}'
    )
    assert unseal.open_dead_letter(INTAKE, record, org=ORG, letter=letter, day=20_000) == b'{"update_id":1}'
    with pytest.raises(TooLargeError):
        seal.seal_dead_letter(
            intake_public=INTAKE.public, org=ORG, letter=letter, day=1, raw=secrets.token_bytes(131_072)
        )
