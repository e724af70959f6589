# SPDX-License-Identifier: Apache-2.0
"""Keyboards as Telegram wants them.

A choice is a button of the reply keyboard: its press is an ordinary message that waits a day at Telegram, while the
press of an inline button is lost after 150 seconds. The label begins with the number that may be typed instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from intake.catalog import Catalog
from intake.effects import DONE, Ask, Choice, Review

Markup = Mapping[str, Any]
Button = Mapping[str, str]

NONE: Final[Markup] = {"remove_keyboard": True}
PICKED: Final = "✓ "
_PLACEHOLDER: Final = 64  # Bot API, ReplyKeyboardMarkup.input_field_placeholder
_COPY: Final = 256  # Bot API, CopyTextButton.text
_EXITS_IN_A_ROW: Final = 3


def choice_text(choice: Choice, catalog: Catalog) -> str:
    if choice.text is not None:
        return choice.text
    return catalog.text(choice.label or choice.value)


def labels(effect: Ask | Review, catalog: Catalog) -> list[str]:
    """One a choice, in order: its number where numbers answer, a mark where it is picked, its words."""
    numbered = effect.numbered if isinstance(effect, Ask) else True
    picked = effect.picked if isinstance(effect, Ask) else ()
    return [
        f"{PICKED if choice.value in picked else ''}{f'{number} ' if numbered else ''}{choice_text(choice, catalog)}"
        for number, choice in enumerate(effect.choices, 1)
    ]


def reply_keyboard(effect: Ask | Review, catalog: Catalog) -> Markup:
    """The choices in columns, then the exits. Without either the last keyboard is taken away."""
    columns = effect.columns if isinstance(effect, Ask) else 1
    rows = _rows(labels(effect, catalog), columns)
    if isinstance(effect, Ask) and effect.multiple and effect.picked:
        rows.append([{"text": catalog.text(f"button.{DONE}")}])
    rows += _rows([catalog.text(f"button.{word}") for word in effect.standing], _EXITS_IN_A_ROW)
    if not rows:
        return NONE
    keyboard: dict[str, Any] = {"keyboard": rows, "resize_keyboard": True, "is_persistent": True}
    if isinstance(effect, Ask) and effect.free_text and catalog.has("bot.placeholder"):
        keyboard["input_field_placeholder"] = catalog.text("bot.placeholder")[:_PLACEHOLDER]
    return keyboard


def copy_button(label: str, text: str, *others: Button) -> Markup:
    """An inline button that puts a text on the phone's clipboard, which tells nobody; `others` stand beside it."""
    return {"inline_keyboard": [[{"text": label, "copy_text": {"text": text[:_COPY]}}, *others]]}


def copy_buttons(buttons: Sequence[tuple[str, str]]) -> Markup:
    """Inline buttons (label, text) that put a text on the phone's clipboard; pressing one tells nobody."""
    return {"inline_keyboard": [[{"text": label, "copy_text": {"text": text[:_COPY]}}] for label, text in buttons]}


def press_button(label: str, data: str) -> Button:
    """An inline button whose press comes to us with `data`, at most 64 bytes (Bot API, InlineKeyboardButton)."""
    return {"text": label, "callback_data": data}


def _rows(texts: Sequence[str], columns: int) -> list[list[Button]]:
    buttons: list[Button] = [{"text": text} for text in texts]
    return [buttons[start : start + columns] for start in range(0, len(buttons), columns)]
