# SPDX-License-Identifier: Apache-2.0
"""Whole conversations, and then what the journal of Telegram's double says of every call the bot made in them."""

import re

import pytest

from intake.catalog import load_catalogs
from tests.bot.conftest import receipt_in
from tests.test_translations import ABUSE

CATALOGS = load_catalogs()
MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
PREVIEW = 40  # characters of a message that a notification shows on a small screen


class Conversation:
    """One person who types, in one language, and waits for what they are told."""

    def __init__(self, world, phone, locale):
        self.world = world
        self.phone = phone
        self.catalog = CATALOGS.get(locale)

    async def say(self, words):
        await self._act("say", text=words)

    async def press(self, label):
        message = next(one for one in reversed((await self.phone.screen())["messages"]) if label in str(one["buttons"]))
        await self._act("press", message=message["id"], label=label)

    async def _act(self, act, **body):
        [(before,)] = self.world.rows("SELECT count(*) FROM updates")
        await self.phone.do(act, **body)
        await self.world.until(lambda: self.world.rows("SELECT count(*) FROM updates") == [(before + 1,)])
        await self.world.settled()

    def word(self, key):
        return self.catalog.text(key)

    async def told(self):
        return [one.translate(MARKS) for one in await self.phone.told()]

    async def begin(self, consent):
        await self.say("/start")
        await self.say(CATALOGS.about[self.catalog.locale]["name"])
        for words in ("hm", self.word("button.help"), self.word("choice.consent.more"), self.word(consent)):
            await self.say(words)

    async def tell(self):
        """Everything is answered with the first choice, up to the review."""
        for step in range(60):
            if any(self.word("choice.review.send") in one for one in (await self.told())[-1:]):
                return
            await self.say("1" if step % 7 else "Nogales, Sonora 2026")
        raise AssertionError(await self.told())

    async def everything(self, consent):
        """Told, read back, changed, paused, sent, spelt otherwise, asked for; told again, and deleted."""
        await self.begin(consent)
        await self._act("send", kind="sticker")
        await self._act("send", kind="voice", size=3000)
        await self.world.until(lambda: self.world.rows("SELECT count(*) FROM spool WHERE state = 0") == [(0,)])
        await self.tell()
        await self.say(self.word("choice.review.change"))
        await self.say(self.word("button.back"))
        await self.world.later(3600)
        await self.say("hm")
        await self.say(self.word("choice.resume.continue"))
        await self.tell()
        await self.say(self.word("choice.review.send"))
        receipt = next(one for one in await self.told() if re.search(r"-[0-9A-Z]{4}-[0-9A-Z]{4}-", one))
        await self.world.until(lambda: self.world.desk.submissions)
        for lookup in self.world.desk.salts:
            self.world.desk.replies[lookup] = ["Estamos contigo."]
        await self.say("0000-0000-0000-0000-00MV")
        await self.say(receipt_in(receipt))
        await self.begin(consent)
        await self.say(self.word("button.delete"))
        await self.say(self.word("choice.delete.yes"))


async def calls(world):
    return (await world.control("GET", "/calls"))["calls"]


@pytest.mark.parametrize("consent", ["choice.consent.yes", "choice.consent.traceless"])
@pytest.mark.parametrize("locale", ["es", "en", "pt", "fr", "ht"])
async def test_every_message_is_silent_plain_and_begins_with_neutral_words(world, locale, consent):
    ana = Conversation(world, await world.phone(language=locale), locale)
    await ana.everything(consent)
    sent = [call for call in await calls(world) if call["method"].startswith("send")]
    written = [call for call in await calls(world) if call["method"] in {"sendMessage", "editMessageText"}]
    assert len(written) > 20
    assert all(call["parameters"]["disable_notification"] is True for call in sent)
    assert all(call["parameters"]["link_preview_options"] == {"is_disabled": True} for call in written)
    assert not any("parse_mode" in call["parameters"] for call in written)
    for call in written:
        first = call["parameters"]["text"].translate(MARKS)[:PREVIEW]
        assert not re.search(ABUSE, first, re.IGNORECASE), first
    assert await world.refused() == []


@pytest.mark.parametrize("consent", ["choice.consent.yes", "choice.consent.traceless"])
async def test_what_was_told_is_protected_when_it_is_read_back_and_a_receipt_never_is(world, consent):
    ana = Conversation(world, await world.phone(), "es")
    await ana.everything(consent)
    review, receipt = ana.word("bot.review"), ana.word("button.copy")
    sent = {call["number"]: call["parameters"] for call in await calls(world) if call["method"] == "sendMessage"}
    receipts = [one for one in sent.values() if receipt in str(one.get("reply_markup"))]
    assert len(receipts) == 1
    assert not any(one.get("protect_content") for one in receipts)
    reviews = [one for one in sent.values() if review in one["text"]]
    assert all(one["protect_content"] for one in reviews)
    edited = [call for call in await calls(world) if call["method"] == "editMessageText" if review in str(call)]
    assert len(reviews) + len(edited) >= 2
    shown = {one["id"]: one for one in (await ana.phone.screen())["messages"]}
    assert all(shown[call["parameters"]["message_id"]]["protected"] for call in edited)
