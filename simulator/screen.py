# SPDX-License-Identifier: Apache-2.0
"""What a person sees: messages with their buttons, the keyboard, toasts. And which button they mean."""

import re
import unicodedata
from typing import Any

from simulator.errors import ControlError
from simulator.world import Chat, Message, Phone, World

Json = dict[str, Any]

_SHOWN = 200  # messages of a screen, the newest
_NUMBERED = re.compile(r"^\W*(\d+)(?:\ufe0f?\u20e3)?[\s.):\-–]*")
_SAME_FIELDS = ("location", "contact", "venue", "poll", "dice", "media_group_id", "entities", "caption_entities")


def screen(world: World, phone: Phone) -> Json:
    """The whole screen. While the phone is offline it stands still, with the person's own waiting messages added."""
    chat = phone.chat
    seen = phone.frozen or _seen(world, phone)
    waiting = [_waiting(number, at, preview) for number, (at, preview, _) in enumerate(phone.outbox, start=1)]
    return {
        **seen,
        "version": chat.version,
        "phone": phone.number,
        "offline": phone.offline,
        "blocked": chat.blocked,
        "toasts": list(phone.toasts),
        "messages": seen["messages"] + waiting,
    }


def _seen(world: World, phone: Phone) -> Json:
    chat = phone.chat
    newest = list(chat.messages.values())[-_SHOWN:]
    return {
        "bot": {"name": world.bot["first_name"], "username": world.bot["username"]},
        "typing": chat.activity,
        "messages": [shown(message) for message in newest],
        "keyboard": _keyboard(chat),
    }


def shown(message: Message) -> Json:
    """One message; what was deleted keeps its place and loses its words."""
    body = message.body
    seen: Json = {
        "id": message.id,
        "from": "bot" if message.from_bot else "person",
        "kind": message.kind,
        "date": body["date"],
        "text": None,
        "caption": None,
        "edited": "edit_date" in body,
        "buttons": [],
        "silent": message.silent,
        "protected": bool(body.get("has_protected_content")),
        "deleted": message.gone,
    }
    if message.gone:
        return seen
    seen["text"], seen["caption"] = body.get("text"), body.get("caption")
    seen["buttons"] = [[_button(one) for one in row] for row in _inline_rows(message)]
    seen |= {name: body[name] for name in _SAME_FIELDS if name in body}
    if "reply_to_message" in body:
        seen["reply_to"] = body["reply_to_message"]["message_id"]
    if "forward_origin" in body:
        seen["forwarded"] = True
    if isinstance(body.get(message.kind), dict | list):
        seen["media"] = _media(body[message.kind])
    return seen


def _media(described: Json | list[Json]) -> Json:
    largest: Json = described[-1] if isinstance(described, list) else described
    names = {"file_name": "name", "mime_type": "mime", "file_size": "size", "duration": "duration"}
    return {ours: largest[theirs] for theirs, ours in names.items() if theirs in largest}


def _waiting(number: int, at: float, preview: Json) -> Json:
    shape: Json = {"text": None, "caption": None, "kind": "text", "edited": False, "buttons": [], "silent": False}
    more = {"id": -number, "from": "person", "date": int(at), "protected": False, "deleted": False, "pending": True}
    return {**shape, **preview, **more}


def _inline_rows(message: Message) -> list[list[Json]]:
    rows: list[list[Json]] = message.body.get("reply_markup", {}).get("inline_keyboard", []) if message.from_bot else []
    return rows


def _button(button: Json) -> Json:
    kinds = (("callback_data", "callback", "data"), ("copy_text", "copy", "copy"), ("url", "url", "url"))
    for name, kind, ours in kinds:
        if name in button:
            value = button[name]["text"] if name == "copy_text" else button[name]
            return {"text": button["text"], "kind": kind, ours: value, "style": button.get("style")}
    other = next((name for name in button if name not in ("text", "style", "icon_custom_emoji_id")), "text")
    return {"text": button["text"], "kind": other, "style": button.get("style")}


def _keyboard(chat: Chat) -> Json | None:
    """The reply keyboard. `kinds` tells, row by row, what a button sends: text, location, contact, or another thing."""
    if chat.keyboard is None:
        return None
    rows: list[list[Json]] = chat.keyboard["keyboard"]
    return {
        "rows": [[button["text"] for button in row] for row in rows],
        "kinds": [[reply_kind(button) for button in row] for row in rows],
        "placeholder": chat.keyboard.get("input_field_placeholder"),
        "one_time": bool(chat.keyboard.get("one_time_keyboard")),
    }


def reply_kind(button: Json) -> str:
    other = next((name for name in button if name not in ("text", "style", "icon_custom_emoji_id")), "text")
    return other.removeprefix("request_")


def reply_buttons(chat: Chat) -> list[Json]:
    return [button for row in chat.keyboard["keyboard"] for button in row] if chat.keyboard else []


def inline_buttons(message: Message) -> list[Json]:
    return [button for row in _inline_rows(message) for button in row]


def pick(buttons: list[Json], wanted: Json) -> Json | None:
    """The button that is meant.

    By label: exact, then without its number and case, then a part that only one has. By number: the one that stands
    in the label, else the place.
    """
    if "number" in wanted:
        return _by_number(buttons, int(wanted["number"]))
    label = wanted.get("label")
    if not isinstance(label, str) or not label:
        raise ControlError(400, "say which button: label or number")
    plain = _plain(label)
    for fits in (
        [button for button in buttons if button["text"] == label],
        [button for button in buttons if _plain(button["text"]) == plain],
        [button for button in buttons if plain and plain in _plain(button["text"])],
    ):
        if len(fits) == 1 or (fits and fits[0]["text"] == label):
            return fits[0]
    return None


def _by_number(buttons: list[Json], number: int) -> Json | None:
    numbered = [(_NUMBERED.match(button["text"]), button) for button in buttons]
    for found, button in numbered:
        if found and int(unicodedata.normalize("NFKC", found[1])) == number:
            return button
    if any(found for found, _ in numbered) or not 1 <= number <= len(buttons):
        return None
    return buttons[number - 1]


def _plain(label: str) -> str:
    return _NUMBERED.sub("", label, count=1).strip().casefold()
