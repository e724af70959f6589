# SPDX-License-Identifier: Apache-2.0
"""One of our processes polls at a time, also where several share one PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Final

from storage.database import Store
from storage.errors import StorageError
from storage.phone import leases

log = logging.getLogger("amparo.bot")

_LIFE: Final = 30
_RENEW: Final = 10.0


class PollLease:
    def __init__(self, store: Store, *, bot: int, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._bot = bot
        self._owner = secrets.token_bytes(16)
        self._now = now
        self._until = 0.0

    async def allowed(self) -> bool:
        """Whether this process may poll now; asks for the lease when it has none."""
        if self._until <= self._now():
            await self._take()
        return self._until > self._now()

    async def run(self) -> None:
        """Renew while we have it; runs until cancelled."""
        while True:
            await asyncio.sleep(_RENEW)
            if self._until:
                await self._take()

    async def release(self) -> None:
        if self._until:
            await self._store.write(
                lambda connection: leases.release_lease(connection, bot=self._bot, owner=self._owner)
            )

    async def _take(self) -> None:
        now = int(self._now())
        try:
            taken = await self._store.write(
                lambda connection: leases.take_lease(
                    connection, bot=self._bot, owner=self._owner, now=now, until=now + _LIFE
                )
            )
        except StorageError as error:
            log.warning("the right to poll cannot be renewed", extra={"error": type(error).__name__})
            return
        if not taken:
            log.warning("another process of ours polls for this bot; this one waits")
        self._until = now + _LIFE if taken else 0.0
