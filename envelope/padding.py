# SPDX-License-Identifier: Apache-2.0
"""Size classes: how long something is says what it is, so records come in a few lengths only.

A frame is coding u8 (0 raw, 1 zlib), length u32, the data, zeros up to the bucket. Attachments are too long for
buckets and grow to the next Padmé length instead.
"""

import zlib
from collections.abc import Sequence
from struct import Struct

from envelope.errors import RefusedError, TooLargeError

KIB = 1024
BODY_BUCKETS = (2 * KIB, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB, 128 * KIB)
SUMMARY_BUCKETS = (1 * KIB,)
NOTE_BUCKETS = (1 * KIB, 2 * KIB, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB)
MAIL_BUCKETS = (1 * KIB, 2 * KIB, 4 * KIB, 8 * KIB, 16 * KIB)
DRAFT_BUCKETS = (4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB, 128 * KIB)
OUTGOING_BUCKETS = (1 * KIB, 2 * KIB, *DRAFT_BUCKETS)
CONTACT_BUCKETS = (256, 1 * KIB)
DETAIL_BUCKETS = (256, 1 * KIB, 4 * KIB, 16 * KIB)
DEAD_LETTER_BUCKETS = OUTGOING_BUCKETS

_HEAD = Struct(">BI")  # coding, length
FRAME_HEAD = _HEAD.size
_RAW, _ZLIB = 0, 1
LONGEST = 1024 * KIB  # what a reader inflates at most: a bomb stops here


def _raw(data: bytes) -> bytes:
    return _HEAD.pack(_RAW, len(data)) + data


def _deflated(data: bytes) -> bytes:
    # A window no larger than the data: setting up 32 KiB for one report takes as long as deflating it.
    deflate = zlib.compressobj(wbits=min(max(len(data).bit_length(), 9), 15))
    packed = deflate.compress(data) + deflate.flush()
    return _HEAD.pack(_ZLIB, len(packed)) + packed


def _bucket(size: int, buckets: Sequence[int]) -> int | None:
    return next((bucket for bucket in buckets if size <= bucket), None)


def frame(data: bytes, buckets: Sequence[int], compress: bool | None = None) -> bytes:
    """Put data into the smallest bucket that holds it.

    compress: True deflates, False does not, None does so only where that gives a smaller bucket. Never deflate
    texts of two people together: the length would tell how alike they are. TooLargeError: it fits no bucket.
    """
    packed = _deflated(data) if compress else _raw(data)
    bucket = _bucket(len(packed), buckets)
    if compress is None and bucket != buckets[0]:
        deflated = _deflated(data)
        smaller = _bucket(len(deflated), buckets)
        if smaller is not None and (bucket is None or smaller < bucket):
            packed, bucket = deflated, smaller
    if bucket is None or len(data) > LONGEST:
        raise TooLargeError("This text is too long to be sealed; shorten it or send it as a file.")
    return packed.ljust(bucket, b"\x00")


def unframe(framed: bytes) -> bytes:
    """Give the data of a frame of either coding. RefusedError: anything that a writer does not write."""
    if len(framed) < FRAME_HEAD:
        raise RefusedError
    coding, length = _HEAD.unpack_from(framed)
    end = FRAME_HEAD + length
    if end > len(framed) or framed[end:] != bytes(len(framed) - end):
        raise RefusedError
    if coding == _RAW:
        return framed[FRAME_HEAD:end]
    if coding == _ZLIB:
        return _inflated(framed[FRAME_HEAD:end])
    raise RefusedError


def _inflated(packed: bytes) -> bytes:
    inflate = zlib.decompressobj()
    try:
        data = inflate.decompress(packed, LONGEST + 1)
    except zlib.error:
        raise RefusedError from None
    if len(data) > LONGEST or not inflate.eof or inflate.unused_data:
        raise RefusedError
    return data


def padme(length: int) -> int:
    """Give the padded length of a file: at most 12 % more, about 3 % from 100 KB on.

    Padmé, from "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs" (PETS 2019),
    algorithm 1, in integers: only as many leading bits as the exponent has digits may be set.
    """
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    free = exponent - exponent.bit_length()
    step = 1 << free
    return -(-length // step) * step
