# SPDX-License-Identifier: Apache-2.0
"""The encoder: equal to the vectors, injective, and strict about what a label takes."""

import hashlib
import hmac
import pathlib
import random
import re

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from envelope import binding
from envelope.binding import LABELS, REPEATED, Layout, around, bind, digest, kdf, kid_public, kid_symmetric, mac
from envelope.records import RecordType

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "envelope.md"
EXAMPLE = {"text": "draft", "bytes": b"some bytes", "uint": 7, "id": bytes(range(16))}
VALUES = {
    "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    "bytes": st.binary(max_size=40),
    "uint": st.integers(0, 2**64 - 1),
    "id": st.binary(min_size=16, max_size=16),
}
TYPES = ("text", "bytes", "uint", "id")


def example(label):
    return [EXAMPLE[kind] for _, kind in LABELS[label]]


def decoded(encoded):
    """Read an encoding back, the slow way: what can be read back was written injectively."""
    line = b"amparo-envelope/v1\n\x01"
    assert encoded.startswith(line)
    count, at, parts = encoded[len(line)], len(line) + 1, []
    while at < len(encoded):
        kind, length = encoded[at], int.from_bytes(encoded[at + 1 : at + 5], "big")
        value = encoded[at + 5 : at + 5 + length]
        parts.append({1: bytes.decode, 2: bytes, 3: lambda raw: int.from_bytes(raw, "big"), 4: bytes}[kind](value))
        at += 5 + length
    assert at == len(encoded)
    assert len(parts) == count + 1
    return parts


def test_vectors(binding_case, fields_of):
    types = [field["type"] for field in binding_case["fields"]]
    fields = fields_of(binding_case)
    assert Layout(binding_case["label"], types).fill(fields).hex() == binding_case["bytes"]
    if binding_case["label"] in LABELS:
        assert bind(binding_case["label"], *fields).hex() == binding_case["bytes"]


@given(st.data())
def test_an_encoding_can_be_read_back(data):
    kinds = data.draw(st.lists(st.sampled_from(TYPES), max_size=8))
    fields = [data.draw(VALUES[kind]) for kind in kinds]
    normal = [binding.unicodedata.normalize("NFC", field) if isinstance(field, str) else field for field in fields]
    assert decoded(Layout("label", kinds).fill(fields)) == ["label", *normal]


def test_ten_thousand_lists_of_fields_give_ten_thousand_encodings():
    chance = random.Random(20260101)
    draw = {
        "text": lambda: "".join(chance.choices("ab\0é", k=chance.randrange(4))),
        "bytes": lambda: chance.randbytes(chance.randrange(4)),
        "uint": lambda: chance.choice((0, 1, 255, 256, 2**32, 2**64 - 1)),
        "id": lambda: bytes(15) + chance.randbytes(1),
    }
    seen = {}
    for _ in range(10_000):
        label = chance.choice(("a", "b", "ab"))
        kinds = tuple(chance.choices(TYPES, k=chance.randrange(5)))
        fields = tuple(draw[kind]() for kind in kinds)
        asked = (label, kinds, fields)
        assert seen.setdefault(Layout(label, kinds).fill(fields), asked) == asked


def test_texts_are_normalised():
    assert bind("side.index", "ñ") == bind("side.index", "n\u0303")


@pytest.mark.parametrize("label", LABELS)
def test_wrong_number_and_wrong_types_raise(label):
    fields = example(label)
    bind(label, *fields)
    with pytest.raises(TypeError):
        bind(label, *fields, 1)
    if label not in REPEATED and fields:
        with pytest.raises(TypeError):
            bind(label, *fields[:-1])
    for place, (_, kind) in enumerate(LABELS[label]):
        wrong = [3.5, None, bytearray(16), True, *(EXAMPLE[other] for other in TYPES if other != kind)]
        for value in wrong:
            if kind == "bytes" and value == EXAMPLE["id"]:
                continue  # an id is bytes, so a bytes field takes it
            with pytest.raises((TypeError, ValueError)):
                bind(label, *fields[:place], value, *fields[place + 1 :])


@pytest.mark.parametrize("value", [-1, 2**64])
def test_uints_have_64_bits(value):
    with pytest.raises(ValueError, match="uint"):
        bind("session", bytes(16), bytes(16), bytes(16), value, 0)


@pytest.mark.parametrize("value", [b"", bytes(15), bytes(17)])
def test_ids_have_16_bytes(value):
    with pytest.raises(ValueError, match="16"):
        bind("receipt.lookup", value)


def test_an_unknown_label_raises():
    with pytest.raises(TypeError, match="not registered"):
        bind("no.such.label", 1)


def test_more_than_255_fields_raise():
    with pytest.raises(ValueError):
        Layout("many", ["uint"] * 256)


def test_the_repeated_group_comes_up_to_sixty_times():
    group = (bytes(16), 1, b"stream", b"key")
    assert decoded(bind("submission.attachments")) == ["submission.attachments"]
    assert len(decoded(bind("submission.attachments", *group * 60))) == 241
    for wrong in (group * 61, group[:3], (*group, 1)):
        with pytest.raises(TypeError):
            bind("submission.attachments", *wrong)


@pytest.mark.parametrize("label", [label for label in LABELS if label not in REPEATED])
def test_a_binding_with_a_hole_is_the_binding(label):
    fields = [chr(97 + i) if isinstance(f, str) else f for i, f in enumerate(example(label))]
    for place, (_, kind) in enumerate(LABELS[label]):
        others = fields[:place] + fields[place + 1 :]
        if kind == "id":
            before, after = around(label, place, *others)
            assert before + fields[place] + after == bind(label, *fields)
        else:
            with pytest.raises(TypeError):
                around(label, place, *others)


def test_a_hole_wants_the_right_number_of_others():
    with pytest.raises(TypeError):
        around("report.summary", 0, bytes(16))


def test_every_record_type_has_a_label_that_starts_with_its_key_id():
    labels = [record_type.label for record_type in RecordType]
    assert len(set(labels)) == len(labels)
    assert all(LABELS[label][0][1] == "id" for label in labels)
    assert [int(record_type) for record_type in RecordType] == list(range(1, 0x13))


def test_the_page_and_the_code_have_the_same_labels():
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| (0x[0-9A-F]{2}) \| `?([a-z.]+)`? \|", page, re.MULTILINE)
    assert {int(number, 16): label for number, label in rows} == {int(t): t.label for t in RecordType}
    assert [label for label in LABELS if label not in page] == []


def test_derivations(vectors, fields_of):
    derived = vectors("format")["derived"]
    for case in derived["hkdf"]:
        key = bytes.fromhex(case["ikm"])
        assert kdf(key, case["label"], *fields_of(case), length=case["length"]).hex() == case["okm"]
    for case in derived["hmac"]:
        tag = mac(bytes.fromhex(case["key"]), case["label"], *fields_of(case))
        assert tag[: case["truncated_to"]].hex() == case["tag"]
    session = derived["session"]
    assert digest("session.id", bytes.fromhex(session["token"]))[:16].hex() == session["session_id"]
    kid = derived["kid_sym"]
    assert kid_symmetric(bytes.fromhex(kid["key"])).hex() == kid["key_id"]


def test_submission_hash_and_signed_bytes(vectors, fields_of):
    case = vectors("format")["submission"]
    attachments = case["attachments_hash"]
    assert digest(attachments["label"], *fields_of(attachments)).hex() == attachments["sha256"]
    assert bind(case["label"], *fields_of(case)).hex() == case["signed_bytes"]


@given(st.binary(max_size=80), st.binary(min_size=16, max_size=16), st.integers(1, 100))
def test_derivations_are_the_standard_ones(key, org, length):
    info = bind("receipt.lookup", org)
    assert kdf(key, "receipt.lookup", org, length=length) == HKDF(SHA256(), length, b"", info).derive(key)
    assert mac(key, "receipt.lookup", org) == hmac.new(key, info, hashlib.sha256).digest()
    assert digest("receipt.lookup", org) == hashlib.sha256(info).digest()


def test_key_ids_of_the_two_kinds_differ():
    assert kid_public(bytes(32)) != kid_symmetric(bytes(32))
