# SPDX-License-Identifier: Apache-2.0
"""What a bot says about itself and what it may know of a chat: getMe, commands, names, menu button, getChat."""

import re
from collections.abc import Callable
from typing import Any

from simulator.errors import bad_request
from simulator.formatting import units
from simulator.posting import chat_for_writing, membership
from simulator.profile import LIMITS, language
from simulator.simulation import Simulation

Json = dict[str, Any]

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_COMMANDS = 100
_DESCRIPTION_UNITS = 256


def get_me(sim: Simulation, _: Json) -> Json:
    return {
        **sim.world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(args: Json) -> str:
    scope = args.get("scope") or {"type": "default"}
    return ":".join(str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope)


def set_commands(sim: Simulation, args: Json) -> bool:
    key = (_scope(args), language(args))
    commands = args["commands"]
    if len(commands) > _COMMANDS:
        raise bad_request("too many commands specified")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= units(command["description"]) <= _DESCRIPTION_UNITS:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    sim.profile.commands[key] = commands
    return True


def get_commands(sim: Simulation, args: Json) -> list[Json]:
    return sim.profile.commands.get((_scope(args), language(args)), [])


def delete_commands(sim: Simulation, args: Json) -> bool:
    sim.profile.commands.pop((_scope(args), language(args)), None)
    return True


def _setter(what: str) -> Callable[[Simulation, Json], bool]:
    def set_text(sim: Simulation, args: Json) -> bool:
        text = args.get(what, "").strip()
        if units(text) > LIMITS[what]:
            raise bad_request(f"bot {what.replace('_', ' ')} is too long")
        code = language(args)
        if text:
            sim.profile.texts[what, code] = text
        else:
            sim.profile.texts.pop((what, code), None)
        if what == "name" and not code:
            sim.world.bot = {**sim.world.bot, "first_name": text or "Simulated bot"}
        return True

    return set_text


def _getter(what: str) -> Callable[[Simulation, Json], Json]:
    def get_text(sim: Simulation, args: Json) -> Json:
        default = sim.world.bot["first_name"] if what == "name" else ""
        return {what: sim.profile.texts.get((what, language(args)), default)}

    return get_text


def set_menu_button(sim: Simulation, args: Json) -> bool:
    button = args.get("menu_button") or {"type": "default"}
    if "chat_id" in args:
        chat_for_writing(sim, args["chat_id"]).menu_button = None if button["type"] == "default" else button
    else:
        sim.profile.menu_button = {"type": "commands"} if button["type"] == "default" else button
    return True


def get_menu_button(sim: Simulation, args: Json) -> Json:
    if "chat_id" in args:
        own = chat_for_writing(sim, args["chat_id"]).menu_button
        return own or {"type": "default"}
    return sim.profile.menu_button


def get_chat(sim: Simulation, args: Json) -> Json:
    chat = sim.world.chats.get(args["chat_id"])
    if chat is None or not chat.started:
        raise bad_request("chat not found")
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
    )
    return {**chat.facts, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def leave_chat(sim: Simulation, args: Json) -> bool:
    chat = chat_for_writing(sim, args["chat_id"])
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.blocked = True
    membership(sim, chat, sim.world.bot, "member", "left")
    return True


METHODS: dict[str, Callable[[Simulation, Json], object]] = {
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
    "getChat": get_chat,
    "leaveChat": leave_chat,
}
