# SPDX-License-Identifier: Apache-2.0
"""Many people at once: each says their lines one after another, the next as soon as the bot has answered the last.

It runs inside the simulator, so that a benchmark measures the bot and not a driver's HTTP client.
"""

import asyncio
import time
from typing import Any

from aiohttp import web

from simulator.control import answered
from simulator.errors import ControlError
from simulator.people import say
from simulator.simulation import Simulation
from simulator.world import Chat, Phone

Json = dict[str, Any]

MOST_PEOPLE = 2000
LONGEST_SECONDS = 600.0


class Crowd:
    """The route POST /control/crowd {"people", "lines", "language", "seconds"}; answers when the last has ended."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/control/crowd", answered(self.run))

    async def run(self, _: web.Request, wanted: Json) -> Json:
        people, lines = wanted.get("people", 1), wanted.get("lines")
        if type(people) is not int or not 1 <= people <= MOST_PEOPLE:
            raise ControlError(400, f"people is a whole number from 1 to {MOST_PEOPLE}")
        if not isinstance(lines, list) or not lines or not all(isinstance(line, str) and line for line in lines):
            raise ControlError(400, "lines is a list of texts that each person says in turn")
        seconds = min(float(wanted.get("seconds", 120)), LONGEST_SECONDS)
        phones = [self.sim.world.add_phone(f"crowd {number}", wanted.get("language")) for number in range(people)]
        for phone in phones:
            phone.shown = False
        return await self._hear(phones, lines, seconds)

    async def _hear(self, phones: list[Phone], lines: list[str], seconds: float) -> Json:
        waits: list[float] = []
        start = time.perf_counter()
        deadline = asyncio.get_running_loop().time() + seconds
        results = await asyncio.gather(*(self._one(phone, lines, deadline, waits) for phone in phones))
        took = time.perf_counter() - start
        waits.sort()
        return {
            "seconds": took,
            "answered": len(waits),
            "unanswered": sum(len(lines) - done for done in results),
            "p50": waits[len(waits) // 2] if waits else None,
            "p99": waits[int(len(waits) * 0.99)] if waits else None,
        }

    async def _one(self, phone: Phone, lines: list[str], deadline: float, waits: list[float]) -> int:
        """How many lines were answered before the deadline."""
        for number, line in enumerate(lines):
            said = say(self.sim, phone, {"text": line})["message"]
            begun = time.perf_counter()
            if not await _answer_after(phone.chat, said, deadline):
                return number
            waits.append(time.perf_counter() - begun)
        return len(lines)


async def _answer_after(chat: Chat, said: int, deadline: float) -> bool:
    """Wait for a message of the bot that is newer than the one with id `said`."""
    while True:
        newest = next(chat.newest_first(), None)
        if newest is not None and newest.from_bot and newest.id > said:
            return True
        chat.changed.clear()
        try:
            async with asyncio.timeout_at(deadline):
                await chat.changed.wait()
        except TimeoutError:
            return False
