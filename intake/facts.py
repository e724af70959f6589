# SPDX-License-Identifier: Apache-2.0
"""Facts: the little that triage reads of a report, every one of them optional.

An absent fact, null, false and "unknown" mean the same: nothing is added, nothing is lowered. Only where WORDS names
"unknown" is it an answer of its own.
A `Facts` that exists is valid: whatever builds one, wrong values are refused with FactsError.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, Self

from intake.errors import FactsError

# Word facts: their allowed values from the mildest to the worst, the order `worst` goes by.
# "unknown" stands above an answer that rules harm out, and below every answer that tells of harm, except for
# removal: a detained person whose removal date nobody knows counts more than one who is to be removed later.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "danger": ("no", "unknown", "nearby", "now"),
    "medical": ("no", "unknown", "now"),
    "missing": ("gt72h", "lt72h"),
    "removal": ("done", "later", "unknown", "lt72h"),
    "fear_return": ("no", "unknown", "yes"),
    "sexual_violence": ("older", "unknown", "lt120h"),
    "defender": ("threatened", "attacked", "detained", "captive"),
}
VULNERABILITIES: Final = (
    "infant",
    "adolescent",
    "pregnant",
    "serious_illness",
    "disability",
    "indigenous_language",
    "no_interpreter",
    "lgbtiq",
    "elderly",
)
COUNTS: Final = frozenset({"expelled_within_days", "deaths", "people", "days_since"})
# An unknown key is repeated in the error only when it looks like a name somebody mistyped.
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What triage reads; any of it may be left out.

    Days and people are whole numbers from 0. `people` is the smallest count told; `days_since` counts from the latest
    possible day of the newest incident, `expelled_within_days` from the latest possible day of the expulsion.
    """

    danger: str | None = None
    medical: str | None = None
    captive_now: bool | None = None
    missing: str | None = None
    missing_child: bool | None = None
    missing_in_custody: bool | None = None
    detained_now: bool | None = None
    removal: str | None = None
    expelled_within_days: int | None = None
    fear_return: str | None = None
    child_alone: bool | None = None
    child_separated_now: bool | None = None
    sexual_violence: str | None = None
    defender: str | None = None
    torture: bool | None = None
    deaths: int | None = None
    death_within_72h: bool | None = None
    state_custody_or_force: bool | None = None
    documented: bool | None = None
    vulnerabilities: tuple[str, ...] = ()
    people: int | None = None
    days_since: int | None = None

    def __post_init__(self) -> None:
        for name in NAMES:
            value = getattr(self, name)
            if name == "vulnerabilities":
                object.__setattr__(self, name, _needs(value))
            elif value is not None and not _allowed(name, value):
                raise FactsError(f"{name}: allowed are {_allowance(name)} or null.")

    @classmethod
    def from_mapping(cls, mapping: object) -> Self:
        """Facts from decoded JSON; FactsError names the key and what it allows, never the value given."""
        if not isinstance(mapping, Mapping):
            raise FactsError("Facts are one JSON object, for example {} when nothing is known.")
        for key in mapping:
            if key not in NAMES:
                raise FactsError(f"{spoken(key)} is not a fact: allowed are {', '.join(NAMES)}.")
        return cls(**{name: value for name, value in mapping.items() if not _untold(name, value)})

    def to_mapping(self) -> dict[str, object]:
        """Give what is known, in table order, ready for JSON; null and an empty list are left out."""
        known = {name: getattr(self, name) for name in NAMES}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in known.items() if v is not None and v != ()}


NAMES: Final = tuple(field.name for field in fields(Facts))


def worst(facts: Facts, *others: Facts) -> Facts:
    """Take the worst value of each fact over several incidents: none of them has a class above the result's.

    Give each incident with all its facts. An incident with no date leaves `days_since` open, since it may be the
    newest of all; days since an expulsion are the fewest told, people and deaths the largest number, never a sum.
    """
    merged = combine(facts, *others)
    undated = any(one.days_since is None for one in (facts, *others))
    return replace(merged, days_since=None) if undated else merged


def combine(facts: Facts, *parts: Facts) -> Facts:
    """Join what several answers and codes tell of one and the same incident; a part that says nothing adds nothing."""
    everything = (facts, *parts)
    return Facts.from_mapping({name: _worst_of(name, [getattr(one, name) for one in everything]) for name in NAMES})


def spoken(key: object) -> str:
    """Name a key as an error may: itself when it is a short plain name, else only that there was one."""
    return key if isinstance(key, str) and _NAME.fullmatch(key) else "One of the keys"


def _worst_of(name: str, values: list[object]) -> object:
    if name == "vulnerabilities":
        return [need for need in VULNERABILITIES if any(need in told for told in values if isinstance(told, tuple))]
    known = [value for value in values if value is not None]
    return _pick(name, known) if known else None


def _pick(name: str, known: list[object]) -> object:
    if name in WORDS:
        return max(known, key=lambda value: WORDS[name].index(str(value)))
    numbers = [value for value in known if isinstance(value, int)]
    return min(numbers) if name in {"days_since", "expelled_within_days"} else max(numbers)


def _untold(name: str, value: object) -> bool:
    """Whether a decoded value says no more than leaving the key out; 0 is not false here, in Python it equals it."""
    if value is None or (value is False and name in WORDS):
        return True
    return value == "unknown" and "unknown" not in WORDS.get(name, ())


def _allowed(name: str, value: object) -> bool:
    # `type() is` and not isinstance: in Python True is an int, in a report it is not a number of people.
    if name in WORDS:
        return isinstance(value, str) and value in WORDS[name]
    if name in COUNTS:
        return type(value) is int and value >= 0
    return type(value) is bool


def _allowance(name: str) -> str:
    if name in WORDS:
        return ", ".join(WORDS[name])
    return "whole numbers from 0" if name in COUNTS else "true, false"


def _needs(value: object) -> tuple[str, ...]:
    """Each need once, in table order, so that equal facts are equal objects."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, Mapping)):
        raise FactsError(f"vulnerabilities: allowed is a list of {', '.join(VULNERABILITIES)}, or null.")
    told = list(value)
    if not all(isinstance(need, str) and need in VULNERABILITIES for need in told):
        raise FactsError(f"vulnerabilities: each is one of {', '.join(VULNERABILITIES)}.")
    return tuple(need for need in VULNERABILITIES if need in told)
