# SPDX-License-Identifier: Apache-2.0
"""C7: a record that was changed, cut, moved or planted in the desk's store is not shown as a report, and is noticed.

The desk is stopped, its SQLite file is edited as a thief with a shell would, and the desk is started again. Every
altered row must be refused, with an audit entry; every other row must open; the queue must render all of them.
"""

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from envelope.signing import Signer
from tests.api.conftest import Sent
from tests.claims.books import Caseworker, desk_url, log_in, rows
from tests.claims.door import Door, open_door
from tests.claims.stage import Stage, Stages

Edit = Callable[[sqlite3.Connection, bytes, bytes], None]
"""Changes one report, or two with each other."""

POSITIONS = (0, 1, 8, 23, -1, -17)
SIGNED = ("key_sealed", "body", "summary", "signature", "mailbox_public")  # of a report nobody opened yet
WRAPPED = ("key_wrapped", "body", "summary")  # of an adopted one


PLACES = {"key_sealed": ("sealed_keys", "report", "record")}  # the other columns stand in reports


def get(store: sqlite3.Connection, column: str, report: bytes) -> bytes:
    table, row, name = PLACES.get(column, ("reports", "id", column))
    [(value,)] = store.execute(f"SELECT {name} FROM {table} WHERE {row} = ?", (report,))
    return bytes(value)


def put(store: sqlite3.Connection, column: str, report: bytes, value: object) -> None:
    table, row, name = PLACES.get(column, ("reports", "id", column))
    assert store.execute(f"UPDATE {table} SET {name} = ? WHERE {row} = ?", (value, report)).rowcount == 1


def flip(column: str, position: int) -> Edit:
    def edit(store: sqlite3.Connection, one: bytes, _: bytes) -> None:
        new = bytearray(get(store, column, one))
        new[position] ^= 1
        put(store, column, one, bytes(new))

    return edit


def cut(column: str) -> Edit:
    return lambda store, one, _: put(store, column, one, get(store, column, one)[:-1])


def sql(statement: str) -> Edit:
    def edit(store: sqlite3.Connection, one: bytes, _: bytes) -> None:
        assert store.execute(statement, (one,)).rowcount == 1

    return edit


def swap(*columns: str) -> Edit:
    def edit(store: sqlite3.Connection, one: bytes, other: bytes) -> None:
        for column in columns:
            first, second = get(store, column, one), get(store, column, other)
            put(store, column, one, second)
            put(store, column, other, first)

    return edit


@dataclass(frozen=True)
class Harm:
    """An edit of one or two reports, and whether queue line and case may still open afterwards."""

    name: str
    edit: Edit
    adopted: bool = False
    pair: bool = False
    line: bool = False
    case: bool = False


def harms() -> list[Harm]:
    found = [Harm(f"{column}[{at}]", flip(column, at)) for column in SIGNED for at in POSITIONS]
    found += [Harm(f"{column} cut", cut(column)) for column in SIGNED]
    found += [
        Harm("another signer", sql("UPDATE reports SET signer = randomblob(16) WHERE id = ?")),
        Harm("another day", sql("UPDATE reports SET day = day - 1 WHERE id = ?")),
        Harm("another class", sql("UPDATE reports SET priority = 1 + priority % 4 WHERE id = ?")),
        Harm("another schema", sql("UPDATE reports SET schema = schema + 1 WHERE id = ?")),
        Harm("no key", sql("DELETE FROM sealed_keys WHERE report = ?")),
    ]
    found += [Harm(f"swapped {column}", swap(column), pair=True) for column in SIGNED]
    found += [Harm("swapped whole", swap("key_sealed", "body", "summary", "signature", "mailbox_public"), pair=True)]
    for column in WRAPPED:
        # The queue needs key and summary, a case key and body.
        may = {"adopted": True, "line": column == "body", "case": column == "summary"}
        found += [Harm(f"adopted {column}[{at}]", flip(column, at), **may) for at in POSITIONS]
        found += [Harm(f"adopted {column} cut", cut(column), **may)]
        found += [Harm(f"swapped adopted {column}", swap(column), pair=True, **may)]
    found += [
        Harm("swapped adopted whole", swap("key_wrapped", "body", "summary"), adopted=True, pair=True),
        Harm("another generation", sql("UPDATE reports SET generation = generation + 1 WHERE id = ?"), adopted=True),
        Harm("adopted, another schema", sql("UPDATE reports SET schema = schema + 1 WHERE id = ?"), adopted=True),
        Harm("adopted, no key", sql("UPDATE reports SET key_wrapped = NULL WHERE id = ?"), adopted=True),
    ]
    return found


@dataclass
class Harmed:
    """Which reports suffer which harm; `whole` none."""

    by: dict[str, Harm]
    pairs: list[tuple[Harm, bytes, bytes]]
    whole: set[str]


async def submit(door: Door, count: int) -> list[Sent]:
    found = []
    for _ in range(count):
        sent = door.seal()
        assert (await door.post(sent))[0] == 201
        found.append(sent)
    return found


async def set_out(door: Door, desk: Caseworker, *, whole: int) -> Harmed:
    """Reports for every harm: first those to be adopted, which a look at the queue does, then the others."""
    harmed = Harmed({}, [], set())
    for adopted in (True, False):
        chosen = [harm for harm in harms() if harm.adopted is adopted]
        for harm in chosen:
            sent = await submit(door, 1 + harm.pair)
            harmed.by |= {one.id: harm for one in sent}
            harmed.pairs.append((harm, sent[0].submission.report, sent[-1].submission.report))
        harmed.whole |= {one.id for one in await submit(door, whole)}
        if adopted:
            assert all(line["opened"] for line in await desk.queue())
    return harmed


def edit_store(stage: Stage, harmed: Harmed) -> None:
    with sqlite3.connect(stage.home / "desk.sqlite") as store:
        for harm, one, other in harmed.pairs:
            harm.edit(store, one, other)
    store.close()


def refused(stage: Stage) -> set[str]:
    """Hex ids of reports of which the audit log says that they did not open."""
    found = rows(desk_url(stage), "SELECT DISTINCT object FROM audit WHERE action = 'report:refused'")
    return {bytes(report).hex() for (report,) in found}


async def page(desk: Caseworker, path: str) -> str:
    async with desk.stage.web.get(
        desk.stage.api_url + path, headers={"Cookie": f"__Host-amparo={desk.token}"}, allow_redirects=False
    ) as answer:
        assert answer.status == 200, (path, answer.status)
        return await answer.text()


@pytest.mark.slow
async def test_every_altered_row_is_refused_and_noticed_and_every_other_opens(stages: Stages) -> None:
    async with stages(start=["api"]) as stage:
        door, desk = await open_door(stage), await log_in(stage)
        harmed = await set_out(door, desk, whole=3)
        await stage.stop("api")
        edit_store(stage, harmed)
        await stage.start("api")
        lines = {line["id"]: line for line in await desk.queue()}
        assert lines.keys() == harmed.by.keys() | harmed.whole
        wrong = [harm.name for report, harm in harmed.by.items() if lines[report]["opened"] is not harm.line]
        assert wrong == []
        cases = {report: await desk.get(f"/v1/cases/{report}") for report in lines}
        wrong = [harm.name for report, harm in harmed.by.items() if cases[report]["opened"] is not harm.case]
        assert wrong == []
        assert all(lines[report]["opened"] and cases[report]["opened"] for report in harmed.whole)
        assert_tells_nothing(lines, cases)
        assert refused(stage) == set(harmed.by)
        html = await page(desk, "/queue")
        assert any(report in html for report in harmed.by)
        for report in (next(iter(harmed.by)), next(iter(harmed.whole))):
            await page(desk, f"/cases/{report}")
        assert "unforeseen" not in stage.log("api")
        await stage.stop("api")
        assert "is whole" in await stage.run("audit", "verify")


def assert_tells_nothing(lines: dict[str, Any], cases: dict[str, Any]) -> None:
    """What does not open shows nothing of another report in its place."""
    shut = [line for line in lines.values() if not line["opened"]]
    assert all(line["excerpt"] is None and line["place"] is None and not line["codes"] for line in shut)
    assert all(case["report"] is None for case in cases.values() if not case["opened"])


async def test_a_planted_report_without_a_bots_signature_is_refused(stages: Stages) -> None:
    """Whoever may write to the store can read the manifest too, and so seal a report; but not sign it."""
    async with stages(start=["api"]) as stage:
        door = await open_door(stage)
        [model] = await submit(door, 1)
        stranger = door.seal(words="Planted words.")
        forged = door.bot.sign(stranger.submission, Signer(secrets.token_bytes(32)))
        unsigned = door.seal().submission.model_copy(update={"signature": bytes(64)})
        for submission in (forged, unsigned):
            status, _ = await door.post(submission)
            assert status == 422  # not by the door
        await stage.stop("api")
        planted = {plant(stage, model, submission) for submission in (forged, unsigned)}
        await stage.start("api")
        desk = await log_in(stage)
        lines = {line["id"]: line["opened"] for line in await desk.queue()}
        assert lines == {model.id: True} | dict.fromkeys(planted, False)
        assert [(await desk.get(f"/v1/cases/{report}"))["opened"] for report in planted] == [False, False]
        assert refused(stage) == planted


def plant(stage: Stage, model: Sent, submission: Any) -> str:
    """Write the rows that the desk would have written, behind its back; gives the report's hex id."""
    with sqlite3.connect(stage.home / "desk.sqlite") as store:
        fields = {"id": submission.report, "digest": secrets.token_bytes(32)}
        fields |= {name: getattr(submission, name) for name in ("body", "summary", "signature", "day", "priority")}
        fields |= {"mailbox_public": submission.mailbox.public_key}
        copy(store, "reports", model.submission.report, fields)
        store.execute("INSERT INTO sealed_keys (report, record) VALUES (?, ?)", (submission.report, submission.key))
        copy(store, "cases", model.submission.report, {"id": submission.report})
    store.close()
    return str(submission.report.hex())


def copy(store: sqlite3.Connection, table: str, row: bytes, changed: dict[str, Any]) -> None:
    names = [column[1] for column in store.execute(f"PRAGMA table_info({table})")]
    values = [changed.get(name, f"@{name}") for name in names]
    chosen = ", ".join(name if isinstance(value, str) else "?" for name, value in zip(names, values, strict=True))
    given = [value for value in values if not isinstance(value, str)]
    store.execute(f"INSERT INTO {table} SELECT {chosen} FROM {table} WHERE id = ?", (*given, row))


async def test_another_mailbox_or_a_lowered_class_does_not_pass(stages: Stages) -> None:
    """After adoption the signature is history; what it protected is bound into the sealed body."""
    async with stages(start=["api"]) as stage:
        door = await open_door(stage)
        [one, other] = await submit(door, 2)
        desk = await log_in(stage)
        urgent = (await desk.queue())[0]["priority"]
        await stage.stop("api")
        with sqlite3.connect(stage.home / "desk.sqlite") as store:
            swap("mailbox_public")(store, one.submission.report, other.submission.report)
            store.execute("UPDATE cases SET priority = 4")
        store.close()
        await stage.start("api")
        case = await desk.get(f"/v1/cases/{one.id}")
        assert (case["opened"], case["priority"]) == (True, urgent)
        headers = {**desk.headers, "Idempotency-Key": "a" * 32}
        address = f"{stage.api_url}/v1/cases/{one.id}/messages"
        async with stage.web.post(address, json={"text": "Estamos contigo."}, headers=headers) as answer:
            assert answer.status == 422
        assert rows(desk_url(stage), "SELECT count(*) FROM messages") == [(0,)]
        assert refused(stage) == {one.id}


async def test_an_altered_or_exchanged_file_is_never_given_out(stages: Stages) -> None:
    contents = [secrets.token_bytes(200_000), secrets.token_bytes(200_000), secrets.token_bytes(200_000)]
    async with stages(start=["api"]) as stage:
        door, desk = await open_door(stage), await log_in(stage)
        told = []
        for content in contents:
            sent = door.seal(files=[content])
            await door.put(sent)
            assert (await door.post(sent))[0] == 201
            told.append(sent)
        paths = [f"/v1/cases/{sent.id}/attachments/{next(iter(sent.streams)).hex()}" for sent in told]
        for case in (sent.id for sent in told):
            assert (await desk.get(f"/v1/cases/{case}"))["opened"]
        assert [await desk.fetch(path) for path in paths] == contents
        [flipped, first, second] = [blob_of(stage, sent) for sent in told]
        old = flipped.read_bytes()
        for position in (0, 10, len(old) // 2, len(old) - 1):
            flipped.write_bytes(old[:position] + bytes([old[position] ^ 1]) + old[position + 1 :])
            await assert_withheld(desk, paths[0])
        for other in (old[:-1], old[:-66_000], old + b"\0", b""):
            flipped.write_bytes(other)
            await assert_withheld(desk, paths[0])
        one, two = first.read_bytes(), second.read_bytes()
        first.write_bytes(two)
        second.write_bytes(one)
        await assert_withheld(desk, paths[1])
        await assert_withheld(desk, paths[2])
        second.write_bytes(two)
        assert await desk.fetch(paths[2]) == contents[2]
        assert refused(stage) == {sent.id for sent in told}


def blob_of(stage: Stage, sent: Sent) -> Path:
    [name] = [name.hex() for name in sent.streams]
    [path] = [path for path in (stage.home / "blobs").rglob("*") if path.name == name and path.is_file()]
    path.chmod(0o600)
    return path


async def assert_withheld(desk: Caseworker, path: str) -> None:
    """Refused before the first byte of content."""
    async with desk.stage.web.get(desk.stage.api_url + path, headers=desk.headers) as answer:
        assert 400 <= answer.status < 500, answer.status
        assert answer.content_type == "application/problem+json"
