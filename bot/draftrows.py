# SPDX-License-Identifier: Apache-2.0
"""A draft between its row and the flow: opened, stepped, sealed again under the present hour's key."""

from __future__ import annotations

import logging
import secrets
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


class DraftRows:
    def __init__(self, locker: Locker) -> None:
        self._locker = locker

    def open(self, connection: Connection, tag: bytes) -> Opened:
        row = drafts.load_draft(connection, tag)
        if row is None:
            return Opened(None, None)
        try:
            plain = self._locker.open("draft", tag, row.version, row.sealed)
            return Opened(Draft.from_bytes(plain), row.version)
        except (EnvelopeError, DraftError) as error:
            log.warning("a draft cannot be opened any more", extra={"error": type(error).__name__})
            return Opened(None, row.version, gone=True)

    def save(self, connection: Connection, tag: bytes, opened: Opened, draft: Draft | None, *, hour: int) -> None:
        """Write what became of it. ConflictError: another process was first."""
        was = opened.version
        if draft is None:
            if was is not None:
                drafts.remove_draft(connection, tag, was=was)
            return
        if draft is opened.draft:
            return
        version = secrets.randbits(62) if was is None else was + 1
        sealed = self._locker.seal("draft", tag, version, draft.to_bytes(), hour=hour)
        if was is None:
            drafts.add_draft(connection, tag, version=version, hour=hour, sealed=sealed)
        else:
            drafts.replace_draft(connection, tag, was=was, version=version, hour=hour, sealed=sealed)
