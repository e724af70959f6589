# SPDX-License-Identifier: Apache-2.0
"""Editing and deleting messages, and answering presses."""

from typing import Any

from simulator import keyboards
from simulator.errors import CallError, bad_request
from simulator.formatting import units
from simulator.methods_messages import caption_content, text_content
from simulator.posting import chat_for_writing, remove
from simulator.simulation import Simulation
from simulator.updates import PRESS_SECONDS
from simulator.world import Chat, Message

Json = dict[str, Any]

# "A message can only be deleted if it was sent less than 48 hours ago" (deleteMessage).
_DELETABLE_SECONDS = 48 * 3600
_BATCH = 100
_TOAST_UNITS = 200
_TOASTS_KEPT = 1000
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def _editable(sim: Simulation, args: Json) -> tuple[Chat, Message]:
    """The bot's own message that is to change; a message with a reply keyboard can never be edited (TDLib)."""
    if "chat_id" not in args or "message_id" not in args:
        raise bad_request("message identifier is not specified")
    chat = chat_for_writing(sim, args["chat_id"])
    message = chat.messages.get(args["message_id"])
    if message is None or message.gone:
        raise bad_request("message to edit not found")
    if not message.from_bot or message.spent:
        raise bad_request("message can't be edited")
    return chat, message


def _change(sim: Simulation, args: Json, parts: frozenset[str], content: Json) -> Json:
    """Replaces `parts` by `content`, and the inline keyboard by the one given (or by none)."""
    chat, message = _editable(sim, args)
    markup = args.get("reply_markup")
    if markup is not None and not keyboards.inline(markup):
        raise bad_request("inline keyboard expected")
    keyboards.check(markup)
    if markup and markup["inline_keyboard"]:
        content = {**content, "reply_markup": markup}
    parts = parts | {"reply_markup"}
    if {name: value for name, value in message.body.items() if name in parts} == content:
        raise bad_request(_SAME)
    kept = {name: value for name, value in message.body.items() if name not in parts}
    message.body = {**kept, "edit_date": int(sim.clock.now()), **content}
    sim.world.touch(chat)
    return message.body


def edit_text(sim: Simulation, args: Json) -> Json:
    _, message = _editable(sim, args)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    if "text" not in args:
        raise bad_request("message text is empty")
    content = text_content(args)
    if args.get("link_preview_options"):
        content["link_preview_options"] = args["link_preview_options"]
    return _change(sim, args, frozenset({"text", "entities", "link_preview_options"}), content)


def edit_caption(sim: Simulation, args: Json) -> Json:
    _, message = _editable(sim, args)
    if message.kind in ("text", "location", "contact", "sticker"):
        raise bad_request("there is no caption in the message to edit")
    return _change(sim, args, frozenset({"caption", "caption_entities"}), caption_content(args))


def edit_markup(sim: Simulation, args: Json) -> Json:
    return _change(sim, args, frozenset(), {})


def _too_old(sim: Simulation, message: Message) -> bool:
    return bool(sim.clock.now() - message.body["date"] >= _DELETABLE_SECONDS)


def delete_message(sim: Simulation, args: Json) -> bool:
    chat = chat_for_writing(sim, args["chat_id"])
    message = chat.messages.get(args["message_id"])
    if message is None or message.gone:
        raise bad_request("message to delete not found")
    if _too_old(sim, message) or not (chat.private or message.from_bot):
        raise bad_request("message can't be deleted for everyone")
    remove(sim, chat, message)
    return True


def delete_messages(sim: Simulation, args: Json) -> bool:
    """Unknown ids are skipped; one too old refuses the whole batch, or is skipped, by the rule batch_delete."""
    chat = chat_for_writing(sim, args["chat_id"])
    wanted = args["message_ids"]
    if not 1 <= len(wanted) <= _BATCH:
        raise bad_request("1 to 100 message identifiers must be specified")
    found = [chat.messages[number] for number in wanted if number in chat.messages]
    living = [message for message in found if not message.gone]
    if sim.rules.batch_delete == "refuse" and any(_too_old(sim, message) for message in living):
        raise bad_request("message can't be deleted for everyone")
    for message in living:
        if not _too_old(sim, message):
            remove(sim, chat, message)
    return True


def answer_press(sim: Simulation, args: Json) -> bool:
    """Once, and within 150 s; the words appear on the person's phone."""
    text = args.get("text", "")
    if units(text) > _TOAST_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    press = sim.presses.pop(args["callback_query_id"], None)
    if press is None or sim.clock.now() - press[0] > PRESS_SECONDS:
        raise CallError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    phone = sim.world.phone_of(press[1])
    if phone and text:
        phone.toasts.append({"text": text, "alert": bool(args.get("show_alert"))})
        del phone.toasts[:-_TOASTS_KEPT]
        sim.world.touch(phone.chat)
    return True


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_press,
}
