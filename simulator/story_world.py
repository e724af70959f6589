# SPDX-License-Identifier: Apache-2.0
"""What happens to the machines in a story."""

from __future__ import annotations

import asyncio
import re

import aiohttp

from simulator.errors import StoryError
from simulator.script import Line
from simulator.stack import Stack

_MACHINE = re.compile(r"(kills|starts|stops) the (bot|api|simulator)$")
_WAIT = re.compile(r"waits ([\d.]+) seconds?$")
_CLOCK = re.compile(r"moves the clock (\d+) (second|minute|hour)s?$")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


class World:
    """Power cuts, restarts and time."""

    def __init__(self, stack: Stack, web: aiohttp.ClientSession) -> None:
        self._stack = stack
        self._web = web

    async def act(self, line: Line) -> None:
        """One line: kills|starts|stops the bot|api, waits N seconds, moves the clock N hours (Telegram's clock)."""
        machine, wait, clock = _MACHINE.match(line.text), _WAIT.match(line.text), _CLOCK.match(line.text)
        if machine:
            verb, name = machine.groups()
            if self._stack.running(name) == (verb == "starts"):
                raise StoryError(f"the {name} is {'already' if verb == 'starts' else 'not'} running")
            await {"kills": self._stack.kill, "starts": self._stack.start, "stops": self._stack.stop}[verb](name)
        elif wait:
            await asyncio.sleep(float(wait.group(1)))
        elif clock:
            advance = int(clock.group(1)) * _SECONDS[clock.group(2)]
            async with self._web.post(f"{self._stack.telegram_api_url}/control/clock", json={"advance": advance}):
                pass
        else:
            raise StoryError("the world kills, starts or stops the bot or the api, waits, or moves the clock")
