# SPDX-License-Identifier: Apache-2.0
"""Sealed submissions that the desk has not yet confirmed.

A row holds the very bytes that will be posted, since sealing again would make another submission of the same report.
`contact` is the sealed way back to the person, for the one line "handed over"; both go when the desk says yes. A row
that the desk refuses for good is held, never dropped.
"""

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
    func,
    insert,
    select,
    update,
)

from storage.phone.schema import metadata

WAITING: Final = 0
HELD: Final = 1

outbox = Table(
    "outbox",
    metadata,
    Column("report", LargeBinary(16), primary_key=True),
    Column("chat", LargeBinary(16), nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("submission", LargeBinary, nullable=False),
    Column("contact", LargeBinary, nullable=True),
)

_KEEP: Final = insert(outbox)
_FREE: Final = (
    select(outbox)
    .where(outbox.c.state == WAITING, outbox.c.due <= bindparam("now"), outbox.c.until <= bindparam("now"))
    .order_by(outbox.c.due)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_LEASE: Final = update(outbox).where(outbox.c.report == bindparam("of")).values(until=bindparam("end"))
_AGAIN: Final = (
    update(outbox)
    .where(outbox.c.report == bindparam("of"))
    .values(due=bindparam("at"), until=0, attempt=outbox.c.attempt + 1)
)
_RENEW: Final = (
    update(outbox)
    .where(outbox.c.report == bindparam("of"))
    .values(submission=bindparam("bytes"), day=bindparam("on"), due=bindparam("at"), until=0)
)
_HOLD: Final = update(outbox).where(outbox.c.report == bindparam("of")).values(state=HELD, until=0)
_DELIVERED: Final = delete(outbox).where(outbox.c.report == bindparam("of"))
_FORGET: Final = update(outbox).where(outbox.c.chat == bindparam("of")).values(contact=None)
_CONTACT: Final = select(outbox.c.contact).where(outbox.c.report == bindparam("of"))
_FREE_ALL: Final = update(outbox).where(outbox.c.state == WAITING).values(until=0)
_NEXT: Final = select(func.min(outbox.c.due)).where(outbox.c.state == WAITING)
_IS_KEPT: Final = select(outbox.c.report).where(outbox.c.report == bindparam("of"))
_OF_CHAT: Final = select(outbox.c.report).where(outbox.c.chat == bindparam("of"), outbox.c.state == WAITING).limit(1)
_COUNT: Final = select(func.count()).select_from(outbox).where(outbox.c.state == bindparam("is"))


class Kept(NamedTuple):
    report: bytes
    chat: bytes
    attempt: int
    submission: bytes
    contact: bytes | None


def keep_submission(
    connection: Connection, *, report: bytes, chat: bytes, day: int, now: int, submission: bytes, contact: bytes | None
) -> None:
    """From this commit on the report is kept. A second row for one report is refused by its primary key."""
    row = {"report": report, "chat": chat, "day": day, "due": now, "until": 0, "attempt": 0, "state": WAITING}
    connection.execute(_KEEP, {**row, "submission": submission, "contact": contact})


def lease_submissions(connection: Connection, *, now: int, until: int, most: int) -> list[Kept]:
    """Take up to `most` due rows that nobody is posting, longest waiting first, until the Unix second `until`."""
    rows = [
        Kept(row.report, row.chat, row.attempt, row.submission, row.contact)
        for row in connection.execute(_FREE, {"now": now, "most": most})
    ]
    if rows:
        connection.execute(_LEASE, [{"of": row.report, "end": until} for row in rows])
    return rows


def post_again(connection: Connection, report: bytes, *, due: int) -> None:
    connection.execute(_AGAIN, {"of": report, "at": due})


def renew_submission(connection: Connection, report: bytes, *, submission: bytes, day: int, due: int) -> None:
    """The same records under a new day and signature: the desk takes no day that is far from its own."""
    connection.execute(_RENEW, {"of": report, "bytes": submission, "on": day, "at": due})


def hold_submission(connection: Connection, report: bytes) -> None:
    """The desk refuses these bytes: keep them for a person to look at, and stop posting."""
    connection.execute(_HOLD, {"of": report})


def remove_submission(connection: Connection, report: bytes) -> bool:
    """Delivered. False when another process has already removed it."""
    return connection.execute(_DELIVERED, {"of": report}).rowcount == 1


def forget_contacts(connection: Connection, chat: bytes) -> None:
    """Nothing is to be said to this chat any more about the reports it told; they are delivered all the same."""
    connection.execute(_FORGET, {"of": chat})


def contact_of(connection: Connection, report: bytes) -> bytes | None:
    """The sealed way back to the person, as it is now."""
    contact: bytes | None = connection.execute(_CONTACT, {"of": report}).scalar()
    return contact


def is_kept(connection: Connection, report: bytes) -> bool:
    """Whether the report still waits here, held or not."""
    return connection.execute(_IS_KEPT, {"of": report}).first() is not None


def waits_of_chat(connection: Connection, chat: bytes) -> bool:
    """Whether a report that was told in this chat is still to be handed over."""
    return connection.execute(_OF_CHAT, {"of": chat}).first() is not None


def free_all_submissions(connection: Connection) -> None:
    """For the start of the only process: whatever a killed one was posting is to be posted again."""
    connection.execute(_FREE_ALL)


def next_due(connection: Connection) -> int | None:
    """The Unix second at which the next row may be posted, or None when nothing waits."""
    due: int | None = connection.execute(_NEXT).scalar()
    return due


def count_submissions(connection: Connection, *, state: int = WAITING) -> int:
    return int(connection.execute(_COUNT, {"is": state}).scalar_one())
