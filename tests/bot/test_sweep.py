# SPDX-License-Identifier: Apache-2.0
"""What leaves the chat, and when: at a word, and by itself before it is too late."""

import pytest

from bot.sweep import expire
from intake.catalog import load_catalogs

HOUR = 3600
CATALOGS = load_catalogs()


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


@pytest.mark.parametrize(("hours", "left"), [(1, 0), (47, 0), (49, 9)])
async def test_a_wipe_takes_what_is_young_and_says_that_the_rest_may_stay(world, hours, left):
    """With the desk down, one message gone already and the first batch refused."""
    ana = await world.phone()
    await ana.begin()
    await ana.ask("1")
    first = await ana.do("send", kind="voice", size=3000)
    await world.until(lambda: world.rows("SELECT state FROM spool") == [(1,)])
    await world.settled()
    await ana.do("delete", message=first["message"])
    await world.later(hours * HOUR)
    world.desk.status = 503
    await world.control("POST", "/faults", method="deleteMessages", code=400, times=1)
    await ana.ask("hola")
    await ana.ask("/borrar")
    await ana.do("say", text="1")
    line = await ana.sees("mensajes viejos")
    assert "Telegram" in line
    assert len(await visible(ana)) == left + 1
    assert world.rows("SELECT (SELECT count(*) FROM drafts), (SELECT count(*) FROM spool)") == [(0, 0)]
    assert [path for path in (world.home / "spool").rglob("*") if path.is_file()] == []
    await world.settled()
    assert world.rows(f"SELECT count(*) FROM ledger WHERE hour > {world.now() // HOUR - 2}") == [(1,)]
    await world.later(25 * HOUR)
    await world.bot.sweeper.sweep()
    assert len(await visible(ana)) == left  # the line itself is swept as well


@pytest.mark.parametrize("locale", sorted(CATALOGS.locales))
async def test_the_word_for_it_works_in_every_language(world, locale):
    catalog = CATALOGS.get(locale)
    ana = await world.phone()
    await ana.begin()
    for words in (f"/{catalog.text('command.delete.name')}", catalog.text("button.delete"), "/delete"):
        await ana.ask("1")
        await ana.do("say", text=words)
        await ana.sees("¿Borrar todo")
        await ana.do("say", text="1")
        await world.until(lambda: world.rows("SELECT count(*) FROM drafts") == [(0,)])
        await world.settled()
        assert len(await visible(ana)) == 1
        assert "mensajes viejos" in (await ana.told())[0]
        await ana.begin()


async def test_what_waits_to_be_said_is_not_said_after_a_wipe(world):
    ana = await world.phone()
    await ana.begin()
    await world.control("POST", "/faults", method="sendMessage", code=500, times=None)
    await ana.do("say", text="1")
    await ana.do("say", text="5")
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(2,)])
    for words in ("/borrar", "1"):
        await ana.do("say", text=words)
    await world.until(lambda: world.rows("SELECT count(*) FROM updates") == [(7,)])
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") in ([(1,)], [(2,)]))
    before = (await world.control("GET", "/calls"))["calls"][-1]["number"]
    await world.control("DELETE", "/faults")
    await ana.sees("mensajes viejos")
    await world.settled()
    calls = (await world.control("GET", f"/calls?method=sendMessage&after={before}"))["calls"]
    assert all("mensajes viejos" in call["parameters"]["text"] for call in calls if call["status"] == 200)
    assert len(await visible(ana)) == 1


async def test_a_message_that_could_not_be_used_is_taken_out_too(world):
    ana = await world.phone()
    await ana.begin()
    person = {"id": ana.chat, "is_bot": False, "first_name": "Ana"}
    broken = {"message_id": 900, "date": 1, "chat": {"id": ana.chat, "type": "private"}, "from": person, "text": 5}
    await world.control("POST", "/updates", message=broken)
    await ana.sees("No pude usar eso")
    await world.settled()
    assert (900,) in world.rows("SELECT message FROM ledger")


async def test_a_message_sent_twice_is_known_both_times(world):
    ana = await world.phone()
    await ana.begin()
    await world.control("POST", "/faults", method="sendMessage", cut="after")
    await ana.do("say", text="1")
    await ana.wait(lambda told: len(told) == 5)
    await world.settled()
    assert {(number,) for number in await visible(ana)} <= set(world.rows("SELECT message FROM ledger"))


async def test_over_three_days_nothing_stands_longer_than_it_may(world):
    ana, eva = await world.phone("Ana"), await world.phone("Eva")
    for hour in range(72):
        if hour in {0, 7, 30, 31, 55}:
            await ana.ask("/start")
        if hour == 20:
            await eva.report()
        await world.settled()
        await world.bot.housekeeping.tidy()
        await world.bot.sweeper.sweep()
        for phone in (ana, eva):
            ages = [world.now() - one["date"] for one in (await phone.screen())["messages"] if not one["deleted"]]
            assert max(ages, default=0) < 25 * HOUR, hour
        await world.later(HOUR)
    assert await visible(eva) == []
    assert await visible(ana) != []  # what was said at the 55th hour
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


async def test_of_a_report_on_its_way_nothing_more_is_said_after_deleting(world):
    world.desk.status = 503
    ana = await world.phone()
    await ana.report()
    await ana.sees("Se está entregando")
    assert world.rows("SELECT count(*) FROM outbox WHERE contact IS NULL") == [(0,)]
    await ana.do("say", text="/borrar")
    await ana.sees("Borrado")
    assert world.rows("SELECT count(*) FROM outbox WHERE contact IS NULL") == [(1,)]
    world.desk.status = 0
    world.ahead += 600
    world.bot.delivery._some.set()
    await world.until(lambda: world.rows("SELECT count(*) FROM outbox") == [(0,)])
    await world.settled()
    assert len(world.desk.submissions) == 1
    assert len(await visible(ana)) == 1


async def test_over_three_days_nothing_stands_that_is_older_than_forty_hours(still_world):
    """People who write now and then, a desk that is down for two days, and the bot for eight hours."""
    world = still_world
    await world.start()
    world.desk.status = 503
    phones = [await world.phone(name) for name in ("Ana", "Eva", "Luz")]
    await phones[0].report()
    await phones[0].sees("Se está entregando")
    for hour in range(72):
        if hour % 11 == 0:
            await phones[1].ask("hola")
        if hour == 50:
            world.desk.status = 0
            world.bot.delivery._some.set()
            await phones[0].sees("Entregado")
        if hour == 30:
            await phones[2].begin()
            await world.settled()
            await world.stop()
            await world.later(8 * HOUR)
            await world.start()
        await world.settled()
        await world.later(HOUR)
        await world.bot.housekeeping.tidy()
        await world.bot.sweeper.sweep()
        for phone in phones:
            messages = (await phone.screen())["messages"]
            ages = [world.now() - one["date"] for one in messages if not one["deleted"]]
            assert max(ages, default=0) <= 40 * HOUR
    assert await visible(phones[0]) != []  # the word that it was handed over, of 22 hours ago
    await world.later(4 * HOUR)
    await world.bot.sweeper.sweep()
    assert await visible(phones[0]) == []
