# SPDX-License-Identifier: Apache-2.0
"""Checks a questionnaire against the texts of every language: nothing missing, nothing too long, everything typable."""

from collections.abc import Iterator

from intake.answering import choices_of, label_of
from intake.catalog import Catalog, Catalogs
from intake.errors import QuestionnaireError
from intake.matching import fold
from intake.questions import Question, Questionnaire
from intake.words import units

LONGEST = 4_096
"""UTF-16 units of one Telegram message (Bot API, sendMessage)."""

ORGANISATION = "O" * 60
"""Stands for the organisation's name when a text is measured."""


def check_texts(questionnaire: Questionnaire, catalogs: Catalogs) -> None:
    """QuestionnaireError names the language, the question and what is wrong."""
    for locale in catalogs.locales:
        catalog = catalogs.get(locale)
        for question in questionnaire.questions.values():
            missing = [key for key in _keys(question) if not catalog.has(key)]
            if missing:
                raise QuestionnaireError(f"{locale}: there is no text {missing[0]}.")
            _check_choices(question, catalogs, catalog)
            if units(_screen(question, catalogs, catalog)) > LONGEST:
                raise QuestionnaireError(f"{locale}: {question.name} is longer than one message.")


def _keys(question: Question) -> Iterator[str]:
    yield question.label
    yield f"question.{question.name}.short"
    yield from (str(choice.label) for choice in question.choices)
    yield from question.says.values()


def _check_choices(question: Question, catalogs: Catalogs, catalog: Catalog) -> None:
    """Every choice has a label of its own, and none that is a standing word: neither could be typed otherwise."""
    labels = [fold(label_of(choice, catalog)) for choice in choices_of(question, catalogs)]
    if len(set(labels)) != len(labels) or not all(labels):
        raise QuestionnaireError(f"{catalog.locale}: two choices of {question.name} read alike.")
    for label in labels:
        if catalogs.vocabulary.command(label) is not None:
            raise QuestionnaireError(f"{catalog.locale}: a choice of {question.name} reads like a standing word.")


def _screen(question: Question, catalogs: Catalogs, catalog: Catalog) -> str:
    hint = f"question.{question.name}.hint"
    choices = choices_of(question, catalogs)
    drawn = [label_of(choice, catalog) for choice in choices[: question.shown or len(choices)]]
    said = [catalog.text(key) for key in question.says.values()]
    asked = catalog.text(question.label, organisation=ORGANISATION)
    return "\n".join([*said, asked, catalog.text(hint) if catalog.has(hint) else "", *(f"99 {d}" for d in drawn)])
