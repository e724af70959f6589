# SPDX-License-Identifier: Apache-2.0
"""Looks for words on a disk in every form in which a careless program leaves them there."""

import base64
import gzip
import re
import secrets
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from envelope import receipt

MOST = 1 << 20  # bytes taken out of one compressed stream
RUN = "zq" + "".join(secrets.choice("bcdfghjkmnpqrstvwxyz") for _ in range(8))
"""Every marker of this process begins so: one search finds any of them."""


def marker(name: str = "") -> str:
    """A word of letters that stands nowhere else in the world; `name` helps whoever reads a failure."""
    return RUN + "".join(secrets.choice("bcdfghjkmnpqrstvwxyz") for _ in range(6)) + name


def forms(word: str) -> list[bytes]:
    """How a text may lie on a disk: as UTF-8 and UTF-16, as hex, and as base64 at each of its three alignments."""
    raw = word.encode()
    hexed = raw.hex().encode()
    return [raw, word.encode("utf-16-le"), word.encode("utf-16-be"), hexed, hexed.upper(), *_base64(raw)]


def _base64(raw: bytes) -> list[bytes]:
    """The middle of the code, which does not depend on what stands before and after; both alphabets."""
    found = []
    for shift in range(3):
        whole = len(raw) - (3 - shift) % 3
        middle = raw[(3 - shift) % 3 :][: whole // 3 * 3]
        found += [base64.b64encode(middle), base64.urlsafe_b64encode(middle)]
    return found


def bytes_forms(raw: bytes) -> list[bytes]:
    """How a key may lie on a disk."""
    return [raw, raw.hex().encode(), raw.hex().upper().encode(), *_base64(raw)]


def chat_forms(chat: int) -> list[bytes]:
    """A chat's number as text, as a machine writes integers, and as SQLite does (six bytes)."""
    return [*forms(str(chat)), *(chat.to_bytes(8, order) for order in ("big", "little")), chat.to_bytes(6, "big")]


def receipt_forms(code: str) -> list[bytes]:
    """A receipt with and without its hyphens, in small letters too, and the secret that it spells."""
    bare = code.replace("-", "")
    return [form for text in (code, bare, code.lower(), bare.lower()) for form in forms(text)] + bytes_forms(
        receipt.read(code)
    )


def inflated(raw: bytes) -> bytes:
    """Everything in it that is a zlib or gzip stream, unpacked."""
    found = []
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", raw):
        try:
            found.append(zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(raw[match.start() :], MOST))
        except zlib.error:
            continue
    return b"\n".join(found)


def hits(raw: bytes, needles: Mapping[str, Iterable[bytes]]) -> list[str]:
    """The names of the needles that it holds; never the needles."""
    everything = raw + b"\n" + inflated(raw)
    return [name for name, words in needles.items() if any(word in everything for word in words)]


def search(files: Iterable[Path], needles: Mapping[str, Iterable[bytes]]) -> list[str]:
    """`file: needle` for each that is found."""
    found = []
    for file in files:
        try:
            raw = file.read_bytes()
        except FileNotFoundError:  # a process that runs tidies up
            continue
        found += [f"{file.name}: {name}" for name in hits(raw, needles)]
    return found


def files_in(folder: Path, *, but: Iterable[Path] = (), since: float = 0.0) -> list[Path]:
    """Every file below a folder, written after a Unix time, that does not lie in one of `but`."""
    left_out = [path.resolve() for path in but]
    found = []
    for path in folder.rglob("*"):
        try:
            if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
                found.append(path.resolve())
        except OSError:  # gone meanwhile, or not ours to read
            continue
    return [path for path in found if not any(path.is_relative_to(place) for place in left_out)]


def self_check() -> list[str]:
    """Names of forms that the search would overlook; empty when it sees."""
    word, missed = marker(), []
    needles = {"it": forms(word)}
    hidden = {
        "utf-8": word.encode(),
        "utf-16": f"x{word}y".encode("utf-16"),
        "hex": word.encode().hex().encode(),
        "zlib": b"\0\0" + zlib.compress(f"a {word} b".encode()) + b"rest",
        "gzip": gzip.compress(word.encode()),
    }
    hidden |= {f"base64 {shift}": base64.b64encode(b"#" * shift + word.encode() + b"##") for shift in range(3)}
    missed += [name for name, raw in hidden.items() if not hits(raw, needles)]
    return missed
