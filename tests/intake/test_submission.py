# SPDX-License-Identifier: Apache-2.0
"""The wire contract: one spelling, nothing unknown, nothing repeated back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.errors import SubmissionError
from intake.submission import ATTACHMENTS, LARGEST, Mailbox, SealedAttachment, Submission, parse

ID = bytes(range(16))


def submission(**changes):
    fields = {
        "version": 1, "report": ID, "org": ID, "team": ID, "day": 20_000, "priority": 2, "key": b"k" * 1224,
        "body": b"b" * 2144, "summary": b"s" * 1076, "submitter": "bot", "signature": b"g" * 64,
        "mailbox": Mailbox(lookup=ID, salt=ID, public_key=b"p" * 1216),
        "attachments": (SealedAttachment(id=ID, size=4096, sha256=b"h" * 32, key=b"a" * 1224),),
    }  # fmt: skip
    return Submission(**{**fields, **changes})


def test_bytes_and_back():
    sent = submission()
    raw = sent.to_bytes()
    assert parse(raw) == sent
    assert parse(raw).to_bytes() == raw
    assert raw.isascii()
    wire = json.loads(raw)
    assert wire["report"] == ID.hex()
    assert "=" not in wire["body"]
    assert list(wire) == sorted(wire)


def test_the_largest_report_fits():
    body = b"b" * (128 * 1024 + 24 + 56 + 16 * 9)
    attachment = SealedAttachment(id=ID, size=2**34, sha256=b"h" * 32, key=b"a" * 1224)
    raw = submission(body=body, attachments=(attachment,) * ATTACHMENTS).to_bytes()
    assert len(raw) < LARGEST
    assert len(parse(raw).attachments) == ATTACHMENTS


def changed(**fields):
    return json.dumps(json.loads(submission().to_bytes()) | fields).encode()


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (changed(version=2), "version"),
        (changed(version=True), "version"),
        (changed(day="20000"), "day"),
        (changed(day=-1), "day"),
        (changed(priority=0), "priority"),
        (changed(priority=5), "priority"),
        (changed(report="00"), "report"),
        (changed(report=ID.hex().upper() + "AB"), "report"),
        (changed(org=ID.hex().replace("0", "O")), "org"),
        (changed(body="***"), "body"),
        (changed(body="AA=="), "body"),
        (changed(key="QUJD" * 9 + "QR"), "key"),
        (changed(signature="AAAA"), "signature"),
        (changed(submitter="Bot One"), "submitter"),
        (changed(submitter="\ud800"), "submitter"),
        (changed(mailbox={}), "mailbox"),
        (changed(mailbox=None), "mailbox"),
        (changed(attachments={}), "attachments"),
        (changed(attachments=[{"id": ID.hex()}]), "attachments.0"),
        (changed(secretword="x"), "an unknown one"),
        (b"[]", "submission"),
        (b"null", "submission"),
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"day":1,"day":2}', "given twice"),
        (b" " * (LARGEST + 1), "larger than"),
    ],
)
def test_anything_else_is_refused_with_the_field_named(raw, field):
    with pytest.raises(SubmissionError) as caught:
        parse(raw)
    assert field in str(caught.value)
    assert "secretword" not in str(caught.value)


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_any_bytes_are_refused_by_one_error(raw):
    with pytest.raises(SubmissionError):
        parse(raw)
