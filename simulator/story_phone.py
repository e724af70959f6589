# SPDX-License-Identifier: Apache-2.0
"""What a phone does in a story."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import aiohttp

from simulator.errors import StoryError
from simulator.script import Line

PATIENCE = 15.0  # seconds a story waits for the bot
_RECEIPT = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}\b")
_WORDS = re.compile(r"^(?:\S+ \S+ \S+(?:\n|$)){3}", re.MULTILINE)  # nine words in three lines
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


def plain(text: str) -> str:
    """The text without the invisible marks that keep directions apart."""
    return text.translate(_ISOLATES)


class Phone:
    """One person's phone, driven through the simulator."""

    def __init__(self, base: str, web: aiohttp.ClientSession, receipts: dict[str, str]) -> None:
        self._base = base
        self._web = web
        self._receipts = receipts
        self._number = 0
        self._asked_after = 0  # message id of the person's last act
        self._waiting = False  # the last act has had no answer yet

    async def appear(self, name: str, language: str) -> None:
        made = await self._post("/control/phones", {"name": name, "language": language, "shown": False})
        self._number = made["phone"]

    async def act(self, line: Line) -> None:
        """One line: says, taps, sends, sees, does not see, keeps receipt (or: as words)."""
        verb = line.text.split()[0]
        acts = {"says": self._says, "taps": self._taps, "sends": self._sends, "sees": self._sees}
        if verb in acts:
            await acts[verb](line)
        elif line.text.startswith("does not see"):
            await self._does_not_see(line.quoted)
        elif line.text.startswith("keeps receipt"):
            self._receipts["receipt"] = await self._receipt(_WORDS if line.text.endswith("as words") else _RECEIPT)
        else:
            raise StoryError("a phone says, taps, sends, sees, does not see, or keeps receipt")

    async def _says(self, line: Line) -> None:
        said = line.quoted if '"' in line.text else line.text.removeprefix("says").strip()
        if said == "<receipt>":
            said = self._receipts.get("receipt", "")
            if not said:
                raise StoryError("no phone has kept a receipt yet: keeps receipt")
        elif said == "<wrong receipt>":
            said = "0000-0000-0000-0000-00MV"  # the receipt of an all-zero secret: well formed, and nobody's
        await self._do("say", {"text": said})

    async def _taps(self, line: Line) -> None:
        """Tap a visible button. It may not be on the screen yet: look again until patience ends."""
        await self._answered()
        wanted = {"number": int(line.quoted)} if line.quoted.isdecimal() else {"label": line.quoted}
        end = time.monotonic() + PATIENCE
        while True:
            status, answer = await self._try(f"/control/phones/{self._number}/tap", wanted)
            if status < 300:
                break
            if time.monotonic() > end:
                raise StoryError(f"no such button; there are: {answer}")
            await asyncio.sleep(0.05)
        await self._remember()

    async def _sends(self, line: Line) -> None:
        kind = line.text.split()[1]
        await self._do("send", {"kind": kind, "size": 20_000, "caption": line.quoted if '"' in line.text else ""})

    async def _sees(self, line: Line) -> None:
        end = time.monotonic() + PATIENCE
        while not any(line.quoted in seen for seen in await self._seen()):
            if time.monotonic() > end:
                raise StoryError(f"not seen; the screen says: {(await self._seen())[-2:]}")
            await asyncio.sleep(0.05)
        self._waiting = False

    async def _does_not_see(self, text: str) -> None:
        await self._answered()
        if any(text in seen for seen in await self._seen()):
            raise StoryError("it is on the screen")

    async def _receipt(self, shape: re.Pattern[str]) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for text in reversed(await self._seen()):
                found = shape.search(text)
                if found:
                    return found.group(0)
            await asyncio.sleep(0.05)
        raise StoryError("no receipt on the screen")

    async def _do(self, act: str, body: dict[str, Any]) -> None:
        await self._answered()
        await self._post(f"/control/phones/{self._number}/{act}", body)
        await self._remember()

    async def _remember(self) -> None:
        own = [message["id"] for message in (await self._screen())["messages"] if message["from"] == "person"]
        self._asked_after = max(own, default=0)
        self._waiting = True

    async def _answered(self) -> None:
        """A person reads before they go on: wait for the bot's answer to the last act, within reason."""
        end = time.monotonic() + PATIENCE
        while self._waiting and not await self._seen() and time.monotonic() < end:
            await asyncio.sleep(0.02)
        self._waiting = False

    async def _seen(self) -> list[str]:
        """What the bot said since the person's last act."""
        screen = await self._screen()
        newer = [one for one in screen["messages"] if one["from"] == "bot" and one["id"] > self._asked_after]
        return [plain(f"{one.get('text') or ''}{one.get('caption') or ''}") for one in newer]

    async def _screen(self) -> dict[str, Any]:
        async with self._web.get(f"{self._base}/control/phones/{self._number}/screen") as answer:
            screen: dict[str, Any] = await answer.json()
            return screen

    async def _try(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        async with self._web.post(self._base + path, json=body) as answer:
            return answer.status, await answer.json()

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        status, answer = await self._try(path, body)
        if status >= 300:
            raise StoryError(f"the simulator refused: {answer}")
        made: dict[str, Any] = answer
        return made
