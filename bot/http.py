# SPDX-License-Identifier: Apache-2.0
"""The library's calls to Telegram, carried by aiohttp.

`HTTPXRequest`, the library's default, costs 3 to 13 times the CPU at any load and writes the bot token into its
log; handing these objects to `telegram.Bot` means that no httpx client is ever made. An address holds the token, so
no error raised here carries one, and an answer that cannot be read is never quoted.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.errors import FloodError

LARGEST_ANSWER: Final = 32 * 1024 * 1024
PIECE: Final = 256 * 1024  # bytes of a file held at a time
_JSON: Final = {"Content-Type": "application/json"}


class AiohttpRequest(BaseRequest):
    """One session for one role (polling, sending or files); open and close it from one event loop."""

    __slots__ = ("_connect", "_connections", "_proxy", "_read", "_session")

    def __init__(
        self, root: str, *, connections: int, read_timeout: float = 20.0, connect_timeout: float = 10.0
    ) -> None:
        """`root` is the address of the Bot API server, asked only for which proxy leads there."""
        self._connections = connections
        self._proxy = proxy_for(root)
        self._read = read_timeout
        self._connect = connect_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=50),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Amparo"},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(  # noqa: PLR0917
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 -- the library's signature, here and below
        connect_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        seconds = float(read_timeout) if isinstance(read_timeout, int | float) else self._read
        return await self.exchange(url, method, body=_body(request_data), seconds=seconds)

    async def call(self, url: str, parameters: Mapping[str, Any], *, seconds: float | None = None) -> object:
        """The `result` of one method, without the library's objects around it. Raises what the library would."""
        body = json.dumps(parameters, ensure_ascii=False, separators=(",", ":")).encode()
        _, payload = await self.exchange(url, "POST", body=body, seconds=seconds or self._read)
        return _parsed(payload).get("result")

    async def exchange(
        self, url: str, method: str, *, body: bytes | aiohttp.FormData | None, seconds: float | None
    ) -> tuple[int, bytes]:
        """Status and body of one exchange that Telegram agreed to; any other end is an error."""
        headers = _JSON if isinstance(body, bytes) else None
        try:
            async with (
                asyncio.timeout(seconds),
                self._open().request(method, url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                payload = await whole(answer, most=LARGEST_ANSWER)
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(type(error).__name__) from None
        if payload is None:
            raise NetworkError("Telegram's answer is larger than 32 MiB")
        if not 200 <= answer.status <= 299:
            raise refusal(answer.status, payload)
        return answer.status, payload

    async def stream(self, url: str, *, seconds: float) -> AsyncIterator[bytes]:
        """The pieces of a file, at most `PIECE` bytes each; `seconds` bounds the silence between two of them."""
        limits = aiohttp.ClientTimeout(total=None, sock_connect=self._connect, sock_read=seconds)
        try:
            async with self._open().get(url, allow_redirects=False, timeout=limits) as answer:
                if answer.status != 200:
                    raise NetworkError(f"status {answer.status}")
                async for piece in answer.content.iter_chunked(PIECE):
                    yield piece
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(type(error).__name__) from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise NetworkError("the connection to Telegram is closed: call initialize() first")
        return self._session

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The library's own version writes what it could not read into the log, at ERROR."""
        return _parsed(payload)


def _parsed(payload: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(payload)
    except ValueError:
        raise NetworkError("Telegram's answer is not JSON") from None
    if not isinstance(parsed, dict):
        raise NetworkError("Telegram's answer is not an object")
    return parsed


_REFUSALS: Final[Mapping[int, type[TelegramError]]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
}


def refusal(status: int, payload: bytes) -> TelegramError:
    """The error for an answer other than 2xx. The library's own would quote an answer that it cannot read."""
    try:
        words = _parsed(payload)
    except NetworkError:
        return NetworkError(f"status {status} without a readable answer")
    parameters = words.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if status == 429 or seconds:
        return FloodError(seconds if isinstance(seconds, int) else 1)
    return _REFUSALS.get(status, NetworkError)(str(words.get("description") or f"status {status}")[:200])


def proxy_for(address: str) -> str | None:
    """The proxy that the environment names for this address.

    aiohttp's `trust_env` looks it up anew at every call, which costs three times the call itself.
    """
    parts = urlsplit(address)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return json.dumps(data.parameters, ensure_ascii=False, separators=(",", ":")).encode()
    form = aiohttp.FormData(data.json_parameters)
    for name, (file_name, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=mime)
    return form


async def whole(answer: aiohttp.ClientResponse, *, most: int) -> bytes | None:
    """All of an answer's body, or None when it has more than `most` bytes."""
    pieces = bytearray()
    async for piece in answer.content.iter_any():
        pieces += piece
        if len(pieces) > most:
            return None
    return bytes(pieces)
