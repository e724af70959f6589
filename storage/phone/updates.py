# SPDX-License-Identifier: Apache-2.0
"""Which updates were already taken, one row each.

There is no high-water mark: Telegram may restart its numbers at random after a quiet week, and a second replica sees
other numbers than the first. Rows live 48 hours; Telegram itself offers an update for 24.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Table, bindparam, delete, select
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

_SEEN: Final = select(updates.c.update_id).where(
    updates.c.bot == bindparam("of"), updates.c.update_id.in_(bindparam("numbers", expanding=True))
)
_REMEMBER: Final[Mapping[str, Insert]] = {
    "sqlite": sqlite.insert(updates).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(updates).on_conflict_do_nothing(),
}
_FORGET: Final = delete(updates).where(updates.c.hour < bindparam("before"))


def seen_updates(connection: Connection, *, bot: int, numbers: Sequence[int]) -> set[int]:
    """Those of the numbers that were taken before."""
    return set(connection.execute(_SEEN, {"of": bot, "numbers": list(numbers)}).scalars())


def remember_updates(connection: Connection, *, bot: int, numbers: Sequence[int], hour: int) -> bool:
    """Note them as taken. False: another process was faster with one of them, so the transaction must be undone."""
    rows = [{"bot": bot, "update_id": number, "hour": hour} for number in numbers]
    statement = _REMEMBER[connection.dialect.name].execution_options(preserve_rowcount=True)
    return not rows or connection.execute(statement, rows).rowcount == len(rows)


def forget_updates(connection: Connection, *, before: int) -> int:
    """Forget the updates of hours earlier than `before` (a Unix hour); gives how many."""
    return connection.execute(_FORGET, {"before": before}).rowcount
