# SPDX-License-Identifier: Apache-2.0
"""What the bot shows before anybody writes to it: name, descriptions, commands, in every language Telegram knows.

Set from the catalogs, so that it is reviewed with all other texts. Telegram takes two-letter languages only; others
are chosen inside the chat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats

from bot.errors import ProfileError
from intake.catalog import Catalog, Catalogs
from intake.words import units

LIMITS: Final[Mapping[str, int]] = {
    "name": 64,
    "description": 512,
    "short_description": 120,
}  # Bot API, setMyName and its kin
_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")  # Bot API, BotCommand.command
_COMMANDS: Final = ("start", "delete", "help")
_LONGEST_COMMAND: Final = 256  # Bot API, BotCommand.description


class Profile(NamedTuple):
    """One language's profile; `language` "" stands for everybody whose language has none of its own."""

    language: str
    name: str
    description: str
    short_description: str
    commands: tuple[tuple[str, str], ...]


def profiles(catalogs: Catalogs, organisation: str) -> list[Profile]:
    """One for each language with a two-letter code, and the default one first. ProfileError names a text too long."""
    languages = dict.fromkeys(locale.partition("-")[0] for locale in catalogs.locales)
    named = [language for language in languages if len(language) == 2]
    return [
        _profile(catalogs.get(language or None), language, organisation)
        for language in ("", *(name for name in named if catalogs.get(name).has("bot.name")))
    ]


def _profile(catalog: Catalog, language: str, organisation: str) -> Profile:
    commands = tuple(_commands(catalog))
    found = Profile(
        language,
        catalog.text("bot.name", organisation=organisation),
        catalog.text("bot.description", organisation=organisation),
        catalog.text("bot.short_description", organisation=organisation),
        commands,
    )
    for what, limit in LIMITS.items():
        if units(getattr(found, what)) > limit:
            raise ProfileError(
                f"the {what} of the bot has more than {limit} characters in {catalog.locale}: shorten it"
            )
    return found


def _commands(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for command in _COMMANDS:
        word = catalog.text(f"command.{command}.name")
        label = catalog.text(f"command.{command}")
        if not _COMMAND.fullmatch(word) or units(label) > _LONGEST_COMMAND:
            raise ProfileError(f"command.{command} breaks Telegram's rules in {catalog.locale}: a-z, 0-9, _ only")
        yield word, label


async def differences(bot: Bot, wanted: Profile) -> list[str]:
    """What Telegram shows otherwise, as names of parts."""
    code = wanted.language or None
    shown = {
        "name": (await bot.get_my_name(code)).name,
        "description": (await bot.get_my_description(code)).description,
        "short_description": (await bot.get_my_short_description(code)).short_description,
    }
    commands = await bot.get_my_commands(BotCommandScopeAllPrivateChats(), code)
    different = [what for what, text in shown.items() if text != getattr(wanted, what)]
    if tuple((one.command, one.description) for one in commands) != wanted.commands:
        different.append("commands")
    return different


async def set_profile(bot: Bot, wanted: Profile) -> list[str]:
    """Make Telegram show it; gives what had to be changed, so that a second run gives nothing."""
    code = wanted.language or None
    changed = await differences(bot, wanted)
    if "name" in changed:
        await bot.set_my_name(wanted.name, code)
    if "description" in changed:
        await bot.set_my_description(wanted.description, code)
    if "short_description" in changed:
        await bot.set_my_short_description(wanted.short_description, code)
    if "commands" in changed:
        commands = [BotCommand(word, label) for word, label in wanted.commands]
        await bot.set_my_commands(commands, BotCommandScopeAllPrivateChats(), code)
    return changed
