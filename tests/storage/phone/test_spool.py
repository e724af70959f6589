# SPDX-License-Identifier: Apache-2.0
"""Files of a draft die with it; files of a kept report do not."""

from storage.phone import outbox, spool
from storage.phone.tables import metadata

CHAT, REPORT = b"c" * 16, b"r" * 16


def want(attachment, report=REPORT):
    return lambda c: spool.want_file(c, attachment=attachment, report=report, chat=CHAT, hour=1, sealed=b"where")


def store_it(attachment):
    return lambda c: spool.store_file(
        c, attachment, version=2, sealed=b"what", size=2**33, sha256=b"h" * 32, key=b"key record"
    )


async def test_a_wanted_file_becomes_a_stored_one_once(open_store):
    store = await open_store(metadata)
    await store.write(want(b"a" * 16))
    assert [row.attachment for row in await store.read(spool.wanted_files)] == [b"a" * 16]
    assert await store.write(store_it(b"a" * 16))
    assert not await store.write(store_it(b"a" * 16))
    assert await store.read(spool.wanted_files) == []
    [row] = await store.read(lambda c: spool.files_of_report(c, REPORT))
    assert (row.state, row.version, row.sealed, row.size) == (spool.STORED, 2, b"what", 2**33)
    assert (row.sha256, row.key_record) == (b"h" * 32, b"key record")


async def test_a_file_nobody_wants_any_more_is_not_stored(open_store):
    store = await open_store(metadata)
    await store.write(want(b"a" * 16))
    await store.write(lambda c: spool.drop_files(c, [b"a" * 16]))
    assert not await store.write(store_it(b"a" * 16))
    assert await store.read(spool.known_files) == set()


async def test_a_lost_file_is_marked(open_store):
    store = await open_store(metadata)
    await store.write(want(b"a" * 16))
    await store.write(lambda c: spool.fail_file(c, b"a" * 16))
    assert await store.read(lambda c: spool.file_state(c, b"a" * 16)) == spool.FAILED


async def test_files_of_a_kept_report_are_none_of_the_drafts(open_store):
    store = await open_store(metadata)
    await store.write(want(b"a" * 16))
    await store.write(want(b"b" * 16, report=b"k" * 16))
    await store.write(
        lambda c: outbox.keep_submission(
            c, report=b"k" * 16, chat=CHAT, day=1, now=1, submission=b"sealed", contact=None
        )
    )
    assert await store.read(lambda c: spool.files_of_drafts(c, CHAT)) == [b"a" * 16]


async def test_a_copy_is_wanted_beside_its_original_and_dies_with_it(open_store):
    store = await open_store(metadata)
    await store.write(want(b"a" * 16))
    await store.write(store_it(b"a" * 16))
    await store.write(
        lambda c: spool.want_copy(c, of=b"a" * 16, attachment=b"b" * 16, hour=7, sealed=b"where the original is")
    )
    [copy] = await store.read(spool.wanted_files)
    assert (copy.attachment, copy.report, copy.chat, copy.hour) == (b"b" * 16, REPORT, CHAT, 7)
    assert (copy.state, copy.version, copy.sealed) == (spool.WANTED, 1, b"where the original is")
    assert (copy.size, copy.sha256, copy.key_record) == (None, None, None)
    assert set(await store.read(lambda c: spool.files_of_drafts(c, CHAT))) == {b"a" * 16, b"b" * 16}


async def test_no_copy_is_wanted_of_a_file_that_is_gone(open_store):
    store = await open_store(metadata)
    await store.write(lambda c: spool.want_copy(c, of=b"a" * 16, attachment=b"b" * 16, hour=7, sealed=b"where"))
    assert await store.read(spool.known_files) == set()
