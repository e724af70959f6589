# SPDX-License-Identifier: Apache-2.0
"""Answers of a draft with their questions, and the few ways to look among them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from intake.draft import Answer, ToldDate
from intake.questions import Question, Questionnaire
from intake.shape import When


class Told(NamedTuple):
    question: Question
    round: int
    answer: Answer


def told_at(questionnaire: Questionnaire, step: str, answer: Answer) -> Told:
    name, _, turn = step.partition(".")
    return Told(questionnaire.questions[name], int(turn or 1), answer)


def answers_into(told: Iterable[Told], into: str) -> list[Answer]:
    return [one.answer for one in told if one.question.into == into and not one.answer.skipped]


def values_into(told: Iterable[Told], into: str) -> list[str]:
    return [value for answer in answers_into(told, into) for value in answer.values]


def first(values: Sequence[str]) -> str | None:
    return values[0] if values else None


def joined(answers: Iterable[Answer]) -> str:
    return "; ".join(answer.words for answer in answers if answer.words)


def facts_set(told: Iterable[Told]) -> dict[str, Any]:
    """Facts the answers set, in the order of the questions: a later, narrower answer replaces an earlier one."""
    facts_told: dict[str, Any] = {}
    needs: list[str] = []
    for one in told:
        for value in one.answer.values:
            given = dict(one.question.sets.get(value, {}))
            needs += given.pop("vulnerabilities", [])
            facts_told |= given
    return {**facts_told, "vulnerabilities": needs} if needs else facts_told


def when_of(answers: Sequence[Answer]) -> When | None:
    """The most exact of several date answers: "earlier" is followed by a question that may know more."""
    dates = [answer.date for answer in answers if answer.date is not None]
    known = [date for date in dates if date.precision != "unknown"]
    return _day(known[-1] if known else dates[-1]) if dates else None


def _day(date: ToldDate) -> When:
    return When(**{name: getattr(date, name) for name in When.model_fields})
