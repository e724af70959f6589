# SPDX-License-Identifier: Apache-2.0
"""The four ways in which a call may carry its parameters: query string, form, multipart form, JSON body."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from simulator.errors import CallError, MismatchError, bad_request

# The published server's limit of a body that is not an upload is its own; a megabyte holds every legal call.
_BODY_LIMIT = 1 << 20
_UPLOAD_LIMIT = 50 * 1000 * 1000  # "50 MB" in the Bot API's page on sending files

_TRUE = frozenset({"true", "True", "1", "yes"})
_FALSE = frozenset({"false", "False", "0", "no"})


class Upload:
    """A file part of a form. `named` turns true when a parameter names it with attach://."""

    __slots__ = ("content", "mime", "name", "named")

    def __init__(self, name: str, mime: str, content: bytes) -> None:
        self.name = name
        self.mime = mime
        self.content = content
        self.named = False

    def described(self) -> dict[str, object]:
        """For the journal: never the bytes."""
        return {"size": len(self.content), "sha256": hashlib.sha256(self.content).hexdigest()}


async def read_call(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """The parameters as they came (text, or JSON values) and the uploads by part name."""
    given: dict[str, Any] = dict(request.query) if request.query_string else {}
    if not request.body_exists:
        return given, {}
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request, given)
    if (request.content_length or 0) > _BODY_LIMIT:
        raise CallError(413, "Request Entity Too Large")
    body = await request.read()
    if kind == "application/json":
        given.update(_json_object(body))
    elif kind == "application/x-www-form-urlencoded":
        given.update(_form(body))
    elif body:
        raise bad_request("unsupported Content-Type: use JSON, a form, or a multipart form")
    return given, {}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise bad_request("can't parse the JSON body") from None
    if not isinstance(parsed, dict):
        raise bad_request("object expected as the JSON body")
    return parsed


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise bad_request("strings must be encoded in UTF-8") from None


async def _multipart(request: web.Request, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Upload]]:
    uploads: dict[str, Upload] = {}
    total = 0
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                raise bad_request("a part of the form has no name")
            content = await _part(part, _UPLOAD_LIMIT + _BODY_LIMIT - total)
            total += len(content)
            if part.filename is None:
                given[part.name] = content.decode()
            else:
                mime = part.headers.get("Content-Type", "application/octet-stream")
                uploads[part.name] = Upload(part.filename, mime, content)
    except ValueError:
        raise bad_request("can't parse the multipart form") from None
    return given, uploads


async def _part(part: BodyPartReader, limit: int) -> bytes:
    pieces, size = [], 0
    while piece := await part.read_chunk(1 << 18):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise CallError(413, "Request Entity Too Large")
    return b"".join(pieces)


def decode(text: str, types: tuple[str, ...]) -> object:
    """Text of a form as a value of one of `types`; MismatchError when it cannot be."""
    if types == ("String",):
        return text
    if "Integer" in types and text.isascii() and text.removeprefix("-").isdecimal():
        return int(text)
    if "String" in types:
        return text
    return _DECODERS.get(types[0], _from_json)(text)


def _from_json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise MismatchError("is not valid JSON") from None


def _integer(_: str) -> object:
    raise MismatchError("must be an Integer")


def _float(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        raise MismatchError("must be a Float") from None


def _boolean(text: str) -> object:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise MismatchError("must be a Boolean")


_DECODERS: Mapping[str, Callable[[str], object]] = {"Integer": _integer, "Float": _float, "Boolean": _boolean}
