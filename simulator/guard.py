# SPDX-License-Identifier: Apache-2.0
"""Who may drive the simulator: this machine only, and no web page but our own.

A page somewhere on the web can make a browser on this machine send requests to a loopback port. Three checks stop it:
the peer is loopback, the Host header names loopback (so no foreign name that resolves to it), and an Origin, if there
is one, is our own.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def own_machine(handler: Handler) -> Handler:
    """For pages, which do nothing by themselves: they may be reached through a link from elsewhere."""
    return _guarded(handler, _local)


def loopback_only(handler: Handler) -> Handler:
    """For everything that acts or tells; anybody else gets 403."""
    return _guarded(handler, lambda request: _local(request) and _own_page(request))


def _guarded(handler: Handler, allowed: Callable[[web.Request], bool]) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        if not allowed(request):
            raise web.HTTPForbidden(text="only this machine, and only the simulator's own page, may do this\n")
        return await handler(request)

    return guarded


def _local(request: web.Request) -> bool:
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        return False
    return _loopback(request.remote) and name in _NAMES


def _own_page(request: web.Request) -> bool:
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.host}"


def _loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address((address or "").partition("%")[0]).is_loopback
    except ValueError:
        return False
