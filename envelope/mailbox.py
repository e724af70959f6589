# SPDX-License-Identifier: Apache-2.0
"""The reporter's mailbox: what a receipt leads to, replies sealed to it, later messages sealed to the team.

The desk keeps a tag, a salt and a public key; only the receipt gives the look-up id and the private key.
"""

import secrets

from envelope.binding import ID_BYTES, kdf, kid_public, mac
from envelope.padding import MAIL_BUCKETS, frame, unframe
from envelope.receipt import SECRET_BYTES
from envelope.suite import RecordType, XWingKey, hpke_record, open_hpke_record


def new_secret() -> bytes:
    """11 random bytes: what a receipt spells."""
    return secrets.token_bytes(SECRET_BYTES)


def lookup(secret: bytes, org: bytes) -> bytes:
    """The 16 bytes under which the bot asks for a mailbox. They stand in paths: keep them out of logs."""
    return kdf(secret, "receipt.lookup", org, length=ID_BYTES)


def mailbox_key(secret: bytes, *, org: bytes, salt: bytes) -> XWingKey:
    """The private key of a mailbox; the 16-byte salt stands in its row."""
    return XWingKey(kdf(secret, "receipt.mailbox", org, salt))


def tag(pepper: bytes, lookup: bytes) -> bytes:
    """The 32 bytes that the desk stores in place of a look-up id."""
    return mac(pepper, "mailbox.tag", lookup)


def seal_reply(public: bytes, *, org: bytes, message: bytes, day: int, text: bytes) -> bytes:
    """A mail.out record to the mailbox's public key.

    The caller has compared the key with the hash in the report's body: a database writer could have swapped it.
    BadKeyError: not a usable key; TooLargeError: the text does not fit 16 KiB.
    """
    framed = frame(text, MAIL_BUCKETS)
    return hpke_record(RecordType.MAIL_OUT, public, kid_public(public), framed, org, message, day)


def open_reply(mailbox: XWingKey, record: bytes, *, org: bytes, message: bytes, day: int) -> bytes:
    """The text of a reply; RefusedError if the record does not open."""
    return unframe(open_hpke_record(RecordType.MAIL_OUT, mailbox, record, org, message, day))


def seal_message(
    intake_public: bytes, *, org: bytes, team: bytes, mailbox_kid: bytes, message: bytes, day: int, text: bytes
) -> bytes:
    """A mail.in record to the team's intake key. TooLargeError: the text does not fit 16 KiB."""
    framed, kid = frame(text, MAIL_BUCKETS), kid_public(intake_public)
    return hpke_record(RecordType.MAIL_IN, intake_public, kid, framed, org, team, mailbox_kid, message, day)
