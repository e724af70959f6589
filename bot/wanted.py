# SPDX-License-Identifier: Apache-2.0
"""A file that is to be fetched, and how it lies in the spool's row until then."""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from envelope.locker import Locker
from storage.phone import spool

VERSION: Final = 1  # of the row's seal while the file is wanted


class Origin(NamedTuple):
    """The message that brought a file, and its chat: to be deleted once nothing has to be fetched any more."""

    chat: int
    tag: bytes
    message: int


class Wanted(NamedTuple):
    """A committed row of the spool, opened. `of` is the original, where this is to be the scrubbed copy of one."""

    attachment: bytes
    report: bytes
    report_key: bytes
    number: str
    of: bytes | None = None
    origin: Origin | None = None


def seal_wanted(locker: Locker, wanted: Wanted, *, hour: int) -> bytes:
    fields = {
        "number": wanted.number,
        "report_key": wanted.report_key.hex(),
        "of": wanted.of.hex() if wanted.of else None,
        "origin": (wanted.origin.chat, wanted.origin.message) if wanted.origin else None,
    }
    return locker.seal("draft", wanted.attachment, VERSION, json.dumps(fields).encode(), hour=hour)


def open_wanted(locker: Locker, row: spool.Spooled) -> Wanted:
    """EnvelopeError: its key was destroyed, or the row was changed."""
    fields = json.loads(locker.open("draft", row.attachment, VERSION, row.sealed))
    chat, message = fields["origin"] or (0, 0)
    return Wanted(
        row.attachment,
        row.report,
        bytes.fromhex(fields["report_key"]),
        fields["number"],
        bytes.fromhex(fields["of"]) if fields["of"] else None,
        Origin(chat, row.chat, message) if fields["origin"] else None,
    )
