# SPDX-License-Identifier: Apache-2.0
"""The outermost wrapper: every answer, also the last-resort one and a 413, leaves with the same protecting headers.

Wrap the finished app with it. Added as a middleware it would stand inside the handlers of last resort.
"""

import json
import secrets
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_FIXED = {
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}
_TOO_LARGE = json.dumps(
    {
        "type": "about:blank",
        "title": "Too large",
        "status": int(HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        "detail": "This is more than the route takes.",
    }
).encode()


class Guard:
    """Give every response its own nonce; pages read it as request.state.nonce."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = scope.setdefault("state", {})["nonce"] = secrets.token_urlsafe(16)
        ours = {**_FIXED, b"content-security-policy": POLICY.format(nonce=nonce).encode()}
        await self.app(scope, receive, _Answer(send, ours).send)


class _Answer:
    """One response on its way out."""

    def __init__(self, send: Send, ours: dict[bytes, bytes]) -> None:
        self._send = send
        self._ours = ours
        self._replaced = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            if message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and not _is_problem(headers):
                # The framework's body limit answers in plain text, outside every handler of ours.
                self._replaced = True
                headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(_TOO_LARGE))]
            sent = {name.lower() for name, _ in headers}  # a route's own header wins: style sheets, attachments
            headers += [(name, value) for name, value in self._ours.items() if name not in sent]
            message = {**message, "headers": headers}
        elif self._replaced and message["type"] == "http.response.body":
            message = _body(message)
        await self._send(message)


def _is_problem(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(MEDIA_TYPE.encode()) for name, value in headers)


def _body(message: Message) -> dict[str, Any]:
    last = not message.get("more_body", False)
    return {"type": "http.response.body", "body": _TOO_LARGE if last else b"", "more_body": not last}
