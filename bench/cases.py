# SPDX-License-Identifier: Apache-2.0
"""What a caseworker waits for: to log in, to open a case for the first time and again, to see a page of the queue."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench.clock import middle
from bench.desk import Desk
from bench.load import Outcome
from bench.table import Goal, Raw, Row

OPENED = 100
LOGINS = 5  # ten in five minutes are not slowed down
PAGES = 40
ROWS = 50


async def rows(desk: Desk) -> AsyncIterator[Row]:
    """Leaves every report adopted."""
    for row in await _logins(desk):
        yield row
    bare = await desk.bare(None)
    paths = [f"/v1/cases/{report.hex()}" for report in desk.sent[:OPENED]]
    for name in ("first time (adopts it)", "again"):
        for row in _both(f"open a case, {name}", await desk.read(paths), bare, 10):
            yield row
    adopting = await _whole_queue(desk)
    yield Row("queue page of 50, listed first, median", adopting.p50_ms, "ms", None, [Raw("bare server", bare.p50_ms)])
    page = desk.page = await desk.read(["/v1/cases"] * PAGES)
    for row in _both(f"queue page of {ROWS}", page, bare, 20):
        yield row
    yield Row(f"queue page of {ROWS}, bytes sent", page.largest / 1000, "KB", Goal(100))


def _both(axis: str, found: Outcome, bare: Outcome, most: float) -> list[Row]:
    return [
        Row(f"{axis}: wait, median", found.p50_ms, "ms", Goal(most), [Raw("bare server", bare.p50_ms)]),
        Row(f"{axis}: server CPU", found.cpu_ms, "ms", Goal(most), [Raw("bare server", bare.cpu_ms)]),
    ]


async def _logins(desk: Desk) -> list[Row]:
    """Log in some times while somebody else asks without a pause."""
    await desk.log_in()
    calm = [await _ping(desk) for _ in range(200)]
    waits, stalls = [], []
    for _ in range(LOGINS):
        begun = time.perf_counter()
        task = asyncio.create_task(desk.log_in())
        pings = [await _ping(desk)]
        while not task.done():
            pings.append(await _ping(desk))
        await task
        waits.append(time.perf_counter() - begun)
        stalls.append(max(pings))
    beside = [Raw("longest wait while nobody does", max(calm) * 1000)]
    return [
        Row("log in, median", middle(waits), "s", Goal(0.4)),
        Row("longest wait of others while one logs in, median", middle(stalls) * 1000, "ms", Goal(25), beside),
    ]


async def _ping(desk: Desk) -> float:
    begun = time.perf_counter()
    async with desk.web.get(f"{desk.stack.api_url}/healthz") as answer:
        await answer.read()
    return time.perf_counter() - begun


async def _whole_queue(desk: Desk) -> Outcome:
    """Turn every page once, which adopts what lies on it."""
    found, path = Outcome(), "/v1/cases"
    while True:
        found += await desk.read([path])
        # A cursor stands in the answer: asked once more, the page is already adopted.
        async with desk.web.get(desk.stack.api_url + path, headers=desk.session) as answer:
            cursor = (await answer.json())["next"]
        if cursor is None:
            return found
        path = f"/v1/cases?cursor={cursor}"


def fill(path: Path, count: int) -> None:
    """Copy stored rows under new ids until there are so many cases, less urgent than those that can be opened."""
    with contextlib.closing(sqlite3.connect(path)) as raw:
        here = raw.execute("SELECT count(*) FROM cases").fetchone()[0]
        raw.execute("CREATE TEMP TABLE fresh AS SELECT id AS old, id AS new FROM cases LIMIT 0")
        raw.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO fresh SELECT (SELECT id FROM cases LIMIT 1), randomblob(16) FROM n",
            (max(count - here, 1),),
        )
        for table in ("reports", "cases"):
            names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
            values = ["4" if name == "priority" else f'{table}."{name}"' for name in names]
            columns = ", ".join(f'"{name}"' for name in names)
            raw.execute(
                f"INSERT INTO {table} (id, {columns}) SELECT new, {', '.join(values)} "
                f"FROM fresh JOIN {table} ON {table}.id = old"
            )
        raw.commit()


async def large(desk: Desk) -> list[Row]:
    """The same page of a queue that `fill` made long."""
    await desk.log_in()
    await desk.read(["/v1/cases"] * 5)
    page = await desk.read(["/v1/cases"] * PAGES)
    name, beside = "queue page of 50 at 10,000 cases", [Raw(f"at {len(desk.sent):,} cases", desk.page.cpu_ms)]
    return [
        Row(f"{name}: server CPU", page.cpu_ms, "ms", Goal(20), beside),
        Row("the same, against the shorter queue", page.cpu_ms, "ms", Goal(1.5, of="ratio"), beside),
    ]
