# SPDX-License-Identifier: Apache-2.0
"""Sending words, places and contacts with a real python-telegram-bot Bot."""

import pytest
import telegram
from telegram import InlineKeyboardButton as Button
from telegram.error import BadRequest, Forbidden, RetryAfter


async def test_a_message_appears_on_the_phone_and_comes_back_typed(bot, phone):
    sent = await bot.send_message(phone.chat, "Hola, ¿seguimos?", disable_notification=True, protect_content=True)
    assert sent.text == "Hola, ¿seguimos?"
    assert sent.chat.id == phone.chat
    assert sent.from_user.id == bot.id
    seen = (await phone.screen())["messages"][-1]
    assert (seen["id"], seen["from"], seen["text"]) == (sent.message_id, "bot", "Hola, ¿seguimos?")
    assert (seen["silent"], seen["protected"], seen["deleted"]) == (True, True, False)


async def test_a_bot_cannot_write_first(simulator, bot):
    made = await simulator.post("/phones", name="Ana", language="es")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(made["chat"], "hello")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(42, "hello")


async def test_a_blocked_bot_is_told_so_and_may_write_after_unblocking(simulator, bot, phone):
    await phone.do("block")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(phone.chat, "hello")
    await phone.do("say", 409, text="still here")
    await phone.do("unblock")
    await bot.send_message(phone.chat, "hello")
    changes = [update["my_chat_member"] for update in await simulator.updates()]
    assert [one["new_chat_member"]["status"] for one in changes] == ["kicked", "member"]


@pytest.mark.parametrize(
    ("text", "fits"), [("a" * 4096, True), ("a" * 4097, False), ("😀" * 2048, True), ("😀" * 2049, False)]
)
async def test_text_is_measured_in_utf16_units(bot, phone, text, fits):
    if fits:
        assert (await bot.send_message(phone.chat, text)).text == text
    else:
        with pytest.raises(BadRequest, match="Message is too long"):
            await bot.send_message(phone.chat, text)


async def test_length_counts_after_html_is_parsed(bot, phone):
    sent = await bot.send_message(phone.chat, "<b>" + "a" * 4096 + "</b>", parse_mode="HTML")
    assert sent.entities[0].to_dict() == {"type": "bold", "offset": 0, "length": 4096}


@pytest.mark.parametrize("text", ["", "   \n", "<b></b>"])
async def test_an_empty_message_is_refused(bot, phone, text):
    with pytest.raises(BadRequest, match=r"[Mm]essage text is empty"):
        await bot.send_message(phone.chat, text, parse_mode="HTML")


async def test_a_reply_keyboard_stands_until_replaced_or_removed(bot, phone):
    first = telegram.ReplyKeyboardMarkup([["1 Sí", "2 No"]], input_field_placeholder="Elige")
    await bot.send_message(phone.chat, "¿Seguimos?", reply_markup=first)
    keyboard = (await phone.screen())["keyboard"]
    assert (keyboard["rows"], keyboard["placeholder"]) == ([["1 Sí", "2 No"]], "Elige")
    await bot.send_message(phone.chat, "no keyboard of its own")
    assert (await phone.screen())["keyboard"]["rows"] == [["1 Sí", "2 No"]]
    await bot.send_message(phone.chat, "gone", reply_markup=telegram.ReplyKeyboardRemove())
    assert (await phone.screen())["keyboard"] is None


async def test_a_deleted_message_takes_its_keyboard_with_it(bot, phone):
    sent = await bot.send_message(phone.chat, "?", reply_markup=telegram.ReplyKeyboardMarkup([["1"]]))
    await bot.delete_message(phone.chat, sent.message_id)
    assert (await phone.screen())["keyboard"] is None


@pytest.mark.parametrize(
    ("button", "words"),
    [
        (Button("x", callback_data="a" * 65), "Button_data_invalid"),
        (Button("x", callback_data="ñ" * 33), "Button_data_invalid"),
        (Button("x", copy_text=telegram.CopyTextButton("a" * 257)), "Button_copy_text_invalid"),
        (Button("x"), "Text buttons are unallowed in the inline keyboard"),
        (Button("x", callback_data="a", url="https://example.org"), "exactly one action"),
        (Button("  ", callback_data="a"), "text must be non-empty"),
    ],
)
async def test_inline_buttons_have_limits(bot, phone, button, words):
    with pytest.raises(BadRequest, match=words):
        await bot.send_message(phone.chat, "x", reply_markup=telegram.InlineKeyboardMarkup([[button]]))


async def test_inline_buttons_within_the_limits_are_shown(bot, phone):
    rows = [
        [Button("data", callback_data="a" * 64)],
        [Button("copy", copy_text=telegram.CopyTextButton("a" * 256)), Button("web", url="https://example.org")],
    ]
    await bot.send_message(phone.chat, "x", reply_markup=telegram.InlineKeyboardMarkup(rows))
    shown = (await phone.screen())["messages"][-1]["buttons"]
    assert [[one["kind"] for one in row] for row in shown] == [["callback"], ["copy", "url"]]
    assert await phone.do("tap", label="copy") == {"copied": "a" * 256}


async def test_the_placeholder_has_64_characters(bot, phone):
    for length, fits in ((64, True), (65, False)):
        markup = telegram.ReplyKeyboardMarkup([["a"]], input_field_placeholder="p" * length)
        if fits:
            await bot.send_message(phone.chat, "x", reply_markup=markup)
        else:
            with pytest.raises(BadRequest, match="placeholder"):
                await bot.send_message(phone.chat, "x", reply_markup=markup)


async def test_a_reply_needs_its_message(bot, phone):
    with pytest.raises(BadRequest, match=r"[Mm]essage to be replied not found"):
        await bot.send_message(phone.chat, "x", reply_parameters=telegram.ReplyParameters(999))
    own = await bot.send_message(phone.chat, "first")
    sent = await bot.send_message(phone.chat, "second", reply_parameters=telegram.ReplyParameters(own.message_id))
    assert sent.reply_to_message.text == "first"


async def test_places_contacts_and_activity(bot, phone):
    place = await bot.send_location(phone.chat, 16.75, -93.1)
    assert (place.location.latitude, place.location.longitude) == (16.75, -93.1)
    with pytest.raises(BadRequest, match=r"[Ww]rong location"):
        await bot.send_location(phone.chat, 91, 0)
    contact = await bot.send_contact(phone.chat, "+525555", "Office")
    assert contact.contact.first_name == "Office"
    assert await bot.send_chat_action(phone.chat, "typing")
    assert (await phone.screen())["typing"] == "typing"
    kinds = [one["kind"] for one in (await phone.screen())["messages"]]
    assert kinds == ["text", "location", "contact"]


async def test_the_flood_model_is_a_bucket_a_chat(simulator, bot, phone, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else PTB warns of its own future while it raises
    await simulator.post("/rules", flood=True)
    for _ in range(3):
        await bot.send_message(phone.chat, "x")
    with pytest.raises(RetryAfter, match=r"Flood control exceeded. Retry in 0:00:01"):
        await bot.send_message(phone.chat, "x")
    await simulator.advance(1)
    await bot.send_message(phone.chat, "x")
