# SPDX-License-Identifier: Apache-2.0
"""Telegram's time: the real time, moved forward by whoever plays with it."""

import asyncio
import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970 plus an offset that only grows."""

    def __init__(self, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self._moved = asyncio.Event()
        self.offset = 0.0

    def now(self) -> float:
        return self._real() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds
        self._wake()

    def reset(self) -> None:
        self.offset = 0.0
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Sleeps in Telegram's time: moving the clock past the end wakes the sleeper."""
        due = self.now() + seconds
        while (left := due - self.now()) > 0:
            moved = self._moved
            try:
                async with asyncio.timeout(left):
                    await moved.wait()
            except TimeoutError:
                continue
