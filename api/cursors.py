# SPDX-License-Identifier: Apache-2.0
"""Opaque keyset cursors: where a page ended, signed, and good only for the session and the filter that made it."""

import base64
import binascii
import hashlib
import hmac
import struct

from api.errors import InvalidError
from storage.desk.cases import Filter, Position

_LAYOUT = struct.Struct(">BQ16s")  # priority, due hour, id
_TAG = 16
_REFUSAL = "This cursor does not belong to this list. Start again without a cursor."


def write_cursor(key: bytes, wanted: Filter, position: Position) -> str:
    """The cursor that continues after this position; `key` is the session's own."""
    place = _LAYOUT.pack(*position)
    return base64.urlsafe_b64encode(place + _tag(key, wanted, place)).rstrip(b"=").decode()


def read_cursor(key: bytes, wanted: Filter, cursor: str) -> Position:
    """The position in a cursor of ours; InvalidError for any other text."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise InvalidError(_REFUSAL) from error
    place, tag = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
    if len(place) != _LAYOUT.size or not hmac.compare_digest(tag, _tag(key, wanted, place)):
        raise InvalidError(_REFUSAL)
    return Position(*_LAYOUT.unpack(place))


def _tag(key: bytes, wanted: Filter, place: bytes) -> bytes:
    # repr() of a tuple of bytes, text, integers and None is injective: each value keeps its quotes or its type.
    return hmac.digest(key, repr(tuple(wanted)).encode() + b"\0" + place, hashlib.sha256)[:_TAG]
