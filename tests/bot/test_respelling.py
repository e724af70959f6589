# SPDX-License-Identifier: Apache-2.0
"""The receipt's message turns into words and back, and the words open the mailbox from any phone."""

import asyncio

import pytest

from bot import respelling
from envelope import receipt
from envelope.receiptwords import LISTS, spell_words
from intake.catalog import load_catalogs
from intake.submission import parse
from intake.words import units

CATALOGS = load_catalogs()
SECRET = bytes(range(11))
CODE = receipt.spell(SECRET)


async def shown(phone):
    """The message with inline buttons: its number, what it says, its buttons by label."""
    [one] = [one for one in (await phone.screen())["messages"] if one["from"] == "bot" and one["buttons"]]
    return one["id"], one["text"], {button["text"]: button for row in one["buttons"] for button in row}


async def kept(world):
    ana = await world.phone()
    code = await ana.report()
    await ana.sees("Entregado")
    return ana, code


async def test_the_receipt_is_shown_as_words_and_as_a_code_again(world):
    ana, code = await kept(world)
    words = " ".join(spell_words(receipt.read(code), "es"))
    number, before, buttons = await shown(ana)
    assert list(buttons) == ["Copiar código", "En palabras"]
    await ana.do("tap", label="En palabras")
    await ana.sees("Su código en palabras")
    same, text, buttons = await shown(ana)
    assert same == number
    assert code not in text
    assert words in " ".join(text.translate(dict.fromkeys(map(ord, "\u2068\u2069"))).split())
    assert (await ana.do("tap", label="Copiar palabras"))["copied"] == words
    await ana.do("tap", label="Como código")
    await ana.wait(lambda told: before in told)
    assert (await shown(ana))[0] == number
    assert (await ana.do("tap", label="Copiar código"))["copied"] == code
    await world.settled()
    assert await world.refused() == []


async def test_the_words_open_the_mailbox_on_another_phone_in_another_language(world):
    _, code = await kept(world)
    [raw] = world.desk.submissions.values()
    world.desk.replies[parse(raw).mailbox.lookup.hex()] = ["Estamos contigo."]
    secret = receipt.read(code)
    for number, locale in enumerate(LISTS):
        other = await world.phone(f"Eva {number}", "en")
        typed = "\n".join(f"{place}. {word.upper()}" for place, word in enumerate(spell_words(secret, locale), 1))
        await other.do("say", text=typed)
        await other.sees("Estamos contigo.")


async def test_wrong_words_get_what_a_wrong_code_gets(world):
    _, code = await kept(world)
    words = list(spell_words(receipt.read(code), "es"))
    eva = await world.phone("Eva")
    misspelt = code[:-1] + ("0" if code[-1] != "0" else "1")
    expected = await eva.ask(misspelt)
    assert await eva.ask(" ".join([*words[:3], "xxxx", *words[4:]])) == expected
    assert await eva.ask(" ".join(words[1:])) == expected


async def test_words_in_mid_flow_are_no_answer_to_the_question(world):
    _, code = await kept(world)
    eva = await world.phone("Eva")
    await eva.begin()
    await eva.do("say", text=" ".join(spell_words(receipt.read(code), "fr")))
    await eva.sees("no hay mensajes")
    assert not any("peligro" in told for told in await eva.told())


async def test_a_press_leaves_the_draft_alone(world):
    """The next report has begun when the button of the last one is pressed."""
    ana, _ = await kept(world)
    question = await ana.begin()
    before = world.rows("SELECT version FROM drafts")
    number, _, _ = await shown(ana)
    [label] = [button["data"] for button in (await shown(ana))[2].values() if "data" in button]
    await ana.do("press", message=number, data=label)
    await ana.sees("Su código en palabras")
    assert world.rows("SELECT version FROM drafts") == before
    assert (await ana.told())[-1] == question


async def test_pressing_twice_and_after_the_message_is_gone_harms_nothing(world):
    ana, code = await kept(world)
    number, _, _ = await shown(ana)
    for _ in range(2):
        await ana.do("press", message=number, data=f"w:es:{code}")
    await ana.do("press", message=number + 500, data=f"w:es:{code}")
    await ana.sees("Su código en palabras")
    await world.settled()
    assert [call["status"] for call in await world.refused()] == [400, 400]
    assert world.rows("SELECT count(*) FROM dead_letters") == [(0,)]
    assert "no hay mensajes" in await ana.ask(code)


@pytest.mark.parametrize(
    "data", ["w:es:0000-0000-0000-0000-0000", "w:es:x", f"w:es:{CODE} ", f"W:es:{CODE}", f"w:es-ES-latn:{CODE}"]
)
async def test_a_forged_press_changes_nothing_and_is_answered(world, data):
    ana, _ = await kept(world)
    number, text, _ = await shown(ana)
    await ana.do("press", message=number, data=data)
    await asyncio.sleep(0.2)
    assert (await shown(ana))[1] == text
    calls = await world.control("GET", "/calls?method=answerCallbackQuery")
    assert [call["status"] for call in calls["calls"]] == [200]


async def test_a_press_on_a_message_with_a_keyboard_is_refused_by_telegram_and_nothing_waits(world):
    ana = await world.phone()
    question = await ana.begin()
    number = (await ana.screen())["messages"][-1]["id"]
    await ana.do("press", message=number, data=f"w:es:{CODE}")
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(0,)])
    assert (await ana.told())[-1] == question
    assert "peligro" in await ana.ask("1")


# --- the buttons


class Spoken:
    """A catalog of one language; the texts are of no matter here."""

    def __init__(self, locale):
        self.locale = locale

    def text(self, key):
        return key


@pytest.mark.parametrize("locale", LISTS)
def test_the_data_of_a_button_fits_and_is_understood(locale):
    [[copy, words]] = respelling.code_buttons(Spoken(locale), CODE)["inline_keyboard"]
    assert copy == {"text": "button.copy", "copy_text": {"text": CODE}}
    assert len(words["callback_data"].encode()) <= 64
    assert respelling.read_press(words["callback_data"], 7) == respelling.Respelling(7, True, locale, SECRET)


@pytest.mark.parametrize("locale", ["ht", "ar"])
def test_a_language_without_a_list_has_the_code_only(locale):
    assert [len(row) for row in respelling.code_buttons(Spoken(locale), CODE)["inline_keyboard"]] == [1]


@pytest.mark.parametrize("locale", LISTS)
def test_the_longest_words_fit_the_clipboard(locale):
    assert units(" ".join(spell_words(SECRET, locale))) <= 9 * 8 + 8 <= 256
