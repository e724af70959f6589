# SPDX-License-Identifier: Apache-2.0
"""One encoder for every info, context, associated datum, derivation, tag, hash and signed text.

A binding names what the bytes beside it are and where they belong. Every part carries a type and a length, so
two different lists of fields never give the same bytes. What a label takes stands in one table, LABELS.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FieldType = Literal["text", "bytes", "uint", "id"]
Field = bytes | int | str
Fields = tuple[tuple[str, FieldType], ...]

VERSION = "amparo-envelope/v1"
VERSION_LINE = VERSION.encode() + b"\n"
SUITE = 0x01
ID_BYTES = 16

_ORG: tuple[str, FieldType] = ("org", "id")
_TEAM: tuple[str, FieldType] = ("team", "id")
_REPORT: tuple[str, FieldType] = ("report", "id")
_USER: tuple[str, FieldType] = ("user", "id")
_GENERATION: tuple[str, FieldType] = ("generation", "uint")
_SCHEMA: tuple[str, FieldType] = ("schema", "uint")
_DAY: tuple[str, FieldType] = ("day", "uint")
_MESSAGE: tuple[str, FieldType] = ("message", "id")
_INTAKE_KID: tuple[str, FieldType] = ("intake kid", "id")
_TEAM_KID: tuple[str, FieldType] = ("team kid", "id")
_USER_KID: tuple[str, FieldType] = ("user kid", "id")
_MAILBOX_KID: tuple[str, FieldType] = ("mailbox kid", "id")

LABELS: Mapping[str, Fields] = {
    # Records. The first field is the key id in the record's header.
    "reportkey.sealed": (_INTAKE_KID, _ORG, _TEAM, _REPORT),
    "reportkey.wrapped": (_TEAM_KID, _ORG, _TEAM, _GENERATION, _REPORT),
    "report.body": (_REPORT, _ORG, _SCHEMA),
    "report.summary": (_REPORT, _ORG, _SCHEMA),
    "report.note": (_REPORT, _ORG, ("note", "id"), ("author", "id")),
    "attachment": (("attachment", "id"), _ORG, _REPORT),
    "attkey.wrapped": (_REPORT, _ORG, ("attachment", "id")),
    "teamkey.sealed": (_USER_KID, _ORG, _TEAM, _GENERATION, _USER),
    "intakekey.wrapped": (_TEAM_KID, _ORG, _TEAM, _GENERATION, _INTAKE_KID),
    "sidekey.wrapped": (_TEAM_KID, _ORG, _TEAM, _GENERATION),
    "userkey.wrapped": (_USER_KID, _ORG, _USER, ("method", "uint")),
    "session": (("session", "id"), _ORG, _USER, _DAY, ("expires", "uint")),
    "mail.out": (_MAILBOX_KID, _ORG, _MESSAGE, _DAY),
    "mail.in": (_INTAKE_KID, _ORG, _TEAM, _MAILBOX_KID, _MESSAGE, _DAY),
    "locker": (("locker kid", "id"), _ORG, ("purpose", "text"), ("row", "id"), ("version", "uint")),
    "audit.detail": (("side kid", "id"), _ORG, ("index", "uint")),
    "reportkey.named": (_USER_KID, _ORG, _USER, _REPORT),
    "deadletter": (_INTAKE_KID, _ORG, ("letter", "id"), _DAY),
    # Derivations.
    "login.auth": (_USER,),
    "login.kek": (_USER,),
    "prf.kek": (_USER,),
    "user.sign": (_USER,),
    "session.kek": (_ORG, ("session", "id")),
    "attkey.kek": (_REPORT,),
    "receipt.lookup": (_ORG,),
    "receipt.mailbox": (_ORG, ("salt", "id")),
    "side.index": (("field", "text"),),
    "side.audit": (),
    # Tags and hashes.
    "kid.pub": (("public", "bytes"),),
    "kid.sym": (("key", "bytes"),),
    "session.id": (("token", "bytes"),),
    "receipt.check": (("secret", "bytes"),),
    "mailbox.tag": (("lookup", "bytes"),),
    "chat.tag": (("bot", "uint"), ("chat", "uint")),
    "index.tag": (("field", "text"), ("value", "text")),
    "org.fingerprint": (("ed25519", "bytes"), ("mldsa44", "bytes")),
    "submission.attachments": (("attachment", "id"), ("size", "uint"), ("stream", "bytes"), ("key record", "bytes")),
    # Signed texts and log entries.
    "submission": (
        _REPORT,
        _ORG,
        _TEAM,
        _DAY,
        ("priority", "uint"),
        ("key", "bytes"),
        ("body", "bytes"),
        ("summary", "bytes"),
        ("mailbox public", "bytes"),
        ("attachments", "bytes"),
    ),
    "member": (_ORG, _TEAM, _GENERATION, _USER, _USER_KID, _TEAM_KID),
    "log.entry": (
        ("index", "uint"),
        ("hour", "uint"),
        ("action", "text"),
        ("actor", "id"),
        ("object", "id"),
        ("commitment", "bytes"),
    ),
}

# Labels whose fields are a group that comes 0 to so many times.
REPEATED: Mapping[str, int] = {"submission.attachments": 60}

_ID_HEAD = b"\x04" + ID_BYTES.to_bytes(4, "big")
_UINT_HEAD = b"\x03" + (8).to_bytes(4, "big")


def _text(value: Field) -> bytes:
    if not isinstance(value, str):
        raise TypeError("a text field takes str")
    raw = unicodedata.normalize("NFC", value).encode()
    return b"\x01" + len(raw).to_bytes(4, "big") + raw


def _bytes(value: Field) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("a bytes field takes bytes")
    return b"\x02" + len(value).to_bytes(4, "big") + value


def _uint(value: Field) -> bytes:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a uint field takes int")
    if not 0 <= value < 1 << 64:
        raise ValueError("a uint field takes 0 to 2^64 - 1")
    return _UINT_HEAD + value.to_bytes(8, "big")


def _id(value: Field) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("an id field takes bytes")
    if len(value) != ID_BYTES:
        raise ValueError("an id field takes 16 bytes")
    return _ID_HEAD + value


_TEXT, _BYTES, _UINT, _ID = b"\x01", b"\x02", b"\x03", b"\x04"
_CODES: Mapping[FieldType, bytes] = {"text": _TEXT, "bytes": _BYTES, "uint": _UINT, "id": _ID}
_ENCODERS: Mapping[FieldType, Callable[[Field], bytes]] = {"text": _text, "bytes": _bytes, "uint": _uint, "id": _id}


class Layout:
    """The bytes of one label with its fields left open. Made once; filling it in is one join."""

    __slots__ = ("_encoders", "_head", "_label")

    def __init__(self, label: str, types: Sequence[FieldType]) -> None:
        self._label = label
        self._encoders = tuple(_ENCODERS[name] for name in types)
        # bytes() refuses more than 255 fields: the count is one byte.
        self._head = VERSION_LINE + bytes((SUITE, len(types))) + _text(label)

    @property
    def head(self) -> bytes:
        """What stands before the first field."""
        return self._head

    def fill(self, fields: Sequence[Field]) -> bytes:
        """Give the binding. TypeError: other number or type of fields; ValueError: a value out of its range."""
        if len(fields) != len(self._encoders):
            raise TypeError(f"{self._label} takes {len(self._encoders)} fields")
        return self._head + b"".join([encode(value) for encode, value in zip(self._encoders, fields, strict=True)])

    def around(self, hole: int, others: Sequence[Field]) -> tuple[bytes, bytes]:
        """Give what stands before and after the id at place `hole` when the other fields are known."""
        if len(others) + 1 != len(self._encoders) or self._encoders[hole] is not _id:
            raise TypeError(f"{self._label} has no such hole")
        parts = [encode(v) for encode, v in zip(self._encoders[:hole], others[:hole], strict=True)]
        rest = [encode(v) for encode, v in zip(self._encoders[hole + 1 :], others[hole:], strict=True)]
        return self._head + b"".join(parts) + _ID_HEAD, b"".join(rest)


_LAYOUTS: Mapping[str, Layout] = {
    label: Layout(label, [kind for _, kind in fields]) for label, fields in LABELS.items() if label not in REPEATED
}


@cache  # at most 61: REPEATED bounds it
def _repeated(label: str, times: int) -> Layout:
    return Layout(label, [kind for _, kind in LABELS[label]] * times)


def bind(label: str, *fields: Field) -> bytes:
    """Give the binding of a registered label.

    TypeError: unknown label, other number or type of fields than LABELS says; ValueError: a value out of range.
    """
    layout = _LAYOUTS.get(label)
    if layout is None:
        if label not in REPEATED:
            raise TypeError("this label is not registered in envelope.binding.LABELS")
        layout = _repeated(label, min(len(fields) // len(LABELS[label]), REPEATED[label]))
    return layout.fill(fields)


def unbind(label: str, raw: bytes) -> tuple[Any, ...]:
    """The fields of a binding, for text that was signed and is shown to others. ValueError: it is not of this label."""
    kinds, at = [_CODES[kind] for _, kind in LABELS[label]], len(_LAYOUTS[label].head)
    fields: list[Field] = []
    for code in kinds:
        size = int.from_bytes(raw[at + 1 : at + 5], "big")
        value = raw[at + 5 : at + 5 + size]
        fields.append(value.decode() if code == _TEXT else int.from_bytes(value, "big") if code == _UINT else value)
        at += 5 + size
    try:
        if bind(label, *fields) != raw:  # only the one right spelling passes
            raise ValueError("not a binding of this label")
    except TypeError as error:
        raise ValueError("not a binding of this label") from error
    return tuple(fields)


@lru_cache(maxsize=1024, typed=True)
def around(label: str, hole: int, *others: Field) -> tuple[bytes, bytes]:
    """Give a binding as a constant with one hole, for loops over rows that differ in one id.

    The id at place `hole` is left out; `others` are the remaining fields in order. The caller puts 16 bytes between
    the two parts. Only ids and integers may be cached here, never a secret.
    """
    return _LAYOUTS[label].around(hole, others)


def kdf(key: bytes, label: str, *fields: Field, length: int = 32) -> bytes:
    """HKDF-SHA256 (RFC 5869) with empty salt and the binding as info."""
    return HKDF(SHA256(), length, None, bind(label, *fields)).derive(key)


def mac(key: bytes, label: str, *fields: Field) -> bytes:
    """HMAC-SHA256 of the binding, 32 bytes."""
    return hmac.digest(key, bind(label, *fields), "sha256")


def digest(label: str, *fields: Field) -> bytes:
    """SHA-256 of the binding, 32 bytes."""
    return hashlib.sha256(bind(label, *fields)).digest()


def kid_public(public: bytes) -> bytes:
    """Key id of a public key's raw bytes, 16 bytes."""
    return digest("kid.pub", public)[:ID_BYTES]


def kid_symmetric(key: bytes) -> bytes:
    """Key id of a symmetric key, 16 bytes. It tells nothing about the key."""
    return digest("kid.sym", key)[:ID_BYTES]
