# SPDX-License-Identifier: Apache-2.0
"""What every user of a store relies on, on both engines: one unit, one transaction; errors that mean what they say."""

import asyncio
import contextlib
import sqlite3
import sys
import threading
import time

import psycopg
import pytest
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, Text, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError

from storage import file
from storage.database import Store
from storage.errors import (
    ConflictError,
    DurabilityError,
    LockedError,
    SchemaError,
    StorageError,
    UnavailableError,
)
from tests.storage.conftest import build

metadata = MetaData(info={"store": "trial", "head": "trial_0001"})
words = Table("words", metadata, Column("word", Text, primary_key=True), Column("sealed", LargeBinary))


def keep(word: str, sealed: bytes = b""):
    return lambda connection: connection.execute(insert(words).values(word=word, sealed=sealed)) and None


def kept(connection: Connection) -> list[str]:
    return list(connection.execute(select(words.c.word).order_by(words.c.word)).scalars())


def stored(url: str) -> list[str]:
    """Look with a connection of our own."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = kept(connection)
    engine.dispose()
    return found


async def test_a_unit_is_one_transaction(open_store):
    store = await open_store(metadata)

    def two(connection: Connection) -> str:
        keep("one")(connection)
        keep("two")(connection)
        return "done"

    def breaks(connection: Connection) -> None:
        keep("three")(connection)
        raise ConflictError("changed meanwhile; read it again")

    assert await store.write(two) == "done"
    with pytest.raises(ConflictError):
        await store.write(breaks)
    assert await store.read(kept) == ["one", "two"]


async def test_an_integrity_error_comes_back_as_it_is_and_repeats_no_value(open_store):
    store = await open_store(metadata)
    await store.write(keep("one"))
    with pytest.raises(IntegrityError) as caught:
        await store.write(keep("one", b"a secret"))
    assert "secret" not in str(caught.value)
    assert "parameters hidden" in str(caught.value)
    await store.write(keep("two"))
    assert await store.read(kept) == ["one", "two"]


def commits(connection: Connection) -> None:
    keep("one")(connection)
    connection.commit()


def swallows(connection: Connection) -> None:
    with contextlib.suppress(RuntimeError):
        commits(connection)
    keep("more")(connection)


async def test_a_unit_that_commits_is_refused_and_undone(open_store):
    store = await open_store(metadata)
    with pytest.raises(RuntimeError, match="must not commit"):
        await store.write(commits)
    with pytest.raises(PendingRollbackError):
        await store.write(swallows)
    assert await store.read(kept) == []
    await asyncio.gather(*(store.write(keep(str(number))) for number in range(20)))
    assert len(await store.read(kept)) == 20


async def test_whatever_a_unit_raises_reaches_its_caller_and_nobody_else(open_store):
    store = await open_store(metadata)

    def stops(_: Connection) -> None:
        raise StopIteration

    def exits(_: Connection) -> None:
        raise SystemExit(3)

    units = [keep("a"), stops, keep("b"), exits, keep("c")]
    results = await asyncio.gather(*(store.write(unit) for unit in units), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), RuntimeError, type(None), RuntimeError, type(None)]
    assert await store.read(kept) == ["a", "b", "c"]


async def test_a_query_cannot_write(open_store):
    store = await open_store(metadata)
    with pytest.raises((UnavailableError, DBAPIError)):
        await store.read(keep("one"))
    assert await store.read(kept) == []


async def test_a_query_sees_one_snapshot_while_others_write(open_store):
    store = await open_store(metadata)
    began, may_go_on = threading.Event(), threading.Event()

    def slow(connection: Connection) -> tuple[list[str], list[str]]:
        before = kept(connection)
        began.set()
        may_go_on.wait(10)
        return before, kept(connection)

    reading = asyncio.create_task(store.read(slow))
    await asyncio.to_thread(began.wait, 10)
    await store.write(keep("meanwhile"))
    may_go_on.set()
    assert await reading == ([], [])
    assert await store.read(kept) == ["meanwhile"]


async def test_the_event_loop_goes_on_while_a_unit_takes_its_time(open_store):
    store = await open_store(metadata)
    slow = asyncio.create_task(store.write(lambda _: time.sleep(0.3)))
    ticks = 0
    while not slow.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks > 10


async def test_the_writing_thread_may_interrupt_a_busy_event_loop(open_store):
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)  # Python's own
    try:
        await open_store(metadata)
        assert sys.getswitchinterval() == pytest.approx(1e-4)
    finally:
        sys.setswitchinterval(before)


async def test_cancelling_the_caller_neither_loses_nor_doubles_the_unit(open_store, store_url):
    store = await open_store(metadata)
    tasks = [asyncio.create_task(store.write(keep(f"{number:03}"))) for number in range(100)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(result, asyncio.CancelledError) for result in results) == 50
    await store.close()  # answers all that was given
    assert len(stored(store_url)) == 100


async def test_close_answers_what_was_given_and_then_refuses(open_store):
    store = await open_store(metadata)
    tasks = [asyncio.create_task(store.write(keep(f"{number:03}"))) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*tasks) == [None] * 50
    with pytest.raises(UnavailableError):
        await store.write(keep("late"))
    with pytest.raises(UnavailableError):
        await store.read(kept)
    await store.close()


async def test_a_store_before_open_refuses(store_url):
    store = Store(store_url, metadata=metadata)
    with pytest.raises(UnavailableError):
        await store.write(keep("early"))


@pytest.mark.parametrize("head", ["trial_0000", "trial_0002"])
async def test_another_revision_is_refused_with_the_command_to_run(store_url, head):
    build(store_url, metadata)
    other = MetaData(info={"store": "trial", "head": head})
    with pytest.raises(SchemaError, match="amparo db upgrade"):
        await Store(store_url, metadata=other).open()
    again = Store(store_url, metadata=metadata)  # and nothing is held after the refusal
    await again.open()
    await again.close()


async def test_a_database_without_tables_is_refused(store_url, tmp_path):
    if store_url.startswith("sqlite"):
        sqlite3.connect(tmp_path / "store.sqlite").close()
    with pytest.raises(SchemaError, match="amparo db upgrade"):
        await Store(store_url, metadata=metadata).open()


async def test_a_missing_file_is_refused_and_not_made(sqlite_url, tmp_path):
    with pytest.raises(SchemaError, match="amparo db upgrade"):
        await Store(sqlite_url, metadata=metadata).open()
    assert not (tmp_path / "store.sqlite").exists()


@pytest.mark.parametrize("url", ["mysql://x:geheim@h/d", "no address at all", "sqlite://", "sqlite:///:memory:"])
def test_other_addresses_are_refused_without_repeating_them(url):
    with pytest.raises(StorageError) as caught:
        Store(url, metadata=metadata)
    assert "geheim" not in str(caught.value)


# SQLite


async def test_b72_a_second_store_on_one_file_refuses_to_start(sqlite_url):
    build(sqlite_url, metadata)
    first = Store(sqlite_url, metadata=metadata)
    await first.open()
    with pytest.raises(LockedError):
        await Store(sqlite_url, metadata=metadata).open()
    await first.write(keep("still there"))
    await first.close()
    second = Store(sqlite_url, metadata=metadata)
    await second.open()
    assert await second.read(kept) == ["still there"]
    await second.close()


async def test_the_settings_are_read_back(sqlite_url):
    build(sqlite_url, metadata)
    store = Store(sqlite_url, metadata=metadata)
    await store.open()

    def pragmas(connection: Connection) -> dict[str, object]:
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in file.PRAGMAS}

    assert await store.write(pragmas) == {
        "busy_timeout": 2000,
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "mmap_size": 0,
    }
    assert await store.read(lambda c: c.exec_driver_sql("PRAGMA query_only").scalar()) == 1
    await store.close()


async def test_a_file_that_cannot_keep_the_settings_is_refused(sqlite_url, monkeypatch):
    build(sqlite_url, metadata)
    monkeypatch.setattr(file, "PRAGMAS", {**file.PRAGMAS, "synchronous": ("NORMAL", 2)})
    with pytest.raises(DurabilityError):
        await Store(sqlite_url, metadata=metadata).open()


async def test_a_stranger_holding_the_file_is_reported_and_outlived(sqlite_url, tmp_path, monkeypatch):
    monkeypatch.setattr(file, "PRAGMAS", {**file.PRAGMAS, "busy_timeout": ("50", 50)})
    build(sqlite_url, metadata)
    store = Store(sqlite_url, metadata=metadata)
    await store.open()
    stranger = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(*(store.write(keep(str(n))) for n in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [UnavailableError] * 5
    assert await store.read(kept) == []  # readers go on
    stranger.execute("ROLLBACK")
    stranger.close()
    await store.write(keep("after"))
    assert await store.read(kept) == ["after"]
    await store.close()


async def test_b62_a_full_disk_is_reported_reads_work_and_space_helps(sqlite_url):
    build(sqlite_url, metadata)
    store = Store(sqlite_url, metadata=metadata)
    await store.open()
    await store.write(keep("before"))

    def limit(pages: int):
        def unit(connection: Connection) -> None:
            used = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={used + pages}")

        return unit

    await store.write(limit(2))
    units = [keep("small-1"), keep("large", b"\1" * 100_000), keep("small-2")]
    small, large, other = await asyncio.gather(*(store.write(unit) for unit in units), return_exceptions=True)
    assert isinstance(large, UnavailableError)
    assert await store.read(kept) == sorted(
        ["before", *(word for word, result in (("small-1", small), ("small-2", other)) if result is None)]
    )
    await store.write(limit(1000))
    await store.write(keep("large", b"\1" * 100_000))
    assert "large" in await store.read(kept)
    await store.close()


async def test_b62_a_full_disk_is_reported_by_a_unit_with_a_savepoint_of_its_own_too(sqlite_url):
    """SQLite then undoes the whole transaction, so that the unit fails once more at the end of its savepoint."""
    build(sqlite_url, metadata)
    store = Store(sqlite_url, metadata=metadata)
    await store.open()

    def nested(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")
        with connection.begin_nested():
            keep("large", b"\1" * 100_000)(connection)

    with pytest.raises(UnavailableError):
        await store.write(nested)
    assert await store.read(kept) == []
    await store.write(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000") and None)
    await store.write(keep("after"))
    assert await store.read(kept) == ["after"]
    await store.close()


async def test_b61_a_read_only_database_is_reported(sqlite_url):
    build(sqlite_url, metadata)
    store = Store(sqlite_url, metadata=metadata)
    await store.open()

    def read_only(on: bool):
        # On the writer's own connection, as a file system that was mounted read-only would do to it.
        return lambda connection: connection.exec_driver_sql(f"PRAGMA query_only={on:d}") and None

    spoiled = await asyncio.gather(store.write(read_only(True)), store.write(keep("one")), return_exceptions=True)
    assert [type(result) for result in spoiled] == [type(None), UnavailableError]
    assert await store.read(kept) == []
    store._engine._writer._raw.execute("PRAGMA query_only=OFF")
    await store.write(keep("two"))
    assert await store.read(kept) == ["two"]
    await store.close()


async def test_a_unit_that_rolls_back_is_refused_and_undone(sqlite_url):
    build(sqlite_url, metadata)
    store = Store(sqlite_url, metadata=metadata)
    await store.open()

    def rolls_back(connection: Connection) -> None:
        keep("one")(connection)
        connection.rollback()

    results = await asyncio.gather(
        store.write(keep("neighbour")), store.write(rolls_back), store.write(keep("other")), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), RuntimeError, type(None)]
    assert await store.read(kept) == ["neighbour", "other"]
    await store.close()


async def test_deleted_bytes_are_gone_from_every_file_after_close(sqlite_url, tmp_path):
    build(sqlite_url, metadata)
    store = Store(sqlite_url, metadata=metadata)
    await store.open()
    for number in range(20):
        await store.write(keep(f"{number}", b"MARKER-OF-THIS-TEST" * 500))
    await store.write(lambda connection: connection.execute(words.delete()))
    await store.close()
    left = [path for path in tmp_path.iterdir() if b"MARKER-OF-THIS-TEST" in path.read_bytes()]
    assert left == []
    assert {path.name for path in tmp_path.iterdir()} == {"store.sqlite", "store.sqlite.lock"}


# PostgreSQL


async def test_c13_a_stopped_connection_is_reported_and_the_store_goes_on(postgres_url):
    build(postgres_url, metadata)
    store = Store(postgres_url, metadata=metadata)
    await store.open()
    await store.write(keep("before"))

    def cut(connection: Connection) -> None:
        keep("lost")(connection)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            other.execute("SELECT pg_terminate_backend(%s)", (backend,))
        connection.exec_driver_sql("SELECT 1")

    with pytest.raises(UnavailableError):
        await store.write(cut)
    await store.write(keep("after"))
    assert await store.read(kept) == ["after", "before"]
    await store.close()


async def test_b61_a_read_only_server_is_reported(postgres_url):
    build(postgres_url, metadata)
    store = Store(postgres_url, metadata=metadata)
    await store.open()
    with pytest.raises(UnavailableError):
        await store.write(
            lambda connection: (connection.exec_driver_sql("SET TRANSACTION READ ONLY"), keep("one")(connection))
        )
    await store.write(keep("two"))
    assert await store.read(kept) == ["two"]
    await store.close()


async def test_deadlocks_and_lock_timeouts_are_reported(postgres_url):
    build(postgres_url, metadata)
    store = Store(postgres_url, metadata=metadata)
    await store.open()
    await store.write(keep("a"))
    await store.write(keep("b"))
    both_hold = threading.Barrier(2)

    def lock(first: str, second: str):
        def unit(connection: Connection) -> None:
            connection.execute(select(words).where(words.c.word == first).with_for_update())
            both_hold.wait(10)
            connection.execute(select(words).where(words.c.word == second).with_for_update())

        return unit

    results = await asyncio.gather(store.write(lock("a", "b")), store.write(lock("b", "a")), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "UnavailableError"]
    await store.close()


@pytest.mark.parametrize("setting", ["synchronous_commit=off", "synchronous_commit=local"])
async def test_c2_a_server_that_may_lose_what_it_acknowledged_is_refused(postgres_url, setting):
    build(postgres_url, metadata)
    name, value = setting.split("=")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        database = connection.execute("SELECT current_database()").fetchone()[0]
        connection.execute(f"ALTER DATABASE {database} SET {name} = {value}")
    with pytest.raises(DurabilityError, match="synchronous_commit"):
        await Store(postgres_url, metadata=metadata).open()


async def test_a_server_that_is_not_there_is_reported(tmp_path):
    url = f"postgresql://postgres@/nothing?host={tmp_path}"
    with pytest.raises(UnavailableError):
        await Store(url, metadata=metadata).open()


async def test_units_of_many_tasks_share_the_pool_and_all_are_kept(postgres_url):
    build(postgres_url, metadata)
    store = Store(postgres_url, metadata=metadata)
    await store.open()
    await asyncio.gather(*(store.write(keep(f"{number:03}")) for number in range(200)))
    assert await store.read(lambda connection: connection.execute(text("SELECT count(*) FROM words")).scalar()) == 200
    await store.close()


async def test_a_start_that_is_cancelled_holds_nothing(store_url):
    build(store_url, metadata)
    for turns in range(6):
        starting = asyncio.create_task(Store(store_url, metadata=metadata).open())
        for _ in range(turns):
            await asyncio.sleep(0)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
    again = Store(store_url, metadata=metadata)
    await again.open()
    await again.close()
