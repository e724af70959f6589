# SPDX-License-Identifier: Apache-2.0
"""Runs the import contracts over a copy of the tree, once for each planted line; a process of test_floors.py's own.

Reads a JSON list of [file, line of code] from standard input, in the copy's folder, and prints for each the ids of
the contracts that broke.
"""

import json
import sys
from pathlib import Path

from importlinter import configuration
from importlinter.application import use_cases

configuration.configure()


def broken() -> list[str]:
    options = use_cases.read_user_options("pyproject.toml")
    use_cases._register_contract_types(options)
    report = use_cases.create_report(options, cache_dir=".cache")
    names = {contract["name"]: contract["id"] for contract in options.contracts_options}
    return sorted(names[contract.name] for contract, check in report.get_contracts_and_checks() if not check.kept)


def planted(place: str, line: str) -> list[str]:
    """Append the line to the file, made where there is none; look; and take it away again."""
    path = Path(place)
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        return broken()
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")


if __name__ == "__main__":
    results = [broken()] + [planted(place, line) for place, line in json.load(sys.stdin)]
    Path("broken.json").write_text(json.dumps(results), encoding="utf-8")
