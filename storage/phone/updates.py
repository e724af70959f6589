# SPDX-License-Identifier: Apache-2.0
"""Which updates were already taken, one row each.

There is no high-water mark: Telegram may restart its numbers at random after a quiet week, and a second replica sees
other numbers than the first. Rows live 48 hours; Telegram itself offers an update for 24.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Table, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from storage.phone.schema import metadata

updates = Table(
    "updates",
    metadata,
    Column("bot", BigInteger, primary_key=True),
    Column("update_id", BigInteger, primary_key=True),
    Column("hour", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

_REMEMBER: Final[Mapping[str, Insert]] = {
    "sqlite": sqlite.insert(updates).on_conflict_do_nothing().execution_options(preserve_rowcount=True),
    "postgresql": postgresql.insert(updates).on_conflict_do_nothing().execution_options(preserve_rowcount=True),
}
_FORGET: Final = delete(updates).where(updates.c.hour < bindparam("before"))


def remember_update(connection: Connection, *, bot: int, update_id: int, hour: int) -> bool:
    """False: it was taken before, and nothing is written."""
    row = {"bot": bot, "update_id": update_id, "hour": hour}
    return connection.execute(_REMEMBER[connection.dialect.name], row).rowcount == 1


def forget_updates(connection: Connection, *, before: int) -> int:
    """Forget the updates of hours earlier than `before` (a Unix hour); gives how many."""
    return connection.execute(_FORGET, {"before": before}).rowcount
