# SPDX-License-Identifier: Apache-2.0
"""One way in for every update, polled or pushed: commit, then say that it is committed, then act.

Errors come in two sorts. What the surroundings did (store, disk) leaves nothing behind and is tried again. What the
update itself does to us would do so again: it becomes a dead letter and a neutral answer, so that nobody's chat and
nobody else's is stuck behind it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Final

from sqlalchemy import Connection
from telegram.error import TelegramError

from bot.attachments import Attachments
from bot.backoff import pause
from bot.calls import Telegram
from bot.conversation import SEEN, Conversation
from bot.delivery import Delivery
from bot.errors import UnusableUpdateError
from bot.events import chat_of, update_number
from bot.letters import Letters
from bot.sender import Sender
from bot.steps import Outcome
from bot.sweep import Addresses
from storage.database import Store
from storage.errors import ConflictError, StorageError

log = logging.getLogger("amparo.bot")

WAITING: Final = 50
"""Updates of one chat that may wait in this process; more stay at Telegram."""
_CONFLICTS: Final = 3
_STUBBORN: Final = 10
"""After so many failures in a row that hit one update, the surroundings are no longer believed to be the cause."""
_REMEMBERED: Final = 1000


class Answer(Enum):
    """What the way in may tell Telegram."""

    TAKEN = "taken"  # it is on disk, now or before
    LATER = "later"  # nothing was written: offer it again


class Handler:
    def __init__(
        self,
        conversation: Conversation,
        store: Store,
        letters: Letters,
        *,
        telegram: Telegram,
        sender: Sender,
        delivery: Delivery,
        attachments: Attachments,
        addresses: Addresses,
        crash: Callable[[str], None],
    ) -> None:
        self._conversation = conversation
        self._store = store
        self._letters = letters
        self._telegram = telegram
        self._sender = sender
        self._delivery = delivery
        self._attachments = attachments
        self._addresses = addresses
        self._crash = crash
        self._turns: dict[int, _Turn] = {}
        self._failures: OrderedDict[int, int] = OrderedDict()
        self._asides: set[asyncio.Task[None]] = set()

    async def handle(self, raw: object) -> Answer:
        """Take one update. LATER means that nothing at all was written."""
        self._crash("received")
        try:
            number = update_number(raw)
        except UnusableUpdateError as error:
            return await self._bury(raw, None, error)
        chat = chat_of(raw)
        if chat is None:
            return await self._take(raw, number)
        turn = self._turns.get(chat)
        if turn is None:
            turn = self._turns[chat] = _Turn()
        if turn.waiting >= WAITING:
            return Answer.LATER
        turn.waiting += 1
        try:
            async with turn.lock:
                return await self._take(raw, number)
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[chat]

    async def close(self) -> None:
        """Let the last small calls end."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=1.0)

    async def _take(self, raw: object, number: int) -> Answer:
        try:
            outcome = await self._commit(raw, number)
        except (StorageError, OSError) as error:
            return await self._troubled(raw, number, error)
        except Exception as error:  # noqa: BLE001 - whatever this update does, it must not stop the others
            return await self._bury(raw, number, error)
        self._failures.pop(number, None)
        self._crash("committed not acknowledged")
        self._act(outcome)
        return Answer.TAKEN

    async def _commit(self, raw: object, number: int) -> Outcome:
        for attempt in range(1, _CONFLICTS + 1):
            try:
                return await self._store.write(lambda connection: self._conversation.take(connection, raw, number))
            except ConflictError:
                await asyncio.sleep(pause(attempt, most=0.2, first=0.02))
        return await self._store.write(lambda connection: self._conversation.take(connection, raw, number))

    def _act(self, outcome: Outcome) -> None:
        """All that was waiting for the commit. Small calls that may fail go beside the lanes."""
        if outcome is SEEN:
            return
        self._addresses.noted(outcome.address)
        if outcome.callback is not None:
            self._aside(self._answer_press(outcome.callback, outcome.toast))
        if outcome.leave is not None:
            self._aside(self._leave(outcome.leave))
        if outcome.unreachable is not None:
            self._sender.forget(outcome.unreachable)
        if outcome.kept is not None:
            self._delivery.kept(outcome.kept)
        for job in outcome.jobs:
            self._sender.enqueue(job)
        for wanted in outcome.fetch:
            self._attachments.fetch(wanted)
        if outcome.discard:
            self._aside(self._attachments.discard(outcome.discard))

    async def _troubled(self, raw: object, number: int, error: Exception) -> Answer:
        count = self._failures.pop(number, 0) + 1
        self._failures[number] = count
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)
        log.warning("an update waits", extra={"error": type(error).__name__, "attempt": count})
        if count < _STUBBORN:
            return Answer.LATER
        return await self._bury(raw, number, error)

    async def _bury(self, raw: object, number: int | None, error: Exception) -> Answer:
        """One transaction: the number, the dead letter, a neutral answer."""
        log.error("an update could not be used", extra={"error": type(error).__name__})
        try:
            outcome = await self._store.write(lambda connection: self._dead(connection, raw, number, error))
        except (StorageError, OSError) as trouble:
            log.warning("a dead letter waits", extra={"error": type(trouble).__name__})
            return Answer.LATER
        if number is not None:
            self._failures.pop(number, None)
        self._act(outcome)
        return Answer.TAKEN

    def _dead(self, connection: Connection, raw: object, number: int | None, error: Exception) -> Outcome:
        outcome, agreed = (
            (Outcome(), False) if number is None else self._conversation.apologise(connection, raw, number)
        )
        if outcome is not SEEN:
            self._letters.bury(connection, raw if agreed else None, kind="update", error=type(error).__name__)
        return outcome

    def _aside(self, small: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(small)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _answer_press(self, callback: str, words: str | None) -> None:
        """Best effort: a press that is not answered in 150 seconds is over for Telegram too."""
        try:
            await self._telegram.answer_press(callback, words)
        except TelegramError as error:
            log.info("a press was not answered", extra={"error": type(error).__name__})

    async def _leave(self, group: int) -> None:
        try:
            await self._telegram.leave(group)
        except TelegramError as error:
            log.info("a group could not be left", extra={"error": type(error).__name__})


class _Turn:
    """The order inside one chat."""

    __slots__ = ("lock", "waiting")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0
