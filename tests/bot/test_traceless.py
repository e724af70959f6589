# SPDX-License-Identifier: Apache-2.0
"""Where nothing may stand in the chat: one message of ours, and nothing of the person's once it is on disk."""

import asyncio

import pytest

from tests.bot.conftest import receipt_in

HOUR = 3600


async def standing(phone):
    return [one for one in (await phone.screen())["messages"] if not one["deleted"]]


async def one_stands(world, phone, words):
    """Wait until one message of ours alone stands and says this; gives it."""
    for _ in range(1000):
        left = await standing(phone)
        if len(left) == 1 and left[0]["from"] == "bot" and words in left[0]["text"]:
            await world.settled()
            if [one["id"] for one in await standing(phone)] == [left[0]["id"]]:
                return left[0]
        await asyncio.sleep(0.01)
    raise AssertionError([(one["from"], one["kind"], one["text"]) for one in left])


async def begin(world, phone):
    await phone.ask("/start")
    await phone.ask("Español")
    await phone.do("say", text="3")
    return await one_stands(world, phone, "¿De quién")


def presses(message):
    return [button["text"] for row in message["buttons"] for button in row if button["kind"] == "callback"]


async def test_the_question_stays_one_message_and_answers_go(world):
    ana = await world.phone()
    first = await begin(world, ana)
    assert (await ana.screen())["keyboard"] is None
    assert presses(first)
    await ana.do("say", text="1")
    second = await one_stands(world, ana, "peligro")
    assert second["id"] == first["id"]
    await ana.do("press", message=second["id"], number=1)
    third = await one_stands(world, ana, "peligro")
    assert third["id"] == first["id"]
    assert third["protected"]
    assert await world.refused() == []
