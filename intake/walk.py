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
    way = _Way(questionnaire, answers, full=full, detailed=detailed)
    for block in questionnaire.blocks:
        turn, times = 0, 1
        while turn < times:
            turn += 1
            times = way.round(block, turn)
    return Walk(tuple(way.steps), way.path, frozenset(way.quiet))


class _Way:
    """The walk while it is being made: every question is looked at at each step of the conversation, so it is quick."""

    __slots__ = ("answers", "detailed", "full", "live", "path", "questionnaire", "quiet", "steps")

    def __init__(
        self, questionnaire: Questionnaire, answers: Mapping[str, Answer], *, full: bool, detailed: bool
    ) -> None:
        self.questionnaire, self.answers = questionnaire, answers
        self.full, self.detailed = full, detailed
        self.steps: list[str] = []
        self.quiet: set[str] = set()
        self.live: Live = {}
        self.path: Path | None = None

    def round(self, block: tuple[Question, ...], turn: int) -> int:
        """Go through a section once more; gives how often it is asked in all."""
        live, times = self.live, 1
        for question in block if turn > 1 else ():
            live.pop(question.name, None)
        for question in block:
            name = question.name
            if self.path is not None and name not in self.path.asks:
                continue
            if question.relevant and not _holds(question.relevant, live):
                continue
            step = name if turn == 1 else f"{name}.{turn}"
            if self._wanted(question, step) and not (question.unless and _holds(question.unless, live)):
                times = max(times, self._answered(question, step, turn))
        return times

    def _wanted(self, question: Question, step: str) -> bool:
        """Questions marked `more` only when the person wants that, a path names them, or they were answered before."""
        asked = not question.more or self.detailed or self.path is not None
        return asked or bool(question.default) or step in self.answers

    def _answered(self, question: Question, step: str, turn: int) -> int:
        """Note a question that is on the way and what its answer says; gives how often its section is asked."""
        if not question.hidden:
            self.steps.append(step)
        if question.default and not self.detailed:
            self.quiet.add(step)
        values = _values(self.answers.get(step))
        if not values:
            return 1
        self.live[question.name] = values
        if question.name in self.questionnaire.triggers:
            self.path = _path(self.questionnaire, self.live, self.path, full=self.full)
        return min(turn + 1, question.repeats) if question.repeats and "yes" in values else 1


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
