# SPDX-License-Identifier: Apache-2.0
"""A power cut at every point: no answer lost, none applied twice, one report, one receipt. The bot is a real child."""

import asyncio
import base64
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from bot import crash
from bot.errors import SettingsError
from tests.bot.conftest import receipt_in
from tests.bot.pictures import photo

ROOT = Path(__file__).parents[2]
SAID = ("/start", "Español", "1", "1", "1", "1", "1", "Chiapas")


class Child:
    """`amparo bot run` beside the simulator and the desk of this process."""

    def __init__(self, world):
        self.world = world
        self.process = None
        self.deaths = 0

    def start(self, **extra):
        settings, organisation = self.world.settings(), self.world.desk.organisation
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AMPARO_")} | {
            "AMPARO_HOME": str(self.world.home),
            "AMPARO_BOT_TOKEN": settings.bot_token.get_secret_value(),
            "AMPARO_TELEGRAM_API_URL": self.world.url,
            "AMPARO_API_URL": self.world.desk.url,
            "AMPARO_INTAKE_TOKEN": settings.intake_token.get_secret_value(),
            "AMPARO_CHAT_PEPPER": settings.chat_pepper.get_secret_value(),
            "AMPARO_SUBMITTER_KEY": organisation.submitter_seed.hex(),
            "AMPARO_ORG": organisation.id.hex(),
            "AMPARO_ORG_NAME": "Casa Ejemplo",
            "AMPARO_ORG_FINGERPRINT": organisation.key.fingerprint.hex(),
            "AMPARO_TEAM": organisation.team.hex(),
        }
        command = [sys.executable, "-c", "import cli, sys; sys.exit(cli.main(['bot', 'run']))"]
        with (self.world.home / "bot.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environ | extra, stderr=log)

    def revive(self):
        """Start again without the crash if it has died."""
        if self.process.poll() is not None:
            assert self.process.returncode == -signal.SIGKILL, (self.world.home / "bot.log").read_text()
            self.deaths += 1
            self.start()

    async def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        start = time.monotonic()
        while self.process.poll() is None:
            assert time.monotonic() - start < 10
            await asyncio.sleep(0.02)
        return self.process.returncode


@pytest.fixture
async def child(still_world):
    one = Child(still_world)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait()


async def answered(child, phone, before):
    end = time.monotonic() + 20
    while len(told := await phone.told()) <= before:
        child.revive()
        assert time.monotonic() < end, told[-2:]
        await asyncio.sleep(0.02)
    return told


async def interview(child, phone):
    """Say everything, whoever dies meanwhile; gives the codes that were shown."""
    for words in (*SAID, "enviar"):
        before = len(await phone.told())
        await phone.do("say", text=words)
        await answered(child, phone, before)
    before = len(await phone.told())
    await phone.do("say", text="1")
    end = time.monotonic() + 20
    while not child.world.desk.submissions or not any("código" in one for one in await phone.told()):
        child.revive()
        assert time.monotonic() < end, (await phone.told())[-3:]
        await asyncio.sleep(0.02)
    return [receipt_in(one) for one in await phone.told() if "Su código" in one]


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        "received:3",
        "id inserted:4",
        "before commit:5",
        "committed not acknowledged:5",
        "committed not acknowledged:10",
        "acknowledged not sent:4",
        "acknowledged not sent:10",
        "sent not marked:4",
        "sent not marked:10",
        "post accepted outbox not marked:1",
    ],
)
async def test_a_kill_at_any_point_loses_and_doubles_nothing(still_world, child, point):
    child.start(AMPARO_TEST="1", AMPARO_TEST_CRASH=point)
    ana = await still_world.phone()
    codes = await interview(child, ana)
    end = time.monotonic() + 10
    while child.deaths == 0:
        child.revive()
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    assert child.deaths == 1
    assert len(set(codes)) == 1
    assert len(still_world.desk.submissions) == 1
    assert len(set(still_world.desk.posts)) == 1
    [report] = still_world.desk.reports()
    answers = {answer["question"]: answer.get("values") for answer in report["answers"]}
    assert len(answers) == len(report["answers"]) >= 5, answers
    repeated = Counter(await ana.told()).most_common(1)[0][1]
    assert repeated <= 2
    end = time.monotonic() + 10
    while still_world.rows("SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM outgoing)") != [(0, 0)]:
        child.revive()
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    assert await child.stop() == 0
    assert still_world.rows("SELECT count(*) FROM drafts") == [(0,)]


@pytest.mark.slow
async def test_a_file_killed_between_spool_and_row_is_fetched_again(still_world, child):
    child.start(AMPARO_TEST="1", AMPARO_TEST_CRASH="file spooled not marked:1")
    ana = await still_world.phone()
    for words in SAID[:6]:
        before = len(await ana.told())
        await ana.do("say", text=words)
        await answered(child, ana, before)
    await ana.do("send", kind="photo", size=300_000)
    end = time.monotonic() + 20
    while still_world.rows("SELECT count(*) FROM spool WHERE state = 1") != [(1,)]:
        child.revive()
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    assert child.deaths == 1
    for words in ("enviar", "1"):
        await ana.do("say", text=words)
    await ana.sees("1 de 1")
    assert await child.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("point", ["file spooled not marked", "original stored not copied", "copy spooled not marked"])
async def test_a_picture_killed_at_any_point_has_its_original_and_one_copy(still_world, child, point):
    child.start(AMPARO_TEST="1", AMPARO_TEST_CRASH=f"{point}:1")
    ana = await still_world.phone()
    for words in SAID[:6]:
        before = len(await ana.told())
        await ana.do("say", text=words)
        await answered(child, ana, before)
    raw = photo()
    await ana.do("send", kind="document", content=base64.b64encode(raw).decode())
    end = time.monotonic() + 20
    while still_world.rows("SELECT count(*) FROM spool WHERE state = 1") != [(2,)]:
        child.revive()
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    assert child.deaths == 1
    assert len([path for path in (still_world.home / "spool").rglob("*") if path.is_file()]) == 2
    for words in ("enviar", "1"):
        await ana.do("say", text=words)
    await ana.sees("1 de 1")
    await still_world.until(lambda: still_world.desk.submissions)
    [report] = still_world.desk.reports()
    original, copy = report["attachments"]
    assert original["sha256"] == hashlib.sha256(raw).hexdigest()
    assert copy["of"] == original["id"]
    assert await child.stop() == 0


@pytest.mark.slow
async def test_a_kill_at_random_under_load_loses_no_answer(still_world, child):
    child.start()
    phones = [await still_world.phone(f"p{number}") for number in range(8)]

    async def one(phone):
        return await interview(child, phone)

    async def killer():
        for _ in range(3):
            await asyncio.sleep(1.2)
            if child.process.poll() is None:
                child.process.kill()
                child.process.wait()

    killing = asyncio.create_task(killer())
    codes = await asyncio.gather(*map(one, phones))
    await killing
    child.revive()
    end = time.monotonic() + 20
    while len(still_world.desk.submissions) < len(phones):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    assert len({code for shown in codes for code in shown}) == len(phones)
    assert len(still_world.desk.submissions) == len(phones)
    assert len(set(still_world.desk.posts)) == len(phones)
    await phones[0].ask("/start")
    assert await child.stop() == 0


async def test_an_end_by_signal_is_clean_and_soon(still_world, child):
    child.start()
    ana = await still_world.phone()
    await ana.ask("/start")
    start = time.monotonic()
    assert await child.stop() == 0
    assert time.monotonic() - start < 5
    assert "Traceback" not in (still_world.home / "bot.log").read_text()


async def test_a_second_process_on_the_same_file_is_refused_in_words(still_world, child):
    child.start()
    ana = await still_world.phone()
    await ana.ask("/start")
    first = child.process
    child.start()
    child.process.wait(10)
    assert child.process.returncode == 1
    assert "another process" in (still_world.home / "bot.log").read_text()
    child.process = first
    assert await child.stop() == 0


@pytest.mark.parametrize("environ", [{}, {"AMPARO_TEST_CRASH": "received:1"}, {"AMPARO_TEST": "1"}])
def test_without_both_settings_no_point_is_deadly(environ):
    assert crash.from_environment(environ) is crash.nowhere


@pytest.mark.parametrize("wanted", ["nowhere:1", "received:x"])
def test_a_point_that_does_not_exist_is_an_error(wanted):
    with pytest.raises(SettingsError):
        crash.from_environment({"AMPARO_TEST": "1", "AMPARO_TEST_CRASH": wanted})
