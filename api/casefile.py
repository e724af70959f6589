# SPDX-License-Identifier: Apache-2.0
"""One case: opened, changed, and its timeline (answering.py has the answers).

Another team's case and one that does not exist are answered alike. Opening is an audit entry in the transaction that
also adopts the report, turns new messages of the reporter into notes, and raises a class that time has made worse.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from api import clock as time
from api.auth import Seat
from api.errors import InvalidError, MissingError
from api.vault import Opening, Unlocked, Vault, key_part
from api.wiring import Wiring
from envelope.errors import RefusedError
from envelope.mailbox import tag
from intake import lifecycle
from intake.errors import ReportError
from intake.lifecycle import ClosingReason, Status
from intake.mail import Mail, from_bytes
from intake.report import Report, facts
from intake.triage import PRIORITIES, Triage, triage
from storage.desk import attachments, audit, cases, mailboxes, reports
from storage.desk.audit import Action, Leaf
from storage.desk.caseworkers import read_caseworker, read_names
from storage.errors import ConflictError


class Words(NamedTuple):
    """One opened note, reply or message. `author` is zeros for the reporter; `text` is None when it does not open."""

    id: bytes
    author: bytes
    kind: int
    day: int | None
    text: str | None

    @property
    def mail(self) -> Mail | None:
        """What a message of the reporter says: words, or a change; None for what is none or does not open."""
        if self.kind != cases.MESSAGE_RECEIVED or self.text is None:
            return None
        return from_bytes(self.text.encode())


class CaseFile(NamedTuple):
    """A case as a caseworker sees it; `report` is None when it cannot be opened, or was erased."""

    case: cases.CaseRow
    report: Report | None
    triage: Triage | None
    words: list[Words]
    files: list[attachments.StoredAttachment]
    names: dict[bytes, str]
    adds_to: bytes | None = None  # the case of the earlier report that this one goes on with


class Rows(NamedTuple):
    case: cases.CaseRow
    report: reports.StoredReport
    notes: list[cases.Note]
    messages: list[mailboxes.Message]
    files: list[attachments.StoredAttachment]
    names: dict[bytes, str]


class Opened(NamedTuple):
    """A case with its report's key, for the length of one request."""

    rows: Rows
    opening: Opening
    key: bytes | None
    report: Report | None

    def __repr__(self) -> str:
        return "<Opened: not shown>"


async def open_rows(wiring: Wiring, vault: Vault, seat: Seat, case: bytes) -> Opened:
    """Read and open one case; nothing is written yet. MissingError, LockedUpError."""
    unlocked = vault.unlock(seat)
    rows = await wiring.store.read(lambda connection: _read(connection, case, unlocked))
    if rows is None:
        raise MissingError
    opening = vault.opening(unlocked)
    key = (await vault.report_keys(opening, [key_part(rows.report)]))[case]
    report = None
    if key is not None:
        try:
            report = Report.from_bytes(vault.open_body(key, rows.report))
        except (RefusedError, ReportError):
            opening.note(Action.REPORT_REFUSED, case)
    return Opened(rows, opening, key, report)


def _read(connection: Connection, case: bytes, unlocked: Unlocked) -> Rows | None:
    row = cases.read_case(connection, case, teams=unlocked.teams)
    report = reports.read_report(connection, case) if row else None
    if row is None or report is None:
        return None
    return Rows(
        row,
        report,
        cases.read_notes(connection, case),
        mailboxes.read_messages(connection, case, direction=mailboxes.IN),
        attachments.of_report(connection, case),
        read_names(connection),
    )


async def open_case(wiring: Wiring, vault: Vault, seat: Seat, case: bytes) -> CaseFile:
    """Open a case and write what that means."""
    tombstone = await _tombstone(wiring, vault.unlock(seat), case)
    if tombstone is not None:
        return tombstone
    opened = await open_rows(wiring, vault, seat, case)
    rows, opening = opened.rows, opened.opening
    words = [opened_note(vault, opened, note) for note in rows.notes]
    adds_to = await _earlier(wiring, opened)
    fresh = await _take_messages(vault, opened)
    found = _graded(opened.report, time.day(wiring.clock))
    raised = _raised(rows.case, found)
    opening.note(Action.CASE_OPENED, case)

    def unit(connection: Connection) -> cases.CaseRow:
        opening.write(connection)
        for taken in fresh:
            taken.write(connection, case)
        return _raise(connection, rows.case, raised, opening) if raised else rows.case

    row = await wiring.store.write(unit)
    row = row._replace(unread=0 if fresh else row.unread)
    words += [taken.words for taken in fresh]
    return CaseFile(row, opened.report, found, words, rows.files, rows.names, adds_to)


async def _tombstone(wiring: Wiring, unlocked: Unlocked, case: bytes) -> CaseFile | None:
    """What is left of an erased case, if it is one: looking at it is an entry as well."""
    row = await wiring.store.read(lambda connection: cases.read_case(connection, case, teams=unlocked.teams))
    if row is None or not row.erased:
        return None
    leaf = Leaf(Action.CASE_OPENED, unlocked.user, case, time.hour(wiring.clock))
    await wiring.store.write(lambda connection: audit.append(connection, leaf))
    return CaseFile(row, None, None, [], [], {})


async def _earlier(wiring: Wiring, opened: Opened) -> bytes | None:
    """The case of the report that this one goes on with, if it is here and theirs to see."""
    lookup = opened.report.adds_to if opened.report else None
    if lookup is None:
        return None
    found = tag(wiring.settings.mailbox_pepper.get_secret_value(), bytes.fromhex(lookup))

    def query(connection: Connection) -> bytes | None:
        mailbox = mailboxes.find_mailbox(connection, found)
        teams = opened.opening.unlocked.teams
        return mailbox.report if mailbox and cases.read_case(connection, mailbox.report, teams=teams) else None

    return await wiring.store.read(query)


def _graded(report: Report | None, day: int) -> Triage | None:
    """Grade the report anew by today's rules and today's day."""
    if report is None:
        return None
    today = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return triage(facts(report, today), untold=report.untold)


def _raised(case: cases.CaseRow, found: Triage | None) -> int | None:
    """The class to raise this case to: the passing of time may make a case more urgent, and never less by itself."""
    now = PRIORITIES.index(found.priority) + 1 if found else case.priority
    return now if now < case.priority else None


def _raise(connection: Connection, case: cases.CaseRow, priority: int, opening: Opening) -> cases.CaseRow:
    try:
        version = cases.change_case(connection, case.id, version=case.version, priority=priority)
    except ConflictError:
        return case  # somebody is changing it at this moment; the next opening raises it
    audit.append(connection, Leaf(Action.CASE_RAISED, opening.unlocked.user, case.id, opening.hour))
    return case._replace(priority=priority, version=version)


def opened_note(vault: Vault, opened: Opened, note: cases.Note) -> Words:
    found: Mapping[str, Any] = {}
    if opened.key is not None:
        try:
            raw = vault.open_note(opened.key, note.record, report=opened.rows.case.id, note=note.id, author=note.author)
            found = json.loads(raw)
        except RefusedError:
            opened.opening.note(Action.REPORT_REFUSED, opened.rows.case.id)
    return Words(note.id, note.author, note.kind, found.get("day"), found.get("text"))


class _Taken(NamedTuple):
    """A message of the reporter, re-sealed as a note of its case."""

    words: Words
    record: bytes

    def write(self, connection: Connection, case: bytes) -> None:
        if not mailboxes.remove_message(connection, self.words.id):
            return  # another opener took it in
        note, author, kind = self.words.id, self.words.author, self.words.kind
        cases.insert_note(connection, case, note=note, author=author, kind=kind, record=self.record)
        cases.count_unread(connection, case, change=-1)


async def _take_messages(vault: Vault, opened: Opened) -> list[_Taken]:
    rows, key = opened.rows, opened.key
    if key is None or not rows.messages:
        return []
    texts = await vault.open_messages(opened.opening, rows.report, rows.messages)
    taken = []
    for message, text in zip(rows.messages, texts, strict=True):
        if text is None:
            opened.opening.note(Action.REPORT_REFUSED, rows.case.id)
            continue
        shown = text.decode(errors="replace")
        words = Words(message.id, audit.NOBODY, cases.MESSAGE_RECEIVED, message.day, shown)
        taken.append(_Taken(words, sealed_words(vault, key, rows.case.id, words)))
    return taken


def sealed_words(vault: Vault, key: bytes, case: bytes, words: Words) -> bytes:
    text = json.dumps({"day": words.day, "text": words.text}, ensure_ascii=False).encode()
    return vault.seal_note(key, text, report=case, note=words.id, author=words.author)


class Change(NamedTuple):
    """What a caseworker wants changed; None leaves it. `assignee` b"" takes the assignment away."""

    status: str | None = None
    assignee: bytes | None = None
    reason: str | None = None


async def change_case(
    wiring: Wiring, vault: Vault, seat: Seat, case: bytes, change: Change, *, version: int
) -> cases.CaseRow:
    """Move or assign a case. ConflictError: it is not at this version; InvalidError: the move is not allowed."""
    unlocked = vault.unlock(seat)
    hour = time.hour(wiring.clock)
    row = await wiring.store.read(lambda connection: cases.read_case(connection, case, teams=unlocked.teams))
    if row is None:
        raise MissingError
    side = await vault.side_key(unlocked, row.team)

    def unit(connection: Connection) -> cases.CaseRow:
        now = cases.read_case(connection, case, teams=unlocked.teams)
        if now is None:
            raise MissingError
        if now.version != version:
            raise ConflictError("Somebody changed this case meanwhile. Read it again, then repeat the change.")
        wanted = _allowed(connection, now, change, unlocked.user)
        if not wanted:
            return now
        cases.change_case(connection, case, version=version, **wanted)
        told = json.dumps(_told(now, wanted, change.reason)).encode()
        leaf = Leaf(Action.CASE_CHANGED, unlocked.user, case, hour)
        leaf = leaf._replace(detail=lambda number: side.seal_detail(told, org=unlocked.org, index=number))
        audit.append(connection, leaf)
        return now._replace(version=version + 1, **wanted)

    return await wiring.store.write(unit)


def _allowed(connection: Connection, now: cases.CaseRow, change: Change, user: bytes) -> dict[str, Any]:
    """The columns to write, once the move is allowed."""
    wanted: dict[str, Any] = {}
    if now.erased:
        raise InvalidError("This case was erased. Nothing of it can be changed.")
    if change.assignee is not None and change.assignee != (now.assignee or b""):
        if change.assignee:
            caseworker = read_caseworker(connection, change.assignee)
            if caseworker is None or caseworker.revoked is not None:
                raise InvalidError("Nobody with this id can be given a case.")
        wanted["assignee"] = change.assignee or None
    if change.status is not None and change.status != now.status:
        _check_move(now._replace(**wanted), change, user)
        wanted["status"] = change.status
    return wanted


def _check_move(now: cases.CaseRow, change: Change, user: bytes) -> None:
    try:
        to = Status(change.status or "")
    except ValueError:
        raise InvalidError("There is no such status.") from None
    if to not in moves(now):
        raise InvalidError("A case in this status cannot be moved there.")
    if lifecycle.needs_closing_reason(to) and change.reason not in set(ClosingReason):
        raise InvalidError("Closing needs one of the closing reasons.")
    if lifecycle.needs_second_person(PRIORITIES[now.priority - 1], to) and now.assignee in {None, user}:
        raise InvalidError("A P1 is closed by somebody else than the one it is assigned to. Assign it first.")


def moves(case: cases.CaseRow) -> list[Status]:
    """Where a caseworker may move this case; merging and erasing have routes of their own."""
    current = Status(case.status)
    return [to for to in Status if lifecycle.may_move(current, to) and not lifecycle.needs_coordinator(to)]


def _told(now: cases.CaseRow, wanted: Mapping[str, Any], reason: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "status" in wanted:
        told["status"] = [now.status, wanted["status"]]
        told["reason"] = reason
    if "assignee" in wanted:
        told["assignee"] = [(who or b"").hex() for who in (now.assignee, wanted["assignee"])]
    return told


class Moment(NamedTuple):
    """One line of a timeline; `detail` is what was sealed about it, opened."""

    hour: int
    action: str
    actor: bytes
    detail: Mapping[str, Any] | None


async def read_timeline(
    wiring: Wiring, vault: Vault, seat: Seat, case: bytes, *, opened: bool = False
) -> tuple[list[Moment], dict[bytes, str]]:
    """Who did what with this case, oldest first, and the names of those people.

    Reading it is an entry itself, unless it belongs to an opening (`opened`) that has just been entered.
    """
    unlocked = vault.unlock(seat)
    leaf = Leaf(Action.CASE_READ_BACK, unlocked.user, case, time.hour(wiring.clock))

    def query(connection: Connection) -> tuple[cases.CaseRow, Sequence[audit.Entry], dict[bytes, str]] | None:
        row = cases.read_case(connection, case, teams=unlocked.teams)
        if row is None:
            return None
        entries = audit.timeline(connection, case)
        if not opened:
            audit.append(connection, leaf)
        return row, entries, read_names(connection)

    found = await (wiring.store.read(query) if opened else wiring.store.write(query))
    if found is None:
        raise MissingError
    row, entries, names = found
    side = await vault.side_key(unlocked, row.team) if any(entry.detail for entry in entries) else None
    moments = []
    for entry in entries:
        detail = None
        if side is not None and entry.detail is not None:
            try:
                detail = json.loads(side.open_detail(entry.detail, org=unlocked.org, index=entry.number))
            except RefusedError:
                detail = None  # the line stays; `amparo audit verify` names the entry
        moments.append(Moment(entry.hour, entry.action, entry.actor, detail))
    return moments, names
