# SPDX-License-Identifier: Apache-2.0
"""A draft between its row and the flow: opened, stepped, sealed again under the present hour's key."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from envelope.errors import EnvelopeError
from envelope.locker import Locker
from intake.draft import Draft
from intake.errors import DraftError
from storage.phone import drafts

log = logging.getLogger("amparo.bot")


class Opened(NamedTuple):
    """`version` is the row's, None when there is none; `gone`: there was a draft that nobody can open any more."""

    draft: Draft | None
    version: int | None
    gone: bool = False


_NOTHING = Opened(None, None)


class DraftRows:
    def __init__(self, locker: Locker) -> None:
        self._locker = locker

    def open(self, connection: Connection, tags: Sequence[bytes]) -> dict[bytes, Opened]:
        """The drafts of these chats, one entry each."""
        rows = drafts.load_drafts(connection, tags)
        return {tag: self._opened(tag, rows.get(tag)) for tag in tags}

    def save(
        self, connection: Connection, before: dict[bytes, Opened], after: dict[bytes, Draft | None], *, hour: int
    ) -> None:
        """Write what became of them. ConflictError: another process was first."""
        drafts.change_drafts(
            connection,
            [
                self._change(tag, before[tag], draft, hour)
                for tag, draft in after.items()
                if draft is not before[tag].draft or before[tag].gone
            ],
        )

    def _opened(self, tag: bytes, row: drafts.SealedDraft | None) -> Opened:
        if row is None:
            return _NOTHING
        try:
            plain = self._locker.open("draft", tag, row.version, row.sealed)
            return Opened(Draft.from_bytes(plain), row.version)
        except (EnvelopeError, DraftError) as error:
            log.warning("a draft cannot be opened any more", extra={"error": type(error).__name__})
            return Opened(None, row.version, gone=True)

    def _change(self, tag: bytes, before: Opened, draft: Draft | None, hour: int) -> drafts.Change:
        was = before.version
        if draft is None:
            return drafts.Change(tag, was)
        version = secrets.randbits(62) if was is None else was + 1
        sealed = self._locker.seal("draft", tag, version, draft.to_bytes(), hour=hour)
        return drafts.Change(tag, was, version, hour, sealed)
