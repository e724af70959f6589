# SPDX-License-Identifier: Apache-2.0
"""Clients that ask one thing after another, so many at a time, and what each answer took."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import aiohttp

from bench.clock import cpu_of, middle


class Call(NamedTuple):
    method: str
    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = {}
    name: bytes = b""  # what the one who asks knows it by


@dataclass
class Outcome:
    """`seconds` from the first call to the last answer; `cpu` seconds of the server; `waits` in order of arrival."""

    seconds: float = 0.0
    cpu: float = 0.0
    waits: list[float] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)  # of the calls that were answered as expected
    refused: list[int] = field(default_factory=list)
    largest: int = 0  # bytes of an answer

    @property
    def rate(self) -> float:
        return len(self.names) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of the server's CPU for one call."""
        return self.cpu / max(len(self.waits), 1) * 1000

    @property
    def p50_ms(self) -> float:
        return middle(self.waits) * 1000

    def __add__(self, other: "Outcome") -> "Outcome":
        sums = {name: getattr(self, name) + getattr(other, name) for name in ("seconds", "cpu", "waits", "names")}
        return Outcome(**sums, refused=self.refused + other.refused, largest=max(self.largest, other.largest))


async def ask(web: aiohttp.ClientSession, calls: Iterator[Call], *, clients: int, pid: int, expected: int) -> Outcome:
    """Each client takes the next call once its last was answered. `pid` is the server's process."""
    found = Outcome()
    cpu, begun = cpu_of(pid), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(_client(web, calls, found, expected))
    found.seconds, found.cpu = time.perf_counter() - begun, cpu_of(pid) - cpu
    return found


async def _client(web: aiohttp.ClientSession, calls: Iterator[Call], found: Outcome, expected: int) -> None:
    for call in calls:
        begun = time.perf_counter()
        async with web.request(call.method, call.url, data=call.body, headers=call.headers) as answer:
            size = len(await answer.read())
        found.waits.append(time.perf_counter() - begun)
        found.largest = max(found.largest, size)
        if answer.status == expected:
            found.names.append(call.name)
        else:
            found.refused.append(answer.status)
