# SPDX-License-Identifier: Apache-2.0
"""Reports coming in: what one costs the server, how many a second many bots get through, and whether any is lost."""

import contextlib
import secrets
import sqlite3
from collections.abc import AsyncIterator
from itertools import islice

from bench import rest
from bench.clock import best_of
from bench.desk import Desk
from bench.load import Outcome
from bench.submissions import Sender, prepare
from bench.table import Goal, Raw, Row
from envelope.keys import HPKE, XWingKey, public_key
from envelope.signing import Signer, verify

ONE_BY_ONE = 400
AT_ONCE = {2: 300, 4: 300, 8: 600, 32: 400}  # clients: reports
CALM = 8  # clients of the goal


async def rows(desk: Desk, sender: Sender) -> AsyncIterator[Row]:
    """Posts some two thousand reports."""
    calls = iter(list(desk.posts(sender, prepare(sender, ONE_BY_ONE + sum(AT_ONCE.values())))))
    first = list(islice(calls, ONE_BY_ONE))
    body = first[0].body or b""
    await desk.bare(body, 50)
    one, bare = await desk.submit(first, clients=1), await desk.bare(body)
    raws = [Raw("bare server, same bytes posted", bare.cpu_ms), *_primitives()]
    yield Row("server CPU for one report", one.cpu_ms, "ms", Goal(8), raws)
    yield Row("wait for the answer, one client, median", one.p50_ms, "ms", None, [Raw("bare server", bare.p50_ms)])
    for clients, count in AT_ONCE.items():
        found = await desk.submit(list(islice(calls, count)), clients=clients)
        beside = await desk.bare(body, clients=clients)
        yield _rate(desk, found, beside, clients, len(body))


def _rate(desk: Desk, found: Outcome, beside: Outcome, clients: int, size: int) -> Row:
    raws = [Raw("bare server", beside.rate)]
    if clients == CALM:
        raws.append(Raw("SQLite alone, a commit each", 1 / rest.one_commit(desk.stack.home, size)))
    note = f"{len(found.refused)} were refused" if found.refused else ""
    goal = Goal(200, "least") if clients == CALM else None
    return Row(f"reports a second, {clients} clients", found.rate, "/s", goal, raws, note)


def _primitives() -> list[Raw]:
    key, signer, text = XWingKey(secrets.token_bytes(32)), Signer(secrets.token_bytes(32)), secrets.token_bytes(300)
    sealed, signature = HPKE.encrypt(bytes(64), public_key(key.public), b""), signer.sign(text)
    opening = best_of(lambda: key.open(sealed, b""))
    checking = best_of(lambda: verify(signer.public, text, signature))
    return [Raw("one X-Wing open", opening * 1000), Raw("one Ed25519 check", checking * 1000)]


def lost(desk: Desk) -> Row:
    """Every report that was acknowledged is looked for in the file, by its id. The desk has stopped."""
    with contextlib.closing(sqlite3.connect(desk.file)) as raw:
        stored = {row[0] for row in raw.execute("SELECT reports.id FROM reports JOIN cases USING (id)")}
    missing, count = set(desk.sent) - stored, len(desk.sent)
    note = f"{count:,} acknowledged by 1, 2, 4, 8 and 32 clients; {len(stored):,} stored"
    return Row("acknowledged but not in the store", len(missing), "", Goal(0), (), note)
