# SPDX-License-Identifier: Apache-2.0
"""The receipt in its other spelling: a button under the message that shows it, and what a press of it does.

The press carries the receipt itself, which stands in the same message anyway, so nothing has to be kept and a press
works as long as the message is there. Whoever forges one changes a message in their own chat and learns nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot import keyboards, screens
from bot.calls import Telegram
from bot.jobs import Job, Kind
from bot.keyboards import Markup
from envelope import receipt
from envelope.errors import ReceiptError
from envelope.receiptwords import LISTS, spell_words
from intake.catalog import Catalog, Catalogs

_WORDS, _CODE = "w", "k"
_GROUP: Final = f"[{receipt.ALPHABET}]{{4}}"
_PRESS: Final = re.compile(
    rf"(?P<spelling>[{_WORDS}{_CODE}]):(?P<locale>[A-Za-z-]{{2,8}}):(?P<code>{_GROUP}(?:-{_GROUP}){{4}})"
)
_IN_A_LINE: Final = 3


@dataclass(frozen=True, slots=True, repr=False)
class Respelling:
    """Show a receipt as words, or as characters again, in the message `number`."""

    message: int
    words: bool
    locale: str
    secret: bytes


def read_press(data: str, message: int) -> Respelling | None:
    """What the data of a pressed button asks for; None when it is no button of this kind, or misspelt."""
    found = _PRESS.fullmatch(data)
    if found is None or message <= 0:
        return None
    try:
        secret = receipt.read(found["code"])
    except ReceiptError:
        return None
    return Respelling(message, found["spelling"] == _WORDS, found["locale"], secret)


def code_buttons(catalog: Catalog, code: str) -> Markup:
    """Under a receipt in characters: copy it, and see it as words where the language has a list."""
    others = [_button(catalog, "button.as_words", _WORDS, code)] if catalog.locale in LISTS else []
    return keyboards.copy_button(catalog.text("button.copy"), code, *others)


def _button(catalog: Catalog, label: str, spelling: str, code: str) -> keyboards.Button:
    return keyboards.press_button(catalog.text(label), f"{spelling}:{catalog.locale}:{code}")


def job(asked: Respelling, *, chat: int, tag: bytes) -> Job:
    """What is to be done about a press; the list of words is not read before it is done."""
    body = {"message": asked.message, "words": asked.words, "locale": asked.locale, "receipt": asked.secret.hex()}
    return Job(Kind.RESPELL, chat, tag, body)


class Respeller:
    """Does such a job: rewrites the message that holds the receipt."""

    def __init__(self, telegram: Telegram, catalogs: Catalogs, *, organisation: str) -> None:
        self._telegram = telegram
        self._catalogs = catalogs
        self._organisation = organisation

    async def rewrite(self, asked: Job) -> tuple[int, ...]:
        """The message stays the same one, so the ledger has nothing to note."""
        body = asked.body
        catalog = self._catalogs.get(body["locale"])
        screen = self._screen(catalog, bytes.fromhex(body["receipt"]), words=body["words"])
        await self._telegram.rewrite(asked.chat, body["message"], {"text": screen.text, "markup": screen.markup})
        return ()

    def _screen(self, catalog: Catalog, secret: bytes, *, words: bool) -> screens.Screen:
        code, spelt = receipt.spell(secret), spell_words(secret, catalog.locale) if words else None
        if spelt is None:
            markup = code_buttons(catalog, code)
            return screens.say(catalog, "bot.receipt", self._organisation, markup=markup, receipt=code)
        lines = [" ".join(spelt[at : at + _IN_A_LINE]) for at in range(0, len(spelt), _IN_A_LINE)]
        back = _button(catalog, "button.as_code", _CODE, code)
        markup = keyboards.copy_button(catalog.text("button.copy_words"), " ".join(spelt), back)
        return screens.say(catalog, "bot.receipt_words", self._organisation, markup=markup, words="\n".join(lines))
