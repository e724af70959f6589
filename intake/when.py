# SPDX-License-Identifier: Apache-2.0
"""Facts of a report on a given day: time alone may raise a class, so what depends on the day is never stored."""

import datetime as dt

from intake.facts import Facts, combine, worst
from intake.shape import Report, When


def facts(report: Report, today: dt.date | None = None) -> Facts:
    """All facts for triage, the worst of each over the incidents; days count to `today`, or to the day of sending."""
    day = today or report.day
    sent = _days(report.sent_on, day)
    every = []
    for incident in report.incidents:
        known = dict(incident.facts)
        if (since := _days(incident.date, day)) is not None:
            known["days_since"] = since
        if sent is not None:
            known["expelled_within_days"] = sent
        every.append(Facts.from_mapping(known))
    people = [combine(every[0], Facts.from_mapping(person.facts)) for person in report.persons]
    return worst(*every, *people)


def _days(when: When | None, day: dt.date) -> int | None:
    """From the latest possible day, so that a vague date never lowers a class."""
    return max((day - when.end).days, 0) if when is not None and when.end is not None else None
