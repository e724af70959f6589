# SPDX-License-Identifier: Apache-2.0
"""Mailboxes: where sealed replies wait for whoever holds the receipt.

A mailbox is found by a tag (an HMAC of the look-up id under a pepper), so that this table alone links nothing to a
receipt. A message sealed to the mailbox can be opened with the receipt only; one sealed to us, at the desk only.
"""

from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    delete,
    func,
    select,
)

from storage.desk.schema import metadata

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("tag", LargeBinary(32), primary_key=True),
    Column("report", LargeBinary(16), ForeignKey("reports.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("salt", LargeBinary(16), nullable=False),
    Column("day", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

messages = Table(
    "messages",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("report", LargeBinary(16), ForeignKey("reports.id", ondelete="CASCADE"), nullable=False),
    Column("direction", SmallInteger, nullable=False),
    Column("number", SmallInteger, nullable=False),  # the order within a mailbox; only the day is kept
    Column("day", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index("ix_messages_report", "report", "direction", "number"),
)

OUT, IN = 1, 2


class Mailbox(NamedTuple):
    tag: bytes
    report: bytes
    salt: bytes
    day: int


class Message(NamedTuple):
    """One sealed message of a mailbox."""

    id: bytes
    day: int
    record: bytes


def insert_mailbox(connection: Connection, mailbox: Mailbox) -> None:
    """Write one mailbox; the tag of another one raises SQLAlchemy's IntegrityError."""
    connection.execute(mailboxes.insert(), mailbox._asdict())


def find_mailbox(connection: Connection, tag: bytes) -> Mailbox | None:
    columns = (mailboxes.c.tag, mailboxes.c.report, mailboxes.c.salt, mailboxes.c.day)
    row = connection.execute(select(*columns).where(mailboxes.c.tag == tag)).one_or_none()
    return Mailbox(*row) if row else None


def insert_message(connection: Connection, report: bytes, message: Message, *, direction: int) -> None:
    """Add a sealed message at the end of this report's mailbox."""
    last = connection.scalar(select(func.max(messages.c.number)).where(messages.c.report == report))
    values = {**message._asdict(), "report": report, "direction": direction, "number": (last or 0) + 1}
    connection.execute(messages.insert(), values)


def read_messages(connection: Connection, report: bytes, *, direction: int) -> list[Message]:
    """The sealed messages of one direction, oldest first."""
    query = select(messages.c.id, messages.c.day, messages.c.record)
    query = query.where(messages.c.report == report, messages.c.direction == direction).order_by(messages.c.number)
    return [Message(*row) for row in connection.execute(query)]


def remove_message(connection: Connection, message: bytes) -> bool:
    """Delete a message that was taken into its case; False when somebody else was faster."""
    return connection.execute(delete(messages).where(messages.c.id == message)).rowcount == 1
