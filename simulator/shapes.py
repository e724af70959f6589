# SPDX-License-Identifier: Apache-2.0
"""The types of the Bot API as checks, compiled when first asked for: objects, arrays, unions, all the way down."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.errors import MismatchError, SpecificationError
from simulator.parameters import Upload

Uploads = Mapping[str, Upload]
Check = Callable[[object, Uploads], None]  # raises MismatchError

# Closed lists that the specification keeps in its prose (InlineKeyboardButton, formatting options, sendChatAction).
_STYLES = frozenset({"danger", "success", "primary"})
_CHOICES: Mapping[tuple[str, str], frozenset[str]] = {
    ("InlineKeyboardButton", "style"): _STYLES,
    ("KeyboardButton", "style"): _STYLES,
    ("sendChatAction", "action"): frozenset(
        {
            "typing",
            "upload_photo",
            "record_video",
            "upload_video",
            "record_voice",
            "upload_voice",
            "upload_document",
            "choose_sticker",
            "find_location",
            "record_video_note",
            "upload_video_note",
        }
    ),
}
_PARSE_MODES = frozenset({"HTML", "Markdown", "MarkdownV2"})


class Shapes:
    """Checks by type name: "Integer", "Array of Array of PhotoSize", "InlineKeyboardMarkup"."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self.types = types
        self._known: dict[str, Check] = {
            "Integer": _integer,
            "Float": _float,
            "String": _string,
            "Boolean": _boolean,
            "InputFile": _file,
        }

    def named(self, name: str) -> Check:
        """The check of one type; recursive types (rich text) meet themselves through the table."""
        if name not in self._known:
            self._known[name] = self._later(name)
            self._known[name] = self._compile(name)
        return self._known[name]

    def _later(self, name: str) -> Check:
        def check(value: object, uploads: Uploads) -> None:
            self._known[name](value, uploads)

        return check

    def _compile(self, name: str) -> Check:
        if name.startswith("Array of "):
            return _array(self.named(name.removeprefix("Array of ")))
        if name not in self.types:
            raise SpecificationError(f"the specification speaks of {name} but does not define it: make it again")
        described = self.types[name]
        if "subtypes" in described:
            return self.any_of(tuple(described["subtypes"]))
        fields = {field["name"]: self.field(name, field) for field in described["fields"]}
        return _object(name, fields, frozenset(f["name"] for f in described["fields"] if f["required"]))

    def field(self, owner: str, field: Mapping[str, Any]) -> Check:
        """The check of one field of a type, or of one parameter of a method."""
        name = field["name"]
        if "constant" in field:
            return _choice(frozenset({field["constant"]}))
        if (owner, name) in _CHOICES:
            return _choice(_CHOICES[owner, name])
        if name.endswith("parse_mode"):
            return _choice(_PARSE_MODES)
        if field.get("attach"):
            return _attachable
        return self.any_of(tuple(field["types"]))

    def any_of(self, names: tuple[str, ...]) -> Check:
        if len(names) == 1:
            return self.named(names[0])
        if set(names) == {"InputFile", "String"}:
            return _attachable
        if all(name.startswith("Array of ") for name in names):
            # An album: each item may be of its own kind, the rules of mixing are the method's.
            return _array(self.any_of(tuple(name.removeprefix("Array of ") for name in names)))
        return _union(names, [(self.named(name), self._tag(name)) for name in names])

    def _tag(self, name: str) -> tuple[str, str] | None:
        fields = self.types.get(name, {}).get("fields", [])
        return next(((field["name"], field["constant"]) for field in fields if "constant" in field), None)


def _integer(value: object, _: Uploads) -> None:
    if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
        raise MismatchError("must be an Integer of at most 64 bits")


def _float(value: object, _: Uploads) -> None:
    if type(value) is not float and type(value) is not int:
        raise MismatchError("must be a Float")


def _boolean(value: object, _: Uploads) -> None:
    if type(value) is not bool:
        raise MismatchError("must be a Boolean")


def _string(value: object, _: Uploads) -> None:
    if type(value) is not str:
        raise MismatchError("must be a String")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise MismatchError("strings must be encoded in UTF-8") from None


def _file(value: object, _: Uploads) -> None:
    if not isinstance(value, Upload):
        raise MismatchError("must be an uploaded file")


def _attachable(value: object, uploads: Uploads) -> None:
    """A file id, an address, or `attach://` with the name of a part of this very form."""
    if isinstance(value, Upload):
        return
    _string(value, uploads)
    if isinstance(value, str) and value.startswith("attach://"):
        upload = uploads.get(value.removeprefix("attach://"))
        if upload is None:
            raise MismatchError("names an upload that is not in the form")
        upload.named = True


def _choice(words: frozenset[str]) -> Check:
    def check(value: object, _: Uploads) -> None:
        if value not in words:
            raise MismatchError(f"must be one of {', '.join(sorted(words))}")

    return check


def _array(item: Check) -> Check:
    def check(value: object, uploads: Uploads) -> None:
        if type(value) is not list:
            raise MismatchError("must be an Array")
        for place, one in enumerate(value):
            try:
                item(one, uploads)
            except MismatchError as error:
                raise error.inside(str(place)) from None

    return check


def _object(name: str, fields: Mapping[str, Check], required: frozenset[str]) -> Check:
    def check(value: object, uploads: Uploads) -> None:
        if type(value) is not dict:
            raise MismatchError(f"must be a {name}")
        for key, item in value.items():
            field = fields.get(key)
            if field is None:
                raise MismatchError(f'a {name} has no field "{key}"')
            try:
                field(item, uploads)
            except MismatchError as error:
                raise error.inside(key) from None
        if not required <= value.keys():
            raise MismatchError(f'a {name} needs "{min(required - value.keys())}"')

    return check


def _union(names: tuple[str, ...], options: list[tuple[Check, tuple[str, str] | None]]) -> Check:
    """The first option that fits; the error of the option whose tag fits, since that one was meant."""

    def check(value: object, uploads: Uploads) -> None:
        meant: MismatchError | None = None
        for option, tag in options:
            if tag and (type(value) is not dict or value.get(tag[0]) != tag[1]):
                continue
            try:
                option(value, uploads)
            except MismatchError as error:
                meant = _nearer(meant, error)
            else:
                return
        raise meant or MismatchError(f"must be one of {', '.join(names)}")

    return check


def _nearer(one: MismatchError | None, other: MismatchError) -> MismatchError:
    """Of two refusals, the one that came deeper into the value."""
    return other if one is None or len(other.place) > len(one.place) else one
