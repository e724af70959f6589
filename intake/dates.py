# SPDX-License-Identifier: Apache-2.0
"""When it happened, never more exact than it was told (domain.md section 4).

Seven precisions; the reporter's words always stay beside the days. What is not understood wholly, or lies in the
future, becomes "unknown" with the words kept: a day is never invented. Rules count from `end`, the latest possible
day, so that vagueness never lowers a class.
"""

import datetime as dt
import re
from collections.abc import Sequence

from intake.draft import ToldDate
from intake.matching import LONGEST, fold
from intake.plain import JOINS, is_year, plain
from intake.points import AGO, UNITS, point
from intake.spans import BUTTONS, ONE_DAY, Span, widened
from intake.tokens import Token, tokens, words_of
from intake.vocabulary import CLOCK, DASH, Language

PRECISIONS = ("day", "part_of_month", "month", "year", "range", "approximate", "unknown")

_CLOCK = re.compile(r"\b\d{1,2}\s?[:hH\u066b]\s?[0-5]\d\b")
"""An hour and minutes. Which hour it was is not kept in a date, and its digits are no day."""
_FROM_TO = re.compile(
    r"(?<![\d./-])(\d{1,2})\s?[-\u2013\u2014~\uff5e]\s?(?=\d{1,2}(?![\d./-]))|([^\W\d])\s[-\u2013\u2014]\s"
)
_TWO = re.compile(r"\s*(\d{1,2})\s*[/.]\s*(\d{1,2})[\s.]*")
_ORDINAL = dict.fromkeys(map(ord, "\u00ba\u00aa\u00b0"), " ")
"""The signs in "1\u00ba"; folding would make letters of them."""
_LONGEST_DAY = 31
_MONTHS = frozenset({"month", "this_month", "last_month"})
_WEEKS = frozenset({"this_week", "last_week"})


def unknown(words: str, today: dt.date) -> ToldDate:
    return ToldDate(None, None, "unknown", words, today)


def from_button(value: str, words: str, today: dt.date) -> ToldDate:
    """A date button of the questionnaire; KeyError for a value that is none. `words` is the button's own text."""
    return _told(BUTTONS[value](today), words, today)


def from_words(words: str, today: dt.date, languages: Sequence[Language]) -> ToldDate:
    """Typed words. The first language that knows all of them decides, whether it can make a date of them or not."""
    span: Span | None = None
    if len(words) > LONGEST:
        return unknown(words, today)
    if two := _TWO.fullmatch(words):
        span = _day_and_month(int(two[1]), int(two[2]), today)
    else:
        folded = fold(_FROM_TO.sub(rf"\1\2 {DASH} ", _CLOCK.sub(f" {CLOCK} ", words.translate(_ORDINAL))))
        said = words_of(folded)
        found = next((found for language in languages if (found := tokens(said, language.dates))), [])
        span = _about(plain(found), today)
    if span is None or (span[0] or today) > today or span[2] == "unknown":
        return unknown(words, today)
    return _told(span, words, today)


def _told(span: Span, words: str, today: dt.date) -> ToldDate:
    start, end, precision = span
    return ToldDate(start, min(end, today) if end else end, precision, words, today)


def _day_and_month(first: int, second: int, today: dt.date) -> Span | None:
    """14/3. 3/4 may be read two ways: both days are kept, as a span."""
    readings = {(day, month) for day, month in ((first, second), (second, first)) if 1 <= month <= 12}
    days = sorted(s[0] for d, m in readings if (s := point([("number", d), ("month", m)], today)) and s[0])
    return (days[0], days[-1], "day" if len(days) == 1 else "range") if days else None


def _about(found: list[Token], today: dt.date) -> Span | None:
    if any(kind == "about" for kind, _ in found):
        span = _since([token for token in found if token[0] != "about"], today)
        return widened(span, today) if span else None
    return _since(found, today)


def _since(found: list[Token], today: dt.date) -> Span | None:
    """Open at the end, which is then today: "since March", "since 3 days" (from then till today)."""
    kinds = [kind for kind, _ in found]
    rest = [token for token in found if token[0] != "since"]
    if "since" not in kinds and kinds[:1] == ["ago_since"] and not UNITS & set(kinds):
        kinds, rest = ["since", *kinds[1:]], found[1:]
    if "since" not in kinds or "to" in kinds:
        return _between(rest, today)
    if not ("since" in (kinds[0], kinds[-1]) or kinds[0] in AGO):
        return None
    if _a_stretch(rest):
        rest = [*rest, ("ago", 0)]
    span = _between(rest, today)
    return (span[0], today, "range") if span and span[0] else None


def _a_stretch(rest: list[Token]) -> bool:
    """A number of units and nothing more: "3 days", as in "since 3 days"."""
    kinds = {kind for kind, _ in rest}
    return "number" in kinds and bool(UNITS & kinds) and kinds <= UNITS | JOINS | {"number"} and not _year(rest)


def _between(found: list[Token], today: dt.date) -> Span | None:
    """Two moments with a "to" or an "or" between them; each half lends the other what only it names."""
    where = [at for at, (kind, _) in enumerate(found) if kind in JOINS]
    if not where:
        return point(found, today) if found else None
    first, second = found[: where[0]], found[where[0] + 1 :]
    if len(where) > 1 or not first or not second:
        return None
    return _joined(*_lent(first, second), today)


def _joined(first: list[Token], second: list[Token], today: dt.date) -> Span | None:
    if _has(second, _MONTHS) and not _year(second) and _year(first):
        return None  # "from March 2023 to May": of which year?
    early, late = point(first, today), point(second, today)
    if early and late and _has(first, UNITS) and early[0] and late[0]:  # "2 or 3 days ago": the larger is the earlier
        early, late = sorted((early, late), key=lambda span: span[0] or today)
    if early is None or late is None or not early[0] or not late[1]:
        return None
    start = early[0]
    if start > late[1] and [kind for kind, _ in first] == ["weekday"]:
        start -= ONE_DAY * 7  # "from Wednesday to Friday", told on a Thursday
    return (start, late[1], "range") if start <= late[1] else None


def _lent(first: list[Token], second: list[Token]) -> tuple[list[Token], list[Token]]:
    """As in "from 3 to 6 March", "March 3 to 6", "March to May 2024", "2 or 3 days ago", "Mon to Fri last week"."""
    late = list(second)
    if all(kind == "number" and n <= _LONGEST_DAY for kind, n in second if not is_year((kind, n))):
        late += [token for token in first if token[0] in _MONTHS]
    if not _year(second) and not _has(second, _MONTHS):
        late += [token for token in first if is_year(token)]
    early = list(first)
    if all(kind == "number" for kind, _ in first) and not any(map(is_year, first)):
        early += [token for token in late if token[0] in _MONTHS]
    if _has(early, _MONTHS) and not _year(first):
        early += [token for token in late if is_year(token)]
    for kinds in (UNITS, AGO, _WEEKS, frozenset({"last"})):
        if _has(kinds=UNITS, found=first + second) or kinds is _WEEKS:
            early += [] if _has(first, kinds) or not _lends(first, kinds) else [t for t in second if t[0] in kinds]
            late += [] if _has(second, kinds) or not _lends(second, kinds) else [t for t in first if t[0] in kinds]
    return early, late


def _lends(half: Sequence[Token], kinds: frozenset[str]) -> bool:
    """A weekday takes a week, a number a unit and an "ago"."""
    wanted = "weekday" if kinds is _WEEKS else "number"
    return all(kind == wanted or kind in UNITS | AGO for kind, _ in half)


def _has(found: Sequence[Token], kinds: frozenset[str]) -> bool:
    return any(kind in kinds for kind, _ in found)


def _year(found: Sequence[Token]) -> bool:
    return any(map(is_year, found))
