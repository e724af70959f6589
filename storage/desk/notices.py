# SPDX-License-Identifier: Apache-2.0
"""Notices: that something waits for whoever asked, at the phone side, to be told so.

A row names a random reference that stands otherwise in a sealed message alone, and the day; neither case nor mailbox.
"""

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, Table, delete, select

from storage.desk.schema import metadata

# SQLite counts up by itself in a column of exactly this type, and with the option never back.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

notices = Table(
    "notices",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("ref", LargeBinary(16), nullable=False),
    Column("day", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)


class Notice(NamedTuple):
    number: int
    ref: bytes


def insert_notice(connection: Connection, ref: bytes, *, day: int) -> None:
    """Add one at the end, after an audit entry: the log's lock makes numbers rise in the order of commits."""
    connection.execute(notices.insert(), {"ref": ref, "day": day})


def read_notices(connection: Connection, *, after: int, most: int) -> list[Notice]:
    """Those with a higher number, in order."""
    query = select(notices.c.number, notices.c.ref).where(notices.c.number > after).order_by(notices.c.number)
    return [Notice(*row) for row in connection.execute(query.limit(most))]


def forget_notices(connection: Connection, *, before: int) -> int:
    """Drop those of days earlier than this one; returns how many."""
    return connection.execute(delete(notices).where(notices.c.day < before)).rowcount
