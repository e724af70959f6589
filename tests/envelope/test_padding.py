# SPDX-License-Identifier: Apache-2.0
"""Frames and Padmé sizes: equal to the vectors, and a reader takes only what a writer writes."""

import base64
import hashlib
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envelope.errors import RefusedError, TooLargeError
from envelope.padding import BODY_BUCKETS, LONGEST, MAIL_BUCKETS, SUMMARY_BUCKETS, frame, padme, unframe


def framed(coding, data, *, length=None, size=2048):
    declared = len(data) if length is None else length
    return (bytes((coding,)) + declared.to_bytes(4, "big") + data).ljust(size, b"\0")


def test_vectors(frame_case):
    text = frame_case["text"].encode()
    given_frame = base64.b64decode(frame_case["framed"])
    assert unframe(given_frame) == text
    ours = frame(text, frame_case["buckets"], compress=frame_case["coding"] == 1)
    assert len(ours) == frame_case["length"]
    assert ours[0] == frame_case["coding"]
    if frame_case["coding"] == 0:  # zlib builds differ in their output
        assert ours == given_frame
        assert hashlib.sha256(ours).hexdigest() == frame_case["sha256"]
    assert unframe(ours) == text


@given(st.binary(max_size=4000), st.sampled_from([True, False, None]))
def test_what_is_framed_comes_back(data, compress):
    packed = frame(data, BODY_BUCKETS, compress)
    assert len(packed) in BODY_BUCKETS
    assert unframe(packed) == data


def test_the_smaller_bucket_decides_where_the_writer_may_choose():
    alike, mixed = b"a" * 5000, bytes(range(256)) * 4
    assert len(frame(alike, MAIL_BUCKETS)) == 1024
    assert frame(b"short", MAIL_BUCKETS)[0] == 0
    assert frame(mixed[:1019], MAIL_BUCKETS)[0] == 0
    # Nothing gained by deflating: stays raw.
    noise = b"".join(hashlib.sha256(bytes((i,))).digest() for i in range(50))
    assert frame(noise, MAIL_BUCKETS)[0] == 0
    assert len(frame(b"b" * 20_000, MAIL_BUCKETS)) == 1024


def test_a_summary_holds_1019_bytes():
    assert len(frame(b"x" * 1019, SUMMARY_BUCKETS, compress=False)) == 1024
    with pytest.raises(TooLargeError):
        frame(b"x" * 1020, SUMMARY_BUCKETS, compress=False)


@pytest.mark.parametrize("compress", [True, None])
def test_a_writer_does_not_write_what_no_reader_takes(compress):
    assert unframe(frame(b"a" * LONGEST, MAIL_BUCKETS, compress)) == b"a" * LONGEST
    with pytest.raises(TooLargeError):
        frame(b"a" * (LONGEST + 1), MAIL_BUCKETS, compress)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        bytes(4),
        framed(0, b"text", length=2044),
        framed(0, b"text", length=2**32 - 1),
        framed(0, b"text") + b"\1",
        framed(0, b"text", length=3),
        framed(2, b"text"),
        framed(255, b"text"),
        framed(1, b""),
        framed(1, b"not deflated"),
        framed(1, zlib.compress(b"text")[:-1]),
        framed(1, zlib.compress(b"text") + b"\0"),
        framed(1, zlib.compress(b"text") * 2),
        framed(1, zlib.compress(b"a" * (LONGEST + 1)), size=8192),
        framed(1, zlib.compress(b"text", wbits=-15)),
        framed(1, zlib.compress(b"text", wbits=31)),
    ],
)
def test_anything_else_is_refused(bad):
    with pytest.raises(RefusedError):
        unframe(bad)


def test_a_bomb_stops_at_the_limit():
    bomb = framed(1, zlib.compress(bytes(100 * 1024 * 1024)), size=128 * 1024)
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError):
            unframe(bomb)
        assert tracemalloc.get_traced_memory()[1] < 8 * LONGEST
    finally:
        tracemalloc.stop()


def test_padme_vectors(vectors):
    for length, padded in vectors("format")["padme"]:
        assert padme(length) == padded


@given(st.integers(0, 2**40))
def test_padme_adds_little_and_leaves_few_lengths(length):
    padded = padme(length)
    assert length <= padded <= length * 1.12 + 1
    assert padme(padded) == padded
    if length >= 2:
        exponent = padded.bit_length() - 1
        assert padded % (1 << (exponent - exponent.bit_length())) == 0
