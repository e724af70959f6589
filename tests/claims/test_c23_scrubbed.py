# SPDX-License-Identifier: Apache-2.0
"""C23: what leaves the desk of a picture says neither where nor with what it was taken; the original stays bit for bit.

The whole way: a phone in the simulator, the real bot, the real desk, a caseworker.
"""

import base64
import re

from bot.scrubbing import is_bare
from tests.bot import pictures
from tests.claims.books import gaps, log_in, phone_url, rows
from tests.claims.person import HANDED_OVER, gather_people
from tests.claims.search import files_in
from tests.claims.stage import Stages, until

ANYTHING = re.compile(r"\S")
TOLD = ("/start", "Español", "1", "1", "1", "1", "1")


async def test_no_position_or_device_in_what_the_desk_gives_first(stages: Stages) -> None:
    sent = {"photo": pictures.photo(6), "document": pictures.png(orientation=8), "voice": b"OggS" + bytes(2000)}
    async with stages() as stage:
        await until((stage.home / "manifest.txt").exists)
        [person] = await gather_people(stage, 1, seed=1, patience=20)
        for words in TOLD:
            assert await person.ask(words, ANYTHING)
        for kind, raw in sent.items():
            shown = await person.act("send", kind=kind, content=base64.b64encode(raw).decode(), name="IMG_1.jpg")
            assert await person.sees(ANYTHING, after=shown["message"])
        await until(lambda: rows(phone_url(stage), "SELECT count(*) FROM spool WHERE state = 1") == [(5,)])
        await person.ask("enviar", ANYTHING)
        assert "3 de 3" in await person.ask("1", HANDED_OVER)
        desk = await log_in(stage)
        [case] = await desk.cases()
        told = {file["kind"]: file for file in case["report"]["attachments"] if file["variant"] == "original"}
        for kind, raw in sent.items():
            path = f"/v1/cases/{case['id']}/attachments/{told[kind]['id']}"
            assert await desk.fetch(f"{path}?variant=original") == raw
            given = await desk.fetch(path)
            if kind == "voice":
                assert given == raw
            else:
                assert is_bare(given)
                assert pictures.CANARY.encode() not in given
        assert await gaps(stage) == []
        kept = files_in(stage.home)
        assert [path for path in kept if path.parent.parent.name == "blobs"]
        assert [path for path in kept if pictures.CANARY.encode() in path.read_bytes()] == []
