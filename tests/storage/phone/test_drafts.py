# SPDX-License-Identifier: Apache-2.0
"""Of two who open the same draft, one is told to begin again."""

import pytest

from storage.errors import ConflictError
from storage.phone import drafts
from storage.phone.tables import metadata

CHAT = b"c" * 16


async def test_what_was_written_is_read(open_store):
    store = await open_store(metadata)
    sealed = bytes(range(256)) * 20
    await store.write(lambda c: drafts.add_draft(c, CHAT, version=2**61, hour=5, sealed=sealed))
    assert await store.write(lambda c: drafts.load_draft(c, b"x" * 16)) is None
    row = await store.write(lambda c: drafts.load_draft(c, CHAT))
    assert (row.version, row.sealed) == (2**61, sealed)


async def test_a_second_beginning_is_a_conflict_and_changes_nothing(open_store):
    store = await open_store(metadata)
    await store.write(lambda c: drafts.add_draft(c, CHAT, version=1, hour=5, sealed=b"first"))
    with pytest.raises(ConflictError):
        await store.write(lambda c: drafts.add_draft(c, CHAT, version=9, hour=5, sealed=b"second"))
    assert (await store.write(lambda c: drafts.load_draft(c, CHAT))).sealed == b"first"


@pytest.mark.parametrize("act", ["replace", "remove"])
async def test_a_change_from_an_old_version_is_a_conflict(open_store, act):
    store = await open_store(metadata)
    await store.write(lambda c: drafts.add_draft(c, CHAT, version=1, hour=5, sealed=b"first"))
    await store.write(lambda c: drafts.replace_draft(c, CHAT, was=1, version=2, hour=6, sealed=b"second"))
    with pytest.raises(ConflictError):
        if act == "replace":
            await store.write(lambda c: drafts.replace_draft(c, CHAT, was=1, version=2, hour=6, sealed=b"lost"))
        else:
            await store.write(lambda c: drafts.remove_draft(c, CHAT, was=1))
    assert (await store.write(lambda c: drafts.load_draft(c, CHAT))).sealed == b"second"
    await store.write(lambda c: drafts.remove_draft(c, CHAT, was=2))
    assert await store.write(lambda c: drafts.load_draft(c, CHAT)) is None


async def test_drafts_of_dead_hours_go_and_name_their_chats(open_store):
    store = await open_store(metadata)
    for chat, hour in ((b"a" * 16, 4), (b"b" * 16, 5)):
        await store.write(
            lambda c, chat=chat, hour=hour: drafts.add_draft(c, chat, version=1, hour=hour, sealed=b"s")
        )
    assert await store.write(lambda c: drafts.expire_drafts(c, before=5)) == [b"a" * 16]
    assert await store.write(lambda c: drafts.load_draft(c, b"b" * 16)) is not None
