# SPDX-License-Identifier: Apache-2.0
"""Facts: what is refused and how, and the worst of several incidents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.errors import FactsError
from intake.facts import COUNTS, NAMES, VULNERABILITIES, WORDS, Facts, combine, spoken, worst
from intake.triage import PRIORITIES, triage

FLAGS = [name for name in NAMES if name not in WORDS and name not in COUNTS and name != "vulnerabilities"]


def values(name: str) -> st.SearchStrategy[object]:
    if name in WORDS:
        return st.sampled_from(WORDS[name])
    if name in COUNTS:
        return st.sampled_from([0, 1, 2, 7, 8, 9, 10, 365, 366]) | st.integers(0, 10**30)
    if name == "vulnerabilities":
        return st.lists(st.sampled_from(VULNERABILITIES), max_size=12)
    return st.booleans()


FACTS = st.fixed_dictionaries({}, optional={name: st.none() | values(name) for name in NAMES}).map(Facts.from_mapping)


def test_the_names_are_those_of_the_specification():
    assert set(NAMES) == {
        "danger",
        "medical",
        "captive_now",
        "missing",
        "missing_child",
        "missing_in_custody",
        "detained_now",
        "removal",
        "expelled_within_days",
        "fear_return",
        "child_alone",
        "child_separated_now",
        "sexual_violence",
        "defender",
        "torture",
        "deaths",
        "death_within_72h",
        "state_custody_or_force",
        "documented",
        "vulnerabilities",
        "people",
        "days_since",
    }


def test_nothing_known_is_a_valid_set_of_facts():
    assert Facts.from_mapping({}) == Facts() == Facts.from_mapping(dict.fromkeys(NAMES))
    assert Facts().to_mapping() == {}


@given(FACTS)
def test_facts_survive_json(facts):
    assert Facts.from_mapping(json.loads(json.dumps(facts.to_mapping()))) == facts


@pytest.mark.parametrize("given", [None, [], "facts", 3, True, [["danger", "now"]]])
def test_only_an_object_holds_facts(given):
    with pytest.raises(FactsError, match="one JSON object"):
        Facts.from_mapping(given)


@pytest.mark.parametrize("name", sorted(WORDS))
@pytest.mark.parametrize("wrong", ["", "NOW", "maybe", True, 1, ["now"], {}, 1.5])
def test_a_word_outside_its_list_is_refused(name, wrong):
    with pytest.raises(FactsError) as refused:
        Facts.from_mapping({name: wrong})
    assert str(refused.value) == f"{name}: allowed are {', '.join(WORDS[name])} or null."


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("wrong", [1, 0, "true", "", [], 1.0])
def test_a_flag_is_true_or_false(name, wrong):
    with pytest.raises(FactsError, match=rf"^{name}: allowed are true, false or null\.$"):
        Facts.from_mapping({name: wrong})


@pytest.mark.parametrize("name", sorted(COUNTS))
@pytest.mark.parametrize("wrong", [True, False, -1, -(10**30), 2.0, "2", [], float("nan")])
def test_a_count_is_a_whole_number_from_zero(name, wrong):
    with pytest.raises(FactsError, match=rf"^{name}: allowed are whole numbers from 0 or null\.$"):
        Facts.from_mapping({name: wrong})


@pytest.mark.parametrize(
    "wrong", ["infant", b"infant", {"infant": True}, 1, True, ["infant", "tall"], [["infant"]], [None], [1]]
)
def test_vulnerabilities_are_a_list_of_known_words(wrong):
    with pytest.raises(FactsError, match=r"^vulnerabilities: .*infant, adolescent"):
        Facts.from_mapping({"vulnerabilities": wrong})


def test_vulnerabilities_told_twice_count_once_and_order_does_not_matter():
    assert Facts.from_mapping({"vulnerabilities": ["elderly", "infant", "elderly"]}) == Facts(
        vulnerabilities=("infant", "elderly")
    )


@pytest.mark.parametrize("key", ["dangers", "Danger", "priority"])
def test_a_mistyped_key_is_named(key):
    with pytest.raises(FactsError, match=rf"^{key} is not a fact: allowed are danger, "):
        Facts.from_mapping({key: "now"})


@pytest.mark.parametrize("key", ["my name is Ana", "x" * 41, "", "a\nb", "señora", 7, ("danger",)])
def test_a_key_that_is_no_name_is_not_repeated(key):
    with pytest.raises(FactsError, match=r"^One of the keys is not a fact"):
        Facts.from_mapping({key: "now"})
    assert spoken(key) == "One of the keys"


@given(st.sampled_from(NAMES), st.text(min_size=30) | st.integers(max_value=-(10**9)))
def test_no_error_repeats_the_value(name, told):
    with pytest.raises(FactsError) as refused:
        Facts.from_mapping({name: told})
    assert str(told) not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_facts_made_in_code_are_checked_too():
    with pytest.raises(FactsError, match=r"^removal"):
        Facts(removal="tomorrow")


def test_worst_takes_the_worst_of_each_fact():
    first = Facts(danger="no", removal="later", people=3, days_since=400, expelled_within_days=30, torture=False)
    second = Facts(
        danger="nearby",
        removal="unknown",
        people=12,
        days_since=9,
        expelled_within_days=2,
        vulnerabilities=("elderly",),
    )
    third = Facts(danger="unknown", days_since=200, documented=True, vulnerabilities=("infant",))
    assert worst(first, second, third) == Facts(
        danger="nearby",
        removal="unknown",
        people=12,
        days_since=9,
        expelled_within_days=2,
        torture=False,
        documented=True,
        vulnerabilities=("infant", "elderly"),
    )


def test_an_incident_with_no_date_keeps_an_old_one_from_lowering_the_class():
    old, undated = Facts(days_since=900), Facts()
    assert triage(old).priority == "P4"
    assert worst(old, undated).days_since is None
    assert triage(worst(old, undated)).priority == "P3"


def test_parts_of_one_incident_add_up():
    answers = Facts(days_since=900, people=3, danger="no")
    assert combine(answers, Facts(deaths=1), Facts(people=2)) == Facts(days_since=900, people=3, danger="no", deaths=1)


@given(FACTS)
def test_a_part_that_says_nothing_adds_nothing(facts):
    assert combine(facts, Facts()) == combine(Facts(), facts) == combine(facts) == facts


@given(FACTS, FACTS, FACTS)
def test_worst_depends_neither_on_order_nor_on_grouping(a, b, c):
    assert worst(a) == a
    assert worst(a, a) == a
    assert worst(a, b) == worst(b, a)
    assert worst(a, worst(b, c)) == worst(worst(a, b), c) == worst(a, b, c)
    assert combine(a, b) == combine(b, a)
    assert combine(a, combine(b, c)) == combine(combine(a, b), c) == combine(a, b, c)


@given(st.lists(FACTS, min_size=1, max_size=4))
def test_no_incident_is_above_the_worst(incidents):
    together = PRIORITIES.index(triage(worst(*incidents)).priority)
    assert together <= min(PRIORITIES.index(triage(one).priority) for one in incidents)


@pytest.mark.parametrize("name", [name for name in NAMES if "unknown" not in WORDS.get(name, ())])
def test_unknown_says_no_more_than_leaving_the_key_out(name):
    assert Facts.from_mapping({name: "unknown"}) == Facts()


@pytest.mark.parametrize("name", list(WORDS))
def test_false_says_no_more_than_leaving_a_word_out(name):
    assert Facts.from_mapping({name: False}) == Facts()
