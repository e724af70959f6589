# SPDX-License-Identifier: Apache-2.0
"""Cards of persons: each with their own age, part, state, consent and sharing level, and never a name."""

from collections.abc import Sequence
from typing import Any

from intake.facts import Facts
from intake.shape import ConsentRecord, Person
from intake.told import Told, answers_into, facts_set, first, joined, values_into

PERSON = "person"
"""The section that is asked again for each person."""

ATTRIBUTES = {
    "child_alone": "unaccompanied_child",
    "under_12": "child_under_12",
    "12_17": "child",
    "age_0_4": "infant",
    "age_5_11": "child_under_12",
    "age_12_17": "child",
}
"""Choices whose attribute of a person has another name; the others are called alike."""

_AGES = ("age_0_4", "age_5_11", "age_12_17", "age_18_59", "age_60")
_GENDERS = ("woman", "man")
WITHOUT_A_YES = frozenset({"S0", "S2"})
"""Levels that need no agreement of the person: nothing leaves, or only numbers do (domain.md 6.6)."""


def persons_of(told: Sequence[Told]) -> tuple[Person, ...]:
    rounds = sorted({one.round for one in told if one.question.section == PERSON})
    cards = [[one for one in told if one.question.section == PERSON and one.round == number] for number in rounds]
    filled = [card for card in cards if any(not one.answer.skipped and not one.question.repeats for one in card)]
    return tuple(_person(str(number), card) for number, card in enumerate(filled, 1))


def _person(label: str, card: Sequence[Told]) -> Person:
    traits = values_into(card, "traits")
    agrees: Any = first(values_into(card, "agrees"))
    age: Any = first([trait for trait in traits if trait in _AGES])
    fields: dict[str, Any] = {
        "gender": first([trait for trait in traits if trait in _GENDERS]),
        "nationality": first(values_into(card, "nationality")),
        "part": first(values_into(card, "part")),
        "now": first(values_into(card, "now")),
        "share": capped(first(values_into(card, "share")) or "S0", agrees),
    }
    named = [ATTRIBUTES.get(trait, trait) for trait in traits if trait not in {"age_18_59", "age_60", *_GENDERS}]
    return Person(
        label=label,
        age=age.removeprefix("age_") if age else None,
        attributes=tuple(dict.fromkeys(named)),
        nationality_words=joined(answers_into(card, "nationality")),
        agrees=agrees,
        why=joined(answers_into(card, "why")),
        facts=Facts.from_mapping(facts_set(card)).to_mapping(),
        **fields,
    )


def capped(level: str, agrees: str | None) -> str:
    """The level that may be kept: without the person's own yes nothing that tells of them leaves."""
    return level if agrees in {"yes", None} or level in WITHOUT_A_YES else "S0"


def consents(persons: Sequence[Person], given: ConsentRecord) -> tuple[ConsentRecord, ...]:
    """One record a person, beside the reporter's own."""
    return tuple(
        given.model_copy(
            update={"text": "p_agrees", "scope": f"person {one.label}", "answer": one.agrees, "level": one.share}
        )
        for one in persons
        if one.agrees
    )
