# SPDX-License-Identifier: Apache-2.0
"""A proof of inclusion: what was written is read, and not one changed character passes."""

import pytest

from envelope import log
from envelope.binding import bind, unbind
from envelope.errors import RefusedError
from envelope.proof import open_proof, write_proof

KEY = log.LogKey("casa/log", b"e" * 32, b"m" * 32)
ENTRIES = [log.entry_bytes(n, 480_000, "report:received", b"a" * 16, bytes([n]) * 16, b"c" * 32) for n in range(11)]
LEAVES = [log.leaf(entry) for entry in ENTRIES]
SIGNED = log.sign_checkpoint(KEY, size=len(LEAVES), root=log.root(LEAVES), seconds=1_728_000_000)


def proof(number):
    return write_proof(ENTRIES[number], number, log.inclusion_path(LEAVES, number), SIGNED)


@pytest.mark.parametrize("number", range(len(ENTRIES)))
def test_each_entry_is_proven(number):
    found = open_proof(proof(number), KEY.line)
    assert found[:6] == (number, 480_000, "report:received", b"a" * 16, bytes([number]) * 16, b"c" * 32)
    assert found.checkpoint.size == len(ENTRIES)


def test_the_first_entry_of_a_log_of_one_needs_no_path():
    signed = log.sign_checkpoint(KEY, size=1, root=LEAVES[0], seconds=1)
    assert open_proof(write_proof(ENTRIES[0], 0, (), signed), KEY.line).number == 0


def test_no_changed_character_passes():
    text = proof(6)
    head = text.index("\n\n") + len("\n\n") + 60  # beyond it the signatures are: test_log.py changes those
    passed = []
    for at in range(head):
        other = "1" if text[at] != "1" else "2"
        try:
            open_proof(text[:at] + other + text[at + 1 :], KEY.line)
        except RefusedError:
            continue
        passed.append(at)
    assert passed == []


def test_it_is_a_proof_as_others_write_them():
    first, extra, index, *hashes = proof(6).split("\n\n")[0].split("\n")
    assert (first, index) == ("c2sp.org/tlog-proof@v1", "index 6")
    assert extra.startswith("extra ")
    assert len(hashes) == 4


@pytest.mark.parametrize("raw", [b"", b"amparo", bind("kid.pub", b"x"), ENTRIES[0] + b"\0", ENTRIES[0][:-1]])
def test_what_is_no_binding_of_the_label_is_refused(raw):
    with pytest.raises(ValueError, match=r"binding|decode|field"):
        unbind("log.entry", raw)


def test_a_binding_is_taken_apart():
    assert unbind("log.entry", ENTRIES[3])[2] == "report:received"
