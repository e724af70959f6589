# SPDX-License-Identifier: Apache-2.0
"""From a draft to a report: each answer on its way lands where the questionnaire says (`into`), and sets its facts.

Answers that are no longer on the way (the person went back and told otherwise) do not count; words told in full
sentences are kept even so, where the question is marked `kept`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from intake.draft import Answer, Draft
from intake.errors import ReportError
from intake.landings import Told, answers_into, incidents_of, joined, told_at, values_into, when_of
from intake.questions import Questionnaire
from intake.shape import (
    ConsentRecord,
    Contact,
    Graded,
    Incident,
    Report,
    StoredAttachment,
    ToldAnswer,
)
from intake.triage import RULES_VERSION, triage
from intake.walk import walk_of
from intake.when import facts

MODES = ("self", "relative", "proxy", "witness")


def build(
    questionnaire: Questionnaire,
    draft: Draft,
    *,
    today: dt.date,
    mailbox_sha256: str,
    attachments: Sequence[StoredAttachment] = (),
) -> Report:
    """The report a draft tells. `attachments` are those really kept. ReportError when nobody said yes to keeping it."""
    if draft.consent is None:
        raise ReportError("Nothing may be sent before the person has agreed: ask for consent first.")
    way = walk_of(questionnaire, draft)
    told = [told_at(questionnaire, step, draft.answers[step]) for step in way.steps if step in draft.answers]
    kept = [told_at(questionnaire, s, a) for s, a in draft.answers.items() if s not in way.steps]
    incidents = incidents_of(told, [one for one in kept if one.question.kept], questionnaire.taxonomy)
    stored = {file.id: file for file in attachments if file.of is None}
    copies = {file.of: file for file in attachments if file.of is not None}
    report = Report(
        id=draft.report_id,
        day=today,
        questionnaire=questionnaire.version,
        taxonomy=questionnaire.taxonomy.version,
        language=draft.locale,
        mode=_mode(told),  # type: ignore[arg-type]  # one of MODES
        pattern="many" in values_into(told, "mode"),
        path=way.path.name if way.path else None,
        incidents=incidents,
        sent_on=when_of(answers_into(told, "sent_on")),
        wishes=tuple(value for value in values_into(told, "wishes") if value not in {"yes", "no", "none"})
        or (("talk",) if "yes" in values_into(told, "wishes") else ()),
        contact=_contact(answers_into(told, "contact")),
        consent=(ConsentRecord(**{name: getattr(draft.consent, name) for name in ConsentRecord.model_fields}),),
        answers=tuple(_plain(one) for one in told if not one.question.required),
        notes=draft.notes,
        attachments=tuple(
            one for file in draft.files if file.id in stored for one in _described(stored[file.id], copies, file)
        ),
        lost_attachments=tuple(file.kind for file in draft.files if file.id not in stored),
        mailbox_sha256=mailbox_sha256,
        untold=_untold(told, incidents),
    )
    return report.model_copy(update={"triage": _graded(report)})


def _mode(told: Iterable[Told]) -> str | None:
    """The last answer counts. "Many people" without more is told by somebody who saw it; a child tells for itself."""
    values = values_into(told, "mode")
    plain = [value for value in values if value in MODES]
    if plain:
        return plain[-1]
    return {"many": "witness", "child": "self"}.get(values[-1]) if values else None


def _contact(answers: Sequence[Answer]) -> Contact:
    if not answers:
        return Contact()
    values = tuple(value for answer in answers for value in answer.values)
    when = tuple(value for value in values if value != "no")
    return Contact(allowed="no" not in values, when=when, words=joined(answers))


def _plain(one: Told) -> ToldAnswer:
    has_place = one.question.into in {"place", "town", "site", "narrative", "actors", "contact"}
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
