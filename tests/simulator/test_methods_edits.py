# SPDX-License-Identifier: Apache-2.0
"""Editing, deleting, answering presses: whose, how long, how often."""

import pytest
import telegram
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Inline
from telegram.error import BadRequest

from tests.simulator.conftest import started

HOUR = 3600


async def test_the_bot_edits_its_own_text(bot, phone):
    sent = await bot.send_message(phone.chat, "one", reply_markup=Inline([[Button("a", callback_data="a")]]))
    edited = await bot.edit_message_text("two", phone.chat, sent.message_id)
    assert (edited.text, edited.reply_markup) == ("two", None)
    seen = (await phone.screen())["messages"][-1]
    assert (seen["text"], seen["edited"], seen["buttons"]) == ("two", True, [])


async def test_only_the_buttons_change(bot, phone):
    sent = await bot.send_message(phone.chat, "one", reply_markup=Inline([[Button("a", callback_data="a")]]))
    await bot.edit_message_reply_markup(
        phone.chat, sent.message_id, reply_markup=Inline([[Button("b", callback_data="b")]])
    )
    seen = (await phone.screen())["messages"][-1]
    assert (seen["text"], seen["buttons"][0][0]["text"]) == ("one", "b")


async def test_a_caption_changes(bot, phone):
    sent = await bot.send_photo(phone.chat, b"picture", caption="one")
    assert (await bot.edit_message_caption(phone.chat, sent.message_id, caption="two")).caption == "two"
    with pytest.raises(BadRequest, match=r"[Tt]here is no text in the message to edit"):
        await bot.edit_message_text("x", phone.chat, sent.message_id)


async def test_what_cannot_be_edited(simulator, bot, phone):
    said = (await phone.do("say", text="mine"))["message"]
    with pytest.raises(BadRequest, match=r"[Mm]essage can't be edited"):
        await bot.edit_message_text("x", phone.chat, said)
    with pytest.raises(BadRequest, match=r"[Mm]essage to edit not found"):
        await bot.edit_message_text("x", phone.chat, 999)
    with_keyboard = await bot.send_message(phone.chat, "?", reply_markup=telegram.ReplyKeyboardMarkup([["1"]]))
    with pytest.raises(BadRequest, match=r"[Mm]essage can't be edited"):
        await bot.edit_message_text("x", phone.chat, with_keyboard.message_id)
    sent = await bot.send_message(phone.chat, "same")
    with pytest.raises(BadRequest, match=r"[Mm]essage is not modified"):
        await bot.edit_message_text("same", phone.chat, sent.message_id)
    await phone.do("delete", message=sent.message_id)
    with pytest.raises(BadRequest, match=r"[Mm]essage to edit not found"):
        await bot.edit_message_text("other", phone.chat, sent.message_id)
    with pytest.raises(BadRequest, match=r"[Mm]essage identifier is not specified"):
        await bot.edit_message_text("x", inline_message_id="abc")


async def test_both_sides_are_deleted_while_young(bot, phone):
    said = (await phone.do("say", text="mine"))["message"]
    sent = await bot.send_message(phone.chat, "ours")
    assert await bot.delete_message(phone.chat, said)
    assert await bot.delete_message(phone.chat, sent.message_id)
    gone = (await phone.screen())["messages"][-2:]
    assert [(one["deleted"], one["text"]) for one in gone] == [(True, None), (True, None)]
    with pytest.raises(BadRequest, match=r"[Mm]essage to delete not found"):
        await bot.delete_message(phone.chat, said)


async def test_nothing_is_deleted_after_48_hours(simulator, bot, phone):
    sent = await bot.send_message(phone.chat, "ours")
    await simulator.advance(47 * HOUR)
    young = await bot.send_message(phone.chat, "younger")
    await simulator.advance(HOUR + 1)
    with pytest.raises(BadRequest, match=r"[Mm]essage can't be deleted for everyone"):
        await bot.delete_message(phone.chat, sent.message_id)
    assert await bot.delete_message(phone.chat, young.message_id)


async def test_a_batch_skips_unknown_ids_and_refuses_old_ones(simulator, bot, phone):
    old = await bot.send_message(phone.chat, "old")
    await simulator.advance(48 * HOUR)
    young = await bot.send_message(phone.chat, "young")
    with pytest.raises(BadRequest, match=r"[Mm]essage can't be deleted for everyone"):
        await bot.delete_messages(phone.chat, [old.message_id, young.message_id, 999])
    assert await bot.delete_messages(phone.chat, [young.message_id, 999])
    assert await phone.texts() == ["/start", "old"]


async def test_a_batch_may_also_skip_what_is_too_old(simulator, bot, phone):
    await simulator.post("/rules", batch_delete="skip")
    old = await bot.send_message(phone.chat, "old")
    await simulator.advance(48 * HOUR)
    young = await bot.send_message(phone.chat, "young")
    assert await bot.delete_messages(phone.chat, [old.message_id, young.message_id])
    assert await phone.texts() == ["/start", "old"]


@pytest.mark.parametrize("count", [0, 101])
async def test_a_batch_has_1_to_100_ids(simulator, phone, count):
    said = await simulator.call("deleteMessages", 400, chat_id=phone.chat, message_ids=list(range(count)))
    assert "1 to 100" in said


async def _press(simulator, bot, phone, data="go"):
    sent = await bot.send_message(phone.chat, "?", reply_markup=Inline([[Button("Go", callback_data=data)]]))
    await phone.do("press", message=sent.message_id, label="Go")
    return sent, (await simulator.updates())[-1]["callback_query"]


async def test_a_press_is_answered_once_with_words(simulator, bot, phone):
    sent, query = await _press(simulator, bot, phone)
    assert (query["data"], query["message"]["message_id"]) == ("go", sent.message_id)
    assert telegram.CallbackQuery.de_json(query, bot).from_user.id == phone.chat
    assert await bot.answer_callback_query(query["id"], "done", show_alert=True)
    assert (await phone.screen())["toasts"] == [{"text": "done", "alert": True}]
    with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):
        await bot.answer_callback_query(query["id"])


async def test_a_press_waits_150_seconds_for_its_answer(simulator, bot, phone):
    _, first = await _press(simulator, bot, phone)
    await simulator.advance(149)
    assert await bot.answer_callback_query(first["id"])
    _, second = await _press(simulator, bot, phone)
    await simulator.advance(151)
    with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):
        await bot.answer_callback_query(second["id"])


async def test_a_press_nobody_fetched_is_gone_after_150_seconds_and_a_text_is_not(simulator, bot, phone):
    await bot.send_message(phone.chat, "?", reply_markup=Inline([[Button("Go", callback_data="go")]]))
    await phone.do("tap", label="Go")
    await phone.do("say", text="typed")
    await simulator.advance(151)
    assert [list(update)[1] for update in await simulator.updates()] == ["message"]


async def test_a_toast_has_200_units(simulator, bot, phone):
    _, query = await _press(simulator, bot, phone)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(query["id"], "x" * 201)


async def test_a_press_on_a_message_that_is_gone_is_inaccessible(simulator, bot, phone):
    sent = await bot.send_message(phone.chat, "?", reply_markup=Inline([[Button("Go", callback_data="go")]]))
    await bot.delete_message(phone.chat, sent.message_id)
    await phone.do("press", message=sent.message_id, data="go")
    query = telegram.Update.de_json((await simulator.updates())[-1], bot).callback_query
    assert not query.message.is_accessible  # python-telegram-bot 22.8 makes a Message of it all the same


async def test_chats_do_not_share_messages(simulator, bot, phone):
    other = await started(simulator, "Ben")
    sent = await bot.send_message(phone.chat, "for Ana")
    with pytest.raises(BadRequest, match=r"[Mm]essage to delete not found"):
        await bot.delete_message(other.chat, sent.message_id)
