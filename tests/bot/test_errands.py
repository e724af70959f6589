# SPDX-License-Identifier: Apache-2.0
"""Wishes that meet a desk that is down: tried, kept, handed over later, once, whatever happens in between."""

from intake.mail import Share, Words
from tests.bot.test_posting import MENU, visit


async def test_a_message_is_kept_while_the_desk_is_down_and_handed_over_later(world):
    eva = await visit(world)
    world.desk.status = 503
    await eva.ask("2")
    said = await eva.ask("Que no se pierda esto")
    assert "Guardado" in said
    assert MENU in said
    assert "¿Quién puede" in await eva.ask("4"), "the chat goes on meanwhile"
    world.desk.status = 0
    await world.until(world.desk.told)
    assert world.desk.told() == [Words("Que no se pierda esto")]
    await world.settled()
    assert sum("Guardado" in one for one in await eva.told()) == 1


async def test_it_outlives_a_restart(world):
    eva = await visit(world)
    world.desk.status = 503
    await eva.ask("4")
    assert "Guardado" in await eva.ask("3")
    await world.stop()
    world.desk.status = 0
    await world.start()
    await world.until(world.desk.told)
    assert world.desk.told() == [Share("S2")]


async def test_it_outlives_the_day_of_its_key(still_world):
    world = still_world
    await world.start()
    eva = await visit(world)
    world.desk.status = 503
    await eva.ask("2")
    assert "Guardado" in await eva.ask("Espera más de un día")
    for _ in range(4):  # each time the kept wish is tried, it is sealed anew under the present hour's key
        await world.stop()
        await world.later(7 * 3600)
        before = world.rows("SELECT hour FROM outgoing")
        await world.start(manifest=False)
        await world.until(lambda before=before: world.rows("SELECT hour FROM outgoing") != before)
        await world.until(lambda: len(world.rows("SELECT hour FROM outgoing")) == 1)
    world.desk.status = 0
    await world.until(world.desk.told)
    assert world.desk.told() == [Words("Espera más de un día")]


async def test_a_wish_waits_for_a_report_that_is_still_on_its_way(world):
    world.desk.status = 503
    ana = await world.phone()
    code = await ana.report()
    assert "Intente más tarde" in await ana.ask(code)
    await ana.ask("2")
    assert "Guardado" in await ana.ask("También esto")
    world.desk.status = 0
    await world.until(world.desk.told)
    assert world.desk.told() == [Words("También esto")]


async def test_a_wish_for_a_mailbox_that_never_was_ends_and_is_said(world):
    eva = await visit(world)
    world.desk.status = 503
    await eva.ask("2")
    assert "Guardado" in await eva.ask("Para nadie")
    world.desk.salts.clear()
    world.desk.status = 0
    await eva.sees("No hay nada con este código")
    assert world.desk.told() == []
    await world.settled()


async def test_erasing_is_kept_too_and_its_end_is_told(world):
    eva = await visit(world)
    world.desk.status = 503
    await eva.ask("8")
    assert "Todavía no se borró" in await eva.ask("1")
    assert world.desk.salts
    world.desk.status = 0
    await eva.sees("Borrado aquí")
    assert world.desk.salts == {}


async def test_a_block_does_not_undo_what_was_wished(world):
    eva = await visit(world)
    world.desk.status = 503
    await eva.ask("4")
    assert "Guardado" in await eva.ask("1")
    await eva.do("block")
    world.desk.status = 0
    await world.until(world.desk.told)
    assert world.desk.told() == [Share("S0")]
