# SPDX-License-Identifier: Apache-2.0
"""An update is taken once, however often and in whatever order it comes."""

import asyncio

from storage.phone import updates
from storage.phone.tables import metadata


async def test_the_same_number_is_taken_once(open_store):
    store = await open_store(metadata)

    def take(connection):
        return updates.remember_update(connection, bot=7, update_id=100, hour=1)

    answers = await asyncio.gather(*(store.write(take) for _ in range(20)))
    assert sorted(answers) == [False] * 19 + [True]


async def test_lower_numbers_and_other_bots_are_taken_too(open_store):
    store = await open_store(metadata)
    for bot, number in ((7, 100), (7, 3), (8, 100), (7, 2**61)):
        assert await store.write(
            lambda c, bot=bot, number=number: updates.remember_update(c, bot=bot, update_id=number, hour=1)
        )


async def test_a_forgotten_number_may_come_again(open_store):
    store = await open_store(metadata)
    await store.write(lambda c: updates.remember_update(c, bot=7, update_id=1, hour=10))
    await store.write(lambda c: updates.remember_update(c, bot=7, update_id=2, hour=11))
    assert await store.write(lambda c: updates.forget_updates(c, before=11)) == 1
    assert await store.write(lambda c: updates.remember_update(c, bot=7, update_id=1, hour=12))
    assert not await store.write(lambda c: updates.remember_update(c, bot=7, update_id=2, hour=12))
