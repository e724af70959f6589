# SPDX-License-Identifier: Apache-2.0
"""Whatever Telegram or a person sends: nobody is stuck, nothing is misapplied, the place is never lost."""

import asyncio
import copy
import json

import pytest

PERSON = {"id": 77_000_001, "is_bot": False, "first_name": "Eva", "language_code": "es"}
CHAT = {"id": 77_000_001, "type": "private", "first_name": "Eva"}


def message(**fields):
    return {"message": {"message_id": 900, "date": 1_800_000_000, "chat": CHAT, "from": PERSON, **fields}}


UNUSABLE = {
    "location without longitude": message(location={"latitude": 1.5}),
    "empty message": {"message": {}},
    "a date that is none": message(text="hola") | {"message": {**message(text="hola")["message"], "date": 10**18}},
    "a list for an object": {"message": ["text"]},
    "text that is a number": message(text=5),
    "photo without sizes": message(photo=[]),
    "a private chat with the number of a group": message(text="hola", chat={"id": -5, "type": "private"}),
    "callback without sender": {"callback_query": {"id": "1", "data": "x", "chat_instance": "1"}},
}


@pytest.mark.parametrize("name", UNUSABLE)
async def test_an_unusable_update_stops_nobody(world, name):
    ana = await world.phone()
    await ana.begin()
    await world.control("POST", "/hold")
    await world.control("POST", "/updates", **copy.deepcopy(UNUSABLE[name]))
    await ana.do("say", text="1")
    before = len(await ana.told())
    await world.control("POST", "/release")
    await ana.wait(lambda told: len(told) > before)
    assert "peligro" in (await ana.told())[-1]
    await world.until(lambda: world.rows("SELECT count(*) FROM dead_letters") == [(1,)])
    assert world.rows("SELECT sealed FROM dead_letters") == [(None,)]  # nobody had agreed to anything


async def test_after_the_yes_a_dead_letter_is_sealed_and_the_answer_is_neutral(world):
    ana = await world.phone()
    await ana.begin()
    broken = message(location={"latitude": 1.5, "canary": "PALABRA-CANARIA"})
    broken["message"]["chat"] = {**CHAT, "id": ana.chat}
    broken["message"]["from"] = {**PERSON, "id": ana.chat}
    await world.control("POST", "/updates", **broken)
    await ana.sees("No pude usar eso")
    [(kind, error, sealed)] = world.rows("SELECT kind, error, sealed FROM dead_letters")
    assert (kind, error) == ("update", "UnusableUpdateError")
    assert len(sealed) > 1000
    assert b"CANARIA" not in sealed
    assert "peligro" in await ana.ask("1")  # the answer goes to the question that was open


async def test_an_unusable_update_does_not_slow_polling_down(world):
    await world.control("POST", "/updates", message={})
    await asyncio.sleep(0.5)
    calls = await world.control("GET", "/calls?method=getUpdates")
    assert len(calls["calls"]) <= 3
    assert world.rows("SELECT count(*) FROM dead_letters") == [(1,)]


async def test_repeated_updates_are_taken_once(world):
    ana = await world.phone()
    await ana.begin()
    await ana.ask("1")
    before = await ana.told()
    await world.control("POST", "/replay", count=5, times=4)
    await asyncio.sleep(0.4)
    assert await ana.told() == before
    assert world.rows("SELECT count(*) FROM updates") == [(4,)]


async def test_numbers_that_start_again_lower_are_taken(world):
    ana = await world.phone()
    await ana.begin()
    low = message(text="1")
    low["message"]["chat"] = {**CHAT, "id": ana.chat}
    low["message"]["from"] = {**PERSON, "id": ana.chat}
    await world.control("POST", "/updates", update_id=3, **low)
    await ana.sees("peligro")


@pytest.mark.parametrize(
    "data", ["", "x", "00000000:danger:yes", "deadbeef:mode:self", "a" * 64, "00000000:mode:'; DROP TABLE drafts"]
)
async def test_forged_and_stale_presses_change_nothing_and_are_answered(world, data):
    ana = await world.phone()
    question = await ana.begin()
    number = (await ana.screen())["messages"][-1]["id"]
    await ana.do("press", message=number, data=data or "-")
    await asyncio.sleep(0.2)
    assert (await ana.told())[-1].endswith(question.split("\n")[-1])
    calls = await world.control("GET", "/calls?method=answerCallbackQuery")
    assert [call["status"] for call in calls["calls"]] == [200]


async def test_a_press_of_somebody_else_is_ignored(world):
    ana = await world.phone()
    await ana.begin()
    before = await ana.told()
    press = {
        "id": "5",
        "from": {**PERSON, "id": ana.chat + 1},
        "chat_instance": "1",
        "data": "00000000:mode:self",
        "message": {"message_id": 5, "date": 0, "chat": {**CHAT, "id": ana.chat}},
    }
    await world.control("POST", "/updates", callback_query=press)
    await asyncio.sleep(0.2)
    assert await ana.told() == before


@pytest.mark.parametrize(
    "words",
    ["a" * 4096, "🧊" * 2048, "uno\0dos", "é" + "\u0301" * 300, "\u202etxt.exe", "ﷺ" * 1000, "\u200b\u200b", "<b>&lt;"],
    ids=["4096", "emoji", "nul", "marks", "bidi", "ligature", "zero width", "markup"],
)
async def test_any_text_is_answered(world, words):
    ana = await world.phone()
    await ana.begin()
    before = len(await ana.told())
    await world.control("POST", "/updates", **_from(ana, text=words))
    await ana.wait(lambda told: len(told) > before)
    assert world.rows("SELECT count(*) FROM dead_letters") == [(0,)]
    assert await world.refused() == []


async def test_half_characters_do_not_break_the_chat(world):
    """JSON can carry a lone surrogate, and no store or screen can."""
    ana = await world.phone()
    await ana.begin()
    before = len(await ana.told())
    raw = json.dumps(_from(ana, text="hola \ud83d fin de la frase larga"))
    async with world.web.post(
        f"{world.url}/control/updates", data=raw, headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 200
    await ana.wait(lambda told: len(told) > before)
    assert "peligro" in await ana.ask("1")


def _from(phone, **fields):
    update = message(**fields)
    update["message"]["chat"] = {**CHAT, "id": phone.chat}
    update["message"]["from"] = {**PERSON, "id": phone.chat}
    return update


@pytest.mark.parametrize("kind", ["sticker", "contact", "dice", "poll", "venue", "location", "game", "story"])
async def test_what_cannot_be_used_is_said_and_the_question_stands_again(world, kind):
    ana = await world.phone()
    question = (await ana.begin()).split("\n")[-1]
    things = {
        "sticker": {"file_id": "x", "file_unique_id": "y", "type": "regular", "width": 1, "height": 1},
        "contact": {"phone_number": "+5215555", "first_name": "CANARIA"},
        "dice": {"emoji": "🎲", "value": 3},
        "poll": {"id": "1", "question": "?"},
        "venue": {"title": "x", "address": "y", "location": {"latitude": 1.0, "longitude": 2.0}},
        "location": {"latitude": 1.0, "longitude": 2.0},
        "game": {"title": "x"},
        "story": {"id": 5},
    }
    extra = {"location": things["venue"]["location"]} if kind == "venue" else {}
    before = len(await ana.told())
    await world.control("POST", "/updates", **_from(ana, **{kind: things[kind]}, **extra))
    told = (await ana.wait(lambda told: len(told) > before))[-1]
    assert told.endswith(question)
    assert "CANARIA" not in told


async def test_a_contact_is_taken_out_of_the_chat(world):
    ana = await world.phone()
    await ana.begin()
    sent = await ana.do("send", kind="contact", name="Alguien")
    told = len(await ana.told())
    await ana.wait(lambda now: len(now) > told - 1 and "contacto" in now[-1])
    shown = [one["id"] for one in (await ana.screen())["messages"] if not one["deleted"]]
    assert sent["message"] not in shown


async def test_a_forward_gives_its_words_and_not_its_origin(world):
    ana = await world.phone()
    await ana.begin()
    for words in ("1", "1", "1", "1"):
        await ana.ask(words)
    await ana.do("forward", text="Se lo llevaron anoche de la casa", name="CANARIA-ORIGEN", origin="hidden_user")
    await asyncio.sleep(0.2)
    await ana.ask("enviar")
    await ana.do("say", text="1")
    await ana.sees("Entregado")
    [report] = world.desk.reports()
    assert "Se lo llevaron anoche" in str(report)
    assert "CANARIA" not in str(report)


async def test_two_updates_of_one_chat_at_once_are_taken_in_order(world):
    ana = await world.phone()
    await ana.begin()
    await world.control("POST", "/hold")
    for words in ("1", "1", "1", "1"):
        await ana.do("say", text=words)
    await world.control("POST", "/release")
    await ana.sees("ciudad y estado")
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(0,)])
    assert world.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_group_is_left_and_nothing_of_it_is_stored(world):
    ana = await world.phone()
    await ana.begin()
    await world.settled()
    rows = world.rows("SELECT (SELECT count(*) FROM drafts), (SELECT count(*) FROM ledger)")
    await world.control("POST", "/groups", phone=ana.number, title="Vecinos")
    await asyncio.sleep(0.3)
    calls = await world.control("GET", "/calls?method=leaveChat")
    assert 200 in [call["status"] for call in calls["calls"]]
    assert world.rows("SELECT (SELECT count(*) FROM drafts), (SELECT count(*) FROM ledger)") == rows


@pytest.mark.parametrize(
    "strange",
    [{"via_bot": {"id": 1, "is_bot": True, "first_name": "b"}}, {"sender_chat": {"id": -5, "type": "channel"}}],
    ids=["via_bot", "sender_chat"],
)
async def test_what_no_person_wrote_is_ignored(world, strange):
    ana = await world.phone()
    await ana.begin()
    before = await ana.told()
    await world.control("POST", "/updates", **_from(ana, text="1", **strange))
    await world.control("POST", "/updates", channel_post=message(text="x")["message"])
    await asyncio.sleep(0.3)
    assert await ana.told() == before


async def test_an_edit_changes_the_answer_it_told_and_an_unknown_edit_nothing(world):
    ana = await world.phone()
    await ana.begin()
    sent = await ana.do("say", text="1")
    await ana.sees("peligro")
    before = len(await ana.told())
    await ana.do("edit", message=sent["message"], text="2")
    await ana.wait(lambda told: len(told) > before)
    after = await ana.told()
    edited = _from(ana, text="otra cosa")["message"] | {"message_id": 4_000_000}
    await world.control("POST", "/updates", edited_message=edited)
    await asyncio.sleep(0.2)
    assert await ana.told() == after
