# SPDX-License-Identifier: Apache-2.0
"""Tells those who asked for it that a message waits: one neutral line, silently, once until they have read.

The desk gives random references only. Here each leads to a sealed row with the chat's number, under a key of its
month, for 90 days at most.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from bot import screens
from bot.backoff import pause
from bot.desk import Desk, Noticed
from bot.errors import DeskError
from bot.jobs import Job, JobStore, Kind
from envelope.errors import EnvelopeError
from envelope.locker import Locker
from intake.catalog import Catalogs
from storage.database import Store
from storage.errors import StorageError
from storage.phone import contacts

log = logging.getLogger("amparo.bot")

_VERSION: Final = 1  # a row is never sealed a second time
_LONGEST_PAUSE: Final = 600.0


class Contacts:
    """Seals who wants notices, and opens them again."""

    def __init__(self, store: Store, locker: Locker, *, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._locker = locker
        self._now = now

    async def keep(self, job: Job) -> None:
        """Remember the chat of a job under the reference in it."""
        ref, now = bytes.fromhex(job.body["ref"]), int(self._now())
        plain = json.dumps({"chat": job.chat, "locale": job.body["locale"]}).encode()
        sealed = self._locker.seal("contact", ref, _VERSION, plain, hour=now // 3600)
        contact = contacts.Contact(ref, job.tag, sealed)
        await self._store.write(lambda connection: contacts.keep_contact(connection, contact, day=now // 86400))

    def open(self, contact: contacts.Contact) -> tuple[int, str]:
        """The chat's number and its language. EnvelopeError: nobody can find it any more."""
        fields = json.loads(self._locker.open("contact", contact.ref, _VERSION, contact.sealed))
        return fields["chat"], fields["locale"]


class Notices:
    """`every`: seconds between two questions to the desk; `say` takes a committed job to the sender."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        jobs: JobStore,
        book: Contacts,
        catalogs: Catalogs,
        *,
        organisation: str,
        bot: int,
        every: float,
        say: Callable[[Job], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._desk = desk
        self._store = store
        self._jobs = jobs
        self._book = book
        self._catalogs = catalogs
        self._organisation = organisation
        self._bot = bot
        self._every = every
        self._say = say
        self._now = now

    async def run(self) -> None:
        """Ask until cancelled, more rarely while the desk or the store is down."""
        failures = 0
        while True:
            try:
                await self.look()
                failures = 0
            except (DeskError, StorageError) as error:
                failures += 1
                log.warning("cannot ask for notices", extra={"error": type(error).__name__, "attempt": failures})
            wait = self._every if not failures else pause(failures, most=_LONGEST_PAUSE, first=2 * self._every)
            await asyncio.sleep(wait)

    async def look(self) -> int:
        """Ask once, and tell whom it concerns; gives how many. Where nobody wants notices the desk is not asked."""
        after = await self._store.read(self._place)
        if after is None:
            return 0
        noticed = await self._desk.notices(after)
        if noticed.next == after:
            return 0
        jobs = await self._store.write(lambda connection: self._take(connection, noticed))
        for job in jobs:
            self._say(job)
        return len(jobs)

    def _place(self, connection: Connection) -> int | None:
        wanted = contacts.any_contacts(connection)
        return contacts.heard_up_to(connection, bot=self._bot) if wanted else None

    def _take(self, connection: Connection, noticed: Noticed) -> list[Job]:
        jobs = []
        for contact in contacts.tell_contacts(connection, noticed.refs):
            try:
                chat, locale = self._book.open(contact)
            except (EnvelopeError, ValueError, KeyError) as error:
                log.warning("a contact cannot be opened any more", extra={"error": type(error).__name__})
                contacts.drop_contact(connection, contact.ref)
                continue
            text = screens.say(self._catalogs.get(locale), "bot.notice", self._organisation).text
            jobs.append(Job(Kind.SAY, chat, contact.chat, {"text": text}))
        self._jobs.add(connection, jobs, now=int(self._now()))
        contacts.note_heard(connection, noticed.next, bot=self._bot)
        return jobs
