# SPDX-License-Identifier: Apache-2.0
"""Of two who open the same draft, one is told to begin again."""

import pytest

from storage.errors import ConflictError
from storage.phone import drafts
from storage.phone.drafts import Change, SealedDraft
from storage.phone.tables import metadata

ONE, TWO, THREE = b"1" * 16, b"2" * 16, b"3" * 16


async def change(store, *changes):
    await store.write(lambda c: drafts.change_drafts(c, changes))


async def load(store, *chats):
    return await store.write(lambda c: drafts.load_drafts(c, chats))


async def test_what_was_written_is_read(open_store):
    store = await open_store(metadata)
    sealed = bytes(range(256)) * 20
    await change(store, Change(ONE, None, 2**61, 5, sealed), Change(TWO, None, 1, 5, b"two"))
    assert await load(store, ONE, TWO, THREE) == {ONE: SealedDraft(2**61, sealed), TWO: SealedDraft(1, b"two")}
    assert await load(store) == {}


async def test_all_kinds_of_change_at_once(open_store):
    store = await open_store(metadata)
    await change(store, Change(ONE, None, 1, 5, b"one"), Change(TWO, None, 1, 5, b"two"))
    await change(store, Change(ONE, 1, 2, 6, b"more"), Change(TWO, 1), Change(THREE, None, 9, 6, b"three"))
    assert await load(store, ONE, TWO, THREE) == {ONE: SealedDraft(2, b"more"), THREE: SealedDraft(9, b"three")}


async def test_a_wipe_of_nothing_is_nothing(open_store):
    store = await open_store(metadata)
    await change(store, Change(ONE, None))
    assert await load(store, ONE) == {}


@pytest.mark.parametrize(
    "late",
    [Change(ONE, None, 9, 5, b"lost"), Change(ONE, 1, 2, 5, b"lost"), Change(ONE, 1)],
    ids=["add", "replace", "wipe"],
)
async def test_a_change_from_an_old_version_is_a_conflict_and_undoes_all_of_them(open_store, late):
    store = await open_store(metadata)
    await change(store, Change(ONE, None, 1, 5, b"first"))
    await change(store, Change(ONE, 1, 2, 6, b"second"))
    with pytest.raises(ConflictError):
        await change(store, Change(TWO, None, 1, 5, b"two"), late)
    assert await load(store, ONE, TWO) == {ONE: SealedDraft(2, b"second")}


async def test_drafts_of_dead_hours_go_and_name_their_chats(open_store):
    store = await open_store(metadata)
    await change(store, Change(ONE, None, 1, 4, b"old"), Change(TWO, None, 1, 5, b"new"))
    assert await store.write(lambda c: drafts.expire_drafts(c, before=5)) == [ONE]
    assert list(await load(store, ONE, TWO)) == [TWO]
