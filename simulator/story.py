# SPDX-License-Identifier: Apache-2.0
"""Play a story through real processes: the end-to-end test, and the way the demo is filled."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import aiohttp

from simulator.errors import StackError, StoryError
from simulator.script import Line, read_story
from simulator.stack import Stack, running_stack
from simulator.story_desk import Desk
from simulator.story_phone import Phone
from simulator.story_world import World

Tell = Callable[[str], None]


class Player:
    """Holds the phones, desks and the world of one story."""

    def __init__(self, stack: Stack, web: aiohttp.ClientSession) -> None:
        self._stack = stack
        self._web = web
        self._receipts: dict[str, str] = {}
        self._phones: dict[str, Phone] = {}
        self._desks: dict[str, Desk] = {}
        self._world = World(stack, web)

    async def play(self, line: Line) -> None:
        """Do what one line says; StoryError when the world is not as the line says."""
        try:
            await (await self._actor(line)).act(line)
        except (StoryError, StackError, aiohttp.ClientError) as error:
            raise StoryError(f"line {line.number} ({line.text}): {error}") from error

    async def _actor(self, line: Line) -> Phone | Desk | World:
        if line.actor == "phone":
            if line.name not in self._phones:
                phone = Phone(self._stack.telegram_api_url, self._web, self._receipts)
                await phone.appear(line.name, line.language or "es")
                self._phones[line.name] = phone
            return self._phones[line.name]
        if line.actor == "desk":
            if line.name not in self._desks:
                self._desks[line.name] = Desk(self._stack, self._web)
            return self._desks[line.name]
        return self._world


async def play_story(text: str, stack: Stack, tell: Tell = lambda _: None) -> int:
    """Play a story on a running stack; the number of lines played. It is read to its end before anything is done."""
    lines = list(read_story(text))
    async with aiohttp.ClientSession() as web:
        player = Player(stack, web)
        for line in lines:
            tell(f"{line.actor:5} {line.name:8} {line.text}")
            await player.play(line)
    return len(lines)


async def play_alone(text: str, tell: Tell = lambda _: None) -> int:
    """Play a story on a stack of its own in a temporary folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="amparo-story-") as home:
        async with running_stack(Path(home)) as stack:
            return await play_story(text, stack, tell)
