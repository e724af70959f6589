# SPDX-License-Identifier: Apache-2.0
"""C1: nothing that was acknowledged is lost, and nothing is doubled, when a process dies at any moment.

Bot and desk are killed with SIGKILL at every labelled point and at random instants while several people tell reports;
each is started again, and a fifth of what Telegram delivered comes once more on purpose. kill -9 does not prove
durability: the page cache outlives the process. That proof is in tests/storage/test_durability.py.
"""

import asyncio
import contextlib
import json
import os
import random
from collections import Counter

import aiohttp
import pytest

from bot import crash
from tests.claims import nursery
from tests.claims.books import (
    Caseworker,
    Verdict,
    change,
    compare,
    gaps,
    integrity,
    left_over,
    log_in,
    phone_url,
    quiet,
)
from tests.claims.person import Person, gather_people
from tests.claims.stage import Stage, Stages, until

REPLAYED = 0.2  # of what was delivered, as claimed
DESK_POINTS = nursery.WHERE
STEPS = int(
    os.environ.get("CLAIMS_STEPS", "56")
)  # a good 100 kills; a nightly run may ask for 560, which is over 1,000

# Not every report passes there.
RARE = {"file spooled not marked", "original stored not copied", "copy spooled not marked"}
RARE |= {"blob stored no row", "vault adopting"}


def plan(count: int, *, seed: int) -> list[tuple[str, str]]:
    """Who dies, and where: "" is any instant. Two thirds are the bot at a labelled point, every label in turn."""
    bot = [("bot", label) for label in crash.LABELS]
    kills = [bot[number % len(bot)] for number in range(count * 2 // 3)]
    kills += [("api", DESK_POINTS[number % len(DESK_POINTS)]) for number in range(count // 8)]
    rest = [("bot", ""), ("api", ""), ("both", "")]
    kills += [rest[number % len(rest)] for number in range(count - len(kills))]
    random.Random(seed).shuffle(kills)
    return kills


class Reaper:
    """Kills by plan and starts again; counts who died where."""

    def __init__(self, stage: Stage, chance: random.Random, *, replayed: float, mutation: str = "") -> None:
        self.stage = stage
        self.chance = chance
        self.replayed = replayed
        self.mutation = {"CLAIMS_MUTATION": mutation} if mutation else {}
        self.deaths: Counter[str] = Counter()
        self.missed = 0

    async def start(self, name: str, point: str = "") -> None:
        extra = dict(self.mutation) if name == "bot" else {}
        if point:
            nth = 1 if point in RARE else self.chance.randint(1, 4)
            armed = {"CLAIMS_CRASH": f"{point}:{nth}"}
            if name == "bot":
                armed = {"AMPARO_TEST": "1", "AMPARO_TEST_CRASH": f"{point}:{nth}"}
            extra |= armed
        self._free_lease(name)
        await self.stage.start(name, extra)

    def _free_lease(self, name: str) -> None:
        """On PostgreSQL a dead poller's lease ends after 30 s. Skip that wait, not the rule: nobody else polls."""
        if name == "bot" and phone_url(self.stage).startswith("postgresql"):
            change(phone_url(self.stage), "UPDATE leases SET until = 0")

    async def carry_out(self, kills: list[tuple[str, str]]) -> None:
        for who, point in kills:
            if point:
                await self._at_point(who, point)
            else:
                await self._at_random(("bot", "api") if who == "both" else (who,))
            if self.chance.random() < self.replayed:
                await self.stage.control("/replay", count=self.chance.randint(1, 12), times=self.chance.randint(1, 3))

    async def _at_point(self, who: str, point: str) -> None:
        await self._end(who)
        await self.start(who, point)
        try:
            status = await asyncio.wait_for(self.stage.wait(who), 8 if point in RARE else 3)
        except TimeoutError:  # nobody came by there: let it die where it stands
            self.missed += 1
            await self._kill(who, "anywhere")
        else:
            assert status == -9, (who, point, status, self.stage.log(who)[-2000:])
            self.deaths[f"{who}: {point}"] += 1
        await self.start(who)

    async def _at_random(self, names: tuple[str, ...]) -> None:
        await asyncio.sleep(self.chance.uniform(0.02, 0.3))
        for name in names:
            await self._kill(name, "anywhere")
        for name in reversed(names):
            await self.start(name)

    async def _kill(self, name: str, where: str) -> None:
        assert self.stage.running(name), (name, self.stage.log(name)[-2000:])
        await self.stage.kill(name)
        self.deaths[f"{name}: {where}"] += 1

    async def _end(self, name: str) -> None:
        """It has to be started anew to be armed: one more death at no chosen instant."""
        await asyncio.sleep(self.chance.uniform(0.0, 0.1))
        await self._kill(name, "anywhere")


async def keep_opening(desk: Caseworker, over: asyncio.Event) -> None:
    """A caseworker looks at the queue all the while, so that reports are adopted while processes die."""
    while not over.is_set():
        with contextlib.suppress(aiohttp.ClientError):  # the desk has just been killed: look again
            await desk.queue()
        await asyncio.sleep(0.2)


async def keep_telling(person: Person, over: asyncio.Event) -> None:
    """One report after another; the one that is begun when the killing ends is finished in peace."""
    while not over.is_set():
        if not await person.tell():
            return


async def ordeal(
    stage: Stage,
    kills: list[tuple[str, str]],
    *,
    seed: int,
    people: int,
    patience: float = 60,
    replayed: float = REPLAYED,
    mutation: str = "",
) -> tuple[Reaper, Verdict]:
    """People tell while processes die; then peace, until nothing waits; then the comparison."""
    reaper = Reaper(stage, random.Random(seed), replayed=replayed, mutation=mutation)
    await reaper.start("bot")
    await until((stage.home / "manifest.txt").exists)
    crowd = await gather_people(stage, people, seed=seed, patience=patience, photos=0.3)
    over = asyncio.Event()
    telling = [asyncio.create_task(keep_telling(person, over)) for person in crowd]
    telling.append(asyncio.create_task(keep_opening(await log_in(stage), over)))
    try:
        await reaper.carry_out(kills)
    finally:
        over.set()
        await asyncio.gather(*telling)
    if not mutation:
        assert not await quiet(stage), (left_over(stage), stage.log("bot")[-3000:])
    return reaper, await compare(stage, crowd)


def figures(reaper: Reaper, verdict: Verdict) -> str:
    return (
        f"{sum(reaper.deaths.values())} kills ({reaper.missed} points not met), {verdict.acknowledged} answers "
        f"acknowledged, {verdict.receipts} receipts, {verdict.stored} cases; lost {len(verdict.lost)}, doubled "
        f"{len(verdict.doubled)}, changed {len(verdict.changed)}, unanswered {len(verdict.unanswered)}"
    )


def assert_kept(reaper: Reaper, verdict: Verdict, *, kills: int) -> None:
    print(figures(reaper, verdict))  # noqa: T201 -- pytest shows it on demand
    assert sum(reaper.deaths.values()) >= kills
    assert verdict.clean, (figures(reaper, verdict), verdict)
    assert verdict.receipts == verdict.stored > 0


@pytest.mark.slow
async def test_nothing_acknowledged_is_lost_or_doubled_on_sqlite(stages: Stages) -> None:
    async with stages(start=["api"]) as stage:
        reaper, verdict = await ordeal(stage, plan(STEPS, seed=1), seed=1, people=8)
        assert_kept(reaper, verdict, kills=STEPS * 3 // 2)
        assert await gaps(stage) == []
        points = {point for point in reaper.deaths if "anywhere" not in point}
        assert points == {f"bot: {label}" for label in crash.LABELS} | {f"api: {label}" for label in DESK_POINTS}
    assert integrity(stage.home) == ["ok", "ok"]


@pytest.mark.slow
async def test_nothing_acknowledged_is_lost_or_doubled_on_postgresql(
    stages: Stages, on_postgres: dict[str, str]
) -> None:
    async with stages(on_postgres, start=["api"]) as stage:
        reaper, verdict = await ordeal(stage, plan(18, seed=2), seed=2, people=6)
        assert_kept(reaper, verdict, kills=20)
        assert await gaps(stage) == []
        assert not list(stage.home.glob("*.sqlite"))  # the stores really are the server's


@pytest.mark.slow
async def test_the_harness_notices_a_bot_that_confirms_before_it_commits(stages: Stages) -> None:
    async with stages(start=["api"]) as stage:
        kills = [("bot", "before commit")] * 2
        _, verdict = await ordeal(stage, kills, seed=3, people=6, patience=4, replayed=0, mutation="offset first")
        assert verdict.unanswered
        assert await gaps(stage)


@pytest.mark.slow
async def test_the_harness_notices_a_bot_that_takes_an_update_twice(stages: Stages) -> None:
    async with stages(start=["api"]) as stage:
        kills = [("bot", "committed not acknowledged")] * 3
        _, verdict = await ordeal(stage, kills, seed=4, people=6, patience=4, replayed=1, mutation="no memory")
        assert verdict.changed or verdict.unanswered, json.dumps(vars(verdict))
