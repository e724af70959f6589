# SPDX-License-Identifier: Apache-2.0
"""Teams, who belongs to them, the keys wrapped for them, and the signed manifests.

No row here is believed because it is a row: a membership counts with its coordinator's signature, a public key with
the manifest's.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, Text, delete, select

from storage.desk.schema import metadata

teams = Table(
    "teams",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("generation", BigInteger, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("team", LargeBinary(16), primary_key=True),
    Column("generation", BigInteger, primary_key=True, autoincrement=False),
    Column("user", LargeBinary(16), primary_key=True),
    Column("coordinator", LargeBinary(16), nullable=False),
    Column("team_kid", LargeBinary(16), nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    Column("record", LargeBinary, nullable=False),
)

intake_keys = Table(
    "intake_keys",
    metadata,
    Column("kid", LargeBinary(16), primary_key=True),
    Column("team", LargeBinary(16), nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
)

side_keys = Table(
    "side_keys",
    metadata,
    Column("team", LargeBinary(16), primary_key=True),
    Column("generation", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
)

manifests = Table(
    "manifests",
    metadata,
    Column("serial", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)


class Team(NamedTuple):
    id: bytes
    name: str
    generation: int


class Member(NamedTuple):
    """The team key sealed to one caseworker, and the coordinator's word that they belong."""

    team: bytes
    generation: int
    user: bytes
    coordinator: bytes
    team_kid: bytes
    signature: bytes
    record: bytes


class WrappedKey(NamedTuple):
    """A key wrapped under the team key of this generation."""

    generation: int
    record: bytes


_TEAM = tuple(teams.c[name] for name in Team._fields)
_MEMBER = tuple(members.c[name] for name in Member._fields)


def insert_team(connection: Connection, team: Team) -> None:
    connection.execute(teams.insert(), team._asdict())


def read_teams(connection: Connection) -> list[Team]:
    return [Team(*row) for row in connection.execute(select(*_TEAM).order_by(teams.c.name))]


def insert_member(connection: Connection, member: Member) -> None:
    """Write a membership; a second one of the same generation raises SQLAlchemy's IntegrityError."""
    connection.execute(members.insert(), member._asdict())


def memberships(connection: Connection, user: bytes) -> list[Member]:
    """Every team key sealed to this caseworker."""
    return [Member(*row) for row in connection.execute(select(*_MEMBER).where(members.c.user == user))]


def read_members(connection: Connection) -> list[Member]:
    return [Member(*row) for row in connection.execute(select(*_MEMBER))]


def remove_member(connection: Connection, user: bytes) -> int:
    """Delete every seal to this caseworker; returns how many there were."""
    return connection.execute(delete(members).where(members.c.user == user)).rowcount


def insert_intake_key(connection: Connection, kid: bytes, *, team: bytes, key: WrappedKey) -> None:
    connection.execute(intake_keys.insert(), {"kid": kid, "team": team, **key._asdict()})


def read_intake_keys(connection: Connection, team: bytes, kids: Sequence[bytes]) -> dict[bytes, WrappedKey]:
    """The wrapped seeds of those of these intake keys that belong to the team, by key id."""
    query = select(intake_keys.c.kid, intake_keys.c.generation, intake_keys.c.record)
    query = query.where(intake_keys.c.team == team, intake_keys.c.kid.in_(kids))
    return {row.kid: WrappedKey(row.generation, row.record) for row in connection.execute(query)}


def insert_side_key(connection: Connection, team: bytes, key: WrappedKey) -> None:
    connection.execute(side_keys.insert(), {"team": team, **key._asdict()})


def read_side_key(connection: Connection, team: bytes) -> WrappedKey | None:
    query = select(side_keys.c.generation, side_keys.c.record).where(side_keys.c.team == team)
    row = connection.execute(query).one_or_none()
    return WrappedKey(*row) if row else None


def insert_manifest(connection: Connection, serial: int, note: str) -> None:
    connection.execute(manifests.insert(), {"serial": serial, "note": note})


def newest_manifest(connection: Connection) -> str | None:
    """The signed note with the highest serial, or None before the key ceremony."""
    return connection.scalar(select(manifests.c.note).order_by(manifests.c.serial.desc()).limit(1))
