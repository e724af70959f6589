# SPDX-License-Identifier: Apache-2.0
"""The questionnaire as an XLSForm, for offline interviews with ODK or KoboToolbox (docs/forms.md).

Every question is in it, asked when the chat would ask it. What only a chat can do is left out (formchoices.py); what
only a form needs is added: a field of its own for own words, and two questions about how long it may take.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from intake import formlogic as logic
from intake.catalog import Catalogs
from intake.errors import FormError
from intake.formchoices import YES_NO, listed, offered
from intake.formlogic import DAY, NO, NUMBER, OWN, YES, Logic
from intake.formtexts import Row, Texts
from intake.questions import Question, Questionnaire

MEDIA: Final = {"photo": "image", "video": "video", "audio": "audio", "document": "file"}
_SETTINGS: Final = {"image": "max-pixels=2048"}
LONG_LIST: Final = 20  # choices from which on a list is searched instead of shown whole
TELLING: Final = "telling"
MORE: Final = "tell_more"
_FIELDS: Final = {DAY: "date", NUMBER: "integer", OWN: "text"}


class Sheet(NamedTuple):
    columns: tuple[str, ...]
    rows: list[Row]


def sheets(questionnaire: Questionnaire, catalogs: Catalogs, *, organisation: str) -> Mapping[str, Sheet]:
    """The three sheets of the form. FormError when the questionnaire cannot be one."""
    texts = Texts(catalogs, organisation)
    survey = list(_Survey(questionnaire, catalogs, texts).rows())
    names = [row["name"] for row in survey if row.get("name")]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FormError(f"{twice[0]}: two fields of the form have this name, call the question otherwise.")
    labels, hints = texts.columns("label"), texts.columns("hint")
    messages = texts.columns("constraint_message")
    logical = ("required", "relevant", "calculation", "constraint", "repeat_count", "default", "appearance")
    settings = {
        "form_title": texts.one("form.title"),
        "form_id": "amparo_interview",
        "version": questionnaire.version,
        "default_language": texts.language(catalogs.locales[0]),
        "style": "pages",
    }
    columns = ("type", "name", *labels, *hints, *logical, "parameters", *messages)
    return {
        "survey": Sheet(columns, survey),
        "choices": Sheet(("list_name", "name", *labels), list(listed(questionnaire, catalogs, texts))),
        "settings": Sheet(tuple(settings), [settings]),
    }


class _Survey:
    """Writes the survey sheet from top to bottom, and knows which shorter path may hold where it stands."""

    def __init__(self, questionnaire: Questionnaire, catalogs: Catalogs, texts: Texts) -> None:
        self._questionnaire = questionnaire
        self._texts = texts
        self._offered = {name: offered(q, catalogs) for name, q in questionnaire.questions.items()}
        self._logic = Logic(questionnaire, self._offered)
        self._order = {name: at for at, name in enumerate(questionnaire.questions)}
        self._way = ""  # the field that holds the shorter path, once there can be one
        self._possible: tuple[str, ...] = ()
        self._triggered = -1
        self._more_asked = False

    def rows(self) -> Iterator[Row]:
        opening = {q.into: q for q in self._questionnaire.questions.values() if q.into in {"consent", "language"}}
        consent = opening["consent"]
        yield from self._asked(consent, logic.TRUE)
        yes = [f"${{{consent.name}}} = '{value}'" for value in self._offered["consent"] if value != NO]
        yield {"type": "begin_group", "name": TELLING, "relevant": logic.any_of(yes), **self._texts.fill("form.title")}
        yield from self._asked(opening["language"], logic.TRUE)
        yield from self._path_after(consent)
        for block in self._questionnaire.blocks:
            yield from self._block([q for q in block if q.into not in opening])
        yield {"type": "note", "name": "form_end", **self._texts.fill("form.end")}
        yield {"type": "end_group"}
        refused = f"${{{consent.name}}} = '{NO}'"
        yield {"type": "note", "name": "form_no", "relevant": refused, **self._texts.fill("form.no")}

    def _block(self, block: list[Question]) -> Iterator[Row]:
        if not self._more_asked and any(q.more and not q.default for q in block):
            self._more_asked = True
            free = f"${{{self._way}}} = ''" if self._way else logic.TRUE
            yield self._yes_no(MORE, "form.tell_more.label", free)
        again = self._logic.repeated.get(block[0].section) if block else None
        if again is None:
            for question in block:
                yield from self._question(question)
            return
        yield from self._repeat(block, again)

    def _repeat(self, block: list[Question], again: Question) -> Iterator[Row]:
        section, before = again.section, self._triggered
        counted = f"count(${{{section}}})"
        yield {"type": "calculate", "name": logic.rounds(section), "calculation": counted}
        yield {
            "type": "begin_repeat",
            "name": section,
            "relevant": self._relevant_of_all(block),
            "repeat_count": logic.repeat_count(section, again),
            **self._texts.fill(f"form.{section}"),
        }
        for question in block:
            yield from self._question(question)
        yield {"type": "end_repeat"}
        if self._triggered != before:
            yield from self._path_row(f"way_after_{section}", None)

    def _relevant_of_all(self, block: list[Question]) -> str:
        """The condition that all questions of a repeat share, but for those that follow from one in it."""
        inner = {q.name for q in block}
        first = [self._relevant(q) for q in block if not inner & {name for table in q.relevant for name, _ in table}]
        shared = first[0] if len(set(first)) == 1 else logic.TRUE
        return "" if shared == logic.TRUE else shared

    def _question(self, question: Question) -> Iterator[Row]:
        yield from self._asked(question, self._relevant(question))
        if question.name in self._questionnaire.triggers:
            yield from self._path_after(question)

    def _path_after(self, trigger: Question) -> Iterator[Row]:
        for name, relevant in self._logic.leaves(trigger):
            yield self._yes_no(name, "form.all.label", relevant)
        self._triggered = self._order[trigger.name]
        yield from self._path_row(f"way_{trigger.name}", trigger)

    def _path_row(self, name: str, seen: Question | None) -> Iterator[Row]:
        found = self._logic.path(seen, self._triggered)
        self._way = name
        self._possible = tuple(path.name for path in self._questionnaire.paths if f"'{path.name}'" in found)
        yield {"type": "calculate", "name": name, "calculation": found}

    def _relevant(self, question: Question) -> str:
        return self._logic.relevant(question, self._allowed(question))

    def _allowed(self, question: Question) -> str:
        """Where no shorter path holds (and more is wanted, if it is a question of more), and on paths that ask it."""
        wanted = f"${{{MORE}}} = '{YES}'" if question.more and not question.default else logic.TRUE
        asking = {path.name for path in self._questionnaire.paths if question.name in path.asks}
        if not self._possible or (wanted == logic.TRUE and asking.issuperset(self._possible)):
            return wanted
        on_paths = [f"${{{self._way}}} = '{name}'" for name in self._possible if name in asking]
        return logic.any_of([logic.all_of([f"${{{self._way}}} = ''", wanted]), *on_paths])

    def _yes_no(self, name: str, key: str, relevant: str) -> Row:
        row = {"type": f"select_one {YES_NO}", "name": name, **self._texts.fill(key)}
        return row if relevant == logic.TRUE else {**row, "relevant": relevant}

    def _asked(self, question: Question, relevant: str) -> Iterator[Row]:
        """The question, the fields that belong to it, and what is said after one of its answers."""
        shown = {} if relevant == logic.TRUE else {"relevant": relevant}
        row = {"name": question.name, **self._texts.asked(question), **shown}
        choices = self._offered[question.name]
        if question.hidden:  # the chat's review asks it; never after the last round
            last = logic.all_of([relevant, f"position(..) < {question.repeats}"])
            yield {**row, "type": f"select_one {YES_NO}", "relevant": last}
        elif question.type == "files":
            yield {**row, "type": "note"}
            yield from self._media(question, MEDIA, shown)
        elif not choices:
            yield {**row, "type": "text", "appearance": "multiline"}
            if "voice" in question.accepts:
                yield from self._media(question, {"voice": "audio"}, shown)
        else:
            yield {**row, **self._choosing(question, choices)}
            yield from self._own(question)
            yield from self._said(question, choices)

    def _choosing(self, question: Question, choices: tuple[str, ...]) -> Row:
        row = {"type": f"select_{'multiple' if question.multiple else 'one'} {question.name}"}
        if question.required:
            row["required"] = YES
        if question.default:
            row["default"] = logic.choice_name(question.default)
        if len(choices) > LONG_LIST:
            row["appearance"] = "minimal"
        if question.multiple and question.alone:
            names = sorted(map(logic.choice_name, question.alone))
            row["constraint"] = " and ".join(f"not(selected(., '{n}') and count-selected(.) > 1)" for n in names)
            row |= self._texts.fill("form.alone", "constraint_message")
        return row

    def _own(self, question: Question) -> Iterator[Row]:
        for own in logic.own_fields(question):
            ref = f"${{{question.name}}}"
            chosen = f"selected({ref}, '{own}')" if question.multiple else f"{ref} = '{own}'"
            kind = _FIELDS[own]
            name = f"{question.name}_{own.rpartition('_')[2]}"
            limit = {"constraint": f". >= {question.least}"} if kind == "integer" else {}
            label = self._texts.fill(f"form.{own}")
            yield {"type": kind, "name": name, **label, "required": YES, "relevant": chosen, **limit}

    def _said(self, question: Question, choices: tuple[str, ...]) -> Iterator[Row]:
        for number, key in enumerate(dict.fromkeys(question.says.values()), 1):
            values = [value for value in choices if question.says.get(value) == key]
            ref = f"${{{question.name}}}"
            names = map(logic.choice_name, values)
            told = [f"selected({ref}, '{n}')" if question.multiple else f"{ref} = '{n}'" for n in names]
            name = f"{question.name}_said_{number}"
            yield {"type": "note", "name": name, **self._texts.fill(key), "relevant": logic.any_of(told)}

    def _media(self, question: Question, kinds: Mapping[str, str], shown: Row) -> Iterator[Row]:
        for kind, type_ in kinds.items():
            row = {"type": type_, "name": f"{question.name}_{kind}", **self._texts.fill(f"kind.{kind}.label"), **shown}
            yield {**row, "parameters": _SETTINGS[type_]} if type_ in _SETTINGS else row
