# SPDX-License-Identifier: Apache-2.0
"""A receipt was typed: show what waits in its mailbox.

The words for a wrong receipt and for one that leads nowhere are the same. Whoever keeps trying has to wait, longer
each time, and everybody waits a little while many try at once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from bot import screens
from bot.calls import Telegram
from bot.desk import Desk, Reply, Waiting
from bot.errors import DeskError
from bot.jobs import Job
from envelope import mailbox
from envelope.errors import RefusedError
from intake.catalog import Catalog, Catalogs

log = logging.getLogger("amparo.bot")

_FREE_TRIES: Final = 5
_LONGEST_WAIT: Final = 300.0
_CHATS: Final = 10_000  # how many chats' tries are remembered; the one longest quiet is forgotten first
_FORGIVEN: Final = 24 * 3600.0
_MISSES_A_MINUTE: Final = 60
_CROWD_WAIT: Final = 2.0


class Tries:
    """How many receipts of a chat led nowhere, and how many in all. Values are seconds of any steady clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._misses: OrderedDict[bytes, tuple[int, float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=_MISSES_A_MINUTE)

    def wait(self, chat: bytes) -> float:
        """Seconds until this chat may try again: 2, 4, 8 … after its last miss, once it has missed five times."""
        count, at = self._misses.get(chat, (0, 0.0))
        if count < _FREE_TRIES:
            return 0.0
        return max(at + min(2.0 ** (count - _FREE_TRIES + 1), _LONGEST_WAIT) - self._clock(), 0.0)

    def crowded(self) -> bool:
        """Whether many receipts led nowhere within the last minute, from whatever chats."""
        return len(self._all) == _MISSES_A_MINUTE and self._clock() - self._all[0] < 60

    def missed(self, chat: bytes) -> None:
        now = self._clock()
        count, at = self._misses.pop(chat, (0, now))
        self._misses[chat] = (count + 1 if now - at <= _FORGIVEN else 1, now)
        self._all.append(now)
        if len(self._misses) > _CHATS:
            self._misses.popitem(last=False)

    def found(self, chat: bytes) -> None:
        self._misses.pop(chat, None)


class Mailboxes:
    """Answers one mailbox job with messages in the chat."""

    def __init__(
        self, telegram: Telegram, desk: Desk, catalogs: Catalogs, *, org: bytes, organisation: str, tries: Tries
    ) -> None:
        self._telegram = telegram
        self._desk = desk
        self._catalogs = catalogs
        self._org = org
        self._organisation = organisation
        self._tries = tries

    async def answer(self, job: Job) -> tuple[int, ...]:
        """Look, and say what was found."""
        catalog = self._catalogs.get(job.body["locale"])
        if self._tries.wait(job.tag):
            return await self._say(job, [self._text(catalog, "bot.receipt_slow")])
        if self._tries.crowded():
            await asyncio.sleep(_CROWD_WAIT)
        secret = bytes.fromhex(job.body["receipt"])
        try:
            waiting = await self._desk.mailbox(mailbox.lookup(secret, self._org))
        except DeskError as error:
            log.warning("a mailbox cannot be opened now", extra={"error": type(error).__name__, "status": error.status})
            return await self._say(job, [self._text(catalog, "bot.mailbox_later")])
        if waiting is None:
            self._tries.missed(job.tag)
            return await self._say(job, [self._text(catalog, "bot.mailbox_unknown")])
        self._tries.found(job.tag)
        if not waiting.replies:
            return await self._say(job, [self._text(catalog, "bot.mailbox_empty")])
        return await self._say(
            job, [page for text in self._texts(waiting, secret, catalog) for page in screens.pages(text)]
        )

    def _texts(self, waiting: Waiting, secret: bytes, catalog: Catalog) -> list[str]:
        key = mailbox.mailbox_key(secret, org=self._org, salt=waiting.salt)

        def opened(reply: Reply) -> str:
            try:
                raw = mailbox.open_reply(key, reply.record, org=self._org, message=reply.message, day=reply.day)
            except RefusedError:
                return self._text(catalog, "bot.mailbox_unreadable")
            return raw.decode("utf-8", "replace")

        return [self._text(catalog, "bot.mailbox_messages"), *map(opened, waiting.replies)]

    def _text(self, catalog: Catalog, key: str) -> str:
        return screens.say(catalog, key, self._organisation).text

    async def _say(self, job: Job, texts: list[str]) -> tuple[int, ...]:
        return tuple([await self._telegram.say(job.chat, {"text": text}) for text in texts])
