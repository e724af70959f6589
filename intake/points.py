# SPDX-License-Identifier: Apache-2.0
"""One moment told in words, as (kind, number) tokens: "14 March 2024", "Tuesday of last week", "3 days ago".

The tokens may stand in any order, since languages order them differently; each may be said once, and all of them must
fit together. Whatever is left over, or contradicts the rest, makes the whole not understood.
"""

import datetime as dt
from collections.abc import Sequence

from intake.figures import LONGEST_DAY, before, exactly, full, numeric
from intake.spans import (
    BUTTONS,
    ONE_DAY,
    Span,
    a_day,
    a_month,
    a_year,
    latest,
    length,
    month_before,
    part_of_month,
    part_of_year,
    weekday_before,
    weekday_of_week,
)
from intake.tokens import Token

AGO = frozenset({"ago", "ago_since"})
UNITS = frozenset({"hours", "days", "weeks", "months", "years"})

_PARTS = frozenset({"early", "mid", "late"})
_NEAR = frozenset({"today", "yesterday", "before_yesterday"})
_WEEKS = frozenset({"this_week", "last_week"})
_LAST = frozenset({"last", "late"})
"""As in "the last 3 days"; some languages say it as "the end of 3 days"."""
_MONTHS = frozenset({"this_month", "last_month"})
_YEARS = frozenset({"this_year", "last_year"})

MOST_UNITS = 1_200
"""A number of days or years before today is smaller than this, the number of a year larger."""


def point(found: Sequence[Token], today: dt.date) -> Span | None:
    try:
        return _Said(found, today).span()
    except (ValueError, OverflowError):  # 31 February, the year 0, two months at once
        return None


class _Said:
    """The tokens of one moment; each reading takes what it uses, and `_all` refuses what nobody took."""

    def __init__(self, found: Sequence[Token], today: dt.date) -> None:
        self.today = today
        self.numbers = [n for kind, n in found if kind == "number"]
        named = {token for token in found if token[0] != "number"}
        self.named = dict(named)
        if len(self.named) != len(named):
            raise ValueError(found)

    def span(self) -> Span | None:
        if self.named.keys() & UNITS and self.named.keys() & (AGO | _LAST) and self.numbers:
            return self._counted()
        if near := self._one_of(_NEAR):
            return self._checked(BUTTONS[near](self.today))
        weekday = self.named.pop("weekday", None)
        week = self._one_of(_WEEKS)
        if weekday is None:
            return self._all(BUTTONS[week](self.today)) if week else self._calendar()
        if week:
            return self._all(weekday_of_week(weekday, week, self.today))
        return self._named_day(weekday)

    def _named_day(self, weekday: int) -> Span | None:
        """The latest one that is past, or the weekday of a day that is told as well, which then must agree."""
        self.named.pop("last", None)
        if not self.named and not self.numbers:
            return weekday_before(weekday, self.today)
        if not self.named and len(self.numbers) == 1:  # "Tuesday the 7th": of this month or the last
            days = [month.replace(day=self.numbers[0]) for month in self._two_months(self.numbers[0])]
            fits = [day for day in days if day.weekday() == weekday and day <= self.today]
            return a_day(fits[0]) if fits else None
        span = self._calendar()
        return span if span and (span[2] != "day" or span[0] is None or span[0].weekday() == weekday) else None

    def _two_months(self, day: int) -> list[dt.date]:
        months = (self.today.replace(day=1), month_before(self.today).replace(day=1))
        return [month for month in months if 1 <= day <= length(month.year, month.month)]

    def _checked(self, near: Span) -> Span | None:
        """A near day and what is told beside it: "yesterday, Wednesday", "yesterday 8 October"."""
        day, weekday = near[0], self.named.pop("weekday", None)
        if day is None or weekday not in {None, day.weekday()}:
            return None
        if not self.named and not self.numbers:
            return near
        beside = self._calendar()
        return near if beside and beside[0] and beside[1] and beside[0] <= day <= beside[1] else None

    def _one_of(self, kinds: frozenset[str]) -> str:
        said = kinds & self.named.keys()
        if len(said) > 1:
            raise ValueError(said)
        for kind in said:
            del self.named[kind]
            return kind
        return ""

    def _all(self, span: Span | None) -> Span | None:
        return None if self.named or self.numbers else span

    def _calendar(self) -> Span | None:
        """Year, month, day and part, as many of them as are told."""
        if len(self.numbers) == 3 and not self.named:
            return numeric(self.numbers, self.today)
        part, year = self._one_of(_PARTS), self._year()
        month = self._month(year, part)
        if month is None:
            return self._of_year(part, year)
        self.named.pop("months", None)
        if part:
            return self._all(part_of_month(part, month))
        return self._all(a_day(self._day(month, year)) if self.numbers else a_month(month))

    def _day(self, month: dt.date, year: int | None) -> dt.date:
        day = month.replace(day=self.numbers.pop(0))
        if year is None and self.open_year and day > self.today:
            if day - self.today <= ONE_DAY * LONGEST_DAY:
                raise ValueError(day)  # soon to come: rather a slip, or a hearing, than a year ago
            day = day.replace(year=day.year - 1)
        return day

    def _of_year(self, part: str, year: int | None) -> Span | None:
        bare = self.named.pop("years", None) is not None
        if part and (bare or year):
            return self._all(part_of_year(part, year, self.today))
        return self._all(a_year(year)) if year and not part else None

    def _year(self) -> int | None:
        told = [full(n) for n in self.numbers if n > LONGEST_DAY]
        self.numbers = [n for n in self.numbers if n <= LONGEST_DAY]
        if which := self._one_of(_YEARS):
            told.append(self.today.year - (which == "last_year"))
        if len(told) > 1:
            raise ValueError(told)
        return told[0] if told else None

    def _month(self, year: int | None, part: str) -> dt.date | None:
        """The first day of the month that is told. Without a year: the latest that is past, or the present one."""
        self.open_year = False
        if which := self._one_of(_MONTHS):
            return (self.today if which == "this_month" else month_before(self.today)).replace(day=1)
        number = self.named.pop("month", None)
        if number is None and year and len(self.numbers) == 1 and not self.named:  # 3/2024
            number = self.numbers.pop()
        if number is None:
            bare = part and "months" in self.named and not year
            return self._begun(part) if bare else None
        last = self.named.pop("last", None) is not None
        if year is not None:
            return dt.date(year, number, 1)
        self.open_year = True
        months = latest(self.today, number)
        if last and number == self.today.month:
            months = months.replace(year=months.year - 1)
        return _held(months, self.numbers)

    def _begun(self, part: str) -> dt.date:
        """The month in "at the end of the month": this one once that part of it has begun, else of the last."""
        start = part_of_month(part, self.today)[0]
        return (self.today if start and start <= self.today else month_before(self.today)).replace(day=1)

    def _counted(self) -> Span | None:
        """N units ago, or the last N units; "two three days ago" is either."""
        unit, marker = self._one_of(UNITS), self._one_of(AGO) or self._one_of(_LAST)
        numbers, self.numbers = self.numbers, []
        two = len(numbers) == 2 and numbers[1] == numbers[0] + 1
        if not (len(numbers) == 1 or two) or max(numbers) > MOST_UNITS:
            return None
        near, far = before(unit, numbers[0], self.today), before(unit, numbers[-1], self.today)
        if marker in _LAST:
            return self._all((exactly(unit, numbers[-1], self.today), self.today, "range"))
        return self._all((far[0], near[1], "range") if two else near)


def _held(month: dt.date, numbers: Sequence[int]) -> dt.date:
    """29 February without a year: the latest year that has one."""
    while numbers == [29] and month.month == 2 and length(month.year, 2) < 29:
        month = month.replace(year=month.year - 1)
    return month
