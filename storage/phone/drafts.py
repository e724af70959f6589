# SPDX-License-Identifier: Apache-2.0
"""Unfinished tellings: one sealed row a chat, found by the chat's tag.

The version is bound into the seal and starts at random, so that an old copy of a row does not pass for the present
one, not even after a draft was wiped and begun again. A change names the version it was made from: of two replicas
that open the same draft, one is told to start again.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.errors import ConflictError
from storage.phone.schema import metadata

drafts = Table(
    "drafts",
    metadata,
    Column("chat", LargeBinary(16), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("hour", BigInteger, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

_CONFLICT: Final = "another process changed this draft first: open it again and repeat the step"
_LOAD: Final = (
    select(drafts.c.chat, drafts.c.version, drafts.c.sealed)
    .where(drafts.c.chat.in_(bindparam("of", expanding=True)))
    .order_by(drafts.c.chat)  # two processes that lock several rows lock them in one order
    .with_for_update()
)
_ADD: Final = insert(drafts)
_REPLACE: Final = (
    update(drafts)
    .where(drafts.c.chat == bindparam("of"), drafts.c.version == bindparam("was"))
    .values(version=bindparam("now"), hour=bindparam("at"), sealed=bindparam("record"))
    .execution_options(preserve_rowcount=True)
)
_REMOVE: Final = (
    delete(drafts)
    .where(drafts.c.chat == bindparam("of"), drafts.c.version == bindparam("was"))
    .execution_options(preserve_rowcount=True)
)
_EXPIRED: Final = select(drafts.c.chat).where(drafts.c.hour < bindparam("before"))
_EXPIRE: Final = delete(drafts).where(drafts.c.hour < bindparam("before"))


class SealedDraft(NamedTuple):
    version: int
    sealed: bytes


class Change(NamedTuple):
    """What becomes of one chat's draft. `was` None: there is no row yet; `sealed` None: the row goes."""

    chat: bytes
    was: int | None
    version: int = 0
    hour: int = 0
    sealed: bytes | None = None


def load_drafts(connection: Connection, chats: Sequence[bytes]) -> Mapping[bytes, SealedDraft]:
    """The rows of these chats, locked until the transaction ends where the engine locks rows."""
    if not chats:
        return {}
    rows = connection.execute(_LOAD, {"of": list(chats)})
    return {row.chat: SealedDraft(row.version, row.sealed) for row in rows}


def change_drafts(connection: Connection, changes: Sequence[Change]) -> None:
    """Write all changes. ConflictError: another process changed one of the rows first, so all must be undone."""
    fresh = [
        {"chat": one.chat, "version": one.version, "hour": one.hour, "sealed": one.sealed}
        for one in changes
        if one.was is None and one.sealed is not None
    ]
    kept = [
        {"of": one.chat, "was": one.was, "now": one.version, "at": one.hour, "record": one.sealed}
        for one in changes
        if one.was is not None and one.sealed is not None
    ]
    gone = [{"of": one.chat, "was": one.was} for one in changes if one.was is not None and one.sealed is None]
    try:
        if fresh:
            connection.execute(_ADD, fresh)
    except IntegrityError:
        raise ConflictError(_CONFLICT) from None
    for statement, rows in ((_REPLACE, kept), (_REMOVE, gone)):
        if rows and connection.execute(statement, rows).rowcount != len(rows):
            raise ConflictError(_CONFLICT)


def expire_drafts(connection: Connection, *, before: int) -> list[bytes]:
    """Drop drafts last changed before that Unix hour (their key is destroyed); gives the tags of their chats."""
    chats = list(connection.execute(_EXPIRED, {"before": before}).scalars())
    if chats:
        connection.execute(_EXPIRE, {"before": before})
    return chats
