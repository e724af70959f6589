# SPDX-License-Identifier: Apache-2.0
"""The section of the desk: one store through a report's life, from its arrival to a queue of ten thousand."""

from collections.abc import AsyncIterator
from pathlib import Path

from bench import arrivals, cases, files, rest
from bench.clock import memory_of
from bench.desk import prepared_desk
from bench.submissions import prepare
from bench.table import Goal, Raw, Row

FILLED = 10_000  # cases in the larger queue, about


async def rows(home: Path) -> AsyncIterator[Row]:
    """Every row of the desk, in that order. `home` is made and filled."""
    async with prepared_desk(home) as desk:
        empty = rest.used(desk.file)
        starts = [await desk.start()]
        sender = await desk.sender()
        await desk.submit(list(desk.posts(sender, prepare(sender, 1))), clients=1)
        memory, bare = memory_of(desk.pid), Raw("bare server", memory_of(desk.echo_pid))
        yield Row("memory, idle after one report", memory, "MiB", Goal(100), [bare])
        async for row in arrivals.rows(desk, sender):
            yield row
        await desk.stop()
        yield arrivals.lost(desk)
        unadopted = rest.used(desk.file)
        starts.append(await desk.start())
        yield Row("start until ready, the better of two", min(starts), "s", Goal(2.5))
        async for row in cases.rows(desk):
            yield row
        await desk.stop()
        for row in rest.rows(desk.file, len(desk.sent), empty, unadopted):
            yield row
        cases.fill(desk.file, FILLED)
        await desk.start()
        for row in [*await cases.large(desk), *await files.rows(desk, sender.intake_token)]:
            yield row
