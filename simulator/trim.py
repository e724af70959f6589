# SPDX-License-Identifier: Apache-2.0
"""Makes bot_api.json out of a full machine-readable Bot API description.

`python -m simulator.trim < api.json > simulator/bot_api.json`, where api.json comes from
github.com/PaulSonOfLars/telegram-bot-api-spec (MIT). Telegram's descriptions are left out; two facts that stand only
in them are kept: the constant of a type tag ("must be photo") and that a string may name an upload (attach://).
"""

import json
import re
import sys
from typing import Any

_CONSTANT = re.compile(r"(?:must be|always) [“\"']?([a-z_0-9]+)[”\"']?(?:$|[.,])")
_TAGS = frozenset({"type", "source", "status"})


def trim(full: dict[str, Any]) -> dict[str, Any]:
    """Keeps version, methods (returns, fields) and types (fields or subtypes)."""
    return {
        "version": full["version"],
        "methods": {
            name: {
                "returns": method["returns"],
                "fields": [_field(field, tag=False) for field in method.get("fields", [])],
            }
            for name, method in full["methods"].items()
        },
        "types": {name: _type(kind) for name, kind in full["types"].items()},
    }


def _type(kind: dict[str, Any]) -> dict[str, Any]:
    if "subtypes" in kind:
        return {"subtypes": kind["subtypes"]}
    tagged = bool(kind.get("subtype_of"))
    return {"fields": [_field(field, tag=tagged) for field in kind.get("fields", [])]}


def _field(field: dict[str, Any], *, tag: bool) -> dict[str, Any]:
    kept = {"name": field["name"], "types": field["types"], "required": field["required"]}
    constant = _CONSTANT.search(field["description"]) if tag and field["name"] in _TAGS else None
    if constant and constant[1] != "one":
        kept["constant"] = constant[1]
    if "attach://" in field["description"] and "InputFile" not in field["types"]:
        kept["attach"] = True
    return kept


def _write(trimmed: dict[str, Any]) -> str:
    """One method or type a line, so that a change of the Bot API is a readable difference."""
    lines = [f'{{"version": {json.dumps(trimmed["version"])}']
    for part in ("methods", "types"):
        rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in trimmed[part].items())
        lines.append(f'"{part}": {{\n{rows}\n}}')
    return ",\n".join(lines) + "}\n"


if __name__ == "__main__":
    sys.stdout.write(_write(trim(json.load(sys.stdin))))
