# SPDX-License-Identifier: Apache-2.0
"""What is to be done towards one chat after a commit, and how it lies in the phone store until then.

A job is sealed as a whole, the number of the chat included; the table shows the chat's tag only.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
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
    MAILBOX = "mailbox"  # act, receipt (hex), text, level, message, ref (hex), locale, menu, markup
    ERRAND = "errand"  # the same without a menu, kept while the desk was down; chat_tag (hex), hour
    RESPELL = "respell"  # message, receipt (hex), locale, words


@dataclass(slots=True, repr=False, eq=False)
class Job:
    """`chat` is Telegram's number and `tag` ours; `collapsible`: a newer answer may take its place unsaid.

    `row` names it in the table once it is written.
    """

    kind: Kind
    chat: int
    tag: bytes
    body: Mapping[str, Any]
    due: float = 0.0
    album: bool = False
    collapsible: bool = False
    row: bytes = b""
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
        self._place = 0

    def add(self, connection: Connection, jobs: Sequence[Job], *, now: int) -> None:
        """Write the jobs in this transaction, in this order, leased to this process."""
        outgoing.add_outgoing(connection, [self._sealed(job, now) for job in jobs])

    def _sealed(self, job: Job, now: int) -> outgoing.Outgoing:
        job.row = secrets.token_bytes(16)
        fields = {"kind": job.kind, "chat": job.chat, "body": job.body, "collapsible": job.collapsible}
        plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        self._place = max(self._place + 1, time.time_ns())  # rises in this process, and across a restart
        hour = now // 3600
        return outgoing.Outgoing(
            row=job.row,
            place=self._place,
            chat=job.tag,
            hour=hour,
            due=int(job.due),
            until=now + LEASE,
            album=int(job.album),
            sealed=self._locker.seal("outgoing", job.row, _VERSION, plain, hour=hour),
        )

    def open(self, found: outgoing.Outgoing) -> Job:
        """GoneError: its key was destroyed in the meantime; RefusedError: the row was changed."""
        fields = json.loads(self._locker.open("outgoing", found.row, _VERSION, found.sealed))
        return Job(
            kind=Kind(fields["kind"]),
            chat=fields["chat"],
            tag=found.chat,
            body=fields["body"],
            due=found.due,
            album=bool(found.album),
            collapsible=fields["collapsible"],
            row=found.row,
        )
