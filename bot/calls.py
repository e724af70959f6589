# SPDX-License-Identifier: Apache-2.0
"""Every call the bot makes to Telegram, and what each refusal means.

The frequent ones (fetch updates, say something) go past the library's objects: a message sent that way costs a third
of the CPU. The rest are methods of `telegram.Bot`. Addresses and `repr(bot)` hold the token: never format them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from telegram import Bot, InputFile
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError

from bot.errors import FetchError, FloodError
from bot.http import AiohttpRequest

IN_FLIGHT: Final = 64
ALLOWED: Final = ("message", "edited_message", "callback_query", "my_chat_member")
_ALLOWED_JSON: Final = json.dumps(ALLOWED)
# At DEBUG the library logs every parameter, the others log addresses, and an address holds the token.
_TALKATIVE: Final = ("telegram", "aiohttp", "httpx", "httpcore")
_FILE_SILENCE: Final = 30.0  # seconds without a piece before a download counts as cut


class Verdict(Enum):
    """What to do about a refusal."""

    DONE = "done"  # nothing is left to do
    WAIT = "wait"  # this chat pauses as long as Telegram says
    AGAIN = "again"  # try the same again, later each time
    UNREACHABLE = "unreachable"  # blocked, deleted, never wrote
    OURS = "ours"  # a request Telegram does not accept: our bug
    ALARM = "alarm"  # wrong token or server: nothing will work


class Judgement(NamedTuple):
    verdict: Verdict
    seconds: float = 0.0


# Descriptions of the Bot API server (tdlib/telegram-bot-api, td/telegram/Client.cpp and MessagesManager), in part.
_HARMLESS: Final = (
    "not modified",
    "message to delete not found",
    "query is too old",
    "message can't be deleted",
    "message to edit not found",
    "message can't be edited",
    "no text in the message to edit",
)
_NOBODY: Final = ("chat not found", "user is deactivated", "peer_id_invalid", "bot can't initiate")


def judge(error: TelegramError) -> Judgement:
    """What a failed call asks of us."""
    words = error.message.lower()
    if isinstance(error, FloodError):
        return Judgement(Verdict.WAIT, float(error.seconds))
    if isinstance(error, Forbidden):
        return Judgement(Verdict.UNREACHABLE)
    if isinstance(error, BadRequest):  # in the library a kind of NetworkError, so it stands before that
        if any(part in words for part in _NOBODY):
            return Judgement(Verdict.UNREACHABLE)
        return Judgement(Verdict.DONE if any(part in words for part in _HARMLESS) else Verdict.OURS)
    if isinstance(error, InvalidToken | Conflict):
        return Judgement(Verdict.ALARM)
    return Judgement(Verdict.AGAIN)


_STANDS: Final = ("message is not modified", "message can't be edited")
"""What Telegram says of a message that is in the chat; of others it says that there is none to edit."""


class Telegram:
    """The three sessions and the library's Bot on top. Open it inside the event loop it is used from."""

    def __init__(self, root: str, token: str) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        self._sending = AiohttpRequest(root, connections=IN_FLIGHT)
        self._polling = AiohttpRequest(root, connections=2)
        self._files = AiohttpRequest(root, connections=4)
        self.bot = Bot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )
        self._send_url = f"{self.bot.base_url}/sendMessage"
        self._updates_url = f"{self.bot.base_url}/getUpdates"

    def __repr__(self) -> str:
        return "<Telegram: token not shown>"

    async def open(self) -> None:
        for session in (self._sending, self._polling, self._files):
            await session.initialize()

    async def close(self) -> None:
        for session in (self._sending, self._polling, self._files):
            await session.shutdown()

    async def updates(self, offset: int | None, *, seconds: int) -> list[Any]:
        """One long poll of at most `seconds`: the raw updates, not parsed, so that a bad one spoils no other."""
        parameters = {"timeout": seconds, "limit": 100, "allowed_updates": _ALLOWED_JSON}
        if offset is not None:
            parameters["offset"] = offset
        found = await self._polling.call(self._updates_url, parameters, seconds=seconds + 10)
        if not isinstance(found, list):
            raise NetworkError("Telegram's answer holds no list of updates")
        return found

    async def say(self, chat: int, body: Mapping[str, Any]) -> int:
        """Send one message, silently and without a link preview; gives its number."""
        parameters: dict[str, Any] = {
            "chat_id": chat,
            "text": body["text"],
            "disable_notification": True,
            "link_preview_options": {"is_disabled": True},
        }
        if body.get("protect", True):
            parameters["protect_content"] = True
        if body.get("markup") is not None:
            parameters["reply_markup"] = body["markup"]
        sent = await self._sending.call(self._send_url, parameters)
        number = sent.get("message_id") if isinstance(sent, dict) else None
        if not isinstance(number, int):
            raise NetworkError("Telegram's answer holds no message number")
        return number

    async def send_file(self, chat: int, content: bytes, *, name: str) -> int:
        """Send a small file, silently, and so that it can be saved; gives the message's number."""
        sent = await self.bot.send_document(chat, InputFile(content, filename=name), disable_notification=True)
        return sent.message_id

    async def rewrite(self, chat: int, message: int, body: Mapping[str, Any]) -> None:
        """Put another text and other inline buttons into a message of ours."""
        parameters = {
            "chat_id": chat,
            "message_id": message,
            "text": body["text"],
            "link_preview_options": {"is_disabled": True},
            "reply_markup": body["markup"] or {"inline_keyboard": []},
        }
        await self._sending.call(f"{self.bot.base_url}/editMessageText", parameters)

    async def stands_in(self, chat: int, message: int, body: Mapping[str, Any]) -> bool:
        """Whether this number is a message in this chat: of ours, if it can be given a text or already has it.

        One that stands there and cannot be changed has a reply keyboard, or is the person's: both may be deleted.
        Asked before an unsure number is deleted: Telegram's own call for deleting names no chat in private ones
        (messages.deleteMessages), so a wrong guess might take away a message of somebody else.
        """
        try:
            await self.rewrite(chat, message, {"text": body["text"], "markup": None})
        except BadRequest as error:
            return any(words in error.message.lower() for words in _STANDS)
        except TelegramError:
            return False
        return True

    async def answer_press(self, callback: str, words: str | None) -> None:
        await self.bot.answer_callback_query(callback, text=words)

    async def leave(self, chat: int) -> None:
        await self.bot.leave_chat(chat)

    async def delete(self, chat: int, messages: Sequence[int]) -> None:
        """At most 100 at a time, all younger than 48 hours; unknown ones are passed over."""
        await self.bot.delete_messages(chat, list(messages))

    async def delete_one(self, chat: int, message: int) -> None:
        await self.bot.delete_message(chat, message)

    async def file_path(self, number: str) -> str:
        """Where a file can be fetched for an hour. FetchError: Telegram will not give it."""
        found = await self._sending.call(f"{self.bot.base_url}/getFile", {"file_id": number})
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str) or not path:
            raise FetchError("Telegram has no such file any more: ask the person to send it again")
        return path

    def file_pieces(self, path: str) -> AsyncIterator[bytes]:
        return self._files.stream(f"{self.bot.base_file_url}/{path}", seconds=_FILE_SILENCE)
