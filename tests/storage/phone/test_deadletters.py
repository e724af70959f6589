# SPDX-License-Identifier: Apache-2.0
"""Updates that could not be used are counted, and kept sealed where the person agreed to that."""

from sqlalchemy import select

from storage.phone import deadletters
from storage.phone.tables import metadata


async def test_letters_with_and_without_content_count_and_expire(open_store):
    store = await open_store(metadata)
    for number, sealed in ((1, b"sealed"), (2, None)):
        await store.write(
            lambda c, number=number, sealed=sealed: deadletters.bury(
                c, letter=bytes([number]) * 16, day=number, kind="update", error="KeyError", sealed=sealed
            )
        )
    assert await store.read(deadletters.count_dead_letters) == 2
    rows = await store.read(
        lambda c: c.execute(select(deadletters.dead_letters).order_by(deadletters.dead_letters.c.day)).all()
    )
    assert [row.sealed for row in rows] == [b"sealed", None]
    assert await store.write(lambda c: deadletters.expire_dead_letters(c, before=2)) == 1
    assert await store.read(deadletters.count_dead_letters) == 1
