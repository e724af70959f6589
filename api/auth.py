# SPDX-License-Identifier: Apache-2.0
"""Who is asking: the bot by its token, a caseworker by name and passphrase, then by a session's token.

A login writes a session row whose keys only the token and the day's secret give. Guessing is slowed by counters a
name, a source and for the whole house; nobody is ever locked out by somebody else's guesses.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import Depends, Request
from sqlalchemy import Connection

from api import clock as time
from api.errors import BusyError, UnauthorizedError
from api.wiring import Wiring, wired
from envelope import login
from envelope.binding import kid_symmetric
from envelope.errors import RefusedError
from envelope.keys import XWingKey
from envelope.signing import Manifest, member_bytes, verify
from envelope.wrap import TeamKey, open_team_key
from storage.desk import audit, keyring, sessions
from storage.desk.audit import Action, Leaf
from storage.desk.caseworkers import Caseworker, find_caseworker, read_caseworker

LIFE = 12 * time.HOUR  # envelope.md 5.4
IDLE = 30  # minutes
_TOUCH = 2  # minutes: a session is written at most so often
_SLOT = 5 * time.MINUTE
# As many attempts in five minutes are not slowed: a name, a source, everybody (figures as in pypi/warehouse).
_FREE = (10, 10, 1000)
_SLOWEST = 8.0  # seconds
_WAITING = 64  # logins under way at once; more are told to come back
_REFUSAL = "Name or passphrase is not right."
_DEAD = "This session has ended. Log in again."


class Seat(NamedTuple):
    """A caseworker who is logged in. The token opens the session's keys; nothing here does by itself."""

    token: bytes
    session: sessions.SessionRow
    caseworker: Caseworker

    def __repr__(self) -> str:
        return "<Seat: not shown>"


class Issued(NamedTuple):
    """A new session: the token goes to the client and stays nowhere else; `expires` is Unix seconds."""

    token: bytes
    expires: int
    caseworker: Caseworker

    def __repr__(self) -> str:
        return "<Issued: not shown>"


def write_token(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def read_token(text: str) -> bytes:
    """The 32 bytes of a token as write_token spells it; UnauthorizedError for anything else."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise UnauthorizedError(_DEAD) from error
    if len(raw) != 32 or write_token(raw) != text:
        raise UnauthorizedError(_DEAD)
    return raw


def bearer(request: Request) -> str:
    """The token of an Authorization header; UnauthorizedError when there is none. Cookies are not looked at."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise UnauthorizedError("Send the token as `Authorization: Bearer …`.")
    return token.strip()


async def bot_only(request: Request, wiring: Annotated[Wiring, Depends(wired)]) -> None:
    """Let the bot in, compared in constant time."""
    expected = wiring.settings.intake_token.get_secret_value().hex()
    if not hmac.compare_digest(bearer(request).encode(), expected.encode()):
        raise UnauthorizedError("This intake token is not ours: compare amparo_intake_token on both sides.")


async def seated(request: Request, wiring: Annotated[Wiring, Depends(wired)]) -> Seat:
    """FastAPI dependency for /v1: the caseworker whose session token stands in the Authorization header."""
    return await find_seat(wiring, bearer(request))


async def find_seat(wiring: Wiring, token_text: str) -> Seat:
    """The seat of a live session; UnauthorizedError for a token that is malformed, unknown, idle or past its life."""
    token = read_token(token_text)
    now, minute = time.seconds(wiring.clock), time.minute(wiring.clock)
    session_id = login.session_id(token)

    def query(connection: Connection) -> tuple[sessions.SessionRow, Caseworker] | None:
        row = sessions.read_session(connection, session_id)
        caseworker = read_caseworker(connection, row.user) if row else None
        return (row, caseworker) if row and caseworker else None

    found = await wiring.store.read(query)
    if found is None:
        raise UnauthorizedError(_DEAD)
    row, caseworker = found
    if row.expires <= now or minute - row.seen > IDLE or caseworker.revoked is not None:
        await wiring.store.write(lambda connection: sessions.end_session(connection, session_id))
        raise UnauthorizedError(_DEAD)
    if minute - row.seen >= _TOUCH:
        await wiring.store.write(lambda connection: sessions.touch_session(connection, session_id, minute=minute))
    return Seat(token, row, caseworker)


class Doorkeeper:
    """Logs people in and out. One for the whole app: it counts how many passphrases are being worked on."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._working = asyncio.Semaphore(wiring.settings.login_limit)
        self._waiting = 0

    async def log_in(self, name: str, passphrase: str, *, source: str) -> Issued:
        """Open a session. UnauthorizedError alike for a wrong name and a wrong passphrase, after the same work."""
        if self._waiting >= _WAITING:
            raise BusyError("Too many people are logging in at once. Try again in a moment.")
        self._waiting += 1
        try:
            quiet = await self._slow_down(name, source)
            caseworker, seed = await self._known(name, passphrase, quiet=quiet)
        finally:
            self._waiting -= 1
        return await self._open(caseworker, seed)

    async def prove(self, caseworker: Caseworker, passphrase: str, *, source: str) -> bytes:
        """Step up: the passphrase once more. Gives the caseworker's seed, for this request only."""
        await self._slow_down(caseworker.name, source)
        _, seed = await self._known(caseworker.name, passphrase, quiet=True)
        return seed

    async def log_out(self, seat: Seat) -> None:
        leaf = Leaf(Action.SESSION_ENDED, seat.caseworker.id, seat.caseworker.id, time.hour(self._wiring.clock))

        def unit(connection: Connection) -> None:
            sessions.end_session(connection, seat.session.id)
            audit.append(connection, leaf)

        await self._wiring.store.write(unit)

    async def _slow_down(self, name: str, source: str) -> bool:
        """Count this attempt and wait as long as it has earned; True where the log has heard enough of it."""
        pepper = self._wiring.settings.login_pepper.get_secret_value()
        keys = [hmac.digest(pepper, f"attempt\0{kind}".encode(), hashlib.sha256)[:16] for kind in
                (f"name\0{name}", f"source\0{source}", "all")]  # fmt: skip
        slot = time.seconds(self._wiring.clock) // _SLOT
        counts = await self._wiring.store.write(lambda connection: sessions.count_attempt(connection, keys, slot=slot))
        over = max(count - free for count, free in zip(counts, _FREE, strict=True))
        if over > 0:
            await asyncio.sleep(min(0.25 * 2 ** min(over, 10), _SLOWEST))
        return over > 0

    async def _known(self, name: str, passphrase: str, *, quiet: bool) -> tuple[Caseworker, bytes]:
        settings = self._wiring.settings
        pepper = settings.login_pepper.get_secret_value()
        found = await self._wiring.store.read(lambda connection: find_caseworker(connection, name))
        live = found if found is not None and found.revoked is None else None
        # Unknown and revoked names: the same work with a salt and an id that stay the same for the name.
        decoy = hmac.digest(pepper, b"decoy\0" + name.encode(), hashlib.sha256)
        user, salt, expected = (live.id, live.salt, live.verifier) if live else (decoy[:16], decoy[16:], decoy)
        async with self._working:
            keys = await asyncio.to_thread(login.derive, passphrase, salt=salt, pepper=pepper, user=user)
        right = hmac.compare_digest(keys.auth, expected)
        if live is None or not right or live.pepper != kid_symmetric(pepper):
            await self._refuse(live.id if live else audit.NOBODY, quiet=quiet)
            raise UnauthorizedError(_REFUSAL)
        return live, login.unwrap_user_key(keys.kek, live.record, org=settings.org, user=live.id)

    async def _refuse(self, user: bytes, *, quiet: bool) -> None:
        leaf = Leaf(Action.SESSION_REFUSED, audit.NOBODY, user, time.hour(self._wiring.clock))
        if not quiet:
            await self._wiring.store.write(lambda connection: audit.append(connection, leaf))

    async def _open(self, caseworker: Caseworker, seed: bytes) -> Issued:
        wiring, org, user = self._wiring, self._wiring.settings.org, caseworker.id
        rows = await wiring.store.read(lambda connection: keyring.memberships(connection, user))
        manifest = (await wiring.manifests.current()).manifest
        entries, refused = _unlock(rows, seed, manifest)
        now, day, hour = time.seconds(wiring.clock), time.day(wiring.clock), time.hour(wiring.clock)
        token, expires = login.new_token(), now + LIFE
        record = login.seal_session(
            token, wiring.days.today(day), org=org, user=user, day=day, expires=expires, entries=entries
        )
        row = sessions.SessionRow(login.session_id(token), user, day, expires, now // time.MINUTE, record)

        def unit(connection: Connection) -> None:
            sessions.sweep_sessions(connection, now=now, idle_since=now // time.MINUTE - IDLE)
            sessions.insert_session(connection, row)
            audit.append(connection, Leaf(Action.SESSION_OPENED, user, user, hour))
            for team in refused:
                audit.append(connection, Leaf(Action.MEMBER_REFUSED, user, team, hour))

        await wiring.store.write(unit)
        return Issued(token, expires, caseworker)


def _unlock(
    rows: Sequence[keyring.Member], seed: bytes, manifest: Manifest
) -> tuple[list[login.SessionEntry], list[bytes]]:
    """The team keys this seed opens, and the teams whose row nobody vouches for."""
    entries, refused = [], []
    user_kid = XWingKey(seed).kid if rows else b""
    for row in rows:
        try:
            check_member(row, user_kid=user_kid, manifest=manifest)
            key = open_own_key(row, seed, org=manifest.org)
        except RefusedError:
            refused.append(row.team)
            continue
        entries.append(login.SessionEntry(login.TEAM_KEY, row.team, row.generation, key.key))
    return entries, refused


def open_own_key(row: keyring.Member, seed: bytes, *, org: bytes) -> TeamKey:
    """The team key of a membership that check_member found good; RefusedError when it is not the one signed for."""
    key = open_team_key(seed, row.record, org=org, team=row.team, generation=row.generation, user=row.user)
    if key.kid != row.team_kid:
        raise RefusedError
    return key


def check_member(row: keyring.Member, *, user_kid: bytes, manifest: Manifest) -> None:
    """Return if a coordinator of the manifest vouches for this member, their public key and the team key."""
    coordinator = manifest.coordinators.get(row.coordinator)
    if coordinator is None:
        raise RefusedError
    signed = member_bytes(
        org=manifest.org,
        team=row.team,
        generation=row.generation,
        user=row.user,
        user_kid=user_kid,
        team_kid=row.team_kid,
    )
    verify(coordinator, signed, row.signature)
