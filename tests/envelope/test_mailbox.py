# SPDX-License-Identifier: Apache-2.0
"""Mailboxes: the receipt leads to one look-up id and one key, and only that key opens the replies."""

import base64
import hashlib
import json
import secrets
from pathlib import Path

import pytest

from envelope import mailbox
from envelope.errors import BadKeyError, RefusedError, TooLargeError
from envelope.padding import MAIL_BUCKETS, unframe
from envelope.suite import XWingKey
from envelope.unseal import IntakeKey, open_message

VECTORS = Path(__file__).parent / "vectors"
FORMAT = json.loads((VECTORS / "format.json").read_text())
MAIL = {case.get("label"): case for case in json.loads((VECTORS / "hpke-xwing.json").read_text())["cases"]}
ORG, TEAM, MESSAGE, DAY = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16), 20781
OTHER = secrets.token_bytes(16)
TEXT = "Estamos contigo. Nou la avèk ou. 我们在这里。".encode()


@pytest.mark.parametrize("case", FORMAT["receipts"], ids=lambda case: case["crockford"])
def test_a_receipt_leads_to_its_mailbox(case):
    secret, org = bytes.fromhex(case["secret"]), bytes.fromhex(case["org"])
    key = mailbox.mailbox_key(secret, org=org, salt=bytes.fromhex(case["salt"]))
    assert mailbox.lookup(secret, org).hex() == case["lookup"]
    assert hashlib.sha256(key.public).hexdigest() == case["mailbox_public_key_sha256"]
    assert key.kid.hex() == case["mailbox_key_id"]
    assert key.public == XWingKey(bytes.fromhex(case["mailbox_seed"])).public


def test_the_desk_keeps_a_tag():
    case = next(case for case in FORMAT["derived"]["hmac"] if case["label"] == "mailbox.tag")
    found = mailbox.tag(bytes.fromhex(case["key"]), bytes.fromhex(case["fields"][0]["value"]))
    assert found.hex() == case["tag"]


def record_of(case):
    return bytes.fromhex(case["record_header"]) + base64.b64decode(case["sealed"])


def fields_of(case):
    return [int(f["value"]) if f["type"] == "uint" else bytes.fromhex(f["value"]) for f in case["fields"]]


def test_a_reply_by_another_implementation_opens():
    case = MAIL["mail.out"]
    kid, org, message, day = fields_of(case)
    key = XWingKey(bytes.fromhex(case["seed"]))
    assert key.kid == kid
    found = mailbox.open_reply(key, record_of(case), org=org, message=message, day=day)
    assert found == unframe(base64.b64decode(case["plaintext"]))
    assert found.decode().startswith("Estamos contigo")


def test_a_message_by_another_implementation_opens():
    case = MAIL["mail.in"]
    _, org, team, mailbox_kid, message, day = fields_of(case)
    found = open_message(
        IntakeKey(bytes.fromhex(case["seed"])),
        record_of(case),
        org=org,
        team=team,
        mailbox_kid=mailbox_kid,
        message=message,
        day=day,
    )
    assert found == unframe(base64.b64decode(case["plaintext"]))


@pytest.fixture(scope="module")
def key():
    return mailbox.mailbox_key(mailbox.new_secret(), org=ORG, salt=secrets.token_bytes(16))


@pytest.fixture(scope="module")
def reply(key):
    return mailbox.seal_reply(key.public, org=ORG, message=MESSAGE, day=DAY, text=TEXT)


def test_a_reply_opens_for_its_mailbox_only(key, reply):
    assert mailbox.open_reply(key, reply, org=ORG, message=MESSAGE, day=DAY) == TEXT
    stranger = mailbox.mailbox_key(mailbox.new_secret(), org=ORG, salt=secrets.token_bytes(16))
    with pytest.raises(RefusedError):
        mailbox.open_reply(stranger, reply, org=ORG, message=MESSAGE, day=DAY)
    # A header that names the stranger does not help.
    with pytest.raises(RefusedError):
        mailbox.open_reply(stranger, reply[:8] + stranger.kid + reply[24:], org=ORG, message=MESSAGE, day=DAY)


@pytest.mark.parametrize("changed", [{"org": OTHER}, {"message": OTHER}, {"day": DAY + 1}], ids=str)
def test_a_reply_belongs_to_one_place(key, reply, changed):
    with pytest.raises(RefusedError):
        mailbox.open_reply(key, reply, **{"org": ORG, "message": MESSAGE, "day": DAY} | changed)


def damaged(record):
    """The header bit by bit, the borders of the payload, other lengths."""
    for bit in range(24 * 8):
        changed = bytearray(record)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)
    for place in (24, 24 + 1119, 24 + 1120, -17, -16, -1):
        changed = bytearray(record)
        changed[place] ^= 1
        yield bytes(changed)
    yield from (b"", record[:23], record[:24], record[:-1], record + b"\0", record[:-1024])


def test_a_damaged_reply_is_refused(key, reply):
    for record in damaged(reply):
        with pytest.raises(RefusedError):
            mailbox.open_reply(key, record, org=ORG, message=MESSAGE, day=DAY)


@pytest.mark.parametrize("length", [0, 1, 1019, 1020, 4000, 16379])
def test_the_length_of_a_reply_shows_in_classes_only(key, length):
    text = secrets.token_bytes(length)
    record = mailbox.seal_reply(key.public, org=ORG, message=MESSAGE, day=DAY, text=text)
    assert len(record) - 24 - 1120 - 16 in MAIL_BUCKETS
    assert mailbox.open_reply(key, record, org=ORG, message=MESSAGE, day=DAY) == text


def test_a_reply_that_fits_no_class_is_refused(key):
    with pytest.raises(TooLargeError):
        mailbox.seal_reply(key.public, org=ORG, message=MESSAGE, day=DAY, text=secrets.token_bytes(16380))


@pytest.mark.parametrize("public", [b"", bytes(1215), bytes(1184) + bytes(32)])
def test_nothing_is_sealed_to_a_bad_key(public):
    with pytest.raises(BadKeyError):
        mailbox.seal_reply(public, org=ORG, message=MESSAGE, day=DAY, text=TEXT)


PLACE = {"org": ORG, "team": TEAM, "mailbox_kid": OTHER, "message": MESSAGE, "day": DAY}


@pytest.fixture(scope="module")
def intake():
    return IntakeKey(secrets.token_bytes(32))


@pytest.fixture(scope="module")
def message(intake):
    return mailbox.seal_message(intake.public, **PLACE, text=TEXT)


def test_a_message_opens_where_it_belongs(intake, message):
    assert open_message(intake, message, **PLACE) == TEXT


@pytest.mark.parametrize("field", ["org", "team", "mailbox_kid", "message", "day"])
def test_a_message_opens_nowhere_else(intake, message, field):
    changed = DAY + 1 if field == "day" else secrets.token_bytes(16)
    with pytest.raises(RefusedError):
        open_message(intake, message, **PLACE | {field: changed})


def test_a_damaged_message_is_refused(intake, message):
    for record in damaged(message):
        with pytest.raises(RefusedError):
            open_message(intake, record, **PLACE)


def test_a_message_opens_with_its_own_key_only(message):
    with pytest.raises(RefusedError):
        open_message(IntakeKey(secrets.token_bytes(32)), message, **PLACE)


def test_a_reply_is_no_message(intake):
    reply = mailbox.seal_reply(intake.public, org=ORG, message=MESSAGE, day=DAY, text=TEXT)
    with pytest.raises(RefusedError):
        open_message(intake, reply, **PLACE)
