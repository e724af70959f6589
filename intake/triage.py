# SPDX-License-Identifier: Apache-2.0
"""Triage: facts in; a class from P1 to P4, points, reasons and what is not known out.

Floors set the class, points only sort inside a class, and what is unknown never lowers. Pure, so the phone side and
the desk reach the same class for the same facts and RULES_VERSION. The table at the end is each class's deadlines.
"""

from collections.abc import Collection, Mapping
from typing import Final, Literal, NamedTuple

from intake.errors import FactsError
from intake.facts import Facts, combine, worst
from intake.rules import RULES, RULES_VERSION, Priority, Rule

__all__ = [
    "NOT_KNOWN",
    "PRIORITIES",
    "RULES",
    "RULES_VERSION",
    "SLA",
    "Deadlines",
    "Escalation",
    "Facts",
    "Priority",
    "Reason",
    "Rule",
    "Triage",
    "combine",
    "opened_within",
    "sort_key",
    "triage",
    "worst",
]

PRIORITIES: Final[tuple[Priority, ...]] = ("P1", "P2", "P3", "P4")
OLD_AFTER_DAYS: Final = 365  # P4 above it, and only where no rule sets a floor
# What the desk may list as not known, in this order. All are facts but "place", which only a report can tell.
NOT_KNOWN: Final = ("danger", "missing", "removal", "fear_return", "sexual_violence", "days_since", "place")


class Reason(NamedTuple):
    rule: str
    floor: Priority | None
    points: int


class Triage(NamedTuple):
    priority: Priority
    points: int
    reasons: tuple[Reason, ...]  # in table order
    not_known: tuple[str, ...]  # some of NOT_KNOWN, in that order


class Escalation(NamedTuple):
    to: Literal["lead", "coordinator"]
    after_minutes: int


class Deadlines(NamedTuple):
    """Hours from delivery, and HURIDOCS list 46. The reporter is never told any of them."""

    opened: int
    opened_when_staffed: int
    first_action: int
    escalations: tuple[Escalation, ...]
    huridocs: str


def triage(facts: Facts, *, untold: Collection[str] = ()) -> Triage:
    """Grade the facts.

    `untold` names what a report knows to lack and facts cannot say: "place", and "missing" when nobody told since when
    somebody is missing (which facts give as gt72h). FactsError for a name that is not in NOT_KNOWN.
    """
    if not set(untold) <= set(NOT_KNOWN):
        raise FactsError(f"untold: allowed are {', '.join(NOT_KNOWN)}.")
    reasons = tuple(
        Reason(rule.id, rule.floor, points) for rule in RULES if (points := rule.points_from(facts)) is not None
    )
    unknown = _open_questions(facts).union(untold)
    return Triage(
        _priority(facts, reasons),
        sum(reason.points for reason in reasons),
        reasons,
        tuple(name for name in NOT_KNOWN if name in unknown),
    )


def sort_key(priority: Priority, points: int, due_hour: int) -> tuple[int, int, int]:
    """Key of an ascending queue: class, then more points first, then the earlier due hour (a Unix hour)."""
    return PRIORITIES.index(priority), -points, due_hour


def opened_within(
    priority: Priority, *, staffed: bool = False, deadlines: Mapping[Priority, Deadlines] | None = None
) -> int:
    """Hours within which a person opens a report; an organisation may pass a table of its own."""
    row = (SLA if deadlines is None else deadlines)[priority]
    return row.opened_when_staffed if staffed else row.opened


def _priority(facts: Facts, reasons: tuple[Reason, ...]) -> Priority:
    floors = [reason.floor for reason in reasons if reason.floor is not None]
    if floors:
        return min(floors, key=PRIORITIES.index)
    return "P4" if facts.days_since is not None and facts.days_since > OLD_AFTER_DAYS else "P3"


def _open_questions(facts: Facts) -> set[str]:
    held = bool(facts.detained_now)
    concerned = held or facts.removal is not None or facts.expelled_within_days is not None
    is_open = {
        "danger": facts.danger in {None, "unknown"},
        "removal": facts.removal == "unknown" or (held and facts.removal is None),
        "fear_return": concerned and facts.fear_return in {None, "unknown"},
        "sexual_violence": facts.sexual_violence == "unknown",
        "days_since": facts.days_since is None,
    }
    return {name for name, value in is_open.items() if value}


# Editable by the organisation. The escalation of P1 follows the public operating documents of Access Now's helpline
# (2020): the lead at 60 minutes, the coordinator at 90.
SLA: Final[Mapping[Priority, Deadlines]] = {
    "P1": Deadlines(2, 1, 4, (Escalation("lead", 60), Escalation("coordinator", 90)), "46:01000000"),
    "P2": Deadlines(8, 8, 24, (Escalation("lead", 12 * 60),), "46:02000000"),
    "P3": Deadlines(72, 72, 7 * 24, (Escalation("lead", 5 * 24 * 60),), "46:03000000"),
    "P4": Deadlines(7 * 24, 7 * 24, 30 * 24, (Escalation("lead", 14 * 24 * 60),), "46:04000000"),
}
