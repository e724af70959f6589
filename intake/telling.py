# SPDX-License-Identifier: Apache-2.0
"""From a draft to a report: each answer on its way lands where the questionnaire says (`into`), and sets its facts.

Answers that are no longer on the way (the person went back and told otherwise) do not count; words told in full
sentences are kept even so, where the question is marked `kept`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from intake.draft import Draft
from intake.errors import ReportError
from intake.landings import incidents_of
from intake.questions import Questionnaire
from intake.shape import (
    Graded,
    Incident,
    Report,
    StoredAttachment,
    ToldAnswer,
)
from intake.teller import teller_of
from intake.told import Told, answers_into, joined, told_at, when_of
from intake.triage import RULES_VERSION, triage
from intake.walk import Walk, walk_of
from intake.when import facts


def build(
    questionnaire: Questionnaire,
    draft: Draft,
    *,
    today: dt.date,
    mailbox_sha256: str,
    attachments: Sequence[StoredAttachment] = (),
    adds_to: str | None = None,
) -> Report:
    """The report a draft tells. `attachments` are those really kept; `adds_to` the look-up id of an earlier mailbox.

    ReportError when nobody said yes to keeping it.
    """
    if draft.consent is None:
        raise ReportError("Nothing may be sent before the person has agreed: ask for consent first.")
    way = walk_of(questionnaire, draft)
    told = [told_at(questionnaire, step, draft.answers[step]) for step in _steps(questionnaire, draft, way)]
    kept = [told_at(questionnaire, s, a) for s, a in draft.answers.items() if s not in way.steps]
    incidents = incidents_of(told, [one for one in kept if one.question.kept], questionnaire.taxonomy)
    stored = {file.id: file for file in attachments if file.of is None}
    copies = {file.of: file for file in attachments if file.of is not None}
    report = Report(
        id=draft.report_id,
        day=today,
        questionnaire=questionnaire.version,
        taxonomy=questionnaire.taxonomy.version,
        path=way.path.name if way.path else None,
        incidents=incidents,
        sent_on=when_of(answers_into(told, "sent_on")),
        complaints=joined(answers_into(told, "complaints")),
        answers=tuple(_plain(one) for one in told if not one.question.required),
        notes=draft.notes,
        attachments=tuple(
            one for file in draft.files if file.id in stored for one in _described(stored[file.id], copies, file)
        ),
        lost_attachments=tuple(file.kind for file in draft.files if file.id not in stored),
        mailbox_sha256=mailbox_sha256,
        adds_to=adds_to,
        untold=_untold(told, incidents),
        **teller_of(draft, told),
    )
    return report.model_copy(update={"triage": _graded(report)})


def _steps(questionnaire: Questionnaire, draft: Draft, way: Walk) -> Iterator[str]:
    """Answered steps on the way. A card's "one more?" and the like are no answers of a report."""
    for step in way.steps:
        if step in draft.answers and not questionnaire.question(step).repeats:
            yield step


PLACED = frozenset(
    {
        *(
            "place",
            "town",
            "site",
            "narrative",
            "actors",
            "contact",
            "moved_to",
            "reason_told",
            "version",
            "why",
            "role",
        ),
        *("complaints", "safe_word", "nationality"),
    }
)
"""Where words have a place of their own in the report: the list of answers does not hold them twice."""


def _plain(one: Told) -> ToldAnswer:
    has_place = one.question.into in PLACED
    words = "" if has_place else one.answer.words
    values = one.answer.values
    return ToldAnswer(
        question=one.question.name, round=one.round, values=values, words=words, skipped=one.answer.skipped
    )


def _described(
    original: StoredAttachment,
    copies: Mapping[str, StoredAttachment],
    file: Any,  # noqa: ANN401
) -> Iterator[StoredAttachment]:
    """The original with what the draft knows of it, then its scrubbed copy, which carries no name and no caption."""
    yield original.model_copy(update={name: getattr(file, name) for name in ("kind", "mime", "name", "caption")})
    if copy := copies.get(file.id):
        yield copy.model_copy(update={"kind": file.kind})


def _untold(told: Sequence[Told], incidents: Sequence[Incident]) -> tuple[str, ...]:
    """What facts cannot say about what is missing: no place at all, and nobody told since when somebody is missing."""
    nowhere = not any(i.place.country or i.place.words or i.place.town or i.place.site for i in incidents)
    missing = any("missing" in incident.facts for incident in incidents)
    timed = any(
        "missing" in one.question.sets.get(value, {})
        for one in told
        if one.question.into != "status"
        for value in one.answer.values
    )
    return tuple(n for n, is_so in (("missing", missing and not timed), ("place", nowhere)) if is_so)


def _graded(report: Report) -> Graded:
    found = triage(facts(report), untold=report.untold)
    return Graded(
        priority=found.priority,
        points=found.points,
        reasons=tuple(reason.rule for reason in found.reasons),
        not_known=found.not_known,
        rules=RULES_VERSION,
    )
