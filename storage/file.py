# SPDX-License-Identifier: Apache-2.0
"""One SQLite file: its lock, its connections and the settings they must have.

Releases 3.7.0 to 3.51.2 can lose committed writes when two connections write and checkpoint at the same instant
(SQLite release notes, 3.51.3). Hence one process a file, one connection that writes and checkpoints, and readers
that can do neither.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event

from storage.errors import DurabilityError, LockedError, SchemaError, UnavailableError

# As long as a stranger (a shell left open, a backup) may hold the file before a unit is told to try again.
BUSY_MS: Final = 2_000

# What is set at every open, and the value SQLite must then read back.
PRAGMAS: Final[Mapping[str, tuple[str, str | int]]] = {
    "busy_timeout": (str(BUSY_MS), BUSY_MS),
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "mmap_size": ("0", 0),
}

# Primary result codes (sqlite.org/rescode.html) that speak of the surroundings and not of the statement.
_SURROUNDINGS: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)


def unavailable(error: BaseException) -> UnavailableError | None:
    """Return what to say instead, where the surroundings and not the unit are to blame for this error."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    if not isinstance(cause, sqlite3.Error) or code is None or code & 0xFF not in _SURROUNDINGS:
        return None
    later = UnavailableError()
    later.__cause__ = error
    return later


class FileLock:
    """Keeps every other process, and every other Store of this one, away from the file while it is held."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._handle: int | None = None

    def take(self) -> None:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise LockedError(
                f"{self._path.name} is held by another process; stop that one first: one process a SQLite file"
            ) from None
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)  # the kernel drops the lock with the last descriptor
            self._handle = None


def _create(path: Path) -> None:
    """Make the file, readable by its owner alone, where there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _open(path: Path, mode: str) -> sqlite3.Connection:
    if not path.exists():
        raise SchemaError("there is no database yet; run `amparo db upgrade`")
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    # isolation_level None: transactions begin and end where this package says, never where the driver guesses.
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)


def _settle(raw: sqlite3.Connection) -> None:
    for name, (value, expected) in PRAGMAS.items():
        raw.execute(f"PRAGMA {name}={value}").close()
        found = raw.execute(f"PRAGMA {name}").fetchone()[0]
        if found != expected:
            raise DurabilityError(f"SQLite keeps {name} at {found!r}; put the file on a local disk and start again")


def _open_writer(path: Path) -> sqlite3.Connection:
    raw = _open(path, "rw")
    try:
        _settle(raw)
    except BaseException:  # whatever it was: no connection is left behind
        raw.close()
        raise
    return raw


def _open_reader(path: Path) -> sqlite3.Connection:
    raw = _open(path, "ro")
    raw.execute("PRAGMA query_only=ON").close()
    raw.execute("PRAGMA trusted_schema=OFF").close()
    return raw


def refuse_to_end(_: Connection) -> None:
    """Stand in the way of a unit that would commit: units of many people share one transaction."""
    raise RuntimeError("a unit must not commit or roll back; the store does that")


def writing_engine(path: Path) -> Engine:
    """Give an engine whose only connection is the writing one. It begins nothing by itself."""
    return create_engine("sqlite://", creator=lambda: _open_writer(path), poolclass=NullPool, hide_parameters=True)


def reading_engine(path: Path, *, size: int) -> Engine:
    """Give an engine of `size` connections that cannot write or checkpoint; each transaction is one snapshot."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: _open_reader(path),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
    )

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    event.listen(engine, "begin", begin)
    return engine


@contextmanager
def migrating(path: Path) -> Iterator[Connection]:
    """Give the only connection to the file, made where there is none, inside one transaction.

    Foreign keys are off in it: SQLite's tables are changed by rebuilding them. The caller checks them at the end.
    """
    _create(path)
    lock = FileLock(path)
    lock.take()
    engine = writing_engine(path)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.connect() as connection:
            cast("sqlite3.Connection", connection.connection.driver_connection).execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                yield connection
    finally:
        engine.dispose()
        lock.release()
