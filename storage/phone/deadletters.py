# SPDX-License-Identifier: Apache-2.0
"""Updates that could not be used.

Sealed to the intake key, so the bot itself cannot read them back. Before the person agreed to anything nothing of
theirs is stored: such a row has no letter and only counts. `error` is the name of an exception class, never its text.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from storage.phone.schema import metadata

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("letter", LargeBinary(16), primary_key=True),
    Column("day", BigInteger, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=True),
)

_BURY: Final = insert(dead_letters)
_COUNT: Final = select(func.count()).select_from(dead_letters)
_EXPIRE: Final = delete(dead_letters).where(dead_letters.c.day < bindparam("before"))


def bury(connection: Connection, *, letter: bytes, day: int, kind: str, error: str, sealed: bytes | None) -> None:
    row = {"letter": letter, "day": day, "kind": kind, "error": error, "sealed": sealed}
    connection.execute(_BURY, row)


def count_dead_letters(connection: Connection) -> int:
    return int(connection.execute(_COUNT).scalar_one())


def expire_dead_letters(connection: Connection, *, before: int) -> int:
    """Drop letters of days earlier than `before` (a Unix day)."""
    return connection.execute(_EXPIRE, {"before": before}).rowcount
