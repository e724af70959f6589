# SPDX-License-Identifier: Apache-2.0
"""An update that fails again and again: buried when it is to blame, never because the store was down."""

import pytest

from bot.handlers import Answer
from storage.errors import UnavailableError

TRIES = 10


class Store:
    """The bot's store as its handler sees it: `refuses` says which units find it down."""

    def __init__(self, store, refuses):
        self._store = store
        self._refuses = refuses
        self.units = 0

    async def write(self, unit):
        self.units += 1
        if self._refuses(self.units, unit):
            raise UnavailableError
        return await self._store.write(unit)


@pytest.fixture
async def hello(world):
    """A person who is being asked, and their answer in an update that nobody else fetches."""
    ana = await world.phone()
    await ana.begin()
    person = {"id": ana.chat, "is_bot": False, "first_name": "Ana", "language_code": "es"}
    chat = {"id": ana.chat, "type": "private", "first_name": "Ana"}
    text = {"message_id": 900, "date": 1_800_000_000, "chat": chat, "from": person, "text": "1"}
    return ana, {"update_id": 4_000_000, "message": text}


async def offered(world, update, refuses):
    handler = world.bot.handler
    handler._store = Store(world.bot.store, refuses)
    return [await handler.handle(update) for _ in range(TRIES)]


async def test_a_store_that_just_came_back_buries_nothing(world, hello):
    ana, update = hello
    answers = await offered(world, update, lambda count, _: count <= TRIES)
    assert answers == [Answer.LATER] * (TRIES - 1) + [Answer.TAKEN]
    await ana.sees("peligro")
    assert world.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_store_that_stays_down_buries_nothing(world, hello):
    _, update = hello
    answers = await offered(world, update, lambda count, _: count <= 3 * TRIES)
    assert answers == [Answer.LATER] * TRIES
    assert await world.bot.handler.handle(update) is Answer.LATER
    world.bot.handler._store = world.bot.store
    assert await world.bot.handler.handle(update) is Answer.TAKEN
    assert world.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_an_update_that_no_store_takes_is_buried(world, hello):
    ana, update = hello
    probe = world.bot.handler._conversation.probe
    tries = iter(range(TRIES + 1))
    answers = await offered(world, update, lambda _, unit: unit != probe and next(tries, None) is not None)
    assert answers == [Answer.LATER] * (TRIES - 1) + [Answer.TAKEN]
    await ana.sees("No pude usar eso")
    assert world.rows("SELECT count(*) FROM dead_letters") == [(1,)]
    assert world.rows("SELECT count(*) FROM updates WHERE update_id < 0") == [(0,)]
