# SPDX-License-Identifier: Apache-2.0
"""Carries kept reports to the desk: the files first, then the submission, until the desk says yes.

The same sealed bytes go out at every try, under the report's id as idempotency key, so that a lost answer does no
harm. What the desk refuses for good is held, with an alarm; nothing is dropped.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from bot import screens
from bot.backoff import pause
from bot.desk import Desk
from bot.errors import DeskError
from bot.jobs import Job, JobStore, Kind
from envelope.errors import EnvelopeError
from envelope.locker import Locker
from intake.catalog import Catalogs
from storage.blobs import Folder
from storage.database import Store
from storage.errors import BlobMissingError, StorageError
from storage.phone import outbox, spool

log = logging.getLogger("amparo.bot")

_LEASE: Final = 120
_AT_ONCE: Final = 8
_IDLE: Final = 30.0
_LONGEST_PAUSE: Final = 300.0
_FOR_GOOD: Final = frozenset({400, 409, 413, 422})  # these bytes will be refused tomorrow as well
_VERSION: Final = 1
_AWAITED: Final = 1000


class Delivery:
    """`say` takes a committed job to the sender; `renew` signs an old submission anew, or gives None."""

    def __init__(  # noqa: PLR0917
        self,
        desk: Desk,
        store: Store,
        folder: Folder,
        locker: Locker,
        jobs: JobStore,
        catalogs: Catalogs,
        *,
        organisation: str,
        say: Callable[[Job], None],
        renew: Callable[[bytes, int], bytes | None],
        now: Callable[[], float] = time.time,
        crash: Callable[[str], None],
    ) -> None:
        self._desk = desk
        self._store = store
        self._folder = folder
        self._locker = locker
        self._jobs = jobs
        self._catalogs = catalogs
        self._organisation = organisation
        self._say = say
        self._renew = renew
        self._now = now
        self._crash = crash
        self._some = asyncio.Event()
        self._awaited: dict[bytes, asyncio.Event] = {}
        self._failures = 0

    def seal_contact(self, report: bytes, chat: int, locale: str) -> bytes:
        """The way back to the person, for one line; readable until the report is delivered."""
        plain = json.dumps({"chat": chat, "locale": locale}).encode()
        return self._locker.seal("contact", report, _VERSION, plain, hour=int(self._now()) // 3600)

    def kept(self, report: bytes) -> None:
        """A report was committed to the outbox and its person is about to be told."""
        if len(self._awaited) > _AWAITED:  # left over where the word could not be said, for a block or the like
            self._awaited = {one: event for one, event in self._awaited.items() if not event.is_set()}
        self._awaited[report] = asyncio.Event()
        self._some.set()

    async def delivered(self, report: bytes, *, seconds: float) -> bool:
        """Whether the desk has it, waiting so long for it. From False on, delivery will tell the person by itself."""
        event = self._awaited.get(report)
        if event is None:
            return await self._store.read(lambda connection: not outbox.is_kept(connection, report))
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            self._awaited.pop(report, None)
        return True

    async def recover(self) -> None:
        """At the start of the only process: post at once what a killed one was posting."""
        await self._store.write(outbox.free_all_submissions)

    async def run(self) -> None:
        """Post until cancelled."""
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._some.clear()
                wait = _IDLE
                if len(running) < _AT_ONCE:
                    wait = await self._take(running)
                waker = asyncio.create_task(self._some.wait())
                done, _ = await asyncio.wait({waker, *running}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
                waker.cancel()
                running -= done
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _take(self, running: set[asyncio.Task[None]]) -> float:
        """Begin to post what is due; gives the seconds until somebody must look again."""
        try:
            rows = await self._lease(_AT_ONCE - len(running))
            running |= {self._start(row) for row in rows}
            wait = 0.0 if rows else await self._until_next()
        except StorageError as error:
            self._failures += 1
            log.warning(
                "cannot look for kept reports", extra={"error": type(error).__name__, "attempt": self._failures}
            )
            return pause(self._failures, most=_IDLE / 1.5)  # spread by half, 30 seconds at most
        self._failures = 0
        return wait

    def _start(self, row: outbox.Kept) -> asyncio.Task[None]:
        return asyncio.create_task(self._deliver(row))

    async def _lease(self, most: int) -> list[outbox.Kept]:
        now = int(self._now())
        return await self._store.write(
            lambda connection: outbox.lease_submissions(connection, now=now, until=now + _LEASE, most=most)
        )

    async def _until_next(self) -> float:
        due = await self._store.read(outbox.next_due)
        return _IDLE if due is None else min(max(due - self._now(), 0.2), _IDLE)

    async def _deliver(self, row: outbox.Kept) -> None:
        try:
            files = await self._store.read(lambda connection: spool.files_of_report(connection, row.report))
            await self._post(row, [file for file in files if file.state == spool.STORED])
            self._crash("post accepted outbox not marked")
            await self._finish(row, [file.attachment for file in files])
        except DeskError as error:
            await self._failed(row, error)
        except BlobMissingError:
            log.warning("a file of a kept report is missing in the spool: the report is held")
            await self._settle(lambda connection: outbox.hold_submission(connection, row.report))
        except StorageError as error:
            log.warning("a kept report waits for the store", extra={"error": type(error).__name__})
            due = int(self._now()) + 1
            await self._settle(lambda connection: outbox.post_again(connection, row.report, due=due))

    async def _post(self, row: outbox.Kept, files: list[spool.Spooled]) -> None:
        for file in files:
            if file.size is None or file.sha256 is None:
                continue
            await self._desk.put_attachment(
                file.attachment,
                report=row.report,
                size=file.size,
                sha256=file.sha256,
                pieces=self._folder.read(file.attachment.hex()),
            )
        await self._desk.submit(row.report, row.submission)

    async def _finish(self, row: outbox.Kept, files: list[bytes]) -> None:
        """One transaction: the row goes, the person is told. Then the spool is emptied."""
        event = self._awaited.get(row.report)
        job = self._telling(row) if event is None else None

        def unit(connection: Connection) -> Job | None:
            wanted = outbox.contact_of(connection, row.report) is not None  # no more, where all was deleted meanwhile
            if not outbox.remove_submission(connection, row.report):
                return None
            spool.drop_files(connection, files)
            return self._tell(connection, job if wanted else None)

        told = await self._store.write(unit)
        if event is not None:
            event.set()
            if row.report not in self._awaited:  # its waiter gave up while this was being written
                told = await self._store.write(lambda connection: self._tell(connection, self._telling(row)))
        if told is not None:
            self._say(told)
        for file in files:
            await self._folder.delete(file.hex())
        log.info("a report was delivered", extra={"count": 1, "attempt": row.attempt + 1})

    def _tell(self, connection: Connection, job: Job | None) -> Job | None:
        if job is not None:
            self._jobs.add(connection, [job], now=int(self._now()))
        return job

    def _telling(self, row: outbox.Kept) -> Job | None:
        if row.contact is None:
            return None
        try:
            fields = json.loads(self._locker.open("contact", row.report, _VERSION, row.contact))
        except EnvelopeError:
            return None
        catalog = self._catalogs.get(fields["locale"])
        screen = screens.say(catalog, "bot.handed_over", self._organisation)
        return Job(Kind.SAY, fields["chat"], row.chat, screen.body())

    async def _failed(self, row: outbox.Kept, error: DeskError) -> None:
        if error.status == 422 and (renewed := self._renew(row.submission, self._day)) is not None:
            log.warning("a report that waited for days is signed anew", extra={"count": 1})
            await self._settle(
                lambda connection: outbox.renew_submission(
                    connection, row.report, submission=renewed, day=self._day, due=int(self._now())
                )
            )
            self._some.set()
            return
        if error.status in _FOR_GOOD:
            log.error("the desk refuses a kept report: it is held", extra={"status": error.status})
            await self._settle(lambda connection: outbox.hold_submission(connection, row.report))
            return
        level = logging.ERROR if error.status == 401 else logging.WARNING
        log.log(level, "a kept report waits for the desk", extra={"status": error.status, "attempt": row.attempt + 1})
        due = int(self._now() + max(pause(row.attempt + 1, most=_LONGEST_PAUSE), error.after)) + 1
        await self._settle(lambda connection: outbox.post_again(connection, row.report, due=due))

    @property
    def _day(self) -> int:
        return int(self._now()) // 86400

    async def _settle(self, unit: Callable[[Connection], None]) -> None:
        """Note what became of a report; while the store is down, try again for as long as the lease lasts."""
        begun = self._now()
        for attempt in itertools.count(1):
            try:
                await self._store.write(unit)
            except StorageError as error:
                log.warning("cannot note what became of a report", extra={"error": type(error).__name__})
            else:
                return
            if self._now() - begun > _LEASE:
                return  # the lease has ended by itself, and the row is tried again
            await asyncio.sleep(pause(attempt, most=10.0, first=0.2))
