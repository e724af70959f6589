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

from bot.addresses import Addresses
from bot.backoff import pause
from storage.database import Store
from storage.errors import StorageError
from storage.phone import deletions, outgoing
from storage.phone.deletions import Role

log = logging.getLogger("amparo.bot")


class Mark(NamedTuple):
    """A row that is done; `messages` are the numbers under which its message stands in the chat since `hour`.

    `doubtful` are numbers under which an earlier try may have left a message that nobody told us of.
    """

    row: bytes
    chat: bytes
    hour: int
    messages: tuple[int, ...] = ()
    role: Role = Role.PLAIN
    doubtful: tuple[int, ...] = ()
    number: int = 0  # Telegram's, of the chat whose tag is `chat`


class Marks:
    """Collects marks and writes them as fast as the store takes them."""

    def __init__(self, store: Store, addresses: Addresses) -> None:
        self._store = store
        self._addresses = addresses
        self._waiting: list[Mark] = []
        self._some = asyncio.Event()
        self._more = asyncio.Event()  # a new one for each transaction
        self._given = self._struck = 0

    def add(self, mark: Mark) -> None:
        self._waiting.append(mark)
        self._given += 1
        self._some.set()

    async def written(self) -> None:
        """Wait until every mark given so far is on disk."""
        given = self._given
        while self._struck < given:
            await self._more.wait()

    async def run(self) -> None:
        """Write until cancelled. While the store is down the marks wait."""
        failures = 0
        while True:
            await self._some.wait()
            batch, self._waiting = self._waiting, []
            self._some.clear()
            addresses = self._found(batch)
            try:
                await self._store.write(
                    lambda connection, batch=batch, addresses=addresses: self._write(  # type: ignore[misc]
                        connection, batch, addresses
                    )
                )
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
            for address in addresses:
                self._addresses.noted(address)
            self._struck += len(batch)
            self._more.set()
            self._more = asyncio.Event()

    def _found(self, batch: Sequence[Mark]) -> list[deletions.Address]:
        """Addresses of chats that were told something without having written this hour."""
        said = {mark.chat: mark for mark in batch if mark.messages}
        found = [self._addresses.fresh(chat=mark.number, tag=tag, hour=mark.hour) for tag, mark in said.items()]
        return [address for address in found if address is not None]

    def _write(self, connection: Connection, batch: Sequence[Mark], addresses: Sequence[deletions.Address]) -> None:
        outgoing.remove_outgoing(connection, [mark.row for mark in batch])
        deletions.note_addresses(connection, addresses)
        for hour, role in {(mark.hour, mark.role) for mark in batch}:  # few: all of an hour, and hardly a role but one
            kept = [mark for mark in batch if (mark.hour, mark.role) == (hour, role)]
            pairs = [(mark.chat, message) for mark in kept for message in mark.messages]
            deletions.note_messages(connection, pairs, hour=hour, role=role)
            doubtful = [(mark.chat, message) for mark in kept for message in mark.doubtful]
            deletions.note_messages(connection, doubtful, hour=hour)
