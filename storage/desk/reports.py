# SPDX-License-Identifier: Apache-2.0
"""Sealed reports: what the bot handed over, byte for byte, and the one wrap under which each can be opened.

A report's key is either sealed to the intake key (not opened yet) or wrapped under the team key (adopted), never both.
Deleting it shreds the report. The sealed key, ten times the wrapped one, has a table of its own: adoption then frees
whole pages for the next reports instead of holes that nothing fits.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, SmallInteger, Table, delete, select, update

from storage.desk.schema import metadata

# The small columns stand first: SQLite then keeps them in the row's own page and only the long ones spill over.
reports = Table(
    "reports",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("team", LargeBinary(16), nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("priority", SmallInteger, nullable=False),  # as signed by the bot; the case's own may rise later
    Column("schema", SmallInteger, nullable=False),
    Column("signer", LargeBinary(16), nullable=False),  # key id of the submitter's signing key
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of the submission as received: the same bytes again?
    Column("signature", LargeBinary(64), nullable=False),
    Column("generation", BigInteger),  # of the team key that wraps the report key; NULL before adoption
    Column("key_wrapped", LargeBinary),
    Column("summary", LargeBinary, nullable=False),
    Column("mailbox_public", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_reports_generation", "generation"),
)

sealed_keys = Table(
    "sealed_keys",
    metadata,
    Column("report", LargeBinary(16), primary_key=True),
    Column("record", LargeBinary, nullable=False),
)

with_keys = reports.outerjoin(sealed_keys, sealed_keys.c.report == reports.c.id)
key_sealed = sealed_keys.c.record.label("key_sealed")  # NULL once adopted


class StoredReport(NamedTuple):
    """A report as it lies in the store: sealed, and signed by the bot that sealed it."""

    id: bytes
    team: bytes
    day: int
    priority: int
    schema: int
    signer: bytes
    signature: bytes
    generation: int | None
    key_wrapped: bytes | None
    key_sealed: bytes | None
    summary: bytes
    mailbox_public: bytes
    body: bytes


class KeyRow(NamedTuple):
    """The key part of a report after another opener may have changed it."""

    generation: int | None
    key_wrapped: bytes | None
    key_sealed: bytes | None


_COLUMNS = tuple(key_sealed if name == "key_sealed" else reports.c[name] for name in StoredReport._fields)


def insert_report(connection: Connection, report: StoredReport, *, digest: bytes) -> None:
    """Write one report; a second one with its id raises SQLAlchemy's IntegrityError."""
    values = report._asdict()
    sealed = values.pop("key_sealed")
    connection.execute(reports.insert(), {**values, "digest": digest})
    if sealed is not None:
        connection.execute(sealed_keys.insert(), {"report": report.id, "record": sealed})


def digest_of(connection: Connection, report: bytes) -> bytes | None:
    """The SHA-256 of the submission that brought this report, or None when there is none."""
    return cast("bytes | None", connection.scalar(select(reports.c.digest).where(reports.c.id == report)))


def read_report(connection: Connection, report: bytes) -> StoredReport | None:
    """The whole report, or None."""
    return read_reports(connection, [report]).get(report)


def read_reports(connection: Connection, ids: Sequence[bytes]) -> dict[bytes, StoredReport]:
    """Whole reports by id: a signature is checked over every part before a report is adopted."""
    rows = connection.execute(select(*_COLUMNS).select_from(with_keys).where(reports.c.id.in_(ids)))
    return {row.id: StoredReport(*row) for row in rows}


def adopt(connection: Connection, report: bytes, *, generation: int, key_wrapped: bytes) -> KeyRow | None:
    """Swap the sealed key for the wrapped one, unless another opener was faster; the row decides.

    Returns None when this caller won, else the row as the winner left it.
    """
    if connection.execute(delete(sealed_keys).where(sealed_keys.c.report == report)).rowcount == 1:
        wrapped = {"generation": generation, "key_wrapped": key_wrapped}
        connection.execute(update(reports).where(reports.c.id == report).values(wrapped))
        return None
    columns = (reports.c.generation, reports.c.key_wrapped, key_sealed)
    found = connection.execute(select(*columns).select_from(with_keys).where(reports.c.id == report)).one_or_none()
    return KeyRow(*found) if found else KeyRow(None, None, None)


def shred(connection: Connection, report: bytes) -> bool:
    """Delete every wrap of the report's key and all that was sealed under it; False when there is none.

    Mailbox and messages go with the row. Attachments and notes have functions of their own.
    """
    connection.execute(delete(sealed_keys).where(sealed_keys.c.report == report))
    return connection.execute(delete(reports).where(reports.c.id == report)).rowcount == 1
