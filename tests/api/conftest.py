# SPDX-License-Identifier: Apache-2.0
"""A whole desk on a real SQLite store: founded once, copied for each test, with a bot's keys and a clock by hand."""

import asyncio
import base64
import hashlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from sqlalchemy import Connection
from starlette.testclient import TestClient

from api import auth, ceremony, membership
from api.app import create_app
from api.auth import Doorkeeper
from api.manifests import Manifests
from api.settings import Settings
from api.wiring import Wiring
from envelope import mailbox
from envelope.binding import kid_public
from envelope.seal import AttachmentSealer, new_report_key, seal_report
from envelope.signing import Signer, open_manifest, submission_bytes
from intake import mail
from intake import report as reports
from intake.submission import Mailbox, SealedAttachment, Submission
from intake.triage import triage
from storage.blobs import Folder
from storage.database import Store
from storage.desk.tables import metadata
from tests.api.telling import told
from tests.storage.conftest import build

T = TypeVar("T")


class Person(NamedTuple):
    """An account; `token` is of a session opened at the founding, so that not every test waits for Argon2id."""

    name: str
    passphrase: str
    id: str
    token: str = ""


class Founded(NamedTuple):
    home: Path
    maria: Person  # coordinator
    jose: Person  # admitted caseworker
    nina: Person  # an account nobody admitted
    paper: str  # the recovery identity, which only the founder saw
    at: float  # when the two sessions began


class HandClock:
    """A clock that tests set."""

    def __init__(self, now: float | None = None) -> None:
        self.now = time.time() if now is None else now

    def __call__(self) -> float:
        return self.now

    @property
    def day(self) -> int:
        return int(self.now) // 86_400


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    home = tmp_path_factory.mktemp("founded")
    return asyncio.run(found(home, f"sqlite:///{home}/desk.sqlite"))


async def found(home: Path, url: str) -> Founded:
    """Make the tables, hold the ceremony, add and admit people, and log two of them in."""
    build(url, metadata)
    store = Store(url, metadata=metadata)
    await store.open()
    try:
        founding = ceremony.Founding("Casa Ejemplo", "maria", "desk", day=int(time.time()) // 86_400)
        shown = await ceremony.carry_out(founding, store, home)
        settings = Settings.load(home=home)
        manifests = Manifests(store, time.time, org=settings.org, fingerprint=settings.org_fingerprint)
        wiring = Wiring(settings, store, Folder(home / "blobs"), time.time, manifests)
        jose = await membership.add(wiring, "jose", "caseworker")
        nina = await membership.add(wiring, "nina", "caseworker")
        door = Doorkeeper(wiring)
        await membership.admit(wiring, door, founding.account.row, shown.passphrase, jose.row.id, source="test")
        tokens = [
            auth.write_token((await door.log_in(name, passphrase, source="test")).token)
            for name, passphrase in (("maria", shown.passphrase), ("jose", jose.passphrase))
        ]
    finally:
        await store.close()
    maria = Person("maria", shown.passphrase, founding.account.row.id.hex(), tokens[0])
    return Founded(
        home,
        maria,
        Person("jose", jose.passphrase, jose.row.id.hex(), tokens[1]),
        Person("nina", nina.passphrase, nina.row.id.hex()),
        shown.recovery_identity,
        time.time(),
    )


@dataclass
class Sent:
    """A submission as the bot made it, with what only bot and reporter know."""

    submission: Submission
    report_key: bytes
    receipt: bytes
    streams: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.submission.report.hex()


class Bot:
    """Seals and signs as the bot does."""

    def __init__(self, home: Path, settings: Settings, note: str) -> None:
        secret = (home / "secrets/bot/amparo_submitter_key").read_text()
        self.signer = Signer(bytes.fromhex(secret))
        self.org = settings.org
        self.manifest = open_manifest(note, fingerprint=settings.org_fingerprint)
        self.token = (home / "secrets/bot/amparo_intake_token").read_text()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def seal(self, clock: HandClock, *, files: list[bytes] | None = None, **answers: Any) -> Sent:
        report, key, receipt = secrets.token_bytes(16), new_report_key(), mailbox.new_secret()
        salt = secrets.token_bytes(16)
        public = mailbox.mailbox_key(receipt, org=self.org, salt=salt).public
        line = self.manifest.intakes[0]
        sealers = [(secrets.token_bytes(16), content) for content in files or []]
        sealed_files, streams, attachments = [], {}, []
        for name, content in sealers:
            sealer = AttachmentSealer(org=self.org, report=report, attachment=name, report_key=key)
            streams[name] = sealer.update(content) + sealer.finish()
            sealed_files.append(
                SealedAttachment(id=name, size=sealer.size, sha256=sealer.sha256, key=sealer.key_record)
            )
            attachments.append((name.hex(), content))
        body = told(report, key, public=public, files=attachments, now=int(clock.now), **answers)
        result = triage(reports.facts(body))
        sealed = seal_report(
            intake_public=line.public, org=self.org, team=line.team, report=report, schema=reports.SCHEMA,
            report_key=key, body=body.to_bytes(), summary=reports.summarise(body, result).to_bytes(),
        )  # fmt: skip
        submission = Submission(
            version=1, report=report, org=self.org, team=line.team, day=clock.day, priority=int(result.priority[1]),
            key=sealed.key, body=sealed.body, summary=sealed.summary,
            mailbox=Mailbox(lookup=mailbox.lookup(receipt, self.org), salt=salt, public_key=public),
            attachments=tuple(sealed_files), submitter="bot", signature=bytes(64),
        )  # fmt: skip
        return Sent(self.sign(submission), key, receipt, streams)

    def sign(self, submission: Submission, signer: Signer | None = None) -> Submission:
        one = submission
        signed = submission_bytes(
            report=one.report, org=one.org, team=one.team, day=one.day, priority=one.priority, key=one.key,
            body=one.body, summary=one.summary, mailbox_public=one.mailbox.public_key,
            attachments=[(file.id, file.size, file.sha256, file.key) for file in one.attachments],
        )  # fmt: skip
        return one.model_copy(update={"signature": (signer or self.signer).sign(signed)})


@dataclass
class Desk:
    """The running desk, as its clients see it, and its store, as a thief would."""

    client: TestClient
    clock: HandClock
    bot: Bot
    home: Path
    wiring: Wiring
    people: Founded

    def write(self, unit: Callable[[Connection], T]) -> T:
        assert self.client.portal is not None
        return self.client.portal.call(self.wiring.store.write, unit)

    def read(self, query: Callable[[Connection], T]) -> T:
        assert self.client.portal is not None
        return self.client.portal.call(self.wiring.store.read, query)

    def post(self, sent: Sent | Submission, **more: Any) -> Any:
        submission = sent.submission if isinstance(sent, Sent) else sent
        headers = {**self.bot.headers, "Content-Type": "application/json", "Idempotency-Key": submission.report.hex()}
        return self.client.post("/v1/intake/submissions", content=submission.to_bytes(), headers={**headers, **more})

    def put(self, sent: Sent, name: bytes, stream: bytes | None = None, **more: str) -> Any:
        stream = sent.streams[name] if stream is None else stream
        headers = {"Amparo-Report": sent.id, "Amparo-SHA256": hashlib.sha256(sent.streams[name]).hexdigest()}
        return self.client.put(
            f"/v1/intake/attachments/{name.hex()}", content=stream, headers={**self.bot.headers, **headers, **more}
        )

    def deliver(self, **answers: Any) -> Sent:
        sent = self.bot.seal(self.clock, **answers)
        for name in sent.streams:
            assert self.put(sent, name).status_code == 201
        answer = self.post(sent)
        assert answer.status_code == 201, answer.text
        return sent

    def mail(self, sent: Sent, told: mail.Mail) -> Any:
        """Leave a later message of the reporter, as the bot seals it."""
        message, line = secrets.token_bytes(16), self.bot.manifest.intakes[0]
        record = mailbox.seal_message(
            line.public, org=self.bot.org, team=line.team, mailbox_kid=kid_public(sent.submission.mailbox.public_key),
            message=message, day=self.clock.day, text=mail.to_bytes(told),
        )  # fmt: skip
        body = {"id": message.hex(), "day": self.clock.day, "record": base64.urlsafe_b64encode(record).decode()}
        body["record"] = str(body["record"]).rstrip("=")
        headers = {**self.bot.headers, "Idempotency-Key": message.hex()}
        return self.client.post(f"{self.box(sent)}/messages", headers=headers, json=body)

    @staticmethod
    def box(sent: Sent) -> str:
        """The path of a report's mailbox."""
        return f"/v1/intake/mailboxes/{sent.submission.mailbox.lookup.hex()}"

    def answer(self, headers: dict[str, str], sent: Sent, text: str) -> Any:
        headers = {**headers, "Idempotency-Key": secrets.token_hex(16)}
        return self.client.post(f"/v1/cases/{sent.id}/messages", headers=headers, json={"text": text})

    def log_in(self, person: Person) -> dict[str, str]:
        answer = self.client.post("/v1/sessions", json={"name": person.name, "passphrase": person.passphrase})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}


@contextmanager
def running(home: Path, founded: Founded, **settings_given: str) -> Iterator[Desk]:
    """The app over this folder, and over another database if one is given."""
    settings = Settings.load(home=home, **settings_given)
    clock = HandClock(founded.at)  # a long run of tests must not make the sessions idle
    app = create_app(settings, clock=clock)
    with TestClient(
        app, base_url="https://testserver", raise_server_exceptions=False, follow_redirects=False
    ) as client:
        wiring: Wiring = app.app.state.wiring  # type: ignore[attr-defined]
        assert client.portal is not None
        published = client.portal.call(wiring.manifests.current)
        yield Desk(client, clock, Bot(home, settings, published.note), home, wiring, founded)


@pytest.fixture
def desk(founded: Founded, tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "home"
    shutil.copytree(founded.home, home)
    with running(home, founded) as found:
        yield found


def seat(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


@pytest.fixture
def maria(desk: Desk) -> dict[str, str]:
    """Headers of the coordinator's session."""
    return seat(desk.people.maria)
