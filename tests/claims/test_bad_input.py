# SPDX-License-Identifier: Apache-2.0
"""Whatever a phone, a stranger or Telegram sends, the others are served, the person is asked again, nothing leaks.

The ids B.. name the bad inputs of the threat analysis. All goes through the real simulator, bot and desk.
"""

import asyncio
import json
import random
import re
from typing import Any

import pytest

from tests.claims import search
from tests.claims.books import compare, desk_url, held, log_in, phone_url, quiet, rows
from tests.claims.person import (
    HANDED_OVER,
    RECEIPT,
    Person,
    gather_people,
    label,
    opening_of,
    script,
    word,
)
from tests.claims.search import marker
from tests.claims.stage import Stage, Stages, until

POISON = opening_of("bot.poison")
CHANGED = opening_of("bot.edited")
ANYTHING = re.compile(r"\S")
CANARY = marker("raw")
PIECES = 4.1  # seconds: what follows a very long text within three is taken for its next piece


def unusable(chat: int) -> dict[str, dict[str, Any]]:
    """Updates of which nothing can be made, each with a word of its own in it (B19, B29, B67)."""
    place = {"id": chat, "type": "private", "first_name": CANARY}
    person = {"id": chat, "is_bot": False, "first_name": CANARY, "language_code": "es"}
    whole = {"message_id": 900, "date": 1_800_000_000, "chat": place, "from": person}

    def message(**fields: Any) -> dict[str, Any]:
        return {"message": {**whole, **fields}}

    return {
        "a location without longitude": message(location={"latitude": 1.5, "note": CANARY}),
        "a date that is none": message(text=CANARY, date=10**18),
        "a date in words": message(text=CANARY, date="hoy"),
        "a text that is a number": message(text=5, note=CANARY),
        "a text that is a list": message(text=[CANARY]),
        "a photo without sizes": message(photo=[], caption=CANARY),
        "a document that is a word": message(document=CANARY),
        "a sender that is a word": {"message": {**whole, "from": CANARY, "text": CANARY}},
        "a message without its number": {"message": {"date": 1, "chat": place, "from": person, "text": CANARY}},
        "a number beyond all numbers": message(text=CANARY, message_id=2**70),
        "a list for an edit": {"edited_message": {**whole, "text": [CANARY]}},
        "a press without a sender": {
            "callback_query": {"id": "1", "data": CANARY, "chat_instance": "1", "message": {**whole}}
        },
        "a press with a list for data": {
            "callback_query": {"id": "1", "from": person, "data": [CANARY], "chat_instance": "1", "message": {**whole}}
        },
        "a membership without a state": {"my_chat_member": {"chat": place, "from": person, "date": 1, "note": CANARY}},
    }


NOBODYS = {
    "an empty message": {"message": {}},
    "a list for a message": {"message": [CANARY]},
    "a null for a message": {"message": None},
    "a word for a press": {"callback_query": CANARY},
}


async def inject(stage: Stage, update: dict[str, Any]) -> None:
    async with stage.web.post(f"{stage.telegram_api_url}/control/updates", json=update) as answer:
        assert answer.status == 200, await answer.text()


def letters(stage: Stage) -> list[tuple[str, bool]]:
    """Class of the error, and whether the letter has a content, of every dead letter."""
    found = rows(phone_url(stage), "SELECT error, sealed IS NOT NULL FROM dead_letters")
    return [(error, bool(sealed)) for error, sealed in found]


def assert_silent(stage: Stage, *words: str) -> None:
    """No log of the bot or the desk holds what was sent."""
    logs = (stage.log("bot") + stage.log("api")).encode()
    needles = {word: search.forms(word) for word in (search.RUN, *words)}
    assert search.hits(logs, needles) == []
    assert all(line.startswith(b"{") for line in logs.splitlines())


async def consent(person: Person) -> None:
    """As far as the question whether somebody is in danger."""
    await person.ask("/start", "Elija su idioma")
    await person.ask("1", "Telegram puede leer")
    await person.ask("1", label("about"))
    await person.ask("2", label("danger"))


@pytest.mark.slow
async def test_b67_bad_updates_among_good_ones_stop_nobody(stages: Stages, engine_settings: dict[str, str]) -> None:
    async with stages(engine_settings) as stage:
        ana, bo, stranger = await gather_people(stage, 3, seed=1, patience=20)
        await consent(ana)
        bad = list(unusable(ana.chat).values())
        strange = [*NOBODYS.values(), *list(unusable(stranger.chat).values())[:2]]
        mark = word()
        lines = script(mark, random.Random(1))
        await stage.control("/hold")
        calls = (await stage.look("/state"))["calls"]
        for number in range(max(len(bad) + len(strange), len(lines))):
            if number < len(lines):
                said = await bo.say(lines[number].text)
            if number < len(bad) + len(strange):
                await inject(stage, [*bad, *strange][number])
        await stage.control("/release")
        assert await bo.sees(lines[-1].then, after=said)
        assert await ana.sees(POISON)
        await until(lambda: len(letters(stage)) == len(bad) + len(strange))
        polls = (await stage.look(f"/calls?after={calls}&method=getUpdates"))["calls"]
        assert len(polls) <= 6  # it does not ask for the same ones again and again
        kept = [sealed for _, sealed in letters(stage)]
        assert (kept.count(True), kept.count(False)) == (len(bad), len(strange))  # nothing of who has not agreed
        await ana.ask("5", label("status"))  # the question that was open still is
        assert RECEIPT.search(await bo.ask("1", RECEIPT))
        assert await bo.sees(HANDED_OVER)
        [case] = await (await log_in(stage)).cases()
        assert held(case["report"]) == {line.question: line.values for line in lines if line.question}
        assert_silent(stage, mark, str(ana.chat), str(bo.chat), str(stranger.chat))
        assert search.search(search.files_in(stage.home, but=[stage.home / "logs" / "simulator.log"]), {
            "it": search.forms(search.RUN)
        }) == []  # fmt: skip


async def test_updates_without_a_usable_number_are_passed_by_their_neighbours(stages: Stages) -> None:
    async with stages() as stage:
        [ana] = await gather_people(stage, 1, seed=2, patience=20)
        await consent(ana)
        await stage.control("/hold")
        for number in ("siete", 1.5, True, None, [3]):
            await inject(stage, {"update_id": number, "message": {"text": CANARY}})
        said = await ana.say("5")
        await stage.control("/release")
        assert await ana.sees(label("status"), after=said)
        await asyncio.sleep(1)
        assert len(letters(stage)) == 5
        assert (await stage.look("/state"))["updates"]["pending"] == 0
        assert_silent(stage)


@pytest.mark.slow
async def test_b25_every_update_up_to_five_times_is_one_effect(stages: Stages) -> None:
    async with stages() as stage:
        people = await gather_people(stage, 4, seed=3, patience=60)
        over = asyncio.Event()

        async def repeat() -> None:
            chance = random.Random(3)
            while not over.is_set():
                await stage.control("/replay", count=chance.randint(1, 20), times=chance.randint(1, 5))
                await asyncio.sleep(0.05)

        repeating = asyncio.create_task(repeat())
        told = await asyncio.gather(*(person.tell() for person in people))
        over.set()
        await repeating
        assert all(told)
        await stage.control("/replay", count=200, times=1)
        assert not await quiet(stage)
        await asyncio.sleep(0.5)
        verdict = await compare(stage, people)
        assert verdict.clean, verdict
        assert verdict.stored == len(people)


async def test_b22_b23_forged_stale_and_repeated_presses(stages: Stages) -> None:
    async with stages() as stage:
        ana, bo = await gather_people(stage, 2, seed=4, patience=20)
        await ana.ask("/start", "Elija su idioma")
        await bo.ask("/start", "Elija su idioma")
        old = next(one for one in await ana.look() if one["buttons"] or one["from"] == "bot")["id"]
        for text, then in (("1", "Telegram puede leer"), ("1", label("about")), ("2", label("danger"))):
            await ana.ask(text, then)
        real = [one["data"] for message in await bo.look() for row in message["buttons"] or [] for one in row]
        forged = ["", "x", "00000000:danger:yes", "deadbeef:danger:now", "a" * 64, "b" * 300, f"{CANARY}:danger:now"]
        forged += ["00000000:danger:'; DROP TABLE drafts", "00000000:danger:\u202e", *real]
        before = await ana.look()
        for data in forged:
            await ana.act("press", message=old, data=data)
        press = {"id": "77", "from": {"id": bo.chat, "is_bot": False, "first_name": "B"}, "chat_instance": "1"}
        press |= {
            "data": "00000000:danger:now",
            "message": {"message_id": old, "date": 0, "chat": {"id": ana.chat, "type": "private", "first_name": "A"}},
        }
        await inject(stage, {"callback_query": press})
        await ana.act("press", message=4_000_000, data="00000000:danger:now")  # a message that is gone
        await asyncio.sleep(1.0)
        answered = (await stage.look("/calls?method=answerCallbackQuery"))["calls"]
        assert len(answered) >= len(forged)
        assert [one for one in answered if one["status"] not in {200, 400}] == []
        assert [one["text"] for one in await ana.look() if one["from"] == "person"] == [
            one["text"] for one in before if one["from"] == "person"
        ]
        await ana.ask("5", label("status"))  # the question that was open still is
        assert letters(stage) == []
        assert_silent(stage)


async def test_b23_ten_words_of_send_are_one_report_and_one_receipt(stages: Stages) -> None:
    async with stages() as stage:
        [ana] = await gather_people(stage, 1, seed=5, patience=20)
        await until(lambda: (stage.home / "manifest.txt").exists())
        for line in script(word(), ana.chance):
            await ana.ask(line.text, line.then)
        await stage.control("/hold")
        first = await ana.say("1")
        await stage.control("/release")
        await ana.sees(RECEIPT, after=first)
        await stage.control("/replay", count=1, times=10)
        assert await ana.sees(HANDED_OVER, after=first)
        await asyncio.sleep(0.5)
        await ana.look()
        assert len({code for text in ana.since(first) for code in RECEIPT.findall(text)}) == 1
        assert len(await (await log_in(stage)).queue()) == 1


TEXTS = {
    "B03 NUL": "antes\0después",
    "B04 half a character": "antes \ud83d después",
    "B01 bidi": "\u202etxt.exe \u2066a\u2069",
    "B02 200 marks": "e" + "\u0301" * 200,
    "B05 zero width": "\u200b\u200b",
    "B06 ligature": "\ufdfa" * 300,
    "B07 emoji": "🧊" * 2048,
    "B50 markup": "<b>&lt;</b> **x** [a](http://b)",
    "B49 formula": "=1+1",
    "4096": "a" * 4096,
}


@pytest.mark.slow
async def test_any_text_is_kept_and_never_breaks_the_chat(stages: Stages, on_postgres: dict[str, str]) -> None:
    """Each as the answer in own words of a report of its own, sent as raw JSON; the report then arrives.

    On PostgreSQL, which refuses NUL; tests/bot/test_bad_input.py does the same on SQLite.
    """
    async with stages(on_postgres) as stage:
        people = await gather_people(stage, len(TEXTS), seed=6, patience=30)
        await until(lambda: (stage.home / "manifest.txt").exists())
        await asyncio.gather(*(tell_in(person, text) for person, text in zip(people, TEXTS.values(), strict=True)))
        cases = await (await log_in(stage)).cases()
        assert len(cases) == len(TEXTS)
        told = sorted(case["report"]["incidents"][0]["narrative"] for case in cases)
        assert "=1+1" in told
        assert any(text.startswith("antes") and "\0" not in text for text in told)
        assert any(len(text) >= 4000 and set(text) == {"a"} for text in told)
        assert letters(stage) == []
        refused = (await stage.look("/state"))["refused"]
        assert refused == {}, refused  # nothing that the bot said was ill-formed
        assert "unforeseen" not in stage.log("api")


async def tell_in(person: Person, words: str) -> None:
    """A report whose own words are these, as a raw update; whatever cannot be kept is asked for again."""
    for line in script(word(), person.chance)[:13]:
        await person.ask(line.text, line.then)
    chat = {"id": person.chat, "type": "private", "first_name": "p"}
    sender = {"id": person.chat, "is_bot": False, "first_name": "p"}
    last = max(one["id"] for one in await person.look())
    message = {"message_id": last + 1, "date": 1_800_000_000, "chat": chat, "from": sender, "text": words}
    raw = json.dumps({"message": message})  # ASCII: half a character stays an escape
    address = f"{person.stage.telegram_api_url}/control/updates"
    async with person.stage.web.post(address, data=raw, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 200
    answer_text = await person.sees(ANYTHING, after=last)
    assert answer_text, words[:20]
    if label("who") not in answer_text:  # asked again: nothing was left of it
        await person.ask("palabras que se pueden guardar", label("who"))
    await asyncio.sleep(PIECES if len(words) > 3000 else 0)
    await person.ask("9", label("wishes"))
    await person.ask("6", "se enviaría")
    await person.ask("1", RECEIPT)
    assert await person.sees(HANDED_OVER)


@pytest.mark.slow
async def test_b08_a_long_text_in_pieces_is_kept_whole(stages: Stages) -> None:
    async with stages() as stage:
        [ana] = await gather_people(stage, 1, seed=7, patience=20)
        await until(lambda: (stage.home / "manifest.txt").exists())
        for line in script(word(), ana.chance)[:13]:
            await ana.ask(line.text, line.then)
        await stage.control("/hold")
        long = " ".join(f"palabra{number}" for number in range(900))
        sent = await stage.control(f"/phones/{ana.number}/say", text=long)
        assert len(sent["messages"]) > 1
        await stage.control("/release")
        await ana.sees(label("who"), after=max(sent["messages"]))
        await asyncio.sleep(PIECES)
        await ana.ask("9", label("wishes"))
        await ana.ask("6", "se enviaría")
        await ana.ask("1", RECEIPT)
        assert await ana.sees(HANDED_OVER)
        [case] = await (await log_in(stage)).cases()
        assert case["report"]["incidents"][0]["narrative"].replace("\n", "") == long


KINDS = ("sticker", "dice", "poll", "venue", "live_location", "location", "contact", "story", "animation")

PLACES = ("venue", "live_location", "location")


async def test_b13_other_kinds_of_message_are_declined_and_the_question_stands(stages: Stages) -> None:
    async with stages() as stage:
        people = await gather_people(stage, len(KINDS), seed=8, patience=20)
        await asyncio.gather(*(decline(person, kind) for person, kind in zip(people, KINDS, strict=True)))
        assert letters(stage) == []
        assert_silent(stage, "5512345678")


async def decline(person: Person, kind: str) -> None:
    await consent(person)
    what = {"latitude": 19.4326, "longitude": -99.1332, "title": "x", "address": "y"} if kind in PLACES else {}
    what |= {"phone_number": "+525512345678", "first_name": CANARY} if kind == "contact" else {}
    sent = await person.act("send", kind=kind, **what)
    assert await person.sees(label("danger"), after=sent["message"]), (kind, person.since(sent["message"]))
    await person.ask("5", label("status"))
    if kind == "contact":  # another person's number does not stay in the chat
        assert [one for one in await person.look() if one["kind"] == "contact" and not one["deleted"]] == []


async def test_b10_b11_forwards_and_edits(stages: Stages) -> None:
    """A forward gives its words and not its origin; an edit before sending changes the answer, one after it nothing."""
    async with stages() as stage:
        [ana] = await gather_people(stage, 1, seed=9, patience=20)
        await until(lambda: (stage.home / "manifest.txt").exists())
        lines = script(word(), ana.chance)
        numbers = {}
        for line in lines[:13]:
            numbers[line.question] = await ana.say(line.text)
            assert await ana.sees(line.then, after=numbers[line.question])
        origin, words = marker("origin"), marker("words")
        forward = await ana.act("forward", text=words, origin="hidden_user", name=origin)
        assert await ana.sees(label("who"), after=forward["message"])
        await ana.ask("9", label("wishes"))
        await ana.ask("6", "se enviaría")
        await ana.act("edit", message=numbers["town"], text="Otra Ciudad")
        assert await ana.sees(re.compile(f"{re.escape(CHANGED)}[\\s\\S]*Otra Ciudad"))
        said = await ana.say("1")
        assert await ana.sees(RECEIPT, after=said)
        assert await ana.sees(HANDED_OVER, after=said)
        await ana.act("edit", message=numbers["town"], text="Tercera Ciudad")
        await asyncio.sleep(1)
        [case] = await (await log_in(stage)).cases()
        whole = json.dumps(case, ensure_ascii=False)
        assert case["report"]["incidents"][0]["place"]["town"] == "Otra Ciudad"
        assert words in whole
        assert origin not in whole
        assert "Tercera Ciudad" not in whole
        assert letters(stage) == []


async def test_b66_two_messages_of_one_person_at_once_both_count(stages: Stages) -> None:
    async with stages() as stage:
        people = await gather_people(stage, 8, seed=10, patience=20)
        for person in people:
            await person.ask("/start", "Elija su idioma")
            await person.ask("1", "Telegram puede leer")
            await person.ask("1", label("about"))
        await stage.control("/hold")
        for person in people:
            await asyncio.gather(person.say("2"), person.say("5"))
        await stage.control("/release")
        for person in people:
            assert await person.sees(label("status"))


async def test_b17_b18_groups_channels_and_strangers_are_left_alone(stages: Stages) -> None:
    async with stages() as stage:
        [ana] = await gather_people(stage, 1, seed=11, patience=20)
        await consent(ana)
        before = rows(phone_url(stage), "SELECT count(*) FROM drafts")
        async with stage.web.post(
            f"{stage.telegram_api_url}/control/groups", json={"title": CANARY, "phone": ana.number}
        ) as answer:
            assert answer.status == 200
        me = {"id": ana.chat, "is_bot": False, "first_name": "A"}
        base = {"message_id": 1, "date": 1_800_000_000, "text": CANARY}
        private = {"id": ana.chat, "type": "private", "first_name": "A"}
        for update in (
            {"channel_post": {**base, "chat": {"id": -100, "type": "channel", "title": CANARY}}},
            {"business_message": {**base, "chat": private, "from": me}},
            {"inline_query": {"id": "1", "from": me, "query": CANARY, "offset": ""}},
            {"message": {**base, "chat": private, "from": me, "via_bot": {"id": 9, "is_bot": True, "first_name": "b"}}},
            {"message": {**base, "chat": private, "from": {**me, "is_bot": True}}},
            {"message": {**base, "chat": private}},
            {"message": {**base, "chat": private, "from": me, "sender_chat": {"id": -5, "type": "channel"}}},
            {"message": {**base, "chat": {"id": -7, "type": "supergroup", "title": CANARY}, "from": me}},
            {"a_kind_of_tomorrow": {"x": CANARY}},
        ):
            await inject(stage, update)
        await ana.ask("5", label("status"))  # in her own chat all goes on
        left = [one["status"] for one in (await stage.look("/calls?method=leaveChat"))["calls"]]
        assert 200 in left
        assert rows(phone_url(stage), "SELECT count(*) FROM drafts") == before
        assert rows(desk_url(stage), "SELECT count(*) FROM reports") == [(0,)]
        sent = (await stage.look("/calls?method=sendMessage"))["calls"]
        assert {one["phone"] for one in sent} == {ana.number}
        assert_silent(stage)
