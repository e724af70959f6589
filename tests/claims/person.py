# SPDX-License-Identifier: Apache-2.0
"""People who tell reports by typing, answer after answer, and remember what they were told back.

An answer counts as acknowledged when the next question is on the screen after it. Every report carries a word of its
own in several answers, so that each can be found again at the desk, and told apart.
"""

import asyncio
import base64
import random
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from intake.catalog import Catalog, load_catalogs
from tests.bot.pictures import photo
from tests.claims.stage import Stage

RECEIPT = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}\b")
MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
CATALOG: Catalog = load_catalogs().get("es")


def plain(text: str) -> str:
    return text.translate(MARKS)


def label(question: str) -> str:
    return plain(CATALOG.text(f"question.{question}.label"))


def opening_of(key: str) -> str:
    """The words of a message up to its first gap, enough to know it by."""
    raw = CATALOG.text(key, organisation="", receipt="", about="", stored="", text="")
    return plain(raw).strip().split("\n")[0].split("  ")[0].strip()


NOT_YET = opening_of("bot.not_sent")
KEPT, HANDED_OVER = opening_of("bot.kept"), opening_of("bot.handed_over")
SAVED = re.compile(f"{re.escape(KEPT)}|{re.escape(HANDED_OVER)}")


@dataclass(frozen=True)
class Line:
    """What is typed, the words by which the bot's next message is known, and what the report then holds."""

    text: str
    then: str
    question: str = ""
    values: tuple[str, ...] = ()


def word() -> str:
    """A word that nobody else says: letters, so that it passes wherever words are taken."""
    return "q" + "".join(secrets.choice("bcdfghjklmnpqrstvwxyz") for _ in range(15))


def script(mark: str, chance: random.Random) -> list[Line]:
    """An interview in Spanish, one of many; ends on the page that asks whether to send."""
    about = chance.choice([("1", "self"), ("4", "witness")])
    danger = chance.choice([("4", "nearby"), ("5", "no"), ("6", "unknown")])
    what = chance.choice([("1", ("extortion",)), ("2", ("theft",)), ("1 2", ("extortion", "theft"))])
    state = chance.choice([("1", "MX-SON"), ("2", "MX-CHP"), ("4", "MX-TAB")])
    people, children = chance.randint(11, 49), chance.randint(4, 9)
    need = chance.choice([("3", "infant"), ("5", "pregnant"), ("6", "serious_illness")])
    return [
        Line("/start", "Elija su idioma"),
        Line("1", "Telegram puede leer"),
        Line("1", label("about")),
        Line(about[0], label("danger"), "about", (about[1],)),
        Line(danger[0], label("status"), "danger", (danger[1],)),
        Line("5", label("what"), "status", ("free",)),
        Line(what[0], label("place"), "what", what[1]),
        Line(state[0], label("town"), "place", (state[1],)),
        Line(f"{mark}a", label("when"), "town", (f"{mark}a",)),
        Line("2", label("people"), "when", ("yesterday",)),
        Line(str(people), label("needs"), "people", (str(people),)),
        Line(f"1 {need[0]}", label("children"), "needs", ("child", need[1])),
        Line(str(children), label("words"), "children", (str(children),)),
        Line(f"{mark}b nos pasó esto", label("who"), "words", (f"{mark}b nos pasó esto",)),
        Line(f"{mark}c", label("wishes"), "who", (f"{mark}c",)),
        Line("6", "Esto es lo que se enviaría", "wishes", ("tell",)),
    ]


@dataclass
class Telling:
    """One report as its person knows it."""

    mark: str
    lines: list[Line]
    acknowledged: int = 0  # of the lines, in order
    unanswered: str = ""  # what was said last, if nothing came back for it
    sent: int = 0  # message id of the word "send"
    receipts: set[str] = field(default_factory=set)
    photo: bytes = field(default=b"", repr=False)
    files: tuple[int, int] | None = None  # stored, sent: as the person was told

    @property
    def finished(self) -> bool:
        """The person holds a receipt."""
        return bool(self.receipts)

    def expected(self) -> dict[str, tuple[str, ...]]:
        return {line.question: line.values for line in self.lines if line.question}


class Person:
    """One phone. `patience` is how long nothing may come back while everything runs: seconds."""

    def __init__(self, stage: Stage, chance: random.Random, *, patience: float = 60.0, photos: float = 0.0) -> None:
        self.stage = stage
        self.chance = chance
        self.patience = patience
        self.photos = photos
        self.told: list[Telling] = []
        self.number = 0
        self.chat = 0
        self._version = 0
        self._messages: list[dict[str, Any]] = []

    async def appear(self) -> None:
        made = await self.stage.control("/phones", name="persona", language="es", shown=False)
        self.number, self.chat = made["phone"], made["chat"]

    async def say(self, text: str) -> int:
        return int((await self.stage.control(f"/phones/{self.number}/say", text=text))["message"])

    async def act(self, verb: str, **body: Any) -> Any:
        return await self.stage.control(f"/phones/{self.number}/{verb}", **body)

    async def look(self) -> list[dict[str, Any]]:
        screen = await self.stage.look(f"/phones/{self.number}/screen")
        self._version, self._messages = screen["version"], screen["messages"]
        return self._messages

    def since(self, message: int) -> list[str]:
        """What the bot said after that message, as of the last look."""
        newer = [one for one in self._messages if one["from"] == "bot" and one["id"] > message]
        return [plain(one.get("text") or "") for one in newer]

    async def sees(self, words: str | re.Pattern[str], *, after: int = 0, patience: float | None = None) -> str:
        """Wait until the bot says something with these words after that message; "" when it does not."""
        end = time.monotonic() + (self.patience if patience is None else patience)
        await self.look()
        while True:
            for text in self.since(after):
                if re.search(words if isinstance(words, re.Pattern) else re.escape(words), text):
                    return text
            left = end - time.monotonic()
            if left <= 0:
                return ""
            body = {"version": self._version, "timeout": min(left, 5)}
            screen = await self.stage.control(f"/phones/{self.number}/wait", **body)
            self._version, self._messages = screen["version"], screen["messages"]

    async def ask(self, text: str, then: str | re.Pattern[str]) -> str:
        """Say something and insist on an answer."""
        answer = await self.sees(then, after=await self.say(text))
        assert answer, f"nothing like {then!r} came back; the screen ends with {self.since(0)[-2:]}"
        return answer

    async def tell(self) -> bool:
        """One whole report; False when an answer was never acknowledged. All else is left to the comparison."""
        mark = word()
        telling = Telling(mark, script(mark, self.chance))
        for number, line in enumerate(telling.lines):
            said = await self.say(line.text)
            seen = await self.sees(line.then, after=said)
            if number == 0:
                await self.look_back()
                self.told.append(telling)
            if not seen:
                telling.unanswered = line.text
                return False
            telling.acknowledged += 1
            if line.question == "needs" and self.chance.random() < self.photos:
                await self._show(telling, line)
        return await self._send(telling)

    async def _show(self, telling: Telling, line: Line) -> None:
        """A picture in mid-flow; the question that was open is asked again after it."""
        telling.photo = photo()
        sent = await self.act("send", kind="photo", content=base64.b64encode(telling.photo).decode())
        await self.sees(line.then, after=sent["message"])

    async def _send(self, telling: Telling) -> bool:
        """Say "send" until there is a receipt: a bot that has not met the desk yet says "not yet", and loses nothing."""
        end = time.monotonic() + self.patience
        while True:
            said = await self.say("1")
            first = await self.sees(re.compile(f"{RECEIPT.pattern}|{re.escape(NOT_YET)}"), after=said)
            if NOT_YET not in first or time.monotonic() > end:
                break
            await asyncio.sleep(0.5)
        if not RECEIPT.search(first) or not await self.sees(SAVED, after=said):
            telling.unanswered = "send"
            return False
        telling.sent = said
        telling.receipts |= {found for text in self.since(said) for found in RECEIPT.findall(text)}
        return True

    async def look_back(self) -> None:
        """Note what was shown since the newest report was sent, also what came late or twice.

        What a killed bot had said of the report before it may be repeated until the new one has its first answer.

        Done once the next one is begun, and at the very end: a screen does not reach back for ever.
        """
        if not self.told:
            return
        telling = self.told[-1]
        await self.look()
        texts = self.since(telling.sent) if telling.sent else []
        telling.receipts |= {found for text in texts for found in RECEIPT.findall(text)}
        if telling.photo and not telling.files:
            telling.files = _files(texts)


def _files(texts: Iterable[str]) -> tuple[int, int] | None:
    """How many files the person was told are stored, of how many."""
    for stored in (0, 1):
        words = plain(CATALOG.text("bot.files_stored", 1, stored=stored))
        if any(words in text for text in texts):
            return stored, 1
    return None


async def gather_people(stage: Stage, count: int, *, seed: int, patience: float, photos: float = 0.0) -> list[Person]:
    people = [
        Person(stage, random.Random(seed * 1000 + number), patience=patience, photos=photos) for number in range(count)
    ]
    await asyncio.gather(*(person.appear() for person in people))
    return people
