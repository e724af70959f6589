# SPDX-License-Identifier: Apache-2.0
"""Slows down whoever tries receipts: longer each time for one chat, a little for everybody while many try at once."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

_FREE_TRIES: Final = 5
_LONGEST_WAIT: Final = 300.0
_CHATS: Final = 10_000  # how many chats' tries are remembered; the one longest quiet is forgotten first
_FORGIVEN: Final = 24 * 3600.0
_MISSES_A_MINUTE: Final = 60


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
