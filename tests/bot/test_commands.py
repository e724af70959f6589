# SPDX-License-Identifier: Apache-2.0
"""`amparo bot …` as an operator types it."""

import asyncio
import os

import pytest

import cli
from bot.errors import SettingsError


@pytest.fixture
def command(still_world, monkeypatch):
    """Run a command beside the simulator; gives its exit status."""
    settings = still_world.settings()
    values = {
        "AMPARO_HOME": str(still_world.home),
        "AMPARO_TELEGRAM_API_URL": still_world.url,
        "AMPARO_BOT_TOKEN": settings.bot_token.get_secret_value(),
        "AMPARO_INTAKE_TOKEN": "x",
        "AMPARO_CHAT_PEPPER": "ab" * 32,
        "AMPARO_SUBMITTER_KEY": "cd" * 32,
        "AMPARO_ORG": "01" * 16,
        "AMPARO_ORG_NAME": "Casa Ejemplo",
        "AMPARO_ORG_FINGERPRINT": "23" * 32,
        "AMPARO_TEAM": "45" * 16,
    }
    for name in [name for name in os.environ if name.startswith("AMPARO_")]:
        monkeypatch.delenv(name)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cli.oplog, "install", lambda: None)  # it would take over pytest's logging

    async def run(*words, **extra):
        for name, value in extra.items():
            monkeypatch.setenv(name, value)
        return await asyncio.to_thread(cli.main, ["bot", *words])

    return run


async def webhook(world):
    token = world.settings().bot_token.get_secret_value()
    async with world.web.post(f"{world.url}/bot{token}/getWebhookInfo", json={}) as answer:
        return (await answer.json())["result"]["url"]


async def test_the_profile_is_set_and_then_as_it_should_be(command, capsys):
    assert await command("setup-profile", "--diff") == 0
    assert "default: name, description" in capsys.readouterr().out
    assert await command("setup-profile") == 0
    capsys.readouterr()
    assert await command("setup-profile") == 0
    assert {line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()} == {"as it should be"}


async def test_the_webhook_is_set_and_removed_and_a_missing_secret_is_offered(command, still_world, capsys):
    assert await command("setup-webhook") == 2
    told = capsys.readouterr().err
    assert "AMPARO_WEBHOOK_SECRET" in told
    assert len(told.splitlines()[-1]) == 43
    more = {"AMPARO_WEBHOOK_URL": "https://example.org", "AMPARO_WEBHOOK_SECRET": "w" * 43}
    assert await command("setup-webhook", **more) == 0
    assert await webhook(still_world) == "https://example.org/telegram"
    assert await command("setup-webhook", "--remove") == 0
    assert await webhook(still_world) == ""


async def test_listening_without_a_secret_is_refused_in_words(command, capsys):
    assert await command("run", "--webhook") == 1
    assert "setup-webhook" in capsys.readouterr().err


async def test_a_misspelt_setting_is_refused_in_words(command, capsys):
    assert await command("run", AMPARO_BOT_TOKEM="x") == 1
    assert "AMPARO_BOT_TOKEM" in capsys.readouterr().err
    assert issubclass(SettingsError, Exception)
