# SPDX-License-Identifier: Apache-2.0
"""From a draft to a report: each answer on its way lands where the questionnaire says (`into`), and sets its facts.

Answers that are no longer on the way (the person went back and told otherwise) do not count; words told in full
sentences are kept even so, where the question is marked `kept`.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from intake.draft import Answer, Draft, ToldDate
from intake.errors import ReportError
from intake.facts import Facts
from intake.questions import Question, Questionnaire
from intake.shape import (
    Act,
    Actor,
    ConsentRecord,
    Contact,
    Graded,
    Incident,
    People,
    Place,
    Report,
    StoredAttachment,
    ToldAnswer,
    When,
)
from intake.taxonomy import Taxonomy
from intake.triage import RULES_VERSION, triage
from intake.walk import walk_of
from intake.when import facts

MODES = ("self", "relative", "proxy", "witness")

ATTRIBUTES = {"child_alone": "unaccompanied_child", "under_12": "child_under_12", "12_17": "child"}
"""Choices whose attribute of a person has another name; the others are called alike."""

UNCLASSIFIED = "detention_unclassified"
"""A detention is a report even before any abuse is told."""


class _Told(NamedTuple):
    question: Question
    round: int
    answer: Answer


def build(
    questionnaire: Questionnaire,
    draft: Draft,
    *,
    today: datetime.date,
    mailbox_sha256: str,
    attachments: Sequence[StoredAttachment] = (),
) -> Report:
    """The report a draft tells. `attachments` are those really kept. ReportError when nobody said yes to keeping it."""
    if draft.consent is None:
        raise ReportError("Nothing may be sent before the person has agreed: ask for consent first.")
    way = walk_of(questionnaire, draft)
    told = [_told(questionnaire, step, draft.answers[step]) for step in way.steps if step in draft.answers]
    kept = [_told(questionnaire, s, a) for s, a in draft.answers.items() if s not in way.steps]
    incidents = _incidents(told, [one for one in kept if one.question.kept], questionnaire.taxonomy)
    stored = {file.id: file for file in attachments}
    report = Report(
        id=draft.report_id,
        day=today,
        questionnaire=questionnaire.version,
        taxonomy=questionnaire.taxonomy.version,
        language=draft.locale,
        mode=_mode(told),  # type: ignore[arg-type]  # one of MODES
        pattern="many" in _values(told, "mode"),
        path=way.path.name if way.path else None,
        incidents=incidents,
        sent_on=_when(_answers(told, "sent_on")),
        wishes=tuple(value for value in _values(told, "wishes") if value not in {"yes", "no", "none"})
        or (("talk",) if "yes" in _values(told, "wishes") else ()),
        contact=_contact(_answers(told, "contact")),
        consent=(ConsentRecord(**{name: getattr(draft.consent, name) for name in ConsentRecord.model_fields}),),
        answers=tuple(_plain(one) for one in told if not one.question.required),
        notes=draft.notes,
        attachments=tuple(_described(stored[f.id], f) for f in draft.files if f.id in stored),
        lost_attachments=tuple(file.kind for file in draft.files if file.id not in stored),
        mailbox_sha256=mailbox_sha256,
        untold=_untold(told, incidents),
    )
    return report.model_copy(update={"triage": _graded(report)})


def _told(questionnaire: Questionnaire, step: str, answer: Answer) -> _Told:
    name, _, turn = step.partition(".")
    return _Told(questionnaire.questions[name], int(turn or 1), answer)


def _answers(told: Iterable[_Told], into: str) -> list[Answer]:
    return [one.answer for one in told if one.question.into == into and not one.answer.skipped]


def _values(told: Iterable[_Told], into: str) -> list[str]:
    return [value for answer in _answers(told, into) for value in answer.values]


def _mode(told: Iterable[_Told]) -> str | None:
    """The last answer counts. "Many people" without more is told by somebody who saw it; a child tells for itself."""
    values = _values(told, "mode")
    plain = [value for value in values if value in MODES]
    if plain:
        return plain[-1]
    return {"many": "witness", "child": "self"}.get(values[-1]) if values else None


def _incidents(told: Sequence[_Told], kept: Sequence[_Told], taxonomy: Taxonomy) -> tuple[Incident, ...]:
    common = [one for one in told if not one.question.section]
    rounds = sorted({one.round for one in told if one.question.section}) or [1]
    return tuple(
        _incident(common, [one for one in (*told, *kept) if one.question.section and one.round == number], taxonomy)
        for number in rounds
    )


def _incident(common: Sequence[_Told], own: Sequence[_Told], taxonomy: Taxonomy) -> Incident:
    sets = _sets((*common, *own))
    codes = _codes(own, taxonomy)
    if not codes and sets.get("detained_now"):
        codes = [UNCLASSIFIED]
    actors = [code for code in _values(own, "actors") if code in taxonomy.actors]
    place = _place(own, taxonomy)
    derived = taxonomy.facts(codes, actors=actors, sites=[place.site] if place.site else [])
    known: dict[str, Any] = {**derived.to_mapping(), **sets}
    people = _people(own, int(known.get("deaths") or 0))
    if people is not None:
        known["people"] = people.count_min
    groups = [taxonomy.violations[code].group for code in codes]
    groups += [value for value in _values(own, "acts") if value in taxonomy.groups]
    words = _answers(own, "narrative")
    return Incident(
        groups=tuple(dict.fromkeys(groups)),
        acts=tuple(Act(code=code) for code in codes),
        place=place,
        date=_when(_answers(own, "date")),
        people=people,
        attributes=_attributes((*common, *own)),
        narrative="\n".join(answer.words for answer in words if answer.words),
        voice=tuple(file for answer in words for file in answer.files),
        actors=(*(Actor(code=code) for code in actors), *_worded(_answers(own, "actors"))),
        facts=Facts.from_mapping(known).to_mapping(),
    )


def _codes(own: Iterable[_Told], taxonomy: Taxonomy) -> list[str]:
    values = _values(own, "acts")
    # A code that is also the name of a group (discrimination) is the code: it says more.
    return list(dict.fromkeys(value for value in values if value in taxonomy.violations))


def _sets(told: Iterable[_Told]) -> dict[str, Any]:
    """Facts the answers set, in the order of the questions: a later, narrower answer replaces an earlier one."""
    facts_told: dict[str, Any] = {}
    needs: list[str] = []
    for one in told:
        for value in one.answer.values:
            given = dict(one.question.sets.get(value, {}))
            needs += given.pop("vulnerabilities", [])
            facts_told |= given
    return {**facts_told, "vulnerabilities": needs} if needs else facts_told


def _place(own: Sequence[_Told], taxonomy: Taxonomy) -> Place:
    values = _values(own, "place")
    state = next((value for value in reversed(values) if value in taxonomy.places.states), None)
    country = next((value for value in values if value in taxonomy.places.countries), None)
    sites = [value for value in _values(own, "site") if value in taxonomy.sites]
    return Place(
        country=state[:2] if state else country,
        state=state,
        words=_joined(_answers(own, "place")),
        town=_joined(_answers(own, "town")),
        site=sites[-1] if sites else None,
        site_words=_joined(_answers(own, "site")),
    )


def _joined(answers: Iterable[Answer]) -> str:
    return "; ".join(answer.words for answer in answers if answer.words)


def _when(answers: Sequence[Answer]) -> When | None:
    """The most exact of several date answers: "earlier" is followed by a question that may know more."""
    dates = [answer.date for answer in answers if answer.date is not None]
    known = [date for date in dates if date.precision != "unknown"]
    return _day(known[-1] if known else dates[-1]) if dates else None


def _day(date: ToldDate) -> When:
    return When(**{name: getattr(date, name) for name in When.model_fields})


def _people(own: Sequence[_Told], dead: int) -> People | None:
    counts = [answer.count for answer in _answers(own, "people") if answer.count]
    children = [answer.count for answer in _answers(own, "children") if answer.count]
    if not counts and not children and not dead:
        return None
    fields: dict[str, Any] = {"dead_min": dead}
    if counts:
        count = counts[-1]
        fields |= {"count_min": max(count.low, 1), "count_max": count.high}
        fields |= {"approximate": count.approximate, "as_reported": count.as_reported}
    if children:
        count = children[-1]
        fields |= {"children_min": count.low, "children_max": count.high, "children_as_reported": count.as_reported}
    return People(**fields)


def _attributes(told: Sequence[_Told]) -> tuple[str, ...]:
    values = [ATTRIBUTES.get(v, v) for into in ("age", "attributes") for v in _values(told, into) if v != "none"]
    if "child" in _values(told, "mode"):
        values.insert(0, "child")
    return tuple(dict.fromkeys(values))


def _worded(answers: Iterable[Answer]) -> tuple[Actor, ...]:
    return tuple(Actor(words=answer.words) for answer in answers if answer.words)


def _contact(answers: Sequence[Answer]) -> Contact:
    if not answers:
        return Contact()
    values = tuple(value for answer in answers for value in answer.values)
    when = tuple(value for value in values if value != "no")
    return Contact(allowed="no" not in values, when=when, words=_joined(answers))


def _plain(one: _Told) -> ToldAnswer:
    has_place = one.question.into in {"place", "town", "site", "narrative", "actors", "contact"}
    words = "" if has_place else one.answer.words
    values = one.answer.values
    return ToldAnswer(
        question=one.question.name, round=one.round, values=values, words=words, skipped=one.answer.skipped
    )


def _described(stored: StoredAttachment, file: Any) -> StoredAttachment:  # noqa: ANN401
    return stored.model_copy(update={name: getattr(file, name) for name in ("kind", "mime", "name", "caption")})


def _untold(told: Sequence[_Told], incidents: Sequence[Incident]) -> tuple[str, ...]:
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
