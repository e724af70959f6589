# SPDX-License-Identifier: Apache-2.0
"""The taxonomy: what can be told, by whom it was done, where, and what each entry means for triage and exports.

`load` reads `taxonomy.toml` beside this file, or one an organisation keeps, and refuses contradictions: a code twice,
a group or qualifier that does not exist, a malformed HURIDOCS code, a caseworker's code in a menu, dates reversed.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Self, TypeVar

from pydantic import BaseModel, ValidationError

from intake.coherence import check
from intake.entries import Actor, Group, Places, Qualifier, Site, TaxonomyFile, Violation, Window
from intake.errors import TaxonomyError
from intake.facts import Facts, combine, spoken

__all__ = ["Actor", "Group", "Places", "Qualifier", "Site", "Taxonomy", "Violation", "Window", "load"]

_Coded = TypeVar("_Coded", Group, Violation, Qualifier, Actor, Site)


@dataclass(frozen=True)
class Taxonomy:
    """Every mapping is by code, in the order of the file, which is the order of menus."""

    version: str
    articles_status: str
    first_screen: tuple[str, ...]  # codes that also stand on the first screen of "what happened"
    groups: Mapping[str, Group]
    violations: Mapping[str, Violation]
    qualifiers: Mapping[str, Qualifier]
    actors: Mapping[str, Actor]
    sites: Mapping[str, Site]
    papers: tuple[str, ...]
    attributes: tuple[str, ...]
    places: Places

    def violation(self, code: str) -> Violation:
        return _entry("violation", self.violations, code)

    def menu(self, group: str) -> tuple[Violation, ...]:
        """Give what a reporter may pick within a group."""
        return tuple(self.violations[code] for code in _entry("group", self.groups, group).menu)

    def facts(self, codes: Iterable[str], *, actors: Iterable[str] = (), sites: Iterable[str] = ()) -> Facts:
        """Derive the facts that codes, actors and sites give by themselves; `combine` joins them with the answers.

        TaxonomyError for one that does not exist.
        """
        by_state = [_entry("actor", self.actors, code).state for code in actors]
        in_custody = [_entry("site", self.sites, code).custody for code in sites]
        told = [Facts.from_mapping(self.violation(code).sets) for code in codes]
        if any(by_state) or any(in_custody):
            told.append(Facts(state_custody_or_force=True))
        return combine(Facts(), *told)

    def to_mapping(self) -> dict[str, object]:
        """Give everything, ready for JSON."""
        coded = {
            "groups": self.groups,
            "violations": self.violations,
            "qualifiers": self.qualifiers,
            "actors": self.actors,
            "sites": self.sites,
        }
        return {
            "version": self.version,
            "articles_status": self.articles_status,
            "first_screen": list(self.first_screen),
            **{name: [_plain(entry) for entry in entries.values()] for name, entries in coded.items()},
            "papers": list(self.papers),
            "attributes": list(self.attributes),
            "places": _plain(self.places),
        }

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a taxonomy file; TaxonomyError names the entry and what is wrong with it."""
        file = _read(text)
        check(file)
        return cls(
            version=file.version,
            articles_status=file.articles_status,
            first_screen=file.first_screen,
            groups=_by_code(file.groups),
            violations=_by_code(file.violations),
            qualifiers=_by_code(file.qualifiers),
            actors=_by_code(file.actors),
            sites=_by_code(file.sites),
            papers=file.lists.papers,
            attributes=file.lists.attributes,
            places=file.places,
        )


def load(path: Path | None = None) -> Taxonomy:
    """Load the packaged taxonomy, or an organisation's own file; TaxonomyError when it cannot be used."""
    if path is None:
        return Taxonomy.parse(resources.files("intake").joinpath("taxonomy.toml").read_text(encoding="utf-8"))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TaxonomyError("The taxonomy file cannot be read: check its path and that it is UTF-8.") from error
    return Taxonomy.parse(text)


def _entry(kind: str, entries: Mapping[str, _Coded], code: str) -> _Coded:
    try:
        return entries[code]
    except KeyError:
        raise TaxonomyError(f"{spoken(code)} is no {kind} of this taxonomy: see `amparo taxonomy`.") from None


def _plain(entry: BaseModel) -> dict[str, object]:
    return entry.model_dump(mode="json", by_alias=True)


def _by_code(entries: Iterable[_Coded]) -> Mapping[str, _Coded]:
    return MappingProxyType({entry.code: entry for entry in entries})


def _read(text: str) -> TaxonomyFile:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(f"The taxonomy is not TOML: {error}.") from error
    try:
        return TaxonomyFile.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise TaxonomyError(f"{_where(raw, first['loc'])}: {first['msg']}.") from error


def _where(raw: Mapping[str, object], location: tuple[int | str, ...]) -> str:
    """Say "violations theft, huridocs" for ("violations", 32, "huridocs", 0)."""
    table, *rest = location
    rows = raw.get(str(table))
    if not rest or not isinstance(rows, list) or not isinstance(rest[0], int):
        return " ".join(str(part) for part in location)
    row = rows[rest[0]]
    name = row.get("code") if isinstance(row, dict) else None
    return f"{table} {name or f'number {rest[0] + 1}'}" + "".join(f", {part}" for part in rest[1:2])
