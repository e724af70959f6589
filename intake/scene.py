# SPDX-License-Identifier: Apache-2.0
"""One turn's view of a conversation, and the few moves every transition is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from intake import matching
from intake.asking import RESUME, ask, screen
from intake.catalog import Catalogs
from intake.draft import Answer, Draft
from intake.effects import Ask, Choice, Effect, Review, Say
from intake.events import Turn
from intake.matching import fold
from intake.questions import Question, Questionnaire
from intake.walk import REVIEW, Walk, walk_of

PAUSE = 15 * 60
"""Seconds after which the phone may be in other hands: the next screen is neutral and repeats nothing."""

EDITABLE = 60
"""Messages whose later edit still finds its answer."""


class Step(NamedTuple):
    """What a turn leaves: the draft to keep (None: nothing to keep) and what is to be done, in order."""

    draft: Draft | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    questionnaire: Questionnaire
    catalogs: Catalogs
    draft: Draft
    turn: Turn

    @property
    def question(self) -> Question:
        return self.questionnaire.question(self.draft.step)

    @property
    def paused(self) -> bool:
        """Whether the draft lay still so long that somebody else may be holding the phone."""
        return self.draft.consent is not None and self.turn.now - self.draft.touched > PAUSE

    def show(self, draft: Draft, *first: Effect) -> Step:
        """Keep the draft and show its screen, after `first`."""
        return self._drawn(replace(draft, touched=self.turn.now), first)

    def _drawn(self, draft: Draft, first: tuple[Effect, ...], way: Walk | None = None) -> Step:
        current: Ask | Review
        if way is not None and draft.step != REVIEW:
            current = ask(self.questionnaire, self.catalogs, draft, way)
        else:
            current = screen(self.questionnaire, self.catalogs, draft)
        if not draft.aside and draft.step == "consent" and not self.catalogs.get(draft.locale).reviewed:
            first = (*first, Say("bot.not_reviewed"))
        return Step(draft, (*first, current))

    def again(self, *first: Effect) -> Step:
        return self.show(self.draft, *first)

    def go(self, draft: Draft, step: str, *first: Effect, way: Walk | None = None) -> Step:
        """Move to a step; ticks made there earlier are ticked again."""
        earlier = draft.answers.get(step)
        picking = earlier.values if earlier and self.questionnaire.question(step).multiple else ()
        moved = replace(draft, step=step, picking=picking, aside="", touched=self.turn.now)
        return self._drawn(moved, first, way)

    def onward(self, draft: Draft, *first: Effect) -> Step:
        """Move to the first question that has no answer yet, or to the review."""
        way = walk_of(self.questionnaire, draft)
        return self.go(draft, way.next(draft.answers), *first, way=way)

    def interrupted(self, *first: Effect, held: str = "") -> Step:
        """The neutral screen after a pause. Words that came are held back until the person goes on."""
        return self.show(replace(self.draft, aside=RESUME, held=held), *first)

    def typed(self, choices: Sequence[Choice], text: str) -> str | None:
        """The value of the one choice a text means, on a screen that is no question."""
        vocabulary, catalog = self.catalogs.vocabulary, self.catalogs.get(self.draft.locale)
        folded = fold(text[: matching.LONGEST])
        labels = [vocabulary.fold_label(catalog.text(str(choice.label))) for choice in choices]
        spelled = vocabulary.languages(self.draft.locale)[0].numerals
        found = matching.match(
            folded, labels, several=False, numbered=len(labels), spelled=spelled, whole=vocabulary.yes_no
        )
        if found is not None:
            return choices[found.positions[0]].value
        said = vocabulary.yes_no.get(folded) or vocabulary.command(folded)
        return next((choice.value for choice in choices if choice.value == said), None)


def remembered(draft: Draft, message: int | None, step: str) -> Draft:
    """The draft with a message noted as the one that told this step."""
    if message is None:
        return draft
    told = {**{m: s for m, s in draft.told.items() if s != step}, message: step}
    while len(told) > EDITABLE:
        told.pop(next(iter(told)))
    return replace(draft, told=told)


def answered(draft: Draft, step: str, answer: Answer) -> Draft:
    return replace(draft, answers={**draft.answers, step: answer}, picking=())
