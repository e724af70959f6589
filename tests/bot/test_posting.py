# SPDX-License-Identifier: Apache-2.0
"""Each act of a mailbox, from a tap in the chat to what the desk can open, and what the person is told."""

import pytest

from intake.mail import Notify, Share, Silence, Words
from intake.submission import parse
from tests.bot.conftest import World

MENU = "¿Qué quiere hacer?"


async def visit(world):
    """A report at the desk, and its mailbox open on another phone."""
    ana = await world.phone()
    code = await ana.report()
    await ana.sees("Entregado")
    eva = await world.phone("Eva")
    assert MENU in await eva.ask(code)
    return eva


async def test_a_message_reaches_the_desk_and_the_menu_stands_under_the_word(world):
    eva = await visit(world)
    await eva.ask("2")
    said = await eva.ask("Mi hermano ya salió. {no es código}")
    assert "Entregado" in said
    assert MENU in said
    assert world.desk.told() == [Words("Mi hermano ya salió. {no es código}")]


async def test_a_whole_sentence_at_the_menu_is_a_message(world):
    eva = await visit(world)
    assert "Entregado" in await eva.ask("Quiero decir que ya estamos en casa con mi familia")
    assert world.desk.told() == [Words("Quiero decir que ya estamos en casa con mi familia")]


async def test_sharing_is_changed_with_its_level(world):
    eva = await visit(world)
    await eva.ask("4")
    assert "Anotado" in await eva.ask("3")
    assert world.desk.told() == [Share("S2")]


async def test_notices_are_asked_for_and_ended(world):
    eva = await visit(world)
    assert "línea neutra" in await eva.ask("5")
    await world.settled()
    [notify] = world.desk.told()
    assert isinstance(notify, Notify)
    [(ref, told)] = world.rows("SELECT ref, told FROM contacts")
    assert (ref.hex(), told) == (notify.ref, 0)
    assert "Ya no llegarán" in await eva.ask("6")
    assert world.rows("SELECT count(*) FROM contacts") == [(0,)]
    assert world.desk.told()[1:] == [Silence()]


async def test_a_contact_row_shows_no_chat(world):
    eva = await visit(world)
    await eva.ask("5")
    await world.settled()
    [row] = world.rows("SELECT * FROM contacts")
    told = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert str(eva.chat).encode() not in told
    assert eva.chat.to_bytes(8, "big") not in told


async def test_a_proof_comes_as_a_silent_file_that_can_be_saved(world):
    eva = await visit(world)
    await eva.do("say", text="7")
    await eva.sees("algo quedó registrado")
    [file] = [one for one in (await eva.screen())["messages"] if one["kind"] == "document"]
    assert file["media"]["name"] == "note.txt"
    assert file["silent"]
    assert not file["protected"]
    assert await world.refused() == []


async def test_erasing_is_said_with_its_delay_and_leaves_no_notices(world):
    eva = await visit(world)
    await eva.ask("5")
    await eva.ask("8")
    said = await eva.ask("1")
    assert "Borrado aquí" in said
    assert "14 días" in said
    assert world.desk.salts == {}
    await world.settled()
    assert world.rows("SELECT count(*) FROM contacts") == [(0,)]
    assert world.rows("SELECT count(*) FROM drafts") == [(0,)]


async def test_a_legal_hold_is_said(world):
    eva = await visit(world)
    world.desk.held = True
    await eva.ask("8")
    assert "la ley pide conservarlo" in await eva.ask("1")


async def test_a_full_mailbox_is_said(world):
    eva = await visit(world)
    world.desk.full = True
    await eva.ask("2")
    assert "ya no caben" in await eva.ask("Una cosa más")


async def test_an_answer_that_got_lost_leaves_one_message(world):
    eva = await visit(world)
    world.desk.forgetful = 1
    await eva.ask("2")
    await eva.do("say", text="una sola vez")
    await eva.sees("Entregado")
    assert world.desk.told() == [Words("una sola vez")]


async def test_nothing_of_a_wish_is_left_in_the_store(world):
    eva = await visit(world)
    await eva.ask("2")
    await eva.ask("Palabra-Canaria")
    await eva.ask("9")
    await world.settled()
    assert world.rows("SELECT count(*) FROM outgoing") == [(0,)]


async def test_what_goes_on_with_an_earlier_report_says_so_inside_the_seal(world: World):
    ana = await world.phone()
    code = await ana.report()
    await ana.sees("Entregado")
    [first] = map(parse, world.desk.submissions.values())
    await ana.do("say", text=code)
    await ana.sees(MENU)
    await ana.ask("3")
    for words in ("Español", "1", "1", "1", "1", "1"):
        await ana.ask(words)
    await ana.ask("enviar")
    await ana.do("say", text="1")
    await world.until(lambda: len(world.desk.submissions) == 2)
    assert sorted(str(one.get("adds_to")) for one in world.desk.reports()) == sorted(
        ["None", first.mailbox.lookup.hex()]
    )


@pytest.mark.parametrize("act", ["2", "7", "8"])
async def test_a_mailbox_that_is_gone_is_unknown_and_no_menu_follows(world, act):
    eva = await visit(world)
    world.desk.salts.clear()
    if act == "7":
        said = await eva.ask("7")
    else:
        await eva.ask(act)
        said = await eva.ask("Una frase" if act == "2" else "1")
    assert "No hay nada con este código" in said
    assert MENU not in said
