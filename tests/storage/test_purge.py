# SPDX-License-Identifier: Apache-2.0
"""After something was deleted for good, the engine drops what it still keeps of it, without waiting for a quiet hour."""

import asyncio
from pathlib import Path

from sqlalchemy import text

from storage.database import Store
from storage.phone import updates
from storage.phone.tables import metadata
from tests.storage.conftest import build


def size(path: Path) -> int:
    return path.stat().st_size


async def written(store) -> None:
    await store.write(lambda c: updates.remember_updates(c, bot=1, numbers=list(range(500)), hour=1))
    await store.write(lambda c: updates.forget_updates(c, before=2))


async def until(true) -> None:
    for _ in range(200):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come true in time")


async def test_what_was_deleted_is_purged_at_once(open_store, store_url):
    store = await open_store(metadata)
    await written(store)
    journal = Path(store_url.removeprefix("sqlite:///") + "-wal")
    if store.dialect == "sqlite":
        assert size(journal) > 0
    await store.purge([updates.updates])

    async def purged() -> bool:
        if store.dialect == "sqlite":
            return size(journal) == 0
        query = text("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'updates'")
        return bool(await store.read(lambda c: c.execute(query).scalar()))

    await until(purged)
    await written(store)  # and it goes on as before


async def test_on_sqlite_a_reader_in_the_way_delays_it_and_nobody_waits(sqlite_url):
    build(sqlite_url, metadata)
    store = Store(sqlite_url, metadata=metadata)
    await store.open()
    journal = Path(sqlite_url.removeprefix("sqlite:///") + "-wal")
    begun, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(connection):
        connection.execute(text("SELECT count(*) FROM updates")).scalar()
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()

    reading = asyncio.create_task(store.read(slow))
    await begun.wait()
    await written(store)
    await store.purge([updates.updates])
    assert size(journal) > 0
    go_on.set()
    await reading

    async def empty() -> bool:
        return size(journal) == 0

    await until(empty)
    await store.close()
