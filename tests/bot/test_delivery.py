# SPDX-License-Identifier: Apache-2.0
"""While its store is down delivery looks for kept reports more and more rarely, and at once when it is back."""

import asyncio

from bot import delivery
from storage.errors import UnavailableError


async def test_looking_backs_off_while_the_store_is_down(world, monkeypatch):
    ana = await world.phone()
    world.desk.status = 503
    await ana.report()
    attempts, up = [], asyncio.Event()
    enough = asyncio.Event()
    write, pause = world.bot.store.write, delivery.pause

    async def down(unit):
        if not up.is_set():
            raise UnavailableError
        return await write(unit)

    def counted(attempt, *, most, first=1.0):
        attempts.append((attempt, pause(attempt, most=most, first=first)))
        if len(attempts) == 16:
            enough.set()
        return 0.001

    monkeypatch.setattr(delivery, "pause", counted)
    world.bot.delivery._store = Down(world.bot.store, down)
    world.bot.delivery._some.set()
    await asyncio.wait_for(enough.wait(), 10)
    counts = {attempt for attempt, _ in attempts}  # of the search, and of the report itself beside it
    assert {1, 2, 3, 4, 5} <= counts, "each pause is reckoned from how often it failed in a row"
    assert 10 < max(seconds for _, seconds in attempts) <= 30
    world.desk.status = 0
    up.set()
    world.bot.delivery._some.set()
    await world.until(lambda: world.desk.submissions)


class Down:
    """A store of which reading works and writing does not, as with a full disk."""

    def __init__(self, store, write):
        self.read = store.read
        self.write = write
