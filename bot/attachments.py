# SPDX-License-Identifier: Apache-2.0
"""Files on their way from Telegram to the spool: streamed, hashed and sealed in one pass, never in clear on disk.

What a killed process did not finish is begun again: Telegram is asked anew, and half a stream was never published.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Final, NamedTuple

from sqlalchemy import Connection
from telegram.error import TelegramError

from bot.backoff import pause
from bot.calls import Telegram, Verdict, judge
from bot.errors import FetchError
from bot.events import LARGEST_FILE, RemoteFile
from envelope.errors import EnvelopeError
from envelope.locker import Locker
from envelope.seal import AttachmentSealer
from intake.draft import Draft
from storage.blobs import Folder
from storage.database import Store
from storage.errors import BlobExistsError, StorageError
from storage.phone import spool

log = logging.getLogger("amparo.bot")

TRIES: Final = 6
_AT_ONCE: Final = 4
_WANTED: Final = 1  # versions of a spool row's seal
_STORED: Final = 2


class Wanted(NamedTuple):
    """A committed row of the spool, opened."""

    attachment: bytes
    report: bytes
    report_key: bytes
    number: str


class Content(NamedTuple):
    """What a stored file was before it was sealed; goes into the report's body."""

    length: int
    sha256: str


class Attachments:
    """`org` is the organisation's id, bound into every sealed stream."""

    def __init__(
        self,
        telegram: Telegram,
        store: Store,
        folder: Folder,
        locker: Locker,
        *,
        org: bytes,
        now: Callable[[], float] = time.time,
        crash: Callable[[str], None],
    ) -> None:
        self._telegram = telegram
        self._store = store
        self._folder = folder
        self._locker = locker
        self._org = org
        self._now = now
        self._crash = crash
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._tasks: dict[bytes, asyncio.Task[None]] = {}

    def want(self, connection: Connection, *, chat: bytes, draft: Draft, attachment: str, file: RemoteFile) -> Wanted:
        """Write the row, in the transaction of the update that brought the file."""
        hour = int(self._now()) // 3600
        wanted = Wanted(
            bytes.fromhex(attachment), bytes.fromhex(draft.report_id), bytes.fromhex(draft.report_key), file.number
        )
        plain = json.dumps({"number": wanted.number, "report_key": draft.report_key}).encode()
        sealed = self._locker.seal("draft", wanted.attachment, _WANTED, plain, hour=hour)
        spool.want_file(
            connection, attachment=wanted.attachment, report=wanted.report, chat=chat, hour=hour, sealed=sealed
        )
        return wanted

    def fetch(self, wanted: Wanted) -> None:
        """Begin, after the commit."""
        task = asyncio.create_task(self._fetch(wanted))
        self._tasks[wanted.attachment] = task
        task.add_done_callback(lambda _: self._tasks.pop(wanted.attachment, None))

    async def resume(self) -> int:
        """Begin again what an earlier process did not finish; gives how many."""
        rows = await self._store.read(spool.wanted_files)
        for row in rows:
            try:
                fields = json.loads(self._locker.open("draft", row.attachment, _WANTED, row.sealed))
            except EnvelopeError:
                await self._fail(row.attachment)
                continue
            self.fetch(Wanted(row.attachment, row.report, bytes.fromhex(fields["report_key"]), fields["number"]))
        return len(rows)

    def content(self, row: spool.Spooled) -> Content | None:
        """What a stored row's file was; None when its key was destroyed."""
        try:
            fields = json.loads(self._locker.open("contact", row.attachment, row.version, row.sealed))
        except EnvelopeError:
            return None
        return Content(fields["length"], fields["sha256"])

    async def discard(self, attachments: list[bytes]) -> None:
        """Stop fetching these and take them out of the folder; their rows are gone already."""
        for attachment in attachments:
            if task := self._tasks.get(attachment):
                task.cancel()
            await self._folder.delete(attachment.hex())

    async def close(self) -> None:
        """Stop. The rows stay, and the next start begins again."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch(self, wanted: Wanted) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                async with self._slots:
                    await self._stream(wanted)
            except FetchError:
                break
            except TelegramError as error:
                if judge(error).verdict in {Verdict.OURS, Verdict.DONE, Verdict.UNREACHABLE}:
                    break
                log.info("a file is fetched again", extra={"error": type(error).__name__, "attempt": attempt})
            except (StorageError, OSError) as error:
                log.warning("a file cannot be stored now", extra={"error": type(error).__name__, "attempt": attempt})
            else:
                return
            await asyncio.sleep(pause(attempt, most=60.0, first=0.5))
        log.warning("a file could not be had", extra={"count": 1})
        await self._fail(wanted.attachment)

    async def _stream(self, wanted: Wanted) -> None:
        """One try from the beginning."""
        sealer = AttachmentSealer(
            org=self._org, report=wanted.report, attachment=wanted.attachment, report_key=wanted.report_key
        )
        path = await self._telegram.file_path(wanted.number)
        key = wanted.attachment.hex()
        try:
            await self._folder.put(key, self._sealed(sealer, path))
        except BlobExistsError:  # published by a process that was killed before it could say so; its key is lost
            await self._folder.delete(key)
            raise
        self._crash("file spooled not marked")
        content = {"length": sealer.content_size, "sha256": sealer.content_sha256.hex()}
        sealed = self._locker.seal(
            "contact", wanted.attachment, _STORED, json.dumps(content).encode(), hour=int(self._now()) // 3600
        )
        stored = await self._store.write(
            lambda connection: spool.store_file(
                connection,
                wanted.attachment,
                version=_STORED,
                sealed=sealed,
                size=sealer.size,
                sha256=sealer.sha256,
                key=sealer.key_record,
            )
        )
        if not stored:
            await self._folder.delete(key)

    async def _sealed(self, sealer: AttachmentSealer, path: str) -> AsyncIterator[bytes]:
        async for piece in self._telegram.file_pieces(path):
            if sealer.content_size + len(piece) > LARGEST_FILE:
                raise FetchError("the file is larger than Telegram said: ask the person to send shorter parts")
            yield await asyncio.to_thread(sealer.update, piece)
        yield await asyncio.to_thread(sealer.finish)

    async def _fail(self, attachment: bytes) -> None:
        try:
            await self._store.write(lambda connection: spool.fail_file(connection, attachment))
        except StorageError as error:
            log.warning("a lost file is not marked", extra={"error": type(error).__name__})
