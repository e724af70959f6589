# SPDX-License-Identifier: Apache-2.0
"""The ledger: every message of either side that may still have to be taken out of a chat.

A row is the chat's tag, the message's number and the Unix hour; Telegram refuses to delete what is older than 48
hours, so rows die then. Its role matters where nothing may stand in a chat: a wipe and the sweep take all roles.
`addresses` holds the sealed chat number, once a chat, so that the sweep can reach a chat that does not write; it
lives as long as the chat has ledger rows.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
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
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from storage.phone.schema import metadata


class Role(IntEnum):
    """What a message is in its chat."""

    PLAIN = 0
    QUESTION = 1  # ours, changed in place as the telling goes on
    RECEIPT = 2
    FILE = 3  # a person's, whose file is still being fetched


ledger = Table(
    "ledger",
    metadata,
    Column("chat", LargeBinary(16), primary_key=True),
    Column("message", BigInteger, primary_key=True),
    Column("hour", BigInteger, nullable=False, index=True),
    Column("role", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

addresses = Table(
    "addresses",
    metadata,
    Column("chat", LargeBinary(16), primary_key=True),
    Column("hour", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

_NOTE: Final[Mapping[str, Insert]] = {
    "sqlite": sqlite.insert(ledger).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(ledger).on_conflict_do_nothing(),
}


def _address(make: type[sqlite.Insert] | type[postgresql.Insert]) -> Insert:
    row = make(addresses)
    new = {"hour": row.excluded.hour, "sealed": row.excluded.sealed}
    return row.on_conflict_do_update(index_elements=["chat"], set_=new, where=addresses.c.hour < row.excluded.hour)


_ADDRESS: Final[Mapping[str, Insert]] = {
    "sqlite": _address(sqlite.Insert),
    "postgresql": _address(postgresql.Insert),
}
_YOUNG: Final = (
    select(ledger.c.message)
    .where(ledger.c.chat == bindparam("of"), ledger.c.hour >= bindparam("since"))
    .order_by(ledger.c.message.desc())
)
_STANDING: Final = (
    select(ledger.c.message, ledger.c.role)
    .where(ledger.c.chat == bindparam("of"), ledger.c.hour >= bindparam("since"))
    .order_by(ledger.c.message.desc())
)
_LAST: Final = select(func.max(ledger.c.message)).where(
    ledger.c.chat == bindparam("of"), ledger.c.message < bindparam("below")
)
_RELEASE: Final = (
    update(ledger).where(ledger.c.chat == bindparam("of"), ledger.c.role == Role.FILE).values(role=Role.PLAIN)
)
_RIPE: Final = (
    select(ledger.c.chat, func.min(addresses.c.hour).label("hour"), func.min(addresses.c.sealed).label("sealed"))
    .join(addresses, addresses.c.chat == ledger.c.chat)
    .where(ledger.c.hour < bindparam("before"), ledger.c.hour >= bindparam("since"))
    .group_by(ledger.c.chat)
    .limit(bindparam("most", type_=Integer))
)
_RIPE_MESSAGES: Final = (
    select(ledger.c.message)
    .where(ledger.c.chat == bindparam("of"), ledger.c.hour < bindparam("before"), ledger.c.hour >= bindparam("since"))
    .order_by(ledger.c.message)
)
_STRIKE: Final = delete(ledger).where(ledger.c.chat == bindparam("of"), ledger.c.message == bindparam("at"))
_EXPIRE: Final = delete(ledger).where(ledger.c.hour < bindparam("before"))
_ORPHANS: Final = delete(addresses).where(
    addresses.c.hour < bindparam("hour"), ~exists().where(ledger.c.chat == addresses.c.chat)
)


class Address(NamedTuple):
    chat: bytes
    hour: int
    sealed: bytes


def note_messages(
    connection: Connection, messages: Sequence[tuple[bytes, int]], *, hour: int, role: Role = Role.PLAIN
) -> None:
    """Note (chat tag, message number) pairs; noting one twice is harmless, and the first word stands."""
    if messages:
        rows = [{"chat": chat, "message": message, "hour": hour, "role": role} for chat, message in messages]
        connection.execute(_NOTE[connection.dialect.name], rows)


def note_addresses(connection: Connection, found: Sequence[Address]) -> None:
    """Keep the newest sealed address of each chat; `hour` is the seal's version."""
    if found:
        connection.execute(_ADDRESS[connection.dialect.name], [one._asdict() for one in found])


def young_messages(connection: Connection, chat: bytes, *, since: int) -> list[int]:
    """The chat's messages of that Unix hour and later, newest first."""
    return list(connection.execute(_YOUNG, {"of": chat, "since": since}).scalars())


def standing_messages(connection: Connection, chat: bytes, *, since: int) -> list[tuple[int, Role]]:
    """The same with what each of them is."""
    return [(message, Role(role)) for message, role in connection.execute(_STANDING, {"of": chat, "since": since})]


def message_before(connection: Connection, chat: bytes, message: int) -> int | None:
    """The number of the chat's last known message before that one."""
    found: int | None = connection.execute(_LAST, {"of": chat, "below": message}).scalar()
    return found


def release_files(connection: Connection, chat: bytes) -> None:
    """Nobody waits for the chat's files any more: the messages that brought them may go."""
    connection.execute(_RELEASE, {"of": chat})


def ripe_chats(connection: Connection, *, since: int, before: int, most: int) -> list[Address]:
    """Chats with messages of the hours from `since` to before `before`, at most `most`, with their addresses."""
    rows = connection.execute(_RIPE, {"since": since, "before": before, "most": most})
    return [Address(row.chat, row.hour, row.sealed) for row in rows]


def ripe_messages(connection: Connection, chat: bytes, *, since: int, before: int) -> list[int]:
    """The chat's messages of those hours, oldest first."""
    return list(connection.execute(_RIPE_MESSAGES, {"of": chat, "since": since, "before": before}).scalars())


def strike_messages(connection: Connection, chat: bytes, messages: Sequence[int]) -> None:
    """They are gone from the chat, or never will be: stop remembering them."""
    if messages:
        connection.execute(_STRIKE, [{"of": chat, "at": message} for message in messages])


def expire_ledger(connection: Connection, *, before: int, hour: int) -> int:
    """Drop what Telegram no longer lets us delete, and addresses of chats that have nothing left.

    An address noted in this `hour` stays: a message that it is for may be on its way into the ledger.
    """
    gone = connection.execute(_EXPIRE, {"before": before}).rowcount
    connection.execute(_ORPHANS, {"hour": hour})
    return gone
