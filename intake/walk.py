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
    """The steps in order, and the shorter path that cut them down, if any. `quiet` steps have a default: not asked."""

    steps: tuple[str, ...]
    path: Path | None
    quiet: frozenset[str] = frozenset()

    def next(self, answers: Mapping[str, Answer]) -> str:
        """The first step without an answer, or REVIEW."""
        return next((step for step in self.steps if step not in answers and step not in self.quiet), REVIEW)

    def before(self, step: str) -> str | None:
        """The step before this one; None at the beginning. From REVIEW it is the last one."""
        if step == REVIEW:
            return next(step for step in reversed(self.steps) if step not in self.quiet)
        at = self.steps.index(step)
        return next((step for step in reversed(self.steps[:at]) if step not in self.quiet), None)


def walk(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], *, full: bool = False, detailed: bool = False
) -> Walk:
    """`full` leaves out the shorter paths that the person chose to go beyond (Path.open_end).

    `detailed` asks the questions marked `more` as well.
    """
    steps: list[str] = []
    quiet: set[str] = set()
    live: Live = {}
    path: Path | None = None
    for block in questionnaire.blocks:
        turn, times = 0, 1
        while turn < times:
            turn += 1
            for question in block if turn > 1 else ():
                live.pop(question.name, None)
            for question in block:
                step = question.name if turn == 1 else f"{question.name}.{turn}"
                wanted = detailed or not question.more or bool(question.default) or step in answers
                if not _asked(question, live, path, wanted=wanted):
                    continue
                _place(question, step, steps, quiet, detailed=detailed)
                values = _values(answers.get(step))
                if not values:
                    continue
                live[question.name] = values
                if question.name in questionnaire.triggers:
                    path = _path(questionnaire, live, path, full=full)
                if question.repeats and "yes" in values:
                    times = min(turn + 1, question.repeats)
    return Walk(tuple(steps), path, frozenset(quiet))


def _place(question: Question, step: str, steps: list[str], quiet: set[str], *, detailed: bool) -> None:
    if not question.hidden:
        steps.append(step)
    if question.default and not detailed:
        quiet.add(step)


def _values(answer: Answer | None) -> tuple[str, ...]:
    """What an answer says to `relevant`; empty when it was skipped or not given."""
    if answer is None or answer.skipped:
        return ()
    return (*answer.values, TYPED) if answer.words else answer.values or _TYPED


def walk_of(questionnaire: Questionnaire, draft: Draft) -> Walk:
    return walk(questionnaire, draft.answers, full=draft.full, detailed=draft.detailed)


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


def _asked(question: Question, live: Live, path: Path | None, *, wanted: bool) -> bool:
    if not wanted if path is None else question.name not in path.asks:
        return False
    if question.unless and _holds(question.unless, live):
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
