# SPDX-License-Identifier: Apache-2.0
"""The simulator as a process: its event loop, its signals, its first words."""

import asyncio
import contextlib
import json
import secrets
import signal
from collections.abc import Callable

from simulator.app import build, serve
from simulator.simulation import Rules

new_event_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
with contextlib.suppress(ImportError):  # uvloop is not made for every system; the simulator is then a third slower
    import uvloop

    new_event_loop = uvloop.new_event_loop


def run(host: str, port: int, token: str | None, rules: Rules, *, announce: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM; `announce` gets one line of JSON with the address and the token."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(host, port, token or _new_token(), rules, announce))


def _new_token() -> str:
    """Shaped as BotFather's: the bot's number, a colon, 35 characters."""
    return f"{10**9 + secrets.randbelow(9 * 10**9)}:{secrets.token_urlsafe(26)}"


async def _serve(host: str, port: int, token: str, rules: Rules, announce: Callable[[str], None]) -> None:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    async with serve(build(token, rules), host, port) as url:
        announce(json.dumps({"url": url, "token": token}))
        await end.wait()
