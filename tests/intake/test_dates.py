# SPDX-License-Identifier: Apache-2.0
"""Dates as vague as they were told. Today is Thursday 9 October 2025."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import dates
from tests.intake.interview import CATALOGS, TODAY

LANGUAGES = {locale: CATALOGS.vocabulary.languages(locale) for locale in ("en", "es")}

TYPED = [
    ("en", "today", "2025-10-09", "2025-10-09", "day"),
    ("en", "last night", "2025-10-08", "2025-10-08", "day"),
    ("es", "anteayer", "2025-10-07", "2025-10-07", "day"),
    ("es", "el martes en la noche", "2025-10-07", "2025-10-07", "day"),
    ("en", "on Thursday", "2025-10-02", "2025-10-02", "day"),
    ("en", "last Friday", "2025-10-03", "2025-10-03", "day"),
    ("es", "el viernes pasado", "2025-10-03", "2025-10-03", "day"),
    ("es", "hace 3 días", "2025-10-06", "2025-10-06", "day"),
    ("en", "three days ago", "2025-10-06", "2025-10-06", "day"),
    ("en", "10 days ago", "2025-09-26", "2025-10-02", "approximate"),
    ("es", "hace dos semanas", "2025-09-18", "2025-10-02", "approximate"),
    ("en", "3 months ago", "2025-06-24", "2025-07-24", "approximate"),
    ("es", "15 de marzo", "2025-03-15", "2025-03-15", "day"),
    ("en", "March 15", "2025-03-15", "2025-03-15", "day"),
    ("en", "15 December", "2024-12-15", "2024-12-15", "day"),
    ("en", "March 15, 2023", "2023-03-15", "2023-03-15", "day"),
    ("es", "1 de mayo de 2024", "2024-05-01", "2024-05-01", "day"),
    ("en", "2025-03-04", "2025-03-04", "2025-03-04", "day"),
    ("es", "14/3/2025", "2025-03-14", "2025-03-14", "day"),
    ("es", "3/4/2025", "2025-03-04", "2025-04-03", "range"),  # two readings: neither is invented
    ("es", "٢٠٢٤", "2024-01-01", "2024-12-31", "year"),
    ("en", "in March", "2025-03-01", "2025-03-31", "month"),
    ("es", "en noviembre", "2024-11-01", "2024-11-30", "month"),
    ("es", "febrero 2024", "2024-02-01", "2024-02-29", "month"),
    ("en", "this month", "2025-10-01", "2025-10-09", "month"),  # never after the day of the report
    ("es", "el mes pasado", "2025-09-01", "2025-09-30", "month"),
    ("es", "a mediados de junio", "2025-06-11", "2025-06-20", "part_of_month"),
    ("en", "late February 2024", "2024-02-21", "2024-02-29", "part_of_month"),
    ("en", "early this month", "2025-10-01", "2025-10-09", "part_of_month"),
    ("en", "2023", "2023-01-01", "2023-12-31", "year"),
    ("es", "el año pasado", "2024-01-01", "2024-12-31", "year"),
    ("en", "this year", "2025-01-01", "2025-10-09", "year"),
    ("en", "last week", "2025-09-29", "2025-10-05", "range"),
    ("es", "esta semana", "2025-10-03", "2025-10-09", "range"),
    ("en", "from 3 to 6 March", "2025-03-03", "2025-03-06", "range"),
    ("en", "March 3 to 6", "2025-03-03", "2025-03-06", "range"),
    ("es", "del 3 al 6 de marzo", "2025-03-03", "2025-03-06", "range"),
    ("en", "between March and May 2024", "2024-03-01", "2024-05-31", "range"),
    ("es", "desde ayer", "2025-10-08", "2025-10-09", "range"),
    ("es", "desde hace 3 días", "2025-10-06", "2025-10-09", "range"),
    ("es", "desde más o menos marzo", "2025-02-14", "2025-10-09", "approximate"),
    ("en", "about March", "2025-02-14", "2025-04-15", "approximate"),
    ("es", "como el 15 de marzo", "2025-03-12", "2025-03-18", "approximate"),
    ("es", "yesterday", "2025-10-08", "2025-10-08", "day"),  # another language's words
]

NOT_UNDERSTOOD = [
    "before March", "no fue ayer", "2099", "mañana", "31 February", "when it rained", "tomorrow", "month 14",
    "March 32", "12 13 14", "99999999999", "hace muchos años", "5 minutes ago", "from May to March 2024", "since",
    "to", "about", "0", "ago ago ago", "2025-13-40", "9/9/9999",
]  # fmt: skip


@pytest.mark.parametrize(("locale", "words", "start", "end", "precision"), TYPED)
def test_typed_words(locale, words, start, end, precision):
    told = dates.from_words(words, TODAY, LANGUAGES[locale])
    assert (str(told.start), str(told.end), told.precision) == (start, end, precision)
    assert told.as_reported == words
    assert told.anchor == TODAY


@pytest.mark.parametrize("words", NOT_UNDERSTOOD)
def test_what_is_not_understood_invents_no_day(words):
    told = dates.from_words(words, TODAY, LANGUAGES["en"])
    assert (told.start, told.end, told.precision, told.as_reported) == (None, None, "unknown", words)


@pytest.mark.parametrize(
    ("button", "start", "end", "precision"),
    [
        ("today", "2025-10-09", "2025-10-09", "day"),
        ("yesterday", "2025-10-08", "2025-10-08", "day"),
        ("this_week", "2025-10-03", "2025-10-09", "range"),
        ("this_month", "2025-10-01", "2025-10-09", "month"),
        ("last_month", "2025-09-01", "2025-09-30", "month"),
        ("this_year", "2025-01-01", "2025-10-09", "year"),
        ("last_year", "2024-01-01", "2024-12-31", "year"),
        ("older", "None", "2023-12-31", "range"),
        ("older_than_month", "None", "2025-09-09", "range"),
        ("unknown", "None", "None", "unknown"),
    ],
)
def test_buttons(button, start, end, precision):
    told = dates.from_button(button, "label", TODAY)
    assert (str(told.start), str(told.end), told.precision) == (start, end, precision)


def test_january_looks_back_into_the_year_before():
    told = dates.from_words("last month", dt.date(2025, 1, 31), LANGUAGES["en"])
    assert (str(told.start), str(told.end)) == ("2024-12-01", "2024-12-31")


words = st.lists(
    st.sampled_from(
        [
            "today",
            "yesterday",
            "march",
            "3",
            "15",
            "31",
            "2024",
            "2025",
            "monday",
            "to",
            "from",
            "since",
            "about",
            "early",
            "late",
            "ago",
            "days",
            "weeks",
            "months",
            "years",
            "last",
            "this",
            "week",
            "month",
            "hace",
            "desde",
            "de",
            "al",
            "martes",
            "febrero",
            "0",
            "-1",
            "100000",
            "/",
            "-",
            ",",
            "٣",
        ]
    ),
    max_size=6,
).map(" ".join)


@given(words | st.text(max_size=40), st.dates(dt.date(1999, 1, 1), dt.date(2100, 12, 31)))
def test_any_words_give_a_sound_date(typed, today):
    told = dates.from_words(typed, today, LANGUAGES["es"])
    assert told.precision in dates.PRECISIONS
    assert told.as_reported == typed
    assert told.end is None or told.end <= today
    assert told.start is None or told.start <= today
    if told.start and told.end:
        assert told.start <= told.end
    if told.precision == "day":
        assert told.start == told.end is not None
    if told.precision == "unknown":
        assert told.start is told.end is None
