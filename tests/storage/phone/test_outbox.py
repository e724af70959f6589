# SPDX-License-Identifier: Apache-2.0
"""A kept report waits until the desk says yes; nothing else makes it go."""

import pytest
from sqlalchemy.exc import IntegrityError

from storage.phone import outbox
from storage.phone.tables import metadata

CHAT = b"c" * 16


def keep(report, *, now=100):
    return lambda c: outbox.keep_submission(
        c, report=report, chat=CHAT, day=1, now=now, submission=b"sealed " + report, contact=None
    )


async def lease(store, *, now):
    return await store.write(lambda c: outbox.lease_submissions(c, now=now, until=now + 60, most=10))


async def test_one_report_is_kept_once(open_store):
    store = await open_store(metadata)
    await store.write(keep(b"r" * 16))
    with pytest.raises(IntegrityError):
        await store.write(keep(b"r" * 16))
    assert await store.read(outbox.count_submissions) == 1


async def test_the_same_bytes_come_back_after_a_failure_and_after_a_lease(open_store):
    store = await open_store(metadata)
    await store.write(keep(b"r" * 16))
    [row] = await lease(store, now=100)
    assert (row.submission, row.attempt) == (b"sealed " + b"r" * 16, 0)
    assert await lease(store, now=159) == []
    assert [again.submission for again in await lease(store, now=160)] == [row.submission]
    await store.write(lambda c: outbox.post_again(c, row.report, due=500))
    assert await lease(store, now=499) == []
    assert await store.read(outbox.next_due) == 500
    [again] = await lease(store, now=500)
    assert (again.submission, again.attempt) == (row.submission, 1)


async def test_a_delivered_row_goes_once(open_store):
    store = await open_store(metadata)
    await store.write(keep(b"r" * 16))
    assert await store.read(lambda c: outbox.is_kept(c, b"r" * 16))
    assert await store.write(lambda c: outbox.remove_submission(c, b"r" * 16))
    assert not await store.write(lambda c: outbox.remove_submission(c, b"r" * 16))
    assert not await store.read(lambda c: outbox.is_kept(c, b"r" * 16))


async def test_a_held_row_stays_and_is_posted_no_more(open_store):
    store = await open_store(metadata)
    await store.write(keep(b"r" * 16))
    await store.write(lambda c: outbox.hold_submission(c, b"r" * 16))
    await store.write(outbox.free_all_submissions)
    assert await lease(store, now=10**9) == []
    assert await store.read(outbox.next_due) is None
    assert await store.read(lambda c: outbox.count_submissions(c, state=outbox.HELD)) == 1


async def test_who_waited_longest_comes_first(open_store):
    store = await open_store(metadata)
    for word, now in ((b"b", 30), (b"a", 10), (b"c", 20)):
        await store.write(keep(word * 16, now=now))
    assert [row.report[:1] for row in await lease(store, now=100)] == [b"a", b"c", b"b"]


async def test_the_way_back_can_be_forgotten_and_the_report_stays(open_store):
    store = await open_store(metadata)
    for chat, report in ((CHAT, b"r" * 16), (b"d" * 16, b"s" * 16)):
        await store.write(
            lambda c, chat=chat, report=report: outbox.keep_submission(
                c, report=report, chat=chat, day=1, now=100, submission=b"sealed", contact=b"way"
            )
        )
    await store.write(lambda c: outbox.forget_contacts(c, CHAT))
    assert await store.read(lambda c: outbox.contact_of(c, b"r" * 16)) is None
    assert await store.read(lambda c: outbox.contact_of(c, b"s" * 16)) == b"way"
    assert await store.read(outbox.count_submissions) == 2
