# SPDX-License-Identifier: Apache-2.0
"""What Telegram answers when we speak, and what becomes of the message."""

import asyncio
import time

import pytest


async def fault(world, **order):
    await world.control("POST", "/faults", **{"method": "sendMessage", **order})


async def test_one_chat_told_to_wait_does_not_hold_up_another(world):
    ana, eva = await world.phone("Ana"), await world.phone("Eva")
    await fault(world, phone=ana.number, code=429, retry_after=2)
    await ana.do("say", text="/start")
    start = time.monotonic()
    await eva.ask("/start")
    assert time.monotonic() - start < 1
    assert await ana.told() == []
    await ana.wait(lambda told: told)
    assert 1.5 < time.monotonic() - start < 4
    assert len(await ana.told()) == 1


async def test_three_chats_told_to_wait_slow_everybody_once(world):
    phones = [await world.phone(name) for name in ("a", "b", "c", "d")]
    for phone in phones[:3]:
        await fault(world, phone=phone.number, code=429, retry_after=2)
        await phone.do("say", text="/start")
    await asyncio.sleep(0.5)
    start = time.monotonic()
    await phones[3].ask("/start")
    assert time.monotonic() - start > 0.8
    for phone in phones[:3]:
        await phone.wait(lambda told: told)


@pytest.mark.parametrize("order", [{"code": 500}, {"code": 502}, {"cut": "before"}], ids=str)
async def test_a_failure_is_tried_again(world, order):
    ana = await world.phone()
    await fault(world, **order)
    await ana.do("say", text="/start")
    await ana.wait(lambda told: told)
    assert len(await ana.told()) == 1


@pytest.mark.parametrize("order", [{"cut": "after"}, {"broken_json": True}], ids=str)
async def test_an_unknown_outcome_repeats_the_message_at_most_once(world, order):
    ana = await world.phone()
    await fault(world, **order)
    await ana.do("say", text="/start")
    await ana.wait(lambda told: len(told) == 2)
    assert len(set(await ana.told())) == 1
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(0,)])


async def test_who_blocked_the_bot_is_told_nothing_more_and_goes_on_later(world):
    ana = await world.phone()
    await ana.begin()
    before = len(await ana.told())
    await fault(world, code=403, description="Forbidden: bot was blocked by the user")
    await ana.do("say", text="1")
    await world.until(lambda: world.rows("SELECT count(*) FROM updates") == [(4,)])
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(0,)])
    assert len(await ana.told()) == before
    assert world.rows("SELECT count(*) FROM drafts") == [(1,)]
    await ana.do("block")
    await ana.do("unblock")
    assert "persona ahora" in await ana.ask("1")


async def test_a_message_telegram_finds_ill_formed_is_buried_and_blocks_nobody(world):
    ana = await world.phone()
    await ana.begin()
    await fault(world, code=400, description="Bad Request: can't parse reply keyboard markup")
    await ana.do("say", text="1")
    await world.until(lambda: world.rows("SELECT count(*) FROM dead_letters") == [(1,)])
    [(kind, sealed)] = world.rows("SELECT kind, sealed FROM dead_letters")
    assert kind == "outgoing say"
    assert len(sealed) > 1000
    await ana.ask("1")
    await world.settled()


async def test_a_wrong_token_is_no_crash_loop_and_ends_well(world):
    ana = await world.phone()
    await world.control("POST", "/faults", method="getUpdates", code=401, times=1)
    await ana.do("say", text="/start")
    await asyncio.sleep(1.0)
    calls = await world.control("GET", "/calls?method=getUpdates")
    assert sum(call["status"] == 401 for call in calls["calls"]) == 1
    start = time.monotonic()
    await world.stop()
    assert time.monotonic() - start < 3


async def test_messages_left_by_a_killed_process_are_sent_in_order_at_the_next_start(still_world):
    ana = await still_world.phone()
    await still_world.control("POST", "/faults", method="sendMessage", code=500, times=None)
    await still_world.start()
    await ana.do("say", text="/start")
    await still_world.until(lambda: still_world.rows("SELECT count(*) FROM outgoing") == [(1,)])
    await ana.do("say", text="Español")
    await still_world.until(lambda: still_world.rows("SELECT count(*) FROM outgoing") == [(2,)])
    await still_world.stop()
    assert await ana.told() == []
    await still_world.control("DELETE", "/faults")
    await still_world.start()
    told = await ana.wait(lambda told: len(told) == 2)
    assert "idioma" in told[0]
    assert "Telegram" in told[1]


async def test_a_flood_is_taken_in_full_and_answered_once_in_a_while(world):
    ana = await world.phone()
    await ana.begin()
    await world.control("POST", "/hold")
    for _ in range(60):
        await ana.do("say", text="hm")
    await world.control("POST", "/release")
    await world.until(lambda: world.rows("SELECT count(*) FROM updates") == [(63,)])
    eva = await world.phone("Eva")
    start = time.monotonic()
    await eva.ask("/start")
    assert time.monotonic() - start < 1
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(0,)])
    assert len(await ana.told()) < 20


async def test_an_album_is_answered_once_after_its_last_picture(world):
    ana = await world.phone()
    await ana.begin()
    before = len(await ana.told())
    await ana.do("send", album=[{"kind": "photo", "size": 2000} for _ in range(10)])
    await asyncio.sleep(0.5)
    assert len(await ana.told()) == before
    await ana.wait(lambda told: len(told) == before + 1)
    await asyncio.sleep(0.3)
    assert len(await ana.told()) == before + 1
    await world.until(lambda: world.rows("SELECT count(*) FROM spool WHERE state = 1") == [(10,)])
