# SPDX-License-Identifier: Apache-2.0
"""The audit log: append-only entries, each a leaf of one Merkle tree, written in the transaction of what they tell.

The stored frontier gives the tree's root without reading the entries; `verify` reads them all and compares.
"""

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    func,
    select,
    update,
)

from envelope import log
from storage.desk.schema import metadata

# SQLite's INTEGER has 64 bits, and as a primary key it is the row's own number: no second index.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

entries = Table(
    "audit",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("hour", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("actor", LargeBinary(16), nullable=False),
    Column("object", LargeBinary(16), nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("detail", LargeBinary),
    Index("ix_audit_object", "object", "number"),
)

frontier = Table(
    "audit_frontier",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("state", LargeBinary, nullable=False),
)

_ONE = 1
# PostgreSQL: held to the end of the transaction, so that entries are numbered in the order in which they commit.
_LOCK = 0x616D7061726F  # "amparo"
NOBODY = bytes(16)


class Action(StrEnum):
    """What an entry tells, as subject:act."""

    REPORT_RECEIVED = "report:received"
    REPORT_ADOPTED = "report:adopted"
    REPORT_REFUSED = "report:refused"
    REPORT_EXPORTED = "report:exported"
    QUEUE_LISTED = "queue:listed"
    CASE_OPENED = "case:opened"
    CASE_CHANGED = "case:changed"
    CASE_RAISED = "case:raised"
    CASE_ANSWERED = "case:answered"
    CASE_READ_BACK = "case:timeline"
    ATTACHMENT_OPENED = "attachment:opened"
    ORIGINAL_OPENED = "attachment:original_opened"
    MAILBOX_WRITTEN = "mailbox:written"
    ERASURE_REQUESTED = "case:erasure_requested"
    CASE_ERASED = "case:erased"
    CHECKPOINT_SIGNED = "checkpoint:signed"
    SESSION_OPENED = "session:opened"
    SESSION_ENDED = "session:ended"
    SESSION_REFUSED = "session:refused"
    CASEWORKER_ADDED = "caseworker:added"
    CASEWORKER_REVOKED = "caseworker:revoked"
    MEMBER_ADMITTED = "member:admitted"
    MEMBER_REFUSED = "member:refused"
    ORGANISATION_FOUNDED = "organisation:founded"
    MANIFEST_PUBLISHED = "manifest:published"


class Entry(NamedTuple):
    """One entry as stored; `hour` is a Unix hour."""

    number: int
    hour: int
    action: str
    actor: bytes
    object: bytes
    commitment: bytes
    detail: bytes | None


class Leaf(NamedTuple):
    """One entry to be written: who did what to which object, in which Unix hour."""

    action: Action
    actor: bytes
    object: bytes
    hour: int
    commitment: bytes = bytes(32)  # zeros: nothing beyond the entry itself
    detail: Callable[[int], bytes] | None = None  # given the entry's number, returns the sealed detail


def append(connection: Connection, leaf: Leaf) -> int:
    """Write one entry and the tree's new edge; returns the entry's number. The caller's transaction makes it true."""
    edge, first = _edge(connection)
    number = edge.size
    detail = leaf.detail(number) if leaf.detail else None
    commitment = hashlib.sha256(detail).digest() if detail else leaf.commitment
    entry = Entry(number, leaf.hour, leaf.action.value, leaf.actor, leaf.object, commitment, detail)
    state = edge.append(_hash(entry)).to_bytes()
    connection.execute(entries.insert(), entry._asdict())
    if first:
        connection.execute(frontier.insert(), {"id": _ONE, "state": state})
    else:
        connection.execute(update(frontier).where(frontier.c.id == _ONE).values(state=state))
    return number


def _edge(connection: Connection) -> tuple[log.Frontier, bool]:
    """The tree's edge, and whether nothing was written yet."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    state = connection.scalar(select(frontier.c.state).where(frontier.c.id == _ONE))
    return (log.Frontier(), True) if state is None else (log.Frontier.from_bytes(state), False)


def bytes_of(entry: Entry) -> bytes:
    """What the tree has of an entry: everything but the detail."""
    return log.entry_bytes(entry.number, entry.hour, entry.action, entry.actor, entry.object, entry.commitment)


def _hash(entry: Entry) -> bytes:
    return log.leaf(bytes_of(entry))


_ENTRY = tuple(entries.c[name] for name in Entry._fields)


def timeline(connection: Connection, object_id: bytes, *, most: int = 500) -> list[Entry]:
    """The newest entries about one object, oldest first."""
    query = select(*_ENTRY).where(entries.c.object == object_id).order_by(entries.c.number.desc()).limit(most)
    return [Entry(*row) for row in connection.execute(query)][::-1]


def find_entry(connection: Connection, object_id: bytes, action: Action) -> Entry | None:
    """The first entry that tells this of this object."""
    query = select(*_ENTRY).where(entries.c.object == object_id, entries.c.action == action.value)
    row = connection.execute(query.order_by(entries.c.number).limit(1)).one_or_none()
    return Entry(*row) if row else None


def read_leaves(connection: Connection) -> list[bytes]:
    """The hashes of all entries, oldest first, from the entries themselves; ValueError: they are not what was written.

    Whoever signs the root of these must not sign anything else than what the log has always said.
    """
    query = select(*_ENTRY).order_by(entries.c.number)
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        leaves = [_hash(Entry(*row)) for row in rows]
    state = connection.scalar(select(frontier.c.state).where(frontier.c.id == _ONE))
    written = log.Frontier() if state is None else log.Frontier.from_bytes(state)
    if (written.size, written.root()) != (len(leaves), log.root(leaves)):
        raise ValueError("the log's entries and its edge differ")
    return leaves


class Verdict(NamedTuple):
    """What a reading of the whole log found; `fault` says in one sentence what is wrong, or is None."""

    size: int
    root: bytes
    fault: str | None


def verify(connection: Connection) -> Verdict:
    """Build the tree again from every entry and compare it with the stored edge."""
    tree = log.Frontier()
    query = select(*_ENTRY).order_by(entries.c.number)
    # In batches: a log is longer than memory.
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        for entry in map(Entry._make, rows):
            if entry.number != tree.size:
                return Verdict(tree.size, tree.root(), f"Entry {tree.size} is missing.")
            if entry.detail is not None and hashlib.sha256(entry.detail).digest() != entry.commitment:
                return Verdict(tree.size, tree.root(), f"The detail of entry {entry.number} was altered.")
            tree = tree.append(_hash(entry))
    return Verdict(tree.size, tree.root(), _compare(connection, tree))


def _compare(connection: Connection, tree: log.Frontier) -> str | None:
    state = connection.scalar(select(frontier.c.state).where(frontier.c.id == _ONE))
    stored = log.Frontier() if state is None else log.Frontier.from_bytes(state)
    if stored.size != tree.size:
        return f"The log ends at entry {tree.size}, but {stored.size} were written."
    if stored.root() != tree.root():
        return "An entry was altered: the tree's root is not the one that was written."
    return None
