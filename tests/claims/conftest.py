# SPDX-License-Identifier: Apache-2.0
"""A founded organisation to copy, and a real PostgreSQL for the claims that hold on both engines."""

import asyncio
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.stack import Stack
from tests.claims.stage import Founded, Nursery, Stages, open_stage
from tests.postgres import fresh_database, running_server


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """One key ceremony for all tests that run on SQLite."""
    stack = Stack(tmp_path_factory.mktemp("founded") / "home")
    asyncio.run(stack.prepare())
    return Founded(stack.home, stack.keys)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def stages(tmp_path: Path, nursery: Nursery, founded: Founded) -> Stages:
    """Give `async with stages(settings, start=[...]) as stage`: the whole of Amparo in an empty folder. Once a test."""
    return functools.partial(open_stage, tmp_path / "home", nursery=nursery, founded=founded)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with running_server() as server:
        yield server


@pytest.fixture
def on_postgres(postgres_server: str) -> Iterator[dict[str, str]]:
    """The settings that put both stores into two empty databases."""
    with fresh_database(postgres_server) as phone, fresh_database(postgres_server) as desk:
        yield {"AMPARO_PHONE_DATABASE_URL": phone, "AMPARO_DESK_DATABASE_URL": desk}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of one engine after the other."""
    return {} if request.param == "sqlite" else request.getfixturevalue("on_postgres")
