# SPDX-License-Identifier: Apache-2.0
"""How many people, never more exact than it was told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import counts
from intake.draft import ToldCount
from tests.intake.interview import CATALOGS

LANGUAGES = CATALOGS.vocabulary.languages("es")


@pytest.mark.parametrize(
    ("words", "low", "high", "approximate"),
    [
        ("4", 4, 4, False),
        ("٤", 4, 4, False),
        ("cuatro personas", 4, 4, False),
        ("somos seis", 6, 6, False),
        ("we were 12 people", 12, 12, False),
        ("al menos 27", 27, None, False),
        ("27+", 27, None, False),
        ("50 or more", 50, None, False),
        ("más de 100", 100, None, False),
        ("3 a 5", 3, 5, False),
        ("3-5", 3, 5, False),
        ("between 6 and 3", 3, 6, False),
        ("como 10", 10, 10, True),
        ("about 20 people", 20, 20, True),
    ],
)
def test_typed_numbers(words, low, high, approximate):
    count = counts.from_words(words, 1, LANGUAGES)
    assert count is not None
    assert (count.low, count.high, count.approximate, count.as_reported) == (low, high, approximate, words)


@pytest.mark.parametrize("words", ["muchas", "3 5", "0", "5551234567", "1 2 3", "", "no 3"])
def test_what_is_no_number(words):
    assert counts.from_words(words, 1, LANGUAGES) is None


@pytest.mark.parametrize(("words", "low"), [("me and my 2 children", 2), ("4 hombres y 3 chiquitos", 4)])
def test_numbers_among_words_are_a_lower_bound_and_the_words_stay(words, low):
    found = counts.from_words(words, 1, LANGUAGES)
    assert found == ToldCount(low, None, approximate=False, as_reported=words)


def test_none_of_them_is_a_number_where_zero_may_be_told():
    assert counts.from_words("0", 0, LANGUAGES).low == 0


@pytest.mark.parametrize(
    ("button", "low", "high"),
    [("1", 1, 1), ("3-5", 3, 5), ("10-49", 10, 49), ("50+", 50, None), ("unknown", 1, None)],
)
def test_buttons(button, low, high):
    count = counts.from_button(button, "label", 1)
    assert (count.low, count.high) == (low, high)


@given(st.text(max_size=40))
def test_any_text(words):
    count = counts.from_words(words, 1, LANGUAGES)
    assert count is None or (1 <= count.low <= counts.LARGEST and (count.high is None or count.high >= count.low))


@pytest.mark.parametrize("words", ["menos de 10", "at most 10", "hasta 10 personas"])
def test_at_most_is_an_upper_bound(words):
    assert counts.from_words(words, 1, LANGUAGES) == ToldCount(1, 10, approximate=False, as_reported=words)
