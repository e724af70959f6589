# SPDX-License-Identifier: Apache-2.0
"""C2SP signed notes: a text and, after an empty line, signatures by named keys. Manifests and checkpoints are notes.

Source: C2SP signed-note.md. Both signatures of a signer are required by those who read these notes.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from envelope.errors import RefusedError

ED25519 = b"\x01"  # signed-note.md
MLDSA44_TREE = b"\x06"  # tlog-cosignature.md: ML-DSA-44 over a tree head, never over the text
MLDSA44_TEXT = b"\xffamparo-envelope/v1 mldsa44"  # 0xFF is the place for types that nobody assigned
_DASH = "— "  # U+2014 and a space open every signature line
_KEY_ID = 4  # bytes
_LONGEST = 1 << 20  # characters; a manifest for a hundred teams has about 200,000


class NoteKey(NamedTuple):
    """Who signs: the name in the note, the signature type, the raw public key."""

    name: str
    kind: bytes
    public: bytes

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name, newline, type, public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:_KEY_ID]


class Note(NamedTuple):
    """The signed text, newline at its end included, and its signature lines as (name, key id and signature)."""

    text: str
    signatures: tuple[tuple[str, bytes], ...]

    def signature_by(self, key: NoteKey) -> bytes:
        """The one signature that claims to be by this key; not verified yet. RefusedError if there is not just one."""
        found = [raw[_KEY_ID:] for name, raw in self.signatures if name == key.name and raw[:_KEY_ID] == key.id]
        if len(found) != 1:
            raise RefusedError
        return found[0]


def write_note(text: str, signatures: Iterable[tuple[NoteKey, bytes]]) -> str:
    """Join a text that ends in a newline and its signatures, in the order given."""
    if not text.endswith("\n") or not _printable(text):
        raise ValueError("a note is lines of text, each with a newline after it")
    lines = [f"{_DASH}{key.name} {b64encode(key.id + signature)}\n" for key, signature in signatures]
    return f"{text}\n{''.join(lines)}"


def read_note(note: str) -> Note:
    """Take a note apart; RefusedError if it is not one. Signatures by keys unknown to the caller are allowed."""
    head, separator, tail = note.rpartition("\n\n")
    if len(note) > _LONGEST or not separator or not head or not tail.endswith("\n") or not _printable(note):
        raise RefusedError
    return Note(head + "\n", tuple(_signature(line) for line in tail[:-1].split("\n")))


def _signature(line: str) -> tuple[str, bytes]:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    raw = b64decode(encoded)
    if not line.startswith(_DASH) or not separator or not is_name(name) or len(raw) <= _KEY_ID:
        raise RefusedError
    return name, raw


def is_name(name: str) -> bool:
    """Whether a key may have this name: not empty, no white space, no plus sign (signed-note.md)."""
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def _printable(text: str) -> bool:
    return not any(ord(character) < 0x20 and character != "\n" for character in text)


def b64encode(data: bytes) -> str:
    """RFC 4648 section 4, with padding."""
    return base64.b64encode(data).decode("ascii")


def b64decode(text: str) -> bytes:
    """The bytes of the one right spelling; RefusedError for any other."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError from error
    if b64encode(data) != text:
        raise RefusedError
    return data
