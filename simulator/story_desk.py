# SPDX-License-Identifier: Apache-2.0
"""What a caseworker does in a story, through the desk's HTTP interface."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from typing import Any

import aiohttp

from simulator.errors import StoryError
from simulator.script import Line
from simulator.stack import Stack

PATIENCE = 15.0  # seconds a story waits for a report to arrive
_FIRST = re.compile(r"sees first in queue priority (P[1-4])(?: reason (\w+))?$")
_COUNT = re.compile(r"sees (\d+) cases?$")


class Desk:
    """One caseworker."""

    def __init__(self, stack: Stack, web: aiohttp.ClientSession) -> None:
        self._stack = stack
        self._web = web
        self._token = ""
        self._case: dict[str, Any] = {}

    async def act(self, line: Line) -> None:
        """One line: logs in, sees first in queue ..., sees N cases, opens it, reads "...", replies "..."."""
        text = line.text
        if text == "logs in":
            await self._log_in(line.name)
        elif text.startswith("sees first in queue"):
            await self._sees_first(text)
        elif _COUNT.match(text):
            await self._sees_count(text)
        elif text in ("opens it", "opens the first"):
            if not self._case:
                raise StoryError("say first which: sees first in queue ...")
            self._case = await self._get(f"/v1/cases/{self._case['id']}")
        elif text.startswith("reads"):
            self._reads(line.quoted)
        elif text.startswith("replies"):
            await self._replies(line.quoted)
        else:
            raise StoryError("a desk logs in, sees first in queue, sees N cases, opens it, reads, or replies")

    async def _log_in(self, name: str) -> None:
        login = {"name": name, "passphrase": self._stack.keys["passphrase"]}
        async with self._web.post(f"{self._stack.api_url}/v1/sessions", json=login) as answer:
            if answer.status != 201:
                raise StoryError(f"the login answered {answer.status}")
            self._token = (await answer.json())["token"]

    async def _sees_first(self, text: str) -> None:
        wanted = _FIRST.match(text)
        if wanted is None:
            raise StoryError("say: sees first in queue priority P1 reason removal_lt72h")
        priority, reason = wanted.groups()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            items = await self._queue()
            if items and items[0]["priority"] == priority and (reason is None or reason in items[0]["reasons"]):
                self._case = items[0]
                return
            await asyncio.sleep(0.1)
        raise StoryError(f"the first are {[(one['priority'], one['reasons']) for one in items[:2]]}")

    async def _sees_count(self, text: str) -> None:
        wanted = int(text.split()[1])
        end = time.monotonic() + PATIENCE
        while (found := len(await self._queue())) < wanted and time.monotonic() < end:
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)  # one too many would arrive about now
        found = len(await self._queue())
        if found != wanted:
            raise StoryError(f"there are {found}")

    def _reads(self, text: str) -> None:
        if text not in json.dumps(self._case, ensure_ascii=False):
            raise StoryError("it does not stand in the case")

    async def _replies(self, text: str) -> None:
        address = f"{self._stack.api_url}/v1/cases/{self._case['id']}/messages"
        headers = self._headers() | {"Idempotency-Key": secrets.token_hex(16)}
        async with self._web.post(address, json={"text": text}, headers=headers) as answer:
            if answer.status != 201:
                raise StoryError(f"the reply answered {answer.status}")

    async def _queue(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self._get("/v1/cases"))["items"]
        return items

    async def _get(self, path: str) -> dict[str, Any]:
        async with self._web.get(self._stack.api_url + path, headers=self._headers()) as answer:
            if answer.status != 200:
                raise StoryError(f"{path.split('/')[2]} answered {answer.status}")
            found: dict[str, Any] = await answer.json()
            return found

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}
