# SPDX-License-Identifier: Apache-2.0
"""What the envelope adds to the primitives below it. CPU time in this process, ours and the raw call by turns.

The goals are ratios: seconds depend on the machine.
"""

import os
import secrets
from collections.abc import Callable, Iterator

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


def _ratio(
    axis: str, ours: Callable[[], object], name: str, raw: Callable[[], object], most: float, note: str = ""
) -> Row:
    seconds, beside = by_turns(ours, raw)
    return Row(axis, seconds * MICRO, "us", Goal(most, of="ratio"), [Raw(name, beside * MICRO)], note)


def _reports(desk: _Desk) -> Iterator[Row]:
    public, aead, nonce = public_key(desk.intake.public), desk.team_key._aead, os.urandom(12)  # noqa: SLF001
    half = AESGCM(secrets.token_bytes(32))
    aad = os.urandom(120)
    short, long = half.encrypt(nonce, bytes(64), aad), half.encrypt(nonce, bytes(1024), aad)
    enc = HPKE.encrypt(bytes(64), public, aad)

    def two_opens() -> bytes:
        half.decrypt(nonce, short, aad)
        return half.decrypt(nonce, long, aad)

    def two_wraps() -> bytes:
        return aead.encrypt(nonce, half.decrypt(nonce, short, aad), aad)

    def xwing_seal() -> bytes:
        return HPKE.encrypt(bytes(64), public, aad)

    def xwing_open() -> bytes:
        return HPKE.decrypt(enc, desk.intake._private, aad)  # noqa: SLF001

    size = f"a {len(desk.body) / 1024:.1f} KB report in the {len(frame(desk.body, BODY_BUCKETS, compress=True))} B bucket"
    yield _ratio(f"seal and sign {size}", desk.seal, "X-Wing seal of 64 B", xwing_seal, 3.5)
    gcm = "GCM open of 64 B and of 1 KiB"
    yield _ratio("queue row: unwrap, open summary, unframe", desk.queue_row, gcm, two_opens, 2.5)
    yield _ratio("search row, casefolded", desk.search_row, gcm, two_opens, 4)
    yield _ratio("adopt: open and wrap a report key", desk.adopt, "X-Wing open", xwing_open, 1.5)
    sealed, wrapped = by_turns(desk.open_key, desk.unwrap)
    cheaper = Goal(50, "least", "ratio")
    yield Row("key of an unadopted report", sealed * MICRO, "us", cheaper, [Raw("of an adopted one", wrapped * MICRO)])
    yield _ratio("re-wrap a report key", desk.rewrap, "GCM of 64 B, open and seal", two_wraps, 2)
    verifying = best_of(lambda: verify(desk.signer.public, desk.sealed.signed, desk.sealed.signature))
    yield Row("check a submission's signature", verifying * MICRO, "us")


def _sessions(desk: _Desk) -> Iterator[Row]:
    token, day_secret = login.new_token(), secrets.token_bytes(32)
    entries = [login.SessionEntry(login.TEAM_KEY, TEAM, 1, desk.team_key.key)]
    where = {"org": ORG, "user": USER, "day": 20_000, "expires": 1_800_000_000}
    record = login.seal_session(token, day_secret, entries=entries, **where)
    plain, nonce, aad = bytes(58), os.urandom(12), os.urandom(120)

    def unlock() -> Unlocked:
        return Unlocked(ORG, USER, login.open_session(token, day_secret, record, **where))

    sealed = AESGCM(HKDF(SHA256(), 32, None, aad).derive(token + day_secret)).encrypt(nonce, plain, aad)

    def hkdf_gcm() -> bytes:
        return AESGCM(HKDF(SHA256(), 32, None, aad).derive(token + day_secret)).decrypt(nonce, sealed, aad)

    yield _ratio("session unlock", unlock, "HKDF and GCM open", hkdf_gcm, 5)
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

    seconds, beside = by_turns(log_in, argon2id, rounds=10)
    limit = Goal(1.05, of="ratio")
    yield Row("login, all its keys", seconds * 1000, "ms", limit, [Raw("one Argon2id (64 MiB, t=3)", beside * 1000)])
