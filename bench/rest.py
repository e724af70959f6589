# SPDX-License-Identifier: Apache-2.0
"""What a report takes on the disk, and what the disk takes for one commit."""

import contextlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.table import Goal, Raw, Row

GOAL = Goal(6)
_SEALED = ("body", "summary", "key_wrapped", "mailbox_public", "signature")


class Size(NamedTuple):
    """KB (1,000 bytes) of the file with its log, and how many of them are free for what comes next."""

    file: float
    free: float


def used(path: Path) -> Size:
    """Measure a store that nobody has open."""
    with contextlib.closing(sqlite3.connect(path)) as raw:
        page, free = (raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "freelist_count"))
    files = [path, path.with_name(path.name + "-wal")]
    return Size(sum(file.stat().st_size for file in files if file.exists()) / 1000, page * free / 1000)


def rows(path: Path, reports: int, empty: Size, unadopted: Size) -> Iterator[Row]:
    """All reports are adopted by now; `empty` and `unadopted` were measured before."""
    adopted = used(path)
    with contextlib.closing(sqlite3.connect(path)) as raw:
        lengths = " + ".join(f"coalesce(length({name}), 0)" for name in _SEALED)
        sealed = raw.execute(f"SELECT avg({lengths}) FROM reports").fetchone()[0] / 1000
    grown = (unadopted.file - empty.file) / reports
    yield Row("at rest, a report not opened yet", grown, "KB", GOAL, [Raw("its sealed parts alone", _before(sealed))])
    kept = (adopted.file - adopted.free - empty.file) / reports
    grew, free = adopted.file / unadopted.file - 1, adopted.free / adopted.file
    note = f"the file has {grew:+.1%} after adoption, {free:.1%} of it in free pages"
    yield Row("at rest, adopted", kept, "KB", GOAL, [Raw("its sealed parts alone", sealed)], note)


def _before(sealed: float) -> float:
    """Adoption puts 116 bytes in the place of 1,224 (envelope.md section 4)."""
    return sealed + (1_224 - 116) / 1000


def one_commit(folder: Path, size: int) -> float:
    """Seconds of the clock for a row of so many bytes in a commit of its own: the least that a disk asks."""
    path = folder / "bare.sqlite"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("CREATE TABLE IF NOT EXISTS bare (id BLOB PRIMARY KEY, body BLOB)")
        begun = time.perf_counter()
        for _ in range(100):
            raw.execute("INSERT INTO bare VALUES (?, ?)", (secrets.token_bytes(16), os.urandom(size)))
        return (time.perf_counter() - begun) / 100
