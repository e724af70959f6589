# SPDX-License-Identifier: Apache-2.0
"""What the envelope adds to the primitives below it. CPU time in this process, ours and the raw call by turns.

The goals are ratios: seconds depend on the machine.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypedDict

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.vault import Unlocked
from bench.clock import best_of, by_turns
from bench.submissions import Sealing, told
from bench.table import Goal, Raw, Row
from envelope import login, unseal
from envelope.keys import HPKE, XWingKey, public_key
from envelope.padding import BODY_BUCKETS, frame
from envelope.seal import new_report_key, seal_report
from envelope.signing import Signer, submission_bytes, verify
from envelope.wrap import TeamKey, open_team_key, seal_team_key

MICRO = 1e6
ORG, TEAM, USER, REPORT = (secrets.token_bytes(16) for _ in range(4))


class _Desk:
    """Keys and one sealed report to work on."""

    def __init__(self) -> None:
        self.body, self.summary = told()
        self.intake = unseal.IntakeKey(secrets.token_bytes(32))
        self.signer = Signer(secrets.token_bytes(32))
        self.report_key = new_report_key()
        self.team_key = TeamKey(secrets.token_bytes(32), generation=1)
        self.next_key = TeamKey(secrets.token_bytes(32), generation=2)
        self.mailbox_public = XWingKey(secrets.token_bytes(32)).public
        self.sealed = self.seal()
        self.wrapped = self.team_key.wrap_report_key(self.report_key, org=ORG, team=TEAM, report=REPORT)

    def seal(self) -> Sealing:
        sealed = seal_report(
            intake_public=self.intake.public,
            org=ORG,
            team=TEAM,
            report=REPORT,
            schema=1,
            report_key=self.report_key,
            body=self.body,
            summary=self.summary,
        )
        signed = submission_bytes(
            report=REPORT,
            org=ORG,
            team=TEAM,
            day=20_000,
            priority=2,
            key=sealed.key,
            body=sealed.body,
            summary=sealed.summary,
            mailbox_public=self.mailbox_public,
            attachments=[],
        )
        return Sealing(sealed, signed, self.signer.sign(signed))

    def open_key(self) -> bytes:
        return unseal.open_report_key(self.intake, self.sealed.records.key, org=ORG, team=TEAM, report=REPORT)

    def unwrap(self) -> bytes:
        return self.team_key.unwrap_report_key(self.wrapped, org=ORG, team=TEAM, report=REPORT)

    def adopt(self) -> bytes:
        return self.team_key.wrap_report_key(self.open_key(), org=ORG, team=TEAM, report=REPORT)

    def rewrap(self) -> bytes:
        return self.next_key.wrap_report_key(self.unwrap(), org=ORG, team=TEAM, report=REPORT)

    def queue_row(self) -> bytes:
        return unseal.open_summary(self.unwrap(), self.sealed.records.summary, org=ORG, report=REPORT, schema=1)

    def search_row(self) -> bool:
        return "retén" in self.queue_row().decode().casefold()


def rows() -> Iterator[Row]:
    desk = _Desk()
    yield from _reports(desk)
    yield from _sessions(desk)


Act = Callable[[], object]


def _ratio(axis: str, ours: Act, name: str, raw: Act, most: float) -> Row:
    seconds, beside = by_turns(ours, raw)
    return Row(axis, seconds * MICRO, "us", Goal(most, of="ratio"), [Raw(name, beside * MICRO)])


def _reports(desk: _Desk) -> Iterator[Row]:
    public, nonce, aad = public_key(desk.intake.public), os.urandom(12), os.urandom(120)
    enc = HPKE.encrypt(bytes(64), public, aad)

    def xwing_seal() -> bytes:
        return HPKE.encrypt(bytes(64), public, aad)

    def xwing_open() -> bytes:
        return HPKE.decrypt(enc, desk.intake._private, aad)  # noqa: SLF001

    bucket = len(frame(desk.body, BODY_BUCKETS, compress=True))
    size = f"a {len(desk.body) / 1000:.1f} KB report in the {bucket} B bucket"
    yield _ratio(f"seal and sign {size}", desk.seal, "X-Wing seal of 64 B", xwing_seal, 3.5)
    yield _ratio("adopt: open and wrap a report key", desk.adopt, "X-Wing open", xwing_open, 1.5)
    sealed, wrapped = by_turns(desk.open_key, desk.unwrap)
    cheaper = Goal(50, "least", "ratio")
    yield Row("key of an unadopted report", sealed * MICRO, "us", cheaper, [Raw("of an adopted one", wrapped * MICRO)])
    verifying = best_of(lambda: verify(desk.signer.public, desk.sealed.signed, desk.sealed.signature))
    yield Row("check a submission's signature", verifying * MICRO, "us")
    yield from _wraps(desk, nonce, aad)


def _wraps(desk: _Desk, nonce: bytes, aad: bytes) -> Iterator[Row]:
    key = secrets.token_bytes(32)
    ready = AESGCM(key)
    short, long = ready.encrypt(nonce, bytes(64), aad), ready.encrypt(nonce, bytes(1024), aad)

    # Each report has a key of its own, so that setting one up is part of the least that a row can cost.
    def two_opens() -> bytes:
        AESGCM(key).decrypt(nonce, short, aad)
        return AESGCM(key).decrypt(nonce, long, aad)

    def two_ready() -> bytes:
        ready.decrypt(nonce, short, aad)
        return ready.decrypt(nonce, long, aad)

    def two_wraps() -> bytes:
        return AESGCM(key).encrypt(nonce, AESGCM(key).decrypt(nonce, short, aad), aad)

    name, besides = "GCM opens of 64 B and 1 KiB, keys set up", Raw("the same, keys ready", best_of(two_ready) * MICRO)
    for row in (
        _ratio("queue row: unwrap, open summary, unframe", desk.queue_row, name, two_opens, 2.5),
        _ratio("search row, casefolded", desk.search_row, name, two_opens, 4),
    ):
        yield replace(row, raws=[*row.raws, besides])
    yield _ratio("re-wrap a report key", desk.rewrap, "GCM of 64 B, open and seal, keys set up", two_wraps, 2)


class _Session(TypedDict):
    org: bytes
    user: bytes
    day: int
    expires: int


def _sessions(desk: _Desk) -> Iterator[Row]:
    token, day_secret = login.new_token(), secrets.token_bytes(32)
    entries = [login.SessionEntry(login.TEAM_KEY, TEAM, 1, desk.team_key.key)]
    where = _Session(org=ORG, user=USER, day=20_000, expires=1_800_000_000)
    record = login.seal_session(token, day_secret, entries=entries, **where)
    plain, nonce, aad = bytes(58), os.urandom(12), os.urandom(120)

    def unlock() -> Unlocked:
        return Unlocked(ORG, USER, login.open_session(token, day_secret, record, **where))

    sealed = AESGCM(HKDF(SHA256(), 32, None, aad).derive(token + day_secret)).encrypt(nonce, plain, aad)

    def hkdf_gcm() -> bytes:
        return AESGCM(HKDF(SHA256(), 32, None, aad).derive(token + day_secret)).decrypt(nonce, sealed, aad)

    row = _ratio("session unlock, each request", unlock, "HKDF and GCM open", hkdf_gcm, 5)
    yield row
    yield replace(row, axis="the same, in time", goal=Goal(100))
    yield _login(desk, token, day_secret, where)


def _login(desk: _Desk, token: bytes, day_secret: bytes, where: _Session) -> Row:
    seed, salt, pepper = login.new_user_key(), secrets.token_bytes(16), secrets.token_bytes(32)
    passphrase = login.new_passphrase()
    keys = login.derive(passphrase, salt=salt, pepper=pepper, user=USER)
    user_key = login.wrap_user_key(keys.kek, seed, org=ORG, user=USER)
    team_key = seal_team_key(XWingKey(seed).public, desk.team_key, org=ORG, team=TEAM, user=USER)

    def log_in() -> bytes:
        found = login.derive(passphrase, salt=salt, pepper=pepper, user=USER)
        own = login.unwrap_user_key(found.kek, user_key, org=ORG, user=USER)
        team = open_team_key(own, team_key, org=ORG, team=TEAM, generation=1, user=USER)
        entry = login.SessionEntry(login.TEAM_KEY, TEAM, 1, team.key)
        return login.seal_session(token, day_secret, entries=[entry], **where)

    def argon2id() -> bytes:
        stretch = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65536, secret=pepper)
        return stretch.derive(passphrase.encode())

    seconds, beside = by_turns(log_in, argon2id)
    limit = Goal(1.05, of="ratio")
    return Row("login, all its keys", seconds * 1000, "ms", limit, [Raw("one Argon2id (64 MiB, t=3)", beside * 1000)])
