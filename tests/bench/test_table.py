# SPDX-License-Identifier: Apache-2.0
"""What the benchmark says of a figure: met or missed, by how much, and beside what."""

import json

import pytest

from bench.table import Goal, Raw, Row, Section, lines, number


@pytest.mark.parametrize(
    ("figure", "goal", "missed"),
    [
        (8.0, Goal(8), None),
        (10.0, Goal(8), 0.25),
        (150.0, Goal(200, "least"), 0.25),
        (200.0, Goal(200, "least"), None),
        (30.0, Goal(2, of="ratio"), 0.5),
        (15.0, Goal(2, of="ratio"), None),
        (9.0, Goal(1, "least", "ratio"), 0.1),
        (0.0, Goal(0), None),
        (3.0, Goal(0), 3.0),
    ],
)
def test_a_goal_is_missed_by_a_share_of_its_limit(figure, goal, missed):
    row = Row("axis", figure, "ms", goal, [Raw("raw", 10.0)])
    assert row.missed == (pytest.approx(missed) if missed is not None else None)
    assert ("MISSED" in row.verdict) is (missed is not None)


def test_a_row_without_a_goal_passes_no_judgement():
    assert Row("axis", 1.0, "s").verdict == ""


def test_a_section_shows_each_raw_thing_with_its_ratio_and_the_failure():
    row = Row("axis", 10.0, "ms", Goal(8), [Raw("bare", 2.0), Raw("nothing", 0.0)], "said of it")
    text = "\n".join(lines(Section("name", [row], failure="KeyError")))
    for part in ("MISSED by 25%", "bare: 2 ms", "5x", "nothing: 0 ms", "* axis: said of it", "FAILED: KeyError"):
        assert part in text


def test_all_of_it_is_json():
    row = Row("axis", 10.0, "ms", Goal(8), [Raw("bare", 2.0)])
    told = json.loads(json.dumps(Section("name", [row]).mapping()))
    assert told["rows"][0]["raw"] == [{"name": "bare", "figure": 2.0, "ratio": 5.0}]
    assert told["rows"][0]["missed_by"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.01234, "0.0123"), (0.5, "0.500"), (2.345, "2.35"), (54.32, "54.3"), (1234.5, "1,234")],
)
def test_numbers_show_three_digits_that_matter(value, shown):
    assert number(value) == shown
