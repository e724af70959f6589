# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL through psycopg 3: a pool of connections, the settings it insists on, and which errors mean "later"."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from storage.errors import DurabilityError, StorageError, UnavailableError, bearable

T = TypeVar("T")

# Threads that write at once, each with a connection. More would wait for one another on two cores.
WRITERS: Final = 8

OLDEST: Final = 160000  # PostgreSQL 16, as server_version_num gives it

# Seconds. A server that does not answer must become an UnavailableError, not a unit that hangs for ever.
_CONNECT: Final = 5
_STATEMENT: Final = 30
_LOCK: Final = 10

# Classes of SQLSTATE (postgresql.org, appendix "Error Codes") that speak of the surroundings: lost connection (08),
# serialization failure or deadlock (40), out of resources (53), lock timeout (55), shutdown or cancelled (57),
# input/output error (58), corrupted data (XX).
_SURROUNDINGS: Final = ("08", "40", "53", "55", "57", "58", "XX")
_READ_ONLY: Final = "25006"


def connect(url: URL, *, size: int) -> Engine:
    """Give an engine of at most `size` connections. Nothing connects yet."""
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=size,
            max_overflow=0,
            pool_timeout=_STATEMENT,
            hide_parameters=True,
            connect_args=_connect_args(url),
        )
    except ModuleNotFoundError as error:
        raise StorageError("the PostgreSQL driver is not installed; install the extra `amparo[postgres]`") from error


def _connect_args(url: URL) -> dict[str, Any]:
    arguments: dict[str, Any] = {"connect_timeout": _CONNECT, "keepalives_idle": 30, "tcp_user_timeout": 30_000}
    if "options" not in url.query:
        arguments["options"] = f"-c statement_timeout={_STATEMENT}s -c lock_timeout={_LOCK}s"
    return {name: value for name, value in arguments.items() if name not in url.query}


def unavailable(error: BaseException) -> UnavailableError | None:
    """Return what to say instead, where the surroundings and not the unit are to blame for this error."""
    if isinstance(error, PoolTimeoutError):
        later = True
    elif isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        # Without a state the server never answered: refused, or cut off. An interface error: the connection is gone.
        silent = state is None and isinstance(error, OperationalError | InterfaceError)
        later = silent or error.connection_invalidated or state == _READ_ONLY or (state or "")[:2] in _SURROUNDINGS
    else:
        later = False
    if not later:
        return None
    found = UnavailableError()
    found.__cause__ = error
    return found


def refuse_unsafe(connection: Connection) -> None:
    """Raise DurabilityError unless the server keeps what it acknowledges."""

    def setting(name: str) -> str:
        return str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())

    if int(setting("server_version_num")) < OLDEST:
        raise DurabilityError("this PostgreSQL is older than 16; use a newer one")
    for name in ("fsync", "full_page_writes"):
        if setting(name) != "on":
            raise DurabilityError(f"PostgreSQL runs with {name} off; switch it on, or reports can be lost")
    if setting("synchronous_commit") in {"off", "local"}:
        raise DurabilityError("PostgreSQL runs with synchronous_commit off or local; set it to on")
    if setting("server_encoding") != "UTF8":
        raise DurabilityError("the database is not in UTF-8; create it with ENCODING 'UTF8'")


class Server:
    """A PostgreSQL database as the store sees it: threads that write, threads that read, one pool."""

    dialect: Final = "postgresql"

    def __init__(self, url: URL, *, readers: int, probe: Callable[[str], None] | None) -> None:
        self._engine = connect(url, size=readers + WRITERS)
        # The same pool; psycopg begins these transactions READ ONLY, and each sees one snapshot as on SQLite.
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="amparo-writer")
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="amparo-reader")
        self._probe = probe
        event.listen(self._engine, "commit", _refuse_to_commit)

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        try:
            with self._engine.connect() as connection:
                refuse_unsafe(connection)
        except DBAPIError as error:
            raise unavailable(error) or error from error

    async def write(self, unit: Callable[[Connection], T]) -> T:
        # Shielded: a caller who is cancelled must not leave it open whether a waiting unit will run.
        return await asyncio.shield(self._loop.run_in_executor(self._writers, self._transact, unit))

    async def read(self, query: Callable[[Connection], T]) -> T:
        return await self._loop.run_in_executor(self._readers, self._query, query)

    async def purge(self, tables: Sequence[str]) -> None:
        await asyncio.shield(self._loop.run_in_executor(self._writers, self._vacuum, tables))

    def _vacuum(self, tables: Sequence[str]) -> None:
        try:
            with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED) {', '.join(tables)}")
        except DBAPIError as error:
            raise unavailable(error) or error from error

    def close(self) -> None:
        """Block until all that was given is answered."""
        self._writers.shutdown()
        self._readers.shutdown()
        self._engine.dispose()

    def _transact(self, unit: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                value = unit(connection)
                self._tell("before commit")
                connection.info["store commits"] = True
                connection.commit()
        except BaseException as error:
            told = unavailable(error) or bearable(error)
            if told is error:
                raise
            raise told from error
        self._tell("committed")
        return value

    def _query(self, query: Callable[[Connection], T]) -> T:
        try:
            with self._reading.connect() as connection:
                return query(connection)
        except BaseException as error:
            told = unavailable(error) or bearable(error)
            if told is error:
                raise
            raise told from error

    def _tell(self, point: str) -> None:
        if self._probe is not None:
            self._probe(point)


def _refuse_to_commit(connection: Connection) -> None:
    # `info` lives as long as the pooled connection, so the mark is taken off again at once.
    if not connection.info.pop("store commits", False):
        connection.connection.rollback()  # by the driver: SQLAlchemy takes this transaction for ended
        raise RuntimeError("a unit must not commit or roll back; the store does that")
