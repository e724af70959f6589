# SPDX-License-Identifier: Apache-2.0
"""Which process polls Telegram for a bot. Two at once would steal each other's updates for a moment and get 409.

Needed where several machines share one PostgreSQL; an SQLite file has one process by its lock.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Table, bindparam, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from storage.phone.schema import metadata

leases = Table(
    "leases",
    metadata,
    Column("bot", BigInteger, primary_key=True),
    Column("owner", LargeBinary(16), nullable=False),
    Column("until", BigInteger, nullable=False),
)

_FIRST: Final[Mapping[str, Insert]] = {
    "sqlite": sqlite.insert(leases).on_conflict_do_nothing().execution_options(preserve_rowcount=True),
    "postgresql": postgresql.insert(leases).on_conflict_do_nothing().execution_options(preserve_rowcount=True),
}
_TAKE: Final = (
    update(leases)
    .where(
        leases.c.bot == bindparam("of"),
        or_(leases.c.owner == bindparam("me"), leases.c.until <= bindparam("now")),
    )
    .values(owner=bindparam("me"), until=bindparam("end"))
)
_RELEASE: Final = (
    update(leases).where(leases.c.bot == bindparam("of"), leases.c.owner == bindparam("me")).values(until=0)
)


def take_lease(connection: Connection, *, bot: int, owner: bytes, now: int, until: int) -> bool:
    """Take or renew the right to poll until the Unix second `until`; False while another process has it."""
    row = {"bot": bot, "owner": owner, "until": until}
    if connection.execute(_FIRST[connection.dialect.name], row).rowcount == 1:
        return True
    return connection.execute(_TAKE, {"of": bot, "me": owner, "now": now, "end": until}).rowcount == 1


def release_lease(connection: Connection, *, bot: int, owner: bytes) -> None:
    """Let the next process begin at once."""
    connection.execute(_RELEASE, {"of": bot, "me": owner})
