# SPDX-License-Identifier: Apache-2.0
"""Figures in a told date: so many units before today, and dates written in numbers alone."""

import datetime as dt
from collections.abc import Sequence

from intake.spans import ONE_DAY, Span, a_day, length, month_before, widened

DAY_NAMED = 6
""""N days ago" is a day up to six; beyond that people round."""
LONGEST_DAY = 31
_MOST_HOURS = 48
_YEARS_SHORT = 10
"""A year in two digits is one of the last ten: a longer time ago nobody shortens it."""


def exactly(unit: str, number: int, today: dt.date) -> dt.date:
    if unit in {"months", "years"}:
        return month_before(today, number * (12 if unit == "years" else 1))
    hours = {"hours": 1, "days": 24, "weeks": 168}[unit] * number
    return today - ONE_DAY * -(-hours // 24)


def before(unit: str, number: int, today: dt.date) -> Span:
    day = exactly(unit, number, today)
    if unit == "hours":
        if number > _MOST_HOURS:
            raise ValueError(number)
        return (day, today - ONE_DAY * (number // 24), "range")  # which hour it is now nobody knows here
    if unit == "days" and number <= DAY_NAMED:
        return a_day(day)
    return widened(a_day(day, {"days": "day", "weeks": "week", "months": "month", "years": "year"}[unit]), today)


def full(year: int) -> int:
    """A year is four digits: two could be a day as well."""
    if not 1900 <= year <= 2200:
        raise ValueError(year)
    return year


def numeric(numbers: Sequence[int], today: dt.date) -> Span:
    """2025-03-14, 14/3/2025, 14/3/25. 3/4/2025 may be read two ways: both days are kept, as a span."""
    first, middle, last = numbers
    orders = [(last, middle, first), (last, first, middle)] if first <= LONGEST_DAY else [(first, middle, last)]
    if first <= LONGEST_DAY and last <= LONGEST_DAY:
        orders.append((first, middle, last))
    past = sorted({day for order in orders if (day := _a_past_day(*order, today))})
    if not past or past[-1] - past[0] > ONE_DAY * 366:
        raise ValueError(last)
    return (past[0], past[-1], "day" if len(past) == 1 else "range")


def _a_past_day(year: int, month: int, day: int, today: dt.date) -> dt.date | None:
    if year <= LONGEST_DAY:
        year += 2000
        if not today.year - _YEARS_SHORT <= year <= today.year:
            return None
    if not 1 <= month <= 12 or not 1 <= day <= length(full(year), month):
        return None
    found = dt.date(year, month, day)
    return found if found <= today else None
