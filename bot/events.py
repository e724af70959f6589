# SPDX-License-Identifier: Apache-2.0
"""From Telegram's JSON to one event of the domain.

The JSON is read here field by field, each with its type checked, instead of by the library's `Update.de_json`: that
builds some forty objects for a line of text (80 µs against 5 µs) of which two are used. Whatever has not the shape
of an update raises UnusableUpdateError, so a bad one stands alone. No clock of Telegram's is believed, names are not
looked at, and where a message was forwarded from is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import UnusableUpdateError
from bot.respelling import Respelling, read_press
from envelope import receipt
from envelope.errors import ReceiptError
from intake.events import Attached, Attachment, Edited, Event, GaveReceipt, Located, Pressed, Said, Unusable

TOO_BIG: Final = Unusable("too_big")
LARGEST_FILE: Final = 20 * 1024 * 1024  # getFile refuses more (Bot API, getFile)
_LATEST: Final = 2**33  # a `date` beyond the year 2242 is no date
_MOST_ID: Final = 2**52  # Bot API, Chat.id: at most 52 significant bits

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """Where Telegram keeps a file; `number` is its file_id for this bot."""

    number: str
    size: int


@dataclass(frozen=True, slots=True, repr=False)
class Incoming:
    """One update, read. `event` None: nothing is to be answered. `message` is the person's, for the ledger.

    `pressed` is ours, under which a button was pressed: there is such a message, whether or not we know of it.
    """

    kind: str
    chat: int | None = None
    message: int | None = None
    event: Event | None = None
    language: str | None = None
    callback: str | None = None
    file: RemoteFile | None = None
    album: bool = False
    leave: int | None = None
    blocked: bool = False
    erase: bool = False
    respelling: Respelling | None = None
    pressed: int | None = None


def update_number(raw: object) -> int:
    """The number of an update; UnusableUpdateError when it has none."""
    return _integer(_mapping(raw), "update_id", most=2**62)


def chat_of(raw: object) -> int | None:
    """The private chat that an update speaks of, as far as that can be told from a broken one as well."""
    if not isinstance(raw, dict):
        return None
    part: Json = next((raw[kind] for kind in _KINDS if isinstance(raw.get(kind), dict)), {})
    holder = part.get("message") if "callback_query" in raw else part
    chat = holder.get("chat") if isinstance(holder, dict) else None
    number = chat.get("id") if isinstance(chat, dict) and chat.get("type") == "private" else None
    return number if isinstance(number, int) and 0 < number < _MOST_ID else None


def message_of(raw: object) -> int | None:
    """The number of the message that a private update brought, as far as that can be told from a broken one as well."""
    if not isinstance(raw, dict) or chat_of(raw) is None:
        return None
    part = raw.get("message", raw.get("edited_message"))
    number = part.get("message_id") if isinstance(part, dict) else None
    return number if isinstance(number, int) and 0 < number < _MOST_ID else None


def read_update(raw: object, new_id: Callable[[], str]) -> Incoming:
    """What an update means. `new_id` mints the id of an attachment (32 hex digits)."""
    update = _mapping(raw)
    for kind, read in _KINDS.items():
        if kind in update:
            return read(_mapping(update[kind]), new_id)
    return Incoming("other")


def _message(message: Json, new_id: Callable[[], str]) -> Incoming:
    chat, number, outside = _origin(message)
    if outside is not None:
        return outside
    sender = _mapping(message["from"])
    event, file = _content(message, number, new_id)
    return Incoming(
        "message",
        chat=chat,
        message=number,
        event=event,
        language=_optional(sender, "language_code"),
        file=file,
        album="media_group_id" in message,
        erase="contact" in message,
    )


def _edited(message: Json, new_id: Callable[[], str]) -> Incoming:  # noqa: ARG001 -- one signature for the table
    chat, number, outside = _origin(message)
    if outside is not None:
        return outside
    text = _optional(message, "text") or _optional(message, "caption")
    event = None if text is None else Edited(number, clean(text))
    return Incoming("edited_message", chat=chat, message=number, event=event)


def _origin(message: Json) -> tuple[int, int, Incoming | None]:
    """Chat and number of a message, or what to do with one that does not come from a person in a private chat."""
    chat = _mapping(message.get("chat"))
    chat_id = _integer(chat, "id")
    number = _integer(message, "message_id")
    _integer(message, "date", most=_LATEST)
    if _text(chat, "type") != "private":
        return chat_id, number, Incoming("group", leave=chat_id)
    if "from" not in message or "via_bot" in message or "sender_chat" in message:
        return chat_id, number, Incoming("strange")
    sender = _mapping(message["from"])
    if sender.get("is_bot") is True:
        return chat_id, number, Incoming("strange")
    if not 0 < chat_id < _MOST_ID:
        raise UnusableUpdateError("a private chat has a positive number")
    return chat_id, number, None


def _press(press: Json, new_id: Callable[[], str]) -> Incoming:  # noqa: ARG001 -- one signature for the table
    """A pressed button: `nonce:step:choice` in its data, or a receipt to be shown in its other spelling.

    Any other press only stops the phone from waiting.
    """
    callback = _text(press, "id")
    sender = _mapping(press.get("from"))
    person = _integer(sender, "id")
    message = press.get("message")
    chat = _mapping(_mapping(message).get("chat")) if message is not None else {}
    if chat.get("id") != person or chat.get("type") != "private":
        return Incoming("foreign press", callback=callback)
    data = _optional(press, "data") or ""
    number = _integer(_mapping(message), "message_id", optional=True)
    asked = read_press(data, number)
    if asked is not None:
        return Incoming("callback_query", chat=person, callback=callback, respelling=asked)
    found = _PRESS.fullmatch(data)
    event = None if found is None else Pressed(found["nonce"], found["step"], found["choice"])
    language = _optional(sender, "language_code")
    pressed = number if event is not None and number > 0 else None
    return Incoming("callback_query", chat=person, event=event, language=language, callback=callback, pressed=pressed)


_PRESS: Final = re.compile(r"(?P<nonce>[0-9a-f]{8}):(?P<step>[a-z0-9_.]{1,24}):(?P<choice>[A-Za-z0-9_.+-]{1,30})")


def _membership(change: Json, new_id: Callable[[], str]) -> Incoming:  # noqa: ARG001 -- one signature for the table
    chat = _mapping(change.get("chat"))
    chat_id = _integer(chat, "id")
    status = _text(_mapping(change.get("new_chat_member")), "status")
    if _text(chat, "type") != "private":
        return Incoming("group", leave=None if status in {"left", "kicked"} else chat_id)
    if not 0 < chat_id < _MOST_ID:
        raise UnusableUpdateError("a private chat has a positive number")
    return Incoming("my_chat_member", chat=chat_id, blocked=status == "kicked")


_KINDS: Final[Mapping[str, Callable[[Json, Callable[[], str]], Incoming]]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _press,
    "my_chat_member": _membership,
}

Content = tuple[Event | None, RemoteFile | None]


def _content(message: Json, number: int, new_id: Callable[[], str]) -> Content:
    text = _optional(message, "text")
    if text is not None:
        return _said(clean(text), number)
    for kind in _FILES:
        if kind in message:
            return _file(kind, message, number, new_id)
    if "location" in message:
        return _location(message)
    found = [kind for kind in _NOT_USED if kind in message]
    return (Unusable(found[0]) if found else None), None


def _said(text: str, number: int) -> Content:
    if not receipt.looks_like(text):
        return Said(text, number), None
    try:
        return GaveReceipt(receipt.read(text).hex()), None
    except ReceiptError:
        return GaveReceipt(""), None


def _location(message: Json) -> Content:
    place = _mapping(message["location"])
    latitude, longitude = _real(place, "latitude", 90), _real(place, "longitude", 180)
    if "live_period" in place:
        return Unusable("live_location"), None
    if "venue" in message:
        return Unusable("venue"), None
    return Located(latitude, longitude), None


# In this order: an animation comes with a `document` beside it, a video note never with a `video`.
_FILES: Final = ("voice", "audio", "photo", "video_note", "animation", "video", "document")
_NOT_USED: Final = (
    "sticker",
    "contact",
    "poll",
    "dice",
    "game",
    "venue",
    "story",
    "paid_media",
    "checklist",
    "giveaway",
    "invoice",
    "live_photo",
)


def _file(kind: str, message: Json, number: int, new_id: Callable[[], str]) -> Content:
    part = message[kind]
    if kind == "photo":
        # Telegram offers several sizes and lists them upwards; the largest shows most.
        if not isinstance(part, list) or not part:
            raise UnusableUpdateError("a photo without sizes")
        part = part[-1]
    part = _mapping(part)
    size = _integer(part, "file_size", optional=True) or 0
    if size > LARGEST_FILE:
        return TOO_BIG, None
    attachment = Attachment(
        id=new_id(),
        kind="video" if kind == "animation" else kind,
        size=size,
        mime=(_optional(part, "mime_type") or _MIME.get(kind, ""))[:127],
        name=clean(_optional(part, "file_name") or "")[:200],
        caption=clean(_optional(message, "caption") or ""),
    )
    file = RemoteFile(_text(part, "file_id"), size)
    return Attached(attachment, number), file


_MIME: Final[Mapping[str, str]] = {"photo": "image/jpeg", "voice": "audio/ogg", "video_note": "video/mp4"}


def clean(text: str) -> str:
    """The text without NUL (PostgreSQL and PDF readers choke on it) and with half characters replaced by U+FFFD."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _mapping(value: object) -> Json:
    if not isinstance(value, dict):
        raise UnusableUpdateError("an object is missing")
    return value


def _integer(part: Json, name: str, *, most: int = 2**62, optional: bool = False) -> int:
    value = part.get(name)
    if value is None and optional:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not -most < value < most:
        raise UnusableUpdateError(f"{name} is no number of its kind")
    return value


def _real(part: Json, name: str, most: int) -> float:
    value = part.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not -most <= value <= most:
        raise UnusableUpdateError(f"{name} is no coordinate")
    return float(value)


def _text(part: Json, name: str) -> str:
    value = part.get(name)
    if not isinstance(value, str):
        raise UnusableUpdateError(f"{name} is no text")
    return value


def _optional(part: Json, name: str) -> str | None:
    return None if part.get(name) is None else _text(part, name)
