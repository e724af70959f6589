# SPDX-License-Identifier: Apache-2.0
"""Receipts as messages: alone and unprotected, so that they can be copied and saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bot import keyboards, screens
from bot.respelling import code_buttons
from envelope import receipt
from intake.catalog import Catalog
from intake.effects import ShowReceipts

_BUTTONS: Final = 20  # more would hide the message


def one(catalog: Catalog, organisation: str, code: str) -> dict[str, Any]:
    """The message with one's own receipt; its buttons copy it, and spell it as words."""
    text = screens.say(catalog, "bot.receipt", organisation, receipt=code).text
    return {"text": text, "markup": code_buttons(catalog, code), "protect": False}


def several(catalog: Catalog, organisation: str, effect: ShowReceipts) -> dict[str, Any]:
    """All receipts of a session, each with its number; or the one that is handed to the person it belongs to."""
    codes = [receipt.spell(bytes.fromhex(secret)) for secret in effect.secrets]
    if effect.handed and len(codes) == 1:
        text = screens.say(catalog, "bot.receipt_handed", organisation, receipt=codes[0]).text
        return _body(text, [(catalog.text("button.copy"), codes[0])])
    lines = "\n".join(f"{number}  {code}" for number, code in enumerate(codes, 1))
    text = screens.say(catalog, "bot.receipts", organisation, receipts=lines).text
    copy = catalog.text("button.copy")
    return _body(text, [(f"{copy} {number}", code) for number, code in enumerate(codes[:_BUTTONS], 1)])


def _body(text: str, buttons: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"text": text, "markup": keyboards.copy_buttons(buttons), "protect": False}
