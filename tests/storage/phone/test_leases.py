# SPDX-License-Identifier: Apache-2.0
"""One process at a time polls for a bot."""

from storage.phone import leases
from storage.phone.tables import metadata

ME, YOU = b"m" * 16, b"y" * 16


def take(owner, *, now, bot=7):
    return lambda c: leases.take_lease(c, bot=bot, owner=owner, now=now, until=now + 30)


async def test_the_first_has_it_until_it_lets_go_or_dies(open_store):
    store = await open_store(metadata)
    assert await store.write(take(ME, now=100))
    assert not await store.write(take(YOU, now=129))
    assert await store.write(take(YOU, now=129, bot=8))
    assert await store.write(take(ME, now=129))
    assert not await store.write(take(YOU, now=158))
    assert await store.write(take(YOU, now=159))
    assert not await store.write(take(ME, now=160))
    await store.write(lambda c: leases.release_lease(c, bot=7, owner=ME))
    assert not await store.write(take(ME, now=160))
    await store.write(lambda c: leases.release_lease(c, bot=7, owner=YOU))
    assert await store.write(take(ME, now=161))
