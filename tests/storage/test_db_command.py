# SPDX-License-Identifier: Apache-2.0
"""`amparo db upgrade` and `amparo db check`, as an operator uses them."""

import argparse
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from storage import cli
from storage.database import Store
from storage.desk.schema import metadata as desk
from storage.phone.schema import metadata as phone


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    for name in ("AMPARO_DESK_DATABASE_URL", "AMPARO_PHONE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AMPARO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def amparo(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers(required=True))
    chosen = parser.parse_args(words)
    status: int = chosen.run(chosen)
    return status


async def test_upgrade_makes_both_stores_ready(home, capsys):
    assert amparo("db", "upgrade") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"desk store: is at revision {desk.info['head']}",
        f"phone store: is at revision {phone.info['head']}",
    ]
    for metadata in (desk, phone):
        store = Store(f"sqlite:///{home}/{metadata.info['store']}.sqlite", metadata=metadata)
        await store.open()
        await store.close()
    assert amparo("db", "check") == 0
    assert amparo("db", "upgrade") == 0


def test_one_store_alone(home, capsys):
    assert amparo("db", "upgrade", "--store", "phone") == 0
    assert sorted(path.name for path in home.glob("*.sqlite")) == ["phone.sqlite"]
    assert amparo("db", "check", "--store", "phone") == 0
    capsys.readouterr()
    assert amparo("db", "check") == 1
    said = capsys.readouterr()
    assert "phone store: is as expected" in said.out
    assert said.err == "desk store: there is no database yet; run `amparo db upgrade`\n"


def test_the_addresses_come_from_the_environment_or_the_file(home, store_url, monkeypatch, tmp_path):
    home.mkdir()
    (home / "config.env").write_text(f'# made by amparo init\nAMPARO_PHONE_DATABASE_URL="{store_url}"\n\nOTHER=1\n')
    monkeypatch.setenv("AMPARO_DESK_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere.sqlite")
    assert amparo("db", "upgrade") == 0
    assert amparo("db", "check") == 0
    assert (tmp_path / "elsewhere.sqlite").exists()
    assert list(home.glob("*.sqlite")) == []
    engine = create_engine(store_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == phone.info["head"]
    engine.dispose()


def test_check_names_what_is_otherwise(home, capsys):
    amparo("db", "upgrade")
    engine = create_engine(f"sqlite:///{home}/desk.sqlite")
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_cases_open"))
    engine.dispose()
    capsys.readouterr()
    assert amparo("db", "check") == 1
    said = capsys.readouterr()
    assert "add_index" in said.err
    assert said.out == "phone store: is as expected\n"


async def test_a_running_store_is_left_alone(home, capsys):
    amparo("db", "upgrade")
    store = Store(f"sqlite:///{home}/phone.sqlite", metadata=phone)
    await store.open()
    capsys.readouterr()
    assert amparo("db", "upgrade") == 1
    assert "stop that one first" in capsys.readouterr().err
    assert amparo("db", "check") == 0
    await store.close()


@pytest.mark.parametrize(
    "address", ["mysql://root:geheim@host/x", "postgresql://amparo:geheim@127.0.0.1:9/x?connect_timeout=1"]
)
def test_a_wrong_address_is_reported_without_its_password(address, capsys, monkeypatch):
    monkeypatch.setenv("AMPARO_DESK_DATABASE_URL", address)
    assert amparo("db", "upgrade", "--store", "desk") == 1
    assert amparo("db", "check", "--store", "desk") == 1
    said = capsys.readouterr()
    assert said.err.startswith("desk store: ")
    assert "geheim" not in said.out + said.err
    assert "Traceback" not in said.err


def test_the_address_may_stand_in_a_secret_file(home, tmp_path):
    secrets = home / "secrets" / "api"
    secrets.mkdir(parents=True)
    (secrets / "amparo_desk_database_url").write_text(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}\n", encoding="utf-8")
    assert amparo("db", "upgrade", "--store", "desk") == 0
    assert (tmp_path / "elsewhere.sqlite").exists()
