# SPDX-License-Identifier: Apache-2.0
"""Scrubbed copies of pictures: what a file is by its bytes, a child process that draws it anew, a look at the result.

The plain bytes stay in memory and in pipes. The child (`bot.scrubber`) has no keys and little room; whatever becomes of
it, the answer is a bare picture or none.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import struct
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

LARGEST: Final = 20 << 20
"""Bytes of a copy. More, and there is none: a PNG of noise may be larger than its original."""
SECONDS: Final = 10.0
SCRIPT: Final = Path(__file__).with_name("scrubber.py")

_HEAD: Final = 16
_BEGINNINGS: Final = (
    re.compile(rb"\xff\xd8\xff"),  # JPEG
    re.compile(rb"\x89PNG\r\n\x1a\n"),
    re.compile(rb"GIF8[79]a"),
    re.compile(rb"RIFF....WEBP", re.DOTALL),
    re.compile(rb"II\x2a\x00|MM\x00\x2a"),  # TIFF
    re.compile(rb"BM.{4}\x00{4}", re.DOTALL),  # BMP, its four reserved bytes zero
    re.compile(rb"....ftypavi[fs]", re.DOTALL),  # AVIF; HEIC needs a decoder that is not there
)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
# ITU-T T.81, table B.1: SOI, then JFIF's own header, tables and one baseline frame, one scan, EOI, and nothing else.
_JFIF: Final = re.compile(rb"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
_TABLES: Final = frozenset({0xDB, 0xC4, 0xC0, 0xDD})
_SCAN: Final = 0xDA
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7]", re.DOTALL)
_END: Final = b"\xff\xd9"


class Picture:
    """The plain pieces of one file, kept for as long as the file may be a picture."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._looked = False

    def __repr__(self) -> str:
        return "<Picture: not shown>"

    def __bool__(self) -> bool:
        """Whether it begins like one; to be asked once all of it was taken."""
        return bool(self.pieces) and self._looked

    def take(self, piece: bytes) -> None:
        """The next piece of the file."""
        if self._looked and not self.pieces:
            return
        self.pieces.append(piece)
        if not self._looked and len(head := b"".join(self.pieces)) >= _HEAD:
            self._looked = True
            self.pieces = [head] if begins_like_a_picture(head) else []


def begins_like_a_picture(head: bytes) -> bool:
    return any(beginning.match(head) for beginning in _BEGINNINGS)


class Scrubber:
    """One picture at a time: what is held in memory for it must not add up."""

    def __init__(self, *, seconds: float = SECONDS, script: Path = SCRIPT) -> None:
        self._seconds = seconds
        self._script = script
        self._slot = asyncio.Semaphore(1)

    async def scrub(self, pieces: Sequence[bytes]) -> bytes | None:
        """The scrubbed copy, or None where there can be none. OSError: no process can be started just now."""
        async with self._slot:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-B",
                str(self._script),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd="/",
                env={},
            )
            try:
                async with asyncio.timeout(self._seconds):
                    copy = await _exchange(process, pieces)
            except TimeoutError:
                return None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return copy if copy is not None and is_bare(copy) else None


async def _exchange(process: asyncio.subprocess.Process, pieces: Sequence[bytes]) -> bytes | None:
    """The child reads all before it writes anything."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(ConnectionError):  # it died early: its exit code says so
        for piece in pieces:
            process.stdin.write(piece)
            await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()
    copy = bytearray()
    while piece := await process.stdout.read(1 << 18):
        copy += piece
        if len(copy) > LARGEST:
            return None
    return bytes(copy) if await process.wait() == 0 else None


def mime_of(copy: bytes) -> str:
    """The type of a scrubbed copy: there are two."""
    return "image/png" if copy.startswith(_PNG) else "image/jpeg"


def is_bare(copy: bytes) -> bool:
    """Whether this is a JPEG or PNG of nothing but what shows the pixels, to its last byte."""
    return _bare_png(copy) if copy.startswith(_PNG) else _bare_jpeg(copy)


def _bare_jpeg(copy: bytes) -> bool:
    if not (head := _JFIF.match(copy)):
        return False
    at = head.end()
    while copy[at : at + 1] == b"\xff" and len(copy) >= at + 4:
        marker, length = copy[at + 1], int.from_bytes(copy[at + 2 : at + 4])
        at += 2 + length
        if marker == _SCAN:
            end = _MARKER.search(copy, at)
            return end is not None and end[0] == _END and end.end() == len(copy)
        if marker not in _TABLES:
            return False
    return False


def _bare_png(copy: bytes) -> bool:
    at, names = len(_PNG), []
    while at + 12 <= len(copy):
        length, name = struct.unpack_from(">I4s", copy, at)
        end = at + 12 + length
        if copy[end - 4 : end] != zlib.crc32(copy[at + 4 : end - 4]).to_bytes(4):
            return False
        names.append(name)
        at = end
    return at == len(copy) and names[:1] == [b"IHDR"] and names[-1:] == [b"IEND"] and {*names[1:-1]} == {b"IDAT"}
