# SPDX-License-Identifier: Apache-2.0
"""A running simulator on a free port, a person's phone in it, and a python-telegram-bot Bot that talks to it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import telegram

from simulator.app import build, serve
from simulator.simulation import Rules

TOKEN = "1234567890:AAtestTESTtestTESTtestTESTtestTEST1"


class Simulator:
    """The control API and the raw Bot API of one running simulator."""

    def __init__(self, url: str, web: aiohttp.ClientSession) -> None:
        self.url = url
        self.web = web

    async def get(self, path: str) -> Any:
        async with self.web.get(f"{self.url}/control{path}") as answer:
            return await answer.json()

    async def post(self, path: str, status: int = 200, **body: Any) -> Any:
        async with self.web.post(f"{self.url}/control{path}", json=body) as answer:
            read = await answer.json()
            assert answer.status == status, read
            return read

    async def call(self, method: str, status: int = 200, **args: Any) -> Any:
        """A raw call with a JSON body; the result, or the description of the refusal."""
        async with self.web.post(f"{self.url}/bot{TOKEN}/{method}", json=args) as answer:
            read = await answer.json()
            assert answer.status == status, read
            return read["result"] if read["ok"] else read["description"]

    async def advance(self, seconds: float) -> None:
        await self.post("/clock", advance=seconds)

    async def updates(self, **args: Any) -> list[dict[str, Any]]:
        """All pending updates, confirmed at once."""
        found = await self.call("getUpdates", limit=100, **args)
        if found:
            await self.call("getUpdates", offset=found[-1]["update_id"] + 1)
        return found


class Phone:
    """One person."""

    def __init__(self, simulator: Simulator, number: int, chat: int) -> None:
        self.simulator = simulator
        self.number = number
        self.chat = chat

    async def do(self, act: str, status: int = 200, **body: Any) -> Any:
        return await self.simulator.post(f"/phones/{self.number}/{act}", status, **body)

    async def screen(self) -> Any:
        return await self.simulator.get(f"/phones/{self.number}/screen")

    async def texts(self) -> list[str]:
        return [one["text"] for one in (await self.screen())["messages"] if not one["deleted"]]


@contextlib.asynccontextmanager
async def running(**rules: Any) -> AsyncIterator[Simulator]:
    """A simulator of one's own, every result held against the specification; a result that fails ends the test."""
    app = build(TOKEN, Rules(check_results=True, time_factor=0.01, **rules))
    async with serve(app, "127.0.0.1", 0) as url, aiohttp.ClientSession() as web:
        simulator = Simulator(url, web)
        yield simulator
        assert (await simulator.get("/state"))["self_check"]["failed"] == []


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with running() as one:
        yield one


@pytest.fixture
async def phone(simulator: Simulator) -> Phone:
    """Ana has written /start, and the bot has read it."""
    return await started(simulator)


async def started(simulator: Simulator, name: str = "Ana", language: str = "es") -> Phone:
    made = await simulator.post("/phones", name=name, language=language)
    phone = Phone(simulator, made["phone"], made["chat"])
    await phone.do("say", text="/start")
    await simulator.updates()
    return phone


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[telegram.Bot]:
    made = telegram.Bot(TOKEN, base_url=f"{simulator.url}/bot", base_file_url=f"{simulator.url}/file/bot")
    async with made:
        yield made
