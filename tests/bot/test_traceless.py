# SPDX-License-Identifier: Apache-2.0
"""Where nothing may stand in the chat: one message of ours, and nothing of the person's once it is on disk."""

import asyncio
import base64
import time

import pytest

from bot.app import Bot
from tests.bot.conftest import PATIENCE, receipt_in
from tests.bot.pictures import photo
from tests.bot.test_crash import Child

HOUR = 3600
WHO, DANGER, NOW, AWAY, PLACE = (
    "¿De quién",
    "en peligro ahora o",
    "¿Cómo está la persona",
    "¿La pueden sacar",
    "¿Dónde es",
)


async def pushed(bot):
    """Every update by itself, as a webhook brings them, and each twice, as Telegram does when an answer is lost."""
    offset = None
    while not bot.stopped.is_set():
        updates = await bot.telegram.updates(offset, seconds=0)
        for raw in updates:
            await asyncio.gather(bot.handler.handle(raw), bot.handler.handle(raw))
            offset = raw["update_id"] + 1
        await asyncio.sleep(0.02)


@pytest.fixture(params=[Bot.poll, pushed], ids=["polled", "pushed"])
async def quiet(request, still_world):
    await still_world.start(way_in=request.param)
    return still_world


async def standing(phone):
    return [one for one in (await phone.screen())["messages"] if not one["deleted"]]


async def one_stands(world, phone, *words):
    """Wait until one message of ours alone stands, and goes on standing, and says this; gives it."""
    end = time.monotonic() + PATIENCE
    while True:
        left = await standing(phone)
        if len(left) == 1 and left[0]["from"] == "bot" and all(word in left[0]["text"] for word in words):
            await world.settled()
            if await standing(phone) == left:
                return left[0]
        assert time.monotonic() < end, [(one["from"], one["kind"], one["text"]) for one in left]
        await asyncio.sleep(0.01)


async def other_than(world, phone, question):
    """The message that stands once it says something else."""
    while (found := await one_stands(world, phone))["text"] == question["text"]:
        await asyncio.sleep(0.01)
    return found


async def begin(world, phone):
    await phone.ask("/start")
    await phone.ask("Español")
    await phone.do("say", text="3")
    return await one_stands(world, phone, WHO)


async def tell(world, phone):
    """A short report up to its review."""
    await begin(world, phone)
    for said, words in (("1", DANGER), ("1", NOW), ("1", AWAY), ("1", PLACE), ("enviar", "De quién se trata")):
        await phone.do("say", text=said)
        review = await one_stands(world, phone, words)
    return review


async def test_an_interview_leaves_one_message_that_changes_and_at_its_end_the_receipt(quiet):
    ana = await quiet.phone()
    first = await begin(quiet, ana)
    assert (await ana.screen())["keyboard"] is None
    await ana.do("say", text="1")
    question = await one_stands(quiet, ana, DANGER)
    await ana.do("press", message=question["id"], label="En peligro ahora")
    question = await one_stands(quiet, ana, NOW)
    await ana.do("press", message=question["id"], label="Atrás")
    await one_stands(quiet, ana, DANGER)
    await ana.do("say", text="EN PELIGRO AHORA")
    await one_stands(quiet, ana, NOW)
    await ana.do("say", text="enviar")
    review = await one_stands(quiet, ana, "En peligro ahora", "1 Enviar")
    assert review["id"] == first["id"]
    assert review["protected"]
    await ana.do("press", message=review["id"], number=1)
    last = await one_stands(quiet, ana, "Su código", "Entregado", "24 horas")
    assert not last["protected"]
    assert receipt_in(last["text"])
    assert len(quiet.desk.submissions) == 1
    assert quiet.rows("SELECT count(*) FROM drafts") == [(0,)]
    assert await quiet.refused() == []


async def test_the_desk_is_down_and_no_later_word_comes_into_the_empty_chat(world):
    ana = await world.phone()
    await tell(world, ana)
    world.desk.status = 503
    await ana.do("say", text="1")
    last = await one_stands(world, ana, "Su código", "Guardado")
    assert world.rows("SELECT contact FROM outbox") == [(None,)]
    world.desk.status = 0
    await world.until(lambda: world.desk.submissions)
    await world.until(lambda: world.rows("SELECT count(*) FROM outbox") == [(0,)])
    assert await one_stands(world, ana, "Guardado") == last


async def test_the_receipt_is_spelt_otherwise_in_the_same_message_and_stays_through_a_next_telling(world):
    ana = await world.phone()
    await tell(world, ana)
    await ana.do("say", text="1")
    receipt = await one_stands(world, ana, "Su código")
    await ana.do("press", message=receipt["id"], label="En palabras")
    assert (await one_stands(world, ana, "en palabras"))["id"] == receipt["id"]
    await ana.ask("/start")
    await ana.ask("Español")
    await ana.do("say", text="3")
    await ana.wait(lambda told: len(told) == 2 and WHO in told[1])
    await world.settled()
    assert [one["id"] for one in await standing(ana)].index(receipt["id"]) == 0
    assert len(await standing(ana)) == 2


async def test_what_was_in_the_chat_before_goes_when_this_begins(world):
    ana = await world.phone()
    for said in ("/start", "Español", "5", "hola", "5", "/ayuda"):
        await ana.ask(said)
    assert len(await standing(ana)) == 12
    await ana.do("say", text="3")
    await one_stands(world, ana, WHO)


async def test_several_choices_are_ticked_in_place(world):
    ana = await world.phone()
    await begin(world, ana)
    for said, words in (("1", DANGER), ("5", NOW), ("5", "1 ")):
        await ana.do("say", text=said)
        question = await one_stands(world, ana, words)
    while "Listo" not in str(question["buttons"]):
        await ana.do("press", message=question["id"], number=1)
        question = await one_stands(world, ana, "✓ 1 ")
    await ana.do("press", message=question["id"], label="Listo")
    assert (await other_than(world, ana, question))["id"] == question["id"]


async def test_a_button_of_before_or_of_somebody_else_does_nothing(world):
    ana = await world.phone()
    question = await begin(world, ana)
    data = question["buttons"][0][0]["data"]
    await ana.do("say", text="1")
    asked = await one_stands(world, ana, DANGER)
    for pressed in (data, "00000000" + data[8:], "otra cosa", data):
        await ana.do("press", message=question["id"], data=pressed)
    await world.until(lambda: world.rows("SELECT count(*) FROM updates") == [(8,)])
    assert await one_stands(world, ana, DANGER)
    # An old button is answered by the question that stands: unchanged, so it is sent again rather than edited.
    assert (await one_stands(world, ana, DANGER))["text"] == asked["text"]
    assert (await ana.screen())["toasts"]
    assert world.rows("SELECT count(*) FROM drafts") == [(1,)]


async def test_words_that_are_no_answer_move_the_question_down_when_it_reads_the_same(world):
    ana = await world.phone()
    question = await begin(world, ana)
    for _ in range(2):
        await ana.do("send", kind="sticker")
        await one_stands(world, ana, WHO, "No puedo usar")
    again = await one_stands(world, ana, WHO)
    assert again["id"] > question["id"]


@pytest.mark.parametrize("how", ["by the person", "by the sweep"])
async def test_a_question_that_is_gone_is_asked_anew(world, how):
    ana = await world.phone()
    question = await begin(world, ana)
    if how == "by the person":
        await ana.do("delete", message=question["id"])
    else:
        await world.later(25 * HOUR)
        await world.bot.sweeper.sweep()
        assert await standing(ana) == []
    await ana.do("say", text="1")
    assert (await one_stands(world, ana, "1 "))["id"] > question["id"]


async def test_a_message_with_a_file_goes_only_when_the_file_is_here(world):
    ana = await world.phone()
    await begin(world, ana)
    await world.control("POST", "/faults", method="file", cut_bytes=1000, times=2)
    await ana.do("send", kind="voice", size=300_000)
    await ana.do("say", text="1")
    await ana.sees(DANGER)
    await world.settled()
    assert world.rows("SELECT state FROM spool") == [(0,)]
    assert [one["kind"] for one in await standing(ana)] == ["text", "voice"]
    await world.until(lambda: world.rows("SELECT state FROM spool") == [(1,)])
    await one_stands(world, ana, DANGER)
    for said, words in (("1", NOW), ("1", AWAY), ("enviar", "1 Enviar"), ("1", "1 de 1")):
        await ana.do("say", text=said)
        await one_stands(world, ana, words)


async def test_an_album_is_one_question_and_goes_picture_by_picture(world):
    ana = await world.phone()
    await begin(world, ana)
    await ana.do("send", album=[{"kind": "photo", "size": 2000} for _ in range(10)])
    await world.until(lambda: world.rows("SELECT count(*) FROM spool WHERE state = 1") == [(10,)])
    await one_stands(world, ana, WHO, "queda con")


async def test_a_file_that_cannot_be_had_does_not_stay_in_the_chat(world):
    ana = await world.phone()
    await begin(world, ana)
    await world.control("POST", "/faults", method="getFile", code=400, description="Bad Request: wrong file_id")
    await ana.do("send", kind="voice", size=3000)
    await world.until(lambda: world.rows("SELECT state FROM spool") == [(2,)])
    await one_stands(world, ana, WHO)


async def test_a_report_sent_while_a_file_is_on_its_way_leaves_only_the_receipt(world):
    ana = await world.phone()
    await begin(world, ana)
    await world.control("POST", "/faults", method="file", cut_bytes=1000, times=None)
    await ana.do("send", kind="voice", size=300_000)
    for said in ("1", "1", "1", "1", "enviar", "1"):
        await ana.do("say", text=said)
    await one_stands(world, ana, "Su código", "0 de 1")
    assert world.rows("SELECT count(*) FROM spool") == [(0,)]


@pytest.mark.parametrize(("raw", "states"), [(photo(), [1, 1]), (photo()[:300], [1, 2])])
async def test_a_picture_goes_when_its_copy_is_made_or_can_not_be(world, raw, states):
    ana = await world.phone()
    await begin(world, ana)
    await ana.do("send", kind="document", content=base64.b64encode(raw).decode())
    await world.until(lambda: [state for (state,) in world.rows("SELECT state FROM spool ORDER BY 1")] == states)
    await one_stands(world, ana, WHO)


async def test_deleting_works_as_always(world):
    ana = await world.phone()
    await begin(world, ana)
    await ana.do("say", text="1")
    await one_stands(world, ana, DANGER)
    await ana.do("say", text="/borrar")
    sure = await one_stands(world, ana, "2 No")
    await ana.do("press", message=sure["id"], number=1)
    line = await one_stands(world, ana, "mensajes viejos")
    assert line["id"] > sure["id"]
    assert world.rows("SELECT (SELECT count(*) FROM drafts), (SELECT count(*) FROM outgoing)") == [(0, 0)]
    assert "idioma" in await ana.ask("/start")


async def test_after_a_pause_the_question_gives_way_to_a_neutral_screen_and_beginning_anew_clears_it(world):
    ana = await world.phone()
    question = await begin(world, ana)
    await world.later(HOUR)
    await ana.do("say", text="1")
    assert (await one_stands(world, ana, "2 "))["id"] == question["id"]
    await ana.do("press", message=question["id"], number=2)
    await ana.sees("idioma")
    await world.settled()
    assert len(await standing(ana)) == 1


async def test_somebody_who_tells_for_others_has_the_receipt_and_the_menu_under_it(world):
    ana = await world.phone()
    await begin(world, ana)
    await ana.do("say", text="4")
    await one_stands(world, ana, "1 ")
    for said in ("1", "1", "enviar"):
        await ana.do("say", text=said)
        await asyncio.sleep(0.05)
    await one_stands(world, ana, "1 Enviar")
    await ana.do("say", text="1")
    await ana.sees("Su código")
    await ana.wait(lambda told: len(told) == 2)
    await world.settled()
    receipt, menu = await standing(ana)
    assert "Su código" in receipt["text"]
    assert not receipt["protected"]
    assert menu["buttons"]
    await ana.do("press", message=menu["id"], label="Mostrar mis códigos")
    await ana.wait(lambda told: len(told) == 3)
    await world.settled()
    first, codes, below = await standing(ana)
    assert first == receipt
    assert receipt_in(codes["text"]) == receipt_in(receipt["text"])
    assert not codes["protected"]
    await ana.do("press", message=below["id"], label="Cerrar")
    await ana.wait(lambda told: len(told) == 3 and told[2] != below["text"])
    await world.settled()
    assert [one["id"] for one in await standing(ana)] == [receipt["id"], codes["id"], below["id"]]
    assert world.rows("SELECT count(*) FROM drafts") == [(0,)]


async def test_what_a_mailbox_says_stands_until_the_next_answer(world):
    ana = await world.phone()
    await tell(world, ana)
    await ana.do("say", text="1")
    code = receipt_in((await one_stands(world, ana, "Su código"))["text"])
    [lookup] = world.desk.salts
    world.desk.replies[lookup] = ["Estamos contigo."]
    prima = await world.phone("Prima")
    question = await begin(world, prima)
    await prima.do("say", text=code)
    await prima.sees("Estamos contigo")
    await world.settled()
    assert {one["from"] for one in await standing(prima)} == {"bot"}
    assert (await prima.screen())["keyboard"] is None
    menu = (await standing(prima))[-1]
    await prima.do("press", message=menu["id"], label="Cerrar")
    assert (await one_stands(world, prima, WHO))["id"] == question["id"]


async def test_a_receipt_typed_in_between_is_gone_and_the_question_stays(world):
    ana = await world.phone()
    question = await begin(world, ana)
    await ana.do("say", text="0000-0000-0000-0000-00MV")
    await ana.sees("nada con este código")
    await world.settled()
    assert [one["from"] for one in await standing(ana)] == ["bot", "bot"]
    await ana.do("say", text="/ayuda")
    assert (await one_stands(world, ana, "1 "))["id"] == question["id"]


async def test_what_cannot_be_read_at_all_goes_too(world):
    ana = await world.phone()
    await begin(world, ana)
    sent = await ana.do("say", text="x" * 3)
    await one_stands(world, ana, WHO)
    person = {"id": ana.chat, "is_bot": False, "first_name": "Ana", "language_code": "es"}
    place = {"chat": {"id": ana.chat, "type": "private"}, "from": person, "date": 1_800_000_000}
    broken = {"message_id": sent["message"] + 1_000, "location": {"latitude": 1.5}, **place}
    await world.control("POST", "/updates", message=broken)
    await ana.sees("No pude usar eso")
    await world.settled()
    calls = (await world.control("GET", "/calls?method=deleteMessages"))["calls"]
    assert any(broken["message_id"] in call["parameters"]["message_ids"] for call in calls)


async def test_a_message_sent_twice_for_a_lost_answer_is_taken_out_once_too_many(world):
    ana = await world.phone()
    await ana.ask("/start")
    await ana.ask("Español")
    await world.control("POST", "/faults", method="sendMessage", cut="after")
    await ana.do("say", text="3")
    await one_stands(world, ana, WHO)
    await world.control("POST", "/faults", method="editMessageText", cut="after")
    await ana.do("say", text="1")
    await one_stands(world, ana, DANGER)
    await world.control("POST", "/faults", method="deleteMessages", cut="before")
    await ana.do("say", text="1")
    await one_stands(world, ana, NOW)


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        "received:3",
        "before commit:4",
        "committed not acknowledged:3",
        "committed not acknowledged:4",
        "file spooled not marked:1",
        *(f"acknowledged not sent:{nth}" for nth in (3, 4, 5, 6, 7, 16, 17)),
        *(f"sent not marked:{nth}" for nth in (3, 4, 5, 6, 7, 16, 17)),
    ],
)
async def test_a_kill_at_any_point_leaves_one_message(still_world, point):
    """The jobs are: 1 and 2 the opening, 3 and 4 the first question, 5 to 7 the voice note; 16 and 17 the receipt."""
    child = Child(still_world)
    child.start(AMPARO_TEST="1", AMPARO_TEST_CRASH=point)
    reviving = asyncio.create_task(_revive(child))
    try:
        ana = await still_world.phone()
        await ana.ask("/start")
        await ana.ask("Español")
        await ana.do("say", text="3")
        await one_stands(still_world, ana, WHO)
        await ana.do("send", kind="voice", size=30_000)
        await still_world.until(lambda: still_world.rows("SELECT state FROM spool") == [(1,)])
        await one_stands(still_world, ana, WHO)
        for said, words in (("1", DANGER), ("1", NOW), ("1", AWAY), ("enviar", "1 Enviar"), ("1", "1 de 1")):
            await ana.do("say", text=said)
            left = await one_stands(still_world, ana, words)
        assert child.deaths == 1
        assert receipt_in(left["text"])
        await still_world.until(lambda: still_world.desk.submissions)
        assert len(set(still_world.desk.posts)) == 1
    finally:
        reviving.cancel()
        await child.stop()


async def _revive(child):
    while True:
        child.revive()
        await asyncio.sleep(0.02)
