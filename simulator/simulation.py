# SPDX-License-Identifier: Apache-2.0
"""The whole simulation as one object: what every method and every control route is given."""

from dataclasses import dataclass, fields
from typing import Any, Protocol

from simulator.bot_api import BotApi
from simulator.clock import Clock
from simulator.errors import ControlError
from simulator.faults import Faults
from simulator.files import Files
from simulator.journal import Journal
from simulator.profile import Profile
from simulator.updates import Updates
from simulator.world import World

Json = dict[str, Any]


@dataclass(slots=True)
class Rules:
    """What may be chosen.

    `latency`: seconds added to each call. `time_factor`: how fast the waits of Telegram's own server run (webhook
    retries, late 409s): 0.01 is a hundred times faster. `batch_delete`: "refuse" or "skip" when one id of
    deleteMessages is too old. `flood`: one message a second and chat, 429 above. `check_results`: hold every result
    against the specification.
    """

    latency: float = 0.0
    time_factor: float = 1.0
    batch_delete: str = "refuse"
    flood: bool = False
    check_results: bool = False

    def change(self, wanted: Json) -> None:
        """Sets the named rules, all or none."""
        for name, value in wanted.items():
            known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
            number = isinstance(value, int | float) and not isinstance(value, bool) and known.get(name) is float
            if not number and type(value) is not known.get(name):
                raise ControlError(400, f"no such rule, or of another type: it must be one of {', '.join(known)}")
        if wanted.get("batch_delete", "skip") not in ("refuse", "skip"):
            raise ControlError(400, "batch_delete is refuse or skip")
        for name, value in wanted.items():
            setattr(self, name, value)


class Door(Protocol):
    """Where updates leave through a webhook (webhook.py)."""

    def open(self, settings: Json) -> None: ...
    def close(self) -> None: ...
    def drop_pending(self) -> None: ...
    def facts(self) -> Json: ...
    @property
    def url(self) -> str: ...


class Simulation:
    """World, files, updates and everything that watches them. `reset` begins again without losing the bot."""

    def __init__(self, api: BotApi, token: str, rules: Rules) -> None:
        self.api = api
        self.token = token
        self.rules = rules
        self.clock = Clock()
        self.profile = Profile()
        self.updates = Updates(self.clock)
        self.door: Door | None = None
        self._begin()

    def _begin(self) -> None:
        self.world = World(self.clock)
        self.files = Files(self.clock)
        self.journal = Journal()
        self.faults = Faults()
        self.presses: dict[str, tuple[float, int]] = {}  # id of a press not yet answered -> (when, chat)
        self.buckets: dict[int, tuple[float, float]] = {}  # flood model: chat -> (tokens left, when counted)

    def reset(self) -> None:
        """No phones, updates or faults, the real time again.

        Profile, rules, webhook and the count of update ids stay, so that a running bot goes on.
        """
        bot, listeners = self.world.bot, self.world.listeners
        self.clock.reset()
        self._begin()
        self.world.bot, self.world.listeners = bot, listeners
        self.updates.empty()
        if self.door:
            self.door.drop_pending()
        self.world.announce()
