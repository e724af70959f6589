# SPDX-License-Identifier: Apache-2.0
"""Settings come from where they should, and a wrong one is named without its value."""

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, known_names

GOOD = {
    "AMPARO_BOT_TOKEN": "123456789:" + "A" * 35,
    "AMPARO_INTAKE_TOKEN": "ab" * 32,
    "AMPARO_CHAT_PEPPER": "cd" * 32,
    "AMPARO_SUBMITTER_KEY": "ef" * 32,
    "AMPARO_ORG": "01" * 16,
    "AMPARO_ORG_NAME": "Casa Ejemplo",
    "AMPARO_ORG_FINGERPRINT": "23" * 32,
    "AMPARO_TEAM": "45" * 16,
}


@pytest.fixture
def environ(monkeypatch, tmp_path):
    import os

    for name in list(os.environ):
        if name.upper().startswith("AMPARO_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AMPARO_HOME", str(tmp_path))

    def put(**changes):
        for name, value in (GOOD | changes).items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    put()
    return put


def test_defaults_lie_under_home(environ, tmp_path):
    settings = Settings.load()
    assert settings.database_url == f"sqlite:///{tmp_path}/phone.sqlite"
    assert settings.locker_folder == tmp_path / "locker"
    assert settings.bot_id == 123456789
    assert settings.telegram_api_url == "https://api.telegram.org"


def test_served_states_are_a_list_and_the_help_contacts_a_path(environ, tmp_path):
    assert (Settings.load().served, Settings.load().resources_path) == ((), tmp_path / "resources.toml")
    environ(AMPARO_SERVED_STATES="MX-CHP, MX-SON,US-TX", AMPARO_RESOURCES_FILE=str(tmp_path / "ours.toml"))
    settings = Settings.load()
    assert (settings.served, settings.resources_path) == (("MX-CHP", "MX-SON", "US-TX"), tmp_path / "ours.toml")


def test_environment_beats_secret_file_beats_config(environ, tmp_path):
    folder = tmp_path / "secrets" / "bot"
    folder.mkdir(parents=True)
    (folder / "amparo_intake_token").write_text("from-a-file")
    (folder / "amparo_chat_pepper").write_text("11" * 32)
    (tmp_path / "config.env").write_text(f'AMPARO_ORG_NAME="From config"\nAMPARO_CHAT_PEPPER={"22" * 32}\n')
    environ(AMPARO_INTAKE_TOKEN=None, AMPARO_CHAT_PEPPER=None, AMPARO_ORG_NAME=None)
    settings = Settings.load()
    assert settings.intake_token.get_secret_value() == "from-a-file"
    assert settings.chat_pepper.get_secret_value() == "11" * 32
    assert settings.org_name == "From config"
    environ(AMPARO_INTAKE_TOKEN="from-the-environment")
    assert Settings.load().intake_token.get_secret_value() == "from-the-environment"


@pytest.mark.parametrize("name", ["AMPARO_BOT_TOKN", "AMPARO_TYPO", "amparo_typo"])
def test_a_name_that_nobody_reads_is_an_error(environ, monkeypatch, name):
    monkeypatch.setenv(name, "x")
    with pytest.raises(SettingsError, match=name):
        Settings.load()


def test_a_name_that_nobody_reads_is_an_error_in_the_config_too(environ, tmp_path):
    (tmp_path / "config.env").write_text("AMPARO_TYPO=1\n")
    with pytest.raises(SettingsError, match="AMPARO_TYPO"):
        Settings.load()


def test_settings_of_the_other_side_are_accepted(environ, monkeypatch):
    from api.settings import Settings as ApiSettings

    theirs = {f"AMPARO_{name.upper()}" for name in ApiSettings.model_fields}
    assert theirs <= known_names()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AMPARO_BOT_TOKEN", "SECRETO"),
        ("AMPARO_CHAT_PEPPER", "SECRETO"),
        ("AMPARO_SUBMITTER_KEY", "ab" * 31),
        ("AMPARO_ORG", "SECRETO"),
        ("AMPARO_TELEGRAM_API_URL", "ftp://SECRETO"),
        ("AMPARO_TIME_ZONE", "SECRETO"),
        ("AMPARO_SWEEP_HOURS", "48"),
        ("AMPARO_SERVED_STATES", "SECRETO"),
        ("AMPARO_INTAKE_TOKEN", None),
    ],
)
def test_a_wrong_or_missing_one_is_named_without_its_value(environ, name, value):
    environ(**{name: value})
    with pytest.raises(SettingsError, match=name) as raised:
        Settings.load()
    assert "SECRETO" not in str(raised.value)
    assert "ab" * 31 not in str(raised.value)


def test_secrets_do_not_show(environ):
    shown = repr(Settings.load())
    for name in ("AMPARO_BOT_TOKEN", "AMPARO_INTAKE_TOKEN", "AMPARO_CHAT_PEPPER", "AMPARO_SUBMITTER_KEY"):
        assert GOOD[name] not in shown
