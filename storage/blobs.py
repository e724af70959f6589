# SPDX-License-Identifier: Apache-2.0
"""Sealed files in a folder: written once, whole or not at all, and never under a name that is a path.

A blob is written beside its place, synced, linked to its name (which fails where there is one), and the folder is
synced: after `put` returns, the file outlives a power cut.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Final, NamedTuple, ParamSpec, TypeVar

from storage.errors import BlobExistsError, BlobKeyError, BlobMismatchError, BlobMissingError, UnavailableError

P = ParamSpec("P")
T = TypeVar("T")

# One hop to a thread for this many bytes: smaller pieces cost more in hops than in hashing.
PIECE: Final = 1 << 18
# Random hex, with an optional short suffix for a variant. No separator of any system, no leading dot.
_KEY: Final = re.compile(r"[0-9a-z][0-9a-z_-]{1,119}(?:\.[0-9a-z]{1,16})?")
_UNFINISHED: Final = ".unfinished"


class Stored(NamedTuple):
    """What `put` kept: bytes and SHA-256 of the sealed stream."""

    size: int
    sha256: bytes


class Folder:
    """Blobs under one folder, made when it is first needed. Safe for several processes."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(
        self, key: str, pieces: AsyncIterable[bytes], *, size: int | None = None, sha256: bytes | None = None
    ) -> Stored:
        """Keep the pieces under `key` and return what was kept.

        Raises BlobExistsError where the key is taken, BlobMismatchError where the bytes are more, fewer or others
        than announced, UnavailableError where the folder is full or gone. Then nothing is kept.
        """
        target = self._path(key)
        if await _on_disk(target.exists):
            raise BlobExistsError("there is a blob of this key already; compare its hash")
        draft = _Draft(self._root / _UNFINISHED / secrets.token_hex(16))
        try:
            await _on_disk(draft.open)
            async for gathered in _gather(pieces):
                if size is not None and draft.size + len(gathered) > size:
                    raise BlobMismatchError("more bytes came than were announced; send the file again")
                await _on_disk(draft.write, gathered)
            stored = Stored(draft.size, draft.digest.digest())
            if (size is not None and stored.size != size) or (sha256 is not None and stored.sha256 != sha256):
                raise BlobMismatchError("other bytes came than were announced; send the file again")
            await _on_disk(draft.publish, target)
        finally:
            draft.discard()  # not in a thread: it must also happen while the task is being cancelled
        return stored

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """Give the blob in pieces. Raises BlobMissingError at the first one."""
        handle = await _on_disk(self._open, key)
        try:
            while piece := await _on_disk(handle.read, PIECE):
                yield piece
        finally:
            handle.close()

    async def sha256(self, key: str) -> bytes:
        """Hash what lies there now. Raises BlobMissingError."""

        def digest() -> bytes:
            with self._open(key) as handle:
                return hashlib.file_digest(handle, "sha256").digest()

        return await _on_disk(digest)

    async def size(self, key: str) -> int:
        """Count the bytes of the blob. Raises BlobMissingError."""

        def count() -> int:
            try:
                return self._path(key).stat().st_size
            except FileNotFoundError:
                raise BlobMissingError("there is no blob of this key") from None

        return await _on_disk(count)

    async def exists(self, key: str) -> bool:
        return await _on_disk(self._path(key).exists)

    async def delete(self, key: str) -> bool:
        """Take the blob away; False where there was none. Its bytes are sealed: the key's end is what shreds them."""
        path = self._path(key)

        def unlink() -> bool:
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            return True

        return await _on_disk(unlink)

    async def older_than(self, seconds: float) -> list[str]:
        """List the keys last written more than so many seconds ago, for a sweep of what no row names."""
        return await _on_disk(lambda: list(self._aged(time.time() - seconds)))

    async def discard_unfinished(self, seconds: float) -> int:
        """Remove what a killed process left half written more than so many seconds ago; return how many."""

        def remove() -> int:
            folder, limit = self._root / _UNFINISHED, time.time() - seconds
            left = [path for path in folder.glob("*") if path.stat().st_mtime < limit] if folder.exists() else []
            for path in left:
                path.unlink(missing_ok=True)
            return len(left)

        return await _on_disk(remove)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise BlobKeyError("a blob's key is a plain name of lower-case letters and digits, never a path")
        return self._root / key[:2] / key

    def _open(self, key: str) -> BufferedReader:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise BlobMissingError("there is no blob of this key") from None

    def _aged(self, limit: float) -> Iterator[str]:
        for path in self._root.glob("[0-9a-z]*/*"):
            try:
                if _KEY.fullmatch(path.name) and path.stat().st_mtime < limit:
                    yield path.name
            except FileNotFoundError:  # deleted meanwhile
                continue


class _Draft:
    """A file being written, under a name that nobody looks for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None
        self.size = 0
        self.digest = hashlib.sha256()

    def open(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def write(self, piece: bytes) -> None:
        assert self._handle is not None  # noqa: S101 - opened before written
        rest = memoryview(piece)
        while rest:  # a write may be short, for example where the disk is nearly full
            rest = rest[os.write(self._handle, rest) :]
        self.digest.update(piece)
        self.size += len(piece)

    def publish(self, target: Path) -> None:
        assert self._handle is not None  # noqa: S101 - opened before published
        os.fsync(self._handle)
        fresh = not target.parent.exists()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(self._path, target)
        except FileExistsError:
            raise BlobExistsError("there is a blob of this key already; compare its hash") from None
        _sync_folder(target.parent)
        if fresh:
            _sync_folder(target.parent.parent)

    def discard(self) -> None:
        """Close, and take the working name away; a published blob keeps its other name."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
            self._path.unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def _on_disk(call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Run the call in a thread; what the disk refuses becomes UnavailableError.

    A caller who is cancelled still waits for the thread: it must not write to a descriptor that was closed meanwhile
    and belongs to another file by then.
    """
    job = asyncio.ensure_future(asyncio.to_thread(call, *args, **named))
    try:
        return await asyncio.shield(job)
    except OSError as error:
        raise UnavailableError("the folder of blobs cannot be used just now; try again in a moment") from error
    finally:
        while not job.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([job])


async def _gather(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Join small pieces until they are worth a hop."""
    waiting: list[bytes] = []
    length = 0
    async for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= PIECE:
            yield b"".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield b"".join(waiting)
