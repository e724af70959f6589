# SPDX-License-Identifier: Apache-2.0
"""Who tells and for whom: mode, persons, consent, sharing, contact and what they wish for."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from intake.draft import Draft
from intake.errors import ReportError
from intake.persons import capped, consents, persons_of
from intake.shape import ConsentRecord, Contact, Source
from intake.told import Told, answers_into, first, joined, values_into

MODES = ("self", "relative", "proxy", "witness")
ON_BEHALF = frozenset({"relative", "proxy"})
"""Who tells of others: while nobody has said that these agree, nothing that tells of them leaves."""

NO_WISH = frozenset({"yes", "no", "none"})
MOST_OF_PATTERN = ("S0", "S2")
"""A pattern tells of many who were not asked: numbers at most (domain.md 6.8)."""


def teller_of(draft: Draft, told: Sequence[Told]) -> dict[str, Any]:
    """Fields of a Report. ReportError without a consent."""
    if draft.consent is None:
        raise ReportError("Nothing may be sent before the person has agreed: ask for consent first.")
    common = [one for one in told if not one.question.section]
    persons, pattern = persons_of(told), "often" in values_into(common, "pattern")
    agrees = first(values_into(common, "agrees"))
    mode = _mode(common)
    unasked = "cannot" if mode in ON_BEHALF and not pattern else None
    share = capped(first(values_into(common, "share")) or "S0", agrees or unasked)
    if pattern and not persons and share not in MOST_OF_PATTERN:
        share = "S2"
    given = ConsentRecord(**{**asdict(draft.consent), "level": share})
    wishes = values_into(common, "wishes") + values_into([o for o in told if o.question.section], "wishes")
    return {
        "language": draft.locale,
        "interpreter_needed": _interpreter(draft, common),
        "mode": mode,
        "pattern": pattern,
        "persons": persons,
        "agrees": agrees,
        "agrees_why": joined(answers_into(common, "why")),
        "source": _source(common),
        "share": share,
        "consent": (given, *consents(persons, given)),
        "wishes": tuple(dict.fromkeys(w for w in wishes if w not in NO_WISH)) or (("talk",) if "yes" in wishes else ()),
        "contact": _contact(common),
        "flags": tuple(flag for flag in draft.flags if flag != "break"),
    }


def _mode(told: Iterable[Told]) -> str | None:
    """The last answer counts. "Many people" without more is told by somebody who saw it; a child tells for itself."""
    values = values_into(told, "mode")
    plain = [value for value in values if value in MODES]
    if plain:
        return plain[-1]
    return {"many": "witness", "child": "self"}.get(values[-1]) if values else None


def _interpreter(draft: Draft, told: Sequence[Told]) -> str | None:
    """A language tag, or their words; "und" (undetermined, BCP 47) when only "not here" was said."""
    named = answers_into(told, "interpreter")
    if named:
        return first(named[-1].values) or named[-1].words[:80] or "und"
    language = draft.answers.get("language")
    return "und" if language is not None and "other" in language.values else None


def _source(told: Sequence[Told]) -> Source:
    risk = first(values_into(told, "own_risk"))
    return Source(
        role=first(values_into(told, "role")),
        role_words=joined(answers_into(told, "role")),
        known_by=first(values_into(told, "known_by")),
        at_risk=None if risk is None else risk == "yes",
    )


def _contact(told: Sequence[Told]) -> Contact:
    answers, how = answers_into(told, "contact"), values_into(told, "contact_how")
    if not answers:
        return Contact()
    values = tuple(value for answer in answers for value in answer.values)
    return Contact(
        allowed="no" not in values,
        when=tuple(value for value in values if value != "no"),
        words=joined(answers),
        neutral_only="neutral" in how,
        safe_word=joined(answers_into(told, "safe_word")),
    )
