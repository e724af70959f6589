# SPDX-License-Identifier: Apache-2.0
"""Drafts, outgoing messages and contacts at rest, under keys that are destroyed on time.

A key serves one hour (drafts, outgoing) or one month of 30 days (contacts) and lies in a file of its own. When the
file is gone, every copy of the rows under it is dead, in backups and journals too. The folder belongs on tmpfs.
Several processes may share it. Nothing here reads a clock: the caller says which hour it is.
"""

import os
import pathlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from envelope import suite
from envelope.binding import kid_symmetric
from envelope.errors import BadKeyError, GoneError
from envelope.keys import KEY_BYTES, Redacted
from envelope.padding import CONTACT_BUCKETS, DRAFT_BUCKETS, OUTGOING_BUCKETS, frame, unframe
from envelope.suite import RecordType

HOURS_PER_MONTH = 30 * 24
CONTACT_HOURS = 90 * 24  # how long a contact can be opened at least


class _Purpose(NamedTuple):
    kind: str  # the first word of the key file's name
    hours: int  # how long one key is used
    kept: int  # hours it must outlive its period, besides what destroy_before says
    buckets: Sequence[int]


_PURPOSES: Mapping[str, _Purpose] = {
    "draft": _Purpose("hour", 1, 0, DRAFT_BUCKETS),
    "outgoing": _Purpose("hour", 1, 0, OUTGOING_BUCKETS),
    "contact": _Purpose("month", HOURS_PER_MONTH, CONTACT_HOURS, CONTACT_BUCKETS),
}
_BY_KIND: Mapping[str, _Purpose] = {purpose.kind: purpose for purpose in _PURPOSES.values()}


class _Period(NamedTuple):
    kind: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}"

    def over(self, hour: int) -> bool:
        """Tell whether the key of this period must be gone when hours before `hour` are."""
        purpose = _BY_KIND[self.kind]
        return (self.number + 1) * purpose.hours + purpose.kept <= hour


class _Key(Redacted):
    __slots__ = ("key", "kid", "period")

    def __init__(self, key: bytes, period: _Period) -> None:
        self.key = key
        self.kid = kid_symmetric(key)
        self.period = period


class Locker:
    """Seals rows of the phone store and opens them while their key lives."""

    def __init__(self, folder: pathlib.Path, *, org: bytes) -> None:
        """Make the folder if need be, for this account only (0700)."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._folder = folder
        self._org = org
        self._by_period: dict[_Period, _Key] = {}
        self._by_kid: dict[bytes, _Key] = {}

    def seal(self, purpose: str, row: bytes, version: int, plaintext: bytes, *, hour: int) -> bytes:
        """Seal a row under the key of this Unix hour.

        purpose: draft, outgoing or contact; row: 16 bytes; version: of the row, so that an old copy does not pass.
        TooLargeError: over 128 KiB deflated (contact 1 KiB). ValueError: another purpose.
        """
        rule = _rule(purpose)
        key = self._key(_Period(rule.kind, hour // rule.hours))
        framed = frame(plaintext, rule.buckets)
        return suite.stream_record(RecordType.LOCKER, key.key, key.kid, framed, self._org, purpose, row, version)

    def open(self, purpose: str, row: bytes, version: int, record: bytes) -> bytes:
        """Open a row. GoneError: its key is not here any more; RefusedError: it was changed or belongs elsewhere."""
        _rule(purpose)
        kid, _ = suite.split(record, RecordType.LOCKER)
        if kid not in self._by_kid:
            self._load()
        key = self._by_kid.get(kid)
        if key is None:
            raise GoneError
        fields = (self._org, purpose, row, version)
        return unframe(suite.open_stream_record(RecordType.LOCKER, key.key, kid, record, *fields))

    def destroy_before(self, hour: int) -> int:
        """Destroy the keys of all hours before this one, and contact keys 90 days after their month; count them.

        Drafts live 24 h: call it each hour with the present hour less 24.
        """
        dead = [(path, period) for path, period in self._files() if period.over(hour)]
        for path, _ in dead:
            _shred(path)
        for key in list(self._by_period.values()):  # a copy: threads may seal meanwhile
            if key.period.over(hour):
                self._by_period.pop(key.period, None)
                self._by_kid.pop(key.kid, None)
        return len({period for _, period in dead})

    def _key(self, period: _Period) -> _Key:
        found = self._by_period.get(period)
        if found is None:
            path = self._folder / period.name
            if not path.exists():
                _create(path)
            raw = path.read_bytes()
            if len(raw) != KEY_BYTES:
                raise BadKeyError("A key file in the locker folder is damaged; stop the bot and delete that file.")
            found = self._keep(raw, period)
        return found

    def _keep(self, raw: bytes, period: _Period) -> _Key:
        key = _Key(raw, period)
        self._by_period[period] = self._by_kid[key.kid] = key
        return key

    def _load(self) -> None:
        """Take up what other processes, or this one before a restart, have made."""
        for path, period in self._files():
            if path.name == period.name and period not in self._by_period:
                with suppress(FileNotFoundError):  # destroyed by another process meanwhile
                    raw = path.read_bytes()
                    # A damaged file opens nothing; its rows are as gone as if it were not there.
                    if len(raw) == KEY_BYTES:
                        self._keep(raw, period)

    def _files(self) -> Iterator[tuple[pathlib.Path, _Period]]:
        """Give the key files, and what a crash left of making or destroying one."""
        for path in self._folder.iterdir():
            kind, _, number = path.name.removeprefix(".").partition(".")[0].partition("-")
            if kind in _BY_KIND and number.isdecimal():
                yield path, _Period(kind, int(number))


def _rule(purpose: str) -> _Purpose:
    if purpose not in _PURPOSES:
        raise ValueError("a locker is for draft, outgoing or contact")
    return _PURPOSES[purpose]


def _passing_name(path: pathlib.Path) -> pathlib.Path:
    return path.with_name(f".{path.name.removeprefix('.').partition('.')[0]}.{secrets.token_hex(8)}")


def _create(path: pathlib.Path) -> None:
    """Make a key file whole or not at all; of two processes at once one wins, and both then read that key."""
    passing = _passing_name(path)
    handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # the other process won
        path.hardlink_to(passing)
    passing.unlink()


def _shred(path: pathlib.Path) -> None:
    """Destroy a key file: out of sight first, then overwritten in place, then deleted."""
    passing = _passing_name(path)
    with suppress(FileNotFoundError):  # another process destroys the same key
        path.rename(passing)
        with passing.open("r+b") as file:
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        passing.unlink()
