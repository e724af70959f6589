# SPDX-License-Identifier: Apache-2.0
"""Who wants notices: told once until they read, forgotten when they say so, and after their time."""

from storage.phone import contacts, outbox
from storage.phone.contacts import Contact
from storage.phone.tables import metadata

ANA = Contact(b"1" * 16, b"a" * 16, b"sealed")
EVA = Contact(b"2" * 16, b"e" * 16, b"sealed too")


async def filled(open_store):
    store = await open_store(metadata)

    def unit(connection):
        for one in (ANA, EVA, ANA):
            contacts.keep_contact(connection, one, day=20_000)

    await store.write(unit)
    return store


async def tell(store, *refs):
    return await store.write(lambda connection: contacts.tell_contacts(connection, refs))


async def test_each_is_told_once_until_they_have_read(open_store):
    store = await filled(open_store)
    assert await tell(store) == []
    assert await tell(store, ANA.ref, b"9" * 16) == [ANA]
    assert await tell(store, ANA.ref, EVA.ref) == [EVA]
    await store.write(lambda connection: contacts.has_read(connection, ANA.chat))
    assert await tell(store, ANA.ref, EVA.ref) == [ANA]


async def test_a_chat_that_wants_no_more_is_forgotten(open_store):
    store = await filled(open_store)
    assert await store.write(lambda connection: contacts.drop_contacts(connection, ANA.chat)) == 1
    assert await tell(store, ANA.ref, EVA.ref) == [EVA]
    await store.write(lambda connection: contacts.drop_contact(connection, EVA.ref))
    assert not await store.read(contacts.any_contacts)


async def test_old_ones_expire(open_store):
    store = await filled(open_store)
    assert await store.write(lambda connection: contacts.expire_contacts(connection, before=20_000)) == 0
    assert await store.read(contacts.any_contacts)
    assert await store.write(lambda connection: contacts.expire_contacts(connection, before=20_001)) == 2


async def test_the_place_only_goes_forward(open_store):
    store = await open_store(metadata)
    assert await store.read(lambda connection: contacts.heard_up_to(connection, bot=1)) == 0
    for number in (5, 9, 7):
        await store.write(lambda connection, number=number: contacts.note_heard(connection, number, bot=1))
    assert await store.read(lambda connection: contacts.heard_up_to(connection, bot=1)) == 9
    assert await store.read(lambda connection: contacts.heard_up_to(connection, bot=2)) == 0


async def test_a_chat_with_a_report_on_its_way_is_known(open_store):
    store = await open_store(metadata)
    report = {"report": b"r" * 16, "day": 1, "now": 1, "submission": b"s", "contact": None}
    await store.write(lambda connection: outbox.keep_submission(connection, chat=ANA.chat, **report))
    assert await store.read(lambda connection: outbox.waits_of_chat(connection, ANA.chat))
    assert not await store.read(lambda connection: outbox.waits_of_chat(connection, EVA.chat))
    await store.write(lambda connection: outbox.hold_submission(connection, b"r" * 16))
    assert not await store.read(lambda connection: outbox.waits_of_chat(connection, ANA.chat))
