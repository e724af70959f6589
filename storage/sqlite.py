# SPDX-License-Identifier: Apache-2.0
"""A SQLite file as the store sees it: one thread that writes, a few that read, and the lock."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.errors import SchemaError, StorageError, UnavailableError, bearable
from storage.file import FileLock, reading_engine, unavailable, writing_engine
from storage.writer import Writer

log = logging.getLogger("amparo.storage")

T = TypeVar("T")


class File:
    """Opened and closed once, by the store."""

    dialect: Final = "sqlite"

    def __init__(self, path: Path, *, readers: int, probe: Callable[[str], None] | None) -> None:
        if path.name in {"", ":memory:"}:
            raise StorageError("a SQLite store is a file; give its path")
        self._path = path
        self._probe = probe
        self._lock = FileLock(path)
        self._reading = reading_engine(path, size=readers)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="amparo-reader")
        self._writer: Writer | None = None

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        log.info("opening a SQLite store", extra={"version": sqlite3.sqlite_version})
        if not self._path.exists():
            raise SchemaError("there is no database yet; run `amparo db upgrade`")
        self._loop = loop
        self._lock.take()
        try:
            self._writer = Writer(writing_engine(self._path), loop, self._probe)
        except DBAPIError as error:
            raise unavailable(error) or error from error
        self._writer.start()

    async def write(self, unit: Callable[[Connection], T]) -> T:
        if self._writer is None:
            raise UnavailableError("the store is closed; open it before use")
        value: T = await self._writer.submit(unit)
        return value

    async def read(self, query: Callable[[Connection], T]) -> T:
        return await self._loop.run_in_executor(self._readers, self._query, query)

    async def purge(self, _tables: Sequence[str]) -> None:
        if self._writer is None:
            raise UnavailableError("the store is closed; open it before use")
        await self._writer.purge()

    def close(self) -> None:
        """Block until all that was given is answered."""
        self._readers.shutdown()
        self._reading.dispose()  # readers first: the last checkpoint needs the file for itself
        if self._writer is not None:
            self._writer.stop()
            self._writer = None
        self._lock.release()

    def _query(self, query: Callable[[Connection], T]) -> T:
        try:
            with self._reading.connect() as connection:
                return query(connection)
        except BaseException as error:
            told = unavailable(error) or bearable(error)
            if told is error:
                raise
            raise told from error
