# SPDX-License-Identifier: Apache-2.0
"""Rules of keyboards that the specification keeps in its prose: one action a button, lengths, counts."""

from typing import Any

from simulator.errors import bad_request
from simulator.formatting import units

Json = dict[str, Any]

# Fields that are looks, not actions (InlineKeyboardButton, KeyboardButton).
_LOOKS = frozenset({"text", "icon_custom_emoji_id", "style"})
_DATA_BYTES = 64
_COPY_UNITS = 256
_PLACEHOLDER_UNITS = 64
_BUTTONS = 100  # per message, and per row below: what Telegram's server takes before REPLY_MARKUP_TOO_LONG
_ROW = 12


def check(markup: Json | None) -> None:
    """CallError for a keyboard that Telegram would refuse."""
    if not markup:
        return
    rows = markup.get("inline_keyboard")
    if rows is not None:
        _count(rows)
        for row in rows:
            for button in row:
                _inline(button)
    elif "keyboard" in markup:
        _count(markup["keyboard"])
        for row in markup["keyboard"]:
            for button in row:
                _reply(button)
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= units(placeholder) <= _PLACEHOLDER_UNITS:
        raise bad_request("input field placeholder must have 1 to 64 characters")


def inline(markup: Json | None) -> bool:
    return bool(markup) and "inline_keyboard" in (markup or {})


def _count(rows: list[list[Json]]) -> None:
    if sum(len(row) for row in rows) > _BUTTONS or any(len(row) > _ROW for row in rows):
        raise bad_request("reply markup is too long")


def _text(button: Json) -> None:
    if not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: text must be non-empty")


def _inline(button: Json) -> None:
    _text(button)
    actions = button.keys() - _LOOKS
    if not actions:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action must be given")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= _DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    copied = button.get("copy_text")
    if copied is not None and not 1 <= units(copied["text"]) <= _COPY_UNITS:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if "url" in button and "." not in button["url"] and "://" not in button["url"]:
        raise bad_request("inline keyboard button URL is invalid")


def _reply(button: Json) -> None:
    _text(button)
    if len(button.keys() - _LOOKS) > 1:
        raise bad_request("can't parse keyboard button: at most one action may be given")
