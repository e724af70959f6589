# SPDX-License-Identifier: Apache-2.0
"""The bot as it runs, between the real simulator and a desk that keeps what it is given."""

import asyncio
import base64
import contextlib
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import create_engine, text

from bot.app import Bot
from bot.crash import nowhere
from bot.settings import Settings
from envelope import mailbox, unseal
from envelope.binding import kid_public
from envelope.keys import XWingKey
from envelope.signing import IntakeLine, Manifest, OrgKey, Signer, sign_manifest
from intake import mail
from intake.submission import Submission, parse
from simulator.app import build, serve
from simulator.simulation import Rules
from storage.phone.tables import metadata

TOKEN = "1234567890:AAtestTESTtestTESTtestTESTtestTEST1"
INTAKE_TOKEN = "i" * 64
PATIENCE = 10.0


class Organisation:
    """Every key of an organisation, and its manifest."""

    def __init__(self) -> None:
        self.key = OrgKey.generate()
        self.id, self.team = b"o" * 16, b"t" * 16
        self.intake_seed = b"e" * 32
        self.submitter_seed = b"s" * 32
        self.serial = 5

    def manifest(self, *, days: tuple[int, int] = (-10, 30)) -> str:
        public, today = XWingKey(self.intake_seed), int(time.time()) // 86400
        line = IntakeLine(self.team, public.kid, today + days[0], today + days[1], public.public)
        submitters = {"bot-1": Signer(self.submitter_seed).public}
        return sign_manifest(
            Manifest("casa.example", self.id, self.serial, None, (line,), submitters, {}, (), ()), self.key
        )

    def open(self, submission: Submission) -> dict[str, Any]:
        """The report in a submission, as a caseworker would read it."""
        intake = unseal.IntakeKey(self.intake_seed)
        key = unseal.open_report_key(intake, submission.key, org=self.id, team=self.team, report=submission.report)
        raw = unseal.open_body(key, submission.body, org=self.id, report=submission.report, schema=1)
        report: dict[str, Any] = json.loads(raw)
        return report


class DeskDouble:
    """The API's intake doors: they keep what comes and answer as the real ones do. `status` makes them refuse."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.note: str | None = organisation.manifest()
        self.submissions: dict[str, bytes] = {}
        self.posts: list[bytes] = []
        self._left: list[tuple[str, str, int, bytes]] = []
        self.attachments: dict[str, bytes] = {}
        self.replies: dict[str, list[str]] = {}
        self.salts: dict[str, bytes] = {}
        self.status = 0
        self.oldest_day = 0
        self.asked = 0
        self.left: dict[str, bytes] = {}
        self.full = False
        self.held = False
        self.forgetful = 0  # so many messages are taken, and the answer lost
        self.noticed: list[str] = []
        self.notices_asked = 0
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/v1/intake/manifest", self._manifest)
        app.router.add_post("/v1/intake/submissions", self._submit)
        app.router.add_put("/v1/intake/attachments/{id}", self._put)
        app.router.add_get("/v1/intake/mailboxes/{lookup}/messages", self._mailbox)
        app.router.add_post("/v1/intake/mailboxes/{lookup}/messages", self._leave)
        app.router.add_get("/v1/intake/mailboxes/{lookup}/proof", self._proof)
        app.router.add_delete("/v1/intake/mailboxes/{lookup}", self._erase)
        app.router.add_get("/v1/intake/notices", self._notices)
        return app

    def reports(self) -> list[dict[str, Any]]:
        return [self.organisation.open(parse(raw)) for raw in self.submissions.values()]

    def _refuses(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") != f"Bearer {INTAKE_TOKEN}":
            return web.Response(status=401)
        return web.Response(status=self.status) if self.status else None

    async def _manifest(self, request: web.Request) -> web.Response:
        return self._refuses(request) or (
            web.Response(status=503) if self.note is None else web.Response(text=self.note)
        )

    async def _submit(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self.posts.append(raw)
        if refused := self._refuses(request):
            return refused
        submission = parse(raw)
        if submission.day < self.oldest_day:
            return web.Response(status=422)
        report = submission.report.hex()
        assert request.headers["Idempotency-Key"] == report
        for one in submission.attachments:
            assert hashlib.sha256(self.attachments[one.id.hex()]).digest() == one.sha256
        if self.submissions.setdefault(report, raw) != raw:
            return web.Response(status=409)
        self.salts[submission.mailbox.lookup.hex()] = submission.mailbox.salt
        return web.json_response({"report": report, "state": "delivered"}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        if refused := self._refuses(request):
            return refused
        raw = await request.read()
        assert hashlib.sha256(raw).hexdigest() == request.headers["Amparo-SHA256"]
        assert request.content_length == len(raw)
        self.attachments[request.match_info["id"]] = raw
        return web.Response(status=201)

    async def _mailbox(self, request: web.Request) -> web.Response:
        self.asked += 1
        if refused := self._refuses(request):
            return refused
        lookup = request.match_info["lookup"]
        if lookup not in self.salts:
            return web.Response(status=404)
        messages = [self._sealed(lookup, words, number) for number, words in enumerate(self.replies.get(lookup, []))]
        salt = _base64url(self.salts[lookup])
        return web.json_response({"salt": salt, "day": 1, "messages": messages})

    def told(self) -> list[mail.Mail]:
        """What the messages say that people left, as a caseworker would read them, in the order of their coming."""
        found = []
        for lookup, message, day, record in self._left:
            [submission] = [s for s in map(parse, self.submissions.values()) if s.mailbox.lookup.hex() == lookup]
            raw = unseal.open_message(
                unseal.IntakeKey(self.organisation.intake_seed), record, org=self.organisation.id,
                team=self.organisation.team, mailbox_kid=kid_public(submission.mailbox.public_key),
                message=bytes.fromhex(message), day=day,
            )  # fmt: skip
            found.append(mail.from_bytes(raw))
        return found

    async def _leave(self, request: web.Request) -> web.Response:
        if refused := self._refuses(request):
            return refused
        fields, lookup = await request.json(), request.match_info["lookup"]
        if lookup not in self.salts:
            return web.Response(status=404)
        if self.full:
            return web.Response(status=413)
        assert request.headers["Idempotency-Key"] == fields["id"]
        if fields["id"] in self.left:
            return web.Response(status=409)
        record = base64.urlsafe_b64decode(fields["record"] + "==")
        self.left[fields["id"]] = record
        self._left.append((lookup, fields["id"], fields["day"], record))
        if self.forgetful:
            self.forgetful -= 1
            return web.Response(status=502)
        return web.Response(status=201)

    async def _proof(self, request: web.Request) -> web.Response:
        if refused := self._refuses(request):
            return refused
        known = request.match_info["lookup"] in self.salts
        return web.Response(text="a proof\n") if known else web.Response(status=404)

    async def _erase(self, request: web.Request) -> web.Response:
        if refused := self._refuses(request):
            return refused
        if self.held:
            return web.Response(status=423)
        return web.Response(status=202 if self.salts.pop(request.match_info["lookup"], None) else 404)

    async def _notices(self, request: web.Request) -> web.Response:
        self.notices_asked += 1
        if refused := self._refuses(request):
            return refused
        after = int(request.query["after"])
        return web.json_response({"refs": self.noticed[after:], "next": len(self.noticed)})

    def _sealed(self, lookup: str, words: str, number: int) -> dict[str, Any]:
        [submission] = [s for s in map(parse, self.submissions.values()) if s.mailbox.lookup.hex() == lookup]
        message = number.to_bytes(16)
        record = mailbox.seal_reply(
            submission.mailbox.public_key, org=self.organisation.id, message=message, day=3, text=words.encode()
        )
        return {"id": message.hex(), "day": 3, "record": _base64url(record)}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Phone:
    """One person in the simulator."""

    def __init__(self, world: "World", number: int, chat: int) -> None:
        self.world = world
        self.number = number
        self.chat = chat

    async def do(self, act: str, status: int = 200, /, **body: Any) -> Any:
        return await self.world.control("POST", f"/phones/{self.number}/{act}", status, **body)

    async def screen(self) -> Any:
        return await self.world.control("GET", f"/phones/{self.number}/screen")

    async def told(self) -> list[str]:
        """Everything the bot said that still stands in the chat."""
        messages = (await self.screen())["messages"]
        return [one["text"] or "" for one in messages if one["from"] == "bot" and not one["deleted"]]

    async def ask(self, words: str) -> str:
        """Say something and read the answer."""
        before = len(await self.told())
        await self.do("say", text=words)
        return (await self.wait(lambda told: len(told) > before))[-1]

    async def wait(self, until: Callable[[list[str]], Any]) -> list[str]:
        end = time.monotonic() + PATIENCE
        while not until(told := await self.told()):
            assert time.monotonic() < end, f"not seen; the bot said {told[-3:]}"
            await asyncio.sleep(0.01)
        return told

    async def sees(self, words: str) -> str:
        told = await self.wait(lambda told: any(words in one for one in told))
        return next(one for one in reversed(told) if words in one)

    async def begin(self) -> str:
        """Language and consent: the first real question stands."""
        await self.ask("/start")
        await self.ask("Español")
        return await self.ask("1")

    async def report(self) -> str:
        """A short report up to its end; gives the receipt."""
        await self.begin()
        for words in ("1", "1", "1", "1"):  # me, in danger now, detained, may be sent away within 3 days
            await self.ask(words)
        await self.ask("enviar")
        await self.do("say", text="1")
        return receipt_in(await self.sees("Su código"))


def receipt_in(told: str) -> str:
    import re

    found = re.search(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}\b", told)
    assert found, told
    return found[0]


class World:
    """Simulator, desk and bot. `later` moves the bot's clock and the simulator's."""

    def __init__(self, home: Path, simulator: str, web_client: aiohttp.ClientSession, desk: DeskDouble) -> None:
        self.home = home
        self.url = simulator
        self.web = web_client
        self.desk = desk
        self.ahead = 0.0
        self.bot: Bot | None = None
        self._running: asyncio.Task[None] | None = None

    def now(self) -> float:
        return time.time() + self.ahead

    def settings(self, **changes: Any) -> Settings:
        organisation = self.desk.organisation
        values: dict[str, Any] = {
            "home": self.home,
            "bot_token": TOKEN,
            "telegram_api_url": self.url,
            "api_url": self.desk.url,
            "intake_token": INTAKE_TOKEN,
            "chat_pepper": "ab" * 32,
            "submitter_key": organisation.submitter_seed.hex(),
            "org": organisation.id.hex(),
            "org_name": "Casa Ejemplo",
            "org_fingerprint": organisation.key.fingerprint.hex(),
            "team": organisation.team.hex(),
        }
        return Settings(**values | changes)

    async def start(self, crash: Callable[[str], None] = nowhere, *, manifest: bool = True, **changes: Any) -> Bot:
        self.bot = Bot(self.settings(**changes), now=self.now, crash=crash, patience=0.5)
        self._running = asyncio.create_task(self.bot.run(Bot.poll, alone=True))
        bot = self.bot
        await self.until(bot.started.is_set)
        if manifest:
            await self.until(lambda: bot.manifests.current is not None)
        return bot

    async def stop(self) -> None:
        if self.bot is not None and self._running is not None:
            self.bot.stop()
            await self._running
        self.bot = self._running = None

    async def until(self, true: Callable[[], Any]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert self._running is None or not self._running.done(), self._running and self._running.exception()
            assert time.monotonic() < end
            await asyncio.sleep(0.01)

    async def control(self, method: str, path: str, status: int = 200, /, **body: Any) -> Any:
        async with self.web.request(method, f"{self.url}/control{path}", json=body or None) as answer:
            read = await answer.json()
            assert answer.status == status, read
            return read

    async def settled(self) -> None:
        """Everything that was to be said is said and noted."""
        await self.until(lambda: self.rows("SELECT count(*) FROM outgoing") == [(0,)])

    async def phone(self, name: str = "Ana", language: str = "es") -> Phone:
        made = await self.control("POST", "/phones", name=name, language=language)
        return Phone(self, made["phone"], made["chat"])

    async def later(self, seconds: float) -> None:
        self.ahead += seconds
        await self.control("POST", "/clock", advance=seconds)

    async def refused(self) -> list[Any]:
        """Calls of the bot that the simulator answered with an error."""
        calls = await self.control("GET", "/calls")
        return [call for call in calls["calls"] if call["status"] >= 400]

    def rows(self, statement: str) -> list[Any]:
        """What lies in the phone store now, read past the store."""
        engine = create_engine(f"sqlite:///file:{self.home / 'phone.sqlite'}?mode=ro&uri=true")
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(statement)).all())
        finally:
            engine.dispose()


def make_tables(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": metadata.info["head"]})
    engine.dispose()


@pytest.fixture
def organisation() -> Organisation:
    return Organisation()


@contextlib.asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    async with serve(app, "127.0.0.1", 0) as url:
        yield url


@pytest.fixture
async def still_world(tmp_path: Path, organisation: Organisation) -> AsyncIterator[World]:
    """Everything but the bot is running."""
    make_tables(f"sqlite:///{tmp_path / 'phone.sqlite'}")
    desk = DeskDouble(organisation)
    rules = Rules(check_results=True, time_factor=0.01)
    async with (
        listening(build(TOKEN, rules)) as simulator,
        listening(desk.app()) as desk.url,
        aiohttp.ClientSession() as client,
    ):
        world = World(tmp_path, simulator, client, desk)
        try:
            yield world
        finally:
            await world.stop()
        assert (await world.control("GET", "/state"))["self_check"]["failed"] == []


@pytest.fixture
async def world(still_world: World) -> World:
    """Everything is running."""
    await still_world.start()
    return still_world
