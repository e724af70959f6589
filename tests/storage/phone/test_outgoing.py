# SPDX-License-Identifier: Apache-2.0
"""Messages wait in order, belong to one sender at a time, and go when they were sent."""

import itertools

from storage.phone import outgoing
from storage.phone.tables import metadata

ONE, TWO = b"1" * 16, b"2" * 16


places = itertools.count(1)


def row(word):
    return word.ljust(16)


def add(chat, word, *, until=0, album=0, hour=10):
    one = outgoing.Outgoing(row(word), next(places), chat, hour, 0, until, album, word)
    return lambda c: outgoing.add_outgoing(c, [one])


async def lease(store, *, now=100, most=10):
    rows = await store.write(lambda c: outgoing.lease_outgoing(c, now=now, until=now + 60, most=most))
    return [row.sealed for row in rows]


async def test_rows_come_in_the_order_they_were_written_and_once(open_store):
    store = await open_store(metadata)
    for word in (b"first", b"second", b"third"):
        await store.write(add(ONE, word))
    assert await lease(store, most=2) == [b"first", b"second"]
    assert await lease(store) == [b"third"]
    assert await lease(store) == []


async def test_a_lease_ends_and_can_be_prolonged(open_store):
    store = await open_store(metadata)
    await store.write(add(ONE, b"kept", until=130))
    await store.write(add(ONE, b"left", until=130))
    await store.write(lambda c: outgoing.extend_leases(c, [row(b"kept")], until=300))
    assert await lease(store, now=129) == []
    assert await lease(store, now=130) == [b"left"]


async def test_the_only_process_may_take_what_a_killed_one_held(open_store):
    store = await open_store(metadata)
    await store.write(add(ONE, b"held", until=10**9))
    await store.write(outgoing.free_all_outgoing)
    assert await lease(store) == [b"held"]


async def test_a_sent_row_goes(open_store):
    store = await open_store(metadata)
    await store.write(add(ONE, b"sent"))
    await store.write(add(ONE, b"waits"))
    await store.write(lambda c: outgoing.remove_outgoing(c, [row(b"sent"), row(b"unknown")]))
    assert await lease(store) == [b"waits"]


async def test_an_albums_answer_replaces_the_one_that_waits_in_the_same_chat_only(open_store):
    store = await open_store(metadata)
    await store.write(add(TWO, b"other chat", album=1))
    await store.write(add(ONE, b"question"))
    await store.write(add(ONE, b"picture 1", album=1))
    await store.write(add(ONE, b"picture 2", album=1))
    assert await lease(store) == [b"other chat", b"question", b"picture 2"]


async def test_a_chat_that_is_gone_loses_its_rows(open_store):
    store = await open_store(metadata)
    await store.write(add(ONE, b"a"))
    await store.write(add(ONE, b"b"))
    await store.write(add(TWO, b"c"))
    assert await store.write(lambda c: outgoing.drop_chat(c, ONE)) == 2
    assert await lease(store) == [b"c"]


async def test_rows_under_a_dead_key_go(open_store):
    store = await open_store(metadata)
    await store.write(add(ONE, b"old", hour=9))
    await store.write(add(ONE, b"new", hour=10))
    assert await store.write(lambda c: outgoing.expire_outgoing(c, before=10)) == 1
    assert await lease(store) == [b"new"]
