# SPDX-License-Identifier: Apache-2.0
"""Typed answers in every script's digits, with and without accents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.matching import fold, match, numbers

LABELS = [fold(label) for label in ("Sí, en los próximos 3 días", "Sí, más tarde", "No sé", "Ya pasó", "12 to 17")]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sí, AHORA!", "si ahora"),
        ("/borrar", "borrar"),
        ("  NO\u00a0SÉ ", "no se"),
        ("1️⃣", "1"),
        ("🔟", "10"),
        ("１２", "12"),
        ("١٢", "12"),
        ("۱۲", "12"),
        ("१२", "12"),
        ("①", "1"),
        ("\u202e1\u202c", "1"),
        ("✓ 2 Theft", "2 theft"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("کتـــاب", "کتاب"),
        ("", ""),
        ("!?…", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "positions"),
    [
        ("1", (0,)),
        ("4", (3,)),
        ("no se", (2,)),
        ("No sé", (2,)),
        ("3 No sé", (2,)),
        ("ya", (3,)),
        ("si en", (0,)),
        ("12 to 17", (4,)),
        ("si", None),  # two labels begin so
        ("2 No sé", None),  # number and label disagree
        ("5", (4,)),
        ("6", None),
        ("0", None),
        ("1 2", None),
        ("12", None),
        ("999999999999999999999999", None),
        ("sea", None),
        ("", None),
    ],
)
def test_one_choice(typed, positions):
    found = match(fold(typed), LABELS, several=False, numbered=5, spelled={})
    assert (found and found.positions) == positions


def test_several_numbers_where_several_fit():
    found = match("3 1 3", LABELS, several=True, numbered=5, spelled={})
    assert found is not None
    assert found.positions == (2, 0)
    assert found.by_number
    assert match("3 9", LABELS, several=True, numbered=5, spelled={}) is None


def test_only_drawn_choices_answer_to_numbers():
    assert match("5", LABELS, several=False, numbered=2, spelled={}) is None
    found = match("ya paso", LABELS, several=False, numbered=2, spelled={})
    assert found is not None
    assert found.positions == (3,)


def test_number_words():
    assert numbers("dos 3", {"dos": 2}) == (2, 3)
    assert numbers("dos casas", {"dos": 2}) == ()
