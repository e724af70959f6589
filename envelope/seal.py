# SPDX-License-Identifier: Apache-2.0
"""Write-only sealing for the phone side: reports, attachments and updates that could not be read.

Nothing here opens anything: the bot holds public keys and, until the report is sent, the report key in the draft.
"""

import hashlib
import os
from typing import NamedTuple

from cryptography.cobblestone import Cobblestone256Encryptor

from envelope import suite
from envelope.binding import bind, kdf, kid_public
from envelope.keys import KEY_BYTES, REPORT_KEY_BYTES, body_key, summary_key
from envelope.padding import BODY_BUCKETS, DEAD_LETTER_BUCKETS, SUMMARY_BUCKETS, frame, padme
from envelope.suite import RecordType

_PADDING_PIECE = 64 * 1024


class SealedReport(NamedTuple):
    """The three records of a report: its key to the intake key, body and summary under its key."""

    key: bytes
    body: bytes
    summary: bytes


def new_report_key() -> bytes:
    """Draw 64 bytes: body key (32), then summary key (32)."""
    return os.urandom(REPORT_KEY_BYTES)


def seal_report(
    *,
    intake_public: bytes,
    org: bytes,
    team: bytes,
    report: bytes,
    schema: int,
    report_key: bytes,
    body: bytes,
    summary: bytes,
) -> SealedReport:
    """Seal one report.

    body: canonical JSON that deflates into 128 KiB; summary: JSON of at most 1,019 bytes.
    TooLargeError: one of them does not fit; BadKeyError: a key is malformed.
    """
    kid = kid_public(intake_public)
    return SealedReport(
        suite.hpke_record(RecordType.REPORT_KEY_SEALED, intake_public, kid, report_key, org, team, report),
        suite.stream_record(
            RecordType.BODY, body_key(report_key), report, frame(body, BODY_BUCKETS, compress=True), org, schema
        ),
        seal_summary(report_key, summary, org=org, report=report, schema=schema),
    )


def seal_summary(report_key: bytes, summary: bytes, *, org: bytes, report: bytes, schema: int) -> bytes:
    """Seal a summary alone; it may be rewritten under the same key, each time under a fresh nonce."""
    framed = frame(summary, SUMMARY_BUCKETS, compress=False)
    return suite.gcm_record(RecordType.SUMMARY, summary_key(report_key), report, framed, org, schema)


class AttachmentSealer:
    """Seals one file piece by piece; what it holds in memory does not grow with the file.

    `key_record` is the attkey.wrapped record, ready from the start. Write what update() returns, then what finish()
    returns: together they are the record to store. After finish(): `size` and `sha256` of that record, and
    `content_size` and `content_sha256` of the file, which go into the report body.
    """

    def __init__(self, *, org: bytes, report: bytes, attachment: bytes, report_key: bytes) -> None:
        key = os.urandom(KEY_BYTES)
        kek = attachment_kek(report_key, report)
        self.key_record = suite.gcm_record(RecordType.ATTACHMENT_KEY_WRAPPED, kek, report, key, org, attachment)
        self._sealing = Cobblestone256Encryptor(key, bind("attachment", attachment, org, report))
        self._head = suite.header(RecordType.ATTACHMENT, attachment)
        self._outer = hashlib.sha256()
        self._inner = hashlib.sha256()
        self.size = 0
        self.content_size = 0
        self.sha256 = b""
        self.content_sha256 = b""

    def _count(self, sealed: bytes) -> bytes:
        if self._head:
            sealed, self._head = self._head + sealed, b""
        self._outer.update(sealed)
        self.size += len(sealed)
        return sealed

    def update(self, piece: bytes) -> bytes:
        """Take a piece (256 KiB to 1 MiB is a good size) and give sealed bytes to append."""
        self._inner.update(piece)
        self.content_size += len(piece)
        return self._count(self._sealing.update(piece))

    def finish(self) -> bytes:
        """Pad with zeros to the Padmé length and give the last sealed bytes (some 3 % of the file, at most 12)."""
        zeros = padme(self.content_size) - self.content_size
        sealed = [
            self._sealing.update(bytes(min(_PADDING_PIECE, zeros - at))) for at in range(0, zeros, _PADDING_PIECE)
        ]
        last = self._count(b"".join(sealed) + self._sealing.finalize())
        self.sha256 = self._outer.digest()
        self.content_sha256 = self._inner.digest()
        return last


def attachment_kek(report_key: bytes, report: bytes) -> bytes:
    """Derive the key that wraps the attachment keys of a report."""
    return kdf(body_key(report_key), "attkey.kek", report)


def seal_dead_letter(*, intake_public: bytes, org: bytes, letter: bytes, day: int, raw: bytes) -> bytes:
    """Seal an update nobody could read, for the desk to look at. TooLargeError: over 128 KiB even deflated."""
    framed = frame(raw, DEAD_LETTER_BUCKETS)
    return suite.hpke_record(RecordType.DEAD_LETTER, intake_public, kid_public(intake_public), framed, org, letter, day)
