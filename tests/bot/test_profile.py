# SPDX-License-Identifier: Apache-2.0
"""The public face: set once, within Telegram's limits, neutral, and changed only where it differs."""

import pytest

from bot.errors import ProfileError
from bot.profile import LIMITS, differences, profiles, set_profile
from intake.catalog import load_catalogs
from intake.words import units

TELLING = ("abuse", "abuso", "asylum", "asilo", "rights", "derechos", "report", "denuncia", "migra")


@pytest.fixture
async def bot(still_world):
    from bot.calls import Telegram

    telegram = Telegram(still_world.url, still_world.settings().bot_token.get_secret_value())
    await telegram.open()
    yield telegram.bot
    await telegram.close()


def test_every_language_is_within_limits_and_tells_nothing():
    found = profiles(load_catalogs(), "Casa Ejemplo")
    assert found[0].language == ""
    assert {one.language for one in found} >= {"", "es", "en"}
    for one in found:
        for what, limit in LIMITS.items():
            assert 0 < units(getattr(one, what)) <= limit
        shown = " ".join(
            [one.name, one.description, one.short_description, *(w for pair in one.commands for w in pair)]
        )
        assert [word for word in TELLING if word in shown.lower()] == []


async def test_a_second_run_changes_nothing(bot):
    first, *others = profiles(load_catalogs(), "Casa Ejemplo")
    assert set(await set_profile(bot, first)) == {"name", "description", "short_description", "commands"}
    for wanted in others:  # where a text is the default one's, Telegram shows it already
        await set_profile(bot, wanted)
    for wanted in profiles(load_catalogs(), "Casa Ejemplo"):
        assert await differences(bot, wanted) == []
        assert await set_profile(bot, wanted) == []


async def test_only_what_differs_is_changed(bot):
    [wanted, *_] = profiles(load_catalogs(), "Casa Ejemplo")
    await set_profile(bot, wanted)
    await bot.set_my_name("Otra cosa")
    assert await set_profile(bot, wanted) == ["name"]


class TooLong:
    """A catalog whose name does not fit."""

    locale = "xx"

    def has(self, _key):
        return True

    def text(self, key, **_values):
        return "x" * 65 if key == "bot.name" else "ok"


def test_a_text_that_does_not_fit_is_named():
    from bot.profile import _profile

    with pytest.raises(ProfileError, match="name"):
        _profile(TooLong(), "xx", "Casa")
