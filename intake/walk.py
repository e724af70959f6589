# SPDX-License-Identifier: Apache-2.0
"""Which questions a draft has before it, from its answers alone, so that back, change and edit cannot lead astray.

A step is a question's name, or `name.2` for the second round of a repeated section. The walk goes through the
questions in their order and looks only at answers that are themselves on it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from intake.draft import Answer, Draft
from intake.questions import SKIPPED, TYPED, Clauses, Path, Question, Questionnaire

REVIEW = "review"

_NONE, _TYPED = (SKIPPED,), (TYPED,)
Live = dict[str, tuple[str, ...]]


class Walk(NamedTuple):
    """The steps in order, and the shorter path that cut them down, if any."""

    steps: tuple[str, ...]
    path: Path | None

    def next(self, answers: Mapping[str, Answer]) -> str:
        """The first step without an answer, or REVIEW."""
        return next((step for step in self.steps if step not in answers), REVIEW)

    def before(self, step: str) -> str | None:
        """The step before this one; None at the beginning. From REVIEW it is the last one."""
        if step == REVIEW:
            return self.steps[-1]
        at = self.steps.index(step)
        return self.steps[at - 1] if at else None


def walk(questionnaire: Questionnaire, answers: Mapping[str, Answer], *, full: bool = False) -> Walk:
    """`full` leaves out the shorter paths that the person chose to go beyond (Path.open_end)."""
    steps: list[str] = []
    live: Live = {}
    path: Path | None = None
    for block in questionnaire.blocks:
        times = 1
        for turn in range(1, 10):  # a press has room for one digit
            if turn > times:
                break
            for question in block if turn > 1 else ():
                live.pop(question.name, None)
            for question in block:
                if not _asked(question, live, path):
                    continue
                step = question.name if turn == 1 else f"{question.name}.{turn}"
                steps.append(step)
                answer = answers.get(step)
                if answer is None or answer.skipped:
                    continue
                live[question.name] = values = answer.values or _TYPED
                if question.name in questionnaire.triggers:
                    path = _path(questionnaire, live, path, full=full)
                if question.repeats and values == ("yes",):
                    times = min(turn + 1, question.repeats)
    return Walk(tuple(steps), path)


def walk_of(questionnaire: Questionnaire, draft: Draft) -> Walk:
    return walk(questionnaire, draft.answers, full=draft.full)


def sendable(questionnaire: Questionnaire, draft: Draft, way: Walk) -> bool:
    """Whether something was told that somebody can act on."""
    told = (step for step in way.steps if questionnaire.question(step).enough)
    return any(step in draft.answers and not draft.answers[step].skipped for step in told)


def progress(questionnaire: Questionnaire, step: str, way: Walk) -> tuple[int, int] | None:
    """(question, of about), counted by stages, so that a follow-up question does not make the end move away.

    A shorter path has none: it is short, and a number would jump.
    """
    stage = questionnaire.question(step).stage
    return (stage, questionnaire.stages) if stage and way.path is None and "." not in step else None


def _asked(question: Question, live: Live, path: Path | None) -> bool:
    if path is not None and question.name not in path.asks:
        return False
    return not question.relevant or _holds(question.relevant, live)


def _holds(clauses: Clauses, live: Live) -> bool:
    for table in clauses:
        for name, accepted in table:
            if accepted.isdisjoint(live.get(name, _NONE)):
                break
        else:
            return True
    return False


def _path(questionnaire: Questionnaire, live: Live, current: Path | None, *, full: bool) -> Path | None:
    """The first shorter path that holds. One that was entered in an earlier round is never left for a later one."""
    for path in questionnaire.paths:
        if path is current:
            return path
        if not (full and path.open_end) and _holds(path.when, live):
            return path
    return current
