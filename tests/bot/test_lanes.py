# SPDX-License-Identifier: Apache-2.0
"""One chat's queue: in order, at a human pace, and without answers that came too late."""

import asyncio

from bot.jobs import Job, Kind
from bot.lanes import BURST, Lane


def job(*, collapsible=True, album=False, due=0.0):
    return Job(Kind.SAY, 1, b"t" * 16, {}, collapsible=collapsible, album=album, due=due)


def test_first_in_first_out():
    lane, jobs = Lane(0.0), [job(collapsible=False) for _ in range(5)]
    for one in jobs:
        assert lane.add(one) == []
    for one in jobs:
        assert lane.first() is one
        lane.finish(one)
    assert lane.first() is None


def test_old_answers_give_way_to_the_newest_but_receipts_never_do():
    lane, receipt = Lane(0.0), job(collapsible=False)
    sending, *rest = [job() for _ in range(3)]
    for one in (sending, *rest, receipt):
        lane.add(one)
    newest = job()
    assert lane.add(newest) == rest
    assert [lane.first(), lane.clear()] == [sending, [sending, receipt, newest]]


def test_a_few_waiting_answers_are_all_said():
    lane = Lane(0.0)
    for _ in range(4):
        assert lane.add(job()) == []


def test_the_next_picture_of_an_album_replaces_the_answer_that_waits():
    lane, first, second = Lane(0.0), job(album=True, due=5.0), job(album=True, due=6.0)
    lane.add(first)
    assert lane.add(second) == [first]
    assert lane.first() is second


def test_the_pace_allows_a_burst_and_then_four_a_second():
    lane = Lane(0.0)
    for _ in range(int(BURST)):
        assert lane.wait(0.0) <= 0
        lane.spend(0.0)
    assert 0.2 < lane.wait(0.0) <= 0.25
    assert lane.wait(0.26) <= 0


async def test_a_pause_holds_and_an_addition_wakes():
    loop = asyncio.get_running_loop()
    lane = Lane(loop.time())
    lane.pause(30)
    assert lane.wait(loop.time()) > 29
    resting = asyncio.create_task(lane.rest(30))
    await asyncio.sleep(0)
    lane.add(job())
    await asyncio.wait_for(resting, 1)
