# SPDX-License-Identifier: Apache-2.0
"""What is still to be said: sealed messages, in order within a chat, each kept until Telegram has taken it.

`row` is 16 random bytes that the seal is bound to; `place` gives the order. `due` and `until` are Unix seconds: not
before, and the end of the lease of the process that is sending it. An album's answer waits for the last picture and
is replaced by the next one's.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
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
    Column("row", LargeBinary(16), primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("chat", LargeBinary(16), nullable=False, index=True),
    Column("hour", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("album", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

_ADD: Final = insert(outgoing)
_DROP_ALBUM: Final = delete(outgoing).where(outgoing.c.chat == bindparam("of"), outgoing.c.album == 1)
_DONE: Final = delete(outgoing).where(outgoing.c.row == bindparam("at"))
_DROP_CHAT: Final = delete(outgoing).where(outgoing.c.chat == bindparam("of"))
_FREE: Final = (
    select(outgoing)
    .where(outgoing.c.until <= bindparam("now"))
    .order_by(outgoing.c.place)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_LEASE: Final = update(outgoing).where(outgoing.c.row == bindparam("at")).values(until=bindparam("end"))
_OF_CHAT: Final = select(outgoing).where(outgoing.c.chat == bindparam("of"))
_FREE_ALL: Final = update(outgoing).values(until=0)
_EXPIRE: Final = delete(outgoing).where(outgoing.c.hour < bindparam("before"))


class Outgoing(NamedTuple):
    row: bytes
    place: int
    chat: bytes
    hour: int
    due: int
    until: int
    album: int
    sealed: bytes


def add_outgoing(connection: Connection, rows: Sequence[Outgoing]) -> None:
    """Add the rows. An album's answer takes the place of the one that still waits for the same chat."""
    albums = [{"of": one.chat} for one in rows if one.album]
    if albums:
        connection.execute(_DROP_ALBUM, albums)
    if rows:
        connection.execute(_ADD, [one._asdict() for one in rows])


def lease_outgoing(connection: Connection, *, now: int, until: int, most: int) -> list[Outgoing]:
    """Take up to `most` rows that nobody is sending, oldest first, until the Unix second `until`."""
    rows = [Outgoing(*row) for row in connection.execute(_FREE, {"now": now, "most": most})]
    extend_leases(connection, [one.row for one in rows], until=until)
    return rows


def extend_leases(connection: Connection, rows: Sequence[bytes], *, until: int) -> None:
    if rows:
        connection.execute(_LEASE, [{"at": row, "end": until} for row in rows])


def free_all_outgoing(connection: Connection) -> None:
    """For the start of the only process: whatever a killed one was sending is to be sent again."""
    connection.execute(_FREE_ALL)


def remove_outgoing(connection: Connection, rows: Sequence[bytes]) -> None:
    if rows:
        connection.execute(_DONE, [{"at": row} for row in rows])


def rows_of_chat(connection: Connection, chat: bytes) -> list[Outgoing]:
    """Whatever waits for a chat, whoever is sending it."""
    return [Outgoing(*row) for row in connection.execute(_OF_CHAT, {"of": chat})]


def drop_chat(connection: Connection, chat: bytes) -> int:
    """The chat cannot be reached any more: say nothing further to it; gives how many rows that were."""
    return connection.execute(_DROP_CHAT, {"of": chat}).rowcount


def expire_outgoing(connection: Connection, *, before: int) -> int:
    """Drop messages sealed before that Unix hour: their key is destroyed, so nobody can read or send them."""
    return connection.execute(_EXPIRE, {"before": before}).rowcount
