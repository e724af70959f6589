# SPDX-License-Identifier: Apache-2.0
"""The entries of the taxonomy file, each checked by itself: names, formats and kinds of values."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# "list:first 8 digits" of the HURIDOCS micro-thesauri; 12 digits there, the last four are zeros.
Huridocs = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{1,2}:[0-9]{8}$")]
Country = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{2}$")]  # ISO 3166-1 alpha-2
State = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]  # ISO 3166-2
Words = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100)]


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(Entry):
    code: Code
    number: int
    menu: tuple[Code, ...]


class Violation(Entry):
    code: Code
    group: Code
    huridocs: tuple[Huridocs, ...]
    huridocs_when: Mapping[Code, tuple[Huridocs, ...]] = {}
    huridocs_nearest: StrictBool = False
    articles: tuple[Words, ...]  # for lawyers to confirm
    set_by: Literal["reporter", "caseworker"] = "reporter"
    memo: StrictBool = False
    wola: StrictBool = False
    sensitive: StrictBool = False
    restricted: StrictBool = False  # opened only by the restricted access group
    no_details: StrictBool = False
    qualifiers: tuple[Code, ...] = ()  # those offered with the code
    sets: Mapping[str, object] = {}  # facts for triage
    asks: tuple[Literal["fear_return", "paper", "ground"], ...] = ()
    retired_on: dt.date | None = None


class Window(Entry):
    start: dt.date = Field(alias="from")
    until: dt.date | None = None

    def touches(self, first: dt.date, last: dt.date) -> bool:
        return self.start <= last and (self.until is None or first <= self.until)


class Qualifier(Entry):
    code: Code
    windows: tuple[Window, ...] = ()  # none: valid at any time
    sensitive: StrictBool = False

    def fits(self, start: dt.date | None, end: dt.date | None) -> bool:
        """Tell whether an incident of these days can carry the label: False is for a warning, never to block.

        A side that is not known fits anything.
        """
        first, last = start or dt.date.min, end or dt.date.max
        return not self.windows or any(window.touches(first, last) for window in self.windows)


class Actor(Entry):
    code: Code
    kind: Literal["migration", "civil", "police", "military", "security", "armed", "private", "unknown"]
    country: Country | None = None
    state: StrictBool = False
    unspecified: StrictBool = False  # "some force of this kind", when the reporter cannot tell which
    huridocs: tuple[Huridocs, ...]
    aliases: tuple[Words, ...] = ()


class Site(Entry):
    code: Code
    custody: StrictBool = False
    huridocs: tuple[Huridocs, ...]
    huridocs_when: Mapping[Code, tuple[Huridocs, ...]] = {}
    aliases: tuple[Words, ...] = ()


class Places(Entry):
    countries: tuple[Country, ...]
    first_screen: tuple[State, ...]
    states: tuple[State, ...]

    def states_of(self, country: str) -> tuple[str, ...]:
        """List the states of a country, those of the first screen first; empty where only a town is asked."""
        rest = (state for state in self.states if state not in self.first_screen)
        return tuple(state for state in (*self.first_screen, *rest) if state.startswith(f"{country}-"))


class Lists(Entry):
    papers: tuple[Code, ...]
    attributes: tuple[Code, ...]


class TaxonomyFile(Entry):
    version: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]+\.[0-9]+$")]
    articles_status: Words
    first_screen: tuple[Code, ...]
    groups: tuple[Group, ...]
    violations: tuple[Violation, ...]
    qualifiers: tuple[Qualifier, ...]
    actors: tuple[Actor, ...]
    sites: tuple[Site, ...]
    lists: Lists
    places: Places
