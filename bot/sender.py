# SPDX-License-Identifier: Apache-2.0
"""Does what was committed: a lane a chat, strictly in order, lanes side by side.

A row stays until Telegram has agreed to it. The server's word decides how long a lane pauses; lanes do not wait for
one another, except when three chats were told to pause within ten seconds: then everything pauses once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection
from telegram.error import TelegramError

from bot.backoff import pause
from bot.calls import Judgement, Verdict, judge
from bot.errors import BotError
from bot.jobs import LEASE, SAID, Job, JobStore, Kind
from bot.lanes import Lane
from bot.marks import Mark, Marks
from envelope.errors import EnvelopeError
from storage.database import Store
from storage.errors import StorageError
from storage.phone import contacts, deletions, outgoing

log = logging.getLogger("amparo.bot")

Act = Callable[[Job], Awaitable[tuple[int, ...]]]
"""Does one job; gives the numbers of the messages that now stand in the chat."""

_PAGE: Final = 500
_RENEW: Final = 20.0
_LONGEST_PAUSE: Final = 60.0
_ALARM_PAUSE: Final = 30.0
_LOST: Final = 20  # numbers before a repeated message that are looked at: each costs a call


class Sender:
    """`acts` does each kind of job; `bury` keeps a job that Telegram refused as ill-formed, for us to look at."""

    def __init__(
        self,
        store: Store,
        jobs: JobStore,
        marks: Marks,
        acts: Mapping[Kind, Act],
        *,
        stands_in: Callable[[int, int, Mapping[str, Any]], Awaitable[bool]],
        bury: Callable[[Job, str], Awaitable[None]],
        now: Callable[[], float] = time.time,
        crash: Callable[[str], None],
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._marks = marks
        self._acts = acts
        self._stands_in = stands_in
        self._bury = bury
        self._now = now
        self._crash = crash
        self._lanes: dict[bytes, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: set[bytes] = set()
        self._floods: deque[tuple[float, bytes]] = deque(maxlen=3)
        self._pause_until = 0.0
        self._closing = False

    def enqueue(self, job: Job) -> None:
        """Take a committed job. Answers that nobody needs to see any more are struck off unsaid."""
        self._held.add(job.row)
        if self._closing:
            return  # its row waits for the next start
        lane = self._lanes.get(job.tag)
        if lane is None:
            lane = self._lanes[job.tag] = Lane(asyncio.get_running_loop().time())
            task = asyncio.create_task(self._drain(job.tag, lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        for unsaid in lane.add(job):
            self._done(unsaid, ())

    def forget(self, tag: bytes) -> None:
        """The chat cannot be reached and its rows are gone: drop what is in memory of it."""
        lane = self._lanes.get(tag)
        if lane is not None:
            self._held -= {job.row for job in lane.clear()}

    def unsay(self, tag: bytes) -> None:
        """The chat is wiped and what was to be said to it has no row any more."""
        lane = self._lanes.get(tag)
        if lane is not None:
            self._held -= {job.row for job in lane.drop(SAID)}

    async def recover(self, *, all_rows: bool) -> int:
        """Take up rows that nobody is sending; `all_rows`: also those of a killed process, when we are the only one."""
        if all_rows:
            await self._store.write(outgoing.free_all_outgoing)
        count = 0
        while True:
            now = int(self._now())
            rows = await self._store.write(
                lambda connection, now=now: outgoing.lease_outgoing(  # type: ignore[misc]
                    connection, now=now, until=now + LEASE, most=_PAGE
                )
            )
            for row in rows:
                self._take(row)
            count += len(rows)
            if len(rows) < _PAGE:
                return count

    async def run(self) -> None:
        """Keep our leases and take up rows of processes that died; runs until cancelled."""
        while True:
            await asyncio.sleep(_RENEW)
            try:
                held = list(self._held)
                until = int(self._now()) + LEASE
                await self._store.write(
                    lambda connection, held=held, until=until: outgoing.extend_leases(  # type: ignore[misc]
                        connection, held, until=until
                    )
                )
                await self.recover(all_rows=False)
            except StorageError as error:
                log.warning("cannot look for waiting messages", extra={"error": type(error).__name__})

    async def close(self, *, seconds: float) -> None:
        """Let what is being sent be sent; the rest waits in the table."""
        self._closing = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _take(self, row: outgoing.Outgoing) -> None:
        if row.row in self._held:
            return
        try:
            self.enqueue(self._jobs.open(row))
        except (EnvelopeError, ValueError, KeyError) as error:
            log.warning("a waiting message cannot be opened any more", extra={"error": type(error).__name__})
            self._marks.add(Mark(row.row, row.chat, row.hour))

    async def _drain(self, tag: bytes, lane: Lane) -> None:
        loop = asyncio.get_running_loop()
        try:
            while (job := lane.first()) is not None and not self._closing:
                wait = max(
                    job.due - self._now() if job.due else 0.0, lane.wait(loop.time()), self._pause_until - loop.time()
                )
                if wait > 0:
                    await lane.rest(wait)
                    continue
                await self._attempt(lane, job)
        finally:
            del self._lanes[tag]

    async def _attempt(self, lane: Lane, job: Job) -> None:
        lane.spend(asyncio.get_running_loop().time())
        self._crash("acknowledged not sent")
        try:
            try:
                messages = await self._acts[job.kind](job)
            except TelegramError as error:
                await self._refused(lane, job, judge(error), type(error).__name__)
                return
        except (BotError, StorageError, EnvelopeError) as error:
            log.warning("a message waits", extra={"error": type(error).__name__, "attempt": job.attempt})
            lane.pause(_backoff(job))
            return
        self._crash("sent not marked")
        doubtful = await self._doubtful(job, messages)
        lane.finish(job)
        self._done(job, messages, doubtful)

    async def _refused(self, lane: Lane, job: Job, judgement: Judgement, error: str) -> None:
        if judgement.verdict is Verdict.DONE:
            lane.finish(job)
            self._done(job, ())
        elif judgement.verdict is Verdict.WAIT:
            self._flooded(job.tag, judgement.seconds)
            lane.pause(judgement.seconds)
        elif judgement.verdict is Verdict.UNREACHABLE:
            await self._unreachable(job.tag)
        elif judgement.verdict is Verdict.OURS:
            log.error(
                "Telegram refuses a message of ours: report this as a bug", extra={"error": error, "kind": job.kind}
            )
            await self._bury(job, error)
            lane.finish(job)
            self._done(job, ())
        elif judgement.verdict is Verdict.ALARM:
            log.error("Telegram refuses this bot: check AMPARO_BOT_TOKEN", extra={"error": error})
            lane.pause(_ALARM_PAUSE)
        else:
            log.info("Telegram did not answer", extra={"error": error, "attempt": job.attempt})
            lane.pause(_backoff(job))

    async def _unreachable(self, tag: bytes) -> None:
        log.info("a chat cannot be reached any more", extra={"count": 1})
        self.forget(tag)  # first: what is committed from now on is a new attempt, and not ours to forget

        def unit(connection: Connection) -> None:
            outgoing.drop_chat(connection, tag)
            contacts.drop_contacts(connection, tag)

        await self._store.write(unit)

    def _flooded(self, tag: bytes, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._floods.append((now, tag))
        chats = {chat for at, chat in self._floods if now - at < 10}
        if len(chats) == 3:
            log.warning("Telegram slows us down", extra={"seconds": seconds})
            self._pause_until = now + seconds
            self._floods.clear()

    async def _doubtful(self, job: Job, messages: tuple[int, ...]) -> tuple[int, ...]:
        """Numbers that an earlier try of this job was given by Telegram without our learning of it.

        Numbers rise in all chats together: each is taken for ours only when Telegram says that it is.
        """
        if not messages or not job.repeated or "text" not in job.body:
            return ()
        await self._marks.written()
        try:
            last = await self._store.read(lambda connection: deletions.message_before(connection, job.tag, messages[0]))
        except StorageError as error:
            log.warning("a message sent twice may stay", extra={"error": type(error).__name__})
            return ()
        unsure = () if last is None else range(last + 1, messages[0])[-_LOST:]
        return tuple([message for message in unsure if await self._stands_in(job.chat, message, job.body)])

    def _done(self, job: Job, messages: tuple[int, ...], doubtful: tuple[int, ...] = ()) -> None:
        self._held.discard(job.row)
        self._marks.add(Mark(job.row, job.tag, int(self._now()) // 3600, messages, job.role, doubtful, job.chat))


def _backoff(job: Job) -> float:
    job.attempt += 1
    return pause(job.attempt, most=_LONGEST_PAUSE)
