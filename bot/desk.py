# SPDX-License-Identifier: Apache-2.0
"""The bot's questions to the API: the manifest, a file, a submission, a mailbox, notices. It asks for nothing else.

An answer that is not one of those expected raises DeskError, which carries the status and nothing of the body.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from enum import Enum
from typing import Any, Final, NamedTuple

import aiohttp

from bot.errors import DeskError
from bot.http import proxy_for, whole

_SECONDS: Final = 20.0
_LARGEST: Final = 4 * 1024 * 1024


class Reply(NamedTuple):
    """One sealed reply that waits in a mailbox."""

    message: bytes
    day: int
    record: bytes


class Waiting(NamedTuple):
    """What a mailbox holds; `salt` gives its key together with the receipt."""

    salt: bytes
    replies: tuple[Reply, ...]


class Erasing(Enum):
    """What became of the wish to erase."""

    DONE = "done"
    HELD = "held"  # a law forbids it for now
    UNKNOWN = "unknown"  # there is no such mailbox, or not any more


class Noticed(NamedTuple):
    """References of those for whom something waits, and where to go on the next time."""

    refs: tuple[bytes, ...]
    next: int


class Desk:
    """Open it inside the event loop it is used from."""

    def __init__(self, root: str, *, token: str) -> None:
        self._root = root
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=8),
            timeout=aiohttp.ClientTimeout(total=_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Authorization": f"Bearer {self._token}", "User-Agent": "Amparo"},
            proxy=proxy_for(self._root),
        )

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def manifest(self) -> str:
        """The signed note, not yet checked."""
        _, raw = await self._ask("GET", "/v1/intake/manifest", expected={200})
        return raw.decode("utf-8", "replace")

    async def submit(self, report: bytes, submission: bytes) -> None:
        """Hand over one submission. DeskError with status 409 or 422: these bytes will never be taken."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": report.hex()}
        await self._ask("POST", "/v1/intake/submissions", expected={200, 201}, body=submission, headers=headers)

    async def put_attachment(
        self, attachment: bytes, *, report: bytes, size: int, sha256: bytes, pieces: AsyncIterator[bytes]
    ) -> None:
        """Hand over one sealed stream of `size` bytes."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size),
            "Amparo-Report": report.hex(),
            "Amparo-SHA256": sha256.hex(),
        }
        path = f"/v1/intake/attachments/{attachment.hex()}"
        await self._ask("PUT", path, expected={200, 201}, body=pieces, headers=headers, seconds=None)

    async def mailbox(self, lookup: bytes) -> Waiting | None:
        """What waits under a look-up id; None when there is no such mailbox."""
        status, raw = await self._ask("GET", f"/v1/intake/mailboxes/{lookup.hex()}/messages", expected={200, 404})
        return None if status == 404 else _waiting(raw)

    async def leave_message(self, lookup: bytes, *, message: bytes, day: int, record: bytes) -> bool:
        """Hand over one sealed message of a reporter; False when there is no such mailbox.

        DeskError with status 413: the mailbox is full. An id that is taken is ours: an earlier try came through.
        """
        fields = {"id": message.hex(), "day": day, "record": base64.urlsafe_b64encode(record).rstrip(b"=").decode()}
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.hex()}
        path = f"/v1/intake/mailboxes/{lookup.hex()}/messages"
        body = json.dumps(fields).encode()
        status, _ = await self._ask("POST", path, expected={200, 201, 404, 409}, body=body, headers=headers)
        return status != 404

    async def erase(self, lookup: bytes) -> Erasing:
        """Ask for everything to be erased that was told under this look-up id."""
        status, _ = await self._ask("DELETE", f"/v1/intake/mailboxes/{lookup.hex()}", expected={202, 404, 423})
        return {404: Erasing.UNKNOWN, 423: Erasing.HELD}.get(status, Erasing.DONE)

    async def proof(self, lookup: bytes) -> str | None:
        """A signed proof that something was registered; None when there is no such mailbox."""
        status, raw = await self._ask("GET", f"/v1/intake/mailboxes/{lookup.hex()}/proof", expected={200, 404})
        return None if status == 404 else raw.decode("utf-8", "replace")

    async def notices(self, after: int) -> Noticed:
        """What has come since `after`."""
        _, raw = await self._ask("GET", f"/v1/intake/notices?after={after}", expected={200})
        try:
            fields = json.loads(raw)
            return Noticed(tuple(bytes.fromhex(one) for one in fields["refs"]), int(fields["next"]))
        except (ValueError, KeyError, TypeError) as error:
            raise DeskError("the API's answer about notices cannot be read: are both sides of one version?") from error

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        expected: set[int],
        body: bytes | AsyncIterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
        seconds: float | None = _SECONDS,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise DeskError("the connection to the API is closed: open it first")
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=5, sock_read=_SECONDS)
        try:
            async with self._session.request(
                method, self._root + path, data=body, headers=headers, allow_redirects=False, timeout=limits
            ) as answer:
                raw = await whole(answer, most=_LARGEST) if answer.status in expected else b""
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise DeskError(
                f"the API cannot be reached ({type(error).__name__}): is `amparo api run` running?"
            ) from None
        if answer.status not in expected:
            raise DeskError(_words(answer.status), status=answer.status, after=_after(answer))
        if raw is None:
            raise DeskError("the API's answer is larger than 4 MiB: is this address the API's?")
        return answer.status, raw


def _after(answer: aiohttp.ClientResponse) -> int:
    value = answer.headers.get("Retry-After", "")
    return min(int(value), 3600) if value.isascii() and value.isdigit() else 0


def _words(status: int) -> str:
    if status == 401:
        return "the API refuses our token (401): AMPARO_INTAKE_TOKEN must be the same on both sides"
    return f"the API answered {status}: its log says why"


def _waiting(raw: bytes) -> Waiting:
    try:
        fields = json.loads(raw)
        replies = tuple(
            Reply(bytes.fromhex(one["id"]), int(one["day"]), _base64url(one["record"])) for one in fields["messages"]
        )
        return Waiting(_base64url(fields["salt"]), replies)
    except (ValueError, KeyError, TypeError) as error:
        raise DeskError("the API's answer about a mailbox cannot be read: are both sides of one version?") from error


def _base64url(text: Any) -> bytes:  # noqa: ANN401 -- it comes from JSON; a wrong type raises TypeError
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
