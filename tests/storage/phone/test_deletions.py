# SPDX-License-Identifier: Apache-2.0
"""The ledger knows what may still be deleted, and where."""

from storage.phone import deletions
from storage.phone.tables import metadata

ONE, TWO = b"1" * 16, b"2" * 16


async def note(store, *messages, hour):
    await store.write(lambda c: deletions.note_messages(c, list(messages), hour=hour))


async def test_noting_twice_is_noting_once_and_keeps_the_first_hour(open_store):
    store = await open_store(metadata)
    await note(store, (ONE, 5), (ONE, 6), hour=10)
    await note(store, (ONE, 6), (ONE, 7), hour=20)
    assert await store.read(lambda c: deletions.young_messages(c, ONE, since=0)) == [7, 6, 5]
    assert await store.read(lambda c: deletions.young_messages(c, ONE, since=11)) == [7]
    assert await store.read(lambda c: deletions.young_messages(c, TWO, since=0)) == []


async def test_ripe_chats_come_with_their_newest_address(open_store):
    store = await open_store(metadata)
    await note(store, (ONE, 1), (ONE, 2), hour=10)
    await note(store, (TWO, 1), hour=30)
    for hour, sealed in ((10, b"old"), (12, b"new"), (11, b"late")):
        address = deletions.Address(ONE, hour, sealed)
        await store.write(lambda c, address=address: deletions.note_addresses(c, [address]))
    ripe = await store.read(lambda c: deletions.ripe_chats(c, since=0, before=20, most=10))
    assert ripe == [deletions.Address(ONE, 12, b"new")]
    assert await store.read(lambda c: deletions.ripe_messages(c, ONE, since=0, before=20)) == [1, 2]
    assert await store.read(lambda c: deletions.ripe_chats(c, since=11, before=20, most=10)) == []


async def test_struck_messages_are_forgotten_and_so_is_an_address_without_any(open_store):
    store = await open_store(metadata)
    await note(store, (ONE, 1), (ONE, 2), hour=10)
    await store.write(lambda c: deletions.note_addresses(c, [deletions.Address(ONE, 10, b"there")]))
    await store.write(lambda c: deletions.strike_messages(c, ONE, [1]))
    assert await store.read(lambda c: deletions.young_messages(c, ONE, since=0)) == [2]
    assert await store.write(lambda c: deletions.expire_ledger(c, before=11, hour=11)) == 1
    assert await store.read(lambda c: c.execute(deletions.addresses.select()).all()) == []
