# SPDX-License-Identifier: Apache-2.0
"""The audit log: entries, an append-only Merkle tree over them, proofs, and checkpoints with two signatures.

Sources: RFC 6962 section 2.1 for the tree, RFC 9162 section 2.1 for checking proofs, C2SP tlog-checkpoint.md and
tlog-cosignature.md for checkpoints. Nothing here opens a report, and nothing here keeps state.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Self

from envelope.binding import bind
from envelope.errors import RefusedError
from envelope.notes import ED25519, MLDSA44_TREE, NoteKey, b64decode, b64encode, read_note, write_note
from envelope.signatures import DualSigner, verify, verify_mldsa44

EMPTY_ROOT = hashlib.sha256().digest()
_HASH = 32
_SIZE = 8  # bytes of a frontier's size
_TIME = 8  # bytes of the timestamp before the ML-DSA signature
_SUBTREE = b"subtree/v1\n\0"  # tlog-cosignature.md
_MOST = 1 << 63  # entries: a size is at most a signed 64-bit number (tlog-checkpoint.md)


def entry_bytes(  # noqa: PLR0917 - the fields of the registry, in its order
    index: int,
    hour: int,
    action: str,
    actor: bytes,
    object: bytes,  # noqa: A002 - the registry's word for the field
    commitment: bytes,
) -> bytes:
    """One entry: Unix hour, `subject:action`, two ids, and the 32-byte hash of what is kept elsewhere."""
    if len(commitment) != _HASH:
        raise ValueError("a commitment is 32 bytes")
    return bind("log.entry", index, hour, action, actor, object, commitment)


def leaf(entry: bytes) -> bytes:
    """The 32-byte hash of an entry that the tree is built from."""
    return hashlib.sha256(b"\x00" + entry).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf hashes, oldest first."""
    return _subroot(leaves, 0, len(leaves))


class Frontier:
    """The roots of the full subtrees at a tree's right edge: all that appending and the root need.

    It never changes: `append` gives a new one, so a transaction that fails leaves the old one true.
    """

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        if len(nodes) != size.bit_count() or any(len(node) != _HASH for node in nodes):
            raise ValueError("a frontier has one 32-byte node for each set bit of its size")
        self.size = size
        self._nodes = tuple(nodes)

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier with one more leaf hash."""
        nodes, rest = [*self._nodes], self.size
        while rest & 1:
            leaf, rest = _node(nodes.pop(), leaf), rest >> 1
        return Frontier(self.size + 1, [*nodes, leaf])

    def root(self) -> bytes:
        """The tree's 32-byte root."""
        if not self._nodes:
            return EMPTY_ROOT
        *rest, found = self._nodes
        for node in reversed(rest):
            found = _node(node, found)
        return found

    def to_bytes(self) -> bytes:
        """Size as 8 bytes, then the nodes, largest subtree first."""
        return self.size.to_bytes(_SIZE, "big") + b"".join(self._nodes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; ValueError for anything else."""
        if len(data) < _SIZE:
            raise ValueError("a frontier begins with its size")
        nodes = data[_SIZE:]
        return cls(int.from_bytes(data[:_SIZE], "big"), [nodes[i : i + _HASH] for i in range(0, len(nodes), _HASH)])


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes that lead from leaf `index` to the root of these leaves, nearest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    low, high, path = 0, len(leaves), []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_subroot(leaves, middle, high))
            high = middle
        else:
            path.append(_subroot(leaves, low, middle))
            low = middle
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Return if the path proves that leaf at that place (RFC 9162 section 2.1.3.2); RefusedError otherwise."""
    if not 0 <= index < size <= _MOST:
        raise RefusedError
    place, last, found = index, size - 1, leaf
    for node in path:
        if last == 0:
            raise RefusedError
        if place & 1 or place == last:
            found = _node(node, found)
            place, last = _up_to_odd(place, last)
        else:
            found = _node(found, node)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise RefusedError


def consistency_path(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """The hashes that show that the first `old_size` of these leaves were the whole tree once."""
    if not 0 <= old_size <= len(leaves):
        raise IndexError(old_size)
    return tuple(_subproof(leaves, old_size, 0, len(leaves), known=True)) if old_size else ()


def verify_consistency(old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """Return if the newer tree only adds to the older one (RFC 9162 section 2.1.4.2); RefusedError otherwise."""
    if not 0 <= old_size <= size <= _MOST:
        raise RefusedError
    if old_size in (0, size):
        expected = EMPTY_ROOT if old_size == 0 else root
        if path or old_root != expected:
            raise RefusedError
        return
    nodes = [old_root, *path] if old_size.bit_count() == 1 else [*path]
    if not path or _grown(nodes, old_size, size) != (old_root, root):
        raise RefusedError


class LogLine(NamedTuple):
    """Who signs a log: its origin and raw public keys, as a manifest's `log` line gives them."""

    origin: str
    ed25519: bytes
    mldsa44: bytes


class LogKey(DualSigner):
    """The log's own signing keys, kept by the API."""

    def __init__(self, origin: str, ed25519_seed: bytes, mldsa44_seed: bytes) -> None:
        super().__init__(ed25519_seed, mldsa44_seed)
        self.line = LogLine(origin, *self.public)


class Checkpoint(NamedTuple):
    """What a log said about itself: how many entries, their root, and when (Unix seconds)."""

    origin: str
    size: int
    root: bytes
    seconds: int


def sign_checkpoint(key: LogKey, *, size: int, root: bytes, seconds: int) -> str:
    """A checkpoint note with both signatures. The caller has verified consistency with the one before."""
    checkpoint = Checkpoint(key.line.origin, size, root, seconds)
    text = f"{checkpoint.origin}\n{size}\n{b64encode(root)}\n"
    first, second = _note_keys(key.line)
    dated = seconds.to_bytes(_TIME, "big") + key.sign_mldsa44(_tree_head(checkpoint), b"")
    return write_note(text, [(first, key.sign_ed25519(text.encode())), (second, dated)])


def open_checkpoint(note: str, line: LogLine) -> Checkpoint:
    """The checkpoint in a note that this log signed with both keys; RefusedError otherwise."""
    read = read_note(note)
    first, second = _note_keys(line)
    verify(line.ed25519, read.text.encode(), read.signature_by(first))
    dated = read.signature_by(second)
    checkpoint = _parse(read.text, int.from_bytes(dated[:_TIME], "big"))
    if checkpoint.origin != line.origin:
        raise RefusedError
    verify_mldsa44(line.mldsa44, _tree_head(checkpoint), dated[_TIME:], b"")
    return checkpoint


def _parse(text: str, seconds: int) -> Checkpoint:
    """Three lines and no extension: the ML-DSA signature would not cover more."""
    try:
        origin, size, encoded, end = text.split("\n")
    except ValueError as error:
        raise RefusedError from error
    root = b64decode(encoded)
    if end or not _is_number(size) or int(size) >= _MOST or len(root) != _HASH:
        raise RefusedError
    return Checkpoint(origin, int(size), root, seconds)


def _is_number(text: str) -> bool:
    """Decimal digits without a leading zero."""
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0") and len(text) < 20


def _tree_head(checkpoint: Checkpoint) -> bytes:
    """What the ML-DSA key signs; the cosigner's name is the origin (tlog-cosignature.md)."""
    origin = checkpoint.origin.encode()
    name = len(origin).to_bytes(1, "big") + origin
    start, end = (0).to_bytes(8, "big"), checkpoint.size.to_bytes(8, "big")
    return _SUBTREE + name + checkpoint.seconds.to_bytes(_TIME, "big") + name + start + end + checkpoint.root


def _note_keys(line: LogLine) -> tuple[NoteKey, NoteKey]:
    return NoteKey(line.origin, ED25519, line.ed25519), NoteKey(line.origin, MLDSA44_TREE, line.mldsa44)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below a size of at least two."""
    return 1 << ((size - 1).bit_length() - 1)


def _subroot(leaves: Sequence[bytes], low: int, high: int) -> bytes:
    if high - low <= 1:
        return leaves[low] if high > low else EMPTY_ROOT
    middle = low + _split(high - low)
    return _node(_subroot(leaves, low, middle), _subroot(leaves, middle, high))


def _subproof(leaves: Sequence[bytes], old: int, low: int, high: int, *, known: bool) -> list[bytes]:
    """RFC 6962 section 2.1.2; `known` says that the verifier has this subtree's root already."""
    if old == high - low:
        return [] if known else [_subroot(leaves, low, high)]
    size = _split(high - low)
    middle = low + size
    if old <= size:
        return [*_subproof(leaves, old, low, middle, known=known), _subroot(leaves, middle, high)]
    return [*_subproof(leaves, old - size, middle, high, known=False), _subroot(leaves, low, middle)]


def _grown(nodes: Sequence[bytes], old_size: int, size: int) -> tuple[bytes, bytes]:
    """The older and the newer root that a consistency path leads to."""
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise RefusedError
        if place & 1 or place == last:
            older, newer = _node(node, older), _node(node, newer)
            place, last = _up_to_odd(place, last)
        else:
            newer = _node(newer, node)
        place, last = place >> 1, last >> 1
    if last:
        raise RefusedError
    return older, newer


def _up_to_odd(place: int, last: int) -> tuple[int, int]:
    """Climb while the place is even and not the first: those floors hold no sibling."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last
