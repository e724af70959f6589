# SPDX-License-Identifier: Apache-2.0
"""After sending, through real processes on both engines: notice, answer, message, sharing, proof, erasing, a block."""

import random
import re
import secrets
from typing import Any

import pytest

from tests.claims.books import Caseworker, desk_url, log_in, phone_url, quiet, rows
from tests.claims.person import CATALOG, HANDED_OVER, RECEIPT, Person, opening_of, plain
from tests.claims.stage import Stage, Stages, until

MENU, NOTICE = opening_of("bot.mailbox"), opening_of("bot.notice")
SOON = {"AMPARO_NOTICE_SECONDS": "1"}
REPLY = "Ya hablamos con la abogada"


def said(key: str) -> str:
    return plain(CATALOG.text(key))[:24]


async def sent(stage: Stage) -> tuple[Person, str]:
    """Somebody who has told a short report and stands in its mailbox."""
    ana = Person(stage, random.Random(1))
    await ana.appear()
    for words in ("/start", "Español", "1", "1", "1", "1", "1", "enviar"):
        await ana.ask(words, re.compile("."))
    last = await ana.say("1")
    code = RECEIPT.search(await ana.sees(RECEIPT, after=last))
    assert code
    assert await ana.sees(HANDED_OVER, after=last)
    await ana.ask(code[0], MENU)
    return ana, code[0]


async def replied(desk: Caseworker, text: str) -> dict[str, Any]:
    [line] = await desk.queue()
    address = f"{desk.stage.api_url}/v1/cases/{line['id']}/messages"
    headers = desk.headers | {"Idempotency-Key": secrets.token_hex(16)}
    async with desk.stage.web.post(address, json={"text": text}, headers=headers) as answer:
        assert answer.status == 201, answer.status
    return line


@pytest.mark.slow
async def test_from_the_receipt_to_a_notice_and_to_the_end_of_it_all(
    stages: Stages, engine_settings: dict[str, str]
) -> None:
    async with stages({**engine_settings, **SOON}) as stage:
        ana, code = await sent(stage)
        await ana.ask("5", said("bot.notify_on"))
        desk = await log_in(stage)
        before = await ana.say("4")
        line = await replied(desk, REPLY)
        assert await ana.sees(NOTICE, after=before), "the notice"
        await ana.ask("3", said("bot.share_changed"))
        await ana.ask("1", REPLY)
        await ana.ask("2", said("bot.write"))
        await ana.ask("Gracias, seguimos esperando", HANDED_OVER)
        case = await desk.get(f"/v1/cases/{line['id']}")
        assert [(one["kind"], one["text"], one["level"]) for one in case["words"]] == [
            ("reply", REPLY, None),
            ("notify", None, None),
            ("share", None, "S2"),
            ("message", "Gracias, seguimos esperando", None),
        ]
        await ana.ask("7", said("bot.proof"))
        [file] = [one for one in await ana.look() if one["kind"] == "document"]
        assert file["media"]["name"] == "note.txt"
        await quiet(stage)
        await ana.ask("8", said("bot.erase"))
        await ana.ask("1", said("bot.erased"))
        assert (await desk.get(f"/v1/cases/{line['id']}"))["status"] == "erased"
        assert await desk.queue() == []
        for table in ("reports", "sealed_keys", "mailboxes", "messages", "notes"):
            assert rows(desk_url(stage), f"SELECT count(*) FROM {table}") == [(0,)], table
        assert rows(phone_url(stage), "SELECT count(*) FROM contacts") == [(0,)]
        await ana.ask(code, said("bot.mailbox_unknown"))


@pytest.mark.slow
async def test_who_blocks_the_bot_is_not_known_to_it_any_more(stages: Stages, engine_settings: dict[str, str]) -> None:
    async with stages({**engine_settings, **SOON}) as stage:
        ana, _ = await sent(stage)
        await ana.ask("5", said("bot.notify_on"))
        assert rows(phone_url(stage), "SELECT count(*) FROM contacts") == [(1,)]
        await ana.act("block")
        await until(lambda: rows(phone_url(stage), "SELECT count(*) FROM contacts") == [(0,)])
        await replied(await log_in(stage), REPLY)
        assert rows(desk_url(stage), "SELECT count(*) FROM notices") == [(1,)]
