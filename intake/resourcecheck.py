# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a file of help contacts that could be read, what of it is hidden, and what ends soon."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from intake.entries import Places
from intake.resources import ANYWHERE, FRESH, Hidden, Resource, why_hidden

SOON: Final = dt.timedelta(days=14)
"""How long before its last day an entry is named, so that somebody can verify it again."""

_WHY: Final[Mapping[Hidden, str]] = {
    "example": "its id begins with `example`, which is never shown",
    "unverified": "verified_on, verified_by and source_url are needed",
    "future": "verified_on lies in the future",
    "stale": f"verified more than {FRESH.days} days ago: verify it again",
    "expired": "expires_on has come",
}


class Check(NamedTuple):
    """One line a finding, beginning with the entry's id."""

    faults: list[str]
    hidden: list[str]
    ending: list[str]


def check(resources: Sequence[Resource], *, today: dt.date, places: Places) -> Check:
    hidden = [f"{one.id}: hidden: {_WHY[why]}" for one in resources if (why := why_hidden(one, today)) is not None]
    return Check(
        faults=[fault for one in resources for fault in _faults(one, today, places)],
        hidden=hidden,
        ending=[line for one in resources for line in _ending(one, today)],
    )


def _faults(resource: Resource, today: dt.date, places: Places) -> Iterator[str]:
    needed = {name: getattr(resource, name) for name in ("verified_on", "verified_by", "source_url")}
    for name in (name for name, value in needed.items() if not value):
        yield f"{resource.id}: {name} is missing: nobody may be sent to what nobody has checked"
    if resource.verified_on is not None and resource.verified_on > today:
        yield f"{resource.id}: verified_on lies in the future: correct it"
    if resource.country != ANYWHERE and resource.country not in places.countries:
        yield f"{resource.id}: country {resource.country} is none that a person can tell: see `amparo taxonomy --json`"
    for state in (state for state in resource.states if state not in places.states):
        yield f"{resource.id}: state {state} is none that a person can tell: see `amparo taxonomy --json`"


def _ending(resource: Resource, today: dt.date) -> Iterator[str]:
    last = resource.last_day
    if last is not None and why_hidden(resource, today) is None and last - today <= SOON:
        yield f"{resource.id}: shown until {last.isoformat()}: verify it again before"
