# SPDX-License-Identifier: Apache-2.0
"""From the first word to "handed over": what the person sees, what the desk gets, what is left behind."""

import asyncio
import json

from envelope import receipt
from intake.submission import parse


async def test_a_report_reaches_the_desk_and_the_person_knows(world):
    ana = await world.phone()
    told = await ana.report()
    await ana.sees("Entregado")
    assert receipt.looks_like(told)
    [report] = world.desk.reports()
    assert report["language"] == "es"
    assert world.rows("SELECT count(*) FROM drafts") == [(0,)]
    await world.until(lambda: world.rows("SELECT count(*) FROM outbox") == [(0,)])
    await world.until(lambda: world.rows("SELECT count(*) FROM outgoing") == [(0,)])
    assert await world.refused() == []


async def test_what_is_shown_is_silent_protected_and_plain_but_for_the_receipt(world):
    ana = await world.phone()
    await ana.report()
    await ana.sees("Entregado")
    messages = [one for one in (await ana.screen())["messages"] if one["from"] == "bot"]
    assert all(one["silent"] for one in messages)
    assert [one["protected"] for one in messages if "Su código" in one["text"]] == [False]
    assert all(one["protected"] for one in messages if "Su código" not in one["text"])
    [buttons] = [one["buttons"] for one in messages if one["buttons"]]
    assert buttons[0][0]["kind"] == "copy"
    assert (await ana.screen())["keyboard"] is None


async def test_ten_taps_on_send_are_one_report_and_one_receipt(world):
    ana = await world.phone()
    await ana.begin()
    for words in ("1", "1", "1", "1", "enviar"):
        await ana.ask(words)
    await world.control("POST", "/hold")
    for _ in range(10):
        await ana.do("say", text="1")
    await world.control("POST", "/release")
    await ana.sees("Entregado")
    await asyncio.sleep(0.3)
    assert len(world.desk.submissions) == 1
    assert sum("Su código" in told for told in await ana.told()) == 1


async def test_nothing_is_said_to_be_sent_before_it_is_kept(still_world):
    """The receipt's row and the outbox row are of one transaction."""
    points = []

    def note(point):
        if point == "before commit":
            points.append(still_world.rows("SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM outgoing)"))

    await still_world.start(crash=note)
    still_world.desk.status = 503
    ana = await still_world.phone()
    await ana.report()
    await ana.sees("Guardado")
    assert points[-1][0][0] == 0
    assert still_world.rows("SELECT count(*), max(attempt) > 0 FROM outbox")[0][0] == 1


async def test_the_desk_down_for_a_while_loses_nothing_and_the_same_bytes_are_sent(world):
    world.desk.status = 503
    ana = await world.phone()
    await ana.report()
    await ana.sees("Se está entregando")
    await world.until(lambda: len(world.desk.posts) >= 2)
    world.desk.status = 0
    await ana.sees("Entregado")
    assert len(set(world.desk.posts)) == 1
    assert len(world.desk.submissions) == 1
    await world.until(lambda: world.rows("SELECT count(*) FROM outbox") == [(0,)])


async def test_a_report_the_desk_refuses_for_good_is_held_and_not_lost(world):
    world.desk.status = 409
    ana = await world.phone()
    await ana.report()
    await world.until(lambda: world.rows("SELECT state FROM outbox") == [(1,)])
    await asyncio.sleep(0.2)
    assert len(world.desk.posts) == 1
    parse(bytes(world.rows("SELECT submission FROM outbox")[0][0]))


async def test_without_a_manifest_nothing_is_taken_and_the_draft_stays(still_world):
    still_world.desk.note = None
    await still_world.start(manifest=False)
    ana = await still_world.phone()
    await ana.begin()
    for words in ("1", "1", "1", "1", "enviar"):
        await ana.ask(words)
    assert "no se pudo enviar" in await ana.ask("1")
    assert still_world.rows("SELECT count(*) FROM outbox") == [(0,)]
    assert still_world.rows("SELECT count(*) FROM drafts") == [(1,)]
    still_world.desk.note = still_world.desk.organisation.manifest()
    await still_world.until((still_world.home / "manifest.txt").exists)
    await ana.do("say", text="1")
    await ana.sees("Entregado")


async def test_the_mailbox_key_in_the_submission_is_the_one_named_in_the_sealed_body(world):
    import hashlib

    ana = await world.phone()
    await ana.report()
    await ana.sees("Entregado")
    [raw] = world.desk.submissions.values()
    [report] = world.desk.reports()
    assert report["mailbox_sha256"] == hashlib.sha256(parse(raw).mailbox.public_key).hexdigest()
    assert json.loads(raw)["submitter"] == "bot-1"


async def test_a_report_that_waited_for_days_is_signed_anew_over_the_same_records(world):
    world.desk.status = 503
    ana = await world.phone()
    await ana.report()
    await ana.sees("Se está entregando")
    await world.later(4 * 86400)
    world.desk.oldest_day = int(world.now()) // 86400 - 2
    world.desk.status = 0
    await ana.sees("Entregado")
    first, last = parse(world.desk.posts[0]), parse(world.desk.posts[-1])
    assert last.day == first.day + 4
    assert first.signature != last.signature
    changed = {"day": last.day, "signature": last.signature}
    assert first.model_copy(update=changed) == last


async def test_a_report_that_is_refused_though_its_day_is_right_is_held(world):
    world.desk.status = 422
    ana = await world.phone()
    await ana.report()
    await world.until(lambda: world.rows("SELECT state FROM outbox") == [(1,)])
