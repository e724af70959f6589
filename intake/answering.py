# SPDX-License-Identifier: Apache-2.0
"""What an event means as an answer to one question: the answer, ticks still to be completed, or nothing."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from intake import counts, dates, matching
from intake.catalog import Catalog, Catalogs
from intake.draft import Answer
from intake.effects import Choice
from intake.matching import Match, fold
from intake.questions import Question

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
        return tuple(Choice(locale, text=about["name"]) for locale, about in catalogs.about.items())
    return question.choices


def label_of(choice: Choice, catalog: Catalog) -> str:
    return choice.text if choice.text is not None else catalog.text(str(choice.label))


def from_press(
    question: Question, choice: str, picked: tuple[str, ...], catalogs: Catalogs, locale: str, today: datetime.date
) -> Meaning:
    """A pressed button; None when it is none of this question."""
    options = choices_of(question, catalogs)
    shown = question.shown or len(options)
    found = next((option for option in options[:shown] if option.value == choice), None)
    if found is None:
        return None
    if question.multiple:
        return Ticked(toggled(question, picked, choice))
    return _chosen(question, found, catalogs.get(locale), today)


def from_text(
    question: Question, text: str, picked: tuple[str, ...], catalogs: Catalogs, locale: str, today: datetime.date
) -> Meaning:
    """Typed words (already cleaned and not empty); None when they are no answer to this question."""
    if question.type == "text":
        return Answer(words=text)
    options = choices_of(question, catalogs)
    found = _match(question, options, text, catalogs, locale) if len(text) <= matching.LONGEST else None
    if found is not None:
        return _matched(question, options, found, picked, catalogs.get(locale), today)
    return _worded(question, text, picked, catalogs, locale, today)


def toggled(question: Question, picked: tuple[str, ...], choice: str) -> tuple[str, ...]:
    """Ticks after one more tap: a second tap unticks, and a choice such as "none" stands alone."""
    if choice in picked:
        return tuple(value for value in picked if value != choice)
    if choice in question.alone:
        return (choice,)
    return (*(value for value in picked if value not in question.alone), choice)


def worth_keeping(text: str) -> bool:
    return len(text) >= CLEAR_CHARACTERS or len(text.split()) >= CLEAR_WORDS


def _match(
    question: Question, options: tuple[Choice, ...], text: str, catalogs: Catalogs, locale: str
) -> Match | None:
    vocabulary, catalog = catalogs.vocabulary, catalogs.get(locale)
    folded = fold(text)
    labels = [vocabulary.fold_label(label_of(option, catalog)) for option in options]
    numbered = 0 if question.type == "count" else question.shown or len(options)
    numerals: Mapping[str, int] = vocabulary.languages(locale)[0].numerals if numbered else {}
    found = matching.match(folded, labels, several=question.multiple, numbered=numbered, spelled=numerals)
    said = vocabulary.yes_no.get(folded)
    if found is None and said is not None:
        found = next((Match((at,), by_number=False) for at, o in enumerate(options) if o.value == said), None)
    return found


def _matched(
    question: Question,
    options: tuple[Choice, ...],
    found: Match,
    picked: tuple[str, ...],
    catalog: Catalog,
    today: datetime.date,
) -> Meaning:
    if not question.multiple:
        return _chosen(question, options[found.positions[0]], catalog, today)
    if not found.by_number:  # a tapped label: more may follow
        return Ticked(toggled(question, picked, options[found.positions[0]].value))
    everything = picked
    for position in found.positions:
        if (value := options[position].value) not in everything:
            everything = toggled(question, everything, value)
    return Answer(everything)


def _chosen(question: Question, choice: Choice, catalog: Catalog, today: datetime.date) -> Answer:
    if question.type == "date":
        label = label_of(choice, catalog)
        asked_further = choice.value not in dates.BUTTONS
        date = dates.unknown(label, today) if asked_further else dates.from_button(choice.value, label, today)
        return Answer((choice.value,), date=date)
    if question.type == "count":
        return Answer((choice.value,), count=counts.from_button(choice.value, label_of(choice, catalog), question.least))
    return Answer((choice.value,))


def _worded(
    question: Question, text: str, picked: tuple[str, ...], catalogs: Catalogs, locale: str, today: datetime.date
) -> Meaning:
    languages = catalogs.vocabulary.languages(locale)
    if question.type == "date":
        date = dates.from_words(text, today, languages)
        return None if date.precision == "unknown" and not _says_something(text) else Answer(date=date)
    if question.type == "count":
        count = counts.from_words(text, question.least, languages)
        if count is None and not any(c.isdecimal() for c in text) and _says_something(text):
            count = counts.unknown(text, question.least)  # "many" stays a word
        return Answer(count=count) if count else None
    if question.free_text and _says_something(text):
        return Answer(values=picked, words=text)
    return None


def _says_something(text: str) -> bool:
    """At least one letter: a lone number or sign is a mistyped choice."""
    return any(c.isalpha() for c in text)
