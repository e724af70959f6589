# SPDX-License-Identifier: Apache-2.0
"""Help contacts that an organisation has checked itself: read from its own file, and shown only while they are fresh.

None is shipped: a wrong number can send somebody to those who hurt them. An entry that says nothing wrong may still
be hidden (`why_hidden`); who is part of the government, or may pass on what it hears, is always shown as such.
"""

import datetime as dt
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from intake import words
from intake.draft import Draft
from intake.errors import ResourcesError
from intake.questions import Questionnaire
from intake.walk import walk_of

FRESH = dt.timedelta(days=90)
"""How long after `verified_on` an entry is shown (domain.md section 15)."""

MOST = 5
ANYWHERE = "any"
"""`country` of what can be used from any country."""

_EXAMPLE = re.compile(r"example(-|$)")
_JOINERS = frozenset("\u200c\u200d")  # Persian and emoji need them; every other sign without a shape is refused
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

Channel = Literal["phone", "whatsapp", "telegram", "web", "place", "text_only"]
ForWhom = Literal["women", "men", "families", "children", "lgbtiq", "detained", "relatives", "defenders"]
Hidden = Literal["example", "unverified", "future", "stale", "expired"]


def _plain(text: str) -> str:
    """One line that no screen can stumble over: no line breaks, direction marks, control signs or stacked accents."""
    odd = any(c not in _JOINERS and unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in text)
    if odd or words.shown(text, len(text) + 1) != text:
        raise ValueError("one line without control signs, direction marks or spaces at its ends is wanted")
    return text


Line = Annotated[str, AfterValidator(_plain)]
Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]
State = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]


class Resource(BaseModel):
    """One entry as it stands in the file (docs/operate.md explains each field). Empty `for_whom`: for everybody."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str = Field(pattern=f"^{_ID.pattern}$")
    name: Line = Field(min_length=1, max_length=80)
    what: Line = Field(min_length=1, max_length=120)
    for_whom: list[ForWhom] = []
    languages: list[Tag] = Field(min_length=1, max_length=12)
    country: str = Field(pattern=rf"^([A-Z]{{2}}|{ANYWHERE})$")
    states: list[State] = Field(default=[], max_length=40)
    hours: Line = Field(min_length=1, max_length=80)
    channel: Channel
    value: Line = Field(min_length=1, max_length=200)
    cost: Line = Field(max_length=60)
    is_government: bool
    relation_to_enforcement: Literal["none", "part_of", "shares_data", "unknown"]
    note: Line = Field(default="", max_length=200)
    source_url: Line = Field(default="", max_length=500)
    verified_on: dt.date | None = None
    verified_by: Line = Field(default="", max_length=80)
    expires_on: dt.date | None = None

    @model_validator(mode="after")
    def _states_of_the_country(self) -> "Resource":
        if any(not state.startswith(f"{self.country}-") for state in self.states):
            raise ValueError("every one of `states` lies in `country`")
        return self

    @model_validator(mode="after")
    def _reachable(self) -> "Resource":
        if self.channel == "web" and not self.value.startswith("https://"):
            raise ValueError("the `value` of a web channel begins with https://")
        if self.channel in {"phone", "whatsapp", "text_only"} and not any(c.isdecimal() for c in self.value):
            raise ValueError("the `value` of this channel is a number")
        return self

    @property
    def marks(self) -> tuple[str, ...]:
        """Catalog keys of what is always said with it."""
        government = ("resource.government",) if self.is_government else ()
        relation = self.relation_to_enforcement
        return government if relation == "none" else (*government, f"resource.relation.{relation}")

    @property
    def last_day(self) -> dt.date | None:
        """The last day it may be shown on; None when it never may."""
        if self.verified_on is None or why_hidden(self, self.verified_on) is not None:
            return None
        fresh = self.verified_on + FRESH
        return fresh if self.expires_on is None else min(fresh, self.expires_on - dt.timedelta(days=1))


class Area(NamedTuple):
    """Where somebody is, as far as they told: codes such as MX and MX-CHP."""

    country: str | None = None
    state: str | None = None

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Area":
        """From codes as they were told: the last state, else the last country. What is neither is passed over."""
        known = [code for code in codes if re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", code)]
        state = next((code for code in reversed(known) if "-" in code), None)
        country = state[:2] if state else next(reversed(known), None)
        return cls(country, state)


def told_area(questionnaire: Questionnaire, draft: Draft | None) -> Area:
    """Where it happened, as far as the draft tells it now."""
    if draft is None:
        return Area()
    steps = (step for step in walk_of(questionnaire, draft).steps if questionnaire.question(step).into == "place")
    return Area.of(code for step in steps if step in draft.answers for code in draft.answers[step].values)


def load(path: Path) -> tuple[Resource, ...]:
    """The entries of a file. ResourcesError names the entry and the fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResourcesError("The help contacts cannot be read: check the file's path and that it is UTF-8.") from error
    return parse(text)


def parse(text: str) -> tuple[Resource, ...]:
    try:
        file = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ResourcesError(f"The help contacts are not TOML: {error}.") from error
    rows = file.pop("resource", [])
    if file or not isinstance(rows, list):
        raise ResourcesError("The help contacts are a list of [[resource]] tables and nothing else.")
    read = tuple(_resource(row, number) for number, row in enumerate(rows, 1))
    ids = [one.id for one in read]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise ResourcesError(f"{twice[0]}: the id stands there twice, give each entry its own.")
    return read


def _resource(row: object, number: int) -> Resource:
    try:
        return Resource.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        told = row.get("id") if isinstance(row, dict) else None
        name = told if isinstance(told, str) and _ID.fullmatch(told) else f"entry {number}"
        where = " ".join(str(part) for part in first["loc"])
        raise ResourcesError(f"{name}{f', {where}' if where else ''}: {first['msg']}.") from error


def why_hidden(resource: Resource, today: dt.date) -> Hidden | None:
    """Why an entry is not shown on a day; None when it may be."""
    if _EXAMPLE.match(resource.id):
        return "example"
    if resource.verified_on is None or not resource.verified_by or not resource.source_url:
        return "unverified"
    if resource.verified_on > today:
        return "future"
    if today - resource.verified_on > FRESH:
        return "stale"
    return "expired" if resource.expires_on is not None and resource.expires_on <= today else None


def shown(
    resources: Sequence[Resource],
    *,
    today: dt.date,
    locale: str,
    area: Area = Area(),  # noqa: B008 -- a tuple cannot change
    for_whom: str | None = None,
    most: int = MOST,
) -> tuple[Resource, ...]:
    """What may be shown there on that day, the nearest first; among equals those that speak the language first.

    Where a state was told, what serves only other states is left out.
    """
    fit = [
        (rank, locale not in one.languages, at, one)
        for at, one in enumerate(resources)
        if why_hidden(one, today) is None
        and (rank := _rank(one, area)) is not None
        and (for_whom is None or not one.for_whom or for_whom in one.for_whom)
    ]
    return tuple(one for *_, one in sorted(fit, key=lambda found: found[:3])[:most])


def _rank(resource: Resource, area: Area) -> int | None:
    """0 for the same state, 1 for the whole country, 2 for other parts of it or any country; None: of no use there."""
    if resource.country == ANYWHERE:
        return 2
    if area.country is not None and resource.country != area.country:
        return None
    if not resource.states:
        return 1
    if area.state is None:
        return 2
    return 0 if area.state in resource.states else None
