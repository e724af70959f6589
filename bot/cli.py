# SPDX-License-Identifier: Apache-2.0
"""`amparo bot run`, `setup-webhook` and `setup-profile`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this package's commands."""
    bot = commands.add_parser("bot", help="the Telegram side: run it, set it up at Telegram")
    actions = bot.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser("run", help="take updates and answer them, until stopped")
    action.add_argument("--webhook", action="store_true", help="let Telegram deliver, instead of asking it")
    action.set_defaults(run=run)
    action = actions.add_parser("setup-webhook", help="tell Telegram where to deliver")
    action.add_argument("--remove", action="store_true", help="tell Telegram to deliver nowhere, so that run can ask")
    action.set_defaults(run=setup_webhook)
    action = actions.add_parser("setup-profile", help="set name, descriptions and commands in every language")
    action.add_argument("--diff", action="store_true", help="only say what would be changed")
    action.set_defaults(run=setup_profile)
    contacts = commands.add_parser("resources", help="the help contacts of this organisation: check or list them")
    actions = contacts.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser("check", help="say what is wrong, what is hidden and why, and what ends soon")
    action.add_argument("file", nargs="?", default="", help="another file than the one the bot reads")
    action.set_defaults(run=check_resources)
    action = actions.add_parser("list", help="show what a person would be shown today")
    action.add_argument("--state", default="", metavar="CODE", help="as to somebody in this state, such as MX-CHP")
    action.add_argument("--language", default="en", metavar="TAG", help="in this language; default en")
    action.set_defaults(run=list_resources)


def run(args: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    from bot import crash
    from bot.settings import Settings

    settings = Settings.load()
    hook = crash.from_environment(os.environ)

    _in_loop(_listen(settings, hook) if args.webhook else _poll(settings, hook))
    return 0


async def _poll(settings: Settings, hook: Callable[[str], None]) -> None:
    from bot.app import Bot

    await Bot(settings, crash=hook).run(Bot.poll, alone=True)


async def _listen(settings: Settings, hook: Callable[[str], None]) -> None:
    from bot.app import Bot
    from bot.errors import SettingsError
    from bot.webhook import Webhook, serve

    if settings.webhook_secret is None:
        raise SettingsError("AMPARO_WEBHOOK_SECRET is missing: run `amparo bot setup-webhook`")
    secret = settings.webhook_secret.get_secret_value()

    async def way_in(bot: Bot) -> None:
        webhook = Webhook(bot.handler.handle, secret=secret)
        await serve(webhook, host=settings.webhook_host, port=settings.webhook_port, stopped=bot.stopped)

    await Bot(settings, crash=hook).run(way_in, alone=False)


def setup_webhook(args: argparse.Namespace) -> int:
    """Set or remove the webhook. Never done by `run`: a second replica would end the first one's."""
    from bot.settings import Settings

    settings = Settings.load()
    if args.remove:
        _in_loop(_remove_webhook(settings))
        print("Telegram delivers nowhere now; `amparo bot run` may ask for updates.")
        return 0
    if settings.webhook_url is None or settings.webhook_secret is None:
        import secrets

        print(
            "Set AMPARO_WEBHOOK_URL to the public address and AMPARO_WEBHOOK_SECRET to a secret of your own, "
            f"for example this fresh one, then run this again:\n{secrets.token_urlsafe(32)}",
            file=sys.stderr,
        )
        return 2
    _in_loop(_set_webhook(settings))
    print("Telegram will deliver to the webhook; start `amparo bot run --webhook`.")
    return 0


def setup_profile(args: argparse.Namespace) -> int:
    """Bring the public profile to what the catalogs say; a second run changes nothing."""
    from bot.settings import Settings

    settings = Settings.load()
    return int(_in_loop(_profile(settings, change=not args.diff)))


def check_resources(args: argparse.Namespace) -> int:
    """Exit status 1 while there is a fault."""
    import datetime as dt
    from pathlib import Path

    from bot.settings import resources_path
    from intake import resourcecheck, resources, taxonomy

    path = Path(args.file) if args.file else resources_path(os.environ)
    if not args.file and not path.exists():
        print(f"{path}: there is no such file, so no help contact is shown")
        return 0
    entries = resources.load(path)
    found = resourcecheck.check(entries, today=dt.datetime.now(dt.UTC).date(), places=taxonomy.load().places)
    for line in (*found.hidden, *found.ending):
        print(line)
    for line in found.faults:
        print(line, file=sys.stderr)
    print(f"{len(entries)} help contacts, {len(found.hidden)} hidden, {len(found.faults)} faults")
    return 1 if found.faults else 0


def list_resources(args: argparse.Namespace) -> int:
    import datetime as dt

    from bot.resources import drawn
    from bot.settings import resources_path
    from intake import resources
    from intake.catalog import load_catalogs

    path, catalogs = resources_path(os.environ), load_catalogs()
    area, catalog = resources.Area.of([args.state]), catalogs.get(args.language)
    entries = resources.load(path) if path.exists() else ()
    today = dt.datetime.now(dt.UTC).date()
    found = resources.shown(entries, today=today, locale=catalog.locale, area=area)
    print("\n\n".join(drawn(one, catalog, catalogs, area) for one in found) or catalog.text("bot.no_resources"))
    return 0


async def _set_webhook(settings: Settings) -> None:
    from bot.calls import ALLOWED, Telegram
    from bot.webhook import PATH

    if settings.webhook_url is None or settings.webhook_secret is None:
        return
    telegram = Telegram(settings.telegram_api_url, settings.bot_token.get_secret_value())
    await telegram.open()
    try:
        await telegram.bot.set_webhook(
            settings.webhook_url + PATH,
            secret_token=settings.webhook_secret.get_secret_value(),
            max_connections=40,
            allowed_updates=ALLOWED,
        )
    finally:
        await telegram.close()


async def _remove_webhook(settings: Settings) -> None:
    from bot.calls import Telegram

    telegram = Telegram(settings.telegram_api_url, settings.bot_token.get_secret_value())
    await telegram.open()
    try:
        await telegram.bot.delete_webhook()
    finally:
        await telegram.close()


async def _profile(settings: Settings, *, change: bool) -> int:
    from bot import profile
    from bot.calls import Telegram
    from intake.catalog import load_catalogs

    telegram = Telegram(settings.telegram_api_url, settings.bot_token.get_secret_value())
    await telegram.open()
    act = profile.set_profile if change else profile.differences
    try:
        me = await telegram.bot.get_me()
        if me.can_join_groups:
            print("This bot can be added to groups: switch that off at BotFather (/setjoingroups).", file=sys.stderr)
        for wanted in profile.profiles(load_catalogs(), settings.org_name):
            changed = await act(telegram.bot, wanted)
            print(f"{wanted.language or 'default'}: {', '.join(changed) or 'as it should be'}")
    finally:
        await telegram.close()
    return 0


def _in_loop(main: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 -- whatever the coroutine gives
    import asyncio

    try:
        import uvloop
    except ModuleNotFoundError:  # not made for every system
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
