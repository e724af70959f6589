# SPDX-License-Identifier: Apache-2.0
"""Rows of the benchmark: a measured figure, its goal, and the raw thing it is compared with; as text and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Goal:
    """`of` says whether the limit binds the figure itself or its ratio to the raw one."""

    limit: float
    at: Literal["most", "least"] = "most"
    of: Literal["figure", "ratio"] = "figure"


@dataclass(frozen=True)
class Raw:
    """The thing beside: same unit as the row's figure."""

    name: str
    figure: float


@dataclass(frozen=True)
class Row:
    """One line. Several raw things may stand beside a figure; a goal of a ratio binds the first."""

    axis: str
    figure: float
    unit: str
    goal: Goal | None = None
    raws: Sequence[Raw] = ()
    note: str = ""

    @property
    def ratios(self) -> list[float | None]:
        return [self.figure / raw.figure if raw.figure else None for raw in self.raws]

    @property
    def missed(self) -> float | None:
        """By what fraction of the limit the goal is missed; None when it is met or there is none."""
        if self.goal is None:
            return None
        bound = self.figure if self.goal.of == "figure" else self.ratios[0]
        if bound is None:
            return None
        over = bound - self.goal.limit if self.goal.at == "most" else self.goal.limit - bound
        # An amount of which none may be there (lost reports) has the limit 0.
        return over / (self.goal.limit or 1.0) if over > 0 else None

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        return "met" if self.missed is None else f"MISSED by {self.missed:.0%}"

    def mapping(self) -> dict[str, Any]:
        goal = self.goal
        return {
            "axis": self.axis,
            "figure": self.figure,
            "unit": self.unit,
            "goal": {"limit": goal.limit, "at": goal.at, "of": goal.of} if goal else None,
            "missed_by": self.missed,
            "raw": [
                {"name": raw.name, "figure": raw.figure, "ratio": ratio}
                for raw, ratio in zip(self.raws, self.ratios, strict=True)
            ],
            "note": self.note,
        }


@dataclass
class Section:
    """A part of the benchmark; `failure` is the class of the error that ended it, and the rows before it stay."""

    name: str
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0
    failure: str = ""

    def mapping(self) -> dict[str, Any]:
        rows = [row.mapping() for row in self.rows]
        return {"name": self.name, "seconds": round(self.seconds, 1), "failure": self.failure, "rows": rows}


HEAD = ("axis", "measured", "goal", "", "beside it, in the same run", "ratio")


def lines(section: Section) -> list[str]:
    """The section as text, its columns aligned."""
    told = [f"\n{section.name} ({section.seconds:.0f} s)"]
    if section.rows:
        cells = [HEAD, *(line for row in section.rows for line in _cells(row))]
        widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
        told += ["  " + "  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
    told += [f"  * {row.axis}: {row.note}" for row in section.rows if row.note]
    if section.failure:
        told.append(f"  FAILED: {section.failure}")
    return told


def _cells(row: Row) -> list[tuple[str, ...]]:
    beside = [f"{raw.name}: {number(raw.figure)} {row.unit}".rstrip() for raw in row.raws] or [""]
    ratios = ["-" if ratio is None else f"{number(ratio)}x" for ratio in row.ratios] or [""]
    name = row.axis + (" *" if row.note else "")
    first = (name, f"{number(row.figure)} {row.unit}".rstrip(), _goal(row), row.verdict, beside[0], ratios[0])
    return [first, *(("", "", "", "", raw, ratio) for raw, ratio in zip(beside[1:], ratios[1:], strict=True))]


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    sign = "<=" if row.goal.at == "most" else ">="
    return f"{sign} {number(row.goal.limit)}{'x' if row.goal.of == 'ratio' else f' {row.unit}'}".rstrip()


def number(value: float) -> str:
    """Three digits that matter, never in powers of ten."""
    if value == int(value) and abs(value) < 1e6:
        return f"{value:,.0f}"
    for limit, places in ((100, 0), (10, 1), (1, 2)):
        if abs(value) >= limit:
            return f"{value:,.{places}f}"
    return f"{value:.4f}" if abs(value) < 0.1 else f"{value:.3f}"
