# SPDX-License-Identifier: Apache-2.0
"""Wishes that the desk could not take: kept as sealed rows with a lane each, tried until the desk answers.

A row's key dies a day after its hour, so a wish that waits longer is sealed anew under the present one. The person was
told that it is kept, and is told again only where it came to another end than was said.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from bot import screens
from bot.draftrows import DraftRows
from bot.errors import DeskError, NoManifestError
from bot.jobs import Job, JobStore, Kind
from bot.posting import Posting
from intake import visits
from intake.catalog import Catalogs
from storage.database import Store
from storage.errors import ConflictError
from storage.phone import contacts, outbox

log = logging.getLogger("amparo.bot")

_RENEWED: Final = 6  # hours after which a waiting row is sealed anew
_CONFLICTS: Final = 3


class Errands:
    """`say` takes a committed job to the sender."""

    def __init__(
        self,
        store: Store,
        jobs: JobStore,
        drafts: DraftRows,
        posting: Posting,
        catalogs: Catalogs,
        *,
        organisation: str,
        say: Callable[[Job], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._drafts = drafts
        self._posting = posting
        self._catalogs = catalogs
        self._organisation = organisation
        self._say = say
        self._now = now

    async def keep(self, job: Job) -> None:
        """Keep the wish of a mailbox job aside, so that its chat's lane goes on."""
        await self._keep({**job.body, "chat_tag": job.tag.hex(), "menu": None}, job.chat)

    async def run_one(self, job: Job) -> tuple[int, ...]:
        """Try one kept wish. DeskError, NoManifestError: its own lane tries again, later each time."""
        body, tag = job.body, bytes.fromhex(job.body["chat_tag"])
        try:
            key = await self._carried(job, tag)
        except (DeskError, NoManifestError):
            if int(self._now()) // 3600 - body["hour"] < _RENEWED:
                raise
            await self._keep(dict(body), job.chat)
            return ()
        await self._told(job, tag, key)
        return ()

    async def _carried(self, job: Job, tag: bytes) -> str | None:
        key = await self._posting.carry(job.body)
        if key is None and await self.comes_yet(tag):
            raise DeskError("the report itself is still to be handed over")
        return key

    async def comes_yet(self, tag: bytes) -> bool:
        """Whether a report of this chat is still on its way: its mailbox is not there yet."""
        return await self._store.read(lambda connection: outbox.waits_of_chat(connection, tag))

    async def leave(self, tag: bytes, receipt: str) -> None:
        """Close a visit whose receipt led nowhere, so that the next words are an answer again."""

        def unit(connection: Connection) -> None:
            before = self._drafts.open(connection, [tag])
            draft = before[tag].draft
            if draft is not None:
                after = {tag: visits.led_nowhere(draft, receipt)}
                self._drafts.save(connection, before, after, hour=int(self._now()) // 3600)

        for _ in range(_CONFLICTS):
            try:
                await self._store.write(unit)
            except ConflictError:  # the person has gone on meanwhile: look at what they left
                continue
            return

    async def _keep(self, body: dict[str, object], chat: int) -> None:
        now = int(self._now())
        # A lane and a tag of its own: neither must the chat wait for it, nor does a block of the chat undo it.
        lane = bytes.fromhex(str(body["message"]))
        job = Job(Kind.ERRAND, chat, lane, {**body, "hour": now // 3600})
        await self._store.write(lambda connection: self._jobs.add(connection, [job], now=now))
        self._say(job)
        log.info("a wish is kept until the desk answers", extra={"count": 1})

    async def _told(self, job: Job, tag: bytes, key: str | None) -> None:
        body = job.body
        erasing = body["act"] == "erase"
        if not erasing and key not in {None, "bot.mailbox_full"}:
            return  # as was promised
        words = key or ("bot.erase_gone" if erasing else "bot.mailbox_unknown")
        text = screens.say(self._catalogs.get(body["locale"]), words, self._organisation).text
        told = Job(Kind.SAY, job.chat, tag, {"text": text})

        def unit(connection: Connection) -> None:
            if body["act"] == "notify":
                contacts.drop_contact(connection, bytes.fromhex(body["ref"]))
            if key == "bot.erased":
                contacts.drop_contacts(connection, tag)
            self._jobs.add(connection, [told], now=int(self._now()))

        await self._store.write(unit)
        self._say(told)
