# SPDX-License-Identifier: Apache-2.0
"""Files on their way: from Telegram to the spool folder, and from there to the desk.

`sealed` first says where the file is (its number at Telegram), and once it is stored says what it was (its hash,
length and type); `version` is bound into each. `size`, `sha256` and `key_record` describe the sealed stream.
"""

from collections.abc import Sequence
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
    insert,
    literal,
    select,
    update,
)

from storage.phone.outbox import outbox
from storage.phone.schema import metadata

WANTED: Final = 0
STORED: Final = 1
FAILED: Final = 2

spool = Table(
    "spool",
    metadata,
    Column("attachment", LargeBinary(16), primary_key=True),
    Column("report", LargeBinary(16), nullable=False, index=True),
    Column("chat", LargeBinary(16), nullable=False, index=True),
    Column("hour", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False, index=True),
    Column("version", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=True),
    Column("sha256", LargeBinary(32), nullable=True),
    Column("key_record", LargeBinary, nullable=True),
)

_WANT: Final = insert(spool)
_WANT_COPY: Final = insert(spool).from_select(
    ["attachment", "report", "chat", "hour", "state", "version", "sealed"],
    select(
        bindparam("copy", type_=LargeBinary),
        spool.c.report,
        spool.c.chat,
        bindparam("now", type_=BigInteger),
        literal(WANTED, SmallInteger),
        literal(1, SmallInteger),
        bindparam("record", type_=LargeBinary),
    ).where(spool.c.attachment == bindparam("of")),
)
_STORE: Final = (
    update(spool)
    .where(spool.c.attachment == bindparam("of"), spool.c.state == WANTED)
    .values(
        state=STORED,
        version=bindparam("v"),
        sealed=bindparam("record"),
        size=bindparam("length"),
        sha256=bindparam("hash"),
        key_record=bindparam("key"),
    )
)
_FAIL: Final = update(spool).where(spool.c.attachment == bindparam("of"), spool.c.state == WANTED).values(state=FAILED)
_OF_REPORT: Final = select(spool).where(spool.c.report == bindparam("of")).order_by(spool.c.attachment)
_WANTED: Final = select(spool).where(spool.c.state == WANTED)
_STATE: Final = select(spool.c.state).where(spool.c.attachment == bindparam("of"))
_DROP: Final = delete(spool).where(spool.c.attachment == bindparam("of"))
_OF_DRAFTS: Final = select(spool.c.attachment).where(
    spool.c.chat == bindparam("of"), spool.c.report.not_in(select(outbox.c.report))
)
_ALL: Final = select(spool.c.attachment)


class Spooled(NamedTuple):
    attachment: bytes
    report: bytes
    chat: bytes
    hour: int
    state: int
    version: int
    sealed: bytes
    size: int | None
    sha256: bytes | None
    key_record: bytes | None


def want_file(
    connection: Connection, *, attachment: bytes, report: bytes, chat: bytes, hour: int, sealed: bytes
) -> None:
    """A file that is to be taken from Telegram; its `sealed` has version 1."""
    row = {"attachment": attachment, "report": report, "chat": chat, "hour": hour, "sealed": sealed}
    connection.execute(_WANT, {**row, "state": WANTED, "version": 1})


def want_copy(connection: Connection, *, of: bytes, attachment: bytes, hour: int, sealed: bytes) -> None:
    """A scrubbed copy that is to be made of a stored file of the same report; its `sealed` has version 1."""
    connection.execute(_WANT_COPY, {"of": of, "copy": attachment, "now": hour, "record": sealed})


def store_file(
    connection: Connection, attachment: bytes, *, version: int, sealed: bytes, size: int, sha256: bytes, key: bytes
) -> bool:
    """The sealed stream lies in the spool folder. False when nobody wants it any more (wiped meanwhile)."""
    row = {"of": attachment, "v": version, "record": sealed, "length": size, "hash": sha256, "key": key}
    return connection.execute(_STORE, row).rowcount == 1


def fail_file(connection: Connection, attachment: bytes) -> None:
    """It cannot be had; the receipt will not count it."""
    connection.execute(_FAIL, {"of": attachment})


def files_of_report(connection: Connection, report: bytes) -> list[Spooled]:
    return [Spooled(*row) for row in connection.execute(_OF_REPORT, {"of": report})]


def wanted_files(connection: Connection) -> list[Spooled]:
    """What an earlier process did not finish."""
    return [Spooled(*row) for row in connection.execute(_WANTED)]


def file_state(connection: Connection, attachment: bytes) -> int | None:
    state: int | None = connection.execute(_STATE, {"of": attachment}).scalar()
    return state


def files_of_drafts(connection: Connection, chat: bytes) -> list[bytes]:
    """The chat's files that belong to no kept report: they die with its draft."""
    return list(connection.execute(_OF_DRAFTS, {"of": chat}).scalars())


def drop_files(connection: Connection, attachments: Sequence[bytes]) -> None:
    if attachments:
        connection.execute(_DROP, [{"of": attachment} for attachment in attachments])


def known_files(connection: Connection) -> set[bytes]:
    """Every attachment with a row; what lies in the folder without one may be swept."""
    return set(connection.execute(_ALL).scalars())
