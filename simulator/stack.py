# SPDX-License-Identifier: Apache-2.0
"""The whole of Amparo as child processes in one folder: for the demo, the stories and the benchmark.

It knows the product only as a user does: by its command, its addresses and its settings.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from simulator.errors import StackError

AMPARO = Path(sys.executable).with_name("amparo")
START_SECONDS = 30.0
STOP_SECONDS = 15.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """Simulator, API and bot in `home`. Start what you need, stop or kill each by its name.

    Names: "simulator", "api", "bot". `keys` holds what the key ceremony printed.
    """

    def __init__(self, home: Path, *, phone_port: int = 0, api_port: int = 0) -> None:
        self.home = home
        self.bot_token = f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(26)}"
        self.phone_port = phone_port or free_port()
        self.api_port = api_port or free_port()
        self.keys: dict[str, Any] = {}
        self._children: dict[str, asyncio.subprocess.Process] = {}

    @property
    def phone_url(self) -> str:
        return f"http://localhost:{self.phone_port}"

    @property
    def telegram_api_url(self) -> str:
        return f"http://127.0.0.1:{self.phone_port}"

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def console_url(self) -> str:
        return f"http://localhost:{self.api_port}"

    def environment(self) -> dict[str, str]:
        """What a child process gets: the settings, and nothing of the caller's that begins with AMPARO_."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AMPARO_")}
        return clean | {
            "AMPARO_HOME": str(self.home),
            "AMPARO_TELEGRAM_API_URL": self.telegram_api_url,
            "AMPARO_API_URL": self.api_url,
            "AMPARO_API_PORT": str(self.api_port),
            "AMPARO_BOT_TOKEN": self.bot_token,
        }

    async def run(self, *words: str) -> str:
        """Run one `amparo` command to its end and return what it printed; StackError when it fails."""
        child = await asyncio.create_subprocess_exec(
            AMPARO, *words, env=self.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await child.communicate()
        if child.returncode:
            last = err.decode(errors="replace").strip().splitlines()[-1:] or [""]
            raise StackError(f"`amparo {words[0]} {words[1] if len(words) > 1 else ''}` failed: {last[0]}")
        return out.decode()

    async def prepare(self, *, organisation: str = "Casa Ejemplo (demo)", coordinator: str = "maria") -> None:
        """Make the stores and hold the key ceremony."""
        self.home.mkdir(parents=True, exist_ok=True)
        await self.run("db", "upgrade")
        printed = await self.run("init", "--organisation", organisation, "--coordinator", coordinator, "--json")
        self.keys = json.loads(printed)

    async def start(self, name: str, extra: Mapping[str, str] | None = None, words: Sequence[str] = ()) -> None:
        """Start one process and wait until it answers."""
        command = {
            "simulator": ["simulator", "run", "--port", str(self.phone_port), "--token", self.bot_token],
            "api": ["api", "run"],
            "bot": ["bot", "run"],
        }[name]
        logs = self.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{name}.log").open("ab") as log:
            self._children[name] = await asyncio.create_subprocess_exec(
                AMPARO,
                *command,
                *words,
                env=self.environment() | dict(extra or {}),
                # The simulator announces its token on standard output; we gave it, so it need not lie in a file.
                stdout=asyncio.subprocess.DEVNULL if name == "simulator" else log,
                stderr=log,
            )
        await self._ready(name)

    async def _ready(self, name: str) -> None:
        child = self._children[name]
        address = {
            "simulator": f"{self.telegram_api_url}/control/state",
            "api": f"{self.api_url}/readyz",
            "bot": None,
        }[name]
        if address is None:
            return  # the bot has no door of its own: whoever writes to it will see it answer
        async with aiohttp.ClientSession() as web:
            for _ in range(int(START_SECONDS / 0.05)):
                if child.returncode is not None:
                    break
                with contextlib.suppress(aiohttp.ClientError):
                    async with web.get(address) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise StackError(f"{name} did not start: read {self.home / 'logs' / name}.log")

    def running(self, name: str) -> bool:
        child = self._children.get(name)
        return child is not None and child.returncode is None

    async def wait(self, name: str) -> int:
        """Wait until the process ends by itself; its exit code."""
        return await self._children[name].wait()

    async def kill(self, name: str) -> None:
        """Kill without warning, as a power cut would."""
        child = self._children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
        await child.wait()

    async def stop(self, name: str) -> None:
        """Ask to end; kill what does not."""
        child = self._children.pop(name, None)
        if child is None or child.returncode is not None:
            return
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), STOP_SECONDS)
        except TimeoutError:
            child.kill()
            await child.wait()

    async def close(self) -> None:
        for name in ("bot", "api", "simulator"):
            await self.stop(name)


@contextlib.asynccontextmanager
async def running_stack(home: Path, *, phone_port: int = 0, api_port: int = 0) -> AsyncIterator[Stack]:
    """A prepared stack with all three running; all ended at the end."""
    stack = Stack(home, phone_port=phone_port, api_port=api_port)
    try:
        await asyncio.gather(stack.prepare(), stack.start("simulator"))
        await asyncio.gather(stack.start("api"), stack.start("bot"))
        yield stack
    finally:
        await stack.close()
