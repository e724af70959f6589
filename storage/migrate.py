# SPDX-License-Identifier: Apache-2.0
"""Bring a store's tables to the revision the code expects, and compare them with it.

The only importer of Alembic, which is heavy: no process that serves people imports this module.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.exc import DBAPIError

from storage import file, postgres
from storage.database import expect_revision, parse_url
from storage.errors import SchemaError, StorageError, UnavailableError

_HERE: Final = Path(__file__).parent
# Any fixed number: two machines that upgrade the same PostgreSQL database wait for one another.
_ADVISORY: Final = 0x616D7061726F  # "amparo"


def upgrade(url: str, metadata: MetaData) -> str:
    """Bring the database to the newest revision, in one transaction; return that revision.

    Makes a SQLite file where there is none. Raises LockedError while a process serves from that file, and
    SchemaError when the database is the other store's or is newer than this code.
    """
    with _exclusively(url) as connection:
        _refuse_stranger(connection, metadata)
        command.upgrade(_config(connection, metadata), "head")
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise SchemaError("the upgrade would leave rows without their parents, and was undone; ask for help")
    return str(metadata.info["head"])


def differences(url: str, metadata: MetaData) -> list[str]:
    """Name what the database has otherwise than the code; empty when they agree. Reads only.

    `metadata` must know its tables: import the store's `tables` module. Raises SchemaError at another revision.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = file.reading_engine(Path(parsed.database or ""), size=1)
    else:
        engine = postgres.connect(parsed, size=1)
    try:
        with engine.connect() as connection:
            expect_revision(connection, str(metadata.info["head"]))
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return [_name(found) for found in compare_metadata(context, metadata)]
    except DBAPIError as error:
        raise UnavailableError from error
    finally:
        engine.dispose()


def revise(metadata: MetaData, message: str) -> Path:
    """Write the migration that leads from the newest revision to the tables as they are now; return its path.

    For maintainers. The number counts on from the last one; HEAD in the store's schema.py is theirs to change.
    """
    folder = versions(metadata)
    revision = f"{metadata.info['store']}_{len(list(folder.glob('*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/scratch.sqlite"
        with _exclusively(url) as connection:
            config = _config(connection, metadata)
            command.upgrade(config, "head")
            command.revision(config, message, autogenerate=True, rev_id=revision)
    written = folder / f"{revision}.py"
    kept = [line for line in written.read_text(encoding="utf-8").splitlines() if "# ###" not in line]
    written.write_text("\n".join(kept).rstrip() + "\n", encoding="utf-8")  # without Alembic's own remarks
    return written


def newest(metadata: MetaData) -> str | None:
    """Give the last revision in the store's folder of migrations."""
    return ScriptDirectory(str(_HERE / "migrations"), version_locations=[str(versions(metadata))]).get_current_head()


def versions(metadata: MetaData) -> Path:
    return _HERE / str(metadata.info["store"]) / "migrations" / "versions"


def _config(connection: Connection, metadata: MetaData) -> Config:
    config = Config(attributes={"connection": connection, "metadata": metadata})
    options = {
        "script_location": str(_HERE / "migrations"),
        "version_locations": str(versions(metadata)),
        "path_separator": "newline",
        "file_template": "%%(rev)s",
    }
    for name, value in options.items():
        config.set_main_option(name, value)
    return config


@contextmanager
def _exclusively(url: str) -> Iterator[Connection]:
    """Give a connection inside one transaction that nobody else can be in."""
    parsed = parse_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            with file.migrating(Path(parsed.database or "")) as connection:
                yield connection
        else:
            engine = postgres.connect(parsed, size=1)
            try:
                with engine.begin() as connection:
                    postgres.refuse_unsafe(connection)
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY})")
                    yield connection
            finally:
                engine.dispose()
    except DBAPIError as error:
        ours = file if parsed.get_backend_name() == "sqlite" else postgres
        refused = StorageError("the database refused the upgrade, and nothing was changed; ask for help")
        raise ours.unavailable(error) or refused from error


def _refuse_stranger(connection: Connection, metadata: MetaData) -> None:
    if not inspect(connection).has_table("alembic_version"):
        return
    for found in connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars():
        if not str(found).startswith(f"{metadata.info['store']}_"):
            raise SchemaError("this database holds the other store; give each store a database of its own")
        if str(found) > str(metadata.info["head"]):
            raise SchemaError("this database is newer than this version of Amparo; install the newer version")


def _name(found: object) -> str:
    # Alembic tells a change of a column as a list of tuples, anything else as one tuple: (verb, object, ...).
    first = found[0] if isinstance(found, list) else found
    return " ".join(str(part) for part in first if isinstance(part, str)) if isinstance(first, tuple) else str(first)
