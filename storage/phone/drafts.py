# SPDX-License-Identifier: Apache-2.0
"""Unfinished tellings: one sealed row a chat, found by the chat's tag.

The version is bound into the seal and starts at random, so that an old copy of a row does not pass for the present
one, not even after a draft was wiped and begun again. A change names the version it was made from: of two replicas
that open the same draft, one is told to start again.
"""

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
_LOAD: Final = select(drafts.c.version, drafts.c.sealed).where(drafts.c.chat == bindparam("chat")).with_for_update()
_INSERT: Final = insert(drafts)
_REPLACE: Final = (
    update(drafts)
    .where(drafts.c.chat == bindparam("of"), drafts.c.version == bindparam("was"))
    .values(version=bindparam("now"), hour=bindparam("at"), sealed=bindparam("record"))
)
_REMOVE: Final = delete(drafts).where(drafts.c.chat == bindparam("of"), drafts.c.version == bindparam("was"))
_EXPIRED: Final = select(drafts.c.chat).where(drafts.c.hour < bindparam("before"))
_EXPIRE: Final = delete(drafts).where(drafts.c.hour < bindparam("before"))


class SealedDraft(NamedTuple):
    version: int
    sealed: bytes


def load_draft(connection: Connection, chat: bytes) -> SealedDraft | None:
    """The chat's row, locked until the transaction ends where the engine locks rows."""
    row = connection.execute(_LOAD, {"chat": chat}).one_or_none()
    return None if row is None else SealedDraft(row.version, row.sealed)


def add_draft(connection: Connection, chat: bytes, *, version: int, hour: int, sealed: bytes) -> None:
    """ConflictError when another process began one at the same instant."""
    row = {"chat": chat, "version": version, "hour": hour, "sealed": sealed}
    try:
        connection.execute(_INSERT, row)
    except IntegrityError:
        raise ConflictError(_CONFLICT) from None


def replace_draft(connection: Connection, chat: bytes, *, was: int, version: int, hour: int, sealed: bytes) -> None:
    """ConflictError when the row is no longer at version `was`."""
    row = {"of": chat, "was": was, "now": version, "at": hour, "record": sealed}
    if connection.execute(_REPLACE, row).rowcount != 1:
        raise ConflictError(_CONFLICT)


def remove_draft(connection: Connection, chat: bytes, *, was: int) -> None:
    """ConflictError when the row is no longer at version `was`."""
    if connection.execute(_REMOVE, {"of": chat, "was": was}).rowcount != 1:
        raise ConflictError(_CONFLICT)


def expire_drafts(connection: Connection, *, before: int) -> list[bytes]:
    """Drop drafts last changed before that Unix hour (their key is destroyed); gives the tags of their chats."""
    chats = list(connection.execute(_EXPIRED, {"before": before}).scalars())
    if chats:
        connection.execute(_EXPIRE, {"before": before})
    return chats
