# SPDX-License-Identifier: Apache-2.0
"""One page of the queue: keyset rows, their summaries opened, sorted by class, points and due hour.

A row whose record does not open is shown as such and the others are there all the same.
"""

from typing import NamedTuple

from sqlalchemy import Connection

from api.auth import Seat
from api.cursors import read_cursor, write_cursor
from api.errors import InvalidError, MissingError
from api.vault import KeyPart, Opening, Vault
from api.wiring import Wiring
from envelope.errors import RefusedError
from intake.errors import ReportError
from intake.lifecycle import Status
from intake.report import Summary
from intake.triage import PRIORITIES, Triage, sort_key
from storage.desk import cases
from storage.desk.audit import Action
from storage.desk.caseworkers import read_names

PAGE = 50


class Asked(NamedTuple):
    """What a client filters by, as text; None leaves it free."""

    status: str | None = None
    priority: str | None = None
    assignee: str | None = None  # hex id, "me" or "none"
    cursor: str | None = None


class Line(NamedTuple):
    """One case in the queue; `summary` and its grading by today's rules are None when it cannot be opened."""

    case: cases.CaseRow
    summary: Summary | None
    graded: Triage | None


class Page(NamedTuple):
    lines: list[Line]
    cursor: str | None
    counts: dict[int, int]  # open cases by priority, each counted up to 100
    names: dict[bytes, str]


class _Rows(NamedTuple):
    page: list[cases.QueueRow]
    counts: dict[int, int]
    names: dict[bytes, str]


async def read_page(wiring: Wiring, vault: Vault, seat: Seat, asked: Asked) -> Page:
    """Open one page. LockedUpError, or InvalidError for a filter or cursor that is none of ours."""
    unlocked = vault.unlock(seat)
    wanted = _filter(asked, team=unlocked.teams[0], user=unlocked.user)
    key = seat.session.id + wiring.settings.mailbox_pepper.get_secret_value()
    after = read_cursor(key, wanted, asked.cursor) if asked.cursor else None

    def query(connection: Connection) -> _Rows:
        page = cases.read_queue(connection, wanted, after=after, limit=PAGE + 1)
        return _Rows(page, cases.count_open(connection, wanted.team), read_names(connection))

    rows = await wiring.store.read(query)
    opening = vault.opening(unlocked)
    lines = await _open(vault, opening, rows.page[:PAGE])
    opening.note(Action.QUEUE_LISTED, wanted.team)
    await wiring.store.write(opening.write)
    cursor = None
    if len(rows.page) > PAGE:
        last = rows.page[PAGE - 1].case
        cursor = write_cursor(key, wanted, cases.Position(last.priority, last.due_hour, last.id))
    return Page(lines, cursor, rows.counts, rows.names)


async def _open(vault: Vault, opening: Opening, rows: list[cases.QueueRow]) -> list[Line]:
    whole = [row for row in rows if not row.case.erased]
    parts = [KeyPart(row.case.id, row.case.team, row.generation, row.key_wrapped, row.key_sealed) for row in whole]
    keys = await vault.report_keys(opening, parts)
    lines = [_line(vault, opening, row, keys[row.case.id]) for row in whole]
    lines += [Line(row.case, None, None) for row in rows if row.case.erased]
    return sorted(lines, key=_place)


def _line(vault: Vault, opening: Opening, row: cases.QueueRow, key: bytes | None) -> Line:
    if key is None:
        return Line(row.case, None, None)
    try:
        summary = Summary.from_bytes(vault.open_summary(key, row.summary, report=row.case.id, schema=row.schema))
    except (RefusedError, ReportError):
        opening.note(Action.REPORT_REFUSED, row.case.id)
        return Line(row.case, None, None)
    return Line(row.case, summary, summary.triage)


def _place(line: Line) -> tuple[int, int, int]:
    # What cannot be opened stands first in its class: somebody must look.
    points = 1_000_000 if line.graded is None else line.graded.points
    return sort_key(PRIORITIES[line.case.priority - 1], points, line.case.due_hour)


def _filter(asked: Asked, *, team: bytes, user: bytes) -> cases.Filter:
    if asked.status is not None and asked.status not in set(Status):
        raise InvalidError("There is no such status.")
    names = {str(name): number for number, name in enumerate(PRIORITIES, 1)}
    if asked.priority is not None and asked.priority not in names:
        raise InvalidError("A priority is P1, P2, P3 or P4.")
    assignee = None
    if asked.assignee not in {None, "", "none"}:
        assignee = user if asked.assignee == "me" else _id(asked.assignee or "")
    return cases.Filter(
        team,
        status=asked.status,
        priority=names[asked.priority] if asked.priority else None,
        assignee=assignee,
        unassigned=asked.assignee == "none",
    )


def _id(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raise MissingError from None
    if len(raw) != 16:
        raise MissingError
    return raw
