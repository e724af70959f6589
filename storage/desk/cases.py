# SPDX-License-Identifier: Apache-2.0
"""Cases: the slim, clear row by which a report is queued, claimed and moved, and the sealed notes on it.

A case begins as its report and keeps its id. It outlives an erased report as a tombstone: id, day, status. The queue
is read by keyset: (priority, due hour, id), never by offset.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    SmallInteger,
    Table,
    Text,
    delete,
    func,
    select,
    text,
    tuple_,
    update,
)

from storage.desk.reports import key_sealed, reports, with_keys
from storage.desk.schema import metadata
from storage.errors import ConflictError

# A partial index serves only queries that say the same words, so both take them from here.
OPEN = "status NOT IN ('closed', 'merged', 'erased')"
ERASED = "erased"

cases = Table(
    "cases",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),  # its report's; no foreign key: a tombstone has no report
    Column("team", LargeBinary(16), nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("due_hour", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("assignee", LargeBinary(16)),
    Column("unread", SmallInteger, nullable=False),
    Column("notes", SmallInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("hold", Boolean, nullable=False),  # a law forbids erasing it for now
    sqlite_with_rowid=False,
)
Index(
    "ix_cases_open",
    cases.c.team,
    cases.c.priority,
    cases.c.due_hour,
    cases.c.id,
    sqlite_where=text(OPEN),
    postgresql_where=text(OPEN),
)
Index("ix_cases_status", cases.c.team, cases.c.status, cases.c.priority, cases.c.due_hour, cases.c.id)
Index("ix_cases_assignee", cases.c.team, cases.c.assignee, cases.c.priority, cases.c.due_hour, cases.c.id)

notes = Table(
    "notes",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("report", LargeBinary(16), ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("author", LargeBinary(16), nullable=False),
    Column("number", SmallInteger, nullable=False),  # the order within a case; no time is kept
    Column("kind", SmallInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index("ix_notes_report", "report", "number"),
)

NOTE, REPLY_SENT, MESSAGE_RECEIVED = 1, 2, 3


class CaseRow(NamedTuple):
    """A case's clear columns."""

    id: bytes
    team: bytes
    day: int
    priority: int
    due_hour: int
    status: str
    assignee: bytes | None
    unread: int
    notes: int
    version: int
    hold: bool = False

    @property
    def erased(self) -> bool:
        return self.status == ERASED


class QueueRow(NamedTuple):
    """A case's clear columns and what is needed to open its summary; of a tombstone there is nothing to open."""

    case: CaseRow
    schema: int
    generation: int | None
    key_wrapped: bytes | None
    key_sealed: bytes | None
    summary: bytes


class Position(NamedTuple):
    """Where a page ended."""

    priority: int
    due_hour: int
    id: bytes


class Filter(NamedTuple):
    """What a queue page is limited to; None leaves a column free, and closed cases out."""

    team: bytes
    status: str | None = None
    priority: int | None = None
    assignee: bytes | None = None
    unassigned: bool = False


class Note(NamedTuple):
    """One sealed note."""

    id: bytes
    author: bytes
    number: int
    kind: int
    record: bytes


_CASE = tuple(cases.c[name] for name in CaseRow._fields)
_NOTHING = (0, None, None, None, b"")  # what a tombstone has in place of the next
_SEALED = (reports.c.schema, reports.c.generation, reports.c.key_wrapped, key_sealed, reports.c.summary)


def insert_case(connection: Connection, case: CaseRow) -> None:
    connection.execute(cases.insert(), case._asdict())


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    query = query.where(cases.c.team == wanted.team)
    query = query.where(text(OPEN) if wanted.status is None else cases.c.status == wanted.status)
    if wanted.priority is not None:
        query = query.where(cases.c.priority == wanted.priority)
    if wanted.unassigned:
        query = query.where(cases.c.assignee.is_(None))
    elif wanted.assignee is not None:
        query = query.where(cases.c.assignee == wanted.assignee)
    return query


def queue_query(wanted: Filter, *, after: Position | None, limit: int) -> Select[Any]:
    """The query of one queue page; apart so that a test can ask the engine for its plan."""
    page = _narrowed(select(*_CASE), wanted)
    if after is not None:
        page = page.where(tuple_(cases.c.priority, cases.c.due_hour, cases.c.id) > tuple_(*after))
    return page.order_by(cases.c.priority, cases.c.due_hour, cases.c.id).limit(limit)


def read_queue(
    connection: Connection, wanted: Filter, *, after: Position | None = None, limit: int = 50
) -> list[QueueRow]:
    """One page in order of (priority, due hour, id), with the sealed summaries."""
    found = [CaseRow(*row) for row in connection.execute(queue_query(wanted, after=after, limit=limit))]
    sealed = select(reports.c.id, *_SEALED).select_from(with_keys).where(reports.c.id.in_([one.id for one in found]))
    by_id = {row[0]: tuple(row[1:]) for row in connection.execute(sealed)}
    return [QueueRow(case, *by_id.get(case.id, _NOTHING)) for case in found]


def read_case(connection: Connection, case: bytes, *, teams: Sequence[bytes]) -> CaseRow | None:
    """The case, or None when it does not exist or belongs to another team: the caller must not tell which."""
    row = connection.execute(select(*_CASE).where(cases.c.id == case, cases.c.team.in_(teams))).one_or_none()
    return CaseRow(*row) if row else None


def case_of_report(connection: Connection, report: bytes) -> CaseRow | None:
    """The case of a report whatever its team: for what the reporter asks, who has the receipt and no team."""
    row = connection.execute(select(*_CASE).where(cases.c.id == report)).one_or_none()
    return CaseRow(*row) if row else None


def change_case(connection: Connection, case: bytes, *, version: int, **values: object) -> int:
    """Write these columns if nobody else was faster; returns the new version, or raises ConflictError."""
    changed = connection.execute(
        update(cases).where(cases.c.id == case, cases.c.version == version).values(version=version + 1, **values)
    )
    if changed.rowcount != 1:
        raise ConflictError("Somebody changed this case meanwhile. Read it again, then repeat the change.")
    return version + 1


def count_open(connection: Connection, team: bytes, *, most: int = 100) -> dict[int, int]:
    """Open cases by priority, each counted up to `most`: an exact count would read the whole table."""
    counts = {}
    for priority in (1, 2, 3, 4):
        # In the queue's order, so that the queue's index answers: without it SQLite reads all of another index.
        ordered = _narrowed(select(cases.c.id), Filter(team, priority=priority)).order_by(cases.c.due_hour, cases.c.id)
        some = ordered.limit(most).subquery()
        counts[priority] = connection.scalar(select(func.count()).select_from(some)) or 0
    return counts


def insert_note(connection: Connection, case: bytes, *, note: bytes, author: bytes, kind: int, record: bytes) -> None:
    """Add a sealed note at the end of its case."""
    number = connection.scalar(
        update(cases).where(cases.c.id == case).values(notes=cases.c.notes + 1).returning(cases.c.notes)
    )
    values = {"id": note, "report": case, "author": author, "number": number, "kind": kind, "record": record}
    connection.execute(notes.insert(), values)


def read_notes(connection: Connection, case: bytes) -> list[Note]:
    """The sealed notes of a case in the order in which they were written."""
    columns = (notes.c.id, notes.c.author, notes.c.number, notes.c.kind, notes.c.record)
    return [Note(*row) for row in connection.execute(select(*columns).where(notes.c.report == case).order_by("number"))]


def read_note(connection: Connection, case: bytes, note: bytes) -> Note | None:
    """One sealed note of this case, or None."""
    columns = (notes.c.id, notes.c.author, notes.c.number, notes.c.kind, notes.c.record)
    row = connection.execute(select(*columns).where(notes.c.report == case, notes.c.id == note)).one_or_none()
    return Note(*row) if row else None


def count_unread(connection: Connection, case: bytes, *, change: int) -> None:
    """Add to the count of messages nobody has read. Not a change of the case: nobody's edit is refused for it."""
    connection.execute(update(cases).where(cases.c.id == case).values(unread=cases.c.unread + change))


def bury(connection: Connection, case: bytes) -> None:
    """Leave a tombstone: the notes go, and of the row stay id, team and day. Its hour and class told too much."""
    connection.execute(delete(notes).where(notes.c.report == case))
    values = {
        "status": ERASED,
        "priority": 4,
        "assignee": None,
        "unread": 0,
        "notes": 0,
        "version": cases.c.version + 1,
    }
    connection.execute(update(cases).where(cases.c.id == case).values(due_hour=cases.c.day * 24, **values))
