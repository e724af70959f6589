# SPDX-License-Identifier: Apache-2.0
"""Erasing what was told, because whoever has the receipt asks for it: the keys go, and with them every copy.

One transaction deletes each wrap of the report's key, the attachments' keys, summary, body, notes, mailbox and
messages, and writes the entry; a tombstone stays. Then the sealed objects are deleted and the engine drops what it
still keeps of the rows. Backups of keys hold a wrap for 14 days at most (envelope.md section 11).
"""

import asyncio
import logging
from typing import Final

from sqlalchemy import Connection

from api import clock as time
from api.errors import HeldError, MissingError
from api.wiring import Wiring
from intake.lifecycle import Status, may_move
from storage.desk import attachments, audit, cases, mailboxes, reports
from storage.desk.audit import Action, Leaf
from storage.errors import StorageError

log = logging.getLogger("amparo.api")

SEALED: Final = (
    reports.reports,
    reports.sealed_keys,
    attachments.attachments,
    cases.notes,
    mailboxes.mailboxes,
    mailboxes.messages,
)
PATIENCE: Final = 10.0  # seconds to wait for the engine; it goes on by itself


async def erase(wiring: Wiring, tag: bytes) -> None:
    """Erase the report of this mailbox. MissingError: there is none; HeldError: it may not be erased for now."""
    hour = time.day(wiring.clock) * 24
    objects = await wiring.store.write(lambda connection: _erase(connection, tag, hour=hour))
    if objects is None:
        raise HeldError("The law asks for this to be kept for now. It is noted that erasing was asked for.")
    try:
        for name in objects:
            await wiring.blobs.delete(name.hex())
        await wiring.store.write(lambda connection: attachments.forget(connection, objects))
        await asyncio.wait_for(wiring.store.purge(SEALED), PATIENCE)
    except (StorageError, OSError) as error:
        # What opens them is gone already; the hourly sweep finds the objects, and the engine tidies up by itself.
        log.warning("what an erased report left is deleted later", extra={"error": type(error).__name__})


def _erase(connection: Connection, tag: bytes, *, hour: int) -> list[bytes] | None:
    """The unit; gives the ids of the objects that can go, or None under a hold."""
    mailbox = mailboxes.find_mailbox(connection, tag)
    case = cases.case_of_report(connection, mailbox.report) if mailbox else None
    if case is None:
        raise MissingError
    if case.hold:
        _ask(connection, case, hour=hour)
        return None
    # The entry first: its lock lets nobody add a reply or a note between our deletes and our commit.
    audit.append(connection, Leaf(Action.CASE_ERASED, audit.NOBODY, case.id, hour))
    if not reports.shred(connection, case.id):
        raise MissingError
    cases.bury(connection, case.id)
    return attachments.shred_keys(connection, case.id)


def _ask(connection: Connection, case: cases.CaseRow, *, hour: int) -> None:
    """Note that it was asked for, once."""
    if may_move(Status(case.status), Status.ERASURE_REQUESTED):
        cases.change_case(connection, case.id, version=case.version, status=Status.ERASURE_REQUESTED.value)
        audit.append(connection, Leaf(Action.ERASURE_REQUESTED, audit.NOBODY, case.id, hour))
