# SPDX-License-Identifier: Apache-2.0
"""From the effects of one step to one message: its text and its keyboard.

Plain text only, never a parse mode: a person's words stand in it. Every choice is listed with its number, so that
the text alone can be answered. A line in a right-to-left language that begins with something else gets a mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot import keyboards
from bot.keyboards import Markup
from intake.catalog import FSI, PDI, Catalog
from intake.effects import Ask, Effect, Review, Say, Toast
from intake.words import units

LONGEST: Final = 4096  # Bot API, sendMessage.text, counted in UTF-16 units
_LONGEST_TOAST: Final = 200  # Bot API, answerCallbackQuery.text
_RLM: Final = "\u200f"
_SLASHED: Final = re.compile(r"(?<!\S)/[a-z0-9_]+")
"""A command as it is typed: in a right-to-left line its slash would jump to the other end."""

WITH_RESOURCES: Final = frozenset({"bot.help", "bot.danger", "bot.consent_no", "bot.self_harm"})
"""After these words the help contacts stand; where there are none this is said, but not to who speaks of ending it."""


@dataclass(frozen=True, slots=True)
class Screen:
    """`markup` None leaves the keyboard that is there."""

    text: str
    markup: Markup | None

    def body(self, *, protect: bool = True) -> dict[str, Any]:
        return {"text": self.text, "markup": self.markup, "protect": protect}


def draw(
    effects: Iterable[Effect],
    catalog: Catalog,
    organisation: str,
    resources: Callable[[], Sequence[str]] | None = None,
) -> Screen | None:
    """The message for these effects, or None when none of them says anything. `resources` gives the help contacts."""
    parts: list[str] = []
    markup: Markup | None = None
    helped = 0  # where the help contacts stand
    for effect in effects:
        if isinstance(effect, Say):
            parts.append(fill(catalog, effect.key, effect.values, organisation, n=effect.n))
            if effect.key in WITH_RESOURCES:
                helped = len(parts)
                quiet = effect.key == "bot.self_harm"
        elif isinstance(effect, Ask):
            parts += _question(effect, catalog, organisation)
            markup = keyboards.reply_keyboard(effect, catalog)
        elif isinstance(effect, Review):
            parts += _review(effect, catalog, organisation)
            markup = keyboards.reply_keyboard(effect, catalog)
    if not parts:
        return None
    if helped and resources is not None:
        found = _fitting(parts, helped, resources(), catalog)
        parts[helped:helped] = found or ([] if quiet else [catalog.text("bot.no_resources")])
    return Screen(fit(_directed("\n\n".join(parts), catalog)), markup)


def _fitting(parts: Sequence[str], at: int, entries: Sequence[str], catalog: Catalog) -> list[str]:
    """The entries, each whole or not at all, that leave room for the rest of the message."""
    kept: list[str] = []
    for entry in entries:
        more = [*kept, entry] if kept else [catalog.text("bot.resources"), entry]
        if units(_directed("\n\n".join([*parts[:at], *more, *parts[at:]]), catalog)) <= LONGEST:
            kept = more
    return kept


def say(catalog: Catalog, key: str, organisation: str, *, markup: Markup | None = None, **values: str | int) -> Screen:
    """One text of ours, outside the flow."""
    return Screen(fit(_directed(fill(catalog, key, values, organisation), catalog)), markup)


def toast(effects: Iterable[Effect], catalog: Catalog, organisation: str) -> str | None:
    key = next((effect.key for effect in effects if isinstance(effect, Toast)), None)
    return None if key is None else fill(catalog, key, {}, organisation)[:_LONGEST_TOAST]


def fill(catalog: Catalog, key: str, values: Mapping[str, str | int], organisation: str, n: int | None = None) -> str:
    return catalog.text(key, n, **{"organisation": organisation, **values})


def _question(ask: Ask, catalog: Catalog, organisation: str) -> list[str]:
    parts = []
    if ask.progress is not None:
        question, about = ask.progress
        parts.append(fill(catalog, "bot.progress", {"question": question, "about": about}, organisation))
    parts.append(fill(catalog, ask.key, ask.values, organisation))
    if ask.hint is not None:
        parts.append(fill(catalog, ask.hint, ask.values, organisation))
    if ask.choices:
        parts.append("\n".join(keyboards.labels(ask, catalog)))
    return parts


def _review(review: Review, catalog: Catalog, organisation: str) -> list[str]:
    lines = [f"{fill(catalog, line.label_key, {}, organisation)}: {FSI}{line.value}{PDI}" for line in review.lines]
    choices = "\n".join(keyboards.labels(review, catalog))
    return [fill(catalog, review.key, {}, organisation), "\n".join(lines), choices]


def _directed(text: str, catalog: Catalog) -> str:
    if catalog.direction != "rtl":
        return text
    text = _SLASHED.sub(f"{FSI}\\g<0>{PDI}", text)
    return "\n".join(line if _begins_rtl(line) else _RLM + line for line in text.split("\n"))


def _begins_rtl(line: str) -> bool:
    """Whether the first strong letter outside an isolate already turns the line, or there is nothing to turn."""
    strong = (kind for kind in map(unicodedata.bidirectional, line) if kind in {"L", "R", "AL"})
    return not line or next(strong, "R") in {"R", "AL"}


def fit(text: str) -> str:
    """At most 4,096 UTF-16 units, cut where no character is taken apart."""
    if units(text) <= LONGEST:
        return text
    cut = text.encode("utf-16-le")[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore")
    while cut and (unicodedata.combining(cut[-1]) or cut[-1] == "\u200d"):
        cut = cut[:-1]
    return cut.rstrip() + "…"


def pages(text: str) -> list[str]:
    """A text of any length as messages, broken between lines or words where there are any."""
    found: list[str] = []
    while units(text) > LONGEST:
        head = text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore")
        at = max(head.rfind("\n"), head.rfind(" "))
        head = head[:at] if at > len(head) // 2 else head
        found.append(head)
        text = text[len(head) :].lstrip()
    return [*found, text] if text else found
