# SPDX-License-Identifier: Apache-2.0
"""Date tokens made plain: clock times and what adds nothing are left out, "a week" becomes one and weeks."""

from collections.abc import Sequence

from intake.points import AGO, MOST_UNITS, UNITS
from intake.tokens import Token
from intake.vocabulary import CLOCK, WEEKDAYS_OF

JOINS = frozenset({"to", "or"})
"""What stands between two moments."""
_LAST_HOUR = 24
_MONTHS_A_YEAR = 12
_YEARS = frozenset({"this_year", "last_year"})


def plain(found: Sequence[Token]) -> list[Token]:
    """Without hours, with the number that stands inside a word ("a week") beside its unit, and nothing said twice."""
    kept: list[Token] = []
    units = any(kind in UNITS or kind.endswith("_counted") for kind, _ in found)
    counting = any(kind in AGO or kind == "last" for kind, _ in found)
    for at, (kind, number) in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else ("", 0)
        if kind.endswith("_counted"):
            _count(kept, kind.removesuffix("_counted"), number, following)
        elif kind in WEEKDAYS_OF:
            kept += [(WEEKDAYS_OF[kind], 0), ("weekday", number)]
        elif kind == CLOCK or (kind == "hours" and not counting):
            _forget_hour(kept, told=kind == "hours")
        elif not _adds_nothing((kind, number), following, kept, units=units, counting=counting):
            kept.append((kind, number))
    return [token for token in kept if token[0] != "at"]


def _count(kept: list[Token], unit: str, number: int, following: Token) -> None:
    """One week for "a week"; "1 week" says it twice; "month of March", "year 2023", "month 3" name what follows."""
    if following[0] == "month" or is_year(following) or (unit == "days" and following[0] == "number"):
        return
    if number == 1 and unit == "months" and following[0] == "number" and following[1] <= _MONTHS_A_YEAR:
        kept.append(("month of", 0))
    elif number == 1 and kept and kept[-1][0] == "number":
        kept += [] if is_year(kept[-1]) else [(unit, 0)]
    else:
        kept += [("number", number), (unit, 0)]


def _forget_hour(kept: list[Token], *, told: bool) -> None:
    """An hour that was told, and the "at" or "about" before it."""
    if told and kept and kept[-1][0] == "number" and kept[-1][1] <= _LAST_HOUR:
        kept.pop()
    while kept and kept[-1][0] in {"to", "about"}:
        kept.pop()


def _adds_nothing(token: Token, following: Token, kept: list[Token], *, units: bool, counting: bool) -> bool:
    kind, number = token
    if kept and kept[-1][0] == "month of":
        kept[-1] = ("month", number)
        return True
    if kind == "number" and kept and kept[-1][0] == "at":
        kept.pop()
        return number <= _LAST_HOUR and following[0] not in UNITS | JOINS | {"month"} and bool(kept or following[0])
    if kept and kept[-1][0] == "at":
        kept.pop()
    numbered_day = kind == "days" and following[0] == "number" and not counting
    if (kind == "years" and is_year(following)) or (kind == "months" and following[0] == "month"):
        return True
    return numbered_day or (kind == "ago_since" and bool(kept) and not units) or _said_already(token, kept)


def _said_already(token: Token, kept: Sequence[Token]) -> bool:
    """An "ago" on both sides of the number, the "year" in "14 March of the year 2024" or "the year 2024"."""
    named = any(kind == "number" and number > MOST_UNITS for kind, number in kept[-1:])
    return (token[0] in AGO and any(kind in AGO for kind, _ in kept)) or (token[0] == "years" and named)


def is_year(token: Token) -> bool:
    return token[0] in _YEARS or (token[0] == "number" and token[1] > MOST_UNITS)
