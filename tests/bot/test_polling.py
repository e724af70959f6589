# SPDX-License-Identifier: Apache-2.0
"""Asking Telegram: nothing is confirmed that is not on disk, and no trouble ends the asking."""

import asyncio
import time

import pytest

from bot.errors import WebhookSetError
from storage.errors import UnavailableError


async def confirmed(world):
    """Updates that Telegram still holds for us."""
    return (await world.control("GET", "/state"))["updates"]["pending"]


async def test_an_update_is_confirmed_only_after_its_commit(still_world):
    bot = await still_world.start()
    down = True
    write = bot.store.write

    async def failing(unit):
        if down:
            raise UnavailableError
        return await write(unit)

    bot.store.write = failing
    ana = await still_world.phone()
    await ana.do("say", text="/start")
    await asyncio.sleep(1.0)
    assert await confirmed(still_world) == 1
    assert await ana.told() == []
    down = False
    await ana.wait(lambda told: told)
    await ana.ask("Español")
    assert still_world.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_the_offset_stops_at_the_first_update_that_is_not_committed(still_world):
    bot = await still_world.start()
    ana, eva = await still_world.phone("Ana"), await still_world.phone("Eva")
    write, take = bot.store.write, bot.handler._conversation.take

    def unlucky(connection, batch):
        if any(one.raw["message"]["chat"]["id"] == ana.chat for one in batch):
            raise OSError
        return take(connection, batch)

    bot.handler._conversation.take = unlucky
    await still_world.control("POST", "/hold")
    await ana.do("say", text="/start")
    await eva.do("say", text="/start")
    await still_world.control("POST", "/release")
    await eva.wait(lambda told: told)
    assert await ana.told() == []
    assert await confirmed(still_world) == 2
    bot.handler._conversation.take = take
    bot.store.write = write
    await ana.wait(lambda told: told)
    await asyncio.sleep(0.3)
    assert len(await eva.told()) == 1


async def test_an_update_that_fails_ten_times_alone_is_buried(still_world):
    bot = await still_world.start()
    ana = await still_world.phone()
    take = bot.handler._conversation.take

    def unlucky(connection, batch):
        if "veneno" in str(batch):
            raise OSError
        return take(connection, batch)

    bot.handler._conversation.take = unlucky
    bot.handler._failures.update({})
    await ana.ask("/start")
    number = (await still_world.control("GET", "/state"))["updates"]["next_id"]
    bot.handler._failures[number] = 8
    await ana.do("say", text="veneno")
    await still_world.until(lambda: still_world.rows("SELECT count(*) FROM dead_letters") == [(1,)])
    await ana.ask("Español")


async def test_a_second_poller_is_no_crash(world):
    await world.control("POST", "/faults", method="getUpdates", code=409, times=1)
    ana = await world.phone()
    await ana.do("say", text="/start")
    await asyncio.sleep(1.0)
    assert world.bot is not None
    calls = await world.control("GET", "/calls?method=getUpdates")
    assert sum(call["status"] == 409 for call in calls["calls"]) == 1


async def test_a_cut_connection_is_asked_again(world):
    ana = await world.phone()
    await world.control("POST", "/faults", method="getUpdates", cut="before", times=1)
    await ana.ask("/start")
    await world.control("POST", "/faults", method="getUpdates", cut="after", times=1)
    await ana.ask("Español")
    await world.control("POST", "/faults", method="getUpdates", broken_json=True, times=1)
    await ana.ask("1")


async def test_polling_is_refused_while_a_webhook_is_set(still_world):
    async with still_world.web.post(
        f"{still_world.url}/bot{still_world.settings().bot_token.get_secret_value()}/setWebhook",
        json={"url": "https://example.org/telegram"},
    ) as answer:
        assert answer.status == 200
    await still_world.start(manifest=False)
    with pytest.raises(WebhookSetError, match="setup-webhook"):
        await still_world._running
    still_world.bot = still_world._running = None


async def test_the_end_comes_soon_and_confirms_nothing_more(world):
    ana = await world.phone()
    await ana.ask("/start")
    before = len((await world.control("GET", "/calls?method=getUpdates"))["calls"])
    start = time.monotonic()
    await world.stop()
    assert time.monotonic() - start < 3
    calls = (await world.control("GET", "/calls?method=getUpdates"))["calls"]
    assert len(calls) <= before + 1  # the one that was open
    await world.start()
    assert "Telegram" in await ana.ask("Español")


async def test_an_end_under_load_loses_nothing(world):
    phones = [await world.phone(f"p{number}") for number in range(40)]
    await world.control("POST", "/hold")
    for phone in phones:
        for words in ("/start", "Español", "1"):
            await phone.do("say", text=words)
    await world.control("POST", "/release")
    await world.until(lambda: world.rows("SELECT count(*) FROM updates")[0][0] >= 50)
    start = time.monotonic()
    await world.stop()
    assert time.monotonic() - start < 10
    await world.start()
    for phone in phones:
        await phone.sees("Pregunta 1")
    assert world.rows("SELECT count(*) FROM updates") == [(120,)]
    assert world.rows("SELECT count(*) FROM dead_letters") == [(0,)]
