# SPDX-License-Identifier: Apache-2.0
"""A report's short form for the queue and the search: always fits one sealed record of 1,024 framed bytes.

It holds the facts, not the reasons: a reader grades them by the rules in force and comes to class, points and reasons.
What does not fit is cut, the words first; `more` says how many codes were left out.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Self

from intake.errors import FactsError, ReportError
from intake.facts import Facts
from intake.shape import People, Place, Report
from intake.triage import Triage, triage
from intake.when import facts
from intake.words import shown

LARGEST = 1_019
"""Bytes of JSON: the bucket of 1,024 less the frame's coding and length (envelope.md section 4)."""

_SHORT = {
    "groups": "g",
    "codes": "c",
    "more": "m",
    "place": "p",
    "people": "n",
    "actors": "a",
    "language": "l",
    "mode": "o",
    "excerpt": "x",
    "restricted": "r",
    "attachments": "t",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """`place` is codes and the town as typed ("MX-SON, Nogales"), `people` as counted ("3-5", "50+", "~10")."""

    facts: Facts
    untold: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    more: int = 0  # codes left out for want of room
    place: str | None = None
    people: str | None = None
    actors: tuple[str, ...] = ()
    language: str | None = None
    mode: str | None = None
    excerpt: str | None = None
    restricted: bool = False
    attachments: int = 0

    @property
    def triage(self) -> Triage:
        return triage(self.facts, untold=self.untold)

    @property
    def points(self) -> int:
        return self.triage.points

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(reason.rule for reason in self.triage.reasons)

    def to_bytes(self) -> bytes:
        """Compact JSON of at most LARGEST bytes."""
        for summary in _shorter(self):
            raw = json.dumps(summary._wire(), ensure_ascii=False, separators=(",", ":")).encode("utf-8")  # noqa: SLF001
            if len(raw) <= LARGEST:
                return raw
        raise ReportError("A summary that cannot be shortened: its facts alone are too long.")

    def _wire(self) -> dict[str, Any]:
        fields = {short: value for name, short in _SHORT.items() if (value := getattr(self, name))}
        return {"f": self.facts.to_mapping(), **fields, **({"u": self.untold} if self.untold else {})}

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """ReportError when these are not the bytes of a summary."""
        try:
            wire = json.loads(raw)
            fields = {name: _read(wire[short]) for name, short in _SHORT.items() if short in wire}
            return cls(Facts.from_mapping(wire["f"]), tuple(wire.get("u", ())), **fields)
        except (ValueError, KeyError, TypeError, AttributeError, FactsError) as error:
            raise ReportError("This summary cannot be read: open the report instead.") from error


def summarise(report: Report, graded: Triage | None = None) -> Summary:
    """The summary of a report. `graded` is not kept: it follows from the facts."""
    del graded
    first = report.incidents[0]
    codes = dict.fromkeys(act.code for incident in report.incidents for act in incident.acts)
    told = " / ".join([*(i.narrative for i in report.incidents if i.narrative), *report.notes])
    return Summary(
        facts=facts(report),
        untold=report.untold,
        groups=tuple(dict.fromkeys(group for incident in report.incidents for group in incident.groups)),
        codes=tuple(codes),
        place=_place(next((i.place for i in report.incidents if i.place != Place()), first.place)),
        people=_people(first.people),
        actors=tuple(dict.fromkeys(a.code for i in report.incidents for a in i.actors if a.code)),
        language=report.language,
        mode=report.mode,
        excerpt=shown(told, 160) or None,
        restricted="sexual_violence" in codes,
        attachments=sum(file.of is None for file in report.attachments),
    )


def _read(value: Any) -> Any:  # noqa: ANN401
    return tuple(value) if isinstance(value, list) else value


def _place(place: Place) -> str | None:
    area = place.state or place.country or shown(place.words, 40)
    parts = [part for part in (area, shown(place.town, 40)) if part]
    return ", ".join(parts) or None


def _people(people: People | None) -> str | None:
    if people is None:
        return None
    low, high = people.count_min, people.count_max
    span = f"{low}+" if high is None else str(low) if low == high else f"{low}-{high}"
    return f"~{span}" if people.approximate else span


def _shorter(summary: Summary) -> list[Summary]:
    """The same summary with ever less: words, then place and actors, then codes, which are counted instead."""
    words = summary.excerpt or ""
    found = [dataclasses.replace(summary, excerpt=shown(words, size) or None) for size in (160, 120, 80, 40, 20)]
    bare = dataclasses.replace(summary, excerpt=None)
    found += [
        bare,
        bare := dataclasses.replace(bare, actors=bare.actors[:3], place=shown(bare.place or "", 24) or None),
    ]
    for keep in (12, 6, 3, 0):
        left = bare.codes[:keep]
        found.append(
            dataclasses.replace(bare, codes=left, groups=bare.groups[:keep], more=len(summary.codes) - len(left))
        )
    return [*found, dataclasses.replace(found[-1], actors=(), place=None, people=None)]
