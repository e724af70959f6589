# SPDX-License-Identifier: Apache-2.0
"""What is to be done towards one chat after a commit, and how it lies in the phone store until then.

A job is sealed as a whole, the number of the chat included; the table shows the chat's tag only.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection

from envelope.binding import mac
from envelope.locker import Locker
from storage.phone import outgoing

LEASE: Final = 60
"""Seconds that a row belongs to the process that wrote or took it, unless it renews."""
_VERSION: Final = 1  # a row is never sealed a second time


class Kind(StrEnum):
    SAY = "say"  # text, keyboard, protect
    STATUS = "status"  # text, handed (the text when the desk already has it), report
    WIPE = "wipe"  # delete every young message of the chat
    ERASE = "erase"  # delete `messages`
    MAILBOX = "mailbox"  # receipt (hex), locale


@dataclass(slots=True, repr=False, eq=False)
class Job:
    """`chat` is Telegram's number and `tag` ours; `collapsible`: a newer answer may take its place unsaid."""

    kind: Kind
    chat: int
    tag: bytes
    body: Mapping[str, Any]
    due: float = 0.0
    album: bool = False
    collapsible: bool = False
    place: int = 0
    attempt: int = 0


class Tags:
    """The name of a chat in our tables: 16 bytes that only the pepper leads back from."""

    def __init__(self, pepper: bytes, *, bot: int) -> None:
        self._pepper = pepper
        self.bot = bot

    def __repr__(self) -> str:
        return "<Tags: pepper not shown>"

    def tag(self, chat: int) -> bytes:
        return mac(self._pepper, "chat.tag", self.bot, chat)[:16]


class JobStore:
    """Seals jobs into the table and opens them again."""

    def __init__(self, locker: Locker) -> None:
        self._locker = locker

    def add(self, connection: Connection, job: Job, *, now: int) -> Job:
        """Write the job in this transaction, leased to this process; gives it its place."""
        row = secrets.token_bytes(16)
        hour = now // 3600
        fields = {"kind": job.kind, "chat": job.chat, "body": job.body, "collapsible": job.collapsible}
        plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        job.place = outgoing.add_outgoing(
            connection,
            chat=job.tag,
            row=row,
            hour=hour,
            due=int(job.due),
            until=now + LEASE,
            album=job.album,
            sealed=self._locker.seal("outgoing", row, _VERSION, plain, hour=hour),
        )
        return job

    def open(self, row: outgoing.Outgoing) -> Job:
        """GoneError: its key was destroyed in the meantime; RefusedError: the row was changed."""
        fields = json.loads(self._locker.open("outgoing", row.row, _VERSION, row.sealed))
        return Job(
            kind=Kind(fields["kind"]),
            chat=fields["chat"],
            tag=row.chat,
            body=fields["body"],
            due=row.due,
            album=bool(row.album),
            collapsible=fields["collapsible"],
            place=row.place,
        )
