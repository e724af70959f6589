# SPDX-License-Identifier: Apache-2.0
"""The whole of Amparo in child processes, as simulator/stack.py has it, with what the claims' tests need besides.

Where `forked`, bot and desk come from the nursery: a start takes a tenth of a second, and a test can kill hundreds.
"""

import asyncio
import contextlib
import json
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from simulator.errors import StackError
from simulator.stack import STOP_SECONDS, Stack

ROOT = Path(__file__).parents[2]
COMMANDS = {"api": ["api", "run"], "bot": ["bot", "run"]}


class Founded(NamedTuple):
    """A home after the key ceremony, to be copied, and what the ceremony printed."""

    home: Path
    keys: dict[str, Any]


class Stage(Stack):
    """`settings` are added to every child's environment: database addresses, a mutation."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None, *, forked: bool = True) -> None:
        super().__init__(home)
        self._forked = COMMANDS if forked else {}
        self.settings = dict(settings or {})
        self.web: aiohttp.ClientSession
        self._pids: dict[str, int] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._starts: asyncio.Queue[int] = asyncio.Queue()
        self._nursery: asyncio.subprocess.Process
        self._listener: asyncio.Task[None]

    def environment(self) -> dict[str, str]:
        return super().environment() | self.settings

    async def open(self) -> None:
        self.web = aiohttp.ClientSession()
        self._nursery = await asyncio.create_subprocess_exec(
            sys.executable, str(Path(__file__).with_name("nursery.py")), cwd=ROOT,
            env=super().environment() | {"PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._listener = asyncio.create_task(self._listen())

    async def close(self) -> None:
        for name in ("bot", "api", "simulator"):
            await self.stop(name)
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        await self._nursery.wait()
        await self._listener
        await self.web.close()

    async def start(self, name: str, extra: Mapping[str, str] | None = None, words: Sequence[str] = ()) -> None:
        if name not in self._forked:
            await super().start(name, extra, words)
            return
        logs = self.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        env = self.environment() | dict(extra or {})
        self._ask(argv=[*self._forked[name], *words], env=env, log=str(logs / f"{name}.log"))
        self._pids[name] = await self._starts.get()
        if name == "api":
            await self._answers(f"{self.api_url}/readyz", self._pids[name])

    def running(self, name: str) -> bool:
        if name not in self._forked:
            return super().running(name)
        return name in self._pids and not self._ends[self._pids[name]].done()

    async def wait(self, name: str) -> int:
        """Wait until the process ends by itself; minus the signal's number when one ended it."""
        if name not in self._forked:
            return await super().wait(name)
        return await asyncio.shield(self._ends[self._pids[name]])

    async def kill(self, name: str) -> None:
        if name not in self._forked:
            await super().kill(name)
            return
        self._ask(pid=self._pids[name], signal=int(signal.SIGKILL))
        await self.wait(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send any signal to a forked process."""
        self._ask(pid=self._pids[name], signal=int(number))

    async def stop(self, name: str) -> None:
        if name not in self._forked:
            await super().stop(name)
            return
        if not self.running(name):
            return
        self._ask(pid=self._pids[name], signal=int(signal.SIGTERM))
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

    def _ask(self, **order: Any) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(json.dumps(order).encode() + b"\n")

    async def _listen(self) -> None:
        assert self._nursery.stdout is not None
        loop = asyncio.get_running_loop()
        async for line in self._nursery.stdout:
            told = json.loads(line)
            if "started" in told:
                self._ends[told["started"]] = loop.create_future()
                self._starts.put_nowait(told["started"])
            else:
                self._ends[told["ended"]].set_result(told["status"])

    async def _answers(self, address: str, pid: int) -> None:
        for _ in range(1500):
            if self._ends[pid].done():
                break
            with contextlib.suppress(aiohttp.ClientError):
                async with self.web.get(address) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.02)
        raise StackError("the desk did not start; its log says why")


@contextlib.asynccontextmanager
async def open_stage(
    home: Path,
    settings: Mapping[str, str] | None = None,
    *,
    founded: Founded | None = None,
    start: Sequence[str] = ("api", "bot"),
    forked: bool = True,
) -> AsyncIterator[Stage]:
    """A prepared stage: the simulator and those of `start` run; everything is ended at the end.

    With `founded` (SQLite only) the ceremony is not held again.
    """
    stage = Stage(home, settings, forked=forked)
    await stage.open()
    try:
        if founded:
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
