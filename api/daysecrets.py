# SPDX-License-Identifier: Apache-2.0
"""The day's secret: random, shared by the replicas through one folder (a tmpfs), and never kept past the next day.

Without it no session row opens, whoever holds the database: when the folder goes, everybody logs in again.
"""

import contextlib
import os
import secrets
from pathlib import Path

SIZE = 32
KEPT = 2  # today's and yesterday's: a session lives 12 hours and may cross midnight


class DaySecrets:
    """Reads and makes the secrets of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, day: int) -> bytes | None:
        """The secret of a Unix day, or None when it is gone; read from the folder each time it may have gone."""
        try:
            found = self._path(day).read_bytes()
        except FileNotFoundError:
            return None
        return found if len(found) == SIZE else None

    def today(self, day: int) -> bytes:
        """The secret of today, made if this is the day's first use, and the older ones destroyed."""
        found = self.of(day)
        if found is None:
            self._make(day)
            found = self.of(day)
            self._drop_before(day - KEPT + 1)
        if found is None:
            raise OSError("the day's secret cannot be kept: check AMPARO_DAY_SECRET_DIR")
        return found

    def _path(self, day: int) -> Path:
        return self._folder / f"{day}.secret"

    def _make(self, day: int) -> None:
        """Write whole or not at all, and never over another replica's."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{secrets.token_hex(8)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, secrets.token_bytes(SIZE))
        finally:
            os.close(handle)
        with contextlib.suppress(FileExistsError):  # another replica was first: its secret counts
            os.link(draft, self._path(day))
        draft.unlink()

    def _drop_before(self, day: int) -> None:
        for path in self._folder.glob("*.secret"):
            if path.stem.isdecimal() and int(path.stem) < day:
                path.unlink(missing_ok=True)
