# SPDX-License-Identifier: Apache-2.0
"""The pure conversation: one step of a whole interview, typed and tapped, and one walk through the questions."""

import datetime as dt
from collections.abc import Iterator
from statistics import median

from bench.clock import best_of
from bench.table import Goal, Row
from intake.catalog import load_catalogs
from intake.draft import Draft
from intake.events import ENTROPY, Event, Pressed, Said, Turn
from intake.flow import advance
from intake.questionnaire import load
from intake.walk import walk_of

TAPPED = {
    "language": "en",
    "consent": "yes",
    "about": "proxy",
    "danger": "no",
    "status": "detained",
    "removal": "later",
}
TYPED = {
    "what": "4 6",
    "place": "Tapachula, Chiapas",
    "when": "3 days ago",
    "people": "3 to 5",
    "words": "They stopped the bus at night and took all who had no papers.",
    "who": "1",
}
"""Answers of a shelter worker; every other question is skipped."""

TODAY = dt.date(2025, 10, 9)
NOW = 1_760_000_000


def rows() -> Iterator[Row]:
    questionnaire, catalogs = load(), load_catalogs()
    catalogs.vocabulary  # noqa: B018 -- read the languages before the clock starts
    told: list[tuple[Draft | None, Event, Turn]] = []
    draft: Draft | None = None
    event: Event = Said("hi")
    while True:
        turn = Turn(NOW, TODAY, "en", bytes(ENTROPY))
        told.append((draft, event, turn))
        draft = advance(questionnaire, catalogs, draft, event, turn).draft
        if draft is None or draft.step == "review":
            break
        event = _answer(draft)
    costs = [best_of(lambda at=at: advance(questionnaire, catalogs, *at)) * 1e6 for at in told]
    note = f"{len(told)} steps, {len(questionnaire.questions)} questions; the dearest takes {max(costs):.0f} us"
    yield Row("a step of the interview", median(costs), "us", Goal(50), note=note)
    if draft is not None:
        yield Row("a walk through the questions", best_of(lambda: walk_of(questionnaire, draft)) * 1e6, "us")


def _answer(draft: Draft) -> Event:
    if draft.step in TYPED:
        return Said(TYPED[draft.step])
    return Pressed(draft.nonce, draft.step, TAPPED.get(draft.step, "skip"))
