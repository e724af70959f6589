# SPDX-License-Identifier: Apache-2.0
"""The four questions to the API: what is sent, what is believed, what an error says."""

import json
import logging

import pytest
from aiohttp import web

from bot.desk import Desk
from bot.errors import DeskError
from tests.bot.conftest import listening

LOOKUP = b"\x11" * 16
CANARY = "CANARIA-DEL-CUERPO"


@pytest.fixture
async def api():
    class Api:
        asked: list
        answer: web.Response
        url: str

    one = Api()
    one.asked = []

    async def handle(request):
        one.asked.append((request.method, request.path, dict(request.headers), await request.read()))
        return one.answer

    app = web.Application(client_max_size=1 << 26)
    app.router.add_route("*", "/{rest:.*}", handle)
    async with listening(app) as one.url:
        yield one


@pytest.fixture
async def desk(api):
    one = Desk(api.url, token="t" * 64)
    await one.open()
    yield one
    await one.close()


async def test_every_question_shows_the_token(api, desk):
    api.answer = web.Response(text="note")
    assert await desk.manifest() == "note"
    assert api.asked[0][2]["Authorization"] == "Bearer " + "t" * 64


async def test_an_answer_of_many_pieces_is_read_whole(api, desk):
    record = "A" * 20_000
    messages = [{"id": bytes([n]).hex() * 16, "day": n, "record": record} for n in range(100)]
    api.answer = web.json_response({"salt": "A" * 22, "day": 1, "messages": messages})
    waiting = await desk.mailbox(LOOKUP)
    assert waiting is not None
    assert len(waiting.replies) == 100
    assert waiting.salt == bytes(16)


async def test_no_such_mailbox(api, desk):
    api.answer = web.Response(status=404)
    assert await desk.mailbox(LOOKUP) is None


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"salt": 5, "messages": []}', '{"salt": "AA", "messages": [{"id": "zz"}]}', CANARY]
)
async def test_an_answer_that_is_not_a_mailbox_is_refused_unquoted(api, desk, body):
    api.answer = web.Response(text=body)
    with pytest.raises(DeskError) as raised:
        await desk.mailbox(LOOKUP)
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize("status", [301, 400, 401, 409, 422, 500, 503])
async def test_a_refusal_carries_its_status_and_nothing_of_its_body(api, desk, status, caplog):
    caplog.set_level(logging.DEBUG)
    api.answer = web.Response(status=status, text=CANARY, headers={"Retry-After": "17"})
    with pytest.raises(DeskError) as raised:
        await desk.submit(b"r" * 16, b"{}")
    assert (raised.value.status, raised.value.after) == (status, 17)
    assert CANARY not in repr(raised.value) + caplog.text
    assert len(api.asked) == 1


async def test_a_submission_goes_as_it_is_under_its_id(api, desk):
    api.answer = web.json_response({}, status=200)
    await desk.submit(b"\x22" * 16, b'{"sealed": 1}')
    method, path, headers, body = api.asked[0]
    assert (method, path, body) == ("POST", "/v1/intake/submissions", b'{"sealed": 1}')
    assert headers["Idempotency-Key"] == "22" * 16
    assert json.loads(body) == {"sealed": 1}


async def test_a_file_is_streamed_with_its_length_and_hash(api, desk):
    async def pieces():
        for _ in range(3):
            yield b"x" * 100_000

    api.answer = web.Response(status=201)
    await desk.put_attachment(b"\x33" * 16, report=b"\x22" * 16, size=300_000, sha256=b"\x44" * 32, pieces=pieces())
    method, path, headers, body = api.asked[0]
    assert (method, path, len(body)) == ("PUT", f"/v1/intake/attachments/{'33' * 16}", 300_000)
    assert headers["Content-Length"] == "300000"
    assert "Transfer-Encoding" not in headers
    assert (headers["Amparo-Report"], headers["Amparo-SHA256"]) == ("22" * 16, "44" * 32)


async def test_nobody_there_says_what_to_do():
    desk = Desk("http://127.0.0.1:9", token="t")
    with pytest.raises(DeskError, match="open it"):
        await desk.manifest()
    await desk.open()
    with pytest.raises(DeskError, match="amparo api run") as raised:
        await desk.manifest()
    await desk.close()
    assert raised.value.status is None


async def test_an_answer_too_large_is_refused(api, desk):
    api.answer = web.Response(body=b"x" * (5 << 20))
    with pytest.raises(DeskError, match="4 MiB"):
        await desk.manifest()
