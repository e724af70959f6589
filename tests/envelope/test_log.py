# SPDX-License-Identifier: Apache-2.0
"""The audit log: what was written stays written, and anybody with a checkpoint can tell."""

import base64
import hashlib
import json
import secrets
from pathlib import Path

import pytest

from envelope import log
from envelope.errors import RefusedError
from envelope.log import Frontier, LogKey, LogLine
from envelope.notes import ED25519, NoteKey, b64encode

LOG = json.loads((Path(__file__).parent / "vectors" / "log.json").read_text())
FORMAT = json.loads((Path(__file__).parent / "vectors" / "format.json").read_text())
ENTRIES = [bytes.fromhex(entry["bytes"]) for entry in LOG["entries"]]
LEAVES = [bytes.fromhex(entry["leaf"]) for entry in LOG["entries"]]
ROOTS = [bytes.fromhex(root) for root in LOG["roots"]]
KEYS = LOG["log_keys"]
KEY = LogKey(KEYS["origin"], bytes.fromhex(KEYS["ed25519_seed"]), bytes.fromhex(KEYS["mldsa44_seed"]))
MANY = [hashlib.sha256(bytes([i])).digest() for i in range(40)]


# --- entries and the tree


def test_the_entry_of_the_vector():
    case = next(case for case in FORMAT["bindings"] if case["label"] == "log.entry")
    index, hour, action, actor, object_id, commitment = (field["value"] for field in case["fields"])
    entry = log.entry_bytes(
        int(index), int(hour), action, *(bytes.fromhex(value) for value in (actor, object_id, commitment))
    )
    assert entry.hex() == case["bytes"]


def test_the_entries_of_the_log_are_ours():
    """Take each of the seven entries apart and build it again."""
    for index, entry in enumerate(ENTRIES):
        commitment = entry[-32:]
        object_id, actor = entry[-32 - 5 - 16 : -32 - 5], entry[-32 - 5 - 16 - 5 - 16 : -32 - 5 - 16 - 5]
        action = entry[entry.index(b"log.entry") + 9 + 2 * 13 + 5 : -32 - 5 - 2 * (16 + 5)].decode()
        hour = int.from_bytes(entry[entry.index(b"log.entry") + 9 + 13 + 5 :][:8], "big")
        assert log.entry_bytes(index, hour, action, actor, object_id, commitment) == entry


def test_a_commitment_is_a_hash():
    with pytest.raises(ValueError):
        log.entry_bytes(0, 0, "case:open", bytes(16), bytes(16), b"words")


def test_the_leaves_and_roots_of_the_vector():
    assert [log.leaf(entry) for entry in ENTRIES] == LEAVES
    assert [log.root(LEAVES[:size]) for size in range(8)] == ROOTS


def test_the_frontier_grows_to_the_same_roots():
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES):
        assert (frontier.size, frontier.root()) == (size, ROOTS[size])
        frontier = frontier.append(leaf)
    assert (frontier.size, frontier.root()) == (7, ROOTS[7])


def test_a_frontier_comes_back_from_bytes_at_every_size():
    frontier = Frontier()
    for size, leaf in enumerate(MANY):
        frontier = Frontier.from_bytes(frontier.to_bytes())
        assert frontier.root() == log.root(MANY[:size])
        frontier = frontier.append(leaf)


def test_appending_leaves_the_old_frontier_alone():
    old = Frontier().append(LEAVES[0])
    old.append(LEAVES[1])
    assert (old.size, old.root()) == (1, ROOTS[1])


@pytest.mark.parametrize(
    "data", [b"", bytes(7), bytes(8) + bytes(32), b"\0" * 7 + b"\1", b"\0" * 7 + b"\1" + bytes(31)]
)
def test_what_is_no_frontier_is_refused(data):
    with pytest.raises(ValueError):
        Frontier.from_bytes(data)


# --- proofs


@pytest.mark.parametrize("case", LOG["inclusion"], ids=lambda case: f"{case['index']} of {case['size']}")
def test_the_inclusion_paths_of_the_vector(case):
    path = tuple(bytes.fromhex(node) for node in case["path"])
    assert log.inclusion_path(LEAVES[: case["size"]], case["index"]) == path
    log.verify_inclusion(LEAVES[case["index"]], case["index"], case["size"], path, ROOTS[case["size"]])


def test_every_leaf_is_proved_in_every_tree():
    for size in range(1, 20):
        root = log.root(MANY[:size])
        for index in range(size):
            log.verify_inclusion(MANY[index], index, size, log.inclusion_path(MANY[:size], index), root)


def refused(check, *args):
    with pytest.raises(RefusedError):
        check(*args)


def test_a_false_inclusion_is_refused():
    for size in range(1, 14):
        root = log.root(MANY[:size])
        for index in range(size):
            path = log.inclusion_path(MANY[:size], index)
            refused(log.verify_inclusion, MANY[size], index, size, path, root)
            refused(log.verify_inclusion, MANY[index], index, size, path, MANY[38])
            refused(log.verify_inclusion, MANY[index], index, size, (*path, MANY[0]), root)
            refused(log.verify_inclusion, MANY[index], size, size, path, root)
            refused(log.verify_inclusion, MANY[index], -1, size, path, root)
            for i in range(len(path)):
                refused(log.verify_inclusion, MANY[index], index, size, (*path[:i], *path[i + 1 :]), root)
                refused(log.verify_inclusion, MANY[index], index, size, (*path[:i], MANY[39], *path[i + 1 :]), root)
            for other in set(range(size)) - {index}:
                refused(log.verify_inclusion, MANY[index], other, size, path, root)


def test_every_older_tree_is_part_of_every_newer():
    for size in range(20):
        for old in range(size + 1):
            path = log.consistency_path(MANY[:size], old)
            log.verify_consistency(old, log.root(MANY[:old]), size, log.root(MANY[:size]), path)


def test_the_frontier_and_the_consistency_path_agree_on_the_vector():
    for old in range(8):
        log.verify_consistency(old, ROOTS[old], 7, ROOTS[7], log.consistency_path(LEAVES, old))


def test_a_rewritten_past_is_refused():
    forked = [MANY[39], *MANY[1:]]
    for size in range(1, 14):
        root = log.root(MANY[:size])
        for old in range(size + 1):
            path, old_root = log.consistency_path(MANY[:size], old), log.root(MANY[:old])
            if old:
                refused(log.verify_consistency, old, log.root(forked[:old]), size, root, path)
                fork_path = log.consistency_path(forked[:size], old)
                refused(log.verify_consistency, old, old_root, size, log.root(forked[:size]), fork_path)
                refused(log.verify_consistency, old, old_root, size, MANY[20], path)
            else:
                refused(log.verify_consistency, old, root, size, root, path)
            refused(log.verify_consistency, old, old_root, size, root, (*path, MANY[0]))
            refused(log.verify_consistency, size + 1, old_root, size, root, path)
            refused(log.verify_consistency, -1, old_root, size, root, path)
            for i in range(len(path)):
                refused(log.verify_consistency, old, old_root, size, root, path[:i] + path[i + 1 :])
                refused(log.verify_consistency, old, old_root, size, root, (*path[:i], MANY[30], *path[i + 1 :]))


def test_paths_are_asked_for_inside_the_tree():
    for index in (-1, 7):
        with pytest.raises(IndexError):
            log.inclusion_path(LEAVES, index)
    for old in (-1, 8):
        with pytest.raises(IndexError):
            log.consistency_path(LEAVES, old)


# --- checkpoints


def test_the_keys_of_the_vector():
    assert KEY.line.ed25519.hex() == KEYS["ed25519_public"]
    assert hashlib.sha256(KEY.line.mldsa44).hexdigest() == KEYS["mldsa44_public_sha256"]
    origin, key_id, encoded = KEYS["ed25519_vkey"].split("+", 2)
    assert NoteKey(origin, ED25519, KEY.line.ed25519).id.hex() == key_id
    assert base64.b64decode(encoded) == ED25519 + KEY.line.ed25519


@pytest.mark.parametrize(("note", "size"), list(zip(LOG["checkpoints"], (5, 7), strict=True)))
def test_the_checkpoints_of_the_vector_open(note, size):
    assert log.open_checkpoint(note, KEY.line)[:3] == (KEYS["origin"], size, ROOTS[size])


@pytest.mark.parametrize(("note", "size"), list(zip(LOG["checkpoints"], (5, 7), strict=True)))
def test_our_checkpoint_says_the_same(note, size):
    seconds = log.open_checkpoint(note, KEY.line).seconds
    ours = log.sign_checkpoint(KEY, size=size, root=ROOTS[size], seconds=seconds)
    assert log.open_checkpoint(ours, KEY.line) == log.open_checkpoint(note, KEY.line)
    *head, mldsa44, _ = ours.split("\n")
    assert head == note.split("\n")[:-2]  # the text and the Ed25519 signature, byte for byte
    assert mldsa44.split(" ")[:2] == note.split("\n")[-2].split(" ")[:2]


NOTE = LOG["checkpoints"][1]
*HEAD, FIRST, SECOND, _ = NOTE.split("\n")


def note_of(*signatures, head=HEAD):
    return "\n".join([*head, *signatures, ""])


@pytest.mark.parametrize(
    "note",
    [
        note_of(FIRST),
        note_of(SECOND),
        note_of(),
        note_of(FIRST, FIRST),
        note_of(FIRST, SECOND, SECOND),
        note_of(FIRST, SECOND, head=[HEAD[0], "5", *HEAD[2:]]),
        note_of(FIRST, SECOND, head=["other.example/log", *HEAD[1:]]),
        note_of(FIRST, SECOND, head=[*HEAD[:2], b64encode(ROOTS[5]), ""]),
        note_of(FIRST, SECOND, head=[*HEAD[:3], "extension", ""]),
        LOG["checkpoints"][0].replace("\n5\n", "\n7\n"),
        "",
        NOTE + NOTE,
        NOTE[:-1],
    ],
    ids=range(13),
)
def test_a_checkpoint_without_both_signatures_or_with_other_words_is_refused(note):
    refused(log.open_checkpoint, note, KEY.line)


def test_a_changed_byte_in_a_signature_is_refused():
    for which, places in ((FIRST, (0, 4, 67)), (SECOND, (0, 4, 11, 12, 1000, 2431))):
        prefix, _, encoded = which.rpartition(" ")
        for place in places:
            raw = bytearray(base64.b64decode(encoded))
            raw[place] ^= 1
            changed = f"{prefix} {b64encode(bytes(raw))}"
            refused(log.open_checkpoint, note_of(*(changed if s == which else s for s in (FIRST, SECOND))), KEY.line)


def test_a_checkpoint_by_another_log_is_refused():
    stranger = LogKey(KEYS["origin"], secrets.token_bytes(32), secrets.token_bytes(32))
    note = log.sign_checkpoint(stranger, size=7, root=ROOTS[7], seconds=1)
    assert log.open_checkpoint(note, stranger.line).size == 7
    refused(log.open_checkpoint, note, KEY.line)
    renamed = LogLine("renamed.example/log", KEY.line.ed25519, KEY.line.mldsa44)
    refused(log.open_checkpoint, NOTE, renamed)


def test_the_time_is_signed():
    one = log.sign_checkpoint(KEY, size=7, root=ROOTS[7], seconds=1795521600)
    assert log.open_checkpoint(one, KEY.line).seconds == 1795521600


def test_an_empty_log_has_a_checkpoint():
    note = log.sign_checkpoint(KEY, size=0, root=log.EMPTY_ROOT, seconds=0)
    assert log.open_checkpoint(note, KEY.line).size == 0


def signed(text):
    """The Ed25519 half over any text, with the ML-DSA half of the true checkpoint beside it."""
    signature = KEY.sign_ed25519(text.encode())
    raw = NoteKey(KEYS["origin"], ED25519, KEY.line.ed25519).id + signature
    return f"{text}\n— {KEYS['origin']} {b64encode(raw)}\n{SECOND}\n"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([HEAD[0], "07", HEAD[2], ""]),
        "\n".join([HEAD[0], "+7", HEAD[2], ""]),
        "\n".join([HEAD[0], " 7", HEAD[2], ""]),
        "\n".join([HEAD[0], "\uff17", HEAD[2], ""]),
        "\n".join([HEAD[0], "", HEAD[2], ""]),
        "\n".join([HEAD[0], "9" * 30, HEAD[2], ""]),
        "\n".join([HEAD[0], "7", HEAD[2][:-4], ""]),
        "\n".join([HEAD[0], "7", ""]),
        "\n".join([*HEAD[:3], "an extension line", ""]),
    ],
    ids=range(9),
)
def test_only_the_one_right_spelling_of_a_checkpoint_is_read(text):
    refused(log.open_checkpoint, signed(text), KEY.line)


def test_the_helper_above_signs_rightly():
    assert log.open_checkpoint(signed("\n".join([*HEAD[:3], ""])), KEY.line).size == 7
