# SPDX-License-Identifier: Apache-2.0
"""The opening side: each door refuses what was changed, moved or cut, and gives the right content otherwise."""

import inspect
import secrets

import pytest
from cryptography.cobblestone import Cobblestone256Encryptor
from hypothesis import given, settings
from hypothesis import strategies as st

from envelope import mailbox, seal, suite, unseal
from envelope.binding import bind
from envelope.errors import RefusedError, TooLargeError
from envelope.padding import padme
from envelope.records import RecordType, header

ORG, TEAM, REPORT, NOTE, AUTHOR, MESSAGE, LETTER, ATTACHMENT, MAILBOX = (secrets.token_bytes(16) for _ in range(9))
INTAKE = unseal.IntakeKey(secrets.token_bytes(32))
KEY = seal.new_report_key()
PLACE = {"org": ORG, "report": REPORT}
SEALED = seal.seal_report(
    intake_public=INTAKE.public,
    team=TEAM,
    schema=1,
    report_key=KEY,
    body=b"the body",
    summary=b"the summary",
    **PLACE,
)
MAIL = {"org": ORG, "team": TEAM, "mailbox_kid": MAILBOX, "message": MESSAGE, "day": 20_000}

# Every door: how to open, the key, the record, its place and what must come out.
DOORS = {
    "report key": (unseal.open_report_key, INTAKE, SEALED.key, {**PLACE, "team": TEAM}, KEY),
    "body": (unseal.open_body, KEY, SEALED.body, {**PLACE, "schema": 1}, b"the body"),
    "summary": (unseal.open_summary, KEY, SEALED.summary, {**PLACE, "schema": 1}, b"the summary"),
    "note": (
        unseal.open_note,
        KEY,
        unseal.seal_note(KEY, b"the note", **PLACE, note=NOTE, author=AUTHOR),
        {**PLACE, "note": NOTE, "author": AUTHOR},
        b"the note",
    ),
    "message": (
        unseal.open_message,
        INTAKE,
        mailbox.seal_message(INTAKE.public, text=b"the message", **MAIL),
        MAIL,
        b"the message",
    ),
    "dead letter": (
        unseal.open_dead_letter,
        INTAKE,
        seal.seal_dead_letter(intake_public=INTAKE.public, org=ORG, letter=LETTER, day=1, raw=b"the letter"),
        {"org": ORG, "letter": LETTER, "day": 1},
        b"the letter",
    ),
}


@pytest.fixture(params=DOORS)
def door(request):
    return DOORS[request.param]


def test_each_door_opens_its_record(door):
    opener, key, record, place, content = door
    assert opener(key, record, **place) == content


def test_each_door_refuses_a_changed_bit(door):
    opener, key, record, place, _ = door
    for at in [*range(32), *range(32, len(record), 97), len(record) - 1]:
        changed = bytearray(record)
        changed[at] ^= 1 << at % 8
        with pytest.raises(RefusedError):
            opener(key, bytes(changed), **place)
    for wrong in (record[:-1], record + b"\0", record[:24], b""):
        with pytest.raises(RefusedError):
            opener(key, wrong, **place)


def test_each_door_refuses_another_place(door):
    opener, key, record, place, _ = door
    for name, value in place.items():
        other = value + 1 if isinstance(value, int) else secrets.token_bytes(16)
        with pytest.raises(RefusedError):
            opener(key, record, **{**place, name: other})


def test_each_door_refuses_another_key(door):
    opener, key, record, place, _ = door
    other = seal.new_report_key() if key is KEY else unseal.IntakeKey(secrets.token_bytes(32))
    with pytest.raises(RefusedError):
        opener(other, record, **place)


def test_each_door_refuses_the_records_of_the_others(door):
    opener, key, record, place, _ = door
    for _, _, other, _, _ in DOORS.values():
        if other is not record:
            with pytest.raises(RefusedError):
                opener(key, other, **place)


def test_a_summary_has_a_report_id_of_its_length():
    with pytest.raises(RefusedError):
        unseal.open_summary(KEY, SEALED.summary, org=ORG, report=REPORT[:-1], schema=1)


def test_a_frame_that_no_writer_writes_is_refused():
    body = suite.stream_record(RecordType.BODY, KEY[:32], REPORT, b"\2" + bytes(2047), ORG, 1)
    with pytest.raises(RefusedError):
        unseal.open_body(KEY, body, **PLACE, schema=1)


def test_a_note_has_a_largest_size():
    with pytest.raises(TooLargeError):
        unseal.seal_note(KEY, secrets.token_bytes(33_000), **PLACE, note=NOTE, author=AUTHOR)


def sealed_file(content):
    sealer = seal.AttachmentSealer(**PLACE, attachment=ATTACHMENT, report_key=KEY)
    return sealer, sealer.update(content) + sealer.finish()


CONTENT = secrets.token_bytes(100_000)
SEALER, RECORD = sealed_file(CONTENT)


def opened(record, *, size=100_000, step=None, key=KEY, key_record=SEALER.key_record, **place):
    pieces = [record] if step is None else (record[at : at + step] for at in range(0, len(record), step))
    where = {**PLACE, "attachment": ATTACHMENT, **place}
    return unseal.open_attachment(key, key_record, pieces, **where, content_size=size)


@pytest.mark.parametrize("step", [1, 7, 24, 16_400, 1 << 20])
def test_an_attachment_may_come_in_pieces_of_any_size(step):
    content = CONTENT[:5000] if step == 1 else CONTENT
    sealer, record = sealed_file(content)
    assert b"".join(opened(record, size=len(content), step=step, key_record=sealer.key_record)) == content


def test_an_attachment_comes_out_piece_by_piece():
    pieces = opened(RECORD, step=20_000)
    assert inspect.isgenerator(pieces)
    assert 1000 < len(next(pieces)) < 40_000
    pieces.close()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(RECORD) * 8 - 1))
def test_a_changed_bit_anywhere_in_an_attachment_is_refused(bit):
    changed = bytearray(RECORD)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RefusedError):
        list(opened(bytes(changed)))


def test_every_bit_of_an_attachments_head_counts():
    for bit in range((24 + 56) * 8):
        changed = bytearray(RECORD)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RefusedError):
            list(opened(bytes(changed)))


def test_an_attachment_cut_anywhere_is_refused():
    borders = range(24 + 56, len(RECORD), 16_400)
    for cut in (0, 10, 23, 24, 50, *borders, len(RECORD) - 1):
        for step in (None, 5000):
            with pytest.raises(RefusedError):
                list(opened(RECORD[:cut], step=step))
    with pytest.raises(RefusedError):
        list(opened(RECORD + b"\0"))


def test_an_attachment_elsewhere_is_refused():
    for name in ("org", "report", "attachment"):
        with pytest.raises(RefusedError):
            list(opened(RECORD, **{name: secrets.token_bytes(16)}))
    with pytest.raises(RefusedError):
        list(opened(RECORD, key=seal.new_report_key()))
    other, _ = sealed_file(CONTENT)
    with pytest.raises(RefusedError):
        list(opened(RECORD, key_record=other.key_record))


def test_a_changed_key_record_is_refused_at_once():
    for bit in range(len(SEALER.key_record) * 8):
        changed = bytearray(SEALER.key_record)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RefusedError):
            opened(RECORD, key_record=bytes(changed))


@pytest.mark.parametrize("size", [0, 1, 99_999, padme(100_000) + 1, 200_000, 2**40])
def test_a_length_that_the_body_does_not_say_is_refused(size):
    with pytest.raises(RefusedError):
        list(opened(RECORD, size=size))


def planted(padding):
    key_record = seal.suite.gcm_record(
        RecordType.ATTACHMENT_KEY_WRAPPED, seal.attachment_kek(KEY, REPORT), REPORT, bytes(32), ORG, ATTACHMENT
    )
    sealing = Cobblestone256Encryptor(bytes(32), bind("attachment", ATTACHMENT, ORG, REPORT))
    stream = sealing.update(b"x" * 1000 + padding) + sealing.finalize()
    return opened(header(RecordType.ATTACHMENT, ATTACHMENT) + stream, size=1000, key_record=key_record)


def test_the_padding_is_zeros_of_the_right_number():
    zeros = padme(1000) - 1000
    assert b"".join(planted(bytes(zeros))) == b"x" * 1000
    for wrong in (b"", bytes(zeros - 1), bytes(zeros + 1), bytes(zeros - 1) + b"\1", b"\1" + bytes(zeros - 1)):
        with pytest.raises(RefusedError):
            list(planted(wrong))
