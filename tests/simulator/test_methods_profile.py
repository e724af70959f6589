# SPDX-License-Identifier: Apache-2.0
"""What the bot says about itself, what it may know of a chat, and groups."""

import pytest
import telegram
from telegram.error import BadRequest, Forbidden


async def test_get_me(simulator, bot):
    me = await bot.get_me()
    assert (me.is_bot, me.username, me.id) == (True, "simulated_bot", (await simulator.get("/state"))["bot"]["id"])


async def test_commands_are_kept_by_scope_and_language(bot):
    scope = telegram.BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([("start", "begin")], scope=scope)
    await bot.set_my_commands([("borrar", "borrar todo")], scope=scope, language_code="es")
    assert (await bot.get_my_commands(scope=scope, language_code="es"))[0].command == "borrar"
    assert (await bot.get_my_commands(scope=scope))[0].command == "start"
    assert await bot.get_my_commands() == ()
    await bot.delete_my_commands(scope=scope, language_code="es")
    assert await bot.get_my_commands(scope=scope, language_code="es") == ()


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([("Start", "x")], "Bot_command_invalid"),
        ([("a" * 33, "x")], "Bot_command_invalid"),
        ([("añadir", "x")], "Bot_command_invalid"),
        ([("a", "")], "Bot_command_description_invalid"),
        ([("a", "x" * 257)], "Bot_command_description_invalid"),
        ([(f"c{n}", "x") for n in range(101)], "[Tt]oo many commands"),
    ],
)
async def test_commands_have_limits(bot, commands, words):
    with pytest.raises(BadRequest, match=words):
        await bot.set_my_commands(commands)


@pytest.mark.parametrize("code", ["quc", "e", "es-MX", "xx"])
async def test_languages_are_two_letters_of_iso_639_1(bot, code):
    with pytest.raises(BadRequest, match=r"[Ii]nvalid language code"):
        await bot.set_my_description("x", language_code=code)


@pytest.mark.parametrize(("what", "limit"), [("name", 64), ("description", 512), ("short_description", 120)])
async def test_texts_by_language(bot, what, limit):
    put, take = getattr(bot, f"set_my_{what}"), getattr(bot, f"get_my_{what}")
    await put("a" * limit, language_code="ht")
    assert getattr(await take(language_code="ht"), what) == "a" * limit
    with pytest.raises(BadRequest, match="is too long"):
        await put("a" * (limit + 1))
    await put("", language_code="ht")
    assert getattr(await take(language_code="ht"), what) in ("", "Simulated bot")


async def test_the_menu_button(bot, phone):
    assert isinstance(await bot.get_chat_menu_button(), telegram.MenuButtonCommands)
    await bot.set_chat_menu_button(phone.chat, telegram.MenuButtonCommands())
    assert isinstance(await bot.get_chat_menu_button(phone.chat), telegram.MenuButtonCommands)


async def test_get_chat(bot, phone):
    chat = await bot.get_chat(phone.chat)
    assert (chat.type, chat.first_name) == ("private", "Ana")
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await bot.get_chat(4242)
    with pytest.raises(BadRequest, match="can't be changed in private chats"):
        await bot.leave_chat(phone.chat)


async def test_a_group_is_joined_and_left(simulator, bot, phone):
    group = (await simulator.post("/groups", title="Neighbours", phone=phone.number))["group"]
    await simulator.post(f"/groups/{group}/say", text="hello all", phone=phone.number)
    joined, service, said = [telegram.Update.de_json(one, bot) for one in await simulator.updates()]
    assert joined.my_chat_member.new_chat_member.status == "member"
    assert service.message.new_chat_members[0].id == bot.id
    assert (said.message.chat.type, said.message.text) == ("group", "hello all")
    assert await bot.leave_chat(group)
    with pytest.raises(Forbidden):
        await bot.send_message(group, "still there?")
    await simulator.post(f"/groups/{group}/say", 409, text="bye", phone=phone.number)
