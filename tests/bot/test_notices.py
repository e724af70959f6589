# SPDX-License-Identifier: Apache-2.0
"""A notice: only for who asked, one neutral line, silently, once until they have read; nothing is left of it."""

import pytest

from tests.bot.test_posting import visit


@pytest.fixture
async def world(still_world):
    await still_world.start(notice_seconds=1)
    return still_world


async def asked(world):
    """Somebody who wants notices; gives the phone and the reference that the desk knows."""
    eva = await visit(world)
    await eva.ask("5")
    await world.settled()
    return eva, world.desk.told()[-1].ref


def notices(told):
    return told.count("Hay un mensaje.")


async def test_one_neutral_line_comes_silently_and_once_until_it_was_read(world):
    eva, ref = await asked(world)
    world.desk.noticed.append(ref)
    await eva.wait(notices)
    [message] = [one for one in (await eva.screen())["messages"] if one["text"] == "Hay un mensaje."]
    assert message["silent"]
    world.desk.noticed.append(ref)
    await world.until(lambda: world.rows("SELECT number FROM heard") == [(2,)])
    await world.settled()
    assert notices(await eva.told()) == 1
    world.desk.replies[next(iter(world.desk.salts))] = ["Ya"]
    await eva.do("say", text="1")
    await eva.sees("Ya")
    await world.until(lambda: world.rows("SELECT told FROM contacts") == [(0,)])
    world.desk.noticed.append(ref)
    await eva.wait(lambda told: notices(told) == 2)


async def test_a_strange_reference_is_nobodys(world):
    eva, _ = await asked(world)
    world.desk.noticed.append("ab" * 16)
    await world.until(lambda: world.rows("SELECT number FROM heard") == [(1,)])
    await world.settled()
    assert notices(await eva.told()) == 0


async def test_where_nobody_wants_notices_the_desk_is_not_asked(world):
    await visit(world)
    assert await world.bot.notices.look() == 0
    assert world.desk.notices_asked == 0


async def test_after_a_restart_nothing_is_told_twice_and_nothing_is_missed(world):
    eva, ref = await asked(world)
    world.desk.noticed.append("ab" * 16)
    await world.until(lambda: world.rows("SELECT number FROM heard") == [(1,)])
    await world.stop()
    world.desk.noticed.append(ref)
    await world.start(notice_seconds=1)
    await eva.wait(notices)
    await world.settled()
    assert notices(await eva.told()) == 1


@pytest.mark.parametrize("how", ["block", "delete", "refused by Telegram"])
async def test_who_blocks_or_deletes_is_not_known_any_more(world, how):
    eva, ref = await asked(world)
    if how == "block":
        await eva.do("block")
    elif how == "delete":
        await eva.do("say", text="/delete")
    else:
        refusal = {"method": "sendMessage", "code": 403, "description": "Forbidden: bot was blocked by the user"}
        await world.control("POST", "/faults", **refusal)
        world.desk.noticed.append(ref)
    await world.until(lambda: world.rows("SELECT count(*) FROM contacts") == [(0,)])
    world.desk.noticed.append(ref)
    assert await world.bot.notices.look() == 0


async def test_ninety_days_later_the_contact_is_gone(world):
    await asked(world)
    await world.stop()
    world.ahead += 91 * 86_400
    await world.start(notice_seconds=1, manifest=False)
    await world.until(lambda: world.rows("SELECT count(*) FROM contacts") == [(0,)])


async def test_a_desk_that_is_down_is_asked_less_and_less_often(world):
    eva, ref = await asked(world)
    world.desk.status = 503
    before = world.desk.notices_asked
    await world.until(lambda: world.desk.notices_asked > before)
    world.desk.noticed.append(ref)
    world.desk.status = 0
    await eva.wait(notices)
