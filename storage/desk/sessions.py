# SPDX-License-Identifier: Apache-2.0
"""Sessions, whose keys only the client's token and the day's secret give, and the counters that slow guessing down.

A session's life is bound into its record; `seen` (a minute) lets an idle one end. Neither table goes into a backup.
"""

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, delete, select, update

from storage.desk.schema import metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("user", LargeBinary(16), nullable=False, index=True),
    Column("day", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

attempts = Table(
    "attempts",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),  # an HMAC of a name or a source, never either
    Column("slot", BigInteger, primary_key=True, autoincrement=False),  # five minutes
    Column("count", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


class SessionRow(NamedTuple):
    """One session; days and minutes are Unix days and minutes, `expires` is Unix seconds."""

    id: bytes
    user: bytes
    day: int
    expires: int
    seen: int
    record: bytes


_COLUMNS = tuple(sessions.c[name] for name in SessionRow._fields)


def insert_session(connection: Connection, session: SessionRow) -> None:
    connection.execute(sessions.insert(), session._asdict())


def read_session(connection: Connection, session: bytes) -> SessionRow | None:
    row = connection.execute(select(*_COLUMNS).where(sessions.c.id == session)).one_or_none()
    return SessionRow(*row) if row else None


def touch_session(connection: Connection, session: bytes, *, minute: int) -> None:
    connection.execute(update(sessions).where(sessions.c.id == session).values(seen=minute))


def end_session(connection: Connection, session: bytes) -> None:
    connection.execute(delete(sessions).where(sessions.c.id == session))


def end_sessions_of(connection: Connection, user: bytes) -> int:
    """End every session of this caseworker; returns how many there were."""
    return connection.execute(delete(sessions).where(sessions.c.user == user)).rowcount


def sweep_sessions(connection: Connection, *, now: int, idle_since: int) -> int:
    """Delete sessions past their life (Unix seconds) or idle since before this minute."""
    dead = (sessions.c.expires <= now) | (sessions.c.seen < idle_since)
    return connection.execute(delete(sessions).where(dead)).rowcount


def count_attempt(connection: Connection, keys: list[bytes], *, slot: int) -> list[int]:
    """Count one attempt under each key in this slot, forget older slots; returns the counts in the keys' order."""
    connection.execute(delete(attempts).where(attempts.c.slot < slot))
    counts = []
    for key in keys:
        here = (attempts.c.key == key, attempts.c.slot == slot)
        raised = update(attempts).where(*here).values(count=attempts.c.count + 1).returning(attempts.c.count)
        count = connection.scalar(raised)
        if count is None:
            connection.execute(attempts.insert(), {"key": key, "slot": slot, "count": 1})
        counts.append(count or 1)
    return counts
