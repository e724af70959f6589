# SPDX-License-Identifier: Apache-2.0
"""What people do on their phones: write, press, edit, delete, block, lose the network."""

from collections.abc import Callable
from typing import Any

from simulator import posting, screen
from simulator.errors import ControlError
from simulator.formatting import command_entities, split, units
from simulator.methods_messages import TEXT_UNITS
from simulator.simulation import Simulation
from simulator.things import content_of
from simulator.updates import PRESS_SECONDS
from simulator.world import Message, Phone

Json = dict[str, Any]


def text_of(wanted: Json, name: str = "text") -> str:
    """A text that a phone could send."""
    text = wanted.get(name)
    if not isinstance(text, str) or not text.strip():
        raise ControlError(400, f"give {name}: a text that is not empty")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ControlError(400, f"{name} holds half a character (a lone surrogate)") from None
    return text.strip()


def say(sim: Simulation, phone: Phone, wanted: Json) -> Json:
    """A typed text; one that is too long is cut in pieces, as the apps do."""
    return _say(sim, phone, text_of(wanted), reply_to=wanted.get("reply_to"))


def _say(sim: Simulation, phone: Phone, text: str, reply_to: int | None = None) -> Json:
    contents: list[Json] = []
    for piece in split(text, TEXT_UNITS):
        entities = command_entities(piece)
        contents.append({"text": piece, "entities": entities} if entities else {"text": piece})
    answered = phone.chat.messages.get(reply_to) if reply_to is not None else None
    if answered:
        shown = {name: value for name, value in answered.body.items() if name != "reply_to_message"}
        contents[0]["reply_to_message"] = shown
    return write(sim, phone, [("text", content) for content in contents])


def write(sim: Simulation, phone: Phone, contents: list[tuple[str, Json]]) -> Json:
    """Sends messages now, or when the phone is online again. Returns their ids (none while offline)."""
    if phone.chat.blocked:
        raise ControlError(409, "this person blocked the bot: unblock first")
    if phone.offline:
        for kind, content in contents:
            preview = {"kind": kind, "text": content.get("text"), "caption": content.get("caption")}
            _later(sim, phone, preview, lambda kind=kind, content=content: _post(sim, phone, kind, content))  # type: ignore[misc]
        return {"message": None, "pending": len(contents)}
    messages = [_post(sim, phone, kind, content) for kind, content in contents]
    return {"message": messages[0].id, "messages": [message.id for message in messages]}


def _post(sim: Simulation, phone: Phone, kind: str, content: Json) -> Message:
    return posting.from_person(sim, phone.chat, phone.user, kind, content)


def _later(sim: Simulation, phone: Phone, preview: Json, act: Callable[[], Any]) -> None:
    phone.outbox.append((sim.clock.now(), preview, act))
    sim.world.touch(phone.chat)


def tap(sim: Simulation, phone: Phone, wanted: Json) -> Json:
    """A visible button: of the reply keyboard, else of the newest message that has one that fits."""
    chat = phone.chat
    button = screen.pick(screen.reply_buttons(chat), wanted)
    if button:
        return _tap_reply(sim, phone, button, wanted)
    for message in chat.newest_first():
        found = screen.pick(screen.inline_buttons(message), wanted) if message.from_bot else None
        if found:
            return _press(sim, phone, message.id, found)
    raise ControlError(409, "no visible button fits", labels=_labels(phone))


def _labels(phone: Phone) -> list[str]:
    inline = [screen.inline_buttons(message) for message in phone.chat.newest_first()]
    newest = next((buttons for buttons in inline if buttons), [])
    return [button["text"] for button in (*screen.reply_buttons(phone.chat), *newest)]


def _tap_reply(sim: Simulation, phone: Phone, button: Json, wanted: Json) -> Json:
    kind = screen.reply_kind(button)
    if phone.chat.keyboard and phone.chat.keyboard.get("one_time_keyboard"):
        phone.chat.keyboard = None
    if kind == "text":
        return _say(sim, phone, button["text"])
    if kind in ("location", "contact"):
        return write(sim, phone, [content_of(sim, phone, {**wanted, "kind": kind})])
    raise ControlError(409, f"a button of this kind ({kind}) does nothing in the simulator")


def press(sim: Simulation, phone: Phone, wanted: Json) -> Json:
    """A button of a given message, also one that is gone or whose keyboard changed: `data` is then sent as it is."""
    number = wanted.get("message")
    if type(number) is not int:
        raise ControlError(400, "give message: the id of the message whose button is pressed")
    if isinstance(wanted.get("data"), str):
        return _press(sim, phone, number, {"text": "", "callback_data": wanted["data"]})
    message = phone.chat.messages.get(number)
    buttons = screen.inline_buttons(message) if message and not message.gone else []
    found = screen.pick(buttons, wanted) if buttons else None
    if found is None:
        raise ControlError(409, "no button of this message fits", labels=[button["text"] for button in buttons])
    return _press(sim, phone, number, found)


def _press(sim: Simulation, phone: Phone, message_id: int, button: Json) -> Json:
    if "copy_text" in button:
        return {"copied": button["copy_text"]["text"]}
    if "url" in button:
        return {"url": button["url"]}
    if "callback_data" not in button:
        raise ControlError(409, "a button of this kind does nothing in the simulator")
    if phone.chat.blocked:
        raise ControlError(409, "this person blocked the bot: unblock first")
    data, at = button["callback_data"], sim.clock.now()
    if not phone.offline:
        return {"press": posting.pressed(sim, phone.chat, phone.user, message_id, data)}

    def late() -> None:
        if sim.clock.now() - at <= PRESS_SECONDS:
            posting.pressed(sim, phone.chat, phone.user, message_id, data)

    _later(sim, phone, {"kind": "press", "text": button["text"]}, late)
    return {"press": None, "pending": 1}


def send(sim: Simulation, phone: Phone, wanted: Json) -> Json:
    """A thing that is not text; an album is a list of things under "album"."""
    items = wanted.get("album")
    if items is None:
        return write(sim, phone, [content_of(sim, phone, wanted)])
    if not isinstance(items, list) or not 1 <= len(items) <= 10 or not all(isinstance(item, dict) for item in items):
        raise ControlError(400, "an album is a list of 1 to 10 things")
    group = str(sim.world.next_message_id() + (1 << 43))
    contents = [content_of(sim, phone, item) for item in items]
    return write(sim, phone, [(kind, {"media_group_id": group, **content}) for kind, content in contents])


def forward(sim: Simulation, phone: Phone, wanted: Json) -> Json:
    """Somebody else's message passed on. origin: user, hidden_user or channel; name: whose."""
    origin, name = wanted.get("origin", "user"), str(wanted.get("name", "Somebody"))
    date = int(sim.clock.now()) - 3600
    origins: dict[str, Json] = {
        "user": {"sender_user": {"id": 4_242_424_242, "is_bot": False, "first_name": name}},
        "hidden_user": {"sender_user_name": name},
        "channel": {"chat": {"id": -1_004_242_424_242, "type": "channel", "title": name}, "message_id": 7},
    }
    if origin not in origins:
        raise ControlError(400, f"origin is one of {', '.join(origins)}")
    kind, content = content_of(sim, phone, wanted) if "kind" in wanted else ("text", {"text": text_of(wanted)})
    return write(sim, phone, [(kind, {"forward_origin": {"type": origin, "date": date, **origins[origin]}, **content})])


def _own(phone: Phone, wanted: Json) -> Message:
    message = phone.chat.messages.get(wanted.get("message", 0))
    if message is None or message.gone:
        raise ControlError(409, "this phone shows no such message")
    return message


def edit(sim: Simulation, phone: Phone, wanted: Json) -> Json:
    message, text = _own(phone, wanted), text_of(wanted)
    if message.from_bot:
        raise ControlError(409, "a person edits only their own messages")
    if units(text) > TEXT_UNITS:
        raise ControlError(400, "an edited text has at most 4096 units")
    name = "text" if message.kind == "text" else "caption"

    def act() -> None:
        posting.edited_by_person(sim, phone.chat, message, {name: text})

    if phone.offline:
        _later(sim, phone, {"kind": "edit", "text": text}, act)
        return {"message": message.id, "pending": 1}
    act()
    return {"message": message.id}


def delete(sim: Simulation, phone: Phone, wanted: Json) -> Json:
    """For both sides, as a private chat allows at any time; the bot is not told."""
    message = _own(phone, wanted)
    posting.remove(sim, phone.chat, message)
    return {"message": message.id}


def block(sim: Simulation, phone: Phone, _: Json) -> Json:
    return _set_blocked(sim, phone, blocked=True)


def unblock(sim: Simulation, phone: Phone, _: Json) -> Json:
    return _set_blocked(sim, phone, blocked=False)


def _set_blocked(sim: Simulation, phone: Phone, *, blocked: bool) -> Json:
    if phone.chat.blocked != blocked:
        phone.chat.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        posting.membership(sim, phone.chat, phone.user, old, new)
        sim.world.touch(phone.chat)
    return {"blocked": blocked}


def offline(sim: Simulation, phone: Phone, wanted: Json) -> Json:
    """Without a network the screen stands still and what is written waits; presses older than 150 s are lost."""
    on = bool(wanted.get("on", True))
    if on and not phone.offline:
        phone.frozen = screen.screen(sim.world, phone)
    phone.offline = on
    if not on:
        phone.frozen = None
        waiting, phone.outbox = phone.outbox, []
        for _, _, act in waiting:
            act()
    sim.world.touch(phone.chat)
    return {"offline": on}


ACTS: dict[str, Callable[[Simulation, Phone, Json], Json]] = {
    "say": say,
    "tap": tap,
    "press": press,
    "send": send,
    "edit": edit,
    "delete": delete,
    "forward": forward,
    "block": block,
    "unblock": unblock,
    "offline": offline,
}
