# SPDX-License-Identifier: Apache-2.0
"""C9: with no live session nobody reads: not through any route, and not with database, disk and every key on it."""

import base64
import itertools
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from envelope import login, recovery, unseal, wrap
from envelope.errors import EnvelopeError
from tests.api.conftest import Sent
from tests.claims.books import Caseworker, change, desk_url, log_in
from tests.claims.door import Door, open_door
from tests.claims.stage import ROOT, Stage, Stages

OPEN = {("get", "/healthz"), ("get", "/readyz"), ("post", "/v1/sessions")}
PAGES = ("/queue", "/cases/{case}", "/cases/{case}/attachments/{attachment}")
CONTENT = ("/v1/cases", "/v1/cases/{case}", "/v1/cases/{case}/timeline", "/v1/cases/{case}/attachments/{attachment}")
SECRET_WORDS = "Lechuza-Canaria-99"


def operations() -> list[tuple[str, str]]:
    paths = json.loads((ROOT / "api" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    found = [(method, path) for path, methods in paths.items() for method in methods]
    assert len(found) > 15
    return found


async def deliver(door: Door) -> dict[str, str]:
    """One report with a file at the desk; what the paths' placeholders are filled with."""
    sent: Sent = door.seal(words=f"{SECRET_WORDS} y más.", files=[SECRET_WORDS.encode() * 100])
    await door.put(sent)
    assert (await door.post(sent))[0] == 201
    [attachment] = [name.hex() for name in sent.streams]
    lookup = sent.submission.mailbox.lookup.hex()
    return {"case": sent.id, "attachment": attachment, "lookup": lookup, "caseworker": "0" * 32}


async def call(stage: Stage, method: str, path: str, token: str | None, *, cookie: str = "") -> tuple[int, str]:
    headers = {"Content-Type": "application/json", "If-Match": '"1"', "Idempotency-Key": "0" * 32}
    headers |= {"Amparo-Report": "0" * 32, "Amparo-SHA256": "0" * 64}
    headers |= {"Authorization": token} if token is not None else {}
    headers |= {"Cookie": f"__Host-amparo={cookie}"} if cookie else {}
    body = b"{}" if method not in {"get", "delete"} else None
    async with stage.web.request(
        method, stage.api_url + path, headers=headers, data=body, allow_redirects=False
    ) as answer:
        return answer.status, await answer.text()


async def ended(stage: Stage) -> str:
    """The token of a session that its owner ended."""
    desk = await log_in(stage)
    async with stage.web.delete(f"{stage.api_url}/v1/sessions/current", headers=desk.headers) as answer:
        assert answer.status == 204
    return desk.token


async def past(stage: Stage, column: str, value: int) -> str:
    """The token of a session that is past its life, or idle for too long: its row is aged in the stopped store."""
    desk = await log_in(stage)
    identity = login.session_id(base64.urlsafe_b64decode(desk.token + "=" * (-len(desk.token) % 4)))
    await stage.stop("api")
    assert change(desk_url(stage), f"UPDATE sessions SET {column} = :v WHERE id = :id", v=value, id=identity) == 1
    await stage.start("api")
    return desk.token


async def dead_tokens(stage: Stage) -> dict[str, str]:
    now = int(time.time())
    return {
        "ended": await ended(stage),
        "expired": await past(stage, "expires", now - 1),
        "idle": await past(stage, "seen", now // 60 - 31),
        "unknown": base64.urlsafe_b64encode(login.new_token()).rstrip(b"=").decode(),
    }


async def test_no_route_answers_without_a_live_session(stages: Stages) -> None:
    async with stages(start=["api"]) as stage:
        door = await open_door(stage)
        names = await deliver(door)
        tokens = await dead_tokens(stage)
        live, bots = await log_in(stage), door.bot.token
        dead: dict[str, str | None] = {name: f"Bearer {token}" for name, token in tokens.items()}
        dead |= {"none": None, "empty": "Bearer ", "basic": "Basic bWFyaWE6bWFyaWE=", "garbage": "Bearer %%,;"}
        dead |= {"none as jwt": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYXJpYSJ9."}
        tried = 0
        for method, path in operations():
            if (method, path) in OPEN:
                continue
            foreign = f"Bearer {live.token}" if path.startswith("/v1/intake") else f"Bearer {bots}"
            for name, header in {**dead, "of the other side": foreign}.items():
                status, body = await call(stage, method, path.format(**names), header)
                assert status == 401, (method, path, name, status)
                assert SECRET_WORDS not in body
                tried += 1
        for page, token in itertools.product(PAGES, [*tokens.values(), bots, ""]):
            status, body = await call(stage, "get", page.format(**names), None, cookie=token)
            assert status == 303, (page, status)
            assert SECRET_WORDS not in body
            tried += 1
        assert tried > 150
        assert SECRET_WORDS in json.dumps(await live.get(f"/v1/cases/{names['case']}"))  # a live one reads it


async def test_a_session_that_unlocks_no_key_reads_nothing(stages: Stages) -> None:
    """The day's secret gone, an account that nobody admitted, a life that was prolonged in the store: locked."""
    async with stages(start=[]) as stage:
        made = json.loads(await stage.run("caseworker", "add", "nina", "--json"))
        await stage.start("api")
        names = await deliver(await open_door(stage))
        desk = await log_in(stage)
        assert (await desk.queue())[0]["opened"]
        await assert_locked(stage, await log_in(stage, "nina", made["passphrase"]), names)
        longer = await past_due(stage, desk)
        await assert_locked(stage, longer, names)
        other = await log_in(stage)
        for secret in (stage.home / "day").glob("*.secret"):
            secret.unlink()
        await assert_locked(stage, other, names)
        assert (await (await log_in(stage)).queue())[0]["opened"]  # whoever logs in again reads again
        await assert_locked(stage, other, names)


async def past_due(stage: Stage, desk: Caseworker) -> Caseworker:
    """A thief of the store gives a session another day of life."""
    await stage.stop("api")
    assert change(desk_url(stage), "UPDATE sessions SET expires = expires + 86400") >= 1
    await stage.start("api")
    return desk


async def assert_locked(stage: Stage, desk: Caseworker, names: dict[str, str]) -> None:
    for path in CONTENT:
        status, body = await call(stage, "get", path.format(**names), f"Bearer {desk.token}")
        assert status == 423, (path, status)
        assert SECRET_WORDS not in body
    for page in PAGES:
        status, body = await call(stage, "get", page.format(**names), None, cookie=desk.token)
        assert status in {303, 423}, (page, status)
        assert SECRET_WORDS not in body
    for method, path in (("patch", "/v1/cases/{case}"), ("post", "/v1/cases/{case}/messages")):
        body_of = {"patch": {"status": "open"}, "post": {"text": "hola"}}[method]
        headers = {**desk.headers, "If-Match": '"1"', "Idempotency-Key": "0" * 32}
        address = stage.api_url + path.format(**names)
        async with stage.web.request(method, address, json=body_of, headers=headers) as answer:
            assert answer.status == 423, (path, answer.status)


# --- with the disk in hand --------------------------------------------------------------------------------------------


@dataclass
class Loot:
    """What a thief has: the stores' rows and every string of bytes that might be a key."""

    tables: dict[str, list[dict[str, Any]]]
    keys: set[bytes]
    org: bytes


def loot(home: Path) -> Loot:
    tables = {}
    for name in ("desk", "phone"):
        with sqlite3.connect(home / f"{name}.sqlite") as store:
            store.row_factory = sqlite3.Row
            for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                tables[table] = [dict(row) for row in store.execute(f'SELECT * FROM "{table}"')]
        store.close()
    keys = {value for rows in tables.values() for row in rows for value in row.values() if isinstance(value, bytes)}
    for path in home.rglob("*"):
        if path.is_file() and ".sqlite" not in path.name and path.stat().st_size < 1 << 20:
            keys |= set(strings_of_bytes(path.read_bytes()))
    config = (home / "config.env").read_text(encoding="utf-8")
    found = re.search(r"AMPARO_ORG=['\"]?([0-9a-f]{32})", config)
    assert found
    return Loot(tables, {key for key in keys if key}, bytes.fromhex(found[1]))


def strings_of_bytes(raw: bytes) -> Iterator[bytes]:
    """The file itself, and what stands in it as hex or base64."""
    yield raw
    for found in re.findall(rb"[0-9a-fA-F]{32,}", raw):
        if len(found) % 2 == 0:
            yield bytes.fromhex(found.decode())
    for found in re.findall(rb"[A-Za-z0-9+/_-]{40,}", raw):
        yield base64.b64decode(found.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(found) % 4))


def halves(keys: set[bytes], length: int) -> set[bytes]:
    """Every key of this length, also as a part of a longer one."""
    return {key[at : at + length] for key in keys if len(key) <= 256 for at in range(0, len(key) - length + 1, 16)}


Attempt = Callable[[bytes], object]


def attempts(found: Loot) -> Iterator[tuple[str, int, Attempt]]:
    """Every way into the store: its name, the length of the key it takes, and what tries one."""
    org, tables = found.org, found.tables
    days = [key for key in found.keys if len(key) == 32]
    for row in tables["sessions"]:
        fixed = {"org": org, "user": row["user"], "day": row["day"], "expires": row["expires"]}
        for day in days:
            yield (
                "session",
                32,
                lambda key, row=row, day=day, fixed=fixed: login.open_session(key, day, row["record"], **fixed),
            )
    for row in tables["caseworkers"]:
        yield (
            "caseworker's key",
            32,
            lambda key, row=row: login.unwrap_user_key(key, row["record"], org=org, user=row["id"]),
        )
    for row in tables["members"]:
        bound = {"org": org, "team": row["team"], "generation": row["generation"], "user": row["user"]}
        yield "team key", 32, lambda key, row=row, bound=bound: wrap.open_team_key(key, row["record"], **bound)
    for row in tables["intake_keys"]:
        yield (
            "intake key",
            32,
            lambda key, row=row: wrap.TeamKey(key, row["generation"]).unwrap_intake_seed(
                row["record"], org=org, team=row["team"], intake_kid=row["kid"]
            ),
        )
    for row in tables["side_keys"]:
        yield (
            "side key",
            32,
            lambda key, row=row: wrap.TeamKey(key, row["generation"]).unwrap_side_key(
                row["record"], org=org, team=row["team"]
            ),
        )
    yield from report_attempts(found)


def report_attempts(found: Loot) -> Iterator[tuple[str, int, Attempt]]:
    org = found.org
    sealed = {row["report"]: row["record"] for row in found.tables["sealed_keys"]}
    for row in found.tables["reports"]:
        bound = {"org": org, "team": row["team"], "report": row["id"]}
        if row["id"] in sealed:
            yield (
                "report key, sealed",
                32,
                lambda key, row=row, bound=bound: unseal.open_report_key(
                    unseal.IntakeKey(key), sealed[row["id"]], **bound
                ),
            )
        if row["key_wrapped"] is not None:
            yield (
                "report key, wrapped",
                32,
                lambda key, row=row, bound=bound: wrap.TeamKey(key, row["generation"]).unwrap_report_key(
                    row["key_wrapped"], **bound
                ),
            )
        named = {"org": org, "report": row["id"], "schema": row["schema"]}
        yield "body", 64, lambda key, row=row, named=named: unseal.open_body(key, row["body"], **named)
        yield "summary", 64, lambda key, row=row, named=named: unseal.open_summary(key, row["summary"], **named)


def opened(found: Loot) -> tuple[list[str], int]:
    """Which wraps some key of the loot opens, and how many pairs were tried."""
    by_length = {length: halves(found.keys, length) for length in (32, 64)}
    broken, tried = [], 0
    for name, length, attempt in attempts(found):
        for key in by_length[length]:
            tried += 1
            try:
                attempt(key)
            except EnvelopeError:
                continue
            broken.append(name)
    return broken, tried


@pytest.mark.slow
async def test_database_and_disk_open_nothing_without_a_passphrase(stages: Stages) -> None:
    async with stages(start=["api"]) as stage:
        door = await open_door(stage)
        await deliver(door)
        desk = await log_in(stage)
        assert len(await desk.queue()) == 1  # adopted
        await deliver(door)
        await stage.stop("api")
        found = loot(stage.home)
        assert {"sessions", "members", "intake_keys", "side_keys"} <= {
            name for name, rows in found.tables.items() if rows
        }
        assert sum(len(key) == 32 for key in found.keys) >= 5  # peppers, tokens, the day's secret
        broken, tried = opened(found)
        assert broken == []
        assert tried > 500
        assert not [path for path in stage.home.rglob("*") if path.is_file() and b"AGE-SECRET-KEY" in path.read_bytes()]
        assert recovery.decrypt(stage.keys["recovery_identity"], (stage.home / "escrow.age").read_bytes())
        # With the one thing that is not on the disk, the same search goes all the way.
        broken, _ = opened(with_passphrase(found, stage, stage.keys["passphrase"]))
        assert {"caseworker's key", "team key", "intake key", "report key, wrapped", "body"} <= set(broken)
        token = base64.urlsafe_b64decode(desk.token + "=" * (-len(desk.token) % 4))
        assert "session" in opened(Loot(found.tables, found.keys | {token}, found.org))[0]


def with_passphrase(found: Loot, stage: Stage, passphrase: str) -> Loot:
    """What somebody who knows a passphrase makes of the same loot, step by step."""
    org, keys = found.org, set(found.keys)
    pepper = bytes.fromhex((stage.home / "secrets/api/amparo_login_pepper").read_text(encoding="utf-8"))
    [user] = [row for row in found.tables["caseworkers"] if row["name"] == "maria"]
    kek = login.derive(passphrase, salt=user["salt"], pepper=pepper, user=user["id"]).kek
    seed = login.unwrap_user_key(kek, user["record"], org=org, user=user["id"])
    [member] = found.tables["members"]
    bound = {"org": org, "team": member["team"], "generation": member["generation"], "user": user["id"]}
    team = wrap.open_team_key(seed, member["record"], **bound)
    keys |= {kek, seed, team.key}
    for row in found.tables["reports"]:
        if row["key_wrapped"] is not None:
            keys.add(team.unwrap_report_key(row["key_wrapped"], org=org, team=row["team"], report=row["id"]))
    return Loot(found.tables, keys, org)
