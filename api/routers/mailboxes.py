# SPDX-License-Identifier: Apache-2.0
"""Mailboxes, as the bot reaches them for whoever gave a receipt. Messages pass through sealed, both ways."""

import base64
from http import HTTPStatus
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import clock as time
from api.auth import bot_only
from api.erasing import erase
from api.errors import BodyTooLargeError, CollisionError, InvalidError, MissingError
from api.openapi import HELD, PROBLEMS
from api.proofs import proof_of
from api.wiring import Wiring, wired
from envelope.errors import RefusedError
from envelope.mailbox import tag
from envelope.suite import RecordType, split
from intake.submission import Id, Record
from storage.desk import audit, cases, mailboxes
from storage.desk.audit import Action, Leaf

router = APIRouter(prefix="/v1/intake/mailboxes", tags=["intake"], dependencies=[Depends(bot_only)], responses=PROBLEMS)
MOST = 200  # messages a reporter can leave in one mailbox
LARGEST = 32 * 1024  # bytes of JSON around a record of 16 KiB
DAYS = 2  # a message's day may be as many later than ours
OLDEST = 30  # days: a bot keeps a message as long as we cannot be reached
Here = Annotated[Wiring, Depends(wired)]


class MessageOut(BaseModel):
    """One sealed message: hex id, Unix day, base64url record."""

    id: str
    day: int
    record: str


class MessagesOut(BaseModel):
    """What the receipt's holder needs besides the receipt."""

    salt: str
    day: int
    messages: list[MessageOut]


class MessageIn(BaseModel):
    """A later message of the reporter, sealed to the team's intake key."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    id: Id
    day: int
    record: Record


class _Found(NamedTuple):
    mailbox: mailboxes.Mailbox
    messages: list[mailboxes.Message]


@router.get("/{lookup}/messages")
async def mailbox_read(lookup: str, wiring: Here) -> MessagesOut:
    """The replies that wait under this look-up id; 404 when there is no such mailbox."""
    wanted = _tag(wiring, lookup)

    def query(connection: Connection) -> _Found | None:
        mailbox = mailboxes.find_mailbox(connection, wanted)
        if mailbox is None:
            return None
        return _Found(mailbox, mailboxes.read_messages(connection, mailbox.report, direction=mailboxes.OUT))

    found = await wiring.store.read(query)
    if found is None:
        raise MissingError
    messages = [MessageOut(id=one.id.hex(), day=one.day, record=_base64(one.record)) for one in found.messages]
    return MessagesOut(salt=_base64(found.mailbox.salt), day=found.mailbox.day, messages=messages)


@router.post("/{lookup}/messages", status_code=201, max_body_size=LARGEST)
async def mailbox_write(
    lookup: str,
    message: MessageIn,
    wiring: Here,
    idempotency_key: Annotated[str, Header(min_length=32, max_length=32)],
) -> Response:
    """Keep a sealed message of the reporter: 201; the same id again 200."""
    wanted, today = _tag(wiring, lookup), time.day(wiring.clock)
    if idempotency_key != message.id.hex():
        raise InvalidError("Idempotency-Key is the message's id.")
    try:
        split(message.record, RecordType.MAIL_IN)
    except RefusedError as error:
        raise InvalidError("This is not a sealed message.") from error
    if not today - OLDEST <= message.day <= today + DAYS:
        raise InvalidError("The day is too far from ours. Set the clock, then send the same message again.")
    stored = mailboxes.Message(message.id, message.day, message.record)
    try:
        fresh = await wiring.store.write(lambda connection: _keep(connection, wanted, stored, hour=today * 24))
    except IntegrityError as error:
        raise CollisionError("This id belongs to another message. Nothing was changed.") from error
    return Response(status_code=HTTPStatus.CREATED if fresh else HTTPStatus.OK)


def _keep(connection: Connection, wanted: bytes, message: mailboxes.Message, *, hour: int) -> bool:
    mailbox = mailboxes.find_mailbox(connection, wanted)
    if mailbox is None:
        raise MissingError
    waiting = mailboxes.read_messages(connection, mailbox.report, direction=mailboxes.IN)
    if message in waiting or cases.read_note(connection, mailbox.report, message.id) is not None:
        return False  # it is here, or was taken into its case already
    if len(waiting) >= MOST:
        raise BodyTooLargeError("This mailbox is full. Nothing was kept; the person can send a new report.")
    mailboxes.insert_message(connection, mailbox.report, message, direction=mailboxes.IN)
    cases.count_unread(connection, mailbox.report, change=1)
    audit.append(connection, Leaf(Action.MAILBOX_WRITTEN, audit.NOBODY, mailbox.report, hour))
    return True


@router.get("/{lookup}/proof", response_class=PlainTextResponse)
async def mailbox_proof(lookup: str, wiring: Here) -> PlainTextResponse:
    """A signed proof that a report was registered under this look-up id, as text (C2SP tlog-proof)."""
    return PlainTextResponse(await proof_of(wiring, _tag(wiring, lookup)))


@router.delete("/{lookup}", status_code=202, responses=HELD)
async def mailbox_erase(lookup: str, wiring: Here) -> Response:
    """Erase what was told: no key of it is left. 423 while a law forbids that; 404 when it was done before."""
    await erase(wiring, _tag(wiring, lookup))
    return Response(status_code=HTTPStatus.ACCEPTED)


def _tag(wiring: Wiring, lookup: str) -> bytes:
    try:
        raw = bytes.fromhex(lookup)
    except ValueError:
        raw = b""
    if len(raw) != 16:
        raise MissingError
    return tag(wiring.settings.mailbox_pepper.get_secret_value(), raw)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
