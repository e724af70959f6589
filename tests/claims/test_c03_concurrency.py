# SPDX-License-Identifier: Apache-2.0
"""C3: under 2, 4, 8 and 32 clients at once the desk stores what it acknowledges and acknowledges what it is sent."""

import asyncio
import random

import aiohttp
import pytest

from tests.api.conftest import Sent
from tests.claims.books import desk_url, rows
from tests.claims.door import Answers, Door, open_door
from tests.claims.stage import Stages

EACH = 40  # submissions of one client
REPLAYED = 0.2
SQLITE, POSTGRES = (2, 4, 8, 32), (32,)


async def client(door: Door, own: list[Sent], others: list[Sent], answers: Answers, seed: int) -> None:
    """A connection of its own; a fifth of what it sends is sent again, a fifth was or is being sent by others too."""
    chance = random.Random(seed)
    async with aiohttp.ClientSession() as web:
        for sent in own:
            todo = [sent]
            todo += [sent] if chance.random() < REPLAYED else []
            todo += [chance.choice(others)] if chance.random() < REPLAYED else []
            for one in todo:
                answers.add(one.id, *await door.post(one, web))


async def round_of(door: Door, clients: int) -> Answers:
    sealed = [[door.seal() for _ in range(EACH)] for _ in range(clients)]
    everything = [sent for own in sealed for sent in own]
    answers = Answers()
    await asyncio.gather(*(client(door, own, everything, answers, seed=number) for number, own in enumerate(sealed)))
    ids = {sent.id for sent in everything}
    stored = {bytes(report).hex() for (report,) in rows(desk_url(door.stage), "SELECT id FROM reports")}
    assert answers.acknowledged == ids, answers.statuses
    assert ids <= stored
    assert answers.statuses.keys() == {200, 201}, answers.statuses
    assert answers.statuses[201] == len(ids)
    assert all(len(bodies) == 1 for bodies in answers.bodies.values())  # a replay is answered with the same body
    return answers


@pytest.mark.slow
async def test_stored_is_acknowledged_is_sent(stages: Stages, engine_settings: dict[str, str]) -> None:
    levels = POSTGRES if engine_settings else SQLITE
    async with stages(engine_settings, start=["api"]) as stage:
        door = await open_door(stage)
        for clients in levels:
            await round_of(door, clients)
        whole = sum(levels) * EACH
        for table in ("reports", "cases", "mailboxes"):
            assert rows(desk_url(stage), f"SELECT count(*) FROM {table}") == [(whole,)], table
        received = rows(desk_url(stage), "SELECT count(*) FROM audit WHERE action = 'report:received'")
        assert received == [(whole,)]
        assert "unforeseen" not in stage.log("api")


async def test_one_report_from_32_clients_at_once_is_stored_once(stages: Stages) -> None:
    async with stages(start=["api"]) as stage:
        door = await open_door(stage)
        sent = door.seal()
        answers = await asyncio.gather(*(door.post(sent) for _ in range(32)))
        assert sorted(status for status, _ in answers) == [200] * 31 + [201]
        assert len({body for _, body in answers}) == 1
        other = door.bot.sign(sent.submission.model_copy(update={"day": sent.submission.day - 1}))
        assert (await door.post(other))[0] == 409
        assert rows(desk_url(stage), "SELECT count(*) FROM reports") == [(1,)]
