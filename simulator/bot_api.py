# SPDX-License-Identifier: Apache-2.0
"""The Bot API's specification, and the checks of parameters and results compiled from it.

Stricter than Telegram on purpose: Telegram ignores unknown names and forgives many types; a bot that passes here
would pass there. Checks are compiled once a method, so that a call costs little.
"""

import json
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, NamedTuple

from simulator.errors import CallError, MismatchError, SpecificationError, bad_request
from simulator.parameters import Upload, decode
from simulator.shapes import Check, Shapes

# What Telegram itself says when the parameter is missing (telegram-bot-api, Client.cpp).
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
}


class Parameter(NamedTuple):
    """One parameter of a method: how to read it from a form, and how to check it."""

    types: tuple[str, ...]
    check: Check


class Method(NamedTuple):
    """A method with its compiled checks."""

    name: str
    parameters: Mapping[str, Parameter]
    required: frozenset[str]
    returns: tuple[str, ...]
    check_result: Callable[[object], None]


class BotApi:
    """All methods of the specification, found whatever the case of their names (as Telegram does)."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.version: str = raw["version"]
        self.shapes = Shapes(raw["types"])
        self.names: tuple[str, ...] = tuple(raw["methods"])
        self._methods = {name.lower(): self._compile(name, method) for name, method in raw["methods"].items()}

    def _compile(self, name: str, method: Mapping[str, Any]) -> Method:
        fields = method["fields"]
        result = self.shapes.any_of(tuple(method["returns"]))
        return Method(
            name=name,
            parameters={
                field["name"]: Parameter(tuple(field["types"]), self.shapes.field(name, field)) for field in fields
            },
            required=frozenset(field["name"] for field in fields if field["required"]),
            returns=tuple(method["returns"]),
            check_result=lambda value: result(value, {}),
        )

    def method(self, name: str) -> Method:
        """CallError 404, in Telegram's words, when there is no such method."""
        found = self._methods.get(name.lower())
        if found is None:
            raise CallError(404, "Not Found")
        return found

    def read(self, method: Method, given: Mapping[str, Any], uploads: Mapping[str, Upload]) -> dict[str, Any]:
        """Parameters as the specification types them; a part of a form with the parameter's name is its file.

        CallError 400 for an unknown, missing or ill-typed parameter, and for an upload that nothing names.
        """
        read: dict[str, Any] = {}
        parameters = method.parameters
        for name, value in given.items():
            parameter = parameters.get(name)
            if parameter is None:
                raise bad_request(f'unknown parameter "{name}" of {method.name}')
            try:
                read[name] = decode(value, parameter.types) if type(value) is str else value
                parameter.check(read[name], uploads)
            except MismatchError as error:
                raise bad_request(f"wrong parameter {error.inside(name)}") from None
        for name, upload in uploads.items():
            parameter = parameters.get(name)
            if parameter and "InputFile" in parameter.types and name not in read:
                read[name] = upload
            elif not upload.named:
                raise bad_request(f'the uploaded part "{name}" is not a parameter of {method.name} and is not attached')
        if not method.required <= read.keys():
            first = min(method.required - read.keys())
            raise bad_request(_MISSING.get(first, f'parameter "{first}" is required'))
        return read


def load() -> BotApi:
    """The packaged specification."""
    try:
        raw = json.loads(resources.files("simulator").joinpath("bot_api.json").read_text(encoding="utf-8"))
        return BotApi(raw)
    except (KeyError, ValueError, FileNotFoundError) as error:
        raise SpecificationError("bot_api.json cannot be used: make it again with python -m simulator.trim") from error
