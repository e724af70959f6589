# SPDX-License-Identifier: Apache-2.0
"""What a questionnaire may not say: every rule here is one that would otherwise show itself to somebody in danger."""

from collections.abc import Mapping

from intake.effects import RESERVED
from intake.errors import FactsError, QuestionnaireError
from intake.facts import Facts
from intake.questions import SKIPPED, TYPED, Clauses, Question, Questionnaire
from intake.spans import BUTTONS as DATE_BUTTONS

CALLBACK_BYTES = 64
"""Telegram's limit on callback data. A press carries the nonce (8), the step and the choice, with a mark between."""

LANDINGS = frozenset(
    {
        *("language", "consent", "mode", "age", "status", "sent_on", "acts", "place", "town", "site", "date"),
        *("people", "children", "attributes", "narrative", "actors", "wishes", "contact", "interpreter", "pattern"),
        *("dead", "injured", "qualifiers", "moved_to", "over", "counted", "going_on", "how", "certainty", "papers"),
        *("papers_fate", "reason_told", "signed", "understood", "version", "evidence", "agrees", "why", "traits"),
        *("part", "nationality", "now", "share", "role", "known_by", "own_risk", "complaints", "contact_how"),
        *("safe_word",),
    }
)
"""Where in a report an answer may land (intake/report.py). Others stand in its list of answers only."""

ROUNDS = 30
"""Cards of persons in one report (domain.md section 6.6); more are told as a group."""

FOLLOWED_UP = "earlier"
"""The one date button that means no days by itself: a further question asks."""

Ways = list[dict[str, frozenset[str]]]


def check(questionnaire: Questionnaire) -> None:
    """Refuse contradictions: QuestionnaireError names the question and what is wrong."""
    questions = questionnaire.questions
    names = list(questions)
    _refuse_if(names[:2] != ["language", "consent"], "The first questions are language and consent.")
    _refuse_if(not any(q.enough for q in questions.values()), "No answer is ever enough to send: mark some `enough`.")
    sections = [block[0].section for block in questionnaire.blocks if block[0].section]
    _refuse_if(len(sections) != len(set(sections)), "The questions of one section must stand together.")
    for at, question in enumerate(questions.values()):
        _check_question(question)
        earlier = {name: questions[name] for name in names[:at]}
        _check_tables(question.name, (*question.relevant, *question.unless), earlier)
        _refuse_if(not _ways(question, questions), f"{question.name}: no path reaches this question.")
    for path in questionnaire.paths:
        _check_tables(f"path {path.name}", path.when, questions)
        strange = sorted(path.asks - questions.keys())
        _refuse_if(strange, f"path {path.name}: there is no question {', '.join(strange)}.")


def _check_question(question: Question) -> None:
    name, values = question.name, {choice.value for choice in question.choices}
    _refuse_if(values & {*RESERVED, SKIPPED, TYPED}, f"{name}: a choice has the name of a standing word.")
    wanting = question.type not in {"text", "files"} and not values and not question.locales
    _refuse_if(wanting, f"{name}: there is nothing to choose.")
    _refuse_if(question.into and question.into not in LANDINGS, f"{name}: a report has no place {question.into}.")
    for field, keys in (("alone", question.alone), ("sets", set(question.sets)), ("says", set(question.says))):
        _refuse_if(keys - values, f"{name}: {field} names a choice that is not there.")
    _refuse_if(question.default and question.default not in values, f"{name}: the default is no choice.")
    _refuse_if(question.offer and question.offer not in values, f"{name}: the review would offer no choice of it.")
    _refuse_if(question.repeats > ROUNDS, f"{name}: a section can be asked {ROUNDS} times at most.")
    endless = question.repeats and (not question.section or "yes" not in values)
    _refuse_if(endless, f"{name}: repeats needs a section and a yes.")
    longest = max((len(value.encode()) for value in {*values, *RESERVED}), default=0)
    size = 8 + 1 + len(f"{name}.{max(question.repeats, 9)}".encode()) + 1 + longest
    _refuse_if(size > CALLBACK_BYTES, f"{name}: a button would carry {size} bytes; {CALLBACK_BYTES} is the most.")
    unreadable = question.type == "date" and values - DATE_BUTTONS.keys() - {FOLLOWED_UP}
    _refuse_if(unreadable, f"{name}: a date button nobody can read.")
    for facts in question.sets.values():
        try:
            Facts.from_mapping(facts)
        except FactsError as error:
            raise QuestionnaireError(f"{name}: {error}") from error


def _check_tables(name: str, clauses: Clauses, earlier: Mapping[str, Question]) -> None:
    for table in clauses:
        _refuse_if(not table, f"{name}: an empty table would always hold; leave it out.")
        for asked, values in table:
            _refuse_if(asked not in earlier, f"{name}: {asked} is no earlier question.")
            known = {choice.value for choice in earlier[asked].choices} | {SKIPPED, TYPED}
            _refuse_if(values - known or not values, f"{name}: {asked} has no such choice.")


def _ways(question: Question, questions: Mapping[str, Question]) -> Ways:
    """Every way to reach a question, as the answers it takes to earlier ones; none when they exclude each other."""
    if not question.relevant:
        return [{}]
    return [way for table in question.relevant for way in _joined(dict(table), questions)]


def _joined(table: dict[str, frozenset[str]], questions: Mapping[str, Question]) -> Ways:
    ways: Ways = [table]
    for asked, values in table.items():
        if SKIPPED not in values:  # then it must itself be reached
            ways = [both for way in ways for way2 in _ways(questions[asked], questions) if (both := _both(way, way2))]
    return ways


def _both(one: dict[str, frozenset[str]], other: dict[str, frozenset[str]]) -> dict[str, frozenset[str]] | None:
    joined = dict(one)
    for name, values in other.items():
        joined[name] = joined[name] & values if name in joined else values
    return joined if all(joined.values()) else None


def _refuse_if(wrong: object, message: str) -> None:
    if wrong:
        raise QuestionnaireError(message)
