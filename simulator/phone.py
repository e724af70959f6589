# SPDX-License-Identifier: Apache-2.0
"""The phone in a web page: its files, served with a strict policy and without a cache."""

from __future__ import annotations

from importlib import resources

from aiohttp import web

TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def _answer(name: str) -> web.Response:
    file = resources.files("simulator") / "static" / name
    kind = TYPES.get(name.rpartition(".")[2])
    if kind is None or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8", headers=HEADERS)


async def page(_: web.Request) -> web.Response:
    """The page itself."""
    return _answer("phone.html")


async def asset(request: web.Request) -> web.Response:
    """One of its files; a name with a slash or a dot in front matches no route or no file."""
    return _answer(request.match_info["name"])


async def icon(_: web.Request) -> web.Response:
    """Browsers ask for it unasked; its absence would be an error on their console."""
    return _answer("icon.svg")


def routes() -> list[web.RouteDef]:
    """To be added to the simulator's application."""
    return [
        web.get("/", page),
        web.get("/favicon.ico", icon),
        web.get("/static/{name:[a-z_]+\\.(?:css|js|svg)}", asset),
    ]
