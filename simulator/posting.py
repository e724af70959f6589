# SPDX-License-Identifier: Apache-2.0
"""Messages come into being here, whoever sends them, and updates about them are queued."""

import math
import secrets
from typing import Any

from simulator import keyboards
from simulator.errors import CallError, bad_request
from simulator.simulation import Simulation
from simulator.updates import MESSAGE_SECONDS, PRESS_SECONDS
from simulator.world import Chat, Message

Json = dict[str, Any]

# Offsets of the webhook queues of presses and of my_chat_member (WebhookActor.cpp of tdlib/telegram-bot-api @01a3679).
_PRESS_LANE = 3 << 33
_MEMBER_LANE = 5 << 33
_BURST = 3.0  # messages a chat may get at once under the flood model, then one a second


def chat_for_writing(sim: Simulation, chat_id: int | str) -> Chat:
    """The chat a bot wants to write to; CallError in Telegram's words when it may not."""
    chat = sim.world.chats.get(chat_id) if isinstance(chat_id, int) else None
    if chat is None or not chat.started:
        raise bad_request("chat not found")
    if chat.blocked:
        words = "bot was blocked by the user" if chat.private else "bot is not a member of the group chat"
        raise CallError(403, f"Forbidden: {words}")
    return chat


def spend(sim: Simulation, chat: Chat) -> None:
    """The flood model: a bucket of three a chat, refilled by one a second; 429 when empty."""
    now = sim.clock.now()
    tokens, since = sim.buckets.get(chat.id, (_BURST, now))
    tokens = min(_BURST, tokens + now - since)
    if tokens < 1:
        wait = math.ceil(1 - tokens)
        raise CallError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    sim.buckets[chat.id] = (tokens - 1, now)


def from_bot(sim: Simulation, chat: Chat, kind: str, content: Json, args: Json) -> Json:
    """The bot's message with the options that all send methods share; returns its body."""
    if sim.rules.flood:
        spend(sim, chat)
    markup = args.get("reply_markup")
    keyboards.check(markup)
    body: Json = {"message_id": sim.world.next_message_id(), "from": sim.world.bot, "chat": chat.facts}
    body["date"] = int(sim.clock.now())
    replied = _replied(chat, args.get("reply_parameters"))
    if replied:
        body["reply_to_message"] = replied
    if args.get("protect_content"):
        body["has_protected_content"] = True
    body.update(content)
    message = Message(body, kind, from_bot=True, silent=bool(args.get("disable_notification")))
    _put_markup(chat, message, markup)
    chat.add(message)
    chat.activity = None
    sim.world.touch(chat)
    return body


def _replied(chat: Chat, wanted: Json | None) -> Json | None:
    if not wanted:
        return None
    message = chat.messages.get(wanted.get("message_id", 0))
    if message and not message.gone:
        return {name: value for name, value in message.body.items() if name != "reply_to_message"}
    if not wanted.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return None


def _put_markup(chat: Chat, message: Message, markup: Json | None) -> None:
    """An inline keyboard belongs to its message; any other takes the place of the chat's keyboard."""
    if not markup:
        return
    if keyboards.inline(markup):
        if markup["inline_keyboard"]:
            message.body["reply_markup"] = markup
        return
    message.spent = True
    chat.keyboard = markup if "keyboard" in markup else None
    chat.keyboard_message = message.id


def from_person(sim: Simulation, chat: Chat, user: Json, kind: str, content: Json) -> Message:
    """A person's message, and its update."""
    body: Json = {"message_id": sim.world.next_message_id(), "from": user, "chat": chat.facts}
    body["date"] = int(sim.clock.now())
    body.update(content)
    message = Message(body, kind, from_bot=False)
    chat.started = True
    chat.add(message)
    sim.updates.add("message", body, lane=chat.id, seconds=MESSAGE_SECONDS)
    sim.world.touch(chat)
    return message


def edited_by_person(sim: Simulation, chat: Chat, message: Message, change: Json) -> None:
    message.body = {**message.body, **change, "edit_date": int(sim.clock.now())}
    chat.messages[message.id] = message
    sim.updates.add("edited_message", message.body, lane=chat.id, seconds=MESSAGE_SECONDS)
    sim.world.touch(chat)


def pressed(sim: Simulation, chat: Chat, user: Json, message_id: int, data: str) -> str:
    """A press on an inline button: an update that lives 150 s. A message that is gone comes as inaccessible."""
    now = sim.clock.now()
    for old in [key for key, (when, _) in sim.presses.items() if now - when > PRESS_SECONDS]:
        del sim.presses[old]
    number = str(secrets.randbelow(1 << 62) + (1 << 62))
    sim.presses[number] = (now, chat.id)
    message = chat.messages.get(message_id)
    shown = message.body if message and not message.gone else None
    body: Json = {"id": number, "from": user, "chat_instance": str(-chat.id * 7), "data": data}
    body["message"] = shown or {"chat": chat.facts, "message_id": message_id, "date": 0}
    sim.updates.add("callback_query", body, lane=int(user["id"]) + _PRESS_LANE, seconds=PRESS_SECONDS)
    return number


def membership(sim: Simulation, chat: Chat, user: Json, old: str, new: str) -> None:
    """The bot was blocked, unblocked, added or removed: my_chat_member."""
    body: Json = {"chat": chat.facts, "from": user, "date": int(sim.clock.now())}
    body["old_chat_member"] = _member(sim.world.bot, old)
    body["new_chat_member"] = _member(sim.world.bot, new)
    sim.updates.add("my_chat_member", body, lane=chat.id + _MEMBER_LANE, seconds=MESSAGE_SECONDS)


def _member(bot: Json, status: str) -> Json:
    member: Json = {"user": bot, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    return member


def remove(sim: Simulation, chat: Chat, message: Message) -> None:
    """The message leaves both sides; the keyboard it brought goes with it, as in the apps."""
    message.gone = True
    if chat.keyboard_message == message.id:
        chat.keyboard, chat.keyboard_message = None, 0
    sim.world.touch(chat)
