# SPDX-License-Identifier: Apache-2.0
"""The queue by keyset, changes by version, and the plan each engine makes of a page."""

import itertools

import pytest
from sqlalchemy import Connection, text

from storage.database import Store
from storage.desk.cases import (
    OPEN,
    CaseRow,
    Filter,
    Position,
    change_case,
    count_open,
    insert_note,
    queue_query,
    read_case,
    read_notes,
    read_queue,
)
from storage.errors import ConflictError
from tests.storage.desk.conftest import TEAM, put_case

ALL = Filter(TEAM)


def place(case: CaseRow) -> Position:
    return Position(case.priority, case.due_hour, case.id)


async def test_pages_cover_the_queue_once_in_order(store: Store) -> None:
    def fill(connection: Connection) -> None:
        for number in range(60):
            put_case(connection, priority=1 + number % 4, due=480_000 + number // 7)

    await store.write(fill)
    seen: list[CaseRow] = []
    after = None
    while page := await store.read(lambda connection, after=after: read_queue(connection, ALL, after=after, limit=7)):
        seen += [row.case for row in page]
        after = place(seen[-1])
    assert len({case.id for case in seen}) == len(seen) == 60
    assert [place(case) for case in seen] == sorted(place(case) for case in seen)


async def test_filters_narrow_the_queue_and_closed_cases_are_out_unless_asked_for(store: Store) -> None:
    await store.write(lambda connection: [put_case(connection, status=status) for status in ("new", "closed", "open")])

    async def statuses(wanted: Filter) -> list[str]:
        rows = await store.read(lambda connection: read_queue(connection, wanted))
        return sorted(row.case.status for row in rows)

    assert await statuses(ALL) == ["new", "open"]
    assert await statuses(Filter(TEAM, status="closed")) == ["closed"]
    assert await statuses(Filter(TEAM, unassigned=True)) == ["new", "open"]
    assert await statuses(Filter(TEAM, assignee=b"u" * 16)) == []
    assert await statuses(Filter(TEAM, priority=1)) == []
    assert await statuses(Filter(b"other team......")) == []


async def test_of_two_changes_to_one_version_the_second_is_refused(store: Store) -> None:
    case = await store.write(put_case)
    assert await store.write(lambda connection: change_case(connection, case, version=1, status="open")) == 2
    with pytest.raises(ConflictError):
        await store.write(lambda connection: change_case(connection, case, version=1, status="closed"))
    row = await store.read(lambda connection: read_case(connection, case, teams=[TEAM]))
    assert row is not None
    assert (row.status, row.version) == ("open", 2)


async def test_another_teams_case_is_not_there(store: Store) -> None:
    case = await store.write(put_case)
    assert await store.read(lambda connection: read_case(connection, case, teams=[b"x" * 16])) is None


async def test_notes_keep_the_order_in_which_they_were_written(store: Store) -> None:
    case = await store.write(put_case)
    ids = [bytes([n]) * 16 for n in (9, 1, 5)]
    for note in ids:
        await store.write(
            lambda connection, note=note: insert_note(
                connection, case, note=note, author=b"a" * 16, kind=1, record=b"sealed"
            )
        )
    notes = await store.read(lambda connection: read_notes(connection, case))
    assert [(note.id, note.number) for note in notes] == list(zip(ids, itertools.count(1), strict=False))


async def test_open_cases_are_counted_up_to_a_bound(store: Store) -> None:
    await store.write(lambda connection: [put_case(connection, priority=1) for _ in range(5)])
    await store.write(lambda connection: put_case(connection, priority=1, status="closed"))
    assert (await store.read(lambda connection: count_open(connection, TEAM)))[1] == 5
    assert (await store.read(lambda connection: count_open(connection, TEAM, most=3)))[1] == 3


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (ALL, "ix_cases_open"),
        (Filter(TEAM, status="referred"), "ix_cases_status"),
        (Filter(TEAM, assignee=b"u" * 16), "ix_cases_assignee"),
    ],
)
async def test_each_kind_of_page_is_read_from_its_index(store: Store, wanted: Filter, index: str) -> None:
    """Whatever the number of cases, a page costs a page: no scan and no sort."""

    def fill(connection: Connection) -> None:
        for number in range(300):
            status = "referred" if number % 30 == 0 else "closed" if number % 3 else "new"
            put_case(connection, priority=1 + number % 4, due=480_000 + number, status=status)
        connection.execute(text("ANALYZE"))

    await store.write(fill)
    query = queue_query(wanted, after=Position(2, 480_000, bytes(16)), limit=51)

    def plan(connection: Connection) -> str:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        verb = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
        values = compiled.params
        bound = tuple(values[name] for name in compiled.positiontup) if compiled.positiontup else values
        return "\n".join(str(row) for row in connection.exec_driver_sql(verb + compiled.string, bound))

    found = await store.read(plan)
    assert index in found
    assert "TEMP B-TREE" not in found
    assert "Sort" not in found


def test_the_index_of_open_cases_and_the_lifecycle_agree() -> None:
    from intake.lifecycle import LIVE, Status

    closed = {status.value for status in Status if status not in LIVE and status is not Status.DRAFT}
    assert {word.strip("' ()") for word in OPEN.partition("IN")[2].split(",")} == closed
