# SPDX-License-Identifier: Apache-2.0
"""What a later message says: words stay words whatever they look like, and a change has exactly one form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail import Notify, Share, Silence, Words, from_bytes, to_bytes

CHANGES = [*(Share(f"S{n}") for n in range(5)), Notify("0f" * 16), Silence()]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_change_comes_back_and_its_bytes_typed_by_somebody_are_words(change):
    raw = to_bytes(change)
    assert from_bytes(raw) == change
    typed = Words(raw.decode())
    assert to_bytes(typed) != raw
    assert from_bytes(to_bytes(typed)) == typed
    again = Words(to_bytes(typed).decode())
    assert from_bytes(to_bytes(again)) == again


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_words_come_back(text):
    assert from_bytes(to_bytes(Words(text))) == Words(text)


@pytest.mark.parametrize(
    "raw",
    [
        "hola",
        "",
        "{}",
        '{"amparo":"mail/1","kind":"share","level":"S9"}',
        '{"amparo":"mail/1","kind":"share","level":["S2"]}',
        '{"amparo":"mail/1","kind":"share"}',
        '{"amparo":"mail/2","kind":"silence"}',
        '{"kind":"silence","amparo":"mail/1"}',
        '{"amparo":"mail/1", "kind":"silence"}',
        '{"amparo":"mail/1","kind":"silence"} ',
        '{"amparo":"mail/1","kind":"notify","ref":"0F"}',
        '{"amparo":' + "[" * 20_000,
        json.dumps(["amparo"]),
    ],
)
def test_what_is_not_byte_for_byte_a_change_is_words(raw):
    assert from_bytes(raw.encode()) == Words(raw)


def test_what_is_no_text_is_shown_as_far_as_it_goes():
    assert from_bytes(b"\xffhola") == Words("\ufffdhola")


def test_words_are_not_shown_in_a_traceback():
    assert "secreto" not in repr(Words("secreto"))
