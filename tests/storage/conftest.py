# SPDX-License-Identifier: Apache-2.0
"""Both engines for every test of the stores."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, text

from storage.database import Store
from tests.postgres import fresh_database, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with running_server() as address:
        yield address


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database: a new SQLite file, then a new database on a real PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


def build(url: str, metadata: MetaData) -> None:
    """Make the tables and the revision row without Alembic; test_migrations.py shows that this is the same."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": metadata.info["head"]})
    finally:
        engine.dispose()


@pytest.fixture
async def open_store(store_url: str) -> AsyncIterator[Callable[[MetaData], Awaitable[Store]]]:
    """Give `await open_store(metadata)`: a store with its tables, closed at the end. Once a test."""
    opened: list[Store] = []

    async def open_it(metadata: MetaData) -> Store:
        build(store_url, metadata)
        store = Store(store_url, metadata=metadata)
        await store.open()
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        await store.close()
