# SPDX-License-Identifier: Apache-2.0
"""Drafts to bytes and back, and bytes that are none."""

import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.draft import Answer, Consent, Draft, ToldCount, ToldDate
from intake.errors import DraftError
from intake.events import Attachment
from intake.words import told
from tests.intake.interview import Interview

DAY = dt.date(2025, 10, 9)
words = st.text(max_size=50).map(told)
dates = st.builds(ToldDate, st.none() | st.dates(), st.none() | st.dates(), st.just("range"), words, st.dates())
counts = st.builds(ToldCount, st.integers(0, 9), st.none() | st.integers(9, 99), st.booleans(), words)
answers = st.builds(
    Answer, st.lists(words, max_size=3).map(tuple), words, st.none() | dates, st.none() | counts, st.just(("ab",))
)
drafts = st.builds(
    Draft,
    version=words,
    nonce=st.just("00112233"),
    report_id=st.just("00" * 16),
    report_key=st.just("00" * 64),
    locale=st.sampled_from(["es", "en"]),
    step=words,
    touched=st.integers(0, 2**40),
    answers=st.dictionaries(words, answers, max_size=4),
    consent=st.none() | st.builds(Consent, words, words, words, st.integers(0, 99_999)),
    told=st.dictionaries(st.integers(1, 2**53), words, max_size=4),
    files=st.lists(st.builds(Attachment, words, words, st.integers(0, 99), words, words, words), max_size=2).map(tuple),
    picking=st.lists(words, max_size=3).map(tuple),
    aside=words,
    notes=st.lists(words, max_size=3).map(tuple),
    held=words,
    long=words,
    full=st.booleans(),
)


@given(drafts)
def test_bytes_and_back(draft):
    assert Draft.from_bytes(draft.to_bytes()) == draft


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b"\xff", b'{"format":2}', b'{"format":1}', b'{"format":1,"answers":[]}']
)
def test_other_bytes_are_refused(raw):
    with pytest.raises(DraftError):
        Draft.from_bytes(raw)


def test_unknown_or_missing_fields_are_refused():
    fields = json.loads(Interview().begin().draft.to_bytes())
    for change in ({"extra": 1}, {"consent": {"text": "x"}}, {"files": [{"id": 1, "strange": 2}]}):
        with pytest.raises(DraftError):
            Draft.from_bytes(json.dumps(fields | change).encode())
    del fields["nonce"]
    with pytest.raises(DraftError):
        Draft.from_bytes(json.dumps(fields).encode())


def test_a_draft_shows_nothing_in_a_traceback():
    draft = dataclasses.replace(
        Interview().begin().draft, notes=("secreto",), answers={"words": Answer(words="secreto")}
    )
    assert "secreto" not in repr(draft)
    assert draft.report_key not in repr(draft)
    assert "secreto" not in str(draft)


def test_a_skipped_answer_is_an_answer():
    assert Answer().skipped
    assert not Answer(("x",)).skipped
    assert not Answer(count=ToldCount(1, None, approximate=False, as_reported="")).skipped
