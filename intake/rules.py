# SPDX-License-Identifier: Apache-2.0
"""The triage rules as data: 26 of them, the last with two names, in the order in which reasons are listed.

One team's proposal: a second grader must grade blind before production. Change them here, raise RULES_VERSION,
and the tests tell which invented reports change their class.
"""

from typing import Final, Literal, NamedTuple

from intake.facts import WORDS, Facts

RULES_VERSION: Final = "1.0"  # goes into every report with its class
Priority = Literal["P1", "P2", "P3", "P4"]


class Term(NamedTuple):
    """Holds when the fact is one of `words`, or, with a `span`, a number (of days, people, needs) inside it.

    A fact that is not known makes no term hold.
    """

    fact: str
    words: tuple[str | bool, ...] = ()
    span: tuple[int, int | None] | None = None

    def holds(self, facts: Facts) -> bool:
        value = getattr(facts, self.fact)
        if self.span is None:
            return value in self.words
        amount = len(value) if isinstance(value, tuple) else value
        low, high = self.span
        return amount is not None and amount >= low and (high is None or amount <= high)


Clause = tuple[Term, ...]  # one of its terms must hold


class Rule(NamedTuple):
    """Applies when every clause holds; `points_for_each` need listed, at most MOST_NEEDS, instead of once."""

    number: int
    id: str
    floor: Priority | None
    points: int
    when: tuple[Clause, ...]
    points_for_each: bool = False

    @property
    def uses(self) -> frozenset[str]:
        return frozenset(term.fact for clause in self.when for term in clause)

    def points_from(self, facts: Facts) -> int | None:
        """Points when the rule applies, else None."""
        if not all(any(term.holds(facts) for term in clause) for clause in self.when):
            return None
        return self.points * min(len(facts.vulnerabilities), MOST_NEEDS) if self.points_for_each else self.points


def _yes(fact: str) -> Clause:
    return (Term(fact, (True,)),)


def _is(fact: str, *words: str) -> Clause:
    return (Term(fact, words),)


def _number(fact: str, low: int, high: int | None = None) -> Clause:
    return (Term(fact, span=(low, high)),)


MOST_NEEDS: Final = 3  # 5 points each, at most 15
_MISSING: Final = _is("missing", *WORDS["missing"])
_HELD_OR_SENT: Final = _yes("detained_now") + _number("expelled_within_days", 0)
# removal = done is left out on purpose: it counts through its day, expelled_within_days.
_REMOVAL_AHEAD: Final = _is("removal", "lt72h", "later", "unknown")

# 120 hours is the medical window after sexual violence (WHO; to be confirmed by a practitioner), 7 days the window
# for legal remedies after a removal (to be confirmed by lawyers).
RULES: Final[tuple[Rule, ...]] = (
    Rule(1, "life_threat_now", "P1", 60, (_is("danger", "now"),)),
    Rule(2, "fear_nearby", "P2", 25, (_is("danger", "nearby"),)),
    Rule(3, "medical_emergency", "P1", 60, (_is("medical", "now"),)),
    Rule(4, "captive_now", "P1", 60, (_yes("captive_now"),)),
    Rule(5, "missing_lt72h", "P1", 55, (_is("missing", "lt72h"),)),
    Rule(6, "missing_gt72h", "P2", 40, (_is("missing", "gt72h"),)),
    Rule(7, "missing_child", "P1", 20, (_MISSING, _yes("missing_child"))),
    Rule(8, "missing_after_custody", "P1", 20, (_MISSING, _yes("missing_in_custody"))),
    Rule(9, "detained_now", "P2", 30, (_yes("detained_now"),)),
    Rule(10, "removal_lt72h", "P1", 50, (_is("removal", "lt72h"),)),
    Rule(11, "removal_unknown_while_detained", "P2", 15, (_is("removal", "unknown"), _yes("detained_now"))),
    Rule(12, "recent_expulsion", "P2", 20, (_number("expelled_within_days", 0, 7),)),
    Rule(13, "refoulement_risk", "P2", 30, (_is("fear_return", "yes"), _HELD_OR_SENT + _REMOVAL_AHEAD)),
    Rule(14, "unaccompanied_child", "P2", 35, (_yes("child_alone"),)),
    Rule(
        15,
        "unaccompanied_child_custody_or_return",
        "P1",
        20,
        (_yes("child_alone"), _HELD_OR_SENT + _is("removal", "lt72h")),
    ),
    Rule(16, "child_separated_now", "P2", 30, (_yes("child_separated_now"),)),
    Rule(17, "sexual_violence_lt120h", "P1", 45, (_is("sexual_violence", "lt120h"),)),
    Rule(18, "sexual_violence", "P2", 25, (_is("sexual_violence", "older", "unknown"),)),
    Rule(19, "defender_or_press_at_risk", "P2", 30, (_is("defender", "threatened", "attacked"),)),
    Rule(20, "defender_or_press_held", "P1", 40, (_is("defender", "detained", "captive"),)),
    Rule(21, "torture", "P2", 25, (_yes("torture"),)),
    Rule(22, "death", "P2", 25, (_number("deaths", 1),)),
    Rule(
        23,
        "death_in_state_hands_survivors_held",
        "P1",
        20,
        (
            _number("deaths", 1),
            _yes("death_within_72h"),
            _yes("state_custody_or_force"),
            _yes("detained_now") + _MISSING,
        ),
    ),
    Rule(24, "documented_person_affected", None, 10, (_yes("documented"),)),
    Rule(25, "vulnerabilities", None, 5, (_number("vulnerabilities", 1),), points_for_each=True),
    Rule(26, "ten_or_more_people", None, 10, (_number("people", 10),)),
    Rule(26, "several_people", None, 5, (_number("people", 2, 9),)),
)
