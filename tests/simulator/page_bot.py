# SPDX-License-Identifier: Apache-2.0
"""A simulator with a small bot on it, in a thread of their own, for tests that look at the phone page.

The bot speaks raw HTTP. What it does depends on the person's word; see `_ANSWERS`.
"""

import asyncio
import contextlib
import json
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import aiohttp

from simulator.app import build, serve
from simulator.simulation import Rules

TOKEN = "1234567890:AAtestTESTtestTESTtestTESTtestTEST1"
RECEIPT = "7K2M-Q4XD-9TBN-V3HC-05WR"
MARKUP = '<img src="/static/none.svg" onerror="document.title=1"><script>document.title = 2</script><b>bold</b>'


def _keyboard(*labels: str, placeholder: str = "Tap or type a number") -> dict[str, Any]:
    rows = [[{"text": label}] for label in labels]
    return {"keyboard": rows, "resize_keyboard": True, "input_field_placeholder": placeholder}


_INLINE = {
    "inline_keyboard": [
        [{"text": "Change this answer", "callback_data": "change"}, {"text": "Loud", "callback_data": "loud"}],
        [{"text": "Copy the receipt", "copy_text": {"text": RECEIPT}}],
    ]
}
# word -> arguments of sendMessage
_ANSWERS: dict[str, dict[str, Any]] = {
    "/start": {
        "text": "Hello. This is a private form.\n\nShall we begin?\n1 Yes, begin\n2 Not now",
        "reply_markup": _keyboard("1 Yes, begin", "2 Not now"),
    },
    "1 Yes, begin": {
        "text": "Question 1 of about 9. What happened?",
        "reply_markup": _keyboard("1 A beating", "2 Something was taken", "3 Somebody was sent back", "0 Back", "Skip"),
    },
    "2 Not now": {"text": "As you wish.", "reply_markup": {"remove_keyboard": True}},
    "1 A beating": {"text": "In your own words, please.", "reply_markup": {"remove_keyboard": True}},
    "buttons": {"text": f"Saved. Your receipt:\n\n{RECEIPT}", "reply_markup": _INLINE},
    "quiet": {"text": "Nobody heard this.", "disable_notification": True, "protect_content": True},
    "markup": {"text": MARKUP, "reply_markup": _keyboard(MARKUP[:100])},
    "long": {"text": "x" * 4000, "reply_markup": _keyboard("y" * 300)},
    "bidi": {"text": "\u202eabc \u2067def\nsecond line"},
    "عربي": {
        "text": "مرحبا. هذه استمارة خاصة.\n\nهل نبدأ؟\n1 نعم\n2 ليس الآن\nرقمك: \u2068AB-12\u2069",
        "reply_markup": _keyboard("1 نعم، لنبدأ", "2 ليس الآن", placeholder="اكتب رقما"),
    },
}


async def _bot(url: str) -> None:
    """Answers until it is cancelled."""
    async with aiohttp.ClientSession() as web:

        async def call(method: str, **args: Any) -> Any:
            async with web.post(f"{url}/bot{TOKEN}/{method}", json=args) as answer:
                read = await answer.json()
                return read.get("result")

        await call("setMyName", name="Private form")
        offset = 0
        while True:
            for update in await call("getUpdates", offset=offset, timeout=20) or []:
                offset = update["update_id"] + 1
                await _answer(call, update)


async def _answer(call: Any, update: dict[str, Any]) -> None:
    if "callback_query" in update:
        query = update["callback_query"]
        loud = query["data"] == "loud"
        await call(
            "answerCallbackQuery", callback_query_id=query["id"], text=f"You chose: {query['data']}", show_alert=loud
        )
        if not loud:
            message = query["message"]
            place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
            await call("editMessageText", **place, text="It was changed.")
    elif "message" in update:
        message = update["message"]
        chat, said = message["chat"]["id"], message.get("text")
        if said == "forget":
            ids = list(range(max(1, message["message_id"] - 50), message["message_id"] + 1))
            await call("deleteMessages", chat_id=chat, message_ids=ids)
        elif said is None:
            kind = next(
                kind for kind in ("photo", "voice", "sticker", "location", "document", "video") if kind in message
            )
            await call("sendMessage", chat_id=chat, text=f"Got a {kind}.")
        else:
            await call("sendMessage", chat_id=chat, **_ANSWERS.get(said, {"text": f"You said: {said}"}))


class Simulated:
    """Where the page is, and the control API behind it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/control{path}", data)) as answer:
            return json.load(answer)

    def add(self, name: str, language: str = "en") -> int:
        number: int = self.ask("/phones", {"name": name, "language": language})["phone"]
        return number


@contextlib.contextmanager
def page_with_bot(port: int = 0) -> Iterator[Simulated]:
    """Ends both, and waits for the thread. Port 0: any that is free."""
    started: list[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready = threading.Event()

    async def run() -> None:
        end = asyncio.Event()
        async with serve(build(TOKEN, Rules(check_results=True)), "127.0.0.1", port) as url:
            bot = asyncio.create_task(_bot(url))
            started.append((url, asyncio.get_running_loop(), end))
            ready.set()
            await end.wait()
            bot.cancel()
            await asyncio.wait([bot])

    thread = threading.Thread(target=asyncio.run, args=[run()])
    thread.start()
    try:
        assert ready.wait(10)
        yield Simulated(started[0][0])
    finally:
        for _, loop, end in started:
            loop.call_soon_threadsafe(end.set)
        thread.join(10)
