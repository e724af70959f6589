# SPDX-License-Identifier: Apache-2.0
"""C13: when a store, a disk, the desk or Telegram fails, nothing is lost, nobody is told of a success that was none,
and all goes on when the trouble ends, without anybody having to do something again.
"""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import psycopg
import pytest

from simulator.stack import free_port
from tests.claims.books import Caseworker, compare, gaps, log_in, phone_url, quiet, rows
from tests.claims.door import open_door
from tests.claims.person import HANDED_OVER, KEPT, RECEIPT, SAVED, Person, gather_people, label, script, word
from tests.claims.stage import Stage, Stages, until

pytestmark = pytest.mark.slow

STORM = 5.0  # seconds


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program, a shell left open or a backup, holds the file's write lock."""
    stranger = sqlite3.connect(file, isolation_level=None)
    try:
        stranger.execute("BEGIN IMMEDIATE")
        yield
        stranger.execute("ROLLBACK")
    finally:
        stranger.close()


async def to_the_review(person: Person) -> None:
    """Tell everything but the word "send"."""
    for line in script(word(), person.chance):
        await person.ask(line.text, line.then)


async def has_met_the_desk(stage: Stage) -> None:
    await until(lambda: (stage.home / "manifest.txt").exists())


async def test_a_locked_phone_store_takes_nothing_and_loses_nothing(stages: Stages) -> None:
    async with stages() as stage:
        people = await gather_people(stage, 3, seed=1, patience=30)
        for person in people:
            await person.ask("/start", "Elija su idioma")
        with locked(stage.home / "phone.sqlite"):
            said = [await person.say("1") for person in people]
            await asyncio.sleep(3.5)  # longer than a busy file is waited for
            assert all(
                [await person.look() and not person.since(last) for person, last in zip(people, said, strict=True)]
            )
            assert (await stage.look("/state"))["updates"]["pending"] >= len(people)  # Telegram keeps them
        for person, last in zip(people, said, strict=True):
            assert await person.sees("Telegram puede leer", after=last)
            assert len(person.since(last)) == 1
        assert rows(phone_url(stage), "SELECT count(*) FROM dead_letters") == [(0,)]
        assert await gaps(stage) == []


async def test_a_locked_desk_says_later_and_the_person_is_told_kept(stages: Stages) -> None:
    async with stages() as stage:
        door, desk = await open_door(stage), await log_in(stage)
        [ana] = await gather_people(stage, 1, seed=2, patience=40)
        await has_met_the_desk(stage)
        await to_the_review(ana)
        with locked(stage.home / "desk.sqlite"):
            sent = [door.seal() for _ in range(4)]
            for status, retry in await asyncio.gather(
                *(post(stage, door.headers(one.submission), one) for one in sent)
            ):
                assert (status, retry) == (503, "5")
            assert await me(desk) == 200  # what only reads goes on
            said = await ana.say("1")
            assert KEPT in await ana.sees(SAVED, after=said)
            assert RECEIPT.search("".join(ana.since(said)))
        assert await ana.sees(HANDED_OVER, after=said)
        assert {(await door.post(one))[0] for one in sent} == {201}
        assert len(await desk.queue()) == 5


async def post(stage: Stage, headers: dict[str, str], sent: object) -> tuple[int, str | None]:
    body = sent.submission.to_bytes()  # type: ignore[attr-defined]
    async with stage.web.post(f"{stage.api_url}/v1/intake/submissions", data=body, headers=headers) as answer:
        return answer.status, answer.headers.get("Retry-After")


async def me(desk: Caseworker) -> int:
    async with desk.stage.web.get(f"{desk.stage.api_url}/v1/me", headers=desk.headers) as answer:
        return answer.status


@pytest.mark.parametrize("trouble", ["down", "silent"])
async def test_without_the_desk_it_is_kept_and_never_said_to_be_handed_over(stages: Stages, trouble: str) -> None:
    """Down, or accepting connections and never answering."""
    async with stages() as stage:
        [ana] = await gather_people(stage, 1, seed=3, patience=60)
        await has_met_the_desk(stage)
        await to_the_review(ana)
        if trouble == "down":
            await stage.stop("api")
        else:
            stage.signal("api", signal.SIGSTOP)
        said, began = await ana.say("1"), time.monotonic()
        assert KEPT in await ana.sees(SAVED, after=said)
        assert time.monotonic() - began < 15
        await asyncio.sleep(2)
        await ana.look()
        assert not [text for text in ana.since(said) if HANDED_OVER in text]
        assert kept_rows(stage) == 1
        if trouble == "down":
            await stage.start("api")
        else:
            stage.signal("api", signal.SIGCONT)
        assert await ana.sees(HANDED_OVER, after=said)
        assert len(await (await log_in(stage)).queue()) == 1
        assert not await quiet(stage)


def kept_rows(stage: Stage) -> int:
    return int(rows(phone_url(stage), "SELECT count(*) FROM outbox")[0][0])


async def test_a_full_phone_store_gives_no_receipt_and_goes_on_with_room(stages: Stages) -> None:
    async with stages() as stage:
        people = await gather_people(stage, 6, seed=4, patience=30)
        await has_met_the_desk(stage)
        await asyncio.gather(*(to_the_review(person) for person in people))
        await stage.stop("api")  # else reports leave the store and make room
        await stage.stop("bot")
        await stage.start("bot", {"CLAIMS_FULL": "1"})
        said = [await person.say("1") for person in people]
        await asyncio.sleep(4)
        kept = kept_rows(stage)
        told = 0
        for person, last in zip(people, said, strict=True):
            await person.look()
            told += any(RECEIPT.search(text) for text in person.since(last))
        assert told <= kept < len(people)  # nobody holds a receipt for what is not on the disk
        assert stage.running("bot")
        await stage.kill("bot")
        await asyncio.gather(stage.start("bot"), stage.start("api"))
        for person, last in zip(people, said, strict=True):
            assert await person.sees(RECEIPT, after=last), (person.since(last), stage.log("bot")[-2000:])
            assert await person.sees(HANDED_OVER, after=last)
        assert len(await (await log_in(stage)).queue()) == len(people)


async def test_a_full_desk_store_says_later_and_acknowledges_nothing(stages: Stages) -> None:
    async with stages(start=["api"]) as stage:
        door = await open_door(stage)
        desk = await log_in(stage)
        await stage.stop("api")
        await stage.start("api", {"CLAIMS_FULL": "1"})
        sent = [door.seal() for _ in range(12)]
        answers = [await post(stage, door.headers(one.submission), one) for one in sent]
        assert {status for status, _ in answers} <= {201, 503}
        assert (503, "5") in answers
        stored = rows(f"sqlite:///{stage.home}/desk.sqlite", "SELECT count(*) FROM reports")[0][0]
        assert stored == sum(status == 201 for status, _ in answers)
        assert await me(desk) == 200
        await stage.kill("api")
        await stage.start("api")
        assert [(await door.post(one))[0] for one in sent] == [201 if status == 503 else 200 for status, _ in answers]
        assert len(await desk.queue()) == len(sent)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("this machine does not let root mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_spool_is_said_on_the_receipt(stages: Stages, small_disk: Path) -> None:
    """The picture does not fit, the report does: the receipt says that no file is stored, and that is so."""
    async with stages(start=["api"]) as stage:
        (stage.home / "spool").symlink_to(small_disk)
        await stage.start("bot")
        [ana] = await gather_people(stage, 1, seed=5, patience=30)
        await has_met_the_desk(stage)
        await ana.ask("/start", "Elija su idioma")
        await ana.ask("1", "Telegram puede leer")
        await ana.ask("1", label("about"))
        sent = await ana.act("send", kind="photo", size=600_000)
        assert await ana.sees(label("about"), after=sent["message"])
        for line in script(word(), ana.chance)[3:]:
            await ana.ask(line.text, line.then)
        said = await ana.say("1")
        assert await ana.sees("0 de 1 archivo", after=said)
        assert await ana.sees(HANDED_OVER, after=said)
        desk = await log_in(stage)
        [case] = await desk.cases()
        assert (case["opened"], case["report"]["attachments"]) == (True, [])


async def test_full_blobs_at_the_desk_keep_the_report_until_there_is_room(stages: Stages, small_disk: Path) -> None:
    async with stages(start=["bot"]) as stage:
        await stage.start("api", {"AMPARO_BLOB_URL": str(small_disk)})
        [ana] = await gather_people(stage, 1, seed=6, patience=60)
        await has_met_the_desk(stage)
        await ana.ask("/start", "Elija su idioma")
        await ana.ask("1", "Telegram puede leer")
        await ana.ask("1", label("about"))
        sent = await ana.act("send", kind="photo", size=600_000)
        assert await ana.sees(label("about"), after=sent["message"])
        for line in script(word(), ana.chance)[3:]:
            await ana.ask(line.text, line.then)
        await until(lambda: rows(phone_url(stage), "SELECT state FROM spool") == [(1,)])
        said = await ana.say("1")
        assert KEPT in await ana.sees(SAVED, after=said)
        assert "1 de 1 archivo" in "".join(ana.since(said))
        await asyncio.sleep(1)
        desk = await log_in(stage)
        assert await desk.queue() == []
        assert not [text for text in ana.since(said) if HANDED_OVER in text]
        subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
        assert await ana.sees(HANDED_OVER, after=said)
        [case] = await desk.cases()
        [file] = case["report"]["attachments"]
        assert len(await desk.fetch(f"/v1/cases/{case['id']}/attachments/{file['id']}")) == 600_000


FAULTS = [
    {"method": "sendMessage", "code": 429, "retry_after": 1},
    {"method": "sendMessage", "code": 502},
    {"method": "sendMessage", "cut": "before"},
    {"method": "sendMessage", "cut": "after"},
    {"method": "sendMessage", "broken_json": True},
    {"method": "sendMessage", "delay": 0.5},
    {"method": "getUpdates", "code": 500},
    {"method": "getUpdates", "code": 429, "retry_after": 1},
    {"method": "getUpdates", "cut": "before"},
    {"method": "getUpdates", "cut": "after"},
    {"method": "getUpdates", "broken_json": True},
    {"method": "getFile", "code": 500},
    {"method": "file", "cut_bytes": 5000},
]


async def tell_until(person: Person, end: float) -> None:
    while time.monotonic() < end:
        if not await person.tell():
            return


async def judged(stage: Stage, people: list[Person]) -> None:
    # Where a connection broke while rows were leased, the lease of two minutes has to run out.
    assert not await quiet(stage, seconds=150)
    verdict = await compare(stage, people)
    assert verdict.clean, verdict
    assert verdict.receipts == verdict.stored >= len(people)
    assert await gaps(stage) == []


async def test_a_storm_of_telegrams_faults_loses_and_doubles_nothing(stages: Stages) -> None:
    async with stages() as stage:
        people = await gather_people(stage, 5, seed=7, patience=60, photos=0.3)
        await has_met_the_desk(stage)
        chance, end = random.Random(7), time.monotonic() + STORM
        telling = [asyncio.create_task(tell_until(person, end)) for person in people]
        ordered = 0
        while time.monotonic() < end:
            await stage.control("/faults", **chance.choice(FAULTS))
            ordered += 1
            await asyncio.sleep(0.1)
        async with stage.web.delete(f"{stage.telegram_api_url}/control/faults") as answer:
            assert answer.status == 200
        await asyncio.gather(*telling)
        assert ordered >= 10
        await judged(stage, people)
        assert rows(phone_url(stage), "SELECT count(*) FROM dead_letters") == [(0,)]


async def test_one_chat_that_must_wait_or_is_blocked_holds_up_nobody(stages: Stages) -> None:
    async with stages() as stage:
        ana, bo, cy = people = await gather_people(stage, 3, seed=8, patience=30)
        await has_met_the_desk(stage)
        for person in people:
            await to_the_review(person)
        await stage.control("/faults", method="sendMessage", phone=ana.number, code=429, retry_after=6)
        said, began = await ana.say("1"), time.monotonic()
        await cy.act("block")
        await stage.control(
            "/faults",
            method="sendMessage",
            phone=bo.number,
            code=403,
            description="Forbidden: bot was blocked by the user",
        )
        await bo.say("1")
        eva = (await gather_people(stage, 1, seed=9, patience=30))[0]
        await eva.ask("/start", "Elija su idioma")
        assert time.monotonic() - began < 5.5  # nobody else waited for ana
        assert await ana.sees(RECEIPT, after=said)
        assert time.monotonic() - began >= 5.5
        assert len(RECEIPT.findall("".join(ana.since(said)))) == 1
        # What was sent before the block is at the desk, though its person hears no more.
        desk = await log_in(stage)
        await until_count(desk, 2)


async def until_count(desk: Caseworker, count: int) -> None:
    for _ in range(200):
        if len(await desk.queue()) == count:
            return
        await asyncio.sleep(0.1)
    assert len(await desk.queue()) == count


async def test_a_postgresql_that_cuts_its_connections_loses_and_doubles_nothing(
    stages: Stages, postgres_server: str, on_postgres: dict[str, str]
) -> None:
    """As in a failover: connections end in the middle of commits, then nothing can be written for a while."""
    names = [psycopg.conninfo.conninfo_to_dict(url)["dbname"] for url in on_postgres.values()]
    async with stages(on_postgres) as stage:
        people = await gather_people(stage, 5, seed=10, patience=60)
        await has_met_the_desk(stage)
        chance, end = random.Random(10), time.monotonic() + STORM
        telling = [asyncio.create_task(tell_until(person, end)) for person in people]
        with psycopg.connect(postgres_server, autocommit=True) as operator:
            ended = 0
            while time.monotonic() < end:
                ended += cut_connections(operator, names)
                await asyncio.sleep(chance.uniform(0.05, 0.4))
            await read_only_for(operator, names, seconds=2)
        await asyncio.gather(*telling)
        assert ended >= 5
        await judged(stage, people)
        assert "unforeseen" not in stage.log("api")


def cut_connections(operator: psycopg.Connection, names: list[str]) -> int:
    found = operator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s) AND pid <> pg_backend_pid()",
        (names,),
    ).fetchall()
    return len(found)


async def read_only_for(operator: psycopg.Connection, names: list[str], *, seconds: float) -> None:
    for setting in ("on", "off"):
        for name in names:
            operator.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {setting}".encode())
        cut_connections(operator, names)
        await asyncio.sleep(seconds if setting == "on" else 0)


async def test_a_webhook_under_a_locked_store_answers_503_with_a_time_to_come_back(stages: Stages) -> None:
    secret = "s" * 40
    async with stages(start=["api"]) as stage:
        port = free_port()
        settings = {"AMPARO_WEBHOOK_SECRET": secret, "AMPARO_WEBHOOK_PORT": str(port)}
        await stage.start("bot", settings, ["--webhook"])
        address = f"http://127.0.0.1:{port}/telegram"
        chat = {"id": 991_000_001, "type": "private", "first_name": "E"}
        sender = {"id": 991_000_001, "is_bot": False, "first_name": "E"}
        message = {"message_id": 1, "date": 1_800_000_000, "chat": chat, "from": sender, "text": "/start"}
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}

        async def push(number: int) -> tuple[int, str | None]:
            body = {"update_id": number, "message": message}
            async with stage.web.post(address, json=body, headers=headers) as answer:
                return answer.status, answer.headers.get("Retry-After")

        for _ in range(100):
            with contextlib.suppress(aiohttp.ClientError):
                assert (await push(1))[0] == 200
                break
            await asyncio.sleep(0.1)
        with locked(stage.home / "phone.sqlite"):
            status, retry = await push(2)
            assert status == 503
            assert retry is not None and int(retry) > 0
        assert (await push(2))[0] == 200
        assert (await push(2))[0] == 200
        assert rows(phone_url(stage), "SELECT count(*) FROM updates") == [(2,)]
