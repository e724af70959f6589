# SPDX-License-Identifier: Apache-2.0
"""When it happened, never more exact than it was told (domain.md section 4).

Seven precisions; the reporter's words always stay beside the days. What is not understood wholly, or lies in the
future, becomes "unknown" with the words kept: a day is never invented. Rules count from `end`, the latest possible
day, so that vagueness never lowers a class.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from intake.draft import ToldDate
from intake.matching import fold
from intake.spans import BUTTONS, ONE_DAY, Span, a_day, a_month, a_year, length, month_before, widened
from intake.vocabulary import Language, tokens

PRECISIONS = ("day", "part_of_month", "month", "year", "range", "approximate", "unknown")
PARTS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
DAY_NAMED = 6
""""N days ago" is a day up to six; beyond that people round."""

_MOST_YEARS = 1_200
"""A number of years before today is smaller than this, the number of a year larger."""

Token = tuple[str, int]


def unknown(words: str, today: dt.date) -> ToldDate:
    return ToldDate(None, None, "unknown", words, today)


def from_button(value: str, words: str, today: dt.date) -> ToldDate:
    """A date button of the questionnaire; KeyError for a value that is none. `words` is the button's own text."""
    return _told(BUTTONS[value](today), words, today)


def from_words(words: str, today: dt.date, languages: Sequence[Language]) -> ToldDate:
    """Typed words. The first language that understands all of them decides."""
    for language in languages:
        found = _once(tokens(fold(words), language.dates, language.numerals))
        span = _about(found, today) if found else None
        if span is not None and (span[0] is None or span[0] <= today):
            return _told(span, words, today)
    return unknown(words, today)


def _once(found: list[Token] | None) -> list[Token]:
    """Without what adds nothing: an "ago" on both sides of the number, the "year" in "14 March of the year 2024"."""
    kept: list[Token] = []
    for token in found or ():
        again = token[0] == "ago" and token in kept
        named = token[0] == "years" and kept and kept[-1][0] == "number" and kept[-1][1] > _MOST_YEARS
        if not again and not named:
            kept.append(token)
    return kept


def _told(span: Span, words: str, today: dt.date) -> ToldDate:
    start, end, precision = span
    return ToldDate(start, min(end, today) if end else end, precision, words, today)


def _about(found: list[Token], today: dt.date) -> Span | None:
    kinds = [kind for kind, _ in found]
    if "about" in kinds:
        span = _since([token for token in found if token[0] != "about"], today)
        return widened(span, today) if span else None
    return _since(found, today)


def _since(found: list[Token], today: dt.date) -> Span | None:
    if found and found[-1][0] == "since":  # some languages say it behind
        found = [found[-1], *found[:-1]]
    open_start = bool(found) and (found[0][0] == "since" or (found[0][0] == "ago" and _ago(found, today) is None))
    if open_start and not any(kind == "to" for kind, _ in found):
        span = _point(found[1:], today)
        return (span[0], today, "range") if span and span[0] else None
    return _between([token for token in found if token[0] != "since"], today)


def _between(found: list[Token], today: dt.date) -> Span | None:
    """Each half lends the other what only it names: "from 3 to 6 March", "March 3 to 6", "March to May 2024"."""
    where = [at for at, (kind, _) in enumerate(found) if kind == "to"]
    if not where:
        return _point(found, today)
    first, second = found[: where[0]], found[where[0] + 1 :]
    if len(where) > 1 or not first or not second:
        return None
    borrowed = [token for token in second if token[0] == "month" or (token[0] == "number" and token[1] > 31)]
    if month := [token for token in first if token[0] == "month"]:
        borrowed = [token for token in borrowed if token[0] == "number"]
        second = second + month if all(token[0] == "number" and token[1] <= 31 for token in second) else second
    late = _point(second, today)
    early = _point(first + borrowed, today) if late else None
    if early is None or late is None or not early[0] or not late[1] or early[0] > late[1]:
        return None
    return (early[0], late[1], "range")


def _point(found: list[Token], today: dt.date) -> Span | None:
    kinds = tuple(kind for kind, _ in found)
    numbers = [n for _, n in found]
    for shape, read in SHAPES:
        if shape == kinds:
            try:
                return read(numbers, today)
            except (ValueError, OverflowError):  # 31 February, the year 0
                return None
    return _ago(found, today) or (BUTTONS[kinds[0]](today) if len(kinds) == 1 and kinds[0] in BUTTONS else None)


def _latest(today: dt.date, month: int, day: int = 1) -> dt.date:
    """That month (and day) of this year, or of the year before when it has not come yet."""
    year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
    return dt.date(year, month, day)


def _weekday(weekday: int, today: dt.date) -> Span:
    """The latest one that is past: on a Tuesday, "Tuesday" is a week ago, since today would be called today."""
    return a_day(today - ONE_DAY * ((today.weekday() - weekday - 1) % 7 + 1))


def _part(part: str) -> Callable[[list[int], dt.date], Span]:
    def read(numbers: list[int], today: dt.date) -> Span:
        month = _latest(today, numbers[1]) if len(numbers) == 2 else dt.date(_full(numbers[2]), numbers[1], 1)
        low, high = PARTS[part]
        return (month.replace(day=low), month.replace(day=min(high, length(month.year, month.month))), "part_of_month")

    return read


def _behind(part: str) -> Callable[[list[int], dt.date], Span]:
    """The part of the month named behind it, as in Chinese: month, or year and month, and then the part."""

    def read(numbers: list[int], today: dt.date) -> Span:
        *year, month, _ = numbers
        return _part(part)([0, month, *year], today)

    return read


def _day_of(first: int, month: int, last: int) -> dt.date:
    """14 March 2024, or 2024 March 14."""
    return dt.date(_full(first), month, last) if first > 31 else dt.date(_full(last), month, first)


def _part_of(part: str, which: str) -> Callable[[list[int], dt.date], Span]:
    def read(_numbers: list[int], today: dt.date) -> Span:
        month = today if which == "this_month" else month_before(today)
        return _part(part)([0, month.month, month.year], today)

    return read


def _full(year: int) -> int:
    """A year is four digits: two could be a day as well."""
    if not 1900 <= year <= 2200:
        raise ValueError(year)
    return year


def _numeric(numbers: list[int], today: dt.date) -> Span:
    """2025-03-14, or 14/3/2025. 3/4/2025 may be read two ways: both days are kept, as a span."""
    first, middle, last = numbers
    if first > 31:
        return a_day(dt.date(_full(first), middle, last))
    readings = set()
    for day, month in ((first, middle), (middle, first)):
        if 1 <= month <= 12 and 1 <= day <= length(_full(last), month):
            readings.add(dt.date(last, month, day))
    past = sorted(day for day in readings if day <= today)
    if not past:
        raise ValueError(last)
    return (past[0], past[-1], "day" if len(past) == 1 else "range")


def _ago(found: list[Token], today: dt.date) -> Span | None:
    by_kind = dict(found)
    unit = next((kind for kind in ("days", "weeks", "months", "years") if kind in by_kind), None)
    if unit is None or len(found) != 3 or not {"ago", "number"} <= by_kind.keys() or by_kind["number"] > _MOST_YEARS:
        return None
    number = by_kind["number"]
    if unit == "days" and number <= DAY_NAMED:
        return a_day(today - ONE_DAY * number)
    if unit in {"months", "years"}:
        point, precision = month_before(today, number * (12 if unit == "years" else 1)), unit[:-1]
    else:
        point, precision = (
            today - ONE_DAY * number * (7 if unit == "weeks" else 1),
            "week" if unit == "weeks" else "day",
        )
    return widened(a_day(point, precision), today)


Shape = tuple[tuple[str, ...], Callable[[list[int], dt.date], Span]]
SHAPES: tuple[Shape, ...] = (
    (("weekday",), lambda n, today: _weekday(n[0], today)),
    (("last", "weekday"), lambda n, today: _weekday(n[1], today)),
    (("weekday", "last"), lambda n, today: _weekday(n[0], today)),
    (("month",), lambda n, today: a_month(_latest(today, n[0]))),
    (("last", "month"), lambda n, today: a_month(_latest(today, n[1]))),
    (("month", "last"), lambda n, today: a_month(_latest(today, n[0]))),
    (("month", "number"), lambda n, today: _month_number(n[0], n[1], today)),
    (("number", "month"), lambda n, today: _month_number(n[1], n[0], today)),
    (("month", "number", "number"), lambda n, _today: a_day(dt.date(_full(n[2]), n[0], n[1]))),
    (("number", "month", "number"), lambda n, _today: a_day(_day_of(*n))),
    (("this_year", "month"), lambda n, today: a_month(dt.date(today.year, n[1], 1))),
    (("month", "this_year"), lambda n, today: a_month(dt.date(today.year, n[0], 1))),
    (("last_year", "month"), lambda n, today: a_month(dt.date(today.year - 1, n[1], 1))),
    (("month", "last_year"), lambda n, today: a_month(dt.date(today.year - 1, n[0], 1))),
    (("number",), lambda n, _today: a_year(_full(n[0]))),
    (("number", "number", "number"), _numeric),
    *(((part, "month"), _part(part)) for part in PARTS),
    *((("month", part), _behind(part)) for part in PARTS),
    *((("number", "month", part), _behind(part)) for part in PARTS),
    *(((part, "month", "number"), _part(part)) for part in PARTS),
    *(((part, which), _part_of(part, which)) for part in PARTS for which in ("this_month", "last_month")),
)
"""Which token kinds, in which order, are read how. The numbers are those of the tokens."""


def _month_number(month: int, number: int, today: dt.date) -> Span:
    """A month as in "March 2024", or the latest day of that name as in "March 14"."""
    if number > 31:
        return a_month(dt.date(_full(number), month, 1))
    return a_day(_latest(today, month, number))
