# SPDX-License-Identifier: Apache-2.0
"""How many people, never more exact than it was told (domain.md section 5).

"Many" stays a word and counts as one or more; "about N" keeps N and says so; nothing is averaged.
"""

import re
from collections.abc import Sequence

from intake.draft import ToldCount
from intake.matching import fold
from intake.vocabulary import Language, spaced, tokens

LARGEST = 100_000
"""A caravan has some thousands. A larger number is a phone number or a price, so it stays a word."""

_DASH = re.compile(r"\d\s*[-\u2013\u2014]\s*\d")

BUTTONS: dict[str, tuple[int, int | None]] = {
    "0": (0, 0),
    "1": (1, 1),
    "2": (2, 2),
    "3-5": (3, 5),
    "6-9": (6, 9),
    "10-49": (10, 49),
    "3+": (3, None),
    "50+": (50, None),
}


def unknown(words: str, least: int) -> ToldCount:
    return ToldCount(least, None, approximate=False, as_reported=words)


def from_button(value: str, words: str, least: int) -> ToldCount:
    """A count button; any other value ("unknown") is `least` or more."""
    low, high = BUTTONS.get(value, (least, None))
    return ToldCount(low, high, approximate=False, as_reported=words)


def from_words(words: str, least: int, languages: Sequence[Language]) -> ToldCount | None:
    """Typed words as a count. None when they hold no number that can be used: the caller keeps them as words."""
    folded = fold(words)
    for language in languages:
        found = tokens(folded, language.counts)
        if found and (count := _read(found, words, least)) is not None:
            return count
    return _at_least(folded, words, least)


def _at_least(folded: str, words: str, least: int) -> ToldCount | None:
    """Numbers among words that are not wholly understood ("4 adults and 3 little ones"): at least the largest."""
    numbers = [int(word) for word in spaced(folded).split() if word.isascii() and word.isdecimal() and len(word) <= 6]
    known = [number for number in numbers if least <= number <= LARGEST]
    told = sum(word.isalpha() for word in folded.split()) > 1
    if not told or not known or len(known) < len(numbers):
        return None
    return ToldCount(max(known), None, approximate=False, as_reported=words)


def _read(found: list[tuple[str, int]], words: str, least: int) -> ToldCount | None:
    kinds = {kind for kind, _ in found}
    numbers = [number for kind, number in found if kind == "number"]
    if not numbers or len(numbers) > 2 or not all(least <= number <= LARGEST for number in numbers):
        return None
    low, high = min(numbers), max(numbers)
    if len(numbers) == 1 and "at_most" in kinds:
        return ToldCount(least, high, approximate=False, as_reported=words)
    if len(numbers) == 1:
        open_end = "+" in words or "at_least" in kinds
        return ToldCount(low, None if open_end else low, approximate="about" in kinds, as_reported=words)
    if not kinds & {"to", "at_most"} and not _DASH.search(words):
        return None  # two numbers with nothing between them are no range
    return ToldCount(low, high, approximate="about" in kinds, as_reported=words)
