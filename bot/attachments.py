# SPDX-License-Identifier: Apache-2.0
"""Files on their way from Telegram to the spool: streamed, hashed and sealed in one pass, never in clear on disk.

A picture has a scrubbed copy: an attachment of its own, wanted in the transaction that marks its original stored, so
that nothing that befalls the copy can harm the original. What a killed process did not finish is begun again: Telegram
is asked anew, and half a stream was never published.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection
from telegram.error import TelegramError

from bot.backoff import pause
from bot.calls import Telegram, Verdict, judge
from bot.errors import FetchError
from bot.events import LARGEST_FILE, RemoteFile
from bot.jobs import Job, JobStore, Kind
from bot.scrubbing import Picture, Scrubber, mime_of
from bot.wanted import VERSION, Origin, Wanted, open_wanted, seal_wanted
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
_STORED: Final = VERSION + 1
_PIECE: Final = 1 << 18


class Content(NamedTuple):
    """What a stored file was before it was sealed; goes into the report's body.

    `of` is the original's id (hex) and `mime` our own word on the type: both only of a scrubbed copy.
    """

    length: int
    sha256: str
    of: str | None = None
    mime: str = ""


class Attachments:
    """`org` is the organisation's id, bound into every sealed stream; `say` does a committed job."""

    def __init__(
        self,
        telegram: Telegram,
        store: Store,
        folder: Folder,
        locker: Locker,
        jobs: JobStore,
        *,
        org: bytes,
        say: Callable[[Job], None],
        now: Callable[[], float] = time.time,
        crash: Callable[[str], None],
    ) -> None:
        self._telegram = telegram
        self._store = store
        self._folder = folder
        self._locker = locker
        self._jobs = jobs
        self._org = org
        self._say = say
        self._now = now
        self._crash = crash
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._scrubber = Scrubber()
        self._tasks: dict[bytes, asyncio.Task[None]] = {}

    def want(
        self,
        connection: Connection,
        *,
        chat: bytes,
        draft: Draft,
        attachment: str,
        file: RemoteFile,
        origin: Origin | None = None,
    ) -> Wanted:
        """Write the row, in the transaction of the update that brought the file."""
        hour = int(self._now()) // 3600
        wanted = Wanted(
            bytes.fromhex(attachment),
            bytes.fromhex(draft.report_id),
            bytes.fromhex(draft.report_key),
            file.number,
            origin=origin,
        )
        spool.want_file(
            connection,
            attachment=wanted.attachment,
            report=wanted.report,
            chat=chat,
            hour=hour,
            sealed=seal_wanted(self._locker, wanted, hour=hour),
        )
        return wanted

    def fetch(self, wanted: Wanted) -> None:
        """Begin, after the commit."""
        self._begin(wanted, self._fetch(wanted))

    def _begin(self, wanted: Wanted, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._tasks[wanted.attachment] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._tasks.pop(wanted.attachment, None))
        return task

    async def resume(self) -> int:
        """Begin again what an earlier process did not finish; gives how many."""
        rows = await self._store.read(spool.wanted_files)
        for row in rows:
            try:
                wanted = open_wanted(self._locker, row)
            except EnvelopeError:
                await self._fail(row.attachment)
                continue
            self.fetch(wanted)
        return len(rows)

    def content(self, row: spool.Spooled) -> Content | None:
        """What a stored row's file was; None when its key was destroyed."""
        try:
            fields = json.loads(self._locker.open("contact", row.attachment, row.version, row.sealed))
        except EnvelopeError:
            return None
        return Content(**fields)

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
        """Take a file in; for a copy that a killed process owed, take its original in once more, to be drawn anew."""

        async def again() -> None:
            async with self._slots:
                picture = await self._download(wanted)
                await self._copy(wanted, picture)

        async def first() -> None:
            async with self._slots:  # held until the copy is made: plain pictures in memory are at most as many
                if owed := await self._stream(wanted):
                    copy, picture = owed
                    work = self._tries(copy, lambda: self._copy(copy, picture))
                    await asyncio.wait([self._begin(copy, work)])

        await self._tries(wanted, again if wanted.of else first)

    async def _tries(self, wanted: Wanted, once: Callable[[], Coroutine[Any, Any, None]]) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                await once()
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
        if wanted.of:
            log.warning("a picture has no scrubbed copy", extra={"count": 1})
        else:
            log.warning("a file could not be had", extra={"count": 1})
        await self._fail(wanted.attachment, wanted.origin)

    async def _stream(self, wanted: Wanted) -> tuple[Wanted, Picture] | None:
        """One try from the beginning. For a picture that is stored now, the copy that is owed, and what to make it of.

        Only while this waits is there a picture in memory whose original is not on the disk.
        """
        sealer, picture = self._sealer(wanted), Picture()
        path = await self._telegram.file_path(wanted.number)
        await self._put(wanted.attachment, _sealed(sealer, self._pieces(path, picture)))
        self._crash("file spooled not marked")
        copy = wanted._replace(attachment=os.urandom(16), of=wanted.attachment) if picture else None
        stored = await self._mark(wanted, sealer, Content(sealer.content_size, sealer.content_sha256.hex()), copy)
        return (copy, picture) if stored and copy else None

    async def _copy(self, copy: Wanted, picture: Picture) -> None:
        """Scrub, seal, store; the original is stored already. FetchError: there can be no copy."""
        self._crash("original stored not copied")
        scrubbed = await self._scrubber.scrub(picture.pieces)
        if scrubbed is None:
            raise FetchError("this picture cannot be scrubbed: only its original is kept, and the desk says so")
        sealer = self._sealer(copy)
        await self._put(copy.attachment, _sealed(sealer, _cut(scrubbed)))
        self._crash("copy spooled not marked")
        of = copy.of.hex() if copy.of else None
        content = Content(sealer.content_size, sealer.content_sha256.hex(), of, mime_of(scrubbed))
        await self._mark(copy, sealer, content, None)

    async def _download(self, wanted: Wanted) -> Picture:
        """The file again, into memory alone."""
        picture = Picture()
        path = await self._telegram.file_path(wanted.number)
        async for _ in self._pieces(path, picture):
            pass
        return picture

    async def _pieces(self, path: str, picture: Picture) -> AsyncIterator[bytes]:
        length = 0
        async for piece in self._telegram.file_pieces(path):
            length += len(piece)
            if length > LARGEST_FILE:
                raise FetchError("the file is larger than Telegram said: ask the person to send shorter parts")
            picture.take(piece)
            yield piece

    def _sealer(self, wanted: Wanted) -> AttachmentSealer:
        return AttachmentSealer(
            org=self._org, report=wanted.report, attachment=wanted.attachment, report_key=wanted.report_key
        )

    async def _put(self, attachment: bytes, sealed: AsyncIterator[bytes]) -> None:
        key = attachment.hex()
        try:
            await self._folder.put(key, sealed)
        except BlobExistsError:  # published by a process that was killed before it could say so; its key is lost
            await self._folder.delete(key)
            raise

    async def _mark(self, wanted: Wanted, sealer: AttachmentSealer, content: Content, copy: Wanted | None) -> bool:
        """Note what lies in the folder and, in the same transaction, the copy that is owed; False: nobody wants it."""
        hour = int(self._now()) // 3600
        told = json.dumps(content._asdict()).encode()
        sealed = self._locker.seal("contact", wanted.attachment, _STORED, told, hour=hour)

        def unit(connection: Connection) -> tuple[bool, Job | None]:
            stored = spool.store_file(
                connection,
                wanted.attachment,
                version=_STORED,
                sealed=sealed,
                size=sealer.size,
                sha256=sealer.sha256,
                key=sealer.key_record,
            )
            if stored and copy:
                owed = seal_wanted(self._locker, copy, hour=hour)
                spool.want_copy(connection, of=wanted.attachment, attachment=copy.attachment, hour=hour, sealed=owed)
            # While a copy is owed, Telegram may have to be asked for the file once more.
            return stored, self._let_go(connection, wanted.origin) if stored and not copy else None

        stored, job = await self._store.write(unit)
        if not stored:
            await self._folder.delete(wanted.attachment.hex())
        if job is not None:
            self._say(job)
        return stored

    def _let_go(self, connection: Connection, origin: Origin | None) -> Job | None:
        if origin is None:
            return None
        job = Job(Kind.ERASE, origin.chat, origin.tag, {"messages": [origin.message]})
        self._jobs.add(connection, [job], now=int(self._now()))
        return job

    async def _fail(self, attachment: bytes, origin: Origin | None = None) -> None:
        def unit(connection: Connection) -> Job | None:
            spool.fail_file(connection, attachment)
            return self._let_go(connection, origin)

        try:
            job = await self._store.write(unit)
        except StorageError as error:
            log.warning("a lost file is not marked", extra={"error": type(error).__name__})
            return
        if job is not None:
            self._say(job)


async def _sealed(sealer: AttachmentSealer, pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield await asyncio.to_thread(sealer.update, piece)
    yield await asyncio.to_thread(sealer.finish)


async def _cut(whole: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(whole), _PIECE):
        yield whole[start : start + _PIECE]
