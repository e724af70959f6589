# SPDX-License-Identifier: Apache-2.0
"""The log: numbered without gaps, and what the verifier sees of a forgery."""

import asyncio
import hashlib

import pytest
from sqlalchemy import delete, update

from storage.database import Store
from storage.desk.audit import Action, Leaf, append, entries, frontier, timeline, verify

LEAF = Leaf(Action.CASE_OPENED, b"a" * 16, b"o" * 16, 480_000)


async def test_entries_are_numbered_without_a_gap_whoever_writes_at_once(store: Store) -> None:
    numbers = await asyncio.gather(*(store.write(lambda connection: append(connection, LEAF)) for _ in range(40)))
    assert sorted(numbers) == list(range(40))
    verdict = await store.read(verify)
    assert (verdict.size, verdict.fault) == (40, None)


async def test_a_unit_that_fails_leaves_no_entry(store: Store) -> None:
    def fails(connection):
        append(connection, LEAF)
        raise LookupError

    await store.write(lambda connection: append(connection, LEAF))
    with pytest.raises(LookupError):
        await store.write(fails)
    assert await store.write(lambda connection: append(connection, LEAF)) == 1
    assert (await store.read(verify)).fault is None


async def test_a_detail_is_sealed_with_its_entrys_number_and_committed_to(store: Store) -> None:
    await store.write(lambda connection: append(connection, LEAF))
    detailed = LEAF._replace(detail=lambda number: b"sealed for %d" % number)
    await store.write(lambda connection: append(connection, detailed))
    entry = (await store.read(lambda connection: timeline(connection, b"o" * 16)))[-1]
    assert entry.detail == b"sealed for 1"
    assert entry.commitment == hashlib.sha256(b"sealed for 1").digest()


ROW = entries.c.number == 3


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        (delete(entries).where(ROW), "Entry 3 is missing"),
        (delete(entries).where(entries.c.number >= 3), "ends at entry 3"),
        (update(entries).where(ROW).values(actor=b"b" * 16), "altered"),
        (update(entries).where(ROW).values(hour=1), "altered"),
        (update(entries).where(ROW).values(detail=b"other"), "detail of entry 3"),
        (delete(frontier), "5 were written"),
    ],
    ids=["deleted", "cut", "actor", "hour", "detail", "edge"],
)
async def test_the_verifier_sees_what_a_database_writer_does(store: Store, forge, told: str) -> None:
    for _ in range(5):
        await store.write(lambda connection: append(connection, LEAF))
    await store.write(lambda connection: connection.execute(forge))
    fault = (await store.read(verify)).fault
    assert fault is not None
    assert told in fault or "were written" in fault


async def test_reordered_entries_are_seen(store: Store) -> None:
    for actor in (b"a", b"b", b"c"):
        leaf = LEAF._replace(actor=actor * 16)
        await store.write(lambda connection, leaf=leaf: append(connection, leaf))

    def swap(connection):
        for number, actor in ((0, b"c"), (2, b"a")):
            connection.execute(update(entries).where(entries.c.number == number).values(actor=actor * 16))

    await store.write(swap)
    assert (await store.read(verify)).fault is not None
