# SPDX-License-Identifier: Apache-2.0
"""The library over aiohttp: what it raises, what it never says, and that httpx is never used."""

import asyncio
import logging

import httpx
import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TimedOut

from bot.calls import Telegram, Verdict, judge
from bot.errors import FloodError
from bot.http import LARGEST_ANSWER, AiohttpRequest, proxy_for
from tests.bot.conftest import TOKEN, listening

SECRET = "CANARIA-CUERPO"


@pytest.fixture
async def server():
    """Answers every call as `answer` says, and keeps what it was asked."""

    class Server:
        asked: list
        answer: object

    one = Server()
    one.asked = []

    async def handle(request):
        one.asked.append((request.path, request.content_type, await request.read()))
        return await one.answer() if asyncio.iscoroutinefunction(one.answer) else one.answer

    app = web.Application(client_max_size=1 << 26)
    app.router.add_route("*", "/{rest:.*}", handle)
    async with listening(app) as one.url:
        yield one


@pytest.fixture
async def telegram(server):
    one = Telegram(server.url, TOKEN)
    await one.open()
    yield one
    await one.close()


def refusal(status, description="Bad Request: x", **parameters):
    body = {"ok": False, "error_code": status, "description": description}
    return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=status)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequest),
        (401, InvalidToken),
        (403, Forbidden),
        (404, InvalidToken),
        (409, Conflict),
        (502, NetworkError),
    ],
)
async def test_refusals_are_the_librarys_errors(server, telegram, status, error):
    server.answer = refusal(status)
    with pytest.raises(error):
        await telegram.say(5, {"text": "x"})
    server.answer = refusal(status)
    with pytest.raises(error):
        await telegram.delete(5, [1])


async def test_a_flood_says_how_long(server, telegram):
    server.answer = refusal(429, retry_after=17)
    with pytest.raises(FloodError) as raised:
        await telegram.say(5, {"text": "x"})
    assert raised.value.seconds == 17
    assert judge(raised.value) == (Verdict.WAIT, 17.0)


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("Bad Request: chat not found", Verdict.UNREACHABLE),
        ("Bad Request: message is not modified", Verdict.DONE),
        ("Bad Request: message to delete not found", Verdict.DONE),
        ("Bad Request: query is too old and response timeout expired", Verdict.DONE),
        ("Bad Request: message text is empty", Verdict.OURS),
    ],
)
def test_what_a_bad_request_asks_of_us(words, verdict):
    assert judge(BadRequest(words)).verdict is verdict


async def test_what_is_said_is_silent_and_without_preview(server, telegram):
    import json

    server.answer = web.json_response({"ok": True, "result": {"message_id": 9}})
    assert await telegram.say(5, {"text": "hola", "markup": {"remove_keyboard": True}}) == 9
    path, kind, body = server.asked[0]
    assert path.endswith("/sendMessage")
    assert kind == "application/json"
    assert json.loads(body) == {
        "chat_id": 5,
        "text": "hola",
        "disable_notification": True,
        "link_preview_options": {"is_disabled": True},
        "protect_content": True,
        "reply_markup": {"remove_keyboard": True},
    }


@pytest.mark.parametrize("body", [SECRET.encode(), b"[" + SECRET.encode(), b'["%s"]' % SECRET.encode(), b"\xff"])
@pytest.mark.parametrize("status", [200, 400, 500])
async def test_an_answer_that_cannot_be_read_is_never_quoted(server, telegram, caplog, body, status):
    caplog.set_level(logging.DEBUG)
    server.answer = web.Response(body=body, status=status)
    with pytest.raises(NetworkError) as raised:
        await telegram.say(5, {"text": "x"})
    server.answer = web.Response(body=body, status=status)
    with pytest.raises(NetworkError) as again:
        await telegram.leave(5)
    for error in (raised.value, again.value):
        assert SECRET not in f"{error!r} {error.__cause__!r} {error.__context__!r}"
        assert TOKEN not in f"{error!r} {error.__cause__!r}"
    assert SECRET not in caplog.text


async def test_no_answer_at_all_names_no_address(caplog):
    request = AiohttpRequest("http://127.0.0.1:9", connections=1)
    await request.initialize()
    with pytest.raises(NetworkError) as raised:
        await request.call(f"http://127.0.0.1:9/bot{TOKEN}/getMe", {})
    await request.shutdown()
    assert TOKEN not in repr(raised.value) + str(raised.value.__cause__)
    with pytest.raises(NetworkError):
        await request.call(f"http://127.0.0.1:9/bot{TOKEN}/getMe", {})


async def test_silence_is_a_timeout(server):
    async def never():
        await asyncio.sleep(30)

    server.answer = never
    request = AiohttpRequest(server.url, connections=1)
    await request.initialize()
    with pytest.raises(TimedOut):
        await request.call(f"{server.url}/bot1:a/getMe", {}, seconds=0.1)
    await request.shutdown()


async def test_an_answer_has_its_limit(server, telegram):
    server.answer = web.Response(body=b"x" * (LARGEST_ANSWER + 1))
    with pytest.raises(NetworkError, match="32 MiB"):
        await telegram.say(5, {"text": "x"})


async def test_a_redirect_is_not_followed(server, telegram):
    server.answer = web.Response(status=302, headers={"Location": f"{server.url}/elsewhere"})
    with pytest.raises(NetworkError):
        await telegram.say(5, {"text": "x"})
    assert len(server.asked) == 1


async def test_files_go_as_form_parts(server, telegram):
    server.answer = web.json_response({"ok": True, "result": True})
    await telegram.bot.set_chat_photo(5, b"picture bytes")
    [(_, kind, body)] = server.asked
    assert kind == "multipart/form-data"
    assert b"picture bytes" in body


async def test_httpx_is_never_made(server, monkeypatch):
    def refuse(*_args, **_keywords):
        raise AssertionError("an httpx client was made")

    monkeypatch.setattr(httpx.AsyncClient, "__init__", refuse)
    telegram = Telegram(server.url, TOKEN)
    await telegram.open()
    server.answer = web.json_response({"ok": True, "result": True})
    await telegram.leave(5)
    await telegram.close()
    assert isinstance(telegram.bot, Bot)


def test_nothing_of_ours_shows_the_token(server):
    telegram = Telegram(server.url, TOKEN)
    assert TOKEN not in repr(telegram)


def test_the_proxy_is_the_environments(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    assert proxy_for("https://api.telegram.org") == "http://proxy.example:3128"
    assert proxy_for("https://127.0.0.1:8443") is None
    assert proxy_for("http://api.example") is None
