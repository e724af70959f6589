# SPDX-License-Identifier: Apache-2.0
"""An open desk store on each engine, and rows to put into it."""

import secrets
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Connection, MetaData

from storage.database import Store
from storage.desk.cases import CaseRow, insert_case
from storage.desk.reports import StoredReport, insert_report
from storage.desk.tables import metadata

TEAM = b"T" * 16


@pytest.fixture
async def store(open_store: Callable[[MetaData], Awaitable[Store]]) -> Store:
    return await open_store(metadata)


def sealed_report(report: bytes | None = None, *, priority: int = 3) -> StoredReport:
    return StoredReport(
        id=report or secrets.token_bytes(16),
        team=TEAM,
        day=20_000,
        priority=priority,
        schema=1,
        signer=b"S" * 16,
        signature=b"s" * 64,
        generation=None,
        key_wrapped=None,
        key_sealed=b"sealed key",
        summary=b"\x00summary",
        mailbox_public=b"p" * 1216,
        body=secrets.token_bytes(2144),
    )


def put_case(connection: Connection, *, priority: int = 3, due: int = 480_100, status: str = "new") -> bytes:
    report = sealed_report(priority=priority)
    insert_report(connection, report, digest=b"d" * 32)
    insert_case(connection, CaseRow(report.id, TEAM, 20_000, priority, due, status, None, unread=0, notes=0, version=1))
    return report.id
