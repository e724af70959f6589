# SPDX-License-Identifier: Apache-2.0
"""Being told by Telegram: the header first, then everything else, and 200 only after the commit."""

import asyncio
import io
import json

import aiohttp
import pytest

from bot.handlers import Answer
from bot.webhook import PATH, Webhook, serve
from simulator.stack import free_port

SECRET = "s" * 43
GOOD = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}


class Door:
    def __init__(self):
        self.taken = []
        self.answer = Answer.TAKEN

    async def handle(self, raw):
        self.taken.append(raw)
        return self.answer


@pytest.fixture
async def door():
    one, stopped, port = Door(), asyncio.Event(), free_port()
    webhook = Webhook(one.handle, secret=SECRET)
    serving = asyncio.create_task(serve(webhook, host="127.0.0.1", port=port, stopped=stopped))
    one.url, one.webhook = f"http://127.0.0.1:{port}{PATH}", webhook
    async with aiohttp.ClientSession() as one.web:
        for _ in range(200):
            try:
                async with one.web.get(one.url):
                    break
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)
        yield one
    stopped.set()
    await asyncio.wait_for(serving, 5)


async def post(door, body, headers=GOOD, method="POST"):
    data = io.BytesIO(body) if isinstance(body, bytes) and len(body) > 1 << 20 else body
    async with door.web.request(method, door.url, data=data, headers=headers) as answer:
        return answer.status, dict(answer.headers), await answer.read()


async def test_a_good_update_is_taken_and_answered_with_nothing(door):
    status, _, body = await post(door, json.dumps({"update_id": 5}))
    assert (status, body, door.taken) == (200, b"", [{"update_id": 5}])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Telegram-Bot-Api-Secret-Token": ""},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"},
        {"X-Telegram-Bot-Api-Secret-Token": "\xdf" * 43},
    ],
    ids=["none", "empty", "short", "long", "latin"],
)
async def test_without_the_secret_there_is_nothing_here_whatever_else_is_wrong(door, headers):
    for body in (b"{}", b"not json", b"x" * (2 << 20)):
        status, _, told = await post(door, body, headers=headers)
        assert (status, told) == (404, b"")
    assert door.taken == []


async def test_what_is_not_a_small_piece_of_json_is_refused(door):
    assert (await post(door, b"x" * (2 << 20)))[0] == 413
    assert (await post(door, b"{}", headers=GOOD | {"Content-Encoding": "gzip"}))[0] == 415
    assert (await post(door, b"{}", headers=GOOD | {"Content-Type": "text/plain"}))[0] == 415
    assert (await post(door, None, method="GET"))[0] == 405
    assert door.taken == []


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"", b"\xff\xfe"], ids=["cut", "deep", "empty", "bytes"])
async def test_authentic_nonsense_is_taken_and_buried(door, body):
    assert (await post(door, body))[0] == 200
    assert door.taken == [None]


async def test_what_could_not_be_written_is_offered_again(door):
    door.answer = Answer.LATER
    status, headers, _ = await post(door, b"{}")
    assert (status, headers["Retry-After"]) == (503, "5")


async def test_while_draining_everything_stays_at_telegram(door):
    door.webhook.accepting = False
    assert (await post(door, b"{}"))[0] == 503
    assert (await post(door, b"{}", headers={}))[0] == 404
    assert door.taken == []


async def test_a_whole_report_through_the_webhook(still_world, monkeypatch):
    """The simulator pushes; the bot commits and answers; nothing is asked for."""
    from bot.app import Bot

    port, bot = free_port(), Bot(still_world.settings(), now=still_world.now, patience=0.5)
    secret = "w" * 43

    async def way_in(one):
        await serve(Webhook(one.handler.handle, secret=secret), host="127.0.0.1", port=port, stopped=one.stopped)

    still_world.bot = bot
    still_world._running = asyncio.create_task(bot.run(way_in, alone=False))
    await still_world.until(bot.started.is_set)
    await bot.telegram.bot.set_webhook(f"http://127.0.0.1:{port}{PATH}", secret_token=secret)
    ana = await still_world.phone()
    await ana.report()
    await ana.sees("Entregado")
    assert len(still_world.desk.submissions) == 1
    await bot.telegram.bot.delete_webhook()
