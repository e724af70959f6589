# SPDX-License-Identifier: Apache-2.0
"""One way in for every update, polled or pushed: commit, then say that it is committed, then act.

Errors come in two sorts. What the surroundings did (store, disk) leaves nothing behind and is tried again. What the
update itself does to us would do so again: it becomes a dead letter and a neutral answer, so that nobody's chat and
nobody else's is stuck behind it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from enum import Enum
from typing import Final

from sqlalchemy import Connection
from telegram.error import TelegramError

from bot.addresses import Addresses
from bot.attachments import Attachments
from bot.backoff import pause
from bot.calls import Telegram
from bot.conversation import Conversation, Numbered, Taken
from bot.delivery import Delivery
from bot.errors import UnusableUpdateError
from bot.events import chat_of, update_number
from bot.letters import Letters
from bot.sender import Sender
from bot.steps import Outcome
from storage.database import Store
from storage.errors import ConflictError, StorageError

log = logging.getLogger("amparo.bot")

WAITING: Final = 50
"""Updates of one chat that may wait in this process; more stay at Telegram."""
_CONFLICTS: Final = 3
_STUBBORN: Final = 10
"""After so many failures in a row that hit one update, the surroundings are no longer believed to be the cause."""
_REMEMBERED: Final = 1000
_IN_A_ROW: Final = 2
"""Single updates that fail one after another before the store is held to be down for all."""


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
        """Take one pushed update and act on it; those of one chat in order. LATER: nothing at all was written."""
        chat = chat_of(raw)
        if chat is None:
            return await self._handle(raw)
        turn = self._turns.setdefault(chat, _Turn())
        if turn.waiting >= WAITING:
            return Answer.LATER
        turn.waiting += 1
        try:
            async with turn.lock:
                return await self._handle(raw)
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[chat]

    async def take(self, updates: Sequence[object]) -> tuple[list[Answer], list[Outcome]]:
        """Commit the updates of one poll, in order and together. Hand the outcomes to `act` once they are acknowledged.

        Where the whole does not go, each is tried by itself.
        """
        self._crash("received")
        batch = [Numbered(_number(raw), raw) for raw in updates]
        try:
            taken = await self._store.write(lambda connection: self._conversation.take(connection, batch))
        except Exception as error:  # noqa: BLE001 - one of them may be the cause, whatever the error: find it alone
            if len(batch) == 1:
                answer, outcome = await self._alone(batch[0], error)
                return [answer], [outcome] if outcome else []
            log.warning("updates are taken one by one", extra={"error": type(error).__name__, "count": len(batch)})
            return await self._one_by_one(batch)
        self._crash("committed not acknowledged")
        settled = [await self._settle(one, what) for one, what in zip(batch, taken, strict=True)]
        return [answer for answer, _ in settled], [outcome for _, outcome in settled if outcome is not None]

    def act(self, outcome: Outcome) -> None:
        """All that was waiting for the commit. Small calls that may fail go beside the lanes."""
        self._addresses.noted(outcome.address)
        if outcome.callback is not None:
            self._aside(self._answer_press(outcome.callback, outcome.toast))
        if outcome.leave is not None:
            self._aside(self._leave(outcome.leave))
        if outcome.unreachable is not None:
            self._sender.forget(outcome.unreachable)
        if outcome.wiped is not None:
            self._sender.unsay(outcome.wiped)
        if outcome.kept is not None:
            self._delivery.kept(outcome.kept)
        for job in outcome.jobs:
            self._sender.enqueue(job)
        for wanted in outcome.fetch:
            self._attachments.fetch(wanted)
        if outcome.discard:
            self._aside(self._attachments.discard(outcome.discard))

    async def close(self) -> None:
        """Let the last small calls end."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=1.0)

    async def _handle(self, raw: object) -> Answer:
        [answer], outcomes = await self.take([raw])
        for outcome in outcomes:
            self.act(outcome)
        return answer

    async def _one_by_one(self, batch: Sequence[Numbered]) -> tuple[list[Answer], list[Outcome]]:
        answers: list[Answer] = []
        outcomes: list[Outcome] = []
        stuck: set[int | None] = set()  # chats of which an earlier update waits: the later ones wait behind it
        failed = 0
        for one in batch:
            chat = chat_of(one.raw)
            if failed >= _IN_A_ROW or (chat is not None and chat in stuck):
                answers.append(Answer.LATER)
                continue
            [answer], found = await self.take([one.raw])
            if answer is Answer.LATER:
                stuck.add(chat)
            failed = failed + 1 if answer is Answer.LATER else 0
            answers.append(answer)
            outcomes += found
        return answers, outcomes

    async def _alone(self, one: Numbered, error: Exception) -> tuple[Answer, Outcome | None]:
        """A single update could not be written."""
        if isinstance(error, ConflictError):
            return await self._again(one)
        if isinstance(error, StorageError | OSError):
            return await self._troubled(one, error)
        return await self._bury(one, error)

    async def _again(self, one: Numbered) -> tuple[Answer, Outcome | None]:
        """Another process stepped the same chat at the same instant: look at what it left, and step from there."""
        error: Exception = ConflictError("the draft changes faster than it can be read: try again")
        for attempt in range(1, _CONFLICTS + 1):
            await asyncio.sleep(pause(attempt, most=0.2, first=0.02))
            try:
                [taken] = await self._store.write(lambda connection: self._conversation.take(connection, [one]))
            except ConflictError:
                continue
            except (StorageError, OSError) as trouble:
                error = trouble
                break
            self._crash("committed not acknowledged")
            return await self._settle(one, taken)
        return await self._troubled(one, error)

    async def _settle(self, one: Numbered, taken: Taken) -> tuple[Answer, Outcome | None]:
        if isinstance(taken, Exception):
            return await self._bury(one, taken)
        self._failures.pop(one.number, None)
        return Answer.TAKEN, taken

    async def _troubled(self, one: Numbered, error: Exception) -> tuple[Answer, Outcome | None]:
        count = self._failures.pop(one.number, 0) + 1
        self._failures[one.number] = count
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)
        log.warning("an update waits", extra={"error": type(error).__name__, "attempt": count})
        return (Answer.LATER, None) if count < _STUBBORN else await self._last_try(one)

    async def _last_try(self, one: Numbered) -> tuple[Answer, Outcome | None]:
        """Is it the update, or was it the surroundings all along? Only what fails in a store that writes is buried."""
        try:
            await self._store.write(self._conversation.probe)
        except (StorageError, OSError) as trouble:
            log.warning("the store cannot be written", extra={"error": type(trouble).__name__})
            return Answer.LATER, None
        try:
            [taken] = await self._store.write(lambda connection: self._conversation.take(connection, [one]))
        except Exception as again:  # noqa: BLE001 - whatever it is, it comes of this update
            return await self._bury(one, again)
        return await self._settle(one, taken)

    async def _bury(self, one: Numbered, error: Exception) -> tuple[Answer, Outcome | None]:
        """One transaction: the number, the dead letter, a neutral answer."""
        log.error("an update could not be used", extra={"error": type(error).__name__})
        try:
            outcome = await self._store.write(lambda connection: self._dead(connection, one, error))
        except (StorageError, OSError) as trouble:
            log.warning("a dead letter waits", extra={"error": type(trouble).__name__})
            return Answer.LATER, None
        self._failures.pop(one.number, None)
        return Answer.TAKEN, outcome

    def _dead(self, connection: Connection, one: Numbered, error: Exception) -> Outcome | None:
        outcome, agreed = self._conversation.apologise(connection, one.raw, one.number)
        if outcome is not None:
            self._letters.bury(connection, one.raw if agreed else None, kind="update", error=type(error).__name__)
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


def _number(raw: object) -> int:
    """The update's number. One without gets a negative one of its own, so that it can be buried like any other."""
    try:
        return update_number(raw)
    except UnusableUpdateError:
        return -1 - secrets.randbits(60)
