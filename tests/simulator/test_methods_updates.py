# SPDX-License-Identifier: Apache-2.0
"""getUpdates: offsets, limits, waiting, the slow-down, two pollers, expiry, replays, pile-ups."""

import asyncio
import time

import pytest
from telegram.error import Conflict

from tests.simulator.conftest import started

DAY = 24 * 3600


def _texts(updates):
    return [update["message"]["text"] for update in updates]


async def test_updates_stay_until_a_higher_offset_confirms_them(simulator, phone):
    for text in ("a", "b", "c"):
        await phone.do("say", text=text)
    first = await simulator.call("getUpdates")
    assert _texts(first) == ["a", "b", "c"]
    numbers = [update["update_id"] for update in first]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert _texts(await simulator.call("getUpdates", offset=numbers[1])) == ["b", "c"]
    assert _texts(await simulator.call("getUpdates", offset=numbers[1])) == ["b"]  # again at once: one at a time
    assert await simulator.call("getUpdates", offset=numbers[2] + 1) == []


async def test_a_negative_offset_keeps_the_newest(simulator, phone):
    for text in ("a", "b", "c"):
        await phone.do("say", text=text)
    assert _texts(await simulator.call("getUpdates", offset=-2)) == ["b", "c"]
    assert _texts(await simulator.call("getUpdates", limit=1)) == ["b"]


async def test_a_waiting_poll_is_woken_by_an_update(simulator, bot, phone):
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    start = time.monotonic()
    await phone.do("say", text="hello")
    assert [update.message.text for update in await poll] == ["hello"]
    assert time.monotonic() - start < 1


async def test_the_same_offset_again_is_slowed_down(simulator, phone):
    await simulator.call("getUpdates", offset=1)
    start = time.monotonic()
    assert await simulator.call("getUpdates", offset=1) == []
    assert 2.9 < time.monotonic() - start < 4


async def test_of_two_waiting_pollers_the_older_gets_409(simulator, bot, phone):
    older = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    newer = asyncio.create_task(simulator.call("getUpdates", offset=7, timeout=5))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await older
    await phone.do("say", text="hello")
    assert len(await newer) == 1


async def test_messages_wait_24_hours(simulator, phone):
    await phone.do("say", text="old")
    await simulator.advance(DAY - 5)
    await phone.do("say", text="new")
    assert _texts(await simulator.call("getUpdates")) == ["old", "new"]
    await simulator.advance(10)
    assert _texts(await simulator.call("getUpdates", offset=1)) == ["new"]


async def test_allowed_updates_are_remembered_and_do_not_touch_what_is_queued(simulator, phone):
    await phone.do("say", text="before")
    await simulator.call("getUpdates", allowed_updates=["callback_query"])
    await phone.do("say", text="unwanted")
    assert _texts(await simulator.call("getUpdates", offset=1)) == ["before"]
    assert (await simulator.call("getWebhookInfo"))["allowed_updates"] == ["callback_query"]
    await simulator.call("getUpdates", offset=2, allowed_updates=[])
    await phone.do("say", text="wanted again")
    assert _texts(await simulator.call("getUpdates", offset=3)) == ["before", "wanted again"]


async def test_update_ids_start_anywhere_and_jump_after_a_silent_week(simulator, phone):
    await phone.do("say", text="a")
    first = (await simulator.updates())[0]["update_id"]
    await simulator.advance(8 * DAY)
    await phone.do("say", text="b")
    second = (await simulator.call("getUpdates"))[0]["update_id"]
    assert second != first + 1
    assert first > 1


async def test_replays_come_again_whatever_the_offset(simulator, phone):
    for text in ("a", "b"):
        await phone.do("say", text=text)
    seen = await simulator.updates()
    assert await simulator.post("/replay", count=2, times=3) == {"replayed": 6}
    await asyncio.sleep(0.5)  # the same offset sooner would get them one by one
    again = await simulator.call("getUpdates", offset=seen[-1]["update_id"] + 1)
    assert _texts(again) == ["a"] * 3 + ["b"] * 3
    assert {update["update_id"] for update in again} == {update["update_id"] for update in seen}


async def test_a_replay_never_overtakes_what_still_waits(simulator, phone):
    """Else a bot confirmed by the replay an earlier update that it never got, which Telegram does not do to it."""
    for text in ("a", "b"):
        await phone.do("say", text=text)
    first = (await simulator.call("getUpdates"))[0]["update_id"]  # delivered, not confirmed
    await simulator.post("/replay", count=1, times=1)
    await asyncio.sleep(0.5)
    assert _texts(await simulator.call("getUpdates", offset=first)) == ["a", "b"]
    assert _texts(await simulator.call("getUpdates", offset=first + 2)) == ["b"]


async def test_held_updates_pile_up_and_come_at_once(simulator, phone):
    other = await started(simulator, "Ben")
    await simulator.post("/hold")
    for one in (phone, other, phone):
        await one.do("say", text="x")
    assert await simulator.call("getUpdates") == []
    assert (await simulator.get("/state"))["updates"]["held"] is True
    await simulator.post("/release")
    assert len(await simulator.call("getUpdates", offset=1)) == 3


async def test_raw_updates_are_injected_as_they_are(simulator, phone):
    made = await simulator.post("/updates", message={})
    await simulator.post("/updates", update_id="not a number", message=None)
    got = await simulator.call("getUpdates")
    assert got[0] == {"update_id": made["update_id"], "message": {}}
    assert got[1] == {"update_id": "not a number", "message": None}


async def test_reset_forgets_the_phones_and_goes_on_counting(simulator, phone):
    await phone.do("say", text="before")
    last = (await simulator.updates())[-1]["update_id"]
    await simulator.advance(DAY)
    await simulator.post("/reset")
    assert (await simulator.get("/phones"))["phones"] == []
    assert (await simulator.get("/state"))["offset"] == 0
    again = await simulator.post("/phones", name="Ben", language="en")
    assert again["phone"] == 1
    await simulator.post("/phones/1/say", text="after")
    assert _texts(await simulator.call("getUpdates", offset=last + 1)) == ["after"]
