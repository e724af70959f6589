# SPDX-License-Identifier: Apache-2.0
"""Takes messages out of chats: at once when the person says so, and by itself before Telegram's 48 hours are over.

And the hourly dying of what has had its time: keys first, then the rows that nobody can read any more.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection
from telegram.error import BadRequest, TelegramError

from bot.addresses import Addresses
from bot.attachments import Attachments
from bot.calls import Telegram, Verdict, judge
from bot.errors import FloodError
from bot.jobs import Job
from bot.marks import Marks
from envelope.errors import EnvelopeError
from envelope.locker import Locker
from storage.blobs import Folder
from storage.database import Store
from storage.errors import StorageError
from storage.phone import contacts, deadletters, deletions, drafts, outgoing, spool, updates

log = logging.getLogger("amparo.bot")

YOUNG_HOURS: Final = 47  # Telegram deletes what is younger than 48 hours; one is left for clocks that differ
DRAFT_HOURS: Final = 24
UPDATE_HOURS: Final = 48
LETTER_DAYS: Final = 30
CONTACT_DAYS: Final = 90
_BATCH: Final = 100  # Bot API, deleteMessages
_CHATS_A_MINUTE: Final = 50
_MINUTE: Final = 60.0


class Sweeper:
    """`sweep_hours`: how long a message stays in a chat when nobody asks for anything."""

    def __init__(
        self,
        telegram: Telegram,
        store: Store,
        marks: Marks,
        addresses: Addresses,
        *,
        sweep_hours: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._telegram = telegram
        self._store = store
        self._marks = marks
        self._addresses = addresses
        self._sweep_hours = sweep_hours
        self._now = now

    @property
    def _hour(self) -> int:
        return int(self._now()) // 3600

    async def wipe(self, job: Job) -> tuple[int, ...]:
        """Delete every message of a chat, of both sides, that Telegram still lets us delete."""
        await self._marks.written()
        since = self._hour - YOUNG_HOURS
        messages = await self._store.read(lambda connection: deletions.young_messages(connection, job.tag, since=since))
        await self.take_out(job.chat, job.tag, messages)
        return ()

    async def erase(self, job: Job) -> tuple[int, ...]:
        """Delete the messages that the job names: a contact or the like that must not stay."""
        await self.take_out(job.chat, job.tag, job.body["messages"])
        return ()

    async def take_out(self, chat: int, tag: bytes, messages: Sequence[int]) -> None:
        """Delete these messages of a chat and stop remembering them. Done twice, it does no harm."""
        await self._delete(chat, messages)
        await self._store.write(lambda connection: deletions.strike_messages(connection, tag, messages))

    async def run(self) -> None:
        """A few chats a minute; runs until cancelled."""
        while True:
            try:
                await self.sweep()
            except StorageError as error:
                log.warning("the sweep waits", extra={"error": type(error).__name__})
            await asyncio.sleep(_MINUTE)

    async def sweep(self) -> int:
        """Delete what is older than `sweep_hours`, in at most so many chats; gives how many chats that were."""
        since, before = self._hour - YOUNG_HOURS, self._hour - self._sweep_hours + 1
        chats = await self._store.read(
            lambda connection: deletions.ripe_chats(connection, since=since, before=before, most=_CHATS_A_MINUTE)
        )
        for address in chats:
            await self._sweep_chat(address, since=since, before=before)
        return len(chats)

    async def _sweep_chat(self, address: deletions.Address, *, since: int, before: int) -> None:
        messages = await self._store.read(
            lambda connection: deletions.ripe_messages(connection, address.chat, since=since, before=before)
        )
        try:
            await self._delete(self._addresses.open(address), messages)
        except EnvelopeError as error:
            log.warning("a chat to sweep cannot be found any more", extra={"error": type(error).__name__})
        except FloodError as error:
            await asyncio.sleep(error.seconds)
            return
        except TelegramError as error:
            if judge(error).verdict is not Verdict.UNREACHABLE:
                return  # the next minute tries again
        await self._store.write(lambda connection: deletions.strike_messages(connection, address.chat, messages))

    async def _delete(self, chat: int, messages: Sequence[int]) -> None:
        for start in range(0, len(messages), _BATCH):
            batch = messages[start : start + _BATCH]
            try:
                await self._telegram.delete(chat, batch)
            except BadRequest as error:
                if judge(error).verdict is Verdict.UNREACHABLE:
                    raise
                await self._delete_singly(chat, batch)

    async def _delete_singly(self, chat: int, messages: Sequence[int]) -> None:
        """One message that is too old refuses the whole batch."""
        for message in messages:
            try:
                await self._telegram.delete_one(chat, message)
            except BadRequest as error:
                if judge(error).verdict is Verdict.UNREACHABLE:
                    raise


class Housekeeping:
    """What dies by the hour."""

    def __init__(
        self,
        store: Store,
        locker: Locker,
        folder: Folder,
        attachments: Attachments,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._locker = locker
        self._folder = folder
        self._attachments = attachments
        self._now = now

    async def run(self) -> None:
        """At the start, then soon after each full hour; runs until cancelled."""
        while True:
            try:
                await self.tidy()
            except (StorageError, OSError) as error:
                log.warning("housekeeping waits", extra={"error": type(error).__name__})
            await asyncio.sleep(3600 - self._now() % 3600 + 1)

    async def tidy(self) -> None:
        """Destroy keys of dead hours, then drop what they sealed and what has had its time."""
        hour = int(self._now()) // 3600
        keys = await asyncio.to_thread(self._locker.destroy_before, hour - DRAFT_HOURS)
        files = await self._store.write(lambda connection: expire(connection, hour=hour))
        await self._attachments.discard(files)
        await self._sweep_folder()
        log.info("housekeeping is done", extra={"count": keys})

    async def _sweep_folder(self) -> None:
        """Remove sealed files that no row names: their process was killed between two steps."""
        old = await self._folder.older_than(UPDATE_HOURS * 3600)
        known = {attachment.hex() for attachment in await self._store.read(spool.known_files)} if old else set()
        for key in old:
            if key not in known:
                await self._folder.delete(key)
        await self._folder.discard_unfinished(3600)


def expire(connection: Connection, *, hour: int) -> list[bytes]:
    """Drop rows whose time is over; gives the attachments of drafts that died."""
    updates.forget_updates(connection, before=hour - UPDATE_HOURS)
    outgoing.expire_outgoing(connection, before=hour - DRAFT_HOURS)
    deletions.expire_ledger(connection, before=hour - UPDATE_HOURS, hour=hour)
    deadletters.expire_dead_letters(connection, before=hour // 24 - LETTER_DAYS)
    contacts.expire_contacts(connection, before=hour // 24 - CONTACT_DAYS)
    files = [
        file
        for chat in drafts.expire_drafts(connection, before=hour - DRAFT_HOURS)
        for file in spool.files_of_drafts(connection, chat)
    ]
    spool.drop_files(connection, files)
    return files
