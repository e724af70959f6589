# SPDX-License-Identifier: Apache-2.0
"""An update is taken once, however often and in whatever order it comes."""

from storage.phone import updates
from storage.phone.tables import metadata


async def remember(store, *numbers, bot=7, hour=1):
    return await store.write(lambda c: updates.remember_updates(c, bot=bot, numbers=numbers, hour=hour))


async def seen(store, *numbers, bot=7):
    return await store.read(lambda c: updates.seen_updates(c, bot=bot, numbers=numbers))


async def test_what_was_remembered_is_seen_whatever_the_order_of_numbers(open_store):
    store = await open_store(metadata)
    assert await remember(store, 100, 3, 2**61)
    assert await seen(store, 3, 4, 100, 101, 2**61) == {3, 100, 2**61}
    assert await seen(store, 3, 100, bot=8) == set()


async def test_a_number_that_somebody_else_was_faster_with_is_noticed(open_store):
    store = await open_store(metadata)
    assert await remember(store, 5)
    assert not await remember(store, 4, 5, 6)
    assert await remember(store, 5, bot=8)
    assert await remember(store)


async def test_a_forgotten_number_may_come_again(open_store):
    store = await open_store(metadata)
    await remember(store, 1, hour=10)
    await remember(store, 2, hour=11)
    assert await store.write(lambda c: updates.forget_updates(c, before=11)) == 1
    assert await remember(store, 1, hour=12)
    assert not await remember(store, 2, hour=12)
