# SPDX-License-Identifier: Apache-2.0
"""Who is there and what stands in their chats: phones, chats, messages. No rule of the Bot API lives here."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator.clock import Clock

Json = dict[str, Any]

# A chat keeps this many messages; older ones are as good as gone. Nobody scrolls further, and the bench must not grow.
_KEPT = 2000


@dataclass(slots=True)
class Message:
    """One message. `body` is the Bot API's Message object, as the bot has it."""

    body: Json
    kind: str
    from_bot: bool
    silent: bool = False
    gone: bool = False
    spent: bool = False  # sent with a reply keyboard, so it can never be edited

    @property
    def id(self) -> int:
        return int(self.body["message_id"])


@dataclass(slots=True)
class Chat:
    """A private chat or a group. `started`: the bot may write. `version` grows with each visible change."""

    id: int
    facts: Json
    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: Json | None = None
    keyboard_message: int = 0
    menu_button: Json | None = None
    activity: str | None = None
    version: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def private(self) -> bool:
        return bool(self.facts["type"] == "private")

    def newest_first(self) -> Iterator[Message]:
        return (message for message in reversed(self.messages.values()) if not message.gone)

    def add(self, message: Message) -> None:
        self.messages[message.id] = message
        if len(self.messages) > _KEPT:
            del self.messages[next(iter(self.messages))]


@dataclass(slots=True)
class Phone:
    """A person and their private chat with the bot. `outbox` holds what they did while offline."""

    number: int
    user: Json
    chat: Chat
    shown: bool = True  # on the phone page
    toasts: list[Json] = field(default_factory=list)
    offline: bool = False
    outbox: list[tuple[float, Json, Callable[[], Any]]] = field(default_factory=list)
    frozen: Json | None = None  # the screen as it was when the network went


class World:
    """All phones and groups. Ids are above 32 bits, as Telegram's are."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.bot: Json = {
            "id": 7_000_000_000 + secrets.randbelow(999_999_999),
            "is_bot": True,
            "first_name": "Simulated bot",
            "username": "simulated_bot",
        }
        self.phones: dict[int, Phone] = {}
        self.chats: dict[int, Chat] = {}
        self.listeners: set[Callable[[int | None, int], None]] = set()
        self._by_chat: dict[int, Phone] = {}
        self._next_message = 1

    def add_phone(self, name: str, language: str | None, last_name: str | None = None) -> Phone:
        number = len(self.phones) + 1
        user: Json = {"id": 5_000_000_000 + secrets.randbelow(900_000_000) * 1000 + number % 1000, "is_bot": False}
        user["first_name"] = name
        chat: Json = {"id": user["id"], "type": "private", "first_name": name}
        if last_name:
            user["last_name"] = chat["last_name"] = last_name
        if language:
            user["language_code"] = language
        phone = Phone(number, user, Chat(user["id"], chat))
        self.phones[number] = phone
        self.chats[phone.chat.id] = phone.chat
        self._by_chat[phone.chat.id] = phone
        self.announce()
        return phone

    def add_group(self, title: str) -> Chat:
        facts: Json = {"id": -(4_000_000_000 + secrets.randbelow(999_999_999)), "type": "group", "title": title}
        chat = self.chats[facts["id"]] = Chat(facts["id"], facts)
        return chat

    def phone_of(self, chat_id: int) -> Phone | None:
        return self._by_chat.get(chat_id)

    def next_message_id(self) -> int:
        """One counter for all private chats, as in a bot's account at Telegram."""
        self._next_message += 1
        return self._next_message - 1

    def announce(self) -> None:
        """The set of phones changed: news without a number."""
        for listener in tuple(self.listeners):
            listener(None, 0)

    def touch(self, chat: Chat) -> None:
        """Something on the screen changed: wakes who waits for it."""
        chat.version += 1
        chat.changed.set()
        phone = self._by_chat.get(chat.id)
        if phone:
            for listener in tuple(self.listeners):
                listener(phone.number, chat.version)
