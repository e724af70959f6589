# SPDX-License-Identifier: Apache-2.0
"""Calls over HTTP: the four ways of carrying parameters, tokens, stubs, the self-check, the journal."""

import asyncio
import io
import json

import aiohttp
import pytest

from tests.simulator.conftest import TOKEN, running, started


async def _answer(response):
    async with response as answer:
        read = await answer.json()
        assert read.get("error_code", 200) == answer.status
        return read


async def test_the_same_call_in_four_ways(simulator, phone):
    url = f"{simulator.url}/bot{TOKEN}/sendMessage"
    args = {"chat_id": str(phone.chat), "text": "ñandú & más"}
    multipart = aiohttp.FormData(args, default_to_multipart=True)
    for asked in (
        simulator.web.get(url, params=args),
        simulator.web.post(url, data=args),
        simulator.web.post(url, data=multipart),
        simulator.web.post(url, json=args),
    ):
        assert (await _answer(asked))["result"]["text"] == "ñandú & más"
    assert await phone.texts() == ["/start"] + ["ñandú & más"] * 4


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json"}, b"{", 400),
        ({"Content-Type": "application/json"}, b"[1]", 400),
        ({"Content-Type": "text/plain"}, b"chat_id=1", 400),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"text=%ff", 400),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"nonsense", 400),
        ({"Content-Type": "application/json"}, b" " * (2 << 20), 413),
    ],
)
async def test_broken_bodies_are_refused(simulator, headers, body, status):
    url = f"{simulator.url}/bot{TOKEN}/sendMessage"
    answer = await _answer(simulator.web.post(url, data=io.BytesIO(body), headers=headers))
    assert (answer["ok"], answer["error_code"]) == (False, status)


async def test_another_token_is_unauthorized_and_an_unknown_method_is_not_found(simulator):
    async with simulator.web.get(f"{simulator.url}/bot1:other/getMe") as answer:
        assert (answer.status, (await answer.json())["description"]) == (401, "Unauthorized")
    assert await simulator.call("getMee", 404) == "Not Found"


async def test_a_method_without_state_is_answered_validly_and_listed(simulator, bot, phone):
    assert (await bot.send_dice(phone.chat)).message_id == 0
    await simulator.call("sendDice", 400, emoji="x")
    state = await simulator.get("/state")
    assert state["stubs"] == {"sendDice": 1}
    assert state["refused"] == {"sendDice: Bad Request: chat_id is empty": 1}
    assert state["self_check"]["checked"] > 0


async def test_the_journal_tells_what_was_called_and_answered(simulator, bot, phone):
    before = (await simulator.get("/calls"))["count"]
    await bot.send_message(phone.chat, "hello")
    await simulator.call("deleteMessage", 400, chat_id=phone.chat, message_id=999)
    sent, deleted = (await simulator.get(f"/calls?after={before}"))["calls"]
    assert (sent["method"], sent["status"], sent["phone"]) == ("sendMessage", 200, phone.number)
    assert sent["parameters"]["text"] == "hello"
    assert (deleted["status"], deleted["description"]) == (400, "Bad Request: message to delete not found")
    assert [one["method"] for one in (await simulator.get("/calls?method=deleteMessage&phone=1"))["calls"]] == [
        "deleteMessage"
    ]


async def test_latency_is_added_to_each_call(simulator, bot):
    await simulator.post("/rules", latency=0.05)
    await bot.get_me()
    assert (await simulator.get("/calls"))["calls"][-1]["seconds"] >= 0.05


async def test_a_bot_with_too_many_open_calls_is_slowed(simulator, phone):
    await simulator.post("/rules", latency=3.0)
    url = f"{simulator.url}/bot{TOKEN}/getMe"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as web:

        async def ask():
            async with web.get(url) as answer:
                return answer.status

        statuses = await asyncio.gather(*(ask() for _ in range(1030)))
    assert 429 in statuses
    assert statuses.count(200) >= 1000


async def test_results_are_ascii_json_for_every_alphabet():
    async with running() as simulator:
        phone = await started(simulator, "أمل", "ar")
        url = f"{simulator.url}/bot{TOKEN}/sendMessage"
        async with simulator.web.post(url, json={"chat_id": phone.chat, "text": "مرحبا 😀"}) as answer:
            raw = await answer.read()
    assert raw.isascii()
    assert json.loads(raw)["result"]["text"] == "مرحبا 😀"
