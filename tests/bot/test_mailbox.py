# SPDX-License-Identifier: Apache-2.0
"""A receipt, typed from any phone, opens its mailbox; nothing else does, and guessing gets slower."""

import asyncio

from bot.tries import Tries
from envelope import receipt
from intake.submission import parse


async def kept(world):
    ana = await world.phone()
    code = await ana.report()
    await ana.sees("Entregado")
    return code


async def test_a_registered_report_without_an_answer_says_so(world):
    code = await kept(world)
    eva = await world.phone("Eva")
    assert "no hay mensajes" in await eva.ask(code)


async def test_the_answer_is_shown_on_another_phone_however_the_receipt_is_typed(world):
    code = await kept(world)
    [raw] = world.desk.submissions.values()
    world.desk.replies[parse(raw).mailbox.lookup.hex()] = ["Estamos contigo.", "<b>No</b> está sola."]
    eva = await world.phone("Eva")
    await eva.do("say", text=code.lower().replace("-", " "))
    await eva.sees("Estamos contigo.")
    await eva.sees("<b>No</b> está sola.")
    messages = [one for one in (await eva.screen())["messages"] if one["from"] == "bot"]
    assert all(one["protected"] and one["silent"] for one in messages)
    assert "¿Qué quiere hacer?" in (await eva.told())[-1]
    await eva.ask("9")
    await world.settled()
    assert world.rows("SELECT count(*) FROM drafts") == [(0,)]


async def test_a_long_answer_comes_in_pieces_that_telegram_takes(world):
    code = await kept(world)
    [raw] = world.desk.submissions.values()
    words = "palabra " * 1200
    world.desk.replies[parse(raw).mailbox.lookup.hex()] = [words]
    eva = await world.phone("Eva")
    await eva.do("say", text=code)
    told = await eva.wait(lambda told: len(told) == 5)
    assert " ".join("".join(told[1:4]).split()).count("palabra") == 1200
    assert await world.refused() == []


async def test_an_answer_that_does_not_open_is_not_shown(world):
    code = await kept(world)
    [raw] = world.desk.submissions.values()
    lookup = parse(raw).mailbox.lookup.hex()
    world.desk.replies[lookup] = ["verdad"]
    world.desk.salts[lookup] = b"x" * 16
    eva = await world.phone("Eva")
    await eva.do("say", text=code)
    await eva.sees("no se puede mostrar")


async def test_wrong_and_unknown_receipts_get_the_same_words(world):
    code = await kept(world)
    eva = await world.phone("Eva")
    misspelt = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert await eva.ask(misspelt) == await eva.ask(receipt.spell(b"\x01" * 11))


async def test_a_receipt_in_mid_flow_leaves_the_question_where_it_was(world):
    code = await kept(world)
    eva = await world.phone("Eva")
    await eva.begin()
    assert "no hay mensajes" in await eva.ask(code)
    assert "¿De quién" in await eva.ask("9")
    assert "peligro" in await eva.ask("1")


async def test_a_receipt_that_leads_nowhere_leaves_the_question_where_it_was(world):
    eva = await world.phone("Eva")
    await eva.begin()
    assert "No hay nada" in await eva.ask(receipt.spell(b"\x01" * 11))
    await world.settled()
    assert "peligro" in await eva.ask("1")


async def test_a_receipt_that_leads_nowhere_leaves_nothing_of_a_new_chat(world):
    eva = await world.phone("Eva")
    assert "No hay nada" in await eva.ask(receipt.spell(b"\x01" * 11))
    await world.settled()
    assert world.rows("SELECT count(*) FROM drafts") == [(0,)]


async def test_with_the_desk_down_the_person_is_told_to_come_back(world):
    code = await kept(world)
    world.desk.status = 503
    eva = await world.phone("Eva")
    assert "Intente más tarde" in await eva.ask(code)


async def test_guessing_is_slowed_and_then_not_looked_up_at_all(world):
    eva = await world.phone("Eva")
    for number in range(5):
        await eva.ask(receipt.spell(bytes([number + 1]) * 11))
    asked = world.desk.asked
    assert "espere" in (await eva.ask(receipt.spell(b"\x77" * 11))).lower()
    assert world.desk.asked == asked
    await asyncio.sleep(2.1)
    assert "espere" not in (await eva.ask(receipt.spell(b"\x77" * 11))).lower()


def test_tries_grow_are_kept_apart_and_are_forgiven():
    clock = [1000.0]
    tries = Tries(lambda: clock[0])
    for _ in range(4):
        tries.missed(b"a")
    assert tries.wait(b"a") == 0
    waits = []
    for _ in range(12):
        tries.missed(b"a")
        waits.append(tries.wait(b"a"))
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == 300.0
    assert tries.wait(b"b") == 0
    tries.found(b"a")
    assert tries.wait(b"a") == 0
    tries.missed(b"c")
    clock[0] += 25 * 3600
    tries.missed(b"c")
    assert tries._misses[b"c"][0] == 1


def test_many_misses_in_all_are_noticed_for_a_minute():
    clock = [1000.0]
    tries = Tries(lambda: clock[0])
    for number in range(60):
        assert not tries.crowded()
        tries.missed(bytes([number]))
    assert tries.crowded()
    clock[0] += 60
    assert not tries.crowded()
