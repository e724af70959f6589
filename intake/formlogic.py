# SPDX-License-Identifier: Apache-2.0
"""The questionnaire's conditions as XPath, for a form in which every question is there and shows or hides itself.

What walk.py finds by going through the answers stands here as one expression a question. A question sees only those
before it. Inside a repeated section `${name}` is the same round; from outside it is the last round, as in the walk.
"""

from collections.abc import Iterable, Mapping, Sequence

from intake.errors import FormError
from intake.questions import SKIPPED, TYPED, Clauses, Path, Question, Questionnaire

OWN, DAY, NUMBER = "own_words", "exact_day", "exact_number"
"""Choices that only the form has: each opens a field of its own, where a chat simply takes what is typed."""

YES, NO = "yes", "no"
TRUE, FALSE = "true()", "false()"
_PLUS = ".plus"


def choice_name(value: str) -> str:
    """A choice's value as an XML name ("3-5" is "_3-5", "50+" is "_50.plus"); `choice_value` takes it back."""
    name = f"_{value}" if value[:1].isdigit() else value
    return name.replace("+", _PLUS)


def choice_value(name: str) -> str:
    value = name.replace(_PLUS, "+")
    return value[1:] if value[:1] == "_" else value


def check_value(question: Question, value: str) -> None:
    """FormError when a choice would not come back as what it was."""
    if choice_value(choice_name(value)) != value or value in {OWN, DAY, NUMBER}:
        raise FormError(f"{question.name}: the choice {value} cannot be named in a form, call it otherwise.")


def own_fields(question: Question) -> tuple[str, ...]:
    """The form's further choices of a question, for what is no choice of the chat."""
    if question.type == "date":
        return (DAY, OWN)
    if question.type == "count":
        return (NUMBER, OWN)
    return (OWN,) if question.free_text else ()


def all_of(parts: Iterable[str]) -> str:
    known = [part for part in dict.fromkeys(parts) if part != TRUE]
    if FALSE in known:
        return FALSE
    return " and ".join(_bracketed(part) for part in known) if len(known) > 1 else (known or [TRUE])[0]


def any_of(parts: Iterable[str]) -> str:
    known = [part for part in dict.fromkeys(parts) if part != FALSE]
    if TRUE in known:
        return TRUE
    return " or ".join(known) if len(known) > 1 else (known or [FALSE])[0]


def negated(part: str) -> str:
    return {TRUE: FALSE, FALSE: TRUE}.get(part, f"not({part})")


def _bracketed(part: str) -> str:
    return f"({part})" if " or " in part else part


class Logic:
    """Conditions of one questionnaire. `offered` narrows what a question's choices are in the form."""

    def __init__(self, questionnaire: Questionnaire, offered: Mapping[str, Sequence[str]]) -> None:
        self._questions = questionnaire.questions
        self._paths = questionnaire.paths
        self._order = {name: at for at, name in enumerate(questionnaire.questions)}
        self._offered = offered
        self.repeated = {q.section: q for q in questionnaire.questions.values() if q.repeats and q.section}

    def holds(self, clauses: Clauses, seen: Question | None, before: int) -> str:
        """Whether one of the tables holds, for who stands at `seen` and knows the questions before that place."""
        return any_of(all_of(self._among(name, wanted, seen, before) for name, wanted in table) for table in clauses)

    def relevant(self, question: Question, allowed: str) -> str:
        """When a question is asked, where the shorter paths and `more` allow it."""
        at = self._order[question.name]
        asked = self.holds(question.relevant, question, at) if question.relevant else TRUE
        spared = self.holds(question.unless, question, at) if question.unless else FALSE
        return all_of([allowed, asked, negated(spared)])

    def path(self, seen: Question | None, after: int) -> str:
        """The name of the shorter path that holds once the question at `after` is answered; '' for none."""
        found = "''"
        for path in reversed(self._paths):
            holds = all_of([self.holds(path.when, seen, after + 1), self._not_left(path, after)])
            found = found if holds == FALSE else f"if({holds}, '{path.name}', {found})"
        return found

    def leaves(self, question: Question) -> Iterable[tuple[str, str]]:
        """(question of the form, its condition) of each path that begins here and may be left for all questions."""
        at = self._order[question.name]
        for number, path in enumerate(self._paths):
            if path.open_end and self._begins(path) == at and question.into != "consent":
                earlier = [negated(self.holds(p.when, question, at + 1)) for p in self._paths[:number]]
                yield f"all_{path.name}", all_of([*earlier, self.holds(path.when, question, at + 1)])

    def _begins(self, path: Path) -> int:
        return max(self._order[name] for table in path.when for name, _ in table)

    def _not_left(self, path: Path, after: int) -> str:
        begins = self._begins(path)
        leavable = path.open_end and begins <= after
        opening = [q for q in self._questions.values() if self._order[q.name] == begins and q.into == "consent"]
        return f"${{all_{path.name}}} != '{YES}'" if leavable and not opening else TRUE

    def _among(self, name: str, wanted: frozenset[str], seen: Question | None, before: int) -> str:
        source = self._questions[name]
        if self._order[name] >= before:
            return TRUE if SKIPPED in wanted else FALSE
        known = self._offered.get(name) or [choice.value for choice in source.choices]
        tests = [f"{self._at(source, seen)} = ''"] if SKIPPED in wanted else []
        tests += [self._is(source, choice_name(value), seen) for value in known if value in wanted]
        if TYPED in wanted and source.type == "text":
            tests.append(f"{self._at(source, seen)} != ''")
        elif TYPED in wanted:
            tests += [self._is(source, own, seen) for own in own_fields(source)]
        return any_of(tests)

    def _is(self, source: Question, value: str, seen: Question | None) -> str:
        ref = self._at(source, seen)
        return f"selected({ref}, '{value}')" if source.multiple else f"{ref} = '{value}'"

    def _at(self, source: Question, seen: Question | None) -> str:
        if source.section not in self.repeated or (seen is not None and seen.section == source.section):
            return f"${{{source.name}}}"
        return last_round(source.section, source.name)


def rounds(section: str) -> str:
    return f"{section}_rounds"


def last_round(section: str, name: str) -> str:
    return f"${{{section}}}[position() = ${{{rounds(section)}}}]/{name}"


def repeat_count(section: str, again: Question) -> str:
    """One round more after each "yes" (docs.getodk.org/form-logic, "Repeating as long as a condition is met")."""
    so_far = f"${{{rounds(section)}}}"
    more = f"{so_far} < {again.repeats} and {last_round(section, again.name)} = '{YES}'"
    return f"if({so_far} = 0 or ({more}), {so_far} + 1, {so_far})"
