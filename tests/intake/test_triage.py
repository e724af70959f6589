# SPDX-License-Identifier: Apache-2.0
"""Triage: the rule table as specified, every edge of it, the invented reports, and the properties."""

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from intake.errors import FactsError
from intake.facts import COUNTS, NAMES, VULNERABILITIES, WORDS, Facts
from intake.triage import (
    NOT_KNOWN,
    PRIORITIES,
    RULES,
    RULES_VERSION,
    SLA,
    Deadlines,
    Escalation,
    opened_within,
    sort_key,
    triage,
)

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
EVERYTHING = {
    "life_threat_now": ("P1", 60),
    "fear_nearby": ("P2", 25),
    "medical_emergency": ("P1", 60),
    "captive_now": ("P1", 60),
    "missing_lt72h": ("P1", 55),
    "missing_gt72h": ("P2", 40),
    "missing_child": ("P1", 20),
    "missing_after_custody": ("P1", 20),
    "detained_now": ("P2", 30),
    "removal_lt72h": ("P1", 50),
    "removal_unknown_while_detained": ("P2", 15),
    "recent_expulsion": ("P2", 20),
    "refoulement_risk": ("P2", 30),
    "unaccompanied_child": ("P2", 35),
    "unaccompanied_child_custody_or_return": ("P1", 20),
    "child_separated_now": ("P2", 30),
    "sexual_violence_lt120h": ("P1", 45),
    "sexual_violence": ("P2", 25),
    "defender_or_press_at_risk": ("P2", 30),
    "defender_or_press_held": ("P1", 40),
    "torture": ("P2", 25),
    "death": ("P2", 25),
    "death_in_state_hands_survivors_held": ("P1", 20),
    "documented_person_affected": (None, 10),
    "vulnerabilities": (None, 5),
    "ten_or_more_people": (None, 10),
    "several_people": (None, 5),
}
FLAGS = [name for name in NAMES if name not in WORDS and name not in COUNTS and name != "vulnerabilities"]
DEATH = {"deaths": 1, "death_within_72h": True, "state_custody_or_force": True}


def graded(**facts: object) -> tuple[str, int, list[str]]:
    result = triage(Facts.from_mapping(facts))
    return result.priority, result.points, [reason.rule for reason in result.reasons]


def values(name: str) -> st.SearchStrategy[object]:
    if name in WORDS:
        return st.sampled_from(WORDS[name])
    if name in COUNTS:
        return st.sampled_from([0, 1, 2, 7, 8, 9, 10, 365, 366]) | st.integers(0, 10**30)
    if name == "vulnerabilities":
        return st.lists(st.sampled_from(VULNERABILITIES), min_size=1, max_size=12)
    return st.booleans()


MAPPINGS = st.fixed_dictionaries({}, optional={name: values(name) for name in NAMES})


def test_the_table_has_the_26_rules_in_order():
    assert [(rule.id, (rule.floor, rule.points)) for rule in RULES] == list(EVERYTHING.items())
    assert [rule.number for rule in RULES] == [*range(1, 27), 26]
    assert RULES_VERSION == "1.0"


@pytest.mark.parametrize("case", EXAMPLES["cases"], ids=lambda case: case["id"])
def test_invented_reports_get_their_class_and_their_reasons(case):
    assert EXAMPLES["invented"] is True
    priority, points, rules = graded(**case["expected"]["facts"])
    reference = case["reference_triage"]
    assert (priority, points, rules) == (reference["priority"], reference["score"], reference["rules"])
    assert priority == case["expected"]["priority"]
    assert set(case["expected"]["reasons"]) <= set(rules)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("P3", 0, [])),
        (dict.fromkeys(FLAGS, False), ("P3", 0, [])),
        ({"danger": "now"}, ("P1", 60, ["life_threat_now"])),
        ({"danger": "nearby"}, ("P2", 25, ["fear_nearby"])),
        ({"danger": "no"}, ("P3", 0, [])),
        ({"danger": "unknown"}, ("P3", 0, [])),
        ({"medical": "now"}, ("P1", 60, ["medical_emergency"])),
        ({"medical": "no"}, ("P3", 0, [])),
        ({"medical": "unknown"}, ("P3", 0, [])),
        ({"captive_now": True}, ("P1", 60, ["captive_now"])),
        ({"captive_now": False}, ("P3", 0, [])),
        ({"missing": "lt72h"}, ("P1", 55, ["missing_lt72h"])),
        ({"missing": "gt72h"}, ("P2", 40, ["missing_gt72h"])),
        # 7 and 8 need somebody missing
        ({"missing_child": True, "missing_in_custody": True}, ("P3", 0, [])),
        ({"missing": "gt72h", "missing_child": True}, ("P1", 60, ["missing_gt72h", "missing_child"])),
        ({"missing": "gt72h", "missing_in_custody": True}, ("P1", 60, ["missing_gt72h", "missing_after_custody"])),
        ({"missing": "gt72h", "missing_child": False}, ("P2", 40, ["missing_gt72h"])),
        ({"missing": "gt72h", "missing_in_custody": False}, ("P2", 40, ["missing_gt72h"])),
        ({"missing": "lt72h", "missing_child": True}, ("P1", 75, ["missing_lt72h", "missing_child"])),
        # removal
        ({"removal": "lt72h"}, ("P1", 50, ["removal_lt72h"])),
        ({"removal": "unknown"}, ("P3", 0, [])),
        ({"removal": "later", "detained_now": True}, ("P2", 30, ["detained_now"])),
        ({"detained_now": True}, ("P2", 30, ["detained_now"])),
        ({"removal": "unknown", "detained_now": True}, ("P2", 45, ["detained_now", "removal_unknown_while_detained"])),
        ({"removal": "done"}, ("P3", 0, [])),
        ({"removal": "done", "detained_now": True}, ("P2", 30, ["detained_now"])),
        ({"removal": "unknown", "detained_now": False}, ("P3", 0, [])),
        # 12: seven days, the last one included
        ({"expelled_within_days": 0}, ("P2", 20, ["recent_expulsion"])),
        ({"expelled_within_days": 7}, ("P2", 20, ["recent_expulsion"])),
        ({"expelled_within_days": 8}, ("P3", 0, [])),
        # 13: fear alone is not enough; a removal that is done counts only through its day
        ({"fear_return": "yes"}, ("P3", 0, [])),
        ({"fear_return": "yes", "detained_now": False}, ("P3", 0, [])),
        ({"fear_return": "yes", "removal": "done"}, ("P3", 0, [])),
        ({"fear_return": "yes", "removal": "later"}, ("P2", 30, ["refoulement_risk"])),
        ({"fear_return": "yes", "removal": "unknown"}, ("P2", 30, ["refoulement_risk"])),
        ({"fear_return": "yes", "removal": "lt72h"}, ("P1", 80, ["removal_lt72h", "refoulement_risk"])),
        ({"fear_return": "yes", "expelled_within_days": 300}, ("P2", 30, ["refoulement_risk"])),
        (
            {"fear_return": "yes", "removal": "done", "expelled_within_days": 0},
            ("P2", 50, ["recent_expulsion", "refoulement_risk"]),
        ),
        ({"fear_return": "yes", "detained_now": True}, ("P2", 60, ["detained_now", "refoulement_risk"])),
        ({"fear_return": "no", "detained_now": True}, ("P2", 30, ["detained_now"])),
        ({"fear_return": "unknown", "detained_now": True}, ("P2", 30, ["detained_now"])),
        # 14, 15: of the removals only lt72h
        ({"child_alone": True}, ("P2", 35, ["unaccompanied_child"])),
        ({"child_alone": True, "detained_now": False}, ("P2", 35, ["unaccompanied_child"])),
        ({"child_alone": False, "detained_now": True}, ("P2", 30, ["detained_now"])),
        (
            {"child_alone": True, "expelled_within_days": 0},
            ("P1", 75, ["recent_expulsion", "unaccompanied_child", "unaccompanied_child_custody_or_return"]),
        ),
        ({"child_alone": True, "removal": "later"}, ("P2", 35, ["unaccompanied_child"])),
        ({"child_alone": True, "removal": "unknown"}, ("P2", 35, ["unaccompanied_child"])),
        ({"child_alone": True, "removal": "done"}, ("P2", 35, ["unaccompanied_child"])),
        (
            {"child_alone": True, "removal": "lt72h"},
            ("P1", 105, ["removal_lt72h", "unaccompanied_child", "unaccompanied_child_custody_or_return"]),
        ),
        (
            {"child_alone": True, "detained_now": True},
            ("P1", 85, ["detained_now", "unaccompanied_child", "unaccompanied_child_custody_or_return"]),
        ),
        (
            {"child_alone": True, "expelled_within_days": 90},
            ("P1", 55, ["unaccompanied_child", "unaccompanied_child_custody_or_return"]),
        ),
        ({"child_separated_now": True}, ("P2", 30, ["child_separated_now"])),
        ({"sexual_violence": "lt120h"}, ("P1", 45, ["sexual_violence_lt120h"])),
        ({"sexual_violence": "older"}, ("P2", 25, ["sexual_violence"])),
        ({"sexual_violence": "unknown"}, ("P2", 25, ["sexual_violence"])),
        ({"defender": "threatened"}, ("P2", 30, ["defender_or_press_at_risk"])),
        ({"defender": "attacked"}, ("P2", 30, ["defender_or_press_at_risk"])),
        ({"defender": "detained"}, ("P1", 40, ["defender_or_press_held"])),
        ({"defender": "captive"}, ("P1", 40, ["defender_or_press_held"])),
        ({"torture": True}, ("P2", 25, ["torture"])),
        # 22, 23: every part is needed
        (
            {"deaths": 0, "death_within_72h": True, "state_custody_or_force": True, "missing": "gt72h"},
            ("P2", 40, ["missing_gt72h"]),
        ),
        ({"deaths": 10**30}, ("P2", 25, ["death"])),
        (DEATH, ("P2", 25, ["death"])),
        ({**DEATH, "detained_now": True}, ("P1", 75, ["detained_now", "death", "death_in_state_hands_survivors_held"])),
        ({**DEATH, "missing": "gt72h"}, ("P1", 85, ["missing_gt72h", "death", "death_in_state_hands_survivors_held"])),
        ({**DEATH, "death_within_72h": False, "detained_now": True}, ("P2", 55, ["detained_now", "death"])),
        ({**DEATH, "death_within_72h": None, "detained_now": True}, ("P2", 55, ["detained_now", "death"])),
        ({**DEATH, "state_custody_or_force": False, "detained_now": True}, ("P2", 55, ["detained_now", "death"])),
        ({**DEATH, "detained_now": False}, ("P2", 25, ["death"])),
        ({**DEATH, "missing": "lt72h"}, ("P1", 100, ["missing_lt72h", "death", "death_in_state_hands_survivors_held"])),
        ({**DEATH, "state_custody_or_force": None, "detained_now": True}, ("P2", 55, ["detained_now", "death"])),
        ({"state_custody_or_force": True}, ("P3", 0, [])),
        ({"documented": True}, ("P3", 10, ["documented_person_affected"])),
        # 25: 5 each, at most 15, the same need once
        ({"vulnerabilities": []}, ("P3", 0, [])),
        ({"vulnerabilities": ["infant"]}, ("P3", 5, ["vulnerabilities"])),
        ({"vulnerabilities": ["infant", "infant", "infant"]}, ("P3", 5, ["vulnerabilities"])),
        ({"vulnerabilities": ["infant", "pregnant", "elderly"]}, ("P3", 15, ["vulnerabilities"])),
        ({"vulnerabilities": list(VULNERABILITIES)}, ("P3", 15, ["vulnerabilities"])),
        ({"people": 0}, ("P3", 0, [])),
        ({"people": 1}, ("P3", 0, [])),
        ({"people": 2}, ("P3", 5, ["several_people"])),
        ({"people": 9}, ("P3", 5, ["several_people"])),
        ({"people": 10}, ("P3", 10, ["ten_or_more_people"])),
        ({"people": 10**30}, ("P3", 10, ["ten_or_more_people"])),
        # P4: over 365 days and no floor; points alone keep nothing up
        ({"days_since": 365}, ("P3", 0, [])),
        ({"days_since": 366}, ("P4", 0, [])),
        (
            {"days_since": 10**30, "documented": True, "people": 50},
            ("P4", 20, ["documented_person_affected", "ten_or_more_people"]),
        ),
        ({"days_since": 4000, "torture": True}, ("P2", 25, ["torture"])),
        ({"days_since": 4000, "danger": "now"}, ("P1", 60, ["life_threat_now"])),
    ],
)
def test_each_rule_at_its_edges(facts, expected):
    assert graded(**facts) == expected


@given(MAPPINGS)
def test_class_is_the_highest_floor_and_points_are_the_sum_in_table_order(mapping):
    result = triage(Facts.from_mapping(mapping))
    floors = [reason.floor for reason in result.reasons if reason.floor]
    old = mapping.get("days_since", 0) > 365
    assert result.priority == (min(floors) if floors else "P4" if old else "P3")
    assert result.points == sum(reason.points for reason in result.reasons)
    order = [rule.id for rule in RULES]
    assert [reason.rule for reason in result.reasons] == sorted((r.rule for r in result.reasons), key=order.index)
    assert all(reason.points > 0 for reason in result.reasons)


@given(MAPPINGS, st.data())
def test_one_more_fact_never_lowers_the_class_but_for_an_old_date(mapping, data):
    absent = [name for name in NAMES if name not in mapping]
    assume(absent)
    name = data.draw(st.sampled_from(absent))
    value = data.draw(values(name))
    before = triage(Facts.from_mapping(mapping)).priority
    after = triage(Facts.from_mapping({**mapping, name: value})).priority
    if name == "days_since" and value > 365:
        assert after == before or (before, after) == ("P3", "P4")
    else:
        assert PRIORITIES.index(after) <= PRIORITIES.index(before)


@given(MAPPINGS, st.data())
def test_a_fact_taken_away_changes_only_what_rules_using_it_say(mapping, data):
    assume(mapping)
    name = data.draw(st.sampled_from(sorted(mapping)))
    users = {rule.id for rule in RULES if name in rule.uses}
    before = triage(Facts.from_mapping(mapping))
    after = triage(Facts.from_mapping({key: value for key, value in mapping.items() if key != name}))
    changed = {reason.rule for reason in set(before.reasons) ^ set(after.reasons)}
    assert changed <= users
    if before.priority != after.priority:
        assert changed or name == "days_since"


@given(MAPPINGS, st.data())
def test_null_and_absent_are_the_same_and_so_is_unknown_but_for_three_rules(mapping, data):
    name = data.draw(st.sampled_from(NAMES))
    without = {key: value for key, value in mapping.items() if key != name}
    absent = triage(Facts.from_mapping(without))
    assert triage(Facts.from_mapping({**without, name: None})) == absent
    if "unknown" in WORDS.get(name, ()):
        unknown = triage(Facts.from_mapping({**without, name: "unknown"}))
        changed = {reason.rule for reason in set(unknown.reasons) ^ set(absent.reasons)}
        assert changed <= {"removal_unknown_while_detained", "refoulement_risk", "sexual_violence"}


@given(MAPPINGS)
def test_false_and_absent_are_the_same(mapping):
    without = {key: value for key, value in mapping.items() if value is not False}
    assert triage(Facts.from_mapping(mapping)) == triage(Facts.from_mapping(without))


@pytest.mark.parametrize(
    ("facts", "not_known"),
    [
        ({}, ("danger", "days_since")),
        ({"danger": "unknown", "days_since": 1}, ("danger",)),
        ({"danger": "no", "days_since": 1}, ()),
        ({"detained_now": True}, ("danger", "removal", "fear_return", "days_since")),
        ({"detained_now": False, "danger": "no", "days_since": 1}, ()),
        ({"detained_now": True, "removal": "later", "fear_return": "no"}, ("danger", "days_since")),
        ({"removal": "unknown", "fear_return": "unknown"}, ("danger", "removal", "fear_return", "days_since")),
        ({"expelled_within_days": 3}, ("danger", "fear_return", "days_since")),
        ({"sexual_violence": "unknown"}, ("danger", "sexual_violence", "days_since")),
        ({"sexual_violence": "older"}, ("danger", "days_since")),
    ],
)
def test_what_is_not_known_stands_beside_the_reasons(facts, not_known):
    assert triage(Facts.from_mapping(facts)).not_known == not_known


def test_a_report_adds_what_facts_cannot_say():
    facts = Facts(missing="gt72h", danger="no", days_since=0)
    result = triage(facts, untold=["place", "missing"])
    assert result.not_known == ("missing", "place")
    assert result[:3] == triage(facts)[:3]
    assert set(result.not_known) <= set(NOT_KNOWN)
    with pytest.raises(FactsError, match=r"^untold: allowed are danger, "):
        triage(facts, untold=["weather"])


@given(st.lists(st.tuples(st.sampled_from(PRIORITIES), st.integers(0, 500), st.integers(0, 10**6)), max_size=20))
def test_the_queue_sorts_by_class_then_points_then_due_hour(rows):
    for first, second in zip(queue := sorted(rows, key=lambda row: sort_key(*row)), queue[1:], strict=False):
        assert first[0] <= second[0]
        if first[0] == second[0]:
            assert first[1] >= second[1]
            if first[1] == second[1]:
                assert first[2] <= second[2]


def test_deadlines():
    assert [opened_within(priority) for priority in PRIORITIES] == [2, 8, 72, 168]
    assert [opened_within(priority, staffed=True) for priority in PRIORITIES] == [1, 8, 72, 168]
    assert [SLA[priority].first_action for priority in PRIORITIES] == [4, 24, 168, 720]
    assert SLA["P1"].escalations == (Escalation("lead", 60), Escalation("coordinator", 90))
    assert [SLA[p].escalations[0].after_minutes // 60 for p in PRIORITIES] == [1, 12, 120, 336]
    assert [SLA[p].huridocs for p in PRIORITIES] == ["46:01000000", "46:02000000", "46:03000000", "46:04000000"]


def test_an_organisation_may_bring_deadlines_of_its_own():
    own = {**SLA, "P3": Deadlines(24, 12, 48, (), "46:03000000")}
    assert opened_within("P3", deadlines=own) == 24
    assert opened_within("P3", staffed=True, deadlines=own) == 12
    assert opened_within("P1", deadlines=own) == 2
