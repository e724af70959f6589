# SPDX-License-Identifier: Apache-2.0
"""Group commit on SQLite: one thread, one writing connection, one fsync for all who wait.

Up to 256 waiting units share one transaction. Each has a savepoint of its own, so that one that fails undoes only
itself. Nobody is answered before COMMIT has returned.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, Engine, event

from storage.errors import UnavailableError, bearable
from storage.file import BUSY_MS, refuse_to_end, unavailable

BATCH: Final = 256
# After this many quiet seconds the write-ahead log is emptied, so that overwritten rows do not lie in it for days.
QUIET: Final = 20.0
# The same, in seconds between two tries, once somebody has asked for it.
SOON: Final = 0.2


class _Waiting(NamedTuple):
    unit: Callable[[Connection], Any]
    future: asyncio.Future[Any]


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    value: Any
    error: BaseException | None


def _deliver(outcomes: Sequence[_Outcome]) -> None:
    """Runs in the event loop. A future that was cancelled meanwhile is left alone: its unit ran all the same."""
    for future, value, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


class Writer:
    """The thread that writes. `start`, `submit` any number of times, `stop` once: stop waits for all submitted."""

    def __init__(self, engine: Engine, loop: asyncio.AbstractEventLoop, probe: Callable[[str], None] | None) -> None:
        self._engine = engine
        self._loop = loop
        self._probe = probe
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._connection = engine.connect()
        self._raw = cast(sqlite3.Connection, self._connection.connection.driver_connection)
        # One SQLAlchemy transaction for good: it sends nothing to SQLite, and makes a unit's own begin() an error.
        self._root = self._connection.begin()
        event.listen(engine, "commit", refuse_to_end)
        event.listen(engine, "rollback", refuse_to_end)
        self._purging = threading.Event()
        self._thread = threading.Thread(target=self._run, name="amparo-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, unit: Callable[[Connection], Any]) -> asyncio.Future[Any]:
        future = self._loop.create_future()
        self._waiting.put(_Waiting(unit, future))
        return future

    def purge(self) -> asyncio.Future[Any]:
        """Empty the write-ahead log after the units given so far, or as soon as no reader stands in the way."""
        self._purging.set()
        return self.submit(_nothing)  # wakes the thread

    def stop(self) -> None:
        """Block until every submitted unit is answered, then empty the write-ahead log and close."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            more, idle = True, True
            while more:
                batch, more = self._take(SOON if self._purging.is_set() else None if idle else QUIET)
                idle = more and not batch and self._checkpoint()
                while batch:
                    batch = self._commit(batch)
                if self._purging.is_set() and (idle or self._checkpoint()):
                    self._purging.clear()
        finally:
            self._checkpoint()
            event.remove(self._engine, "rollback", refuse_to_end)  # close() ends SQLAlchemy's own transaction so
            self._connection.close()

    def _take(self, patience: float | None) -> tuple[list[_Waiting], bool]:
        """Wait for a unit, then take whoever stands behind it. False: `stop` was called and this is the rest."""
        batch: list[_Waiting] = []
        try:
            item = self._waiting.get(timeout=patience)
            while item is not None:
                batch.append(item)
                if len(batch) == BATCH:
                    return batch, True
                item = self._waiting.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _commit(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Run a batch in one transaction and answer it. Returns those who were not reached."""
        done: list[_Outcome] = []
        lost: BaseException | None = None
        try:
            self._raw.execute("BEGIN IMMEDIATE")
            for unit, future in batch:
                done.append(_Outcome(future, *self._attempt(unit)))
                if not self._raw.in_transaction:  # SQLite undid everything, e.g. the disk is full
                    lost = UnavailableError()
                    break
            else:
                self._tell("before commit")
                self._raw.execute("COMMIT")
                self._tell("committed")
        except sqlite3.Error as error:
            lost = UnavailableError()
            lost.__cause__ = error
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
            done += [_Outcome(future, None, lost) for _, future in batch[len(done) :]]
        if lost is not None:
            done = [_Outcome(future, None, error or lost) for future, _, error in done]
        self._answer(done)
        return batch[len(done) :]

    def _attempt(self, unit: Callable[[Connection], Any]) -> tuple[Any, BaseException | None]:
        # Plain statements on the driver's connection: SQLAlchemy's own savepoint objects cost several times as much.
        raw = self._raw
        if not self._root.is_active:
            self._renew()
        raw.execute("SAVEPOINT unit")
        try:
            value = unit(self._connection)
        except BaseException as error:  # noqa: BLE001 - the unit's error belongs to the one who waits, whatever it is
            if not raw.in_transaction:
                # SQLite undid everything (disk full, input/output error). Of that the unit may have seen the second
                # fault only: a savepoint of its own that is gone.
                return None, unavailable(error) or _undone(error)
            raw.execute("ROLLBACK TO unit")
            raw.execute("RELEASE unit")
            return None, unavailable(error) or bearable(error)
        raw.execute("RELEASE unit")
        return value, None

    def _renew(self) -> None:
        """Put SQLAlchemy's own transaction right after a unit tried to end it."""
        current = self._connection.get_transaction()
        if current is self._root:
            current.rollback()  # it is inactive: this only forgets it
            current = None
        self._root = current or self._connection.begin()

    def _answer(self, done: list[_Outcome]) -> None:
        # Where the loop is closed nobody waits any more, and what was committed stays so.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_deliver, done)  # one call for the batch: waking the loop is dear

    def _checkpoint(self) -> bool:
        """Empty the write-ahead log unless a reader is in the way; True when it is empty."""
        raw = self._raw
        raw.execute("PRAGMA busy_timeout=0").close()
        try:
            (busy, _, _) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False  # full or locked: the log keeps everything, and the next quiet moment tries again
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()
        return not busy

    def _tell(self, point: str) -> None:
        if self._probe is not None:
            self._probe(point)


def _nothing(_: Connection) -> None:
    """A unit that writes nothing."""


def _undone(error: BaseException) -> UnavailableError:
    later = UnavailableError()
    later.__cause__ = error
    return later
