# SPDX-License-Identifier: Apache-2.0
"""The control API, part two: the clock, updates, faults, rules, the journal, and beginning again."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from simulator.control import answered
from simulator.errors import ControlError
from simulator.simulation import Simulation

Json = dict[str, Any]


class WorldControl:
    """Routes under /control that move the world itself."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim

    def add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_post("/control/clock", answered(self.advance))
        router.add_post("/control/updates", answered(self.inject))
        router.add_post("/control/replay", answered(self.replay))
        router.add_post("/control/hold", answered(self.hold))
        router.add_post("/control/release", answered(self.release))
        router.add_post("/control/faults", answered(self.order_fault))
        router.add_delete("/control/faults", answered(self.clear_faults))
        router.add_post("/control/rules", answered(self.change_rules))
        router.add_get("/control/calls", answered(self.calls))
        router.add_get("/control/state", answered(self.state))
        router.add_post("/control/reset", answered(self.reset))

    async def advance(self, _: web.Request, wanted: Json) -> Json:
        seconds = wanted.get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise ControlError(400, "advance is a number of seconds, not below zero: time does not go back")
        self.sim.clock.advance(seconds)
        return {"now": self.sim.clock.now(), "offset": self.sim.clock.offset}

    async def inject(self, _: web.Request, wanted: Json) -> Json:
        """The body is the update, however wrong; an update_id is filled in when there is none."""
        return {"update_id": self.sim.updates.inject(wanted, lane=_lane(wanted))}

    async def replay(self, _: web.Request, wanted: Json) -> Json:
        count, times = wanted.get("count", 1), wanted.get("times", 1)
        if type(count) is not int or type(times) is not int:
            raise ControlError(400, "count and times are whole numbers")
        return {"replayed": self.sim.updates.replay(count, times)}

    async def hold(self, _: web.Request, __: Json) -> Json:
        self.sim.updates.hold()
        return {"held": True}

    async def release(self, _: web.Request, __: Json) -> Json:
        self.sim.updates.release()
        return {"held": False}

    async def order_fault(self, _: web.Request, wanted: Json) -> Json:
        return {"fault": asdict(self.sim.faults.order(wanted))}

    async def clear_faults(self, _: web.Request, __: Json) -> Json:
        self.sim.faults.clear()
        return {"faults": []}

    async def change_rules(self, _: web.Request, wanted: Json) -> Json:
        self.sim.rules.change(wanted)
        return {"rules": asdict(self.sim.rules)}

    async def calls(self, request: web.Request, _: Json) -> Json:
        query = request.query
        try:
            after = int(query.get("after", "0"))
            phone = int(query["phone"]) if "phone" in query else None
        except ValueError:
            raise ControlError(400, "after and phone are whole numbers") from None
        journal = self.sim.journal
        return {"calls": journal.find(after=after, method=query.get("method"), phone=phone), "count": journal.count}

    async def state(self, _: web.Request, __: Json) -> Json:
        sim = self.sim
        facts = sim.door.facts() if sim.door else {}
        return {
            "now": sim.clock.now(),
            "offset": sim.clock.offset,
            "bot": sim.world.bot,
            "phones": len(sim.world.phones),
            "updates": {
                "pending": len(sim.updates.pending) + len(sim.updates.again) + facts.get("pending_update_count", 0),
                "held": not sim.updates.flowing.is_set(),
                "next_id": sim.updates.next_id,
                "allowed": sorted(sim.updates.allowed) if sim.updates.allowed is not None else None,
            },
            "webhook": facts,
            "calls": sim.journal.count,
            "open_calls": sim.journal.open,
            "stubs": dict(sim.journal.stubs),
            "refused": dict(sim.journal.refused),
            "self_check": {"checked": sim.journal.checked, "failed": sim.journal.failures},
            "faults": [asdict(fault) for fault in sim.faults.standing],
            "rules": asdict(sim.rules),
        }

    async def reset(self, _: web.Request, __: Json) -> Json:
        self.sim.reset()
        return {"phones": 0}


def _lane(update: Json) -> int:
    """The webhook queue of an injected update: its chat, where it has one."""
    for part in update.values():
        if isinstance(part, dict):
            chat = part.get("chat")
            if isinstance(chat, dict) and type(chat.get("id")) is int:
                return int(chat["id"])
    return 0
