# SPDX-License-Identifier: Apache-2.0
"""Accounts of the people at the desk: a name to log in with, a role, and their key wrapped under a passphrase."""

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, Text, select, update

from storage.desk.schema import metadata

caseworkers = Table(
    "caseworkers",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("revoked", BigInteger),  # the day on which access ended, or NULL
    Column("salt", LargeBinary(16), nullable=False),
    Column("pepper", LargeBinary(16), nullable=False),  # key id of the pepper in force when the passphrase was set
    Column("verifier", LargeBinary(32), nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),
)

ROLES = ("caseworker", "coordinator", "analyst", "auditor", "administrator")


class Caseworker(NamedTuple):
    """One account; `record` is the caseworker key wrapped under the passphrase."""

    id: bytes
    name: str
    role: str
    revoked: int | None
    salt: bytes
    pepper: bytes
    verifier: bytes
    public: bytes
    record: bytes


_COLUMNS = tuple(caseworkers.c[name] for name in Caseworker._fields)


def insert_caseworker(connection: Connection, caseworker: Caseworker) -> None:
    """Write one account; a name that is taken raises SQLAlchemy's IntegrityError."""
    connection.execute(caseworkers.insert(), caseworker._asdict())


def find_caseworker(connection: Connection, name: str) -> Caseworker | None:
    """The account with this name, revoked or not."""
    row = connection.execute(select(*_COLUMNS).where(caseworkers.c.name == name)).one_or_none()
    return Caseworker(*row) if row else None


def read_caseworker(connection: Connection, user: bytes) -> Caseworker | None:
    row = connection.execute(select(*_COLUMNS).where(caseworkers.c.id == user)).one_or_none()
    return Caseworker(*row) if row else None


def read_caseworkers(connection: Connection) -> list[Caseworker]:
    return [Caseworker(*row) for row in connection.execute(select(*_COLUMNS).order_by(caseworkers.c.name))]


def read_names(connection: Connection) -> dict[bytes, str]:
    """Names by id: an audit entry and an assignee are ids."""
    return {row.id: row.name for row in connection.execute(select(caseworkers.c.id, caseworkers.c.name))}


def revoke_caseworker(connection: Connection, user: bytes, *, day: int) -> None:
    connection.execute(update(caseworkers).where(caseworkers.c.id == user).values(revoked=day))
