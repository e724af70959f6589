# SPDX-License-Identifier: Apache-2.0
"""A caseworker's answer: sealed to the reporter's mailbox, and a notice for whoever asked for one."""

import hashlib

from sqlalchemy import Connection

from api import clock as time
from api.auth import Seat
from api.casefile import Opened, Words, open_rows, opened_note, sealed_words
from api.errors import InvalidError, MissingError
from api.vault import Vault
from api.wiring import Wiring
from envelope.errors import RefusedError
from intake.mail import Mail, Notify, Silence, from_bytes
from storage.desk import cases, mailboxes, notices, reports
from storage.desk.audit import Action


async def answer_case(wiring: Wiring, vault: Vault, seat: Seat, case: bytes, text: str, *, key: str) -> bytes:
    """Seal a reply to the reporter's mailbox and keep a copy as a note; returns the message's id.

    The same key with the same text does nothing twice. InvalidError for another text; MissingError, LockedUpError.
    """
    opened = await open_rows(wiring, vault, seat, case)
    rows, opening = opened.rows, opened.opening
    if opened.key is None or opened.report is None:
        await wiring.store.write(opening.write)
        raise InvalidError("This report cannot be opened, so nobody can be answered.")
    user, day = seat.caseworker.id, time.day(wiring.clock)
    message = hashlib.sha256(b"reply\0" + case + user + key.encode()).digest()[:16]
    known = next((note for note in rows.notes if note.id == message), None)
    if known is not None:
        if opened_note(vault, opened, known).text != text:
            raise InvalidError("This Idempotency-Key was used for another answer.")
        return message
    try:
        trusted = bytes.fromhex(opened.report.mailbox_sha256)
        sealed = vault.seal_reply(rows.report, text.encode(), trusted=trusted, message=message, day=day)
    except RefusedError as error:
        opening.note(Action.REPORT_REFUSED, case)
        await wiring.store.write(opening.write)
        raise InvalidError(
            "The mailbox's key is not the reporter's. Nothing was sent; tell your coordinator."
        ) from error
    copy = sealed_words(vault, opened.key, case, Words(message, user, cases.REPLY_SENT, day, text))
    wanted = await _notice(vault, opened)
    opening.note(Action.CASE_ANSWERED, case)

    def unit(connection: Connection) -> None:
        opening.write(connection)  # first: its lock on the log orders us and whoever erases this case
        if reports.digest_of(connection, case) is None:
            raise MissingError
        stored = mailboxes.Message(message, day, sealed)
        mailboxes.insert_message(connection, case, stored, direction=mailboxes.OUT)
        cases.insert_note(connection, case, note=message, author=user, kind=cases.REPLY_SENT, record=copy)
        if wanted is not None:
            notices.insert_notice(connection, wanted, day=day)

    await wiring.store.write(unit)
    return message


async def _notice(vault: Vault, opened: Opened) -> bytes | None:
    """The reference under which the reporter wants a notice by now: the last word about it counts."""
    told: list[Mail | None] = [opened_note(vault, opened, note).mail for note in opened.rows.notes]
    if opened.rows.messages:
        waiting = await vault.open_messages(opened.opening, opened.rows.report, opened.rows.messages)
        told += [None if raw is None else from_bytes(raw) for raw in waiting]
    last = next((one for one in reversed(told) if isinstance(one, Notify | Silence)), None)
    return bytes.fromhex(last.ref) if isinstance(last, Notify) else None
