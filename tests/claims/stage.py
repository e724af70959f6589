# SPDX-License-Identifier: Apache-2.0
"""The whole of Amparo in child processes, as simulator/stack.py has it, with what the claims' tests need besides.

The processes are forked by a nursery (nursery.py), so that a start takes a tenth of a second and a test can kill
hundreds of them.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import aiohttp

from simulator.errors import StackError
from simulator.stack import STOP_SECONDS, Stack

ROOT = Path(__file__).parents[2]


class Founded(NamedTuple):
    """A home after the key ceremony, to be copied, and what the ceremony printed."""

    home: Path
    keys: dict[str, Any]


class Nursery:
    """The process that forks; one for all tests, used by one event loop at a time."""

    def __init__(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AMPARO_")}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            cwd=ROOT, env=clean | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        self._rest = b""
        self._starts: asyncio.Queue[int]
        self._ends: dict[int, asyncio.Future[int]]

    def attach(self) -> None:
        """Serve the running loop from now on."""
        self._starts, self._ends = asyncio.Queue(), {}
        asyncio.get_running_loop().add_reader(self._out, self._read)

    def detach(self) -> None:
        asyncio.get_running_loop().remove_reader(self._out)

    async def start(self, argv: Sequence[str], env: Mapping[str, str], log: Path) -> int:
        """Fork one child; gives its pid."""
        self._ask(argv=list(argv), env=dict(env), log=str(log))
        return await self._starts.get()

    def signal(self, pid: int, number: signal.Signals) -> None:
        self._ask(pid=pid, signal=int(number))

    def ended(self, pid: int) -> bool:
        return self._ends[pid].done()

    async def wait(self, pid: int) -> int:
        """Wait until the child ends; its exit code, or minus the signal's number when one ended it."""
        return await asyncio.shield(self._ends[pid])

    def close(self) -> None:
        """End the nursery, and with it whatever it still has."""
        self._process.communicate(timeout=STOP_SECONDS)

    def _ask(self, **order: Any) -> None:
        os.write(self._in, json.dumps(order).encode() + b"\n")

    def _read(self) -> None:
        piece = os.read(self._out, 1 << 16)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "started" in told:
                self._ends[told["started"]] = asyncio.get_running_loop().create_future()
                self._starts.put_nowait(told["started"])
            else:
                self._ends[told["ended"]].set_result(told["status"])


class Stage(Stack):
    """`settings` are added to every child's environment. Without a nursery each process is started in full."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None, nursery: Nursery | None = None) -> None:
        super().__init__(home)
        self.settings = dict(settings or {})
        self.web: aiohttp.ClientSession
        self._nursery = nursery
        self._pids: dict[str, int] = {}

    def environment(self) -> dict[str, str]:
        return super().environment() | self.settings

    async def open(self) -> None:
        self.web = aiohttp.ClientSession()
        if self._nursery:
            self._nursery.attach()

    async def close(self) -> None:
        for name in ("bot", "api", "simulator"):
            await self.stop(name)
        if self._nursery:
            self._nursery.detach()
        await self.web.close()

    async def start(self, name: str, extra: Mapping[str, str] | None = None, words: Sequence[str] = ()) -> None:
        if self._nursery is None:
            await super().start(name, extra, words)
            return
        command = {
            "simulator": ["simulator", "run", "--port", str(self.phone_port), "--token", self.bot_token],
            "api": ["api", "run"],
            "bot": ["bot", "run"],
        }[name]
        logs = self.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        env = self.environment() | dict(extra or {})
        self._pids[name] = await self._nursery.start([*command, *words], env, logs / f"{name}.log")
        if name == "api":
            await self._answers(f"{self.api_url}/readyz", name)
        elif name == "simulator":
            await self._answers(f"{self.telegram_api_url}/control/state", name)

    def running(self, name: str) -> bool:
        if self._nursery is None:
            return super().running(name)
        return name in self._pids and not self._nursery.ended(self._pids[name])

    async def wait(self, name: str) -> int:
        """Wait until the process ends by itself; minus the signal's number when one ended it."""
        if self._nursery is None:
            return await super().wait(name)
        return await self._nursery.wait(self._pids[name])

    async def kill(self, name: str) -> None:
        if self._nursery is None:
            await super().kill(name)
            return
        self._nursery.signal(self._pids[name], signal.SIGKILL)
        await self.wait(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send any signal to a forked process."""
        assert self._nursery is not None
        self._nursery.signal(self._pids[name], number)

    async def stop(self, name: str) -> None:
        if self._nursery is None:
            await super().stop(name)
            return
        if not self.running(name):
            return
        self._nursery.signal(self._pids[name], signal.SIGTERM)
        try:
            await asyncio.wait_for(self.wait(name), STOP_SECONDS)
        except TimeoutError:
            await self.kill(name)

    async def control(self, path: str, **body: Any) -> Any:
        """Post to the simulator's control API."""
        async with self.web.post(f"{self.telegram_api_url}/control{path}", json=body) as answer:
            assert answer.status == 200, (path, await answer.text())
            return await answer.json()

    async def look(self, path: str) -> Any:
        """Get from the simulator's control API."""
        async with self.web.get(f"{self.telegram_api_url}/control{path}") as answer:
            assert answer.status == 200, (path, await answer.text())
            return await answer.json()

    def log(self, name: str) -> str:
        return (self.home / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    async def _answers(self, address: str, name: str) -> None:
        for _ in range(1500):
            if not self.running(name):
                break
            with contextlib.suppress(aiohttp.ClientError):
                async with self.web.get(address) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.02)
        raise StackError(f"the {name} did not start; its log ends: {self.log(name)[-300:]}")


class Stages(Protocol):
    """What the fixture `stages` gives: `async with stages(start=["api"]) as stage`."""

    def __call__(
        self, settings: Mapping[str, str] | None = None, *, start: Sequence[str] = ("api", "bot")
    ) -> contextlib.AbstractAsyncContextManager[Stage]: ...


@contextlib.asynccontextmanager
async def open_stage(
    home: Path,
    settings: Mapping[str, str] | None = None,
    *,
    nursery: Nursery | None = None,
    founded: Founded | None = None,
    start: Sequence[str] = ("api", "bot"),
) -> AsyncIterator[Stage]:
    """A prepared stage: the simulator and those of `start` run; everything is ended at the end.

    With `founded`, and on SQLite, the ceremony is not held again.
    """
    stage = Stage(home, settings, nursery)
    await stage.open()
    try:
        if founded and "AMPARO_DESK_DATABASE_URL" not in stage.settings:
            shutil.copytree(founded.home, home)
            stage.keys = founded.keys
            await stage.start("simulator")
        else:
            await asyncio.gather(stage.prepare(), stage.start("simulator"))
        for name in start:
            await stage.start(name)
        yield stage
    finally:
        await stage.close()


async def until(true: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Wait until it holds; fail when it does not in time."""
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    assert true(), "it did not come true in time"
