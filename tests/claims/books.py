# SPDX-License-Identifier: Apache-2.0
"""What the people were told, held against what the desk has: lost, doubled, changed."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from envelope import mailbox, receipt
from tests.claims.person import Person, Telling
from tests.claims.stage import Stage

AT_ONCE = 8


class Caseworker:
    """A logged-in caseworker, through HTTP."""

    def __init__(self, stage: Stage, token: str) -> None:
        self.stage = stage
        self.token = token

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def get(self, path: str) -> Any:
        async with self.stage.web.get(self.stage.api_url + path, headers=self.headers) as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.json()

    async def fetch(self, path: str) -> bytes:
        async with self.stage.web.get(self.stage.api_url + path, headers=self.headers) as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.read()

    async def queue(self) -> list[dict[str, Any]]:
        """Every line of the queue, all pages."""
        page = await self.get("/v1/cases")
        lines = list(page["items"])
        while page["next"]:
            page = await self.get(f"/v1/cases?cursor={page['next']}")
            lines += page["items"]
        return lines

    async def cases(self) -> list[dict[str, Any]]:
        """Every case, opened."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(case: str) -> dict[str, Any]:
            async with gate:
                found: dict[str, Any] = await self.get(f"/v1/cases/{case}")
                return found

        return list(await asyncio.gather(*(one(line["id"]) for line in await self.queue())))


async def log_in(stage: Stage, name: str = "maria", passphrase: str = "") -> Caseworker:
    login = {"name": name, "passphrase": passphrase or stage.keys["passphrase"]}
    async with stage.web.post(f"{stage.api_url}/v1/sessions", json=login) as answer:
        assert answer.status == 201, answer.status
        return Caseworker(stage, (await answer.json())["token"])


def held(report: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """A report's answers by question, as the person gave them."""
    found = {answer["question"]: tuple(answer["values"]) for answer in report["answers"]}
    [incident] = report["incidents"]
    people = incident["people"]
    return found | {
        "town": (incident["place"]["town"],),
        "people": (str(people["count_min"]),),
        "children": (str(people["children_min"]),),
        "words": (incident["narrative"],),
        "who": tuple(actor["words"] for actor in incident["actors"]),
    }


@dataclass
class Verdict:
    """Counts of one run. All but the first three should be empty; each entry says what happened to which report."""

    acknowledged: int = 0  # answers
    receipts: int = 0
    stored: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.changed or self.unanswered)


async def compare(stage: Stage, people: Sequence[Person]) -> Verdict:
    """Open everything at the desk and look for every report that somebody holds a receipt for, and for any other."""
    for person in people:
        await person.look_back()
    desk = await log_in(stage)
    cases = await desk.cases()
    tellings = [telling for person in people for telling in person.told]
    verdict = Verdict(
        acknowledged=sum(telling.acknowledged for telling in tellings),
        receipts=sum(len(telling.receipts) for telling in tellings),
        stored=len(cases),
        unanswered=[f"{telling.mark}: {telling.unanswered}" for telling in tellings if telling.unanswered],
    )
    by_mark: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        by_mark.setdefault(case["report"]["incidents"][0]["place"]["town"][:-1], []).append(case)
    boxes = mailboxes_of(stage)
    for telling in tellings:
        await _judge(desk, telling, by_mark.pop(telling.mark, []), boxes, verdict)
    verdict.doubled += [f"{mark}: at the desk, though nobody told it" for mark in by_mark]
    return verdict


async def _judge(
    desk: Caseworker, telling: Telling, cases: list[dict[str, Any]], boxes: dict[bytes, str], verdict: Verdict
) -> None:
    mark = telling.mark
    if len(cases) > 1:
        verdict.doubled.append(f"{mark}: {len(cases)} cases")
    if len(telling.receipts) > 1:
        verdict.doubled.append(f"{mark}: {len(telling.receipts)} receipts")
    if not telling.finished:
        return
    if not cases:
        verdict.lost.append(f"{mark}: a receipt, and no case")
        return
    case = cases[0]
    found = held(case["report"])
    wrong = {name: found.get(name) for name, values in telling.expected().items() if found.get(name) != values}
    if wrong:
        verdict.changed.append(f"{mark}: {wrong}")
    leads = {boxes.get(lookup_tag(desk.stage, code)) for code in telling.receipts}
    if leads != {case["id"]}:
        verdict.lost.append(f"{mark}: the receipt does not lead to the case")
    await _judge_files(desk, telling, case, verdict)


async def _judge_files(desk: Caseworker, telling: Telling, case: dict[str, Any], verdict: Verdict) -> None:
    """The receipt says how many files are stored: as many are there, whole; each has at most one scrubbed copy."""
    files = [file for file in case["report"]["attachments"] if file["variant"] == "original"]
    copies = [file for file in case["report"]["attachments"] if file["variant"] == "scrubbed"]
    if len({file["of"] for file in copies} & {file["id"] for file in files}) != len(copies):
        verdict.doubled.append(f"{telling.mark}: {len(copies)} scrubbed copies of {len(files)} files")
    told = telling.files[0] if telling.files else 0
    if bool(telling.photo) != bool(telling.files) or len(files) != told:
        verdict.lost.append(f"{telling.mark}: told that {telling.files} files are stored, {len(files)} are")
    for file in files:
        content = await desk.fetch(f"/v1/cases/{case['id']}/attachments/{file['id']}?variant=original")
        if hashlib.sha256(content).digest() != hashlib.sha256(telling.photo).digest():
            verdict.changed.append(f"{telling.mark}: another file")


def desk_url(stage: Stage) -> str:
    return stage.settings.get("AMPARO_DESK_DATABASE_URL") or f"sqlite:///{stage.home}/desk.sqlite"


def phone_url(stage: Stage) -> str:
    return stage.settings.get("AMPARO_PHONE_DATABASE_URL") or f"sqlite:///{stage.home}/phone.sqlite"


def rows(url: str, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Ask a store beside its owner, as a thief or an operator might."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]
    finally:
        engine.dispose()


def change(url: str, statement: str, **values: Any) -> int:
    """Change a store behind its owner's back; gives how many rows."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.begin() as connection:
            return connection.execute(text(statement), values).rowcount
    finally:
        engine.dispose()


def mailboxes_of(stage: Stage) -> dict[bytes, str]:
    """Mailbox tag -> hex id of its report."""
    return {
        bytes(tag): bytes(report).hex() for tag, report in rows(desk_url(stage), "SELECT tag, report FROM mailboxes")
    }


def lookup_tag(stage: Stage, code: str) -> bytes:
    config = dict(
        line.partition("=")[::2] for line in (stage.home / "config.env").read_text(encoding="utf-8").splitlines()
    )
    pepper = (stage.home / "secrets" / "api" / "amparo_mailbox_pepper").read_text(encoding="utf-8").strip()
    org = bytes.fromhex(config["AMPARO_ORG"].strip("'\""))
    return mailbox.tag(bytes.fromhex(pepper), mailbox.lookup(receipt.read(code), org))


WAITING = ("outbox", "outgoing", "spool")


def left_over(stage: Stage) -> Counter[str]:
    """What still waits in the phone store, by table."""
    counts = {name: rows(phone_url(stage), f"SELECT count(*) FROM {name}")[0][0] for name in WAITING}
    return +Counter(counts)


async def quiet(stage: Stage, *, seconds: float = 40.0) -> Counter[str]:
    """Wait until nothing waits in the phone store; gives what still does when the time is up."""
    for _ in range(int(seconds / 0.1)):
        if not left_over(stage):
            break
        await asyncio.sleep(0.1)
    return left_over(stage)


async def gaps(stage: Stage) -> list[int]:
    """Updates that Telegram has numbered and the bot never noted as taken; the numbers of one run are consecutive."""
    numbers = [number for (number,) in rows(phone_url(stage), "SELECT update_id FROM updates WHERE update_id >= 0")]
    following = (await stage.look("/state"))["updates"]["next_id"]
    return sorted(set(range(min(numbers, default=following), following)) - set(numbers))


def integrity(home: Path) -> list[str]:
    """SQLite's own verdict on both files."""
    found = []
    for name in ("phone", "desk"):
        found += [line for (line,) in rows(f"sqlite:///{home}/{name}.sqlite", "PRAGMA integrity_check")]
        found += [str(row) for row in rows(f"sqlite:///{home}/{name}.sqlite", "PRAGMA foreign_key_check")]
    return found
