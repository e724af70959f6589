# SPDX-License-Identifier: Apache-2.0
"""Where answers land in an incident: acts, place, date, people, actors, words, and the facts they set."""

from collections.abc import Iterable, Sequence
from typing import Any

from intake.facts import Facts
from intake.persons import ATTRIBUTES
from intake.shape import Act, Actor, Incident, Papers, Pattern, People, Place, Signed
from intake.taxonomy import Taxonomy
from intake.told import Told, answers_into, facts_set, first, joined, values_into, when_of

INCIDENT = "incident"
"""The section that is asked again for each event."""

NO_ATTRIBUTE = frozenset({"none", "fear"})
"""Choices among the needs that are no attribute of a person: fear of return is a fact of its own."""

UNCLASSIFIED = "detention_unclassified"
"""A detention is a report even before any abuse is told."""


def incidents_of(told: Sequence[Told], kept: Sequence[Told], taxonomy: Taxonomy) -> tuple[Incident, ...]:
    common = [one for one in told if not one.question.section]
    own = [one for one in (*told, *kept) if one.question.section == INCIDENT]
    rounds = sorted({one.round for one in told if one.question.section == INCIDENT}) or [1]
    return tuple(_incident(common, [one for one in own if one.round == number], taxonomy) for number in rounds)


def _incident(common: Sequence[Told], own: Sequence[Told], taxonomy: Taxonomy) -> Incident:
    sets = facts_set((*common, *own))
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
        if people.dead_min:
            known["deaths"] = people.dead_min
    groups = [taxonomy.violations[code].group for code in codes]
    groups += [value for value in values_into(own, "acts") if value in taxonomy.groups]
    words = answers_into(own, "narrative")
    return Incident(
        groups=tuple(dict.fromkeys(groups)),
        acts=_acts(codes, values_into(own, "qualifiers"), taxonomy),
        place=place,
        date=when_of(answers_into(own, "date")),
        people=people,
        attributes=_attributes((*common, *own)),
        narrative="\n".join(answer.words for answer in words if answer.words),
        voice=tuple(file for answer in words for file in answer.files),
        actors=_actors(own, actors),
        moved_to=_moved_to(own, taxonomy),
        papers=Papers(
            kinds=tuple(v for v in values_into(own, "papers") if v != "none"),
            fate=tuple(values_into(own, "papers_fate")),
        ),
        reason_told=first(values_into(own, "reason_told")),
        reason_words=joined(answers_into(own, "reason_told")),
        signed=_signed(own),
        pattern=_pattern(common, own),
        other_version=joined(answers_into(own, "version")),
        evidence_held_by=tuple(values_into(own, "evidence")),
        facts=Facts.from_mapping(known).to_mapping(),
    )


def _acts(codes: Sequence[str], told: Sequence[str], taxonomy: Taxonomy) -> tuple[Act, ...]:
    """Each qualifier stands with the acts it belongs to; one that fits none stands with the first."""
    fitting = {code: [q for q in told if q in taxonomy.violations[code].qualifiers] for code in codes}
    stray = [q for q in told if not any(q in fit for fit in fitting.values())]
    return tuple(
        Act(code=code, qualifiers=tuple(dict.fromkeys((*fitting[code], *(stray if at == 0 else ())))))
        for at, code in enumerate(codes)
    )


def _actors(own: Sequence[Told], codes: Sequence[str]) -> tuple[Actor, ...]:
    how: dict[str, Any] = {
        "how_identified": tuple(values_into(own, "how")),
        "certainty": first(values_into(own, "certainty")),
    }
    worded = (answer.words for answer in answers_into(own, "actors") if answer.words)
    return (*(Actor(code=code, **how) for code in codes), *(Actor(words=words, **how) for words in worded))


def _moved_to(own: Sequence[Told], taxonomy: Taxonomy) -> Place:
    values = values_into(own, "moved_to")
    state = next((value for value in values if value in taxonomy.places.states), None)
    country = next((value for value in values if len(value) == 2), None)
    return Place(country=state[:2] if state else country, state=state, words=joined(answers_into(own, "moved_to")))


def _signed(own: Sequence[Told]) -> Signed | None:
    answer: Any = first(values_into(own, "signed"))
    understood: Any = first(values_into(own, "understood"))
    return Signed(answer=answer, understood=understood) if answer else None


def _pattern(common: Sequence[Told], own: Sequence[Told]) -> Pattern | None:
    if "often" not in values_into(common, "pattern"):
        return None
    going_on: Any = first(values_into(own, "going_on"))
    return Pattern(
        over=when_of(answers_into(own, "over")), counted=tuple(values_into(own, "counted")), going_on=going_on
    )


def _codes(own: Iterable[Told], taxonomy: Taxonomy) -> list[str]:
    values = values_into(own, "acts")
    # A code that is also the name of a group (discrimination) is the code: it says more.
    return list(dict.fromkeys(value for value in values if value in taxonomy.violations))


def _place(own: Sequence[Told], taxonomy: Taxonomy) -> Place:
    """A place typed as a whole ("Nogales, Sonora") has its state found and all of its words kept as the town."""
    values = values_into(own, "place")
    whole = joined(a for a in answers_into(own, "place") if a.values)
    state = next((value for value in reversed(values) if value in taxonomy.places.states), None)
    country = next((value for value in values if value in taxonomy.places.countries), None)
    sites = [value for value in values_into(own, "site") if value in taxonomy.sites]
    return Place(
        country=state[:2] if state else country,
        state=state,
        words=joined(a for a in answers_into(own, "place") if not a.values),
        town=joined(answers_into(own, "town")) or whole,
        site=sites[-1] if sites else None,
        site_words=joined(answers_into(own, "site")),
    )


def _people(own: Sequence[Told], told_dead: int) -> People | None:
    dead = max(told_dead, *(answer.count.low for answer in answers_into(own, "dead") if answer.count), 0)
    injured = max((answer.count.low for answer in answers_into(own, "injured") if answer.count), default=0)
    counts = [answer.count for answer in answers_into(own, "people") if answer.count]
    children = [answer.count for answer in answers_into(own, "children") if answer.count]
    if not counts and not children and not dead and not injured:
        return None
    fields: dict[str, Any] = {"dead_min": dead, "injured_min": injured}
    if counts:
        count = counts[-1]
        fields |= {"count_min": max(count.low, 1), "count_max": count.high}
        fields |= {"approximate": count.approximate, "as_reported": count.as_reported}
    if children:
        count = children[-1]
        fields |= {"children_min": count.low, "children_max": count.high, "children_as_reported": count.as_reported}
    return People(**fields)


def _attributes(told: Sequence[Told]) -> tuple[str, ...]:
    values = [
        ATTRIBUTES.get(v, v) for into in ("age", "attributes") for v in values_into(told, into) if v not in NO_ATTRIBUTE
    ]
    if "child" in values_into(told, "mode"):
        values.insert(0, "child")
    return tuple(dict.fromkeys(values))
