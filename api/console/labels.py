# SPDX-License-Identifier: Apache-2.0
"""Codes as words of one language, and the small shapes a page is made of."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from intake.catalog import Catalog


class Pair(NamedTuple):
    """A label and what stands beside it; `own` marks a reporter's words."""

    label: str
    value: str
    own: bool = False


class Labels:
    def __init__(self, catalog: Catalog) -> None:
        self.text = catalog.text

    def label(self, code: str, *keys: str) -> str:
        """The first of these texts that exists; a code nobody has words for is shown as it is."""
        for key in keys:
            try:
                return self.text(key)
            except KeyError:
                continue
        return code

    def named(self, kind: str, code: str | None) -> str:
        return self.label(code, f"{kind}.{code}.label") if code else ""

    def chosen(self, question: str, value: str | None) -> str:
        """A choice of a question by its own words, or by those of the list it came from."""
        kinds = ("violation", "group", "actor", "site", "state", "country", "qualifier", "paper")
        own = (f"choice.{question}.{value}", *(f"{kind}.{value}.label" for kind in kinds))
        return self.label(value, *own) if value else ""

    def area(self, code: str) -> str:
        return self.label(code, f"state.{code}.label", f"country.{code}.label")


def block(heading: str | None, pairs: Iterable[Pair]) -> dict[str, Any]:
    return {"heading": heading, "lines": [pair for pair in pairs if pair.value]}


def joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)
