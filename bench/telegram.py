# SPDX-License-Identifier: Apache-2.0
"""The simulator as the benchmark uses it: one phone that asks once, and a crowd that is interviewed all at once."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import aiohttp

from bench.clock import cpu_of, cpu_of_all


class Talk(NamedTuple):
    """What a crowd met. Waits in milliseconds, CPU in milliseconds for one answered line.

    `others`: how many cores everything else on the machine kept busy meanwhile.
    """

    rate: float
    p50: float
    p99: float
    answered: int
    unanswered: int
    bot_cpu: float
    simulator_cpu: float
    others: float


class Telegram:
    """`url` is the simulator's, `pid` its process."""

    def __init__(self, web: aiohttp.ClientSession, url: str, pid: int) -> None:
        self.web = web
        self.url = url
        self.pid = pid

    async def ask(self, path: str, wanted: dict[str, Any]) -> dict[str, Any]:
        async with self.web.post(f"{self.url}/control/{path}", json=wanted) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found

    async def crowd(self, people: int, lines: Sequence[str], pid: int, *, seconds: float = 60) -> Talk:
        """Everybody says these lines, each as soon as the last was answered. `pid` is the bot's process."""
        before = cpu_of(pid), cpu_of(self.pid), cpu_of_all()
        wanted = {"people": people, "lines": list(lines), "language": "es", "seconds": seconds}
        found = await self.ask("crowd", wanted)
        after = cpu_of(pid), cpu_of(self.pid), cpu_of_all()
        own, simulator, whole = (end - begin for begin, end in zip(before, after, strict=True))
        count = max(found["answered"], 1)
        return Talk(
            rate=found["answered"] / found["seconds"],
            p50=(found["p50"] or 0.0) * 1000,
            p99=(found["p99"] or 0.0) * 1000,
            answered=found["answered"],
            unanswered=found["unanswered"],
            bot_cpu=own / count * 1000,
            simulator_cpu=simulator / count * 1000,
            others=max(whole - own - simulator, 0.0) / found["seconds"],
        )

    async def phone(self, text: str) -> int:
        """A new phone that has just said this."""
        phone: int = (await self.ask("phones", {"name": "first", "language": "es"}))["phone"]
        await self.say(phone, text)
        return phone

    async def say(self, phone: int, text: str) -> None:
        await self.ask(f"phones/{phone}/say", {"text": text})

    async def slow(self, phone: int, seconds: float) -> None:
        """From now on every message to this phone takes so long."""
        await self.ask("faults", {"method": "sendMessage", "phone": phone, "times": None, "delay": seconds})

    async def answer(self, phone: int, *, seconds: float = 20) -> float:
        """Wait for the bot's first message on this phone; the clock (perf_counter) at that moment."""
        end, version = time.perf_counter() + seconds, 0
        while time.perf_counter() < end:
            screen = await self.ask(f"phones/{phone}/wait", {"version": version, "timeout": 5})
            if any(message["from"] == "bot" for message in screen["messages"]):
                return time.perf_counter()
            version = screen["version"]
        raise TimeoutError

    async def reset(self) -> None:
        """Nobody there, nothing waiting, no fault; the bot may go on."""
        await self.ask("reset", {})
