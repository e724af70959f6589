# SPDX-License-Identifier: Apache-2.0
"""Delivery through a webhook: one update in flight a queue, retries that slow down, expiry, the last error.

Rules from WebhookActor.cpp of tdlib/telegram-bot-api @01a3679: the first retry at once, then 2, 4, 8 ... seconds up
to a random 60-120; Retry-After is obeyed up to an hour; 23 hours of 410 remove the webhook.
"""

import asyncio
import contextlib
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp

from simulator.clock import Clock
from simulator.simulation import Rules
from simulator.updates import Update, Updates

Json = dict[str, Any]
Execute = Callable[[str, Json], Awaitable[None]]  # runs a method that came in the body of an answer

_CONNECTIONS = 40  # setWebhook: "Defaults to 40"
_ANSWER_SECONDS = 60.0  # idle limit of a webhook connection (WebhookActor.cpp:709)
_LONGEST_RETRY_AFTER = 3600
_GONE_SECONDS = 23 * 3600
_ANSWER_LIMIT = 1 << 16


class Webhook:
    """The door that updates leave by while a webhook is set."""

    def __init__(self, updates: Updates, clock: Clock, rules: Rules, execute: Execute) -> None:
        self._updates = updates
        self._clock = clock
        self._rules = rules
        self._execute = execute
        self._settings: Json = {}
        self._lanes: dict[int, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(_CONNECTIONS)
        self._error: tuple[int, str] | None = None
        self._gone_since: float | None = None

    @property
    def url(self) -> str:
        return str(self._settings.get("url", ""))

    def open(self, settings: Json) -> None:
        """Takes over all pending updates; a second call changes the settings and starts every queue again."""
        self.close()
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.get("max_connections", _CONNECTIONS))
        self._error = self._gone_since = None
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=_ANSWER_SECONDS),
            connector=aiohttp.TCPConnector(limit=0, ssl=False),  # a test's certificate is its own
        )
        self._updates.take = self._take
        waiting = list(self._updates.pending.values())
        self._updates.pending.clear()
        for update in waiting:
            self._take(update)

    def close(self) -> None:
        """Back to polling: what was not delivered is pending again, in order."""
        self._updates.take = None
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        left = sorted((update for lane in self._lanes.values() for update in lane), key=lambda update: update.id)
        self._lanes.clear()
        self._updates.pending.update((update.id, update) for update in left)
        if left:
            self._updates.arrived.set()
        self._settings = {}
        if self._session:
            session, self._session = self._session, None
            self._spawn(session.close())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """For the end of the process."""
        self.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def drop_pending(self) -> None:
        for lane in self._lanes.values():
            lane.clear()

    def facts(self) -> Json:
        """The fields of WebhookInfo."""
        facts: Json = {"url": self.url, "has_custom_certificate": "certificate" in self._settings}
        facts["pending_update_count"] = sum(len(lane) for lane in self._lanes.values())
        if self.url:
            facts["max_connections"] = self._settings.get("max_connections", _CONNECTIONS)
        if self._error:
            facts["last_error_date"], facts["last_error_message"] = self._error
        return facts

    def _take(self, update: Update) -> None:
        lane = self._lanes.get(update.lane)
        if lane is not None:
            lane.append(update)
            return
        lane = self._lanes[update.lane] = deque([update])
        self._spawn(self._drain(update.lane, lane))

    async def _drain(self, number: int, lane: deque[Update]) -> None:
        """Delivers a queue in order; it ends, and is forgotten, when empty."""
        failures = 0
        while lane:
            await self._updates.flowing.wait()
            update = lane[0] if lane else None
            if update is None:
                break
            if update.expires <= self._clock.now():
                lane.popleft()
                continue
            wait = await self._deliver(update, failures)
            if wait is None:
                failures = 0
                self._updates.delivered([update])
                if lane and lane[0] is update:
                    lane.popleft()
                continue
            failures += 1
            if self._clock.now() + wait >= update.expires:
                lane.popleft()
            elif wait:
                await self._clock.sleep(wait)
        self._lanes.pop(number, None)

    async def _deliver(self, update: Update, failures: int) -> float | None:
        """None when the other side took it, else the seconds until the next try."""
        headers = {"Content-Type": "application/json"}
        if self._settings.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._settings["secret_token"]
        session = self._session
        if session is None:
            return 0.0
        try:
            async with (
                self._slots,
                session.post(self.url, data=update.payload, headers=headers, allow_redirects=False) as answer,
            ):
                body = await answer.content.read(_ANSWER_LIMIT)
                return await self._judge(answer, body, failures)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            words = "Read timeout expired" if isinstance(error, TimeoutError) else "Connection refused"
            return self._failed(words, failures)

    async def _judge(self, answer: aiohttp.ClientResponse, body: bytes, failures: int) -> float | None:
        if 200 <= answer.status < 300:
            self._gone_since = None
            await self._run(body)
            return None
        if answer.status == 410 and self._is_gone_for_good():
            asyncio.get_running_loop().call_soon(self.close)
        wait = self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}", failures)
        asked = answer.headers.get("Retry-After", "")
        if asked.isdecimal():
            return min(int(asked), _LONGEST_RETRY_AFTER) * self._rules.time_factor
        return wait

    async def _run(self, body: bytes) -> None:
        """A method in the body is executed; its result goes nowhere."""
        with contextlib.suppress(ValueError):
            wanted = json.loads(body) if body else None
            if isinstance(wanted, dict) and isinstance(wanted.get("method"), str):
                await self._execute(wanted.pop("method"), wanted)

    def _is_gone_for_good(self) -> bool:
        now = self._clock.now()
        self._gone_since = self._gone_since or now
        return now - self._gone_since > _GONE_SECONDS

    def _failed(self, words: str, failures: int) -> float:
        self._error = (int(self._clock.now()), words)
        if failures == 0:
            return 0.0
        return min(2.0**failures, random.uniform(60, 120)) * self._rules.time_factor  # noqa: S311 (not a secret)
