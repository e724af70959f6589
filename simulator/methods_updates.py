# SPDX-License-Identifier: Apache-2.0
"""getUpdates with its slow-down and its 409s, and the methods that set, show and remove a webhook."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from simulator.errors import CallError, bad_request
from simulator.simulation import Simulation
from simulator.updates import Update

Json = dict[str, Any]

_LONGEST_POLL = 50  # seconds; LONG_POLL_MAX_TIMEOUT of tdlib/telegram-bot-api @01a3679
_GATHER = 0.002  # seconds a woken poller waits for more (LONG_POLL_MAX_DELAY)
_CONFLICT_PAUSE = 3.0  # seconds by which repeated 409s come late (Client.cpp:16225-16250)
_PORTS = frozenset({443, 80, 88, 8443})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_UNDER_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


class Poller:
    """The one long poll that may wait, and what getUpdates remembers between calls."""

    def __init__(self) -> None:
        self._waiting: asyncio.Future[str] | None = None
        self._offset: int | None = None
        self._started = 0.0
        self._next_conflict = 0.0

    def end(self, why: str) -> None:
        """Ends the waiting poll with a 409."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(why)

    async def get_updates(self, sim: Simulation, args: Json) -> list[Update]:
        """A batch; waits up to `timeout` seconds of real time for the first update."""
        if sim.door and sim.door.url:
            await self._conflict(sim, _UNDER_WEBHOOK)
        self.end(_OTHER_POLLER)
        offset = args.get("offset", 0)
        limit = min(max(args.get("limit", 100), 1), 100)
        timeout = min(max(args.get("timeout", 0), 0), _LONGEST_POLL)
        if "allowed_updates" in args:
            allow(sim, args["allowed_updates"])
        limit, timeout = self._slowed(offset, limit, timeout)
        sim.updates.confirm(offset)
        batch = sim.updates.batch(limit)
        if not batch and timeout:
            batch = await self._wait(sim, limit, timeout)
        sim.updates.delivered(batch)
        return batch

    def _slowed(self, offset: int, limit: int, timeout: float) -> tuple[int, float]:
        """The same offset again within 3 s waits at least 3 s, within 0.5 s gets one (Client.cpp:15709-15722)."""
        now = time.monotonic()
        if offset == self._offset:
            timeout = 3 if timeout < 3 and now < self._started + 3 else timeout
            limit = 1 if now < self._started + 0.5 else limit
        self._offset, self._started = offset, now
        return limit, timeout

    async def _wait(self, sim: Simulation, limit: int, seconds: float) -> list[Update]:
        own: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting = own
        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) > 0:
                sim.updates.arrived.clear()
                arrived = asyncio.ensure_future(sim.updates.arrived.wait())
                either: set[asyncio.Future[Any]] = {arrived, own}
                await asyncio.wait(either, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                arrived.cancel()
                if own.done():
                    await self._conflict(sim, own.result())
                await asyncio.sleep(_GATHER)
                batch = sim.updates.batch(limit)
                if batch:
                    return batch
            return []
        finally:
            if self._waiting is own:
                self._waiting = None

    async def _conflict(self, sim: Simulation, why: str) -> None:
        now = time.monotonic()
        if now < self._next_conflict:
            await asyncio.sleep(_CONFLICT_PAUSE * sim.rules.time_factor)
        else:
            self._next_conflict = now + _CONFLICT_PAUSE * sim.rules.time_factor
        raise CallError(409, f"Conflict: {why}")


def allow(sim: Simulation, kinds: list[str]) -> None:
    """Remembered until changed; an empty list means the default kinds. Updates already queued are not touched."""
    sim.updates.allowed = frozenset(kinds) if kinds else None


def set_webhook(sim: Simulation, args: Json) -> bool:
    door = sim.door
    if door is None:
        raise CallError(500, "Internal Server Error: this simulator was built without webhooks")
    if not args["url"]:
        return delete_webhook(sim, args)
    _check_url(args["url"])
    secret = args.get("secret_token", "")
    if not all((character.isalnum() and character.isascii()) or character in "_-" for character in secret):
        raise bad_request("secret token contains unallowed characters")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not 1 <= args.get("max_connections", 40) <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    if args.get("drop_pending_updates"):
        _drop_pending(sim)
    if "allowed_updates" in args:
        allow(sim, args["allowed_updates"])
    door.open(args)
    return True


def _check_url(url: str) -> None:
    """HTTPS on four ports, as Telegram; besides, plain HTTP to this machine, since this is a simulator."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return
    if parts.scheme != "https" or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def delete_webhook(sim: Simulation, args: Json) -> bool:
    if args.get("drop_pending_updates"):
        _drop_pending(sim)
    if sim.door:
        sim.door.close()
    return True


def _drop_pending(sim: Simulation) -> None:
    sim.updates.drop_pending()
    if sim.door:
        sim.door.drop_pending()


def get_webhook_info(sim: Simulation, _: Json) -> Json:
    facts: Json = sim.door.facts() if sim.door else {"url": "", "has_custom_certificate": False}
    facts = {**facts, "pending_update_count": facts.get("pending_update_count", 0) + len(sim.updates.pending)}
    if sim.updates.allowed is not None:
        facts["allowed_updates"] = sorted(sim.updates.allowed)
    return facts


METHODS = {"setWebhook": set_webhook, "deleteWebhook": delete_webhook, "getWebhookInfo": get_webhook_info}
