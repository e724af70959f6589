# SPDX-License-Identifier: Apache-2.0
"""What is still to be said: sealed messages, in order within a chat, each kept until Telegram has taken it.

`place` gives the order and `row` is what the seal is bound to. `due` and `until` are Unix seconds: not before, and
the end of the lease of the process that is sending it. An album's answer waits for the last picture and is replaced
by the next one's.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Identity,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.phone.schema import metadata

outgoing = Table(
    "outgoing",
    metadata,
    # SQLite numbers rows by itself only under the type INTEGER, which there holds 64 bits.
    Column("place", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("chat", LargeBinary(16), nullable=False, index=True),
    Column("row", LargeBinary(16), nullable=False),
    Column("hour", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False, index=True),
    Column("album", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

_ADD: Final = insert(outgoing)
_REPLACE_ALBUM: Final = delete(outgoing).where(outgoing.c.chat == bindparam("of"), outgoing.c.album == 1)
_DONE: Final = delete(outgoing).where(outgoing.c.place == bindparam("at"))
_DROP_CHAT: Final = delete(outgoing).where(outgoing.c.chat == bindparam("of"))
_FREE: Final = (
    select(outgoing)
    .where(outgoing.c.until <= bindparam("now"))
    .order_by(outgoing.c.place)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_LEASE: Final = update(outgoing).where(outgoing.c.place == bindparam("at")).values(until=bindparam("end"))
_FREE_ALL: Final = update(outgoing).values(until=0)
_EXPIRE: Final = delete(outgoing).where(outgoing.c.hour < bindparam("before"))


class Outgoing(NamedTuple):
    place: int
    chat: bytes
    row: bytes
    due: int
    album: int
    sealed: bytes


def add_outgoing(
    connection: Connection,
    *,
    chat: bytes,
    row: bytes,
    hour: int,
    due: int,
    until: int,
    sealed: bytes,
    album: bool = False,
) -> int:
    """Gives the place. An album's answer takes the place of the one that still waits for the same chat."""
    if album:
        connection.execute(_REPLACE_ALBUM, {"of": chat})
    values = {"chat": chat, "row": row, "hour": hour, "due": due, "until": until, "album": int(album)}
    done = connection.execute(_ADD, {**values, "sealed": sealed})
    return int(done.inserted_primary_key[0])  # type: ignore[index]  # an INSERT of one row always has it


def lease_outgoing(connection: Connection, *, now: int, until: int, most: int) -> list[Outgoing]:
    """Take up to `most` rows that nobody is sending, oldest first, until the Unix second `until`."""
    rows = [
        Outgoing(row.place, row.chat, row.row, row.due, row.album, row.sealed)
        for row in connection.execute(_FREE, {"now": now, "most": most})
    ]
    if rows:
        extend_leases(connection, [row.place for row in rows], until=until)
    return rows


def extend_leases(connection: Connection, places: Sequence[int], *, until: int) -> None:
    if places:
        connection.execute(_LEASE, [{"at": place, "end": until} for place in places])


def free_all_outgoing(connection: Connection) -> None:
    """For the start of the only process: whatever a killed one was sending is to be sent again."""
    connection.execute(_FREE_ALL)


def remove_outgoing(connection: Connection, places: Sequence[int]) -> None:
    if places:
        connection.execute(_DONE, [{"at": place} for place in places])


def drop_chat(connection: Connection, chat: bytes) -> int:
    """The chat cannot be reached any more: say nothing further to it; gives how many rows that were."""
    return connection.execute(_DROP_CHAT, {"of": chat}).rowcount


def expire_outgoing(connection: Connection, *, before: int) -> int:
    """Drop messages sealed before that Unix hour: their key is destroyed, so nobody can read or send them."""
    return connection.execute(_EXPIRE, {"before": before}).rowcount
