# SPDX-License-Identifier: Apache-2.0
"""Days and spans of days: what a date button means on a given day, and how far "about" widens."""

import calendar
import datetime as dt
from collections.abc import Callable

Span = tuple[dt.date | None, dt.date | None, str]
"""First day, last day (both inclusive; None is open), precision."""

ONE_DAY = dt.timedelta(days=1)
SUNDAY = 6

WIDER = {"day": 3, "range": 7, "week": 7, "part_of_month": 15, "month": 15, "year": 183}
"""Days by which "about" widens each side; the first four are the domain's, half a year for a year is ours."""

PARTS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
"""Days of a month."""
YEAR_PARTS = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}
"""Months of a year, as wide as people mean it."""


def a_day(day: dt.date, precision: str = "day") -> Span:
    return (day, day, precision)


def a_month(day: dt.date) -> Span:
    return (day.replace(day=1), day.replace(day=length(day.year, day.month)), "month")


def length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def month_before(today: dt.date, months: int = 1) -> dt.date:
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return dt.date(years, month + 1, min(today.day, length(years, month + 1)))


def a_year(year: int) -> Span:
    return (dt.date(year, 1, 1), dt.date(year, 12, 31), "year")


def latest(today: dt.date, month: int) -> dt.date:
    """The first day of that month in this year, or of the year before when it has not come yet."""
    return dt.date(today.year if month <= today.month else today.year - 1, month, 1)


def part_of_month(part: str, month: dt.date) -> Span:
    low, high = PARTS[part]
    return (month.replace(day=low), month.replace(day=min(high, length(month.year, month.month))), "part_of_month")


def part_of_year(part: str, year: int | None, today: dt.date) -> Span:
    """Of that year; of none: the latest that has begun."""
    low, high = YEAR_PARTS[part]
    year = year or (today.year if low <= today.month else today.year - 1)
    return (dt.date(year, low, 1), dt.date(year, high, length(year, high)), "range")


def last_week(today: dt.date) -> Span:
    monday = today - ONE_DAY * (today.weekday() + 7)
    return (monday, monday + ONE_DAY * 6, "range")


def weekday_before(weekday: int, today: dt.date) -> Span:
    """The latest one that is past: on a Tuesday, "Tuesday" is a week ago, since today would be called today."""
    return a_day(today - ONE_DAY * ((today.weekday() - weekday - 1) % 7 + 1))


def weekday_of_week(weekday: int, week: str, today: dt.date) -> Span:
    """A weekday of this week or the last. For some a week begins on Sunday: the Sunday of last week is one of two."""
    last = week == "last_week"
    day = today - ONE_DAY * (today.weekday() - weekday + (7 if last else 0))
    return (day - ONE_DAY * 7, day, "range") if last and weekday == SUNDAY else a_day(day)


BUTTONS: dict[str, Callable[[dt.date], Span]] = {
    "today": a_day,
    "yesterday": lambda today: a_day(today - ONE_DAY),
    "before_yesterday": lambda today: a_day(today - ONE_DAY * 2),
    "this_week": lambda today: (today - ONE_DAY * 6, today, "range"),
    "last_week": last_week,
    "this_month": a_month,
    "last_month": lambda today: a_month(month_before(today)),
    "older_than_month": lambda today: (None, month_before(today), "range"),
    "this_year": lambda today: a_year(today.year),
    "last_year": lambda today: a_year(today.year - 1),
    "still": lambda today: (None, today, "range"),
    "older": lambda today: (None, dt.date(today.year - 2, 12, 31), "range"),
    "unknown": lambda _today: (None, None, "unknown"),
}
"""What each date button, and each word that means the same, says on a given day."""


def widened(span: Span, today: dt.date) -> Span:
    start, end, precision = span
    margin = ONE_DAY * WIDER.get(precision, 0)
    if end == today and precision == "range" and start:  # "since about March": only the beginning is vague
        return (start - ONE_DAY * 15, end, "approximate")
    return (start - margin if start else None, end + margin if end else None, "approximate")
