# SPDX-License-Identifier: Apache-2.0
"""Attachments: what is known of each sealed object in the blob store.

An object arrives before its report: the row then waits without a key, and the submission that names it fills it in.
Deleting the key shreds one attachment and leaves the others.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, SmallInteger, Table, delete, select, update

from storage.desk.schema import metadata

# No foreign key: the object is there before the report is.
attachments = Table(
    "attachments",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("report", LargeBinary(16), nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("number", SmallInteger),  # the order in which the submission signed them; NULL while no submission came
    Column("key", LargeBinary),
    Index("ix_attachments_report", "report", "number"),
    sqlite_with_rowid=False,
)


class StoredAttachment(NamedTuple):
    """One sealed object; `key` is None until the submission that names it is stored."""

    id: bytes
    report: bytes
    size: int
    sha256: bytes
    key: bytes | None


_COLUMNS = tuple(attachments.c[name] for name in StoredAttachment._fields)


def insert_attachment(connection: Connection, attachment: StoredAttachment, *, day: int) -> None:
    """Write the row of an object that is safely in the blob store."""
    connection.execute(attachments.insert(), {**attachment._asdict(), "day": day, "number": None})


def find_attachment(connection: Connection, attachment: bytes) -> StoredAttachment | None:
    row = connection.execute(select(*_COLUMNS).where(attachments.c.id == attachment)).one_or_none()
    return StoredAttachment(*row) if row else None


def waiting(connection: Connection, report: bytes) -> dict[bytes, StoredAttachment]:
    """Objects that arrived for this report and whose submission has not come, by id."""
    query = select(*_COLUMNS).where(attachments.c.report == report, attachments.c.key.is_(None))
    return {row.id: StoredAttachment(*row) for row in connection.execute(query)}


def claim(connection: Connection, attachment: bytes, *, number: int, key: bytes) -> None:
    """Fill in what the submission says of a waiting object."""
    connection.execute(update(attachments).where(attachments.c.id == attachment).values(number=number, key=key))


def of_report(connection: Connection, report: bytes) -> list[StoredAttachment]:
    """The attachments of a stored report in the order in which they were signed."""
    query = select(*_COLUMNS).where(attachments.c.report == report, attachments.c.key.is_not(None))
    return [StoredAttachment(*row) for row in connection.execute(query.order_by(attachments.c.number))]


def shred_keys(connection: Connection, report: bytes) -> list[bytes]:
    """Delete the keys of a report's objects; returns the ids whose objects can go.

    The rows wait, as old as can be, so that the next sweep finds the objects if nobody else deletes them.
    """
    of_it = attachments.c.report == report
    connection.execute(update(attachments).where(of_it).values(key=None, number=None, day=0))
    return [row.id for row in connection.execute(select(attachments.c.id).where(of_it))]


def forget(connection: Connection, ids: Sequence[bytes]) -> None:
    """Drop the rows of objects that are gone."""
    connection.execute(delete(attachments).where(attachments.c.id.in_(ids)))


def forget_waiting(connection: Connection, *, before: int) -> list[bytes]:
    """Drop rows that no submission claimed before this day; returns the ids whose objects can go too."""
    query = select(attachments.c.id).where(attachments.c.key.is_(None), attachments.c.day < before)
    ids = [row.id for row in connection.execute(query)]
    connection.execute(delete(attachments).where(attachments.c.id.in_(ids)))
    return ids
