# SPDX-License-Identifier: Apache-2.0
"""The demo: everything on this machine, with a phone in a web page, a desk in another, and invented reports."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from simulator.errors import StackError
from simulator.stack import Stack, free_port, running_stack
from simulator.story import play_story

PHONE_PORT = 8010
API_PORT = 8020
PHONES = 8  # told side by side: more only wait for one another
MARK = ".amparo-demo"  # says that the folder may be cleared
Tell = Callable[[str], None]


def preferred(port: int) -> int:
    """The port if it is free, else another one."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return free_port()
    return port


def clear(home: Path) -> None:
    """An empty folder with our mark: an earlier demo is forgotten, a folder that holds anything else refused."""
    if home.exists() and any(home.iterdir()):
        if not (home / MARK).exists():
            raise StackError(f"{home} holds something that is not a demo: move it away or choose another folder")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).touch(mode=0o600)


def write_addresses(stack: Stack) -> dict[str, str]:
    """Write and return what a script needs to use the demo. Mode 0600: it holds a passphrase."""
    addresses = {
        "phone_url": stack.phone_url,
        "console_url": stack.console_url,
        "api_url": stack.api_url,
        "telegram_api_url": stack.telegram_api_url,
        "bot_token": stack.bot_token,
        "caseworker": stack.keys["coordinator"],
        "passphrase": stack.keys["passphrase"],
    }
    fresh = stack.home / "demo.json.new"
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(addresses, indent=2) + "\n", encoding="utf-8")
    fresh.rename(stack.home / "demo.json")
    return addresses


async def seed(stack: Stack) -> int:
    """Tell the invented reports through the bot, several phones at a time; how many were told.

    The twelve examples with their coding stand in one folder, shorter ones that fill the desk in the other.
    """
    folder = resources.files("simulator") / "stories"
    told = [one for part in ("examples", "demo") for one in (folder / part).iterdir() if one.name.endswith(".story")]
    together = asyncio.Semaphore(PHONES)

    async def tell_one(text: str) -> None:
        async with together:
            await play_story(text, stack)

    longest_first = sorted((one.read_text(encoding="utf-8") for one in told), key=len, reverse=True)
    await asyncio.gather(*map(tell_one, longest_first))
    return len(told)


def until_interrupted() -> asyncio.Event:
    """An event that Ctrl-C or a polite kill sets."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop


def has_screen() -> bool:
    """Without a screen the default browser may be one in the terminal, which would take it over."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


async def run_demo(home: Path, tell: Tell, *, open_pages: bool, once: bool) -> None:
    """Run until Ctrl-C. `once`: end as soon as everything is up and told (for checks)."""
    stop = until_interrupted()
    clear(home)
    tell("Making keys, starting the simulator, the desk and the bot ...")
    async with running_stack(home, phone_port=preferred(PHONE_PORT), api_port=preferred(API_PORT)) as stack:
        told = await seed(stack)
        addresses = write_addresses(stack)
        tell(WELCOME.format(told=told, recovery=stack.keys["recovery_identity"], home=home, **addresses))
        if open_pages and has_screen():
            with contextlib.suppress(webbrowser.Error):
                webbrowser.open(addresses["phone_url"])
                webbrowser.open(addresses["console_url"])
        if not once:
            await stop.wait()
            tell("Stopping ...")


WELCOME = """
Amparo is running. {told} invented reports were told through the bot.

  Phone (a simulated Telegram)   {phone_url}
  Desk (for caseworkers)         {console_url}
      name        {caseworker}
      passphrase  {passphrase}

  The recovery identity is shown this once, as it would be in earnest, and is kept nowhere:
      {recovery}

Nothing here is real: no Telegram account is used and no one is told anything.
Tap through a report on the phone, then look at the queue. Ctrl-C ends everything.
(In {home}; the locker keys lie on disk there, which only a demo may do.)
"""
