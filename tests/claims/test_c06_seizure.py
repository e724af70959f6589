# SPDX-License-Identifier: Apache-2.0
"""C6: who takes the disk away, while it runs or afterwards, finds nothing that was told, nobody's name, no credential.

Marker words are told in every way a phone can tell something, answered from the desk, and provoked into errors. Then
every place where bytes may lie is searched for them, on both engines: databases, WAL, spool, blobs, locker, logs with
all output of the processes, temporary files, the server's own data folder and a dump of all its tables.
"""

import asyncio
import base64
import io
import json
import re
import tempfile
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from envelope import receipt
from tests.claims import search
from tests.claims.books import Caseworker, log_in, phone_url, rows
from tests.claims.person import HANDED_OVER, RECEIPT, Person, gather_people
from tests.claims.search import bytes_forms, chat_forms, files_in, forms, marker, receipt_forms
from tests.claims.stage import Stage, open_stage

# What an operator may have in their environment and that makes other programs talkative.
LOUD = {
    "LOG_LEVEL": "DEBUG",
    "LOGLEVEL": "DEBUG",
    "DEBUG": "1",
    "UVICORN_LOG_LEVEL": "trace",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONDEVMODE": "1",
    "PYTHONWARNINGS": "always",
    "TELEGRAM_LOG_LEVEL": "DEBUG",
    "HTTPX_LOG_LEVEL": "debug",
    "SQLALCHEMY_ECHO": "debug",
    "OTEL_TRACES_EXPORTER": "console",
}
NAMES = [
    "place",
    "town",
    "site",
    "date",
    "people",
    "narrative",
    "who",
    "caption",
    "filename",
    "filebody",
    "plainbody",
    "voicecaption",
    "review",
    "edited",
    "forward",
    "origin",
    "contactname",
    "contact",
    "unsent",
    "wiped",
    "firstname",
    "early",
    "reply",
    "reason",
    "guess",
    "guesser",
    "key",
    "broken",
    "bearer",
    "header",
    "query",
    "poison",
    "poisonlate",
    "formname",
    "formword",
    "ifmatch",
]
ANYTHING = re.compile(r"\S")


class Told:
    """Marker words by name, and whatever else must not be found, by name, in all its forms."""

    def __init__(self) -> None:
        self.words = {name: marker(name) for name in NAMES}
        self.needles: dict[str, list[bytes]] = {"a marker": forms(search.RUN)}
        self.bodies: list[str] = []  # of refusals, as they came over HTTP

    def __getitem__(self, name: str) -> str:
        return self.words[name]


async def say(person: Person, *texts: str) -> str:
    """Type one after another, each when the one before was answered; gives the last answer."""
    answer = ""
    for text in texts:
        answer = await person.ask(text, ANYTHING)
    return answer


async def send(person: Person, **what: Any) -> None:
    sent = await person.act("send", **what)
    assert await person.sees(ANYTHING, after=sent["message"]), what["kind"]


def coded(text: str) -> str:
    return base64.b64encode(text.encode() * 40).decode()


async def tell_everything(ana: Person, told: Told) -> str:
    """One interview through every question that takes words, with files; gives the receipt."""
    await say(ana, "/start", "1", "1", "3", "5", "5", "1", told["place"])
    await say(ana, f"en marzo {told['date']}", f"2 {told['people']}", "2", "13")
    await send(ana, kind="photo", content=coded(told["filebody"]), caption=told["caption"], name="foto.jpg")
    name = f"{told['filename']}.txt"
    await send(ana, kind="document", content=coded(told["plainbody"]), name=name, mime="text/plain")
    said = await ana.say(f"{told['narrative']} y nada más")
    assert await ana.sees(ANYTHING, after=said)
    await send(ana, kind="voice", size=4000, caption=told["voicecaption"])
    await say(ana, told["who"])
    await ana.act("edit", message=said, text=f"{told['edited']} {told['narrative']} y nada más")
    assert await ana.sees("Cambiado", after=said)
    forward = await ana.act("forward", text=told["forward"], origin="hidden_user", name=told["origin"])
    assert await ana.sees(ANYTHING, after=forward["message"])
    await ana.ask("2", "se enviaría")
    await say(ana, "2", told["site"], "saltar", "saltar", told["town"])
    await ana.ask("enviar", "se enviaría")
    await ana.ask(told["review"], "1 Enviar")
    while rows(phone_url(ana.stage), "SELECT count(*) FROM spool WHERE state = 0") != [(0,)]:
        await asyncio.sleep(0.1)  # files are fetched beside the conversation
    return await finish(ana)


async def finish(person: Person) -> str:
    """Send, wait until it is handed over; gives the receipt."""
    said = await person.say("1")
    found = RECEIPT.search(await person.sees(RECEIPT, after=said))
    assert found, person.since(0)[-2:]
    assert await person.sees(HANDED_OVER, after=said)
    return found[0]


async def tell_as_a_child(bo: Person, told: Told) -> str:
    """The path that asks for a safe contact, in words."""
    await say(bo, "/start", "1", "1", "6", "2", "1", "5", "5", "1")
    await bo.ask(f"{told['contact']} 55 1234", "1 Enviar")
    return await finish(bo)


async def tell_and_leave(cy: Person, told: Told) -> None:
    """Before the yes, wiped, and left unsent; a shared contact; updates that cannot be used."""
    await say(cy, f"{told['early']} antes de todo", "/start", "1", "1")
    await send(cy, kind="contact", phone_number="+525512345678", first_name=told["contactname"])
    await say(cy, "3", "5", "5", "1", told["wiped"], "borrar", "1")
    await say(cy, "/start", "1", "1", "3", "5", "5", "1", told["unsent"])
    for words in (told["poison"], told["poisonlate"]):
        chat = {"id": cy.chat, "type": "private", "first_name": told["firstname"]}
        await cy.stage.control("/updates", message={"message_id": 1, "date": 1, "chat": chat, "text": [words]})


async def answer(desk: Caseworker, told: Told, receipts: Mapping[str, Person]) -> None:
    """Open all, download all, reply, move a case; the reply is read on the phone."""
    url = desk.stage.api_url
    for case in await desk.cases():
        for file in case["report"]["attachments"]:
            await desk.fetch(f"/v1/cases/{case['id']}/attachments/{file['id']}")
        headers = {**desk.headers, "Idempotency-Key": case["id"]}
        body = {"text": f"{told['reply']} estamos contigo"}
        async with desk.stage.web.post(f"{url}/v1/cases/{case['id']}/messages", json=body, headers=headers) as sent:
            assert sent.status == 201
        headers = {**desk.headers, "If-Match": f'"{case["version"]}"'}
        async with desk.stage.web.patch(
            f"{url}/v1/cases/{case['id']}", json={"status": "open"}, headers=headers
        ) as moved:
            assert moved.status == 200, await moved.text()
        await desk.get(f"/v1/cases/{case['id']}/timeline")
    for code, person in receipts.items():
        assert told["reply"] in await person.ask(code, told["reply"])


async def provoke(desk: Caseworker, told: Told) -> None:
    """What a careless program would answer or log with what it was given."""
    url, json_type = desk.stage.api_url, {"Content-Type": "application/json"}
    bad = {**json_type, "Authorization": f"Bearer {told['bearer']}", "X-Forwarded-For": told["header"]}
    own = {**json_type, **desk.headers}
    bot = (desk.stage.home / "secrets" / "bot" / "amparo_intake_token").read_text(encoding="utf-8").strip()
    bots = {**json_type, "Authorization": f"Bearer {bot}", "Idempotency-Key": "0" * 32}
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": url}
    some_case = "0" * 31 + "1"
    calls = [
        ("POST", "/v1/sessions", json_type, json.dumps({"name": "maria", "passphrase": told["guess"]})),
        ("POST", "/v1/sessions", json_type, json.dumps({"name": told["guesser"], "passphrase": told["guess"]})),
        ("POST", "/v1/sessions", json_type, json.dumps({"name": [told["guesser"]], told["key"]: 1})),
        ("POST", "/v1/sessions", json_type, '{"name": "' + told["broken"]),
        ("POST", "/v1/sessions", json_type, '{"name": "\ud800' + told["broken"] + b'"}'.decode()),
        ("GET", "/v1/me", bad, None),
        ("GET", f"/v1/cases?status={told['query']}&cursor={told['query']}", own, None),
        ("GET", f"/v1/cases/{told['query']}", own, None),
        ("GET", f"/{told['query']}?q={told['query']}", {}, None),
        (
            "PATCH",
            f"/v1/cases/{some_case}",
            {**own, "If-Match": told["ifmatch"]},
            json.dumps({"status": told["reason"]}),
        ),
        ("POST", "/v1/intake/submissions", bots, json.dumps({"report": told["broken"]})),
        ("POST", "/v1/intake/submissions", bots, json.dumps({told["key"]: told["broken"]})),
        ("POST", "/v1/intake/submissions", bad, json.dumps({"report": told["broken"]})),
        ("PUT", f"/v1/intake/attachments/{told['key']}", bots, told["broken"]),
        ("POST", "/login", form, f"name={told['formname']}&passphrase={told['formword']}"),
        ("DELETE", "/v1/cases", bad, told["broken"]),
    ]
    for method, path, headers, body in calls:
        raw = body.encode("utf-8", "surrogatepass") if body is not None else None
        async with desk.stage.web.request(method, url + path, headers=headers, data=raw) as answered:
            assert 400 <= answered.status < 500, (method, path, answered.status)
            told.bodies.append(f"{answered.headers} {await answered.text()}")


def add_credentials(told: Told, stage: Stage, desk: Caseworker, people: list[Person], receipts: list[str]) -> None:
    secrets_of_bot = stage.home / "secrets" / "bot"
    token = desk.token
    raw_token = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    intake = (secrets_of_bot / "amparo_intake_token").read_text(encoding="utf-8").strip()
    phrase = stage.keys["passphrase"]
    told.needles |= {
        "the bot's token": [*forms(stage.bot_token), *forms(stage.bot_token.partition(":")[2])],
        "the intake token": [*forms(intake), *bytes_forms(bytes.fromhex(intake))],
        "the session's token": [*forms(token), *bytes_forms(raw_token)],
        "the passphrase": [form for gap in " -_" for form in forms(re.sub(r"[\s-]+", gap, phrase))],
        "the recovery identity": forms(stage.keys["recovery_identity"]),
        "the shared phone number": forms("5512345678"),
    }
    told.needles |= {f"chat {person.number}": chat_forms(person.chat) for person in people}
    told.needles |= {f"receipt {number}": receipt_forms(code) for number, code in enumerate(receipts)}


def dumped(settings: Mapping[str, str]) -> bytes:
    """Every row of every table of both databases, as text and as the server's binary form."""
    out = io.BytesIO()
    for url in settings.values():
        with psycopg.connect(url) as connection:
            tables = connection.execute(
                "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
                "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            assert len(tables) > 5
            for (table,) in tables:
                for kind in ("text", "binary"):
                    with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT {kind})".encode()) as copy:
                        for piece in copy:
                            out.write(piece)
    return out.getvalue()


def sinks(stage: Stage, tmp_path: Path, began: float) -> list[Path]:
    """Every file that this run wrote: ours, and what lies in the system's temporary folder since.

    Left out: the log of the simulator, which is not ours, and what other tests that run meanwhile made.
    """
    own = files_in(
        tmp_path, but=[stage.home / "logs" / "simulator.log", stage.home / "secrets", stage.home / "offline"]
    )
    system = Path(tempfile.gettempdir())
    others = [path for path in system.iterdir() if path.name.startswith("pytest-of")]
    return own + files_in(system, but=[*others, tmp_path], since=began)


def found(told: Told, stage: Stage, tmp_path: Path, began: float) -> list[str]:
    """Names of what was found, after a look at the places that must be among the searched ones."""
    files = sinks(stage, tmp_path, began)
    databases = {name: url for name, url in stage.settings.items() if name.endswith("_DATABASE_URL")}
    places = {"bot.log", "api.log", "blobs", "locker"} | ({"pg_wal"} if databases else {"phone.sqlite", "desk.sqlite"})
    assert places <= {part for file in files for part in file.parts}
    where = search.search(files, told.needles)
    if databases:
        where += [f"dump: {name}" for name in search.hits(dumped(databases), told.needles)]
    return where


@pytest.mark.slow
async def test_a_taken_disk_tells_nothing(tmp_path: Path, engine_settings: dict[str, str]) -> None:
    assert search.self_check() == []
    told, began = Told(), time.time()
    (tmp_path / "tmp").mkdir()
    settings = {**LOUD, "TMPDIR": str(tmp_path / "tmp"), **engine_settings}
    async with open_stage(tmp_path / "home", settings) as stage:
        people = await gather_people(stage, 3, seed=1, patience=20)
        ana, bo, cy = people
        receipts = {await tell_everything(ana, told): ana, await tell_as_a_child(bo, told): bo}
        await tell_and_leave(cy, told)
        desk = await log_in(stage)
        await answer(desk, told, receipts)
        await provoke(desk, told)
        add_credentials(told, stage, desk, people, list(receipts))
        assert_was_told(await desk.cases(), told)
        assert search.hits("\n".join(told.bodies).encode(), told.needles) == []
        assert found(told, stage, tmp_path, began) == []
        await stage.stop("bot")
        await stage.stop("api")
        assert found(told, stage, tmp_path, began) == []
        logs = stage.log("bot") + stage.log("api")
        assert [line for line in logs.splitlines() if '"level": "debug"' in line or not line.startswith("{")] == []
    assert_search_sees(told, tmp_path / "planted", next(iter(receipts)), ana)


def assert_search_sees(told: Told, file: Path, code: str, ana: Person) -> None:
    """What the search would have found, had it been there."""
    planted = {
        "a marker": zlib.compress(told["narrative"].encode()),
        "receipt 0": b"\0" + receipt.read(code) + b"\0",
        f"chat {ana.number}": ana.chat.to_bytes(8, "big"),
    }
    for name, raw in planted.items():
        file.write_bytes(raw)
        assert search.search([file], told.needles) == [f"planted: {name}"]


def assert_was_told(cases: list[dict[str, Any]], told: Told) -> None:
    """The words really went through: whoever may read finds them."""
    everything = json.dumps(cases, ensure_ascii=False)
    for name in ("place", "town", "site", "date", "narrative", "who", "caption", "filename", "contact", "reply"):
        assert told[name] in everything, name
