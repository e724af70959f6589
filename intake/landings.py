# SPDX-License-Identifier: Apache-2.0
"""Where answers land in an incident: acts, place, date, people, actors, words, and the facts they set."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from intake.draft import Answer, ToldDate
from intake.facts import Facts
from intake.questions import Question, Questionnaire
from intake.shape import Act, Actor, Incident, People, Place, When
from intake.taxonomy import Taxonomy

ATTRIBUTES = {"child_alone": "unaccompanied_child", "under_12": "child_under_12", "12_17": "child"}
"""Choices whose attribute of a person has another name; the others are called alike."""

UNCLASSIFIED = "detention_unclassified"
"""A detention is a report even before any abuse is told."""


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


def incidents_of(told: Sequence[Told], kept: Sequence[Told], taxonomy: Taxonomy) -> tuple[Incident, ...]:
    common = [one for one in told if not one.question.section]
    rounds = sorted({one.round for one in told if one.question.section}) or [1]
    return tuple(
        _incident(common, [one for one in (*told, *kept) if one.question.section and one.round == number], taxonomy)
        for number in rounds
    )


def _incident(common: Sequence[Told], own: Sequence[Told], taxonomy: Taxonomy) -> Incident:
    sets = _sets((*common, *own))
    codes = _codes(own, taxonomy)
    if not codes and sets.get("detained_now"):
        codes = [UNCLASSIFIED]
    actors = [code for code in values_into(own, "actors") if code in taxonomy.actors]
    place = _place(own, taxonomy)
    derived = taxonomy.facts(codes, actors=actors, sites=[place.site] if place.site else [])
    known: dict[str, Any] = {**derived.to_mapping(), **sets}
    people = _people(own, int(known.get("deaths") or 0))
    if people is not None:
        known["people"] = people.count_min
    groups = [taxonomy.violations[code].group for code in codes]
    groups += [value for value in values_into(own, "acts") if value in taxonomy.groups]
    words = answers_into(own, "narrative")
    return Incident(
        groups=tuple(dict.fromkeys(groups)),
        acts=tuple(Act(code=code) for code in codes),
        place=place,
        date=when_of(answers_into(own, "date")),
        people=people,
        attributes=_attributes((*common, *own)),
        narrative="\n".join(answer.words for answer in words if answer.words),
        voice=tuple(file for answer in words for file in answer.files),
        actors=(*(Actor(code=code) for code in actors), *_worded(answers_into(own, "actors"))),
        facts=Facts.from_mapping(known).to_mapping(),
    )


def _codes(own: Iterable[Told], taxonomy: Taxonomy) -> list[str]:
    values = values_into(own, "acts")
    # A code that is also the name of a group (discrimination) is the code: it says more.
    return list(dict.fromkeys(value for value in values if value in taxonomy.violations))


def _sets(told: Iterable[Told]) -> dict[str, Any]:
    """Facts the answers set, in the order of the questions: a later, narrower answer replaces an earlier one."""
    facts_told: dict[str, Any] = {}
    needs: list[str] = []
    for one in told:
        for value in one.answer.values:
            given = dict(one.question.sets.get(value, {}))
            needs += given.pop("vulnerabilities", [])
            facts_told |= given
    return {**facts_told, "vulnerabilities": needs} if needs else facts_told


def _place(own: Sequence[Told], taxonomy: Taxonomy) -> Place:
    values = values_into(own, "place")
    state = next((value for value in reversed(values) if value in taxonomy.places.states), None)
    country = next((value for value in values if value in taxonomy.places.countries), None)
    sites = [value for value in values_into(own, "site") if value in taxonomy.sites]
    return Place(
        country=state[:2] if state else country,
        state=state,
        words=joined(answers_into(own, "place")),
        town=joined(answers_into(own, "town")),
        site=sites[-1] if sites else None,
        site_words=joined(answers_into(own, "site")),
    )


def joined(answers: Iterable[Answer]) -> str:
    return "; ".join(answer.words for answer in answers if answer.words)


def when_of(answers: Sequence[Answer]) -> When | None:
    """The most exact of several date answers: "earlier" is followed by a question that may know more."""
    dates = [answer.date for answer in answers if answer.date is not None]
    known = [date for date in dates if date.precision != "unknown"]
    return _day(known[-1] if known else dates[-1]) if dates else None


def _day(date: ToldDate) -> When:
    return When(**{name: getattr(date, name) for name in When.model_fields})


def _people(own: Sequence[Told], dead: int) -> People | None:
    counts = [answer.count for answer in answers_into(own, "people") if answer.count]
    children = [answer.count for answer in answers_into(own, "children") if answer.count]
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


def _attributes(told: Sequence[Told]) -> tuple[str, ...]:
    values = [ATTRIBUTES.get(v, v) for into in ("age", "attributes") for v in values_into(told, into) if v != "none"]
    if "child" in values_into(told, "mode"):
        values.insert(0, "child")
    return tuple(dict.fromkeys(values))


def _worded(answers: Iterable[Answer]) -> tuple[Actor, ...]:
    return tuple(Actor(words=answer.words) for answer in answers if answer.words)
