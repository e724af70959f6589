# SPDX-License-Identifier: Apache-2.0
"""What people of each language really type for a date or a count, out of `typed.toml`. Told on Thursday 9 October 2025."""

import pathlib
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import counts, dates
from intake.matching import fold, match
from tests.intake.interview import CATALOGS, TODAY

TYPED = tomllib.loads((pathlib.Path(__file__).parent / "typed.toml").read_text(encoding="utf-8"))
MEANINGS = TYPED["meanings"]
LOCALES = CATALOGS.locales
WORDS = sorted(" ".join(phrase) for name in LOCALES for phrase in CATALOGS.vocabulary.languages(name)[0].dates)


def rows(kind):
    return [
        pytest.param(locale, meaning, words, id=f"{locale}-{words}")
        for locale in LOCALES
        for meaning, told in TYPED[locale][kind].items()
        for words in told
    ]


@pytest.mark.parametrize(("locale", "meaning", "words"), rows("dates"))
def test_a_date(locale, meaning, words):
    told = dates.from_words(words, TODAY, CATALOGS.vocabulary.languages(locale))
    assert f"{told.start} {told.end} {told.precision}" == MEANINGS[meaning]
    assert told.as_reported == words


@pytest.mark.parametrize(("locale", "meaning", "words"), rows("counts"))
def test_a_count(locale, meaning, words):
    told = counts.from_words(words, 1, CATALOGS.vocabulary.languages(locale))
    assert brief(told, words) == meaning
    assert told is None or told.as_reported == words


def brief(told, words):
    if told is None:
        return "ask" if any(c.isdecimal() for c in words) else ""
    bounds = str(told.low) if told.low == told.high else f"{told.low}-{told.high}"
    return ("~" if told.approximate else "") + (f"{told.low}+" if told.high is None else bounds)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_enough_of_them(locale):
    assert sum(map(len, TYPED[locale]["dates"].values())) >= 25
    assert sum(map(len, TYPED[locale]["counts"].values())) >= 12
    assert len(TYPED[locale]["dates"]["unknown"]) >= 8


@pytest.mark.parametrize("locale", LOCALES)
def test_numbers_are_told_in_words_up_to_a_hundred(locale):
    spelled = CATALOGS.vocabulary.languages(locale)[0].numerals
    assert set(spelled.values()) == set(range(1, 101))


@given(st.sampled_from(LOCALES), st.lists(st.sampled_from(WORDS) | st.integers(0, 2100).map(str), max_size=7))
def test_no_order_of_known_words_gives_a_day_to_come(locale, told):
    found = dates.from_words(" ".join(told), TODAY, CATALOGS.vocabulary.languages(locale))
    assert found.precision in dates.PRECISIONS
    assert found.end is None or found.end <= TODAY
    assert found.start is None or found.end is None or found.start <= found.end
    assert found.precision != "day" or found.start == found.end is not None


@pytest.mark.parametrize(("typed", "position"), [("no", None), ("no se", 1), ("no me dejaron", 0), ("si", 2)])
def test_a_bare_no_is_only_a_choice_that_says_no_more(typed, position):
    labels = [fold(label) for label in ("No me dejaron salir", "No sé", "Sí")]
    whole = CATALOGS.vocabulary.yes_no
    found = match(typed, labels[:2] if typed == "no" else labels, several=False, numbered=3, spelled={}, whole=whole)
    assert (found and found.positions[0]) == position
    assert match("no", labels[:1], several=False, numbered=1, spelled={}, whole=whole) is None
