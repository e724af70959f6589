# SPDX-License-Identifier: Apache-2.0
"""The store: hands a plain function of a connection to the right thread, in the right transaction.

    await store.write(lambda connection: cases.claim_case(connection, case, by))

A unit runs once. When `write` returns, what it did is on disk; when it raises, nothing of it is.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import URL, Connection, MetaData, Table, inspect, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import SchemaError, StorageError, UnavailableError
from storage.postgres import Server
from storage.sqlite import File

T = TypeVar("T")

# Seconds after which a thread that waits for the interpreter may interrupt another. Every statement gives the
# interpreter away and asks for it back; with Python's own 5 ms, a unit beside an event loop that was never idle could
# take seconds instead of milliseconds (measured), since a loop hands over for an instant at each turn and so
# restarts the wait.
_SWITCH: Final = 1e-4

_CLOSED: Final = "the store is closed; open it before use"


def default_url(home: Path, metadata: MetaData) -> str:
    """Give the address of a store's SQLite file under AMPARO_HOME."""
    return f"sqlite:///{home.absolute() / metadata.info['store']}.sqlite"


def parse_url(url: str) -> URL:
    """Read a database address; the error never repeats it, for a password may stand in it."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("unreadable")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StorageError("a database address begins with sqlite:/// or postgresql://; correct it")
    return parsed


class Store:
    """One of the two stores, on either engine.

    `url` is sqlite:///path or postgresql://…; `metadata` is the store's own, with its expected revision in `info`.
    `probe` is for crash tests alone: it is called, in the writing thread, with the name of each point a commit passes.
    """

    def __init__(
        self, url: str, *, metadata: MetaData, readers: int = 2, probe: Callable[[str], None] | None = None
    ) -> None:
        parsed = parse_url(url)
        self._engine: File | Server
        if parsed.get_backend_name() == "sqlite":
            self._engine = File(Path(parsed.database or ""), readers=readers, probe=probe)
        else:
            self._engine = Server(parsed, readers=readers, probe=probe)
        self._head = str(metadata.info["head"])
        self._is_open = False

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect

    async def open(self) -> None:
        """Check settings and revision, take the file. A store is opened once.

        Raises SchemaError, DurabilityError, LockedError or UnavailableError, and then holds nothing.
        """
        sys.setswitchinterval(min(_SWITCH, sys.getswitchinterval()))
        opening = asyncio.ensure_future(asyncio.to_thread(self._engine.open, asyncio.get_running_loop()))
        try:
            await asyncio.shield(opening)
            await self._engine.read(lambda connection: expect_revision(connection, self._head))
        except BaseException:  # also a cancelled start leaves no lock and no thread behind
            await asyncio.wait([opening])
            await asyncio.to_thread(self._engine.close)
            raise
        self._is_open = True

    async def write(self, unit: Callable[[Connection], T]) -> T:
        """Run the unit in one transaction and return its value once that is committed.

        The unit runs once, in another thread, and must neither commit nor keep the connection. Its own error comes
        back as it is; UnavailableError stands for the surroundings. Cancelling the caller does not stop the unit.
        """
        if not self._is_open:
            raise UnavailableError(_CLOSED)
        return await self._engine.write(unit)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run the query on one snapshot, on a connection that cannot write. Errors as for `write`."""
        if not self._is_open:
            raise UnavailableError(_CLOSED)
        return await self._engine.read(query)

    async def purge(self, tables: Sequence[Table]) -> None:
        """After rows were deleted that nobody may read any more: drop what the engine still keeps of them.

        SQLite overwrites deleted rows in its pages by itself; here its write-ahead log is emptied, now or as soon as no
        reader stands in the way. On PostgreSQL the dead rows of these tables are vacuumed. UnavailableError: the engine
        cannot just now; both do it later by themselves.
        """
        if not self._is_open:
            raise UnavailableError(_CLOSED)
        await self._engine.purge([table.name for table in tables])

    async def close(self) -> None:
        """Answer all that was given, then close. A second call does nothing."""
        if self._is_open:
            self._is_open = False
            await asyncio.shield(asyncio.to_thread(self._engine.close))


def expect_revision(connection: Connection, head: str) -> None:
    """Raise SchemaError unless the database stands at the revision `head`."""
    if not inspect(connection).has_table("alembic_version"):
        raise SchemaError("the database has no tables yet; run `amparo db upgrade`")
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    if found != [head]:
        raise SchemaError(f"the database is not at revision {head}; run `amparo db upgrade`")
