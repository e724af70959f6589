# SPDX-License-Identifier: Apache-2.0
"""What people do on their phones, and what they see."""

import asyncio
import json

import pytest
import telegram
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Inline

from tests.simulator.conftest import Phone


async def test_a_text_becomes_an_update_that_parses(simulator, bot, phone):
    said = await phone.do("say", text="/start abc_1")
    update = telegram.Update.de_json((await simulator.updates())[-1], bot)
    message = update.message
    assert (message.message_id, message.text, message.from_user.language_code) == (
        said["message"],
        "/start abc_1",
        "es",
    )
    assert list(message.parse_entities()) == [message.entities[0]]
    assert message.parse_entity(message.entities[0]) == "/start"


async def test_a_long_text_is_cut_as_the_apps_do(simulator, phone):
    said = await phone.do("say", text="😀" * 3000)
    assert len(said["messages"]) == 2
    texts = [update["message"]["text"] for update in await simulator.updates()]
    assert texts == ["😀" * 2048, "😀" * 952]


@pytest.mark.parametrize("wrong", [{}, {"text": " "}, {"text": 5}])
async def test_a_phone_cannot_send_nothing(phone, wrong):
    await phone.do("say", 400, **wrong)


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ({"label": "2. No, gracias"}, "2. No, gracias"),
        ({"label": "no, GRACIAS"}, "2. No, gracias"),
        ({"label": "gracias"}, "2. No, gracias"),
        ({"number": 2}, "2. No, gracias"),
        ({"number": 3}, "3️⃣ Atrás"),
        ({"label": "atrás"}, "3️⃣ Atrás"),
    ],
)
async def test_reply_buttons_are_tapped_by_label_or_number(simulator, bot, phone, wanted, sent):
    markup = telegram.ReplyKeyboardMarkup([["1. Sí"], ["2. No, gracias"], ["3️⃣ Atrás"]])
    await bot.send_message(phone.chat, "?", reply_markup=markup)
    await phone.do("tap", **wanted)
    assert (await simulator.updates())[-1]["message"]["text"] == sent


async def test_a_button_that_is_not_there_names_those_that_are(bot, phone):
    await bot.send_message(phone.chat, "?", reply_markup=telegram.ReplyKeyboardMarkup([["1. Sí", "2. No"]]))
    await bot.send_message(phone.chat, "?", reply_markup=Inline([[Button("Review", callback_data="r")]]))
    for wanted in ({"label": "Maybe"}, {"number": 4}):
        assert (await phone.do("tap", 409, **wanted))["labels"] == ["1. Sí", "2. No", "Review"]
    await phone.do("tap", 400)
    assert "press" in await phone.do("tap", label="review")


async def test_the_newest_inline_button_that_fits_is_pressed(simulator, bot, phone):
    for data in ("old", "new"):
        await bot.send_message(phone.chat, "?", reply_markup=Inline([[Button("Go", callback_data=data)]]))
    await phone.do("tap", label="Go")
    assert (await simulator.updates())[-1]["callback_query"]["data"] == "new"


async def test_any_data_can_be_pressed_as_a_broken_app_would(simulator, bot, phone):
    sent = await bot.send_message(phone.chat, "?")
    await phone.do("press", message=sent.message_id, data="x" * 65)
    assert (await simulator.updates())[-1]["callback_query"]["data"] == "x" * 65
    await phone.do("press", 409, message=sent.message_id, label="Go")


async def test_own_messages_are_edited_and_deleted(simulator, bot, phone):
    said = (await phone.do("say", text="one"))["message"]
    await phone.do("edit", message=said, text="two")
    update = telegram.Update.de_json((await simulator.updates())[-1], bot)
    assert (update.edited_message.message_id, update.edited_message.text) == (said, "two")
    await phone.do("delete", message=said)
    assert await simulator.updates() == []
    await phone.do("edit", 409, message=said, text="three")
    sent = await bot.send_message(phone.chat, "x")
    await phone.do("edit", 409, message=sent.message_id, text="three")


@pytest.mark.parametrize(
    ("wanted", "attribute"),
    [
        ({"kind": "location", "latitude": 16.7, "longitude": -93.1}, "location"),
        ({"kind": "live_location", "latitude": 16.7, "longitude": -93.1}, "location"),
        ({"kind": "venue", "latitude": 16.7, "longitude": -93.1, "name": "Shelter"}, "venue"),
        ({"kind": "contact"}, "contact"),
        ({"kind": "sticker"}, "sticker"),
        ({"kind": "dice"}, "dice"),
        ({"kind": "poll"}, "poll"),
        ({"kind": "story"}, "story"),
        ({"kind": "auto_delete_timer"}, "message_auto_delete_timer_changed"),
    ],
)
async def test_things_that_are_not_text(simulator, bot, phone, wanted, attribute, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else PTB warns of its own future while it parses
    await phone.do("send", **wanted)
    raw = (await simulator.updates())[-1]
    assert getattr(telegram.Update.de_json(raw, bot).message, attribute)


@pytest.mark.parametrize(
    "wrong", [{}, {"kind": "x"}, {"kind": "location"}, {"kind": "voice", "size": 0}, {"album": []}]
)
async def test_what_no_phone_can_send(phone, wrong):
    await phone.do("send", 400, **wrong)


async def test_an_album_is_several_messages_of_one_group(simulator, phone):
    items = [{"kind": "photo", "caption": "all of it"}, {"kind": "photo"}, {"kind": "video"}]
    await phone.do("send", album=items)
    messages = [update["message"] for update in await simulator.updates()]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["all of it", None, None]


@pytest.mark.parametrize("origin", ["user", "hidden_user", "channel"])
async def test_forwards_have_an_origin(simulator, bot, phone, origin):
    await phone.do("forward", text="passed on", origin=origin, name="Eva")
    message = telegram.Update.de_json((await simulator.updates())[-1], bot).message
    assert (message.forward_origin.type, message.text) == (origin, "passed on")


async def test_asking_for_a_place_sends_the_place(simulator, bot, phone):
    markup = telegram.ReplyKeyboardMarkup([[telegram.KeyboardButton("Share place", request_location=True)]])
    await bot.send_message(phone.chat, "Where?", reply_markup=markup)
    await phone.do("tap", label="Share place", latitude=1.5, longitude=2.5)
    assert (await simulator.updates())[-1]["message"]["location"] == {"latitude": 1.5, "longitude": 2.5}


async def test_offline_the_screen_stands_still_and_words_wait(simulator, bot, phone):
    await bot.send_message(phone.chat, "before", reply_markup=Inline([[Button("Go", callback_data="go")]]))
    await phone.do("offline", on=True)
    await phone.do("say", text="typed without a network")
    await phone.do("tap", label="Go")
    await bot.send_message(phone.chat, "unseen")
    assert await simulator.updates() == []
    screen = await phone.screen()
    assert [one["text"] for one in screen["messages"]] == ["/start", "before", "typed without a network", "Go"]
    assert screen["messages"][-1]["pending"] is True
    await simulator.advance(151)
    await phone.do("offline", on=False)
    assert [list(update)[1] for update in await simulator.updates()] == ["message"]  # the press was too old
    assert await phone.texts() == ["/start", "before", "unseen", "typed without a network"]


async def test_wait_returns_when_the_screen_changes(simulator, bot, phone):
    version = (await phone.screen())["version"]
    waiting = asyncio.create_task(phone.do("wait", version=version, timeout=5))
    both = asyncio.create_task(phone.do("wait", version=version, timeout=5))
    await asyncio.sleep(0.05)
    await bot.send_message(phone.chat, "hello")
    for screen in (await waiting, await both):
        assert screen["version"] > version
        assert screen["messages"][-1]["text"] == "hello"
    last = (await phone.screen())["version"]
    assert (await phone.do("wait", version=last, timeout=0.05))["version"] == last


async def test_events_tell_which_phone_changed(simulator, bot, phone):
    async with simulator.web.get(f"{simulator.url}/control/events") as stream:
        assert stream.content_type == "text/event-stream"
        await stream.content.readline()
        await bot.send_message(phone.chat, "hello")
        line = b""
        while not line.startswith(b"data:"):
            line = await asyncio.wait_for(stream.content.readline(), 5)
        event = json.loads(line.removeprefix(b"data: "))
    assert event == {"phone": phone.number, "version": (await phone.screen())["version"]}


async def test_phones_are_listed(simulator, phone):
    made = await simulator.post("/phones", name="Seed", language="en", shown=False)
    listed = (await simulator.get("/phones"))["phones"]
    assert [(one["phone"], one["name"], one["language"], one["shown"]) for one in listed] == [
        (1, "Ana", "es", True),
        (made["phone"], "Seed", "en", False),
    ]
    await Phone(simulator, 99, 0).do("say", 404, text="x")
    await phone.do("dance", 404)
    await simulator.post("/phones", 400, language="es")


async def test_the_clock_only_goes_forward(simulator):
    await simulator.post("/clock", 400, advance=-1)
    moved = await simulator.post("/clock", advance=3600)
    assert moved["offset"] == 3600


@pytest.mark.parametrize("wrong", [{"latency": "fast"}, {"colour": 1}, {"batch_delete": "maybe"}, {"flood": 1}])
async def test_wrong_rules_are_refused(simulator, wrong):
    await simulator.post("/rules", 400, **wrong)
