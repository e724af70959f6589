# SPDX-License-Identifier: Apache-2.0
"""Several bots on one PostgreSQL: an update is applied once, whoever gets it, and two at once both count."""

import asyncio
import random
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import create_engine, text

from bot.app import Bot
from bot.handlers import Answer
from storage.phone.tables import metadata
from tests.postgres import fresh_database, running_server


@pytest.fixture(scope="module")
def server():
    with running_server() as address:
        yield address


@pytest.fixture
async def replicas(still_world, server):
    """Two bots without a way in: the test hands them updates."""
    with fresh_database(server) as url:
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": metadata.info["head"]})

        async def idle(bot):
            await bot.stopped.wait()

        async with AsyncExitStack() as stack:
            bots = []
            for _ in range(2):
                bot = Bot(still_world.settings(phone_database_url=url), now=still_world.now, patience=0.5)
                running = asyncio.create_task(bot.run(idle, alone=False))
                stack.push_async_callback(asyncio.wait_for, running, 10)
                stack.callback(bot.stop)
                await bot.started.wait()
                await still_world.until(lambda bot=bot: bot.manifests.current is not None)
                bots.append(bot)

            def rows(statement):
                with engine.connect() as connection:
                    return [tuple(row) for row in connection.execute(text(statement))]

            yield bots, rows
        engine.dispose()


class Messages:
    """Updates of one person, numbered."""

    def __init__(self, phone):
        self.chat = phone.chat
        self.number = 1000

    def say(self, words):
        self.number += 1
        person = {"id": self.chat, "is_bot": False, "first_name": "Ana", "language_code": "es"}
        message = {"message_id": self.number, "date": 1, "chat": {"id": self.chat, "type": "private"}, "text": words}
        return {"update_id": self.number, "message": message | {"from": person}}


async def started(world):
    """A phone whose person wrote, so that the bot may answer; the simulator's own update is left alone."""
    ana = await world.phone()
    await ana.do("say", text="/start")
    return ana, Messages(ana)


async def test_every_update_at_both_replicas_is_one_report(still_world, replicas):
    bots, rows = replicas
    ana, messages = await started(still_world)
    for words in ("/start", "Español", "1", "1", "1", "1", "1", "enviar", "1"):
        update = messages.say(words)
        copies = [bot.handler.handle(update) for bot in bots for _ in range(random.randint(1, 3))]
        assert set(await asyncio.gather(*copies)) == {Answer.TAKEN}
    await ana.sees("Entregado")
    assert len(still_world.desk.submissions) == 1
    assert rows("SELECT count(*) FROM updates") == [(9,)]
    assert rows("SELECT count(*) FROM dead_letters") == [(0,)]
    assert sum("Su código" in told for told in await ana.told()) == 1


async def test_two_messages_of_one_person_at_once_on_two_replicas_both_count(still_world, replicas):
    bots, rows = replicas
    ana, messages = await started(still_world)
    for words in ("/start", "Español", "1"):
        assert await bots[0].handler.handle(messages.say(words)) is Answer.TAKEN
    for _ in range(15):
        one, two = messages.say("unas palabras que no son respuesta"), messages.say("y otras palabras más que tampoco")
        answers = await asyncio.gather(bots[0].handler.handle(one), bots[1].handler.handle(two))
        assert answers == [Answer.TAKEN, Answer.TAKEN]
    assert rows("SELECT count(*) FROM updates") == [(33,)]
    assert rows("SELECT count(*) FROM dead_letters") == [(0,)]
    draft = await bots[0].store.write(lambda c: bots[0].handler._conversation._drafts.open(c, [_tag(bots[0], ana)]))
    [opened] = draft.values()
    assert len(opened.draft.notes) == 30


def _tag(bot, phone):
    return bot.handler._conversation._tags.tag(phone.chat)


async def test_a_dead_replicas_messages_are_sent_by_the_other(still_world, replicas):
    bots, rows = replicas
    ana, messages = await started(still_world)
    bots[0].sender.enqueue = lambda job: None  # it dies between the commit and the sending
    await bots[0].handler.handle(messages.say("/start"))
    await asyncio.sleep(0.2)
    assert await ana.told() == []
    assert await bots[1].sender.recover(all_rows=False) == 0
    still_world.ahead += 61
    assert await bots[1].sender.recover(all_rows=False) == 1
    await ana.wait(lambda told: told)
    await still_world.until(lambda: rows("SELECT count(*) FROM outgoing") == [(0,)])


async def test_one_replica_polls_and_the_other_waits(still_world, replicas):
    bots, _ = replicas
    assert await bots[0].lease.allowed()
    assert not await bots[1].lease.allowed()
    await bots[0].lease.release()
    assert await bots[1].lease.allowed()
