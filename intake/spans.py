# SPDX-License-Identifier: Apache-2.0
"""Days and spans of days: what a date button means on a given day, and how far "about" widens."""

import calendar
import datetime as dt
from collections.abc import Callable

Span = tuple[dt.date | None, dt.date | None, str]
"""First day, last day (both inclusive; None is open), precision."""

ONE_DAY = dt.timedelta(days=1)

WIDER = {"day": 3, "range": 7, "week": 7, "part_of_month": 15, "month": 15, "year": 183}
"""Days by which "about" widens each side; the first four are the domain's, half a year for a year is ours."""


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


def last_week(today: dt.date) -> Span:
    monday = today - ONE_DAY * (today.weekday() + 7)
    return (monday, monday + ONE_DAY * 6, "range")


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
