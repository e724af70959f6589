# SPDX-License-Identifier: Apache-2.0
"""The one place where the bot is put together, started and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.addresses import Addresses
from bot.attachments import Attachments
from bot.calls import Telegram
from bot.conversation import Conversation, Domain
from bot.crash import nowhere
from bot.delivery import Delivery
from bot.desk import Desk
from bot.draftrows import DraftRows
from bot.errands import Errands
from bot.handlers import Handler
from bot.jobs import Job, JobStore, Kind, Tags
from bot.letters import Letters
from bot.mailbox import Mailboxes
from bot.manifest import Manifests
from bot.marks import Marks
from bot.notices import Contacts, Notices
from bot.polling import Poller
from bot.polllease import PollLease
from bot.posting import Posting
from bot.resources import Resources
from bot.respelling import Respeller
from bot.sealing import Sealer
from bot.sender import Act, Sender
from bot.settings import Settings
from bot.steps import Steps
from bot.sweep import Housekeeping, Sweeper
from bot.traceless import OneMessage
from bot.tries import Tries
from envelope.locker import Locker
from envelope.signing import Signer
from intake import questionnaire
from intake.catalog import load_catalogs
from storage.blobs import Folder
from storage.database import Store
from storage.phone.tables import metadata

log = logging.getLogger("amparo.bot")

STOP_SECONDS: Final = 8.0
HANDED_OVER_WITHIN: Final = 3.0
"""Seconds the word about a kept report may wait for the desk, so that usually one message is enough."""


class Bot:
    """Everything of one process. Make it, then `run` it once."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], float] = time.time,
        crash: Callable[[str], None] = nowhere,
        patience: float = HANDED_OVER_WITHIN,
    ) -> None:
        self._patience = patience
        self.settings = settings
        self.started = asyncio.Event()
        self.stopped = asyncio.Event()
        org, team = bytes.fromhex(settings.org), bytes.fromhex(settings.team)
        questions, catalogs = questionnaire.load_all(), load_catalogs()
        domain = Domain(questions, catalogs, settings.org_name, ZoneInfo(settings.time_zone))
        locker = Locker(settings.locker_folder, org=org)
        submitter = Signer(bytes.fromhex(settings.submitter_key.get_secret_value()))
        folder = Folder(settings.spool_folder)
        jobs = JobStore(locker)
        tags = Tags(bytes.fromhex(settings.chat_pepper.get_secret_value()), bot=settings.bot_id)
        addresses = Addresses(locker)

        self.store = Store(settings.database_url, metadata=metadata)
        self.telegram = Telegram(settings.telegram_api_url, settings.bot_token.get_secret_value())
        self.desk = Desk(settings.api_url, token=settings.intake_token.get_secret_value())
        self.manifests = Manifests(
            self.desk,
            cache=settings.home / "manifest.txt",
            fingerprint=bytes.fromhex(settings.org_fingerprint),
            org=org,
            team=team,
            submitter=submitter,
        )
        sealer = Sealer(questions, self.manifests, submitter, org=org, team=team)
        self.resources = Resources(
            settings.resources_path, questions, catalogs, domain.zone, served=settings.served, now=now
        )
        self.marks = Marks(self.store, addresses)
        self.letters = Letters(self.manifests, org=org, now=now)
        self.attachments = Attachments(
            self.telegram, self.store, folder, locker, jobs, org=org, say=self._enqueue, now=now, crash=crash
        )
        self.sweeper = Sweeper(
            self.telegram, self.store, self.marks, addresses, sweep_hours=settings.sweep_hours, now=now
        )
        self.one_message = OneMessage(self.telegram, self.store, self.marks, self.sweeper, now=now)
        self.housekeeping = Housekeeping(self.store, locker, folder, self.attachments, now=now)
        drafts = DraftRows(locker)
        posting = Posting(self.desk, self.manifests, org=org, team=team, now=now)
        book = Contacts(self.store, locker, now=now)
        self.errands = Errands(
            self.store,
            jobs,
            drafts,
            posting,
            catalogs,
            organisation=settings.org_name,
            say=self._enqueue,
            now=now,
        )
        self.mailboxes = Mailboxes(
            self.telegram,
            self.desk,
            self.store,
            catalogs,
            posting,
            self.errands,
            book,
            org=org,
            organisation=settings.org_name,
            tries=Tries(),
        )
        self.notices = Notices(
            self.desk,
            self.store,
            jobs,
            book,
            catalogs,
            organisation=settings.org_name,
            bot=settings.bot_id,
            every=settings.notice_seconds,
            say=self._enqueue,
            now=now,
        )
        self.respeller = Respeller(self.telegram, catalogs, organisation=settings.org_name)
        self.sender = Sender(
            self.store,
            jobs,
            self.marks,
            self._acts(),
            stands_in=self.telegram.stands_in,
            bury=self._bury,
            now=now,
            crash=crash,
        )
        self.delivery = Delivery(
            self.desk,
            self.store,
            folder,
            locker,
            jobs,
            catalogs,
            organisation=settings.org_name,
            say=self.sender.enqueue,
            renew=sealer.renewed,
            now=now,
            crash=crash,
        )
        conversation = Conversation(
            domain,
            tags=tags,
            drafts=drafts,
            jobs=jobs,
            steps=Steps(
                self.attachments,
                self.delivery,
                sealer,
                self.resources,
                organisation=settings.org_name,
                sweep_hours=settings.sweep_hours,
            ),
            addresses=addresses,
            now=now,
            crash=crash,
        )
        self.handler = Handler(
            conversation,
            self.store,
            self.letters,
            telegram=self.telegram,
            sender=self.sender,
            delivery=self.delivery,
            attachments=self.attachments,
            addresses=addresses,
            crash=crash,
        )
        self.lease = PollLease(self.store, bot=settings.bot_id, now=now)

    async def poll(self) -> None:
        """The usual way in: ask Telegram."""
        poller = Poller(self.telegram, self.handler, allowed=self._may_poll, stopped=self.stopped)
        await poller.run()

    def stop(self) -> None:
        """Begin to end: take no new updates, finish what runs."""
        self.stopped.set()

    async def run(self, way_in: Callable[[Bot], Coroutine[Any, Any, None]], *, alone: bool) -> None:
        """Serve until `stop`, SIGTERM or SIGINT; at most ten seconds later everything is closed.

        `way_in` brings updates to `handler` and ends soon after `stopped`; `alone`: no other process of ours serves
        this bot, so what a killed one left may be taken up at once.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        async with contextlib.AsyncExitStack() as stack:
            await self.store.open()
            stack.push_async_callback(self.store.close)
            await self.telegram.open()
            stack.push_async_callback(self.telegram.close)
            await self.desk.open()
            stack.push_async_callback(self.desk.close)
            self.manifests.load()
            self.resources.look()
            await self._recover(alone=alone or self.store.dialect == "sqlite")
            gc.collect()
            gc.freeze()  # what is loaded by now lives as long as the process: no need to look at it again
            self.started.set()
            await self._serve(way_in(self))
        log.info("the bot has stopped")

    async def _recover(self, *, alone: bool) -> None:
        if alone:
            await self.delivery.recover()
        waiting = await self.sender.recover(all_rows=alone)
        files = await self.attachments.resume() if alone else 0
        log.info("the bot has started", extra={"count": waiting + files})

    async def _serve(self, front: Coroutine[Any, Any, None]) -> None:
        """Run the way in and all that works behind it. Whatever dies of an error ends the process with it."""
        main = asyncio.create_task(front)
        marks = asyncio.create_task(self.marks.run())
        behind = [asyncio.create_task(work) for work in self._background()]
        try:
            done, _ = await asyncio.wait({main, marks, *behind}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            main.cancel()
            await self.handler.close()
            await self.sender.close(seconds=STOP_SECONDS - 3)
            for task in behind:
                task.cancel()
            await self.attachments.close()
            await asyncio.gather(main, *behind, return_exceptions=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.marks.written(), 2)
            marks.cancel()
            await asyncio.gather(marks, return_exceptions=True)
            await self.lease.release()

    def _background(self) -> list[Coroutine[Any, Any, None]]:
        return [
            self.manifests.keep_fresh(),
            self.resources.keep_fresh(),
            self.sender.run(),
            self.delivery.run(),
            self.sweeper.run(),
            self.housekeeping.run(),
            self.lease.run(),
            self.notices.run(),
        ]

    def _enqueue(self, job: Job) -> None:
        self.sender.enqueue(job)

    async def _may_poll(self) -> bool:
        return self.store.dialect == "sqlite" or await self.lease.allowed()

    def _acts(self) -> Mapping[Kind, Act]:
        return {
            Kind.SAY: self._say,
            Kind.STATUS: self._say_status,
            Kind.WIPE: self.sweeper.wipe,
            Kind.ERASE: self.sweeper.erase,
            Kind.MAILBOX: self.mailboxes.answer,
            Kind.SHOW: self.one_message.show,
            Kind.TIDY: self.one_message.tidy,
            Kind.ERRAND: self.errands.run_one,
            Kind.RESPELL: self.respeller.rewrite,
        }

    async def _say(self, job: Job) -> tuple[int, ...]:
        return (await self.telegram.say(job.chat, job.body),)

    async def _say_status(self, job: Job) -> tuple[int, ...]:
        """Say that it is handed over if the desk is quick; else that it will be, and delivery follows that up."""
        report = bytes.fromhex(job.body["report"])
        handed = await self.delivery.delivered(report, seconds=self._patience)
        text = job.body["handed"] if handed else job.body["text"]
        return (await self.telegram.say(job.chat, {**job.body, "text": text}),)

    async def _bury(self, job: Job, error: str) -> None:
        await self.store.write(
            lambda connection: self.letters.bury(connection, dict(job.body), kind=f"outgoing {job.kind}", error=error)
        )
