# SPDX-License-Identifier: Apache-2.0
"""Mailboxes, attachments, sessions, accounts and keys: what the desk relies on in each table."""

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Store
from storage.desk import attachments, caseworkers, keyring, mailboxes, sessions
from tests.storage.desk.conftest import put_case

ID = bytes(range(16))


async def test_a_mailbox_gives_its_messages_one_way_and_in_order(store: Store) -> None:
    case = await store.write(put_case)
    box = mailboxes.Mailbox(b"t" * 32, case, b"s" * 16, 20_000)
    sent = [mailboxes.Message(bytes([n]) * 16, 20_000, b"sealed %d" % n) for n in (7, 3)]

    def unit(connection):
        mailboxes.insert_mailbox(connection, box)
        for message in sent:
            mailboxes.insert_message(connection, case, message, direction=mailboxes.OUT)
        incoming = mailboxes.Message(b"i" * 16, 20_000, b"in")
        mailboxes.insert_message(connection, case, incoming, direction=mailboxes.IN)

    await store.write(unit)
    assert await store.read(lambda connection: mailboxes.find_mailbox(connection, b"t" * 32)) == box
    out = await store.read(lambda connection: mailboxes.read_messages(connection, case, direction=mailboxes.OUT))
    assert out == sent
    assert await store.write(lambda connection: mailboxes.remove_message(connection, b"i" * 16))
    assert not await store.write(lambda connection: mailboxes.remove_message(connection, b"i" * 16))


async def test_a_report_has_one_mailbox(store: Store) -> None:
    case = await store.write(put_case)
    box = mailboxes.Mailbox(b"t" * 32, case, b"s" * 16, 20_000)
    await store.write(lambda connection: mailboxes.insert_mailbox(connection, box))
    with pytest.raises(IntegrityError):
        await store.write(lambda connection: mailboxes.insert_mailbox(connection, box._replace(tag=b"u" * 32)))


async def test_an_object_waits_for_its_submission_and_is_forgotten_without_one(store: Store) -> None:
    claimed = attachments.StoredAttachment(b"c" * 16, ID, 100, b"h" * 32, None)
    orphan = claimed._replace(id=b"o" * 16)

    def unit(connection):
        for file in (claimed, orphan):
            attachments.insert_attachment(connection, file, day=20_000)
        assert set(attachments.waiting(connection, ID)) == {claimed.id, orphan.id}
        attachments.claim(connection, claimed.id, number=0, key=b"wrapped")

    await store.write(unit)
    kept = await store.read(lambda connection: attachments.of_report(connection, ID))
    assert kept == [claimed._replace(key=b"wrapped")]
    assert await store.write(lambda connection: attachments.forget_waiting(connection, before=20_000)) == []
    assert await store.write(lambda connection: attachments.forget_waiting(connection, before=20_001)) == [orphan.id]


async def test_sessions_end_by_life_by_idleness_and_by_user(store: Store) -> None:
    rows = [sessions.SessionRow(bytes([n]) * 16, b"u" * 16, 20_000, 5_000 + n, 80 + n, b"sealed") for n in range(4)]

    def unit(connection):
        for row in rows:
            sessions.insert_session(connection, row)

    await store.write(unit)
    await store.write(lambda connection: sessions.touch_session(connection, rows[1].id, minute=99))
    swept = await store.write(lambda connection: sessions.sweep_sessions(connection, now=5_000, idle_since=83))
    assert swept == 2  # the first is past its life, the third idle
    assert await store.write(lambda connection: sessions.end_sessions_of(connection, b"u" * 16)) == 2
    assert await store.read(lambda connection: sessions.read_session(connection, rows[3].id)) is None


async def test_attempts_are_counted_by_slot_and_then_forgotten(store: Store) -> None:
    keys = [b"a" * 16, b"b" * 16]

    async def attempt(which: list[bytes], slot: int) -> list[int]:
        return await store.write(lambda connection: sessions.count_attempt(connection, which, slot=slot))

    assert await attempt(keys, 1) == [1, 1]
    assert await attempt(keys[:1], 1) == [2]
    assert await attempt(keys, 2) == [1, 1]


async def test_names_are_taken_once_and_revoking_keeps_the_account(store: Store) -> None:
    row = caseworkers.Caseworker(
        ID, "maría", "caseworker", None, b"s" * 16, b"p" * 16, b"v" * 32, b"P" * 1216, b"record"
    )
    await store.write(lambda connection: caseworkers.insert_caseworker(connection, row))
    with pytest.raises(IntegrityError):
        await store.write(lambda connection: caseworkers.insert_caseworker(connection, row._replace(id=b"2" * 16)))
    await store.write(lambda connection: caseworkers.revoke_caseworker(connection, ID, day=20_001))
    found = await store.read(lambda connection: caseworkers.find_caseworker(connection, "maría"))
    assert found == row._replace(revoked=20_001)


async def test_the_newest_manifest_is_the_one_with_the_highest_serial(store: Store) -> None:
    assert await store.read(keyring.newest_manifest) is None
    for serial, note in ((2, "two"), (10, "ten"), (9, "nine")):
        await store.write(
            lambda connection, serial=serial, note=note: keyring.insert_manifest(connection, serial, note)
        )
    assert await store.read(keyring.newest_manifest) == "ten"
