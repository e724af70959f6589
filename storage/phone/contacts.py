# SPDX-License-Identifier: Apache-2.0
"""Who wants to be told when a message waits: the chat's number, sealed, found by a random reference.

The desk knows the reference inside a sealed message only. `told` is 1 from a notice until the mailbox is read in that
chat. Beside them stands how far the desk's notices have been taken up.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    SmallInteger,
    Table,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from storage.phone.schema import metadata

contacts = Table(
    "contacts",
    metadata,
    Column("ref", LargeBinary(16), primary_key=True),
    Column("chat", LargeBinary(16), nullable=False, index=True),
    Column("day", BigInteger, nullable=False, index=True),
    Column("told", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

heard = Table(
    "heard",
    metadata,
    Column("bot", BigInteger, primary_key=True),
    Column("number", BigInteger, nullable=False),
)


def _upsert(make: type[sqlite.Insert] | type[postgresql.Insert]) -> Insert:
    row = make(heard)
    further = heard.c.number < row.excluded.number  # a slower replica must not set it back
    return row.on_conflict_do_update(index_elements=["bot"], set_={"number": row.excluded.number}, where=further)


_KEEP: Final[Mapping[str, Insert]] = {
    "sqlite": sqlite.insert(contacts).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(contacts).on_conflict_do_nothing(),
}
_HEARD: Final[Mapping[str, Insert]] = {"sqlite": _upsert(sqlite.Insert), "postgresql": _upsert(postgresql.Insert)}
_NUMBER: Final = select(heard.c.number).where(heard.c.bot == bindparam("of"))
_TELL: Final = (
    update(contacts)
    .where(contacts.c.ref.in_(bindparam("refs", expanding=True)), contacts.c.told == 0)
    .values(told=1)
    .returning(contacts.c.ref, contacts.c.chat, contacts.c.sealed)
)
_READ: Final = update(contacts).where(contacts.c.chat == bindparam("of")).values(told=0)
_ANY: Final = select(contacts.c.ref).limit(1)
_DROP: Final = delete(contacts).where(contacts.c.chat == bindparam("of"))
_DROP_REF: Final = delete(contacts).where(contacts.c.ref == bindparam("of"))
_EXPIRE: Final = delete(contacts).where(contacts.c.day < bindparam("before"))


class Contact(NamedTuple):
    ref: bytes
    chat: bytes
    sealed: bytes


def keep_contact(connection: Connection, contact: Contact, *, day: int) -> None:
    """Remember who wants notices under this reference; a second time is harmless."""
    connection.execute(_KEEP[connection.dialect.name], {**contact._asdict(), "day": day, "told": 0})


def tell_contacts(connection: Connection, refs: Sequence[bytes]) -> list[Contact]:
    """Those of the references whose people are to be told now: they want it, and were not told since they last read."""
    if not refs:
        return []
    return [Contact(*row) for row in connection.execute(_TELL, {"refs": list(refs)})]


def has_read(connection: Connection, chat: bytes) -> None:
    """The next message may be told of again."""
    connection.execute(_READ, {"of": chat})


def any_contacts(connection: Connection) -> bool:
    """Whether anybody wants notices at all."""
    return connection.execute(_ANY).first() is not None


def drop_contacts(connection: Connection, chat: bytes) -> int:
    """No more notices into this chat; gives how many rows that were."""
    return connection.execute(_DROP, {"of": chat}).rowcount


def drop_contact(connection: Connection, ref: bytes) -> None:
    """Forget one: it opens no more, or its mailbox is not there."""
    connection.execute(_DROP_REF, {"of": ref})


def expire_contacts(connection: Connection, *, before: int) -> int:
    """Drop those of days earlier than this one."""
    return connection.execute(_EXPIRE, {"before": before}).rowcount


def heard_up_to(connection: Connection, *, bot: int) -> int:
    """The number of the last notice that was taken up; 0 before the first."""
    return connection.execute(_NUMBER, {"of": bot}).scalar() or 0


def note_heard(connection: Connection, number: int, *, bot: int) -> None:
    connection.execute(_HEARD[connection.dialect.name], {"bot": bot, "number": number})
