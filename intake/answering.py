# SPDX-License-Identifier: Apache-2.0
"""What an event means as an answer to one question: the answer, ticks still to be completed, or nothing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from intake import counts, dates, matching, places
from intake.catalog import Catalog, Catalogs
from intake.draft import Answer
from intake.effects import Choice
from intake.matching import Match, fold
from intake.questions import Question
from intake.spans import BUTTONS

CLEAR_WORDS = 3
CLEAR_CHARACTERS = 20
"""Typed words that are no choice are kept beside the answers from this length on; a shorter "hm" is not."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """Several may be picked and the person has not said that this is all."""

    picked: tuple[str, ...]


Meaning = Answer | Ticked | None


def choices_of(question: Question, catalogs: Catalogs) -> tuple[Choice, ...]:
    """All choices of a question; languages are named in their own script."""
    if question.locales:
        shipped = (Choice(locale, text=about["name"]) for locale, about in catalogs.about.items())
        return (*shipped, *question.choices)
    return question.choices


def label_of(choice: Choice, catalog: Catalog) -> str:
    return choice.text if choice.text is not None else catalog.text(str(choice.label))


def worth_keeping(text: str) -> bool:
    return len(text) >= CLEAR_CHARACTERS or len(text.split()) >= CLEAR_WORDS


@dataclass(frozen=True, slots=True)
class Hearing:
    """A question listening to one person: in their language, on that day, with what they have ticked so far."""

    question: Question
    catalogs: Catalogs
    locale: str
    today: dt.date
    picked: tuple[str, ...] = ()

    def pressed(self, choice: str) -> Meaning:
        """A pressed button; None when it is none of this question."""
        options = choices_of(self.question, self.catalogs)
        shown = len(options) if self.question.locales else self.question.shown or len(options)
        found = next((option for option in options[:shown] if option.value == choice), None)
        if found is None:
            return None
        if self.question.multiple and choice not in self.question.alone:
            return Ticked(self._toggled(self.picked, choice))
        return self._chosen(found)

    def said(self, text: str) -> Meaning:
        """Typed words (already cleaned and not empty); None when they are no answer to this question."""
        if self.question.type in {"text", "files"}:
            refused = self.question.type == "files" and self.catalogs.vocabulary.yes_no.get(fold(text)) == "no"
            return Answer() if refused else Answer(words=text)
        options = choices_of(self.question, self.catalogs)
        found = self._match(options, text) if len(text) <= matching.LONGEST else None
        return self._worded(text) if found is None else self._matched(options, found, text)

    def _match(self, options: tuple[Choice, ...], text: str) -> Match | None:
        vocabulary, catalog = self.catalogs.vocabulary, self.catalogs.get(self.locale)
        folded = fold(text)
        labels = [vocabulary.fold_label(label_of(option, catalog)) for option in options]
        shown = len(options) if self.question.locales else self.question.shown or len(options)
        numbered = 0 if self.question.type == "count" else shown
        numerals: Mapping[str, int] = vocabulary.languages(self.locale)[0].numerals if numbered else {}
        several = self.question.multiple
        found = matching.match(
            folded, labels, several=several, numbered=numbered, spelled=numerals, whole=vocabulary.yes_no
        )
        said = vocabulary.yes_no.get(folded)
        if found is None and said is not None:
            found = next((Match((at,), by_number=False) for at, o in enumerate(options) if o.value == said), None)
        return found

    def _matched(self, options: tuple[Choice, ...], found: Match, text: str) -> Meaning:
        first = options[found.positions[0]]
        if not self.question.multiple:
            return self._chosen(first, "" if found.by_number else text)
        if not found.by_number and first.value in self.question.alone:
            return Answer((first.value,))  # "none of these": nothing more can follow
        if not found.by_number:  # a tapped label: more may follow
            return Ticked(self._toggled(self.picked, first.value))
        everything = self.picked
        for position in found.positions:
            if (value := options[position].value) not in everything:
                everything = self._toggled(everything, value)
        return Answer(everything)

    def _toggled(self, picked: tuple[str, ...], choice: str) -> tuple[str, ...]:
        """Ticks after one more tap: a second tap unticks, and a choice such as "none" stands alone."""
        if choice in picked:
            return tuple(value for value in picked if value != choice)
        if choice in self.question.alone:
            return (choice,)
        return (*(value for value in picked if value not in self.question.alone), choice)

    def _chosen(self, choice: Choice, typed: str = "") -> Answer:
        """`typed` is what they wrote; a pressed button is reported as its label."""
        value, words = choice.value, typed or label_of(choice, self.catalogs.get(self.locale))
        if self.question.type == "date":
            asked_further = value not in BUTTONS
            date = dates.unknown(words, self.today) if asked_further else dates.from_button(value, words, self.today)
            return Answer((value,), date=date)
        if self.question.type == "count":
            return Answer((value,), count=counts.from_button(value, words, self.question.least))
        return Answer((value,))

    def _worded(self, text: str) -> Meaning:
        languages = self.catalogs.vocabulary.languages(self.locale)
        if self.question.type == "date":
            date = dates.from_words(text, self.today, languages)
            return None if date.precision == "unknown" and not _says_something(text) else Answer(date=date)
        if self.question.type == "count":
            count = counts.from_words(text, self.question.least, languages)
            if count is None and not any(c.isdecimal() for c in text) and _says_something(text):
                count = counts.unknown(text, self.question.least)  # "many" stays a word
            return Answer(count=count) if count else None
        if not self.question.free_text or not _says_something(text):
            return None
        place = places.named(text, self.question, self.catalogs)
        if place is not None:
            return Answer((place,), words="" if fold(text) in self.catalogs.place_names else text)
        named = _named(self.question.aliases, text)
        if not self.question.multiple:
            return Answer(named[:1], words=text)
        return Answer(tuple(dict.fromkeys((*self.picked, *named))), words=text)


def _named(aliases: Mapping[str, str], text: str) -> tuple[str, ...]:
    """Which of these names stand in a text, the longest first: "Texas National Guard" is not the one of Mexico."""
    left, found = f" {fold(text)} ", list[str]()
    for alias, value in aliases.items():
        if f" {alias} " in left:
            found.append(value)
            left = left.replace(f" {alias} ", "  ")
    return tuple(dict.fromkeys(found))


def _says_something(text: str) -> bool:
    """At least one letter: a lone number or sign is a mistyped choice."""
    return any(c.isalpha() for c in text)
