# SPDX-License-Identifier: Apache-2.0
"""A proof that one entry stands in a log: C2SP tlog-proof.md, with the entry itself as its extra data.

It holds what the entry holds (place in the log, day, two random ids, a hash) and a signed checkpoint, nothing else.
Whoever has the log's line of a manifest checks it without us.
"""

from collections.abc import Sequence
from typing import NamedTuple

from envelope.binding import unbind
from envelope.errors import RefusedError
from envelope.log import Checkpoint, LogLine, entry_bytes, leaf, open_checkpoint, verify_inclusion
from envelope.notes import b64decode, b64encode

_FIRST = "c2sp.org/tlog-proof@v1"
_MOST = 64  # hashes of a path: a size has at most 63 bits


class Proven(NamedTuple):
    """An entry, and the checkpoint of the log that has it. `hour` is a Unix hour."""

    number: int
    hour: int
    action: str
    actor: bytes
    object: bytes
    commitment: bytes
    checkpoint: Checkpoint


def write_proof(entry: bytes, index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """The text of a proof; `entry` as `entry_bytes` gives it, `checkpoint` a signed note."""
    hashes = "".join(f"{b64encode(one)}\n" for one in path)
    return f"{_FIRST}\nextra {b64encode(entry)}\nindex {index}\n{hashes}\n{checkpoint}"


def open_proof(text: str, line: LogLine) -> Proven:
    """What a proof proves; RefusedError unless this log signed a checkpoint that has the entry."""
    head, _, note = text.partition("\n\n")
    try:
        first, extra, place, *hashes = head.split("\n")
        if first != _FIRST or not extra.startswith("extra ") or not place.startswith("index ") or len(hashes) > _MOST:
            raise RefusedError
        entry = b64decode(extra.removeprefix("extra "))
        index, hour, action, actor, object_id, commitment = unbind("log.entry", entry)
    except ValueError as error:
        raise RefusedError from error
    if place != f"index {index}" or entry_bytes(index, hour, action, actor, object_id, commitment) != entry:
        raise RefusedError
    checkpoint = open_checkpoint(note, line)
    path = [b64decode(one) for one in hashes]
    verify_inclusion(leaf(entry), index, checkpoint.size, path, checkpoint.root)
    return Proven(index, hour, action, actor, object_id, commitment, checkpoint)
