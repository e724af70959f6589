# SPDX-License-Identifier: Apache-2.0
"""How many people, never more exact than it was told (domain.md section 5).

"Many" stays a word and counts as one or more; "about N" keeps N and says so; nothing is averaged.
"""

import re
from collections.abc import Sequence

from intake.draft import ToldCount
from intake.matching import fold
from intake.tokens import parts, tokens, words_of
from intake.vocabulary import NOT_PEOPLE, Language

LARGEST = 100_000
"""A caravan has some thousands. A larger number is a phone number or a price, so it stays a word."""

_DASH = re.compile(r"\d\s*[-\u2013\u2014]\s*\d")
_MONEY = re.compile(r"[$\u00a2-\u00a5\u20a0-\u20bf]\s?[\d.,]+|[\d.,]+\s?[$\u00a2-\u00a5\u20a0-\u20bf]")
_THOUSANDS = re.compile(r"(?<=\d)[,.](?=\d{3}(?!\d))")
_EXACT = 100
"""Nobody tells a range of hundreds to the last person."""
_YEARS = range(1990, 2040)
"""Among words that are not understood these are more likely a year."""
_NEAR = 2
_WORDS_AROUND = 2

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
    said = words_of(fold(_THOUSANDS.sub("", _MONEY.sub(" ", words))))
    for language in languages:
        found = tokens(said, language.counts)
        if found and (count := _read(found, words, least)) is not None:
            return count
    return _at_least(said, words, least, languages[0]) if languages else None


def _at_least(said: Sequence[str], words: str, least: int, language: Language) -> ToldCount | None:
    """Numbers among words that are not wholly understood ("4 adults and 3 little ones"): at least the largest."""
    if sum(word.isalpha() for word in said) < _WORDS_AROUND:
        return None
    found = list(parts(said, language.among))
    numbers = [number for at, (kind, number) in enumerate(found) if kind == "number" and _of_people(found, at)]
    known = [number for number in numbers if least <= number <= LARGEST and number not in _YEARS]
    return ToldCount(max(known), None, approximate=False, as_reported=words) if known else None


def _of_people(found: Sequence[tuple[str, int]], at: int) -> bool:
    """A number beside another is a telephone's, and one near "years", "dollars" or "not" is none of people."""
    beside = [kind for kind, _ in (*found[max(at - 1, 0) : at], *found[at + 1 : at + 2])]
    near = [kind for kind, _ in (*found[max(at - _NEAR, 0) : at], *found[at + 1 : at + 1 + _NEAR])]
    return "number" not in beside and NOT_PEOPLE not in near


def _read(found: list[tuple[str, int]], words: str, least: int) -> ToldCount | None:
    kinds = {kind for kind, _ in found}
    numbers = [number for kind, number in found if kind == "number"]
    if not numbers or len(numbers) > 2 or not all(least <= number <= LARGEST for number in numbers):
        return None
    if NOT_PEOPLE in kinds:
        return None
    low, high = min(numbers), max(numbers)
    if len(numbers) == 1 and "at_most" in kinds:
        return ToldCount(least, high, approximate=False, as_reported=words)
    if len(numbers) == 1:
        open_end = "+" in words or "at_least" in kinds
        return ToldCount(low, None if open_end else low, approximate="about" in kinds, as_reported=words)
    dashed = _DASH.search(words) and all(number < _EXACT or number % 10 == 0 for number in numbers)
    if not kinds & {"to", "at_most"} and not dashed:
        return None  # two numbers with nothing between them are no range, and 555-1234 is a telephone
    return ToldCount(low, high, approximate="about" in kinds, as_reported=words)
