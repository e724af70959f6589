# SPDX-License-Identifier: Apache-2.0
"""The queue of updates: numbered, expiring, confirmed by offset, held back, replayed."""

import asyncio
import json
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from simulator.clock import Clock

# Queue lifetimes, from Client.cpp of tdlib/telegram-bot-api @01a3679 (lines 17053 and 17158).
MESSAGE_SECONDS = 24 * 3600
PRESS_SECONDS = 150
# "If there are no new updates for at least a week, then identifier of the next update will be chosen randomly."
_WEEK = 7 * 24 * 3600
# The Bot API's page on allowed_updates: all kinds but these three unless asked for.
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_HISTORY = 2000

_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(slots=True)
class Update:
    """An update as it goes out: `payload` is its JSON, `lane` its webhook queue."""

    id: int
    lane: int
    expires: float
    payload: bytes


class Updates:
    """Pending updates in order. A webhook sets `take` and is handed each update; else they wait for getUpdates."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = secrets.randbelow(1 << 29) + 1
        self._last_added = clock.now()
        self.pending: OrderedDict[int, Update] = OrderedDict()
        self.again: deque[Update] = deque()  # replays wait here, whatever the offset
        self.history: deque[Update] = deque(maxlen=_HISTORY)
        self.allowed: frozenset[str] | None = None
        self.arrived = asyncio.Event()
        self.flowing = asyncio.Event()  # cleared while updates are held back
        self.flowing.set()
        self.take: Callable[[Update], None] | None = None
        self.recent: deque[float] = deque(maxlen=100_000)  # when updates came

    @property
    def next_id(self) -> int:
        return self._next

    def add(self, kind: str, content: dict[str, Any], *, lane: int, seconds: float) -> None:
        """Queues an update of a kind that the bot wants."""
        if kind not in self.allowed if self.allowed is not None else kind in _NOT_BY_DEFAULT:
            return
        now = self._clock.now()
        if now - self._last_added > _WEEK:
            self._next = secrets.randbelow(1 << 29) + 1
        self._last_added = now
        self._queue(Update(self._next, lane, now + seconds, _payload(self._next, kind, content)))
        self._next += 1

    def inject(self, raw: dict[str, Any], *, lane: int) -> int | None:
        """Queues an update just as given, however wrong; a missing update_id is filled in."""
        if "update_id" not in raw:
            raw = {"update_id": self._next, **raw}
            self._next += 1
        number = raw["update_id"]
        key = number if type(number) is int else self._next
        self._next += key is not number  # else the next real update would take its place
        self._queue(Update(key, lane, self._clock.now() + MESSAGE_SECONDS, _encode(raw).encode()))
        return number if type(number) is int else None

    def in_last_minute(self) -> int:
        """How many updates came within a minute, for the server-wide flood rule."""
        start = self._clock.now() - 60
        while self.recent and self.recent[0] < start:
            self.recent.popleft()
        return len(self.recent)

    def _queue(self, update: Update) -> None:
        self.recent.append(self._clock.now())
        if self.take:
            self.take(update)
            return
        self.pending[update.id] = update
        self.arrived.set()

    def confirm(self, offset: int) -> None:
        """Forgets what came before `offset`; a negative one keeps only that many of the newest."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popitem(last=False)
        while self.pending and offset > 0:
            first = next(iter(self.pending))
            if first >= offset:
                break
            del self.pending[first]

    def batch(self, limit: int) -> list[Update]:
        """Up to `limit` living updates, the oldest first; they stay pending until confirmed."""
        if not self.flowing.is_set():
            return []
        now = self._clock.now()
        found: list[Update] = []
        first = next(iter(self.pending), None)
        # What still waits goes before its own replay: else a bot would confirm by the replay what it never got.
        while self.again and len(found) < limit and (first is None or self.again[0].id < first):
            found.append(self.again.popleft())
        for key, update in list(self.pending.items()) if self._any_expired(now) else ():
            if update.expires <= now:
                del self.pending[key]
        for update in self.pending.values():
            if len(found) >= limit:
                break
            found.append(update)
        return found

    def _any_expired(self, now: float) -> bool:
        return any(update.expires <= now for update in self.pending.values())

    def delivered(self, updates: Iterable[Update]) -> None:
        self.history.extend(updates)

    def replay(self, count: int, times: int) -> int:
        """Sends the last `count` delivered updates again, each `times` times; returns how many that makes."""
        unique = list({update.id: update for update in self.history}.values())
        chosen = unique[-count:] if count > 0 else []
        repeated = [update for update in chosen for _ in range(times)]
        for update in repeated:
            fresh = Update(update.id, update.lane, self._clock.now() + MESSAGE_SECONDS, update.payload)
            if self.take:
                self.take(fresh)
            else:
                self.again.append(fresh)
        if repeated:
            self.arrived.set()
        return len(repeated)

    def hold(self) -> None:
        self.flowing.clear()

    def release(self) -> None:
        self.flowing.set()
        self.arrived.set()

    def drop_pending(self) -> None:
        self.pending.clear()
        self.again.clear()

    def empty(self) -> None:
        """As new, but numbers go on: a bot that asks with its old offset must still meet new updates."""
        self.drop_pending()
        self.history.clear()
        self.recent.clear()
        self.release()


def _payload(number: int, kind: str, content: dict[str, Any]) -> bytes:
    return f'{{"update_id":{number},"{kind}":{_encode(content)}}}'.encode()
