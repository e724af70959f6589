# SPDX-License-Identifier: Apache-2.0
"""The route that Telegram posts to: commit first, then 200.

Whether a request comes from Telegram shows in one header and nowhere else, so it is compared before anything is read,
and whatever lacks it gets the same 404. Telegram keeps what is not answered with 2xx and offers it again for a day.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers import Answer

log = logging.getLogger("amparo.bot")

PATH: Final = "/telegram"
LARGEST: Final = 1024 * 1024
_LATER: Final = {"Retry-After": "5"}


class Webhook:
    """`secret` is what `amparo bot setup-webhook` gave Telegram. While `accepting` is False everything waits there."""

    def __init__(self, handle: Callable[[object], Awaitable[Answer]], *, secret: str) -> None:
        self._handle = handle
        self._secret = secret.encode()
        self.accepting = True

    def app(self) -> Starlette:
        return Starlette(routes=[Route(PATH, self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        sent = request.headers.get("x-telegram-bot-api-secret-token", "").encode("latin-1")
        if not hmac.compare_digest(sent, self._secret):
            return Response(status_code=404)
        if not self.accepting:
            return Response(status_code=503, headers=_LATER)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
            return Response(status_code=415)
        body = await _capped(request)
        if body is None:
            return Response(status_code=413)
        answer = await self._handle(_parsed(body))
        return Response(status_code=200) if answer is Answer.TAKEN else Response(status_code=503, headers=_LATER)


async def _capped(request: Request) -> bytes | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _parsed(body: bytes) -> object:
    """What stands in the body; None for anything that is not JSON, which then becomes a dead letter."""
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed


async def serve(webhook: Webhook, *, host: str, port: int, stopped: asyncio.Event) -> None:
    """Listen until stopped; what is being handled is handled to its end, the rest waits at Telegram."""
    config = uvicorn.Config(
        webhook.app(),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        webhook.accepting = False
        server.should_exit = True
        waiting.cancel()
        await serving
