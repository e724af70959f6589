# SPDX-License-Identifier: Apache-2.0
"""The migrations lead to exactly the tables the code has, on both engines, wholly or not at all."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, create_engine, inspect, text

import storage
from storage import migrate
from storage.database import Store
from storage.desk import tables as desk
from storage.errors import LockedError, SchemaError, StorageError
from storage.phone import tables as phone
from tests.storage.conftest import build

STORES = pytest.mark.parametrize("store", [desk, phone], ids=["desk", "phone"])
PACKAGE = Path(storage.__file__).parent


def run(url: str, *statements: str) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def tables(url: str) -> set[str]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


@STORES
async def test_an_empty_database_is_led_to_the_tables_of_the_code(store_url, store):
    metadata = store.metadata
    assert migrate.upgrade(store_url, metadata) == metadata.info["head"]
    assert tables(store_url) == {"alembic_version", *metadata.tables}
    assert migrate.differences(store_url, metadata) == []
    assert migrate.upgrade(store_url, metadata) == metadata.info["head"]
    opened = Store(store_url, metadata=metadata)
    await opened.open()
    await opened.close()


@STORES
def test_the_tests_short_cut_makes_the_same_tables(store_url, store):
    build(store_url, store.metadata)
    assert migrate.differences(store_url, store.metadata) == []


@STORES
def test_migrated_tables_have_a_rowid_only_where_the_code_wants_one(sqlite_url, store):
    migrate.upgrade(sqlite_url, store.metadata)
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        without = {
            row.name: bool(row.wr)
            for row in connection.execute(text("PRAGMA table_list"))
            if row.name in store.metadata.tables
        }
    engine.dispose()
    wanted = {name: not table.dialect_options["sqlite"]["with_rowid"] for name, table in store.metadata.tables.items()}
    assert without == wanted


@STORES
def test_head_is_the_newest_migration_and_names_its_store(store):
    head = store.metadata.info["head"]
    assert head == migrate.newest(store.metadata)
    assert head.startswith(store.metadata.info["store"] + "_")


@STORES
def test_every_file_of_the_store_is_known_to_the_migrations(store):
    name = store.metadata.info["store"]
    files = {path.stem for path in (PACKAGE / name).glob("*.py")} - {"__init__", "schema", "tables"}
    assert files == {module.__name__.rpartition(".")[2] for module in store.FILES}


@STORES
def test_a_table_that_was_changed_by_hand_is_noticed(store_url, store):
    migrate.upgrade(store_url, store.metadata)
    table = min(store.metadata.tables)
    run(store_url, f"ALTER TABLE {table} ADD COLUMN sneaked TEXT")
    assert any(
        "sneaked" in found or "remove_column" in found for found in migrate.differences(store_url, store.metadata)
    )


def test_another_revision_is_named_with_what_to_do(store_url):
    migrate.upgrade(store_url, desk.metadata)
    run(store_url, "UPDATE alembic_version SET version_num = 'desk_9999'")
    with pytest.raises(SchemaError, match="amparo db upgrade"):
        migrate.differences(store_url, desk.metadata)
    with pytest.raises(SchemaError, match="newer"):
        migrate.upgrade(store_url, desk.metadata)


def test_the_other_stores_database_is_refused(store_url):
    migrate.upgrade(store_url, desk.metadata)
    before = tables(store_url)
    with pytest.raises(SchemaError, match="other store"):
        migrate.upgrade(store_url, phone.metadata)
    assert tables(store_url) == before


async def test_a_file_in_use_is_not_migrated(sqlite_url):
    migrate.upgrade(sqlite_url, phone.metadata)
    opened = Store(sqlite_url, metadata=phone.metadata)
    await opened.open()
    with pytest.raises(LockedError):
        await asyncio.to_thread(migrate.upgrade, sqlite_url, phone.metadata)
    assert migrate.differences(sqlite_url, phone.metadata) == []  # a check may run at any time
    await opened.close()


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    migrate.upgrade(f"sqlite:///{tmp_path}/home/desk.sqlite", desk.metadata)
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "home" / "desk.sqlite").stat().st_mode & 0o777 == 0o600


def test_two_machines_that_upgrade_at_once_wait_for_one_another(postgres_url):
    with ThreadPoolExecutor(4) as threads:
        heads = list(threads.map(lambda _: migrate.upgrade(postgres_url, desk.metadata), range(4)))
    assert heads == [desk.metadata.info["head"]] * 4


FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "trial_0001", None
def upgrade():
    op.create_table("first", sa.Column("id", sa.LargeBinary(16), primary_key=True))
    op.create_table("second", sa.Column("id", sa.LargeBinary(16), sa.ForeignKey("first.id"), primary_key=True))
    op.execute("INSERT INTO first VALUES ('1')")
    op.execute("INSERT INTO second VALUES ('1')")
"""


@pytest.fixture
def trial(tmp_path, monkeypatch):
    """A store with migrations of its own, in a folder of its own."""
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "trial_0001.py").write_text(FIRST)
    monkeypatch.setattr(migrate, "versions", lambda _: folder)
    metadata = MetaData(info={"store": "trial", "head": "trial_0002"})
    return metadata, folder


def second(folder: Path, body: str) -> None:
    head = 'from alembic import op\nimport sqlalchemy as sa\nrevision, down_revision = "trial_0002", "trial_0001"\n'
    (folder / "trial_0002.py").write_text(f"{head}def upgrade():\n{body}\n")


def test_half_a_migration_is_undone(store_url, trial):
    metadata, folder = trial
    migrate.upgrade(store_url, metadata)
    second(folder, '    op.create_table("half", sa.Column("id", sa.Text))\n    op.execute("SELECT nothing_such")')
    with pytest.raises(StorageError, match="nothing was changed"):
        migrate.upgrade(store_url, metadata)
    assert tables(store_url) == {"alembic_version", "first", "second"}
    second(folder, '    op.create_table("whole", sa.Column("id", sa.Text))')
    migrate.upgrade(store_url, metadata)
    assert tables(store_url) == {"alembic_version", "first", "second", "whole"}


def test_a_table_can_be_rebuilt_and_keeps_its_children(store_url, trial):
    metadata, folder = trial
    migrate.upgrade(store_url, metadata)
    second(
        folder,
        '    with op.batch_alter_table("first") as batch:\n        batch.add_column(sa.Column("more", sa.Text, server_default="x"))\n'
        '        batch.alter_column("more", nullable=False, existing_type=sa.Text)',
    )
    migrate.upgrade(store_url, metadata)
    run(store_url, "INSERT INTO second SELECT id FROM first WHERE id <> (SELECT min(id) FROM second)")
    engine = create_engine(store_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM second")).scalar() == 1
    engine.dispose()


def test_an_upgrade_that_orphans_rows_is_undone(sqlite_url, trial):
    metadata, folder = trial
    migrate.upgrade(sqlite_url, metadata)
    second(folder, '    op.execute("DELETE FROM first")')
    with pytest.raises(SchemaError, match="was undone"):
        migrate.upgrade(sqlite_url, metadata)
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM first")).scalar() == 1
    engine.dispose()


def test_a_migration_is_written_from_the_tables(sqlite_url, trial):
    metadata, folder = trial
    (folder / "trial_0001.py").unlink()
    Table("fresh", metadata, Column("id", LargeBinary(16), primary_key=True), sqlite_with_rowid=False)
    metadata.info["head"] = "trial_0001"
    assert migrate.revise(metadata, "The first table.") == folder / "trial_0001.py"
    Table("more", metadata, Column("word", Text, primary_key=True))
    metadata.info["head"] = "trial_0002"
    assert migrate.revise(metadata, "One more.") == folder / "trial_0002.py"
    migrate.upgrade(sqlite_url, metadata)
    assert migrate.differences(sqlite_url, metadata) == []
    first = (folder / "trial_0001.py").read_text()
    assert first.startswith("# SPDX-License-Identifier: Apache-2.0\n")
    assert "sqlite_with_rowid=False" in first
