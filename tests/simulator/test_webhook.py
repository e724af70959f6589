# SPDX-License-Identifier: Apache-2.0
"""Delivery to a real HTTP server on loopback: secret, order, retries, expiry, replacing."""

import asyncio
import json
import time

import pytest
from aiohttp import web
from telegram.error import BadRequest, Conflict

from tests.simulator.conftest import started

DAY = 24 * 3600


class Receiver:
    """A bot's webhook. `answer` decides what each update gets."""

    def __init__(self):
        self.got = []
        self.secrets = []
        self.at_once = self.most_at_once = 0
        self.answer = lambda update: web.Response()
        self.delay = 0.0

    async def handle(self, request):
        update = json.loads(await request.read())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.delay)
        self.at_once -= 1
        self.got.append(update)
        return self.answer(update)

    def texts(self):
        return [update["message"]["text"] for update in self.got if "message" in update]


@pytest.fixture
async def receiver():
    one = Receiver()
    app = web.Application()
    app.router.add_post("/hook", one.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield one
    await runner.cleanup()


async def _until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_updates_are_posted_with_the_secret_in_order(bot, phone, receiver):
    await bot.set_webhook(receiver.url, secret_token="s3cret_-")
    for text in ("a", "b", "c"):
        await phone.do("say", text=text)
    await _until(lambda: len(receiver.got) == 3)
    assert receiver.texts() == ["a", "b", "c"]
    assert set(receiver.secrets) == {"s3cret_-"}
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (receiver.url, 0, 40)


async def test_what_was_pending_goes_out_when_a_webhook_is_set_and_comes_back_when_it_is_removed(
    simulator, bot, phone, receiver
):
    await phone.do("say", text="before")
    await bot.set_webhook(receiver.url)
    await _until(lambda: receiver.texts() == ["before"])
    receiver.answer = lambda update: web.Response(status=503, headers={"Retry-After": "3600"})
    await phone.do("say", text="refused")
    await _until(lambda: len(receiver.got) == 2)
    await bot.delete_webhook()
    assert [one["message"]["text"] for one in await simulator.call("getUpdates")] == ["refused"]


async def test_one_chat_is_served_one_at_a_time_and_chats_side_by_side(simulator, bot, phone, receiver):
    other = await started(simulator, "Ben")
    receiver.delay = 0.1
    await bot.set_webhook(receiver.url)
    for text in ("1", "2"):
        await phone.do("say", text=text)
    await _until(lambda: len(receiver.got) == 2)
    assert receiver.most_at_once == 1
    for one in (phone, other):
        await one.do("say", text="x")
    await _until(lambda: len(receiver.got) == 4)
    assert receiver.most_at_once == 2


async def test_a_text_and_a_press_of_one_person_may_arrive_together(bot, phone, receiver):
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup

    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    await bot.send_message(phone.chat, "?", reply_markup=markup)
    receiver.delay = 0.2
    await bot.set_webhook(receiver.url)
    await phone.do("say", text="x")
    await phone.do("tap", label="Go")
    await _until(lambda: len(receiver.got) == 2)
    assert receiver.most_at_once == 2


async def test_the_connections_are_capped(simulator, bot, phone, receiver):
    phones = [phone, await started(simulator, "Ben"), await started(simulator, "Eva")]
    receiver.delay = 0.05
    await bot.set_webhook(receiver.url, max_connections=2)
    for one in phones:
        await one.do("say", text="x")
    await _until(lambda: len(receiver.got) == 3)
    assert receiver.most_at_once == 2


async def test_what_is_refused_comes_again_and_holds_up_only_its_own_queue(simulator, bot, phone, receiver):
    other = await started(simulator, "Ben")
    failures = iter([503, 500, 404])

    def answer(update):
        mine = update["message"]["chat"]["id"] == phone.chat
        return web.Response(status=next(failures, 200) if mine else 200)

    receiver.answer = answer
    await bot.set_webhook(receiver.url)
    await phone.do("say", text="mine")
    await other.do("say", text="other")
    await phone.do("say", text="next")
    await _until(lambda: receiver.texts().count("next") == 1)
    assert receiver.texts().count("mine") == 4
    assert receiver.texts().count("other") == 1
    assert receiver.texts().index("other") < receiver.texts().index("next")
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"


async def test_retry_after_is_obeyed_in_telegrams_time(simulator, bot, phone, receiver):
    await simulator.post("/rules", time_factor=1.0)
    answers = iter([web.Response(status=503, headers={"Retry-After": "300"})])
    receiver.answer = lambda update: next(answers, web.Response())
    await bot.set_webhook(receiver.url)
    await phone.do("say", text="x")
    await _until(lambda: len(receiver.got) == 1)
    await simulator.advance(290)
    await asyncio.sleep(0.1)
    assert len(receiver.got) == 1
    await simulator.advance(11)
    await _until(lambda: len(receiver.got) == 2)


async def test_an_update_that_nobody_takes_for_a_day_is_dropped(simulator, bot, phone, receiver):
    await simulator.post("/rules", time_factor=1.0)
    receiver.answer = lambda update: web.Response(status=503, headers={"Retry-After": "3600"})
    await bot.set_webhook(receiver.url)
    await phone.do("say", text="x")
    await _until(lambda: len(receiver.got) == 1)
    await simulator.advance(DAY + 1)
    await asyncio.sleep(0.1)
    assert (await bot.get_webhook_info()).pending_update_count == 0
    assert len(receiver.got) == 1


async def test_23_hours_of_410_remove_the_webhook(simulator, bot, phone, receiver):
    receiver.answer = lambda update: web.Response(status=410)
    await bot.set_webhook(receiver.url)
    await phone.do("say", text="x")
    await _until(lambda: len(receiver.got) >= 2)
    await simulator.advance(23 * 3600 + 60)

    async def removed():
        return not (await bot.get_webhook_info()).url

    end = time.monotonic() + 5
    while not await removed():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_a_method_in_the_answer_is_executed(simulator, bot, phone, receiver):
    receiver.answer = lambda update: web.json_response(
        {"method": "sendMessage", "chat_id": phone.chat, "text": "from the body"}
    )
    await bot.set_webhook(receiver.url)
    await phone.do("say", text="x")
    await _until(lambda: bool(receiver.got))
    screen = await phone.do("wait", version=(await phone.screen())["version"] - 1, timeout=2)
    for _ in range(50):
        if screen["messages"][-1]["text"] == "from the body":
            break
        await asyncio.sleep(0.02)
        screen = await phone.screen()
    assert screen["messages"][-1]["text"] == "from the body"


async def test_get_updates_is_refused_under_a_webhook(simulator, bot, receiver):
    await simulator.post("/rules", time_factor=0.1)
    await bot.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    start = time.monotonic()
    await simulator.call("getUpdates", 409)  # repeated 409s come late
    assert time.monotonic() - start > 0.25
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_held_and_replayed_updates_go_by_the_webhook_too(simulator, bot, phone, receiver):
    await bot.set_webhook(receiver.url)
    await simulator.post("/hold")
    await phone.do("say", text="held")
    await asyncio.sleep(0.1)
    assert receiver.got == []
    await simulator.post("/release")
    await _until(lambda: receiver.texts() == ["held"])
    await simulator.post("/replay", count=1, times=2)
    await _until(lambda: receiver.texts() == ["held"] * 3)


async def test_a_dead_receiver_is_an_error_and_nothing_is_lost(bot, phone, receiver, unused_tcp_port):
    await bot.set_webhook(f"http://127.0.0.1:{unused_tcp_port}/hook")
    await phone.do("say", text="x")
    end = time.monotonic() + 5
    while (info := await bot.get_webhook_info()).last_error_message is None:
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    assert (info.last_error_message, info.pending_update_count) == ("Connection refused", 1)
    await bot.set_webhook(receiver.url)
    await _until(lambda: receiver.texts() == ["x"])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"url": "http://example.org/x"}, "HTTPS URL must be provided"),
        ({"url": "https://example.org:8444/x"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://example.org/x", "secret_token": "a b"}, "unallowed characters"),
        ({"url": "https://example.org/x", "secret_token": "a" * 257}, "too long"),
        ({"url": "https://example.org/x", "max_connections": 101}, "max_connections"),
    ],
)
async def test_a_wrong_webhook_is_refused(bot, args, words):
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.set_webhook(**args)
