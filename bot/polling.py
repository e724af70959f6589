# SPDX-License-Identifier: Apache-2.0
"""Our own long poll. The library's would confirm updates before they are handled, and stop at one it cannot parse.

The offset moves only past the longest run of updates, in Telegram's order, that are on disk. What came after one that
failed is offered again and recognised by its number. Telegram knows what is unconfirmed, so nothing is stored here,
and no last confirming call is made at the end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.backoff import pause
from bot.calls import Telegram
from bot.errors import FloodError, UnusableUpdateError, WebhookSetError
from bot.events import update_number
from bot.handlers import Answer, Handler
from bot.steps import Outcome

log = logging.getLogger("amparo.bot")

POLL_SECONDS: Final = 30
_LONGEST_PAUSE: Final = 30.0
_CONFLICT_PAUSE: Final = 15.0
_SLOWEST_REPEAT: Final = 1.0  # the server throttles whoever asks with the same offset within half a second
_STOP: Final = 10.0


class Poller:
    """`allowed` says whether this process may poll now; another one may hold the lease."""

    def __init__(
        self,
        telegram: Telegram,
        handler: Handler,
        *,
        allowed: Callable[[], Awaitable[bool]],
        stopped: asyncio.Event,
    ) -> None:
        self._telegram = telegram
        self._handler = handler
        self._allowed = allowed
        self._stop = stopped
        self._offset: int | None = None
        self.healthy = True

    async def run(self) -> None:
        """Poll until stopped, then finish what is being handled.

        WebhookSetError: Telegram delivers elsewhere, so polling is refused from the start.
        """
        await self._refuse_webhook()
        failures = 0
        outcomes: list[Outcome] = []
        while not self._stop.is_set():
            if not await self._allowed():
                await self._rest(_CONFLICT_PAUSE)
                continue
            updates = await self._fetch(failures, outcomes)
            if updates is None:
                failures += 1
                continue
            progress, outcomes = await self._take(updates) if updates else (True, [])
            failures = 0 if progress else failures + 1
            if not progress:
                self._act(outcomes)
                await self._rest(max(pause(failures, most=_LONGEST_PAUSE), _SLOWEST_REPEAT))
        self._act(outcomes)

    async def _refuse_webhook(self) -> None:
        try:
            found = await self._telegram.bot.get_webhook_info()
        except TelegramError as error:
            log.warning("Telegram does not answer yet", extra={"error": type(error).__name__})
            return
        if found.url:
            raise WebhookSetError(
                "Telegram still delivers to a webhook: run `amparo bot run --webhook`, or "
                "`amparo bot setup-webhook --remove` to poll instead"
            )

    async def _fetch(self, failures: int, outcomes: list[Outcome]) -> list[Any] | None:
        """One long poll, given up as soon as we are to stop. None: it failed, and the pause is over.

        Its offset acknowledges what was committed; only when it is on its way are the outcomes acted on.
        """
        poll = asyncio.create_task(self._telegram.updates(self._offset, seconds=POLL_SECONDS))
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.sleep(0)
            self._act(outcomes)
            await asyncio.wait({poll, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not poll.done():
                return []
            updates = poll.result()
        except TelegramError as error:
            self.healthy = False
            await self._rest(self._trouble(error, failures))
            return None
        finally:
            stop.cancel()
            poll.cancel()
            await asyncio.gather(poll, stop, return_exceptions=True)
        self.healthy = True
        return updates

    def _act(self, outcomes: list[Outcome]) -> None:
        while outcomes:
            self._handler.act(outcomes.pop(0))

    def _trouble(self, error: TelegramError, failures: int) -> float:
        if isinstance(error, Conflict):
            log.error("another process polls for this bot, or a webhook was set: stop it")
            return _CONFLICT_PAUSE
        if isinstance(error, InvalidToken):
            log.error("Telegram does not know this bot: check AMPARO_BOT_TOKEN")
            return _LONGEST_PAUSE
        if isinstance(error, FloodError):
            return float(error.seconds)
        log.warning("Telegram cannot be reached", extra={"error": type(error).__name__, "attempt": failures + 1})
        return pause(failures + 1, most=_LONGEST_PAUSE)

    async def _take(self, updates: Sequence[Any]) -> tuple[bool, list[Outcome]]:
        """Commit them; then the offset. True when it moved."""
        answers, outcomes = await self._handler.take(updates)
        return self._advance(updates, [answer is Answer.TAKEN for answer in answers]), outcomes

    def _advance(self, updates: Sequence[Any], taken: Sequence[bool]) -> bool:
        before = self._offset
        for raw, done in zip(updates, taken, strict=True):
            if not done:
                break
            try:
                self._offset = update_number(raw) + 1
            except UnusableUpdateError:
                continue  # without a number it cannot be passed by itself; its neighbours carry it
        return self._offset != before

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return
