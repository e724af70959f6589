# SPDX-License-Identifier: Apache-2.0
"""The bare bot beside ours: aiogram as its own first page shows it, echoing. `python -m bench.echo_aiogram URL`.

The token comes in BENCH_TOKEN. It opens nothing, keeps nothing and asks nothing.
"""

import os
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message: Message) -> None:
    """Say it back."""
    await message.answer(message.text or "")


def main(url: str, token: str) -> None:
    """Poll until told to stop; aiogram takes uvloop by itself where it is installed, as it is here."""
    dispatcher.run_polling(Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url))))


if __name__ == "__main__":
    main(sys.argv[1], os.environ["BENCH_TOKEN"])
