# SPDX-License-Identifier: Apache-2.0
"""The only place that opens reports, for the length of one request and for whoever's session unlocks the team's key.

A report is adopted when it is first opened or listed: its signature is checked again, its key is wrapped under the
team key and the sealed one deleted, in one transaction with the audit entries. Two openers at once: the row decides.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, ParamSpec

from sqlalchemy import Connection

from api import clock as time
from api.auth import Seat
from api.errors import LockedUpError
from api.manifests import Published
from api.wiring import Wiring
from envelope import login, unseal
from envelope.binding import kid_public
from envelope.errors import RefusedError
from envelope.mailbox import seal_reply
from envelope.signing import submission_bytes, verify
from envelope.suite import RecordType, split
from envelope.wrap import SideKey, TeamKey
from storage.desk import attachments, audit, keyring, mailboxes, reports
from storage.desk.audit import Action, Leaf
from storage.desk.reports import StoredReport

# X-Wing opens hold the interpreter's lock: after so many the loop serves the others (envelope.md 13).
_SEALED_BATCH, _WRAPPED_BATCH = 25, 250
_LOCKED = (
    "This session cannot unlock a team's key. Log in again; if that does not help, ask a coordinator to admit you."
)


P = ParamSpec("P")


class KeyPart(NamedTuple):
    """What of a report's row leads to its key."""

    id: bytes
    team: bytes
    generation: int | None
    wrapped: bytes | None
    sealed: bytes | None


class Unlocked:
    """The keys of one session, held while one request lasts."""

    def __init__(self, org: bytes, user: bytes, entries: Sequence[login.SessionEntry]) -> None:
        self.org = org
        self.user = user
        self._teams: dict[bytes, dict[int, TeamKey]] = {}
        for entry in entries:
            if entry.kind == login.TEAM_KEY:
                self._teams.setdefault(entry.id, {})[entry.generation] = TeamKey(entry.key, entry.generation)

    def __repr__(self) -> str:
        return "<Unlocked: not shown>"

    @property
    def teams(self) -> tuple[bytes, ...]:
        return tuple(self._teams)

    def newest(self, team: bytes) -> TeamKey:
        """The team's key in its newest generation; RefusedError for a team this session does not unlock."""
        generations = self._teams.get(team)
        if not generations:
            raise RefusedError
        return generations[max(generations)]

    def of(self, team: bytes, generation: int | None) -> TeamKey:
        found = self._teams.get(team, {}).get(-1 if generation is None else generation)
        if found is None:
            raise RefusedError
        return found


class _Adoption(NamedTuple):
    report: bytes
    generation: int
    wrapped: bytes


class Opening:
    """What one request opens and, at the end, has to write about it, all in one transaction."""

    def __init__(self, unlocked: Unlocked, hour: int) -> None:
        self.unlocked = unlocked
        self.hour = hour
        self._adoptions: list[_Adoption] = []
        self._leaves: list[Leaf] = []

    def note(self, action: Action, object_id: bytes) -> None:
        """Remember an audit entry of this caseworker."""
        self._leaves.append(Leaf(action, self.unlocked.user, object_id, self.hour))

    def adopt(self, report: bytes, generation: int, wrapped: bytes) -> None:
        self._adoptions.append(_Adoption(report, generation, wrapped))

    def write(self, connection: Connection) -> None:
        """The unit: adoptions that nobody else was faster with, then the entries."""
        for report, generation, wrapped in self._adoptions:
            if reports.adopt(connection, report, generation=generation, key_wrapped=wrapped) is None:
                audit.append(connection, Leaf(Action.REPORT_ADOPTED, self.unlocked.user, report, self.hour))
        for leaf in self._leaves:
            audit.append(connection, leaf)


class Vault:
    """Opens what is sealed. Holds no key itself."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._org = wiring.settings.org

    def unlock(self, seat: Seat) -> Unlocked:
        """The keys of this session; LockedUpError when the session lives but gives no team's key."""
        row = seat.session
        secret = self._wiring.days.of(row.day)
        if secret is None:
            raise LockedUpError(_LOCKED)
        try:
            entries = login.open_session(
                seat.token, secret, row.record, org=self._org, user=row.user, day=row.day, expires=row.expires
            )
        except RefusedError as error:
            raise LockedUpError(_LOCKED) from error
        unlocked = Unlocked(self._org, row.user, entries)
        if not unlocked.teams:
            raise LockedUpError(_LOCKED)
        return unlocked

    def opening(self, unlocked: Unlocked) -> Opening:
        return Opening(unlocked, time.hour(self._wiring.clock))

    async def report_keys(self, opening: Opening, parts: Sequence[KeyPart]) -> dict[bytes, bytes | None]:
        """Give the key of each report, or None where it does not open; sealed ones are put down for adoption."""
        keys: dict[bytes, bytes | None] = {}
        for count, part in enumerate(parts):
            if part.wrapped is not None:
                keys[part.id] = _refusable(self._unwrap, opening.unlocked, part)
            if count % _WRAPPED_BATCH == _WRAPPED_BATCH - 1:
                await asyncio.sleep(0)
        sealed = [part for part in parts if part.wrapped is None and part.sealed is not None]
        if sealed:
            keys.update(await self._adopt(opening, sealed))
        for part in parts:
            if keys.setdefault(part.id, None) is None:
                opening.note(Action.REPORT_REFUSED, part.id)
        return keys

    def _unwrap(self, unlocked: Unlocked, part: KeyPart) -> bytes:
        if part.wrapped is None:
            raise RefusedError
        key = unlocked.of(part.team, part.generation)
        return key.unwrap_report_key(part.wrapped, org=self._org, team=part.team, report=part.id)

    async def _adopt(self, opening: Opening, parts: Sequence[KeyPart]) -> dict[bytes, bytes | None]:
        ids = [part.id for part in parts]
        kids: dict[bytes, list[bytes]] = {part.team: [] for part in parts}
        for part in parts:
            kids[part.team].append((part.sealed or b"")[8:24])

        def query(connection: Connection) -> _Unadopted:
            seeds = {team: keyring.read_intake_keys(connection, team, wanted) for team, wanted in kids.items()}
            files = {report: attachments.of_report(connection, report) for report in ids}
            return _Unadopted(reports.read_reports(connection, ids), files, seeds)

        rows = await self._wiring.store.read(query)
        published = await self._wiring.manifests.current()
        intakes = _Intakes(self._org, opening.unlocked, rows.seeds)
        keys: dict[bytes, bytes | None] = {}
        for count, report_id in enumerate(ids):
            keys[report_id] = _refusable(self._open_sealed, opening, rows, report_id, intakes, published)
            if count % _SEALED_BATCH == _SEALED_BATCH - 1:
                await asyncio.sleep(0)
        return keys

    def _open_sealed(
        self, opening: Opening, rows: "_Unadopted", report_id: bytes, intakes: "_Intakes", published: Published
    ) -> bytes:
        report = rows.reports.get(report_id)
        if report is None:
            raise RefusedError
        team = report.team
        if report.key_sealed is None:  # another opener adopted it since the page was read
            return self._unwrap(opening.unlocked, key_part(report))
        check_signature(report, rows.attachments[report_id], org=self._org, published=published)
        kid, _ = split(report.key_sealed, RecordType.REPORT_KEY_SEALED)
        intake = intakes.get(team, kid)
        report_key = unseal.open_report_key(intake, report.key_sealed, org=self._org, team=team, report=report_id)
        key = opening.unlocked.newest(team)
        wrapped = key.wrap_report_key(report_key, org=self._org, team=team, report=report_id)
        opening.adopt(report_id, key.generation, wrapped)
        return report_key

    def open_summary(self, report_key: bytes, record: bytes, *, report: bytes, schema: int) -> bytes:
        """The summary's JSON; RefusedError when it does not open."""
        return unseal.open_summary(report_key, record, org=self._org, report=report, schema=schema)

    def open_body(self, report_key: bytes, report: StoredReport) -> bytes:
        """The report's JSON; RefusedError when it does not open."""
        return unseal.open_body(report_key, report.body, org=self._org, report=report.id, schema=report.schema)

    def open_note(self, report_key: bytes, record: bytes, *, report: bytes, note: bytes, author: bytes) -> bytes:
        """The note's JSON; RefusedError when it does not open."""
        return unseal.open_note(report_key, record, org=self._org, report=report, note=note, author=author)

    def seal_note(self, report_key: bytes, text: bytes, *, report: bytes, note: bytes, author: bytes) -> bytes:
        return unseal.seal_note(report_key, text, org=self._org, report=report, note=note, author=author)

    def seal_reply(self, report: StoredReport, text: bytes, *, trusted: bytes, message: bytes, day: int) -> bytes:
        """A reply to the report's mailbox. `trusted` is the SHA-256 of its key as the sealed body gives it.

        RefusedError: the key in the row is another one, so that the reply would go to whoever put it there.
        """
        if hashlib.sha256(report.mailbox_public).digest() != trusted:
            raise RefusedError
        return seal_reply(report.mailbox_public, org=self._org, message=message, day=day, text=text)

    def open_attachment(
        self,
        report_key: bytes,
        stored: attachments.StoredAttachment,
        pieces: Callable[[], Iterable[bytes]],
        *,
        content_size: int,
        content_sha256: bytes,
    ) -> Iterator[bytes]:
        """The content of an attachment in pieces, after one whole reading that released nothing.

        Blocks while it reads: run it in a thread. Nothing opened is put on disk; `pieces` is called twice instead.
        RefusedError before the first piece when the object, its key or its content is not what was sealed and signed.
        """

        def opened(sealed: Iterable[bytes]) -> Iterator[bytes]:
            return unseal.open_attachment(
                report_key,
                stored.key or b"",
                sealed,
                org=self._org,
                report=stored.report,
                attachment=stored.id,
                content_size=content_size,
            )

        outer, inner = hashlib.sha256(), hashlib.sha256()
        for piece in opened(_hashed(pieces(), outer.update)):
            inner.update(piece)
        if (outer.digest(), inner.digest()) != (stored.sha256, content_sha256):
            raise RefusedError
        return opened(pieces())

    async def open_messages(
        self, opening: Opening, report: StoredReport, messages: Sequence[mailboxes.Message]
    ) -> list[bytes | None]:
        """Give the texts of messages sealed to the team's intake key; None where one does not open."""
        team, kids = report.team, [message.record[8:24] for message in messages]
        seeds = await self._wiring.store.read(lambda connection: keyring.read_intake_keys(connection, team, kids))
        intakes = _Intakes(self._org, opening.unlocked, {team: seeds})
        mailbox = kid_public(report.mailbox_public)

        def open_one(message: mailboxes.Message, kid: bytes) -> bytes:
            return unseal.open_message(
                intakes.get(team, kid),
                message.record,
                org=self._org,
                team=team,
                mailbox_kid=mailbox,
                message=message.id,
                day=message.day,
            )

        return [_refusable(open_one, message, kid) for message, kid in zip(messages, kids, strict=True)]

    async def side_key(self, unlocked: Unlocked, team: bytes) -> SideKey:
        """The key under which the details of audit entries are sealed; RefusedError when it does not open."""
        row = await self._wiring.store.read(lambda connection: keyring.read_side_key(connection, team))
        if row is None:
            raise RefusedError
        return SideKey(unlocked.of(team, row.generation).unwrap_side_key(row.record, org=self._org, team=team))


class _Unadopted(NamedTuple):
    reports: Mapping[bytes, StoredReport]
    attachments: Mapping[bytes, Sequence[attachments.StoredAttachment]]
    seeds: Mapping[bytes, Mapping[bytes, keyring.WrappedKey]]


class _Intakes:
    """Intake keys, each unwrapped and expanded once a request: expanding costs more than opening."""

    def __init__(
        self, org: bytes, unlocked: Unlocked, seeds: Mapping[bytes, Mapping[bytes, keyring.WrappedKey]]
    ) -> None:
        self._org = org
        self._unlocked = unlocked
        self._seeds = seeds
        self._expanded: dict[bytes, unseal.IntakeKey] = {}

    def get(self, team: bytes, kid: bytes) -> unseal.IntakeKey:
        wrapped = self._seeds.get(team, {}).get(kid)
        if wrapped is None:
            raise RefusedError
        if kid not in self._expanded:
            key = self._unlocked.of(team, wrapped.generation)
            seed = key.unwrap_intake_seed(wrapped.record, org=self._org, team=team, intake_kid=kid)
            self._expanded[kid] = unseal.IntakeKey(seed)
        return self._expanded[kid]


def key_part(report: StoredReport) -> KeyPart:
    return KeyPart(report.id, report.team, report.generation, report.key_wrapped, report.key_sealed)


def check_signature(
    report: StoredReport, files: Sequence[attachments.StoredAttachment], *, org: bytes, published: Published
) -> None:
    """Return if a bot of the manifest signed exactly this report; RefusedError for a planted or altered row."""
    signer = published.signers.get(report.signer)
    if signer is None or report.key_sealed is None:
        raise RefusedError
    signed = submission_bytes(
        report=report.id,
        org=org,
        team=report.team,
        day=report.day,
        priority=report.priority,
        key=report.key_sealed,
        body=report.body,
        summary=report.summary,
        mailbox_public=report.mailbox_public,
        attachments=[(file.id, file.size, file.sha256, file.key or b"") for file in files],
    )
    verify(signer, signed, report.signature)


def _refusable(open_it: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> bytes | None:
    """What opening gives, or None: one record that does not open is no reason to refuse the others."""
    try:
        return open_it(*args, **kwargs)
    except RefusedError:
        return None


def _hashed(pieces: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    for piece in pieces:
        update(piece)
        yield piece
