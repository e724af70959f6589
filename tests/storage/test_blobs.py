# SPDX-License-Identifier: Apache-2.0
"""Sealed files: whole or not at all, once, and never under a path."""

import asyncio
import hashlib
import os
import secrets
import threading
from pathlib import Path

import pytest

from storage import blobs
from storage.blobs import Folder
from storage.errors import (
    BlobExistsError,
    BlobKeyError,
    BlobMismatchError,
    BlobMissingError,
    UnavailableError,
)


async def pieces(*parts: bytes):
    for part in parts:
        await asyncio.sleep(0)
        yield part


async def read(folder: Folder, key: str) -> bytes:
    return b"".join([piece async for piece in folder.read(key)])


def files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "blobs")


async def test_what_was_put_is_read_back_with_its_hash_and_size(folder, tmp_path):
    data = secrets.token_bytes(3 * blobs.PIECE + 17)
    parts = [data[start : start + 10_000] for start in range(0, len(data), 10_000)]
    stored = await folder.put("00ff" * 8, pieces(*parts))
    assert stored == (len(data), hashlib.sha256(data).digest())
    assert await read(folder, "00ff" * 8) == data
    assert await folder.sha256("00ff" * 8) == stored.sha256
    assert await folder.size("00ff" * 8) == len(data)
    assert await folder.exists("00ff" * 8)
    assert files(tmp_path / "blobs") == ["00ff" * 8]


async def test_an_empty_blob_is_a_blob(folder):
    assert (await folder.put("empty", pieces())).size == 0
    assert await read(folder, "empty") == b""


async def test_files_are_for_their_owner_alone(folder, tmp_path):
    await folder.put("abcdef", pieces(b"x"))
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "blobs").rglob("*")}
    assert modes == {".unfinished": 0o700, "ab": 0o700, "abcdef": 0o600}


async def test_a_key_is_written_once(folder, tmp_path):
    await folder.put("abcdef", pieces(b"first"))
    with pytest.raises(BlobExistsError):
        await folder.put("abcdef", pieces(b"second"))
    assert await read(folder, "abcdef") == b"first"
    assert files(tmp_path / "blobs") == ["abcdef"]


async def test_of_many_at_once_one_wins_and_nothing_else_stays(folder, tmp_path):
    results = await asyncio.gather(
        *(folder.put("abcdef", pieces(b"%d" % number, b"!")) for number in range(20)), return_exceptions=True
    )
    winners = [number for number, result in enumerate(results) if not isinstance(result, BlobExistsError)]
    assert len(winners) == 1
    assert await read(folder, "abcdef") == b"%d!" % winners[0]
    assert files(tmp_path / "blobs") == ["abcdef"]


@pytest.mark.parametrize(
    "announced",
    [{"size": 4}, {"size": 6}, {"sha256": hashlib.sha256(b"other").digest()}, {"size": 0}],
)
async def test_other_bytes_than_announced_are_not_kept(folder, tmp_path, announced):
    with pytest.raises(BlobMismatchError):
        await folder.put("abcdef", pieces(b"he", b"llo"), **announced)
    assert not await folder.exists("abcdef")
    assert files(tmp_path / "blobs") == []


async def test_too_many_bytes_are_noticed_before_they_fill_the_disk(folder):
    given = 0

    async def endless():
        nonlocal given
        while True:
            given += blobs.PIECE
            yield bytes(blobs.PIECE)

    with pytest.raises(BlobMismatchError):
        await folder.put("abcdef", endless(), size=5 * blobs.PIECE)
    assert given <= 7 * blobs.PIECE


async def test_a_stream_that_breaks_leaves_nothing(folder, tmp_path):
    async def breaks():
        yield b"x" * blobs.PIECE
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):  # an OSError, but the sender's and not the disk's
        await folder.put("abcdef", breaks())
    assert files(tmp_path / "blobs") == []


async def test_a_cancelled_put_leaves_nothing(folder, tmp_path):
    started = asyncio.Event()

    async def stalls():
        yield b"x" * blobs.PIECE
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(folder.put("abcdef", stalls()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(tmp_path / "blobs") == []


async def test_a_put_cancelled_in_the_middle_of_a_write_waits_for_it(folder, tmp_path, monkeypatch):
    writing, may_end = threading.Event(), threading.Event()
    write = os.write

    def slow(handle: int, data: bytes) -> int:
        writing.set()
        may_end.wait(10)
        return write(handle, data)  # fails where the descriptor was closed meanwhile

    monkeypatch.setattr(os, "write", slow)
    task = asyncio.create_task(folder.put("abcdef", pieces(b"x")))
    await asyncio.to_thread(writing.wait, 10)
    task.cancel()
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.sleep(0.05)
    assert not task.done()
    monkeypatch.undo()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(tmp_path / "blobs") == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a",
        ".",
        "..",
        "../../etc/passwd",
        "a/b",
        "a\\b",
        "/abs",
        ".hidden",
        "ab\0cd",
        "ab\n",
        "AB",
        "a..b",
        "ab.c.d",
        "gpj.\u202eexe",
        "x" * 200,
        "ключ",
    ],
)
async def test_b53_a_key_that_is_no_plain_name_is_refused(folder, key):
    for call in (folder.exists, folder.delete, folder.sha256, folder.size):
        with pytest.raises(BlobKeyError):
            await call(key)
    with pytest.raises(BlobKeyError):
        await folder.put(key, pieces(b"x"))
    with pytest.raises(BlobKeyError):
        await read(folder, key)


async def test_what_is_not_there_is_missing(folder):
    assert not await folder.exists("abcdef")
    assert not await folder.delete("abcdef")
    for call in (folder.sha256, folder.size):
        with pytest.raises(BlobMissingError):
            await call("abcdef")
    with pytest.raises(BlobMissingError):
        await read(folder, "abcdef")
    assert await folder.older_than(0) == []
    assert await folder.discard_unfinished(0) == 0


async def test_a_deleted_blob_is_gone_and_its_key_free(folder, tmp_path):
    await folder.put("abcdef.scrubbed", pieces(b"x"))
    assert await folder.delete("abcdef.scrubbed")
    assert files(tmp_path / "blobs") == []
    await folder.put("abcdef.scrubbed", pieces(b"y"))
    assert await read(folder, "abcdef.scrubbed") == b"y"


async def test_the_sweep_finds_the_old_ones_and_the_unfinished(folder, tmp_path):
    await folder.put("old000", pieces(b"x"))
    await folder.put("new000", pieces(b"x"))
    left = tmp_path / "blobs" / ".unfinished" / "0123"
    left.write_bytes(b"half")
    for path in (tmp_path / "blobs" / "ol" / "old000", left):
        os.utime(path, (1, 1))
    assert await folder.older_than(3600) == ["old000"]
    assert await folder.discard_unfinished(3600) == 1
    assert files(tmp_path / "blobs") == ["new000", "old000"]


async def test_b63_a_folder_that_cannot_be_written_is_reported(tmp_path):
    (tmp_path / "blobs").write_bytes(b"a file where the folder should be")
    with pytest.raises(UnavailableError):
        await Folder(tmp_path / "blobs").put("abcdef", pieces(b"x"))


async def test_a_blob_is_synced_before_it_has_its_name_and_the_folder_after(folder, monkeypatch):
    calls: list[str] = []
    fsync, link = os.fsync, os.link

    def synced(handle: int) -> None:
        calls.append("folder" if Path(f"/proc/self/fd/{handle}").resolve().is_dir() else "file")
        fsync(handle)

    def linked(source: Path, target: Path) -> None:
        calls.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", linked)
    await folder.put("abcdef", pieces(b"x"))
    assert calls == ["file", "link", "folder", "folder"]
    calls.clear()
    await folder.put("abcdee", pieces(b"x"))
    assert calls == ["file", "link", "folder"]


async def test_c19_memory_stays_flat(folder):
    import tracemalloc

    async def ten_mebibytes():
        for _ in range(160):
            yield bytes(1 << 16)

    tracemalloc.start()
    try:
        await folder.put("abcdef", ten_mebibytes())
        async for _ in folder.read("abcdef"):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 << 20
