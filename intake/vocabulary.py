# SPDX-License-Identifier: Apache-2.0
"""The words people type, gathered from the catalogs of all shipped languages.

Standing words ("back", "/borrar") and yes and no work in every language at any time; number and date words are read
in the reporter's own language first, then in the others. The lists are catalog entries `word.*`, comma separated.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake.effects import DONE
from intake.matching import fold
from intake.tokens import Phrases, words_of

Texts = Callable[[str, str], str]
"""(locale, key) -> raw catalog text, "" when the locale has none."""

CODES = "codes"
"""The standing word that shows the codes of a session again."""

COMMANDS = ("start", DONE, "back", "skip", "send", "delete", "help", CODES)
DATE_WORDS = (
    "today",
    "yesterday",
    "before_yesterday",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_year",
    "last_year",
    "early",
    "mid",
    "late",
    "since",
    "to",
    "or",
    "about",
    "ago",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "last",
    "at",
    "filler",
)
NUMBERED = {
    "hours_counted": ("hours_counted", 1),
    "days_counted": ("days_counted", 1),
    "weeks_counted": ("weeks_counted", 1),
    "months_counted": ("months_counted", 1),
    "years_counted": ("years_counted", 1),
    "weekdays_this_week": ("this_week_on", 0),
    "weekdays_last_week": ("last_week_on", 0),
    "weekdays_named": ("weekday", 0),
    "weekdays_short": ("weekday", 0),
    "months_named": ("month", 1),
    "months_short": ("month", 1),
}
"""Lists of date words in order: the kind of their tokens, and the number of the first."""
DASH = "dash"
"""The word put for a dash between two days, which is no letter: "3-6 March"."""
CLOCK = "clock"
"""The word put for hours and minutes."""
WEEKDAYS_OF = {"this_week_on": "this_week", "last_week_on": "last_week"}

FLAGS = ("self_harm", "distress")
"""Words that a person should see (word.<flag>): the worse first."""

NOT_PEOPLE = "not_people"
_OF_DATES = frozenset({"month", "weekday", *WEEKDAYS_OF})
COUNT_WORDS = ("at_least", "at_most", "about", "to", NOT_PEOPLE, "filler")


@dataclass(frozen=True, slots=True)
class Language:
    """One language's number, date and count words."""

    numerals: Mapping[str, int]
    """As they are typed, with single spaces: "dix sept"."""
    dates: Phrases
    counts: Phrases
    among: Phrases
    """Numbers, and what makes a number beside it none of people, in words that are not wholly understood."""


class Vocabulary:
    """Built once from all catalogs; `fold_label` remembers the folded form of catalog texts, which are few."""

    def __init__(self, locales: Sequence[str], texts: Texts) -> None:
        self._folded: dict[str, str] = {}
        self.commands = {
            word: command
            for command in COMMANDS
            for locale in locales
            for word in _listed(texts(locale, f"word.{command}")) + _listed(texts(locale, f"button.{command}"))
        }
        self.yes_no = {
            word: value
            for value in ("yes", "no")
            for locale in locales
            for word in _listed(texts(locale, f"word.{value}"))
        }
        self.distress = {
            flag: tuple(dict.fromkeys(word for locale in locales for word in _listed(texts(locale, f"word.{flag}"))))
            for flag in FLAGS
        }
        self._languages = {locale: _language(locale, texts) for locale in locales}
        self._order = {
            locale: (language, *(other for name, other in self._languages.items() if name != locale))
            for locale, language in self._languages.items()
        }

    def languages(self, locale: str) -> tuple[Language, ...]:
        """The reporter's language first, then the others."""
        return self._order[locale]

    def command(self, folded: str) -> str | None:
        """The standing word, "start" or "done" that the whole text is, in any language, with or without a slash."""
        return self.commands.get(folded)

    def fold_label(self, text: str) -> str:
        folded = self._folded.get(text)
        if folded is None:
            folded = self._folded[text] = fold(text)
        return folded


def _listed(text: str) -> list[str]:
    return [folded for word in text.split(",") if (folded := fold(word))]


def _forms(text: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """Things in order, each in its several forms: "um|uma, dois|duas"."""
    for number, forms in enumerate(text.split(",") if text else (), start=first):
        yield number, [folded for form in forms.split("|") if (folded := fold(form))]


def _language(locale: str, texts: Texts) -> Language:
    numerals = {form: n for n, forms in _forms(texts(locale, "word.numbers"), 1) for form in forms}
    spelled = {tuple(words_of(form)): ("number", n) for form, n in numerals.items()}
    dates = {(DASH,): ("to", 0), (CLOCK,): (CLOCK, 0)} | spelled | _phrases(locale, texts, "word.date", DATE_WORDS)
    dates |= dict.fromkeys(_both(locale, texts), ("ago_since", 0))
    for name, (kind, first) in NUMBERED.items():
        dates |= _numbered(texts(locale, f"word.date.{name}"), kind, first)
    counts = spelled | _phrases(locale, texts, "word.count", COUNT_WORDS)
    counts |= _numbered(texts(locale, "word.count.people_counted"), "number", 1)
    among = {words: (NOT_PEOPLE, 0) for words, (kind, _) in dates.items() if kind in _OF_DATES}
    among |= spelled | {
        words: (NOT_PEOPLE, 0) for words, (kind, _) in counts.items() if kind in {NOT_PEOPLE, "at_most"}
    }
    return Language(numerals, dates, counts, among)


def _both(locale: str, texts: Texts) -> set[tuple[str, ...]]:
    """Words that are "ago" before a number and "since" before a moment stand in both lists."""
    return {
        tuple(words_of(phrase))
        for phrase in set(_listed(texts(locale, "word.date.ago"))) & set(_listed(texts(locale, "word.date.since")))
    }


def _phrases(locale: str, texts: Texts, prefix: str, kinds: Sequence[str]) -> dict[tuple[str, ...], tuple[str, int]]:
    return {
        tuple(words_of(phrase)): (kind, 0) for kind in kinds for phrase in _listed(texts(locale, f"{prefix}.{kind}"))
    }


def _numbered(text: str, kind: str, first: int) -> dict[tuple[str, ...], tuple[str, int]]:
    return {tuple(words_of(form)): (kind, n) for n, forms in _forms(text, first) for form in forms}
