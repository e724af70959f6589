# SPDX-License-Identifier: Apache-2.0
"""Faults on order: by method and phone, before and after the effect."""

import time

import aiohttp
import pytest
import telegram
from telegram.error import BadRequest, NetworkError

from tests.simulator.conftest import TOKEN, started


async def test_a_code_comes_instead_of_the_effect_so_many_times(simulator, bot, phone):
    await simulator.post("/faults", method="sendMessage", code=500, times=2)
    for _ in range(2):
        with pytest.raises(NetworkError, match="Internal Server Error"):
            await bot.send_message(phone.chat, "x")
    await bot.send_message(phone.chat, "y")
    assert await phone.texts() == ["/start", "y"]
    assert (await simulator.get("/state"))["refused"] == {}


async def test_retry_after_is_in_the_parameters_and_only_one_phone_is_hit(simulator, bot, phone):
    other = await started(simulator, "Ben")
    await simulator.post("/faults", phone=phone.number, code=429, retry_after=7, times=None)
    url = f"{simulator.url}/bot{TOKEN}/sendMessage"
    async with simulator.web.post(url, json={"chat_id": phone.chat, "text": "x"}) as answer:
        assert (await answer.json())["parameters"] == {"retry_after": 7}
        assert answer.status == 429
    await bot.send_message(other.chat, "x")
    async with simulator.web.delete(f"{simulator.url}/control/faults") as answer:
        assert answer.status == 200
    await bot.send_message(phone.chat, "x")


@pytest.mark.parametrize(("cut", "seen"), [("before", ["/start"]), ("after", ["/start", "x"])])
async def test_the_connection_is_cut_before_or_after_the_effect(simulator, bot, phone, cut, seen):
    await simulator.post("/faults", method="sendMessage", cut=cut)
    with pytest.raises(NetworkError):
        await bot.send_message(phone.chat, "x")
    assert await phone.texts() == seen
    call = (await simulator.get("/calls?method=sendMessage"))["calls"][0]
    assert (call["status"], call["fault"]) == (0, f"cut {cut}")


async def test_broken_json_and_delay(simulator, bot, phone):
    await simulator.post("/faults", method="sendMessage", broken_json=True)
    with pytest.raises(telegram.error.TelegramError):
        await bot.send_message(phone.chat, "x")
    assert await phone.texts() == ["/start", "x"]
    await simulator.post("/faults", method="sendMessage", delay=0.2)
    start = time.monotonic()
    await bot.send_message(phone.chat, "y")
    assert time.monotonic() - start > 0.2


async def test_a_download_is_cut_in_the_middle(simulator, bot, phone):
    await phone.do("send", kind="document", size=300_000)
    file = await bot.get_file((await simulator.updates())[-1]["message"]["document"]["file_id"])
    await simulator.post("/faults", method="file", cut_bytes=100_000)
    got = b""
    with pytest.raises(aiohttp.ClientPayloadError):
        async with simulator.web.get(file.file_path) as answer:
            async for piece in answer.content.iter_any():
                got += piece
    assert 0 < len(got) <= 100_000
    assert len(await file.download_as_bytearray()) == 300_000


async def test_a_download_may_be_refused(simulator, bot, phone):
    await phone.do("send", kind="document", size=10)
    file = await bot.get_file((await simulator.updates())[-1]["message"]["document"]["file_id"])
    await simulator.post("/faults", method="file", code=403)
    async with simulator.web.get(file.file_path) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("wrong", [{"colour": 1}, {"code": "500"}, {"cut": "during"}])
async def test_a_wrong_order_is_refused(simulator, wrong):
    await simulator.post("/faults", 400, **wrong)


async def test_a_fault_of_a_wrong_call_is_not_hidden(simulator, bot, phone):
    await simulator.post("/faults", method="sendMessage", code=500)
    with pytest.raises(BadRequest):
        await bot.delete_message(phone.chat, 999)
    assert len((await simulator.get("/state"))["faults"]) == 1
