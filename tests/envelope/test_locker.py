# SPDX-License-Identifier: Apache-2.0
"""Lockers: rows open while their key lives, and never after; files are private; processes may race."""

import os
import pathlib
import secrets
import stat
import subprocess
import sys

import pytest

from envelope.errors import BadKeyError, GoneError, RefusedError, TooLargeError
from envelope.locker import Locker

ORG, ROW = secrets.token_bytes(16), secrets.token_bytes(16)
NOW = 490_000
PURPOSES = ("draft", "outgoing", "contact")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home" / "locker"


@pytest.fixture
def locker(folder):
    return Locker(folder, org=ORG)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_row_opens_here_and_in_another_process(locker, folder, purpose):
    record = locker.seal(purpose, ROW, 3, b"the row", hour=NOW)
    assert locker.open(purpose, ROW, 3, record) == b"the row"
    assert Locker(folder, org=ORG).open(purpose, ROW, 3, record) == b"the row"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_bit_counts(locker, purpose):
    record = locker.seal(purpose, ROW, 3, b"the row", hour=NOW)
    for bit in [*range(80 * 8), *range(80 * 8, len(record) * 8, 37), len(record) * 8 - 1]:
        changed = bytearray(record)
        changed[bit // 8] ^= 1 << bit % 8
        # A changed key id names a key that is not here.
        expected = GoneError if 8 <= bit // 8 < 24 else RefusedError
        with pytest.raises(expected):
            locker.open(purpose, ROW, 3, bytes(changed))
    for wrong in (record[:-1], record + b"\0", b""):
        with pytest.raises(RefusedError):
            locker.open(purpose, ROW, 3, wrong)


def test_a_row_belongs_to_its_place(locker, folder):
    record = locker.seal("draft", ROW, 3, b"the row", hour=NOW)
    for purpose, row, version in (
        ("outgoing", ROW, 3),
        ("contact", ROW, 3),
        ("draft", secrets.token_bytes(16), 3),
        ("draft", ROW, 2),
        ("draft", ROW, 4),
    ):
        with pytest.raises(RefusedError):
            locker.open(purpose, row, version, record)
    with pytest.raises(RefusedError):
        Locker(folder, org=secrets.token_bytes(16)).open("draft", ROW, 3, record)


def test_other_purposes_do_not_exist(locker):
    with pytest.raises(ValueError, match="draft"):
        locker.seal("note", ROW, 1, b"", hour=NOW)
    with pytest.raises(ValueError, match="draft"):
        locker.open("note", ROW, 1, b"")


def test_drafts_show_few_sizes(locker):
    sizes = {len(locker.seal("draft", ROW, 1, b"x" * n, hour=NOW)) for n in range(0, 8000, 100)}
    assert sizes == {4096 + 24 + 56 + 16}  # 8,000 like letters deflate
    with pytest.raises(TooLargeError):
        locker.seal("draft", ROW, 1, secrets.token_bytes(131_072), hour=NOW)
    with pytest.raises(TooLargeError):
        locker.seal("contact", ROW, 1, secrets.token_bytes(1_024), hour=NOW)


def test_files_are_for_this_account_only(locker, folder):
    old = os.umask(0)
    try:
        locker.seal("draft", ROW, 1, b"", hour=NOW)
        locker.seal("contact", ROW, 1, b"", hour=NOW)
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"hour-{NOW}", f"month-{NOW // 720}"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(path.read_bytes()) == 32


def test_a_folder_that_was_open_is_closed(tmp_path):
    tmp_path.chmod(0o755)
    Locker(tmp_path, org=ORG)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_each_hour_has_a_key_and_drafts_and_outgoing_share_it(locker, folder):
    for hour in (NOW, NOW, NOW + 1):
        for purpose in ("draft", "outgoing"):
            locker.seal(purpose, ROW, 1, b"", hour=hour)
    assert len(list(folder.iterdir())) == 2
    assert len({path.read_bytes() for path in folder.iterdir()}) == 2


def test_after_destruction_nothing_opens_neither_here_nor_after_a_restart(locker, folder):
    records = {hour: locker.seal("draft", ROW, 1, b"told", hour=hour) for hour in range(NOW, NOW + 4)}
    keys = {hour: (folder / f"hour-{hour}").read_bytes() for hour in records}
    assert locker.destroy_before(NOW + 2) == 2
    for hour, record in records.items():
        for anyone in (locker, Locker(folder, org=ORG)):
            if hour < NOW + 2:
                with pytest.raises(GoneError):
                    anyone.open("draft", ROW, 1, record)
            else:
                assert anyone.open("draft", ROW, 1, record) == b"told"
    left = b"".join(path.read_bytes() for path in folder.iterdir())
    assert keys[NOW] not in left
    assert keys[NOW + 3] in left
    held = {key.key for table in (locker._by_period, locker._by_kid) for key in table.values()}
    assert held == {keys[NOW + 2], keys[NOW + 3]}
    assert locker.destroy_before(NOW + 2) == 0


def test_the_other_process_drops_its_copy_too(locker, folder):
    record = locker.seal("draft", ROW, 1, b"told", hour=NOW)
    other = Locker(folder, org=ORG)
    other.open("draft", ROW, 1, record)
    assert locker.destroy_before(NOW + 1) == 1
    assert other.destroy_before(NOW + 1) == 0
    with pytest.raises(GoneError):
        other.open("draft", ROW, 1, record)


def test_contacts_live_at_least_90_days_and_at_most_120(locker):
    start = (NOW // 720) * 720
    record = locker.seal("contact", ROW, 1, b"who", hour=start)
    locker.seal("contact", ROW, 1, b"who", hour=start + 719)
    assert locker.destroy_before(start + 720 + 90 * 24 - 1) == 0
    assert locker.open("contact", ROW, 1, record) == b"who"
    assert locker.destroy_before(start + 720 + 90 * 24) == 1
    with pytest.raises(GoneError):
        locker.open("contact", ROW, 1, record)


def test_what_a_crash_left_dies_with_its_hour(locker, folder):
    locker.seal("draft", ROW, 1, b"", hour=NOW)
    (folder / f".hour-{NOW}.0123456789abcdef").write_bytes(bytes(32))
    (folder / f".hour-{NOW + 5}.0123456789abcdef").write_bytes(bytes(32))
    (folder / "README").write_text("not a key")
    assert locker.destroy_before(NOW + 1) == 1
    assert sorted(path.name for path in folder.iterdir()) == [f".hour-{NOW + 5}.0123456789abcdef", "README"]


def test_a_destroyed_key_is_overwritten_wherever_else_it_is_linked(locker, folder, tmp_path):
    locker.seal("draft", ROW, 1, b"", hour=NOW)
    (tmp_path / "kept").hardlink_to(folder / f"hour-{NOW}")
    locker.destroy_before(NOW + 1)
    assert (tmp_path / "kept").read_bytes() == bytes(32)


def test_a_damaged_key_file_is_named_when_sealing_and_opens_nothing(locker, folder):
    record = locker.seal("draft", ROW, 1, b"told", hour=NOW)
    (folder / f"hour-{NOW}").write_bytes(b"short")
    again = Locker(folder, org=ORG)
    with pytest.raises(BadKeyError, match="delete"):
        again.seal("draft", ROW, 1, b"", hour=NOW)
    with pytest.raises(GoneError):
        again.open("draft", ROW, 1, record)


def test_a_key_destroyed_between_listing_and_reading_is_gone(locker, folder, monkeypatch):
    record = locker.seal("draft", ROW, 1, b"told", hour=NOW)
    other = Locker(folder, org=ORG)
    listed = list(other._files())
    locker.destroy_before(NOW + 1)
    monkeypatch.setattr(other, "_files", lambda: iter(listed))
    with pytest.raises(GoneError):
        other.open("draft", ROW, 1, record)
    assert other.destroy_before(NOW + 1) == 1  # destroyed by the other meanwhile: no error


RACER = """
import pathlib, sys
from envelope.locker import Locker
folder, org, row, first = sys.argv[1:]
locker = Locker(pathlib.Path(folder), org=bytes.fromhex(org))
print("ready", flush=True)
sys.stdin.readline()
for hour in range(int(first), int(first) + 50):
    print(locker.seal("draft", bytes.fromhex(row), 1, b"told", hour=hour).hex())
"""


def test_processes_that_race_agree_on_one_key(locker, folder):
    command = [sys.executable, "-c", RACER, str(folder), ORG.hex(), ROW.hex(), str(NOW)]
    root = pathlib.Path(__file__).parents[2]
    racers = [
        subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    try:
        for racer in racers:
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        sealed = [racer.communicate(timeout=60)[0].split() for racer in racers]
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
    for records in sealed:
        assert len(records) == 50
        assert {locker.open("draft", ROW, 1, bytes.fromhex(record)) for record in records} == {b"told"}
    assert sorted(path.name for path in folder.iterdir()) == [f"hour-{hour}" for hour in range(NOW, NOW + 50)]


def test_losing_the_race_takes_the_winners_key(locker, folder, monkeypatch):
    record = locker.seal("draft", ROW, 1, b"told", hour=NOW)
    loser = Locker(folder, org=ORG)
    monkeypatch.setattr(pathlib.Path, "exists", lambda _self: False)
    late = loser.seal("draft", ROW, 2, b"later", hour=NOW)
    monkeypatch.undo()
    assert locker.open("draft", ROW, 2, late) == b"later"
    assert loser.open("draft", ROW, 1, record) == b"told"
    assert len(list(folder.iterdir())) == 1


def test_nothing_shows(locker):
    locker.seal("draft", ROW, 1, b"", hour=NOW)
    assert all("not shown" in repr(key) for key in locker._by_kid.values())
