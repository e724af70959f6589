# SPDX-License-Identifier: Apache-2.0
"""Receipts of a session: kept in the draft, shown again with copy buttons, handed to the person they belong to."""

import re

from bot import receipts
from envelope import receipt
from intake.catalog import load_catalogs
from intake.effects import ShowReceipts

ES = load_catalogs().get("es")
SECRETS = tuple(bytes([n]).hex() * 11 for n in range(1, 31))


def test_every_receipt_is_spelt_and_numbered_and_twenty_have_a_button():
    body = receipts.several(ES, "Casa", ShowReceipts(SECRETS))
    spelt = [receipt.spell(bytes.fromhex(one)) for one in SECRETS]
    assert [one for one in spelt if one not in body["text"]] == []
    assert f"30  {spelt[29]}" in body["text"]
    rows = body["markup"]["inline_keyboard"]
    assert [row[0]["copy_text"]["text"] for row in rows] == spelt[:20]
    assert body["protect"] is False


def test_a_receipt_that_is_handed_over_comes_with_words_for_that_person():
    body = receipts.several(ES, "Casa", ShowReceipts(SECRETS[:1], handed=True))
    assert receipt.spell(bytes.fromhex(SECRETS[0])) in body["text"]
    assert "la persona" in body["text"]
    assert len(body["markup"]["inline_keyboard"]) == 1


async def test_somebody_who_tells_for_others_gets_the_codes_of_the_session_again(world):
    ana = await world.phone()
    await ana.begin()
    await tell_for_another(ana)
    first = code_in(await ana.sees("Su código"))
    await ana.sees("Entregado")
    await ana.do("say", text="3")
    shown = await ana.sees("Sus códigos")
    assert first in shown
    [message] = [one for one in (await ana.screen())["messages"] if one["text"] == shown]
    assert not message["protected"]
    await ana.do("say", text="2")
    assert first in await ana.sees("para la persona")


async def tell_for_another(phone):
    """One report on somebody else's behalf, up to its end."""
    await phone.ask("3")
    for _ in range(12):
        told = (await phone.told())[-1]
        if "enviar" in told.lower() and "1 " in told:
            break
        await phone.ask("1")
    await phone.ask("enviar")
    await phone.do("say", text="1")


def code_in(text):
    return re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}\b", text)[0]
