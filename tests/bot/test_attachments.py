# SPDX-License-Identifier: Apache-2.0
"""Files reach the desk whole and sealed, and lie nowhere in clear."""

import asyncio
import base64
import hashlib

import pytest

from bot.scrubbing import is_bare
from envelope import unseal
from intake.submission import parse
from tests.bot import pictures

MIB = 1 << 20


async def ready(world, phone=None):
    ana = phone or await world.phone()
    await ana.begin()
    for words in ("1", "1", "1", "1"):
        await ana.ask(words)
    return ana


async def send_it(ana):
    await ana.ask("enviar")
    await ana.do("say", text="1")
    return await ana.sees("Entregado")


async def stored(world, count=1):
    await world.until(lambda: world.rows("SELECT count(*) FROM spool WHERE state = 1") == [(count,)])


async def show(ana, content, kind="document", **more):
    await ana.do("send", kind=kind, content=base64.b64encode(content).decode(), **more)


def opened(world, number=0):
    [raw] = world.desk.submissions.values()
    submission = parse(raw)
    organisation = world.desk.organisation
    key = unseal.open_report_key(
        unseal.IntakeKey(organisation.intake_seed),
        submission.key,
        org=organisation.id,
        team=organisation.team,
        report=submission.report,
    )
    [report] = world.desk.reports()
    told = report["attachments"][number]
    one = next(one for one in submission.attachments if one.id.hex() == told["id"])
    pieces = unseal.open_attachment(
        key,
        one.key,
        [world.desk.attachments[told["id"]]],
        org=organisation.id,
        report=submission.report,
        attachment=one.id,
        content_size=told["length"],
    )
    return told, b"".join(pieces)


@pytest.mark.parametrize("kind", ["voice", "photo", "document", "video", "audio", "video_note"])
async def test_every_kind_arrives_as_it_was_sent(world, kind):
    content = hashlib.shake_128(kind.encode()).digest(300_000)
    ana = await ready(world)
    await ana.do("send", kind=kind, content=base64.b64encode(content).decode(), name="CANARIA.pdf", caption="al salir")
    await stored(world)
    assert "1 de 1" in await send_it(ana)
    await world.until(lambda: world.desk.submissions)
    told, raw = opened(world)
    assert raw == content
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert told["caption"] == "al salir"
    await world.until(lambda: not [path for path in (world.home / "spool").rglob("*") if path.is_file()])
    assert world.rows("SELECT count(*) FROM spool") == [(0,)]


async def test_nothing_of_a_file_lies_in_clear_on_disk(world):
    world.desk.status = 503
    ana = await ready(world)
    content = b"CANARIA-EN-EL-ARCHIVO" * 10_000
    await ana.do("send", kind="document", content=base64.b64encode(content).decode(), name="CANARIA.txt")
    await stored(world)
    await ana.ask("enviar")
    await ana.do("say", text="1")
    await ana.sees("Se está entregando")
    files = [path for path in world.home.rglob("*") if path.is_file()]
    assert any("spool" in str(path) for path in files)
    assert [path for path in files if b"CANARIA" in path.read_bytes()] == []


async def test_twenty_mebibytes_are_taken_and_one_byte_more_is_explained(world):
    ana = await ready(world)
    await ana.do("send", kind="video", size=20 * MIB)
    await stored(world)
    await ana.do("send", kind="video", size=20 * MIB + 1)
    told = await ana.sees("20 MB")
    assert "Dónde" in told  # the question stands again
    assert world.rows("SELECT count(*) FROM spool") == [(1,)]
    assert "1 de 1" in await send_it(ana)


async def test_a_download_cut_three_times_arrives_whole(world):
    ana = await ready(world)
    await world.control("POST", "/faults", method="file", cut_bytes=100_000, times=3)
    await ana.do("send", kind="photo", size=400_000)
    await stored(world)
    assert "1 de 1" in await send_it(ana)
    assert len(opened(world)[1]) == 400_000


async def test_a_file_that_cannot_be_had_is_not_counted(world):
    ana = await ready(world)
    await world.control("POST", "/faults", method="getFile", code=400, description="Bad Request: file is too big")
    await ana.do("send", kind="photo", size=4000)
    await world.until(lambda: world.rows("SELECT count(*) FROM spool WHERE state = 2") == [(1,)])
    await ana.do("send", kind="photo", size=5000)
    await stored(world)
    assert "1 de 2" in await send_it(ana)
    [report] = world.desk.reports()
    assert len(report["attachments"]) == 1
    assert report["lost_attachments"] == ["photo"]


async def test_a_fetch_is_begun_again_after_a_restart(still_world):
    await still_world.start()
    ana = await ready(still_world)
    await still_world.control("POST", "/faults", method="file", code=500, times=None)
    await ana.do("send", kind="photo", size=4000)
    await still_world.until(lambda: still_world.rows("SELECT count(*) FROM spool WHERE state = 0") == [(1,)])
    await still_world.stop()
    await still_world.control("DELETE", "/faults")
    await still_world.start()
    await stored(still_world)


async def test_wiping_takes_the_files_too(world):
    ana = await ready(world)
    await ana.do("send", kind="photo", size=4000)
    await stored(world)
    await ana.ask("/borrar")
    await ana.do("say", text="1")
    await ana.sees("mensajes viejos")
    await world.until(lambda: world.rows("SELECT count(*) FROM spool") == [(0,)])
    await world.until(lambda: not [path for path in (world.home / "spool").rglob("*") if path.is_file()])


async def test_beginning_again_takes_the_files_too(world):
    ana = await ready(world)
    await ana.do("send", kind="photo", size=4000)
    await stored(world)
    await ana.ask("/start")
    await ana.ask("2")
    await world.until(lambda: world.rows("SELECT count(*) FROM spool") == [(0,)])


async def test_wiping_a_new_draft_leaves_the_files_of_a_kept_report(world):
    world.desk.status = 503
    ana = await ready(world)
    await ana.do("send", kind="photo", size=4000)
    await stored(world)
    await ana.ask("enviar")
    await ana.do("say", text="1")
    await ana.sees("Se está entregando")
    await ana.ask("/start")
    await ana.do("say", text="/borrar")
    await ana.sees("mensajes viejos")
    assert world.rows("SELECT count(*) FROM spool WHERE state = 1") == [(1,)]
    world.desk.status = 0
    await world.until(lambda: world.desk.submissions)
    assert len(opened(world)[1]) == 4000


async def test_a_voice_note_is_an_answer_where_words_are_asked(world):
    ana = await ready(world)
    await ana.ask("enviar")
    told = await ana.ask("2")  # tell more before sending
    for _ in range(12):
        if "voz" in told:
            break
        told = await ana.ask("saltar")
    before = len(await ana.told())
    await ana.do("send", kind="voice", size=20_000)
    await ana.wait(lambda told: len(told) > before)
    await stored(world)
    assert (await ana.told())[-1] != told


@pytest.mark.parametrize(("kind", "make"), [("photo", pictures.photo), ("document", pictures.png)])
async def test_a_picture_arrives_as_it_was_sent_and_scrubbed_beside_it(world, kind, make):
    raw = make()
    ana = await ready(world)
    await show(ana, raw, kind, name="IMG_20260301_CANARIA.pdf", caption="al salir")
    await stored(world, 2)
    assert "1 de 1" in await send_it(ana)
    await world.until(lambda: world.desk.submissions)
    (original, sent), (copy, scrubbed) = opened(world, 0), opened(world, 1)
    assert sent == raw
    assert (original["sha256"], original.get("variant")) == (hashlib.sha256(raw).hexdigest(), None)
    assert is_bare(scrubbed)
    assert pictures.CANARY.encode() not in scrubbed
    assert (copy["variant"], copy["of"], copy["kind"], copy["mime"]) == ("scrubbed", original["id"], kind, "image/jpeg")
    assert copy["sha256"] == hashlib.sha256(scrubbed).hexdigest()
    assert not {"name", "caption"} & copy.keys()
    [report] = world.desk.reports()
    assert len(report["attachments"]) == 2
    assert "lost_attachments" not in report


@pytest.mark.parametrize("raw", [pytest.param(raw, id=kind) for kind, raw in [*pictures.hostile()][::4]])
async def test_a_picture_that_cannot_be_scrubbed_is_kept_all_the_same(world, raw):
    ana = await ready(world)
    await show(ana, raw, mime="image/jpeg", name="a.jpg")
    await world.until(
        lambda: world.rows("SELECT state, count(*) FROM spool GROUP BY state ORDER BY state") == [(1, 1), (2, 1)]
    )
    assert "1 de 1" in await send_it(ana)
    await world.until(lambda: world.desk.submissions)
    assert opened(world)[1] == raw
    [report] = world.desk.reports()
    assert [file.get("variant") for file in report["attachments"]] == [None]
    assert "lost_attachments" not in report


@pytest.mark.parametrize("raw", [raw for raw in pictures.no_pictures() if len(raw) > 2])
async def test_what_is_no_picture_by_its_bytes_has_no_copy(world, raw):
    ana = await ready(world)
    await show(ana, raw, mime="image/jpeg", name="a.jpg")
    await stored(world)
    assert world.rows("SELECT count(*) FROM spool") == [(1,)]


async def test_a_picture_lies_in_clear_nowhere_on_the_disk(world):
    world.desk.status = 503
    ana = await ready(world)
    for raw in (pictures.photo(), pictures.png("RGBA")):
        await show(ana, raw)
    await stored(world, 4)
    kept = [path.read_bytes() for path in world.home.rglob("*") if path.is_file()]
    for mark in (pictures.CANARY.encode(), b"JFIF", b"IHDR", b"IDAT"):
        assert [raw for raw in kept if mark in raw] == []


async def test_who_sends_at_once_does_not_wait_for_the_copy(world, monkeypatch):
    begun, free = asyncio.Event(), asyncio.Event()

    async def slow(*_):
        begun.set()
        await free.wait()

    monkeypatch.setattr(world.bot.attachments._scrubber, "scrub", slow)
    ana = await ready(world)
    await show(ana, pictures.photo())
    await begun.wait()
    assert "1 de 1" in await send_it(ana)
    free.set()
    await world.until(lambda: world.desk.submissions)
    [report] = world.desk.reports()
    assert len(report["attachments"]) == 1
    await world.until(lambda: world.rows("SELECT count(*) FROM spool") == [(0,)])
    await world.until(lambda: not [path for path in (world.home / "spool").rglob("*") if path.is_file()])


async def test_wiping_takes_the_copy_too(world):
    ana = await ready(world)
    await show(ana, pictures.photo())
    await stored(world, 2)
    await ana.ask("/borrar")
    await ana.do("say", text="1")
    await world.until(lambda: world.rows("SELECT count(*) FROM spool") == [(0,)])
    await world.until(lambda: not [path for path in (world.home / "spool").rglob("*") if path.is_file()])


async def test_thirty_pictures_and_their_copies_fit_one_report(world):
    ana = await ready(world)
    raw = pictures.bmp()
    for _ in range(30):
        await show(ana, raw)
    await stored(world, 60)
    assert "30 de 30" in await send_it(ana)
    await world.until(lambda: world.desk.submissions)
    [report] = world.desk.reports()
    assert len(report["attachments"]) == 60
