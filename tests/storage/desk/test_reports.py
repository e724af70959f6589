# SPDX-License-Identifier: Apache-2.0
"""Sealed reports: written once, adopted once."""

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Store
from storage.desk.reports import KeyRow, adopt, digest_of, insert_report, read_report, read_reports
from tests.storage.desk.conftest import sealed_report


async def test_a_report_comes_back_as_it_was_written(store: Store) -> None:
    report = sealed_report()
    await store.write(lambda connection: insert_report(connection, report, digest=b"d" * 32))
    assert await store.read(lambda connection: read_report(connection, report.id)) == report
    assert await store.read(lambda connection: digest_of(connection, report.id)) == b"d" * 32
    assert await store.read(lambda connection: read_reports(connection, [b"none" * 4])) == {}


async def test_an_id_is_taken_once(store: Store) -> None:
    report = sealed_report()
    await store.write(lambda connection: insert_report(connection, report, digest=b"d" * 32))
    with pytest.raises(IntegrityError):
        await store.write(lambda connection: insert_report(connection, report, digest=b"e" * 32))


async def test_the_first_adoption_wins_and_the_sealed_key_is_gone(store: Store) -> None:
    report = sealed_report()
    await store.write(lambda connection: insert_report(connection, report, digest=b"d" * 32))
    first = await store.write(lambda connection: adopt(connection, report.id, generation=1, key_wrapped=b"first"))
    second = await store.write(lambda connection: adopt(connection, report.id, generation=1, key_wrapped=b"second"))
    assert first is None
    assert second == KeyRow(1, b"first", None)


async def test_adopting_what_is_not_there_gives_no_key(store: Store) -> None:
    gone = await store.write(lambda connection: adopt(connection, b"n" * 16, generation=1, key_wrapped=b"x"))
    assert gone == KeyRow(None, None, None)
