# SPDX-License-Identifier: Apache-2.0
"""What a person may send besides text: files by size or by bytes, places, contacts, and things no bot expects."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from simulator import media
from simulator.errors import ControlError
from simulator.files import KINDS
from simulator.simulation import Simulation
from simulator.world import Phone

Json = dict[str, Any]

_LARGEST = 4 << 30  # what an app lets a person upload
_DEFAULT_SIZE = 30_000
_OPTIONS = ("duration", "width", "height", "length", "performer", "title", "emoji")


def content_of(sim: Simulation, phone: Phone, wanted: Json) -> tuple[str, Json]:
    """(kind, the fields of the Message) for {"kind": ...}; ControlError names the kinds there are."""
    kind = wanted.get("kind")
    if kind in KINDS:
        return str(kind), _file(sim, str(kind), wanted)
    maker = _OTHERS.get(str(kind))
    if maker is None:
        raise ControlError(400, f"kind is one of {', '.join((*KINDS, *_OTHERS))}")
    return str(kind), maker(phone, wanted)


def _file(sim: Simulation, kind: str, wanted: Json) -> Json:
    content = _bytes(wanted["content"]) if wanted.get("content") is not None else None
    size = wanted.get("size", _DEFAULT_SIZE)
    if type(size) is not int or not 0 < size <= _LARGEST:
        raise ControlError(400, "size is a number of bytes above zero")
    file = sim.files.add(kind, content=content, size=size, mime=wanted.get("mime"), name=wanted.get("name"))
    options = {name: wanted[name] for name in _OPTIONS if name in wanted}
    caption = {"caption": wanted["caption"]} if wanted.get("caption") else {}
    return {**media.content(sim.files, kind, file, options), **caption}


def _bytes(text: object) -> bytes:
    try:
        content = base64.b64decode(text if isinstance(text, str) else "?", validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise ControlError(400, "content is base64 text") from None
    if not content:
        raise ControlError(400, "content is empty: give bytes, or size instead")
    return content


def _place(_: Phone, wanted: Json) -> Json:
    latitude, longitude = wanted.get("latitude"), wanted.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        raise ControlError(400, "a place needs latitude and longitude")
    return {"location": {"latitude": latitude, "longitude": longitude}}


def _live(phone: Phone, wanted: Json) -> Json:
    place = _place(phone, wanted)
    place["location"]["live_period"] = int(wanted.get("live_period", 900))
    return place


def _venue(phone: Phone, wanted: Json) -> Json:
    location = _place(phone, wanted)["location"]
    venue = {
        "location": location,
        "title": str(wanted.get("name", "A place")),
        "address": str(wanted.get("address", "-")),
    }
    return {"venue": venue, "location": location}


def _contact(phone: Phone, wanted: Json) -> Json:
    number = str(wanted.get("phone_number", f"+5255{phone.number:08d}"))
    contact = {"phone_number": number, "first_name": str(wanted.get("name", phone.user["first_name"]))}
    return {"contact": contact if "name" in wanted else {**contact, "user_id": phone.user["id"]}}


def _dice(_: Phone, wanted: Json) -> Json:
    return {"dice": {"emoji": str(wanted.get("emoji", "🎲")), "value": int(wanted.get("value", 4))}}


def _poll(_: Phone, wanted: Json) -> Json:
    options = [{"persistent_id": str(n), "text": f"option {n}", "voter_count": 0} for n in (1, 2)]
    facts = {"id": "4242", "question": str(wanted.get("text", "A question")), "options": options, "type": "regular"}
    flags = ("is_closed", "is_anonymous", "allows_multiple_answers", "allows_revoting", "members_only")
    return {"poll": {**facts, "total_voter_count": 0, **dict.fromkeys(flags, False)}}


def _story(phone: Phone, _: Json) -> Json:
    return {"story": {"chat": phone.chat.facts, "id": 1}}


def _timer(_: Phone, wanted: Json) -> Json:
    return {"message_auto_delete_timer_changed": {"message_auto_delete_time": int(wanted.get("seconds", 86_400))}}


_OTHERS: Mapping[str, Callable[[Phone, Json], Json]] = {
    "location": _place,
    "live_location": _live,
    "venue": _venue,
    "contact": _contact,
    "dice": _dice,
    "poll": _poll,
    "story": _story,
    "auto_delete_timer": _timer,
}
