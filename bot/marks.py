# SPDX-License-Identifier: Apache-2.0
"""What was said is struck off: many successes share one transaction.

A crash before that transaction repeats the message, which is allowed; nothing is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from bot.backoff import pause
from storage.database import Store
from storage.errors import StorageError
from storage.phone import deletions, outgoing

log = logging.getLogger("amparo.bot")


class Mark(NamedTuple):
    """A row that is done; `messages` are the numbers under which its message stands in the chat since `hour`."""

    row: bytes
    chat: bytes
    hour: int
    messages: tuple[int, ...] = ()


class Marks:
    """Collects marks and writes them as fast as the store takes them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[Mark] = []
        self._some = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()

    def add(self, mark: Mark) -> None:
        self._waiting.append(mark)
        self._some.set()
        self._quiet.clear()

    async def written(self) -> None:
        """Wait until every mark given so far is on disk."""
        await self._quiet.wait()

    async def run(self) -> None:
        """Write until cancelled. While the store is down the marks wait."""
        failures = 0
        while True:
            await self._some.wait()
            batch, self._waiting = self._waiting, []
            self._some.clear()
            try:
                await self._store.write(lambda connection, batch=batch: self._write(connection, batch))  # type: ignore[misc]
            except StorageError as error:
                log.warning(
                    "cannot strike off what was said", extra={"error": type(error).__name__, "count": len(batch)}
                )
                self._waiting = batch + self._waiting
                self._some.set()
                failures += 1
                await asyncio.sleep(pause(failures, most=10.0, first=0.1))
                continue
            failures = 0
            if not self._waiting:
                self._quiet.set()

    def _write(self, connection: Connection, batch: Sequence[Mark]) -> None:
        outgoing.remove_outgoing(connection, [mark.row for mark in batch])
        for hour in {mark.hour for mark in batch}:  # one, but for the moment in which an hour ends
            pairs = [(mark.chat, message) for mark in batch if mark.hour == hour for message in mark.messages]
            deletions.note_messages(connection, pairs, hour=hour)
