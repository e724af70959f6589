# SPDX-License-Identifier: Apache-2.0
"""What a later message of a reporter says, to bytes and back: plain words, or a change that the bot writes for them.

Words are their own UTF-8 bytes. A change is canonical JSON of exactly one form; words that happen to have that form
are wrapped in it, so that nobody's words are ever taken for a change.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

_FORMAT: Final = "mail/1"
_LEVEL: Final = re.compile(r"S[0-4]")
_REF: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Words:
    text: str

    def __repr__(self) -> str:
        return "<Words: not shown>"


@dataclass(frozen=True, slots=True)
class Share:
    """From now on this may be seen by whom the level says (S0 to S4)."""

    level: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Whoever wrote this wants a notice when an answer waits; `ref` (32 hex digits) leads the bot to them."""

    ref: str


@dataclass(frozen=True, slots=True)
class Silence:
    """No more notices."""


Mail = Words | Share | Notify | Silence


def to_bytes(mail: Mail) -> bytes:
    if isinstance(mail, Share):
        return _json(kind="share", level=mail.level)
    if isinstance(mail, Notify):
        return _json(kind="notify", ref=mail.ref)
    if isinstance(mail, Silence):
        return _json(kind="silence")
    raw = mail.text.encode()
    return raw if _change(raw) is None else _json(kind="words", text=mail.text)


def from_bytes(raw: bytes) -> Mail:
    """Whatever is not byte for byte a change is words."""
    found = _change(raw)
    return Words(raw.decode(errors="replace")) if found is None else found


def _json(**fields: str) -> bytes:
    whole = {"amparo": _FORMAT, **fields}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _change(raw: bytes) -> Mail | None:
    if not raw.startswith(b'{"amparo":'):
        return None
    try:
        fields = json.loads(raw)
        if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
            return None
        found = _read(fields)
        return found if found is not None and _json(**_without_format(fields)) == raw else None
    except (ValueError, RecursionError):
        return None


def _without_format(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name != "amparo"}


def _read(fields: dict[str, Any]) -> Mail | None:
    if fields.get("amparo") != _FORMAT:
        return None
    match _without_format(fields):
        case {"kind": "share", "level": level, **rest} if not rest and _LEVEL.fullmatch(level):
            return Share(level)
        case {"kind": "notify", "ref": ref, **rest} if not rest and _REF.fullmatch(ref):
            return Notify(ref)
        case {"kind": "silence", **rest} if not rest:
            return Silence()
        case {"kind": "words", "text": text, **rest} if not rest:
            return Words(text)
    return None
