# SPDX-License-Identifier: Apache-2.0
"""What a person told, and who they are, lies nowhere in clear: not in the store, its journal, the spool or the log."""

import io
import logging

import oplog
from tests.bot.conftest import INTAKE_TOKEN, TOKEN

WORDS = ("CANARIA-PALABRA", "CANARIA-ARCHIVO", "CANARIA-NOMBRE", "CANARIA-PERSONA")


async def test_no_canary_is_found_anywhere(still_world, caplog):
    world, log = still_world, io.StringIO()
    caplog.set_level(logging.DEBUG)
    handler = logging.StreamHandler(log)
    handler.setFormatter(oplog.JsonLines())
    logging.getLogger().addHandler(handler)
    try:
        phones = await everything(world)
    finally:
        logging.getLogger().removeHandler(handler)
    needles = [word.encode() for word in (*WORDS, TOKEN, INTAKE_TOKEN)]
    for phone in phones:
        needles += [str(phone.chat).encode(), phone.chat.to_bytes(8, "big"), phone.chat.to_bytes(8, "little")]
    needles += [receipt.encode() for receipt in world.receipts]
    needles += [receipt.replace("-", "").encode() for receipt in world.receipts]
    searched = [path for path in world.home.rglob("*") if path.is_file()]
    assert len(searched) > 4
    hits = [(path.name, needle) for path in searched for needle in needles if needle in path.read_bytes()]
    assert hits == []
    told = log.getvalue()
    assert "one by one" in told or "could not be used" in told
    assert [needle for needle in needles if needle.decode("latin-1") in told] == []
    # What a logger of a test's own choosing would have got, at DEBUG; the simulator's web server is not ours.
    shown = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert [needle for needle in needles if needle.decode("latin-1") in shown] == []


async def everything(world):
    """Drafts, reports that wait, files, dead letters, refusals, a restart."""
    await world.start()
    world.desk.status = 503
    ana, eva = await world.phone("CANARIA-PERSONA"), await world.phone("CANARIA-PERSONA")
    world.receipts = [await ana.report()]
    await eva.begin()
    for words in ("1", "1", "1", "CANARIA-PALABRA y unas palabras más"):
        await eva.ask(words)
    await eva.do("send", kind="document", content="Q0FOQVJJQS1BUkNISVZP" * 500, name="CANARIA-NOMBRE.pdf")
    await world.until(lambda: world.rows("SELECT count(*) FROM spool WHERE state = 1") == [(1,)])
    broken = {"message_id": 900, "date": 1, "chat": {"id": eva.chat, "type": "private"}, "text": 5}
    broken["from"] = {"id": eva.chat, "is_bot": False, "first_name": "CANARIA-PERSONA"}
    await world.control("POST", "/updates", message=broken | {"caption": "CANARIA-PALABRA"})
    await eva.sees("No pude usar")
    await world.control("POST", "/faults", method="sendMessage", code=400, description="Bad Request: CANARIA-PALABRA")
    await eva.do("say", text="CANARIA-PALABRA otra vez y más")
    await world.until(lambda: world.rows("SELECT count(*) FROM dead_letters") == [(2,)])
    await world.control("POST", "/faults", method="sendMessage", code=500, times=None)
    await eva.do("say", text="CANARIA-PALABRA por última vez, sin respuesta")
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(1,)])
    await world.stop()
    await world.start(manifest=False)
    return [ana, eva]
