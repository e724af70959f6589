# SPDX-License-Identifier: Apache-2.0
"""One chat's queue and its pace.

The pace is our courtesy, not Telegram's rule: its real limit is unstated and comes as `retry_after`. It is wide
enough that nobody who answers question after question ever meets it, and narrow enough that a script does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection
from typing import Final

from bot.jobs import Job, Kind

BURST: Final = 10.0
PER_SECOND: Final = 4.0
_WAITING: Final = 3  # answers that may queue before older ones are left unsaid


class Lane:
    """`now` values are the event loop's clock, in seconds."""

    def __init__(self, now: float) -> None:
        self._jobs: deque[Job] = deque()
        self._tokens = BURST
        self._at = now
        self._paused = 0.0
        self._changed = asyncio.Event()

    def add(self, job: Job) -> list[Job]:
        """Append; gives the answers that this one makes pointless. The first in the queue may be on its way."""
        rest = list(self._jobs)[1:] if self._jobs else []
        if job.album:  # its row has already replaced the earlier one's
            unsaid = [old for old in self._jobs if old.album and old.attempt == 0 and old.due]
        elif job.kind is Kind.TIDY:
            unsaid = [old for old in rest if old.kind is Kind.TIDY]
        elif job.collapsible and len(rest) >= _WAITING:
            unsaid = [old for old in rest if old.collapsible]
        else:
            unsaid = []
        for old in unsaid:
            self._jobs.remove(old)
        self._jobs.append(job)
        self._changed.set()
        return unsaid

    def first(self) -> Job | None:
        return self._jobs[0] if self._jobs else None

    def finish(self, job: Job) -> None:
        if job in self._jobs:
            self._jobs.remove(job)

    def drop(self, kinds: Collection[Kind]) -> list[Job]:
        """Forget the jobs of these kinds; gives them."""
        dropped = [job for job in self._jobs if job.kind in kinds]
        self._jobs = deque(job for job in self._jobs if job.kind not in kinds)
        return dropped

    def clear(self) -> list[Job]:
        jobs = list(self._jobs)
        self._jobs.clear()
        return jobs

    def wait(self, now: float) -> float:
        """Seconds until this lane may send again."""
        self._tokens = min(BURST, self._tokens + (now - self._at) * PER_SECOND)
        self._at = now
        pace = 0.0 if self._tokens >= 1 else (1 - self._tokens) / PER_SECOND
        return max(pace, self._paused - now)

    def spend(self, now: float) -> None:
        self.wait(now)
        self._tokens -= 1

    def pause(self, seconds: float) -> None:
        self._paused = asyncio.get_running_loop().time() + seconds

    async def rest(self, seconds: float) -> None:
        """Sleep, but wake when something is added: an album's answer may have been replaced."""
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return
