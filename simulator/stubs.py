# SPDX-License-Identifier: Apache-2.0
"""The smallest valid result of a method that has no state here: required fields only, made from the specification."""

from simulator.bot_api import BotApi, Method

_SIMPLE: dict[str, object] = {"Integer": 0, "Float": 0.0, "String": "", "Boolean": True}


class Stubs:
    """Results by method, made once."""

    def __init__(self, api: BotApi) -> None:
        self._types = api.shapes.types
        self._made: dict[str, object] = {}

    def result(self, method: Method) -> object:
        if method.name not in self._made:
            self._made[method.name] = self._smallest(method.returns[0])
        return self._made[method.name]

    def _smallest(self, name: str) -> object:
        if name in _SIMPLE:
            return _SIMPLE[name]
        if name.startswith("Array of "):
            return []
        described = self._types[name]
        if "subtypes" in described:
            return self._smallest(described["subtypes"][0])
        return {
            field["name"]: field.get("constant") or self._smallest(field["types"][0])
            for field in described["fields"]
            if field["required"]
        }
