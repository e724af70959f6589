# SPDX-License-Identifier: Apache-2.0
"""sendMessage, places, contacts, and what else is sent without a file."""

from typing import Any

from simulator.errors import bad_request
from simulator.formatting import Entities, parse, units
from simulator.posting import chat_for_writing, from_bot
from simulator.simulation import Simulation

Json = dict[str, Any]

TEXT_UNITS = 4096
CAPTION_UNITS = 1024


def formatted(args: Json, name: str, entities: str = "entities") -> tuple[str, Entities]:
    """The text parameter `name` after parsing, and its entities; surrounding blanks go, as at Telegram."""
    text, found = parse(args[name], args.get("parse_mode"))
    if not found:
        found = args.get(entities) or []
    if found:
        return text.rstrip(), found
    return text.strip(), []


def text_content(args: Json) -> Json:
    text, entities = formatted(args, "text")
    if not text:
        raise bad_request("message text is empty")
    if units(text) > TEXT_UNITS:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_content(args: Json) -> Json:
    """{} without a caption."""
    if not args.get("caption"):
        return {}
    caption, entities = formatted(args, "caption", "caption_entities")
    if units(caption) > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return {"caption": caption, "caption_entities": entities} if entities else {"caption": caption}


def send_message(sim: Simulation, args: Json) -> Json:
    chat = chat_for_writing(sim, args["chat_id"])
    content = text_content(args)
    if args.get("link_preview_options"):
        content["link_preview_options"] = args["link_preview_options"]
    return from_bot(sim, chat, "text", content, args)


def send_location(sim: Simulation, args: Json) -> Json:
    chat = chat_for_writing(sim, args["chat_id"])
    place: Json = {"latitude": args["latitude"], "longitude": args["longitude"]}
    if not (-90 <= place["latitude"] <= 90 and -180 <= place["longitude"] <= 180):
        raise bad_request("wrong location specified")
    if "horizontal_accuracy" in args:
        place["horizontal_accuracy"] = args["horizontal_accuracy"]
    if "live_period" in args:
        place["live_period"] = args["live_period"]
    return from_bot(sim, chat, "live_location" if "live_period" in args else "location", {"location": place}, args)


def send_contact(sim: Simulation, args: Json) -> Json:
    chat = chat_for_writing(sim, args["chat_id"])
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: args[name] for name in names if args.get(name)}
    return from_bot(sim, chat, "contact", {"contact": contact}, args)


def send_chat_action(sim: Simulation, args: Json) -> bool:
    chat = chat_for_writing(sim, args["chat_id"])
    chat.activity = args["action"]
    sim.world.touch(chat)
    return True


METHODS = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
}
