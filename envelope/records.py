# SPDX-License-Identifier: Apache-2.0
"""Records as such: their types, labels, lengths and the 24-byte header, checked before any key is touched."""

from enum import IntEnum
from typing import Self

from envelope import padding
from envelope.binding import ID_BYTES, SUITE
from envelope.errors import RefusedError
from envelope.keys import ENC_BYTES, KEY_BYTES, REPORT_KEY_BYTES

MAGIC = b"AMP1"
HEADER_BYTES = 24
TAG_BYTES = 16
NONCE_BYTES = 12
STREAM_HEAD_BYTES = 56  # Cobblestone-256: salt 24, commitment 32 (C2SP chunked-encryption)
CHUNK_BYTES = 16 * 1024
SESSION_ENTRY_BYTES = 57


def stream_size(length: int) -> int:
    """Bytes of a Cobblestone stream over so many bytes: its head, and a tag for each chunk; the last is short."""
    return STREAM_HEAD_BYTES + length + TAG_BYTES * (length // CHUNK_BYTES + 1)


def _hpke(*lengths: int) -> frozenset[int]:
    return frozenset(HEADER_BYTES + ENC_BYTES + length + TAG_BYTES for length in lengths)


def _gcm(*lengths: int) -> frozenset[int]:
    return frozenset(HEADER_BYTES + NONCE_BYTES + length + TAG_BYTES for length in lengths)


def _stream(*lengths: int) -> frozenset[int]:
    return frozenset(HEADER_BYTES + stream_size(length) for length in lengths)


class RecordType(IntEnum):
    """Byte 5 of a header. Each has the label of its binding, the lengths a record may have, and its first 8 bytes.

    They are attributes and not tables beside it, because looking up an enum member costs as much as opening a wrap.
    """

    label: str
    sizes: frozenset[int]
    start: bytes

    def __new__(cls, value: int, label: str, sizes: frozenset[int]) -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.sizes = sizes
        member.start = MAGIC + bytes((SUITE, value, 0, 0))
        return member

    REPORT_KEY_SEALED = 0x01, "reportkey.sealed", _hpke(REPORT_KEY_BYTES)
    REPORT_KEY_WRAPPED = 0x02, "reportkey.wrapped", _gcm(REPORT_KEY_BYTES)
    BODY = 0x03, "report.body", _stream(*padding.BODY_BUCKETS)
    SUMMARY = 0x04, "report.summary", _gcm(*padding.SUMMARY_BUCKETS)
    NOTE = 0x05, "report.note", _stream(*padding.NOTE_BUCKETS)
    # Has as many lengths as there are files, and is read in pieces: see envelope.unseal.open_attachment.
    ATTACHMENT = 0x06, "attachment", frozenset[int]()
    ATTACHMENT_KEY_WRAPPED = 0x07, "attkey.wrapped", _gcm(KEY_BYTES)
    TEAM_KEY_SEALED = 0x08, "teamkey.sealed", _hpke(KEY_BYTES)
    INTAKE_KEY_WRAPPED = 0x09, "intakekey.wrapped", _gcm(KEY_BYTES)
    SIDE_KEY_WRAPPED = 0x0A, "sidekey.wrapped", _gcm(KEY_BYTES)
    USER_KEY_WRAPPED = 0x0B, "userkey.wrapped", _gcm(KEY_BYTES)
    SESSION = 0x0C, "session", _gcm(*(1 + SESSION_ENTRY_BYTES * count for count in range(256)))
    MAIL_OUT = 0x0D, "mail.out", _hpke(*padding.MAIL_BUCKETS)
    MAIL_IN = 0x0E, "mail.in", _hpke(*padding.MAIL_BUCKETS)
    LOCKER = 0x0F, "locker", _stream(*padding.OUTGOING_BUCKETS, *padding.CONTACT_BUCKETS)
    AUDIT_DETAIL = 0x10, "audit.detail", _stream(*padding.DETAIL_BUCKETS)
    REPORT_KEY_NAMED = 0x11, "reportkey.named", _hpke(REPORT_KEY_BYTES)
    DEAD_LETTER = 0x12, "deadletter", _hpke(*padding.DEAD_LETTER_BUCKETS)


def header(record_type: RecordType, kid: bytes) -> bytes:
    """Give the 24 bytes that open a record. ValueError: the key id has not 16 bytes."""
    if len(kid) != ID_BYTES:
        raise ValueError("a key id takes 16 bytes")
    return record_type.start + kid


def split(record: bytes, record_type: RecordType) -> tuple[bytes, bytes]:
    """Check header and length and give key id and payload. RefusedError: not a record of this type."""
    if len(record) not in record_type.sizes or record[:8] != record_type.start:
        raise RefusedError
    return record[8:HEADER_BYTES], record[HEADER_BYTES:]


def payload(record: bytes, record_type: RecordType, kid: bytes) -> bytes:
    """Give the payload of a record that must name this key. RefusedError: another key, type, suite or length."""
    if len(record) not in record_type.sizes or record[:HEADER_BYTES] != record_type.start + kid:
        raise RefusedError
    return record[HEADER_BYTES:]
