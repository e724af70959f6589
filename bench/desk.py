# SPDX-License-Identifier: Apache-2.0
"""The desk as a process of its own, and beside it the bare server: started, asked, measured, stopped."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import aiohttp

from bench.load import Call, Outcome, ask
from bench.submissions import Prepared, Sender
from simulator.stack import Stack, free_port
from storage.database import default_url
from storage.desk.tables import metadata

ROOT = Path(__file__).parents[1]


class Desk:
    """The running desk of a fresh organisation in `stack.home`, and `echo`, the address of the bare server."""

    def __init__(self, stack: Stack, web: aiohttp.ClientSession, echo: str, echo_pid: int) -> None:
        self.stack = stack
        self.web = web
        self.echo = echo
        self.echo_pid = echo_pid
        self.sent: list[bytes] = []  # reports the desk acknowledged
        self.token = ""
        self.page = Outcome()  # of a queue that is not long yet

    @property
    def pid(self) -> int:
        return self.stack._children["api"].pid  # noqa: SLF001

    @property
    def file(self) -> Path:
        return Path(default_url(self.stack.home, metadata).removeprefix("sqlite:///"))

    @property
    def session(self) -> dict[str, str]:
        """The header of whoever is logged in."""
        return {"Authorization": f"Bearer {self.token}"}

    async def sender(self) -> Sender:
        """What the bot would know."""
        secret = (self.stack.home / "secrets" / "bot" / "amparo_intake_token").read_text("ascii").strip()
        bearer = {"Authorization": f"Bearer {secret}"}
        async with self.web.get(f"{self.stack.api_url}/v1/intake/manifest", headers=bearer) as answer:
            answer.raise_for_status()
            return Sender.of_home(self.stack.home, await answer.text())

    def posts(self, sender: Sender, prepared: Iterable[Prepared]) -> Iterator[Call]:
        url, bearer = f"{self.stack.api_url}/v1/intake/submissions", f"Bearer {sender.intake_token}"
        fixed = {"Authorization": bearer, "Content-Type": "application/json"}
        for one in prepared:
            yield Call("POST", url, one.body, {**fixed, "Idempotency-Key": one.report.hex()}, one.report)

    async def submit(self, calls: list[Call], *, clients: int) -> Outcome:
        found = await ask(self.web, iter(calls), clients=clients, pid=self.pid, expected=201)
        self.sent += found.names
        return found

    async def read(self, paths: Iterable[str], *, headers: dict[str, str] | None = None) -> Outcome:
        """Get these one after another, as the one who is logged in."""
        calls = (Call("GET", self.stack.api_url + path, None, headers or self.session) for path in paths)
        return await ask(self.web, calls, clients=1, pid=self.pid, expected=200)

    async def bare(self, body: bytes | None, count: int = 1500, *, clients: int = 1) -> Outcome:
        """As many posts, or gets, to the bare server. It is quick: fewer would be over before they are measured."""
        calls = (Call("GET" if body is None else "POST", self.echo, body) for _ in range(count))
        return await ask(self.web, calls, clients=clients, pid=self.echo_pid, expected=201)

    async def log_in(self) -> None:
        given = {"name": self.stack.keys["coordinator"], "passphrase": self.stack.keys["passphrase"]}
        async with self.web.post(f"{self.stack.api_url}/v1/sessions", json=given) as answer:
            answer.raise_for_status()
            self.token = (await answer.json())["token"]

    async def start(self) -> float:
        """Start the server; seconds until it is ready."""
        begun = time.perf_counter()
        await self.stack.start("api")
        return time.perf_counter() - begun

    async def stop(self) -> None:
        """Stop it in good order: the write-ahead log is emptied into the file."""
        await self.stack.stop("api")


@contextlib.asynccontextmanager
async def prepared_desk(home: Path) -> AsyncIterator[Desk]:
    """A founded desk, not started yet, and the bare server, started. All ended at the end."""
    stack, port = Stack(home), free_port()
    bare = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.echo_http", str(port), cwd=ROOT)
    try:
        await stack.prepare()
        timeout = aiohttp.ClientTimeout(total=60)
        # uvicorn ends a connection that was quiet for five seconds; a post on it would fail.
        connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=2)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as web:
            desk = Desk(stack, web, f"http://127.0.0.1:{port}/", bare.pid)
            await _answers(desk)
            yield desk
    finally:
        await stack.close()
        with contextlib.suppress(ProcessLookupError):
            bare.terminate()
        await bare.wait()


async def _answers(desk: Desk) -> None:
    for _ in range(200):
        with contextlib.suppress(aiohttp.ClientError):
            async with desk.web.get(desk.echo):
                return
        await asyncio.sleep(0.05)
    raise TimeoutError
