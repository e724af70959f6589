# SPDX-License-Identifier: Apache-2.0
"""The key ceremony and the commands, run as an operator runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.ceremony import Founding
from api.errors import CeremonyError, SettingsError
from api.export import sealed_file
from api.settings import Settings
from envelope import recovery
from envelope.signing import OrgKey
from storage.desk import audit
from storage.desk.tables import metadata
from tests.api.conftest import Desk, seat
from tests.api.telling import CANARY
from tests.storage.conftest import build


def amparo(home: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AMPARO_")}
    return subprocess.run(
        [sys.executable, "-m", "cli", *words], env={**clean, "AMPARO_HOME": str(home)}, input=stdin,
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip


INIT = ("init", "--organisation", "Casa «Ejemplo» & hijos", "--coordinator", "maría", "--json")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    build(f"sqlite:///{tmp_path}/desk.sqlite", metadata)
    return tmp_path


def test_the_ceremony_makes_everything_once(home: Path) -> None:
    made = amparo(home, *INIT, "--bot-token", "123:abc")
    assert made.returncode == 0, made.stderr
    shown = json.loads(made.stdout)
    assert set(shown) == {"recovery_identity", "recipient", "coordinator", "passphrase", "org", "team", "fingerprint"}
    settings = Settings.load(home=home)
    assert settings.org.hex() == shown["org"]
    assert settings.org_name == "Casa «Ejemplo» & hijos"
    assert settings.org_fingerprint.hex() == shown["fingerprint"]
    bot = {path.name for path in (home / "secrets/bot").iterdir()}
    assert bot == {"amparo_bot_token", "amparo_intake_token", "amparo_submitter_key", "amparo_chat_pepper"}
    assert (home / "secrets/bot/amparo_intake_token").read_text() == (
        home / "secrets/api/amparo_intake_token"
    ).read_text()
    key = OrgKey.from_text((home / "offline/organisation-key.txt").read_text())
    assert key.fingerprint.hex() == shown["fingerprint"]
    again = amparo(home, *INIT)
    assert (again.returncode, again.stdout) == (1, "")
    assert "already" in again.stderr
    assert Settings.load(home=home).org.hex() == shown["org"]


def test_what_opens_everything_is_on_no_disk(home: Path) -> None:
    shown = json.loads(amparo(home, *INIT).stdout)
    for path in home.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert shown["recovery_identity"].encode() not in raw
            assert shown["passphrase"].encode() not in raw
            assert path.name.startswith("desk.sqlite") or path.stat().st_mode & 0o077 == 0, path


def test_the_recovery_identity_opens_the_escrow(home: Path) -> None:
    shown = json.loads(amparo(home, *INIT).stdout)
    text = recovery.decrypt(shown["recovery_identity"], (home / "escrow.age").read_bytes()).decode()
    escrow = recovery.read_escrow(text)
    assert [line.team.hex() for line in escrow.teams] == [shown["team"]]
    assert (len(escrow.intakes), len(escrow.sides)) == (1, 1)


def test_without_tables_it_says_which_command_to_run(tmp_path: Path) -> None:
    made = amparo(tmp_path, *INIT)
    assert made.returncode == 1
    assert "amparo db upgrade" in made.stderr
    assert "Traceback" not in made.stderr
    assert not (tmp_path / "config.env").exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 200, 'a"b', "a$b", "a\nb", "a\\b", "a`b"])
def test_names_that_would_break_the_settings_are_refused(name: str) -> None:
    with pytest.raises(CeremonyError):
        Founding(name, "maria", "desk", day=20_000)


def test_before_the_ceremony_commands_say_what_to_do(home: Path) -> None:
    for words in (("caseworker", "list"), ("audit", "verify"), ("api", "run")):
        ran = amparo(home, *words)
        assert ran.returncode == 1
        assert "amparo init" in ran.stderr
        assert "Traceback" not in ran.stderr


def test_people_are_added_admitted_and_revoked(home: Path) -> None:
    shown = json.loads(amparo(home, *INIT).stdout)
    added = json.loads(amparo(home, "caseworker", "add", "josé", "--json").stdout)
    assert len(added["passphrase"].split()) == 7
    listed = amparo(home, "caseworker", "list").stdout
    assert "josé" in listed
    assert "not admitted" in listed
    refused = amparo(home, "caseworker", "admit", "josé", "--by", "maría", stdin="wrong words\n")
    assert refused.returncode == 1
    admitted = amparo(home, "caseworker", "admit", "josé", "--by", "maría", stdin=shown["passphrase"] + "\n")
    assert admitted.returncode == 0, admitted.stderr
    assert "2 member(s)" in amparo(home, "team", "list").stdout
    assert amparo(home, "caseworker", "revoke", "josé").returncode == 0
    assert "ended" in amparo(home, "caseworker", "list").stdout
    verified = amparo(home, "audit", "verify")
    assert (verified.returncode, "whole" in verified.stdout) == (0, True)


def test_a_misspelt_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="AMPARO_API_PORT"):
        Settings.load({"AMPARO_API_PROT": "1"})
    with pytest.raises(SettingsError, match="AMPARO_ORG") as caught:
        monkeypatch.setenv("AMPARO_LOGIN_PEPPER", "not hex at all")
        Settings.load({"AMPARO_BOT_TOKEN": "1", "AMPARO_API_URL": "http://x"}, home=Path("/nonexistent"))
    assert "not hex" not in str(caught.value)


def test_environment_beats_secret_file_beats_config(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    amparo(home, *INIT)
    config = home / "config.env"
    config.write_text(config.read_text() + "AMPARO_API_PORT=1111\nAMPARO_INTAKE_TOKEN=" + "11" * 32 + "\n")
    own = (home / "secrets/api/amparo_intake_token").read_text()
    settings = Settings.load(home=home)
    assert (settings.api_port, settings.intake_token.get_secret_value().hex()) == (1111, own)
    monkeypatch.setenv("AMPARO_API_PORT", "2222")
    monkeypatch.setenv("AMPARO_INTAKE_TOKEN", "22" * 32)
    settings = Settings.load(home=home)
    assert (settings.api_port, settings.intake_token.get_secret_value().hex()) == (2222, "22" * 32)
    assert own not in repr(settings)
    assert "22" * 32 not in repr(settings)


def test_an_exported_report_opens_with_paper_and_escrow_alone(desk: Desk, tmp_path: Path) -> None:
    """Recovery without the store: the sealed file, the escrow and the paper; before adoption and after."""
    sent = desk.deliver()
    assert desk.client.portal is not None
    before = desk.client.portal.call(sealed_file, desk.wiring, sent.id)
    desk.client.get("/v1/cases", headers=seat(desk.people.maria))
    after = desk.client.portal.call(sealed_file, desk.wiring, sent.id)
    assert json.loads(before)["key"] != json.loads(after)["key"]
    for exported in (before, after):
        assert CANARY not in exported
        path = tmp_path / "sealed.json"
        path.write_text(exported)
        words = ("unseal", str(path), "--escrow", str(desk.home / "escrow.age"))
        opened = amparo(tmp_path, *words, stdin=desk.people.paper + "\n")
        assert opened.returncode == 0, opened.stderr
        assert CANARY in json.loads(opened.stdout)["incidents"][0]["narrative"]
        assert amparo(tmp_path, *words, stdin=recovery.new_identity()[0]).returncode == 1


def test_exporting_is_in_the_log_and_needs_a_report(desk: Desk) -> None:
    sent = desk.deliver()
    assert desk.client.portal is not None
    desk.client.portal.call(sealed_file, desk.wiring, sent.id)
    entries = desk.read(lambda connection: audit.timeline(connection, sent.submission.report))
    assert entries[-1].action == "report:exported"
    for wrong in ("0" * 32, "zz", ""):
        with pytest.raises(CeremonyError):
            desk.client.portal.call(sealed_file, desk.wiring, wrong)
