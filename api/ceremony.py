# SPDX-License-Identifier: Apache-2.0
"""The key ceremony: everything that must exist before the first report, made once.

What opens everything (the recovery identity, the organisation's key) is shown or put aside and not kept by the
desk. Files come first, the database in one transaction, config.env last: a ceremony that fails can be run again.
"""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from api.errors import CeremonyError
from envelope import login, recovery
from envelope.binding import kid_public, kid_symmetric
from envelope.keys import XWingKey
from envelope.log import LogKey
from envelope.signing import IntakeLine, Manifest, OrgKey, Signer, manifest_digest, member_bytes, sign_manifest
from envelope.wrap import TeamKey, seal_team_key
from storage.database import Store
from storage.desk import audit, caseworkers, keyring
from storage.desk.audit import Action, Leaf

INTAKE_DAYS = 400  # how long the first intake key is in force
SUBMITTER = "bot"
_FORBIDDEN = re.compile(r'["\\$`\x00-\x1f\x7f]')  # would end or change the quoted value in config.env


class Account(NamedTuple):
    """A new caseworker: the row, the seed of their key and the passphrase, which is shown once."""

    row: caseworkers.Caseworker
    seed: bytes
    passphrase: str

    def __repr__(self) -> str:
        return "<Account: not shown>"


class Ceremony(NamedTuple):
    """What `amparo init` shows, once."""

    recovery_identity: str
    recipient: str
    coordinator: str
    passphrase: str
    org: str
    team: str
    fingerprint: str

    def __repr__(self) -> str:
        return "<Ceremony: not shown>"


def new_account(name: str, role: str, *, org: bytes, pepper: bytes) -> Account:
    """Make an account with a generated passphrase. Blocks for some tenths of a second (Argon2id)."""
    if role not in caseworkers.ROLES:
        raise CeremonyError(f"A role is one of: {', '.join(caseworkers.ROLES)}.")
    user, seed, salt = secrets.token_bytes(16), login.new_user_key(), secrets.token_bytes(16)
    passphrase = login.new_passphrase()
    keys = login.derive(passphrase, salt=salt, pepper=pepper, user=user)
    row = caseworkers.Caseworker(
        id=user,
        name=_name(name, 64),
        role=role,
        revoked=None,
        salt=salt,
        pepper=kid_symmetric(pepper),
        verifier=keys.auth,
        public=XWingKey(seed).public,
        record=login.wrap_user_key(keys.kek, seed, org=org, user=user),
    )
    return Account(row, seed, passphrase)


def new_member(
    caseworker: caseworkers.Caseworker, team: bytes, key: TeamKey, *, org: bytes, coordinator: bytes, signer: Signer
) -> keyring.Member:
    """Seal the team key to a caseworker and sign that they belong."""
    kid = kid_public(caseworker.public)
    signed = member_bytes(
        org=org, team=team, generation=key.generation, user=caseworker.id, user_kid=kid, team_kid=key.kid
    )
    record = seal_team_key(caseworker.public, key, org=org, team=team, user=caseworker.id)
    return keyring.Member(
        team=team,
        generation=key.generation,
        user=caseworker.id,
        coordinator=coordinator,
        team_kid=key.kid,
        signature=signer.sign(signed),
        record=record,
    )


class Founding:
    """Makes every first key of an organisation in memory; `carry_out` is what writes."""

    def __init__(self, organisation: str, coordinator: str, team: str, *, day: int) -> None:
        """Blocks for some tenths of a second. CeremonyError: a name that cannot be used."""
        self.name, self.team_name, self._day = _name(organisation, 120), _name(team, 64), day
        self.org, self.team = secrets.token_bytes(16), secrets.token_bytes(16)
        self.organisation_key = OrgKey.generate()
        self.identity, self.recipient = recovery.new_identity()
        self._secrets = {name: secrets.token_bytes(32) for name in _SECRETS}
        self._log_seeds = secrets.token_bytes(64)
        self.account = new_account(coordinator, "coordinator", org=self.org, pepper=self._secrets["login_pepper"])
        self._team_key = TeamKey(secrets.token_bytes(32), generation=1)
        self._side_key, self._intake_seed = secrets.token_bytes(32), secrets.token_bytes(32)
        self._intake = XWingKey(self._intake_seed)
        self._signer = login.member_signer(self.account.seed, user=self.account.row.id)
        self.manifest = sign_manifest(self._first_manifest(), self.organisation_key)

    def _first_manifest(self) -> Manifest:
        slug = _slug(self.name)
        # A day early, so that a bot whose clock is behind can seal at once.
        first = self._day - 1
        log = LogKey(f"{slug}/log", self._log_seeds[:32], self._log_seeds[32:])
        return Manifest(
            name=slug,
            org=self.org,
            serial=1,
            previous=None,
            intakes=(IntakeLine(self.team, self._intake.kid, first, first + INTAKE_DAYS, self._intake.public),),
            submitters={SUBMITTER: Signer(self._secrets["submitter_key"]).public},
            coordinators={self.account.row.id: self._signer.public},
            logs=(log.line,),
            recoveries=(self.recipient,),
        )

    def escrow(self) -> bytes:
        """Every key that recovery must give back, as an .age file that the recovery identity opens."""
        text = recovery.write_escrow(
            [recovery.EscrowTeam(self.team, 1, self._team_key.key)],
            [recovery.EscrowIntake(self.team, self._intake.kid, self._intake_seed)],
            [recovery.EscrowSide(self.team, self._side_key)],
        )
        return recovery.encrypt([self.recipient], text.encode())

    def files(self, bot_token: str | None) -> dict[str, bytes]:
        """What goes into AMPARO_HOME, by path, without config.env."""
        found = {f"secrets/{side}/amparo_{name}": self._secrets[name].hex() for side, name in _SIDES}
        found["secrets/api/amparo_log_key"] = self._log_seeds.hex()
        found["offline/organisation-key.txt"] = self.organisation_key.to_text()
        if bot_token:
            found["secrets/bot/amparo_bot_token"] = bot_token
        return {**{path: text.encode() for path, text in found.items()}, "escrow.age": self.escrow()}

    def config(self) -> str:
        """The settings that are no secret."""
        values = {
            "AMPARO_ORG": self.org.hex(),
            "AMPARO_ORG_NAME": f'"{self.name}"',
            "AMPARO_ORG_FINGERPRINT": self.organisation_key.fingerprint.hex(),
            "AMPARO_TEAM": self.team.hex(),
        }
        return "".join(f"{name}={value}\n" for name, value in values.items())

    def write(self, connection: Connection) -> None:
        """The unit: team, coordinator, membership, wrapped keys, manifest and the log's first entries."""
        if keyring.newest_manifest(connection) is not None:
            raise CeremonyError(_TWICE)
        user, org, team, key, hour = self.account.row.id, self.org, self.team, self._team_key, self._day * 24
        member = new_member(self.account.row, team, key, org=org, coordinator=user, signer=self._signer)
        seed = key.wrap_intake_seed(self._intake_seed, org=org, team=team, intake_kid=self._intake.kid)
        side = key.wrap_side_key(self._side_key, org=org, team=team)
        keyring.insert_team(connection, keyring.Team(team, self.team_name, key.generation))
        caseworkers.insert_caseworker(connection, self.account.row)
        keyring.insert_member(connection, member)
        keyring.insert_intake_key(connection, self._intake.kid, team=team, key=keyring.WrappedKey(1, seed))
        keyring.insert_side_key(connection, team, keyring.WrappedKey(1, side))
        keyring.insert_manifest(connection, 1, self.manifest)
        published = manifest_digest(self.manifest)
        for leaf in (
            Leaf(Action.ORGANISATION_FOUNDED, user, org, hour),
            Leaf(Action.MANIFEST_PUBLISHED, user, org, hour, published),
            Leaf(Action.MEMBER_ADMITTED, user, user, hour),
        ):
            audit.append(connection, leaf)

    def shown(self) -> Ceremony:
        return Ceremony(
            recovery_identity=self.identity,
            recipient=self.recipient,
            coordinator=self.account.row.name,
            passphrase=self.account.passphrase,
            org=self.org.hex(),
            team=self.team.hex(),
            fingerprint=self.organisation_key.fingerprint.hex(),
        )


# Each secret, and the sides whose folder it goes into.
_SIDES = (
    ("bot", "intake_token"),
    ("api", "intake_token"),
    ("bot", "submitter_key"),
    ("bot", "chat_pepper"),
    ("api", "login_pepper"),
    ("api", "mailbox_pepper"),
)
_SECRETS = tuple(dict.fromkeys(name for _, name in _SIDES))
_TWICE = "The key ceremony was held here already, and a second one would orphan every report. Nothing was changed."


async def carry_out(founding: Founding, store: Store, home: Path, *, bot_token: str | None = None) -> Ceremony:
    """Write the founding. CeremonyError when there was one already; the store is open."""
    if (home / "config.env").exists() or await store.read(keyring.newest_manifest) is not None:
        raise CeremonyError(_TWICE)
    write_files(home, founding.files(bot_token))
    await store.write(founding.write)
    write_files(home, {"config.env": founding.config().encode()})
    return founding.shown()


def write_files(home: Path, files: Mapping[str, bytes]) -> None:
    """Write each file for its owner's eyes alone, whole or not at all."""
    for path, content in files.items():
        target = home / path
        for folder in (home, *reversed(target.relative_to(home).parents[:-1])):
            (home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.draft")
        draft.touch(mode=0o600)
        draft.write_bytes(content)
        draft.replace(target)


def _name(text: str, longest: int) -> str:
    name = unicodedata.normalize("NFC", text).strip()
    if not name or len(name) > longest or _FORBIDDEN.search(name):
        raise CeremonyError(f'A name has 1 to {longest} characters, and none of " \\ $ ` among them.')
    return name


def _slug(name: str) -> str:
    """A name as a signed note can carry it: no white space, no plus sign."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "organisation"
