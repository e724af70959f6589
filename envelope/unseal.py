# SPDX-License-Identifier: Apache-2.0
"""Opening reports, attachments, notes and messages. Only api.vault and the offline command import this.

Everything that does not open raises RefusedError. Pieces of an attachment are released before its end was seen:
write them to a temporary file and publish that only after the iterator is exhausted.
"""

from collections.abc import Iterable, Iterator

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from envelope import suite
from envelope.binding import around, bind
from envelope.errors import RefusedError
from envelope.keys import XWingKey, body_key, summary_key
from envelope.padding import NOTE_BUCKETS, frame, padme, unframe
from envelope.seal import attachment_kek
from envelope.suite import HEADER_BYTES, NONCE_BYTES, RecordType

(_SUMMARY_SIZE,) = RecordType.SUMMARY.sizes
_SUMMARY_START = RecordType.SUMMARY.start
_SEALED_FROM = HEADER_BYTES + NONCE_BYTES


class IntakeKey(XWingKey):
    """A team's intake key for a month; opens what the bot sealed. Made once a request: expanding costs most."""

    __slots__ = ()


def open_report_key(intake: IntakeKey, record: bytes, *, org: bytes, team: bytes, report: bytes) -> bytes:
    """Open a reportkey.sealed record: the 64 bytes of the report key."""
    return suite.open_hpke_record(RecordType.REPORT_KEY_SEALED, intake, record, org, team, report)


def open_body(report_key: bytes, record: bytes, *, org: bytes, report: bytes, schema: int) -> bytes:
    """Open a report's body: canonical JSON."""
    return unframe(suite.open_stream_record(RecordType.BODY, body_key(report_key), report, record, org, schema))


def open_summary(report_key: bytes, record: bytes, *, org: bytes, report: bytes, schema: int) -> bytes:
    """Open a report's summary: JSON. Called for every row of a queue, hence without detours."""
    if len(record) != _SUMMARY_SIZE or record[:HEADER_BYTES] != _SUMMARY_START + report:
        raise RefusedError
    before, after = around("report.summary", 0, org, schema)
    aead = AESGCM(summary_key(report_key))
    try:
        framed = aead.decrypt(record[HEADER_BYTES:_SEALED_FROM], record[_SEALED_FROM:], before + report + after)
    except InvalidTag:
        raise RefusedError from None
    return unframe(framed)


def seal_note(report_key: bytes, text: bytes, *, org: bytes, report: bytes, note: bytes, author: bytes) -> bytes:
    """Seal a note (JSON) that lives and dies with its report. TooLargeError: over 32 KiB deflated."""
    framed = frame(text, NOTE_BUCKETS, compress=True)
    return suite.stream_record(RecordType.NOTE, body_key(report_key), report, framed, org, note, author)


def open_note(report_key: bytes, record: bytes, *, org: bytes, report: bytes, note: bytes, author: bytes) -> bytes:
    """Open what seal_note made."""
    return unframe(suite.open_stream_record(RecordType.NOTE, body_key(report_key), report, record, org, note, author))


def open_message(
    intake: IntakeKey, record: bytes, *, org: bytes, team: bytes, mailbox_kid: bytes, message: bytes, day: int
) -> bytes:
    """Open a later message of a reporter (mail.in)."""
    return unframe(suite.open_hpke_record(RecordType.MAIL_IN, intake, record, org, team, mailbox_kid, message, day))


def open_dead_letter(intake: IntakeKey, record: bytes, *, org: bytes, letter: bytes, day: int) -> bytes:
    """Open an update that could not be read when it came."""
    return unframe(suite.open_hpke_record(RecordType.DEAD_LETTER, intake, record, org, letter, day))


def open_attachment(
    report_key: bytes,
    key_record: bytes,
    pieces: Iterable[bytes],
    *,
    org: bytes,
    report: bytes,
    attachment: bytes,
    content_size: int,
) -> Iterator[bytes]:
    """Open an attachment record that comes in pieces of any size; give its content in pieces.

    content_size: as the report body says. The key is opened at once; RefusedError comes from the iterator for all
    else, at the latest at its end, so publish nothing before that, nor before the content's SHA-256 is the body's.
    """
    kek = attachment_kek(report_key, report)
    key = suite.open_gcm_record(RecordType.ATTACHMENT_KEY_WRAPPED, kek, report, key_record, org, attachment)
    opening = Cobblestone256Decryptor(key, bind("attachment", attachment, org, report))
    body = _without_head(iter(pieces), suite.header(RecordType.ATTACHMENT, attachment))
    return _content(_plain(opening, body), content_size)


def _without_head(pieces: Iterator[bytes], head: bytes) -> Iterator[bytes]:
    start = b""
    while len(start) < HEADER_BYTES:
        piece = next(pieces, None)
        if piece is None:
            raise RefusedError
        start += piece
    if start[:HEADER_BYTES] != head:
        raise RefusedError
    yield start[HEADER_BYTES:]
    yield from pieces


def _plain(opening: Cobblestone256Decryptor, body: Iterator[bytes]) -> Iterator[bytes]:
    try:
        for piece in body:
            yield opening.update(piece)
        yield opening.finalize()
    except InvalidTag:
        raise RefusedError from None


def _content(padded: Iterator[bytes], content_size: int) -> Iterator[bytes]:
    seen = 0
    for piece in padded:
        content = piece[: max(content_size - seen, 0)]
        zeros = len(piece) - len(content)
        seen += len(piece)
        if piece[len(content) :] != bytes(zeros):
            raise RefusedError
        if content:
            yield content
    if seen != padme(content_size):
        raise RefusedError
