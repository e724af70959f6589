# SPDX-License-Identifier: Apache-2.0
"""What leaves the chat, and when: at a word, and by itself before it is too late."""

import pytest

from bot.sweep import expire

HOUR = 3600


async def visible(phone):
    return [one["id"] for one in (await phone.screen())["messages"] if not one["deleted"]]


async def test_a_wipe_takes_both_sides_and_leaves_one_neutral_line(world):
    ana = await world.phone()
    await ana.begin()
    for words in ("1", "1", "1"):
        await ana.ask(words)
    await ana.ask("/borrar")
    await ana.do("say", text="1")
    await ana.sees("mensajes viejos")
    await world.until(lambda: world.rows("SELECT count(*) FROM drafts") == [(0,)])
    assert len(await visible(ana)) == 1
    assert "Casa" not in (await ana.told())[0]
    assert (await ana.screen())["keyboard"] is None
    assert await world.refused() == []


async def test_a_wipe_works_with_the_desk_down_and_after_a_report(world):
    ana = await world.phone()
    await ana.report()
    await ana.sees("Entregado")
    world.desk.status = 503
    await ana.do("say", text="/borrar")
    await ana.sees("mensajes viejos")
    assert len(await visible(ana)) == 1
    assert len(world.desk.submissions) == 1


@pytest.mark.parametrize("many", [1, 130])
async def test_a_batch_that_is_refused_is_deleted_one_by_one(world, many):
    ana = await world.phone()
    await ana.begin()
    for _ in range(many):
        await ana.do("say", text="hm")
    await world.until(lambda: world.rows("SELECT count(*) FROM updates") == [(3 + many,)])
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(0,)])
    await world.control("POST", "/faults", method="deleteMessages", code=400, times=1)
    await ana.ask("/borrar")
    await ana.do("say", text="1")
    await ana.sees("mensajes viejos")
    await world.until(lambda: world.rows("SELECT count(*) FROM ledger") in ([(1,)], [(2,)]))
    assert len(await visible(ana)) == 1


@pytest.mark.parametrize(("hours", "left"), [(1, 1), (47, 1), (49, 3)])
async def test_old_messages_are_not_touched_and_young_ones_go(world, hours, left):
    ana = await world.phone()
    await ana.ask("/start")
    await world.settled()
    await world.later(hours * HOUR)
    await ana.ask("/start")
    await ana.do("say", text="/borrar")
    await ana.sees("mensajes viejos")
    # The line, and what Telegram no longer deletes.
    assert len(await visible(ana)) == left, (await ana.screen(), world.rows("SELECT message, hour FROM ledger"))
    assert await world.refused() == []


async def test_after_a_day_the_sweep_takes_everything_out(world):
    ana, eva = await world.phone("Ana"), await world.phone("Eva")
    await ana.begin()
    await world.settled()
    await world.later(20 * HOUR)
    await eva.ask("/start")
    await world.settled()
    await world.later(5 * HOUR)
    await world.bot.sweeper.sweep()
    assert await visible(ana) == []
    assert len(await visible(eva)) == 2
    assert world.rows("SELECT count(*) FROM ledger") == [(2,)]
    assert await world.refused() == []


async def test_the_sweep_still_finds_the_chat_after_an_outage_of_hours(still_world):
    await still_world.start()
    ana = await still_world.phone()
    await ana.begin()
    await still_world.settled()
    await still_world.stop()
    await still_world.later(40 * HOUR)
    bot = await still_world.start()
    await bot.housekeeping.tidy()
    await bot.sweeper.sweep()
    assert await visible(ana) == []


async def test_a_draft_dies_after_a_day_with_its_key_and_the_person_is_told(world):
    ana = await world.phone()
    await ana.begin()
    await ana.ask("1")
    sealed = world.rows("SELECT sealed FROM drafts")[0][0]
    await world.later(26 * HOUR)
    await world.bot.housekeeping.tidy()
    assert world.rows("SELECT count(*) FROM drafts") == [(0,)]
    for key in (world.home / "locker").iterdir():
        assert key.read_bytes() not in sealed
    told = await ana.ask("hola")
    assert "idioma" in told


async def test_a_draft_whose_key_died_with_the_host_is_said_to_be_gone(still_world):
    await still_world.start()
    ana = await still_world.phone()
    await ana.begin()
    await still_world.stop()
    for key in (still_world.home / "locker").iterdir():
        key.unlink()
    await still_world.start()
    told = await ana.ask("1")
    assert "ya no están" in told
    assert "idioma" in told
    assert still_world.rows("SELECT count(*) FROM drafts") == [(1,)]


async def test_rows_have_their_time(world):
    ana = await world.phone()
    await ana.begin()
    hour = int(world.now()) // HOUR
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(0,)])
    await world.bot.store.write(lambda connection: expire(connection, hour=hour + 48))
    assert world.rows("SELECT (SELECT count(*) FROM updates), (SELECT count(*) FROM ledger)") == [(3, 6)]
    await world.bot.store.write(lambda connection: expire(connection, hour=hour + 50))
    assert world.rows("SELECT (SELECT count(*) FROM updates), (SELECT count(*) FROM ledger)") == [(0, 0)]
    assert world.rows("SELECT count(*) FROM addresses") == [(0,)]
