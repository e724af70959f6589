# SPDX-License-Identifier: Apache-2.0
"""Once an hour: drop what nobody needs any more. Losing a round harms nothing, so it is not written down."""

import asyncio
import logging

from sqlalchemy import Connection

from api import clock as time
from api.auth import IDLE
from api.wiring import Wiring
from storage.desk import attachments, notices, sessions
from storage.errors import StorageError

log = logging.getLogger("amparo.api")

EVERY = time.HOUR
NOTICES_KEPT = 7  # days a bot may be down without missing one
KEPT = 2  # days for which an object waits for the submission that names it


async def sweep(wiring: Wiring) -> int:
    """Delete dead sessions, old notices, and objects that no submission claimed; returns how many objects went."""
    now, today = time.seconds(wiring.clock), time.day(wiring.clock)

    def unit(connection: Connection) -> list[bytes]:
        sessions.sweep_sessions(connection, now=now, idle_since=now // time.MINUTE - IDLE)
        notices.forget_notices(connection, before=today - NOTICES_KEPT)
        return attachments.forget_waiting(connection, before=today - KEPT)

    gone = await wiring.store.write(unit)
    for name in gone:  # the rows went first: an object without a row is taken up or found again, never the reverse
        await wiring.blobs.delete(name.hex())
    await wiring.blobs.discard_unfinished(KEPT * time.DAY)
    return len(gone)


async def keep_sweeping(wiring: Wiring) -> None:
    """Sweep until cancelled."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            count = await sweep(wiring)
        except (StorageError, OSError) as error:
            log.warning("a sweep failed and will be tried again", extra={"error": type(error).__name__})
        else:
            log.info("swept", extra={"count": count})
