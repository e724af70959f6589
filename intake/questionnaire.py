# SPDX-License-Identifier: Apache-2.0
"""The interview as data: reads questionnaire.toml and refuses one that contradicts itself.

`relevant` is a list of tables: a question is asked when one table holds; a table holds when each question it names
has one of the listed values. "-" stands for skipped or not asked, "*" for an answer in own words only. Only earlier
questions may be named, so there are no cycles and the end is certain.
"""

import hashlib
import pathlib
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from intake import taxonomy as taxonomies
from intake.effects import Choice
from intake.entries import Actor, Site
from intake.errors import QuestionnaireError
from intake.matching import fold
from intake.questions import Clauses, Path, Question, Questionnaire, Questionnaires, Type
from intake.refusals import check
from intake.taxonomy import Taxonomy


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Path(_Row):
    name: str
    when: list[dict[str, list[str]]] = Field(min_length=1)
    asks: list[str]
    open_end: bool = False  # at its end the person may choose to tell the rest before sending


class _Question(_Row):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")
    type: Type
    choices: list[str] = []
    choices_from: str = ""  # beside `choices`: these may be typed, but are not shown
    alone: list[str] = []  # choices that push the others out
    labels: str = ""  # whose texts the choices use: a kind of the taxonomy, or "choice.<question>"
    relevant: list[dict[str, list[str]]] = []
    unless: list[dict[str, list[str]]] = []
    required: bool = False
    section: str = ""  # questions of one section stand together
    repeats: int = 0  # "yes" to this question asks its section again, so many times in all
    enough: bool = False  # with one such answer a report may be sent
    free_text: bool = False  # words that are no choice are an answer
    accepts: list[Literal["voice", "audio", "video_note", "video", "photo", "document"]] = []
    kept: bool = False  # stays in the report when a shorter path no longer asks it
    least: int = 1
    more: bool = False
    hidden: bool = False
    default: str = ""
    offer: str = ""
    into: str = ""
    sets: dict[str, dict[str, Any]] = {}
    says: dict[str, str] = {}  # catalog key said after a choice
    sensitive: int = Field(default=1, ge=1, le=3)
    columns: int = Field(default=1, ge=1, le=3)
    stage: int = 0


class _File(_Row):
    version: str
    paths: list[_Path]
    questions: list[_Question]


def load(path: pathlib.Path | None = None, taxonomy: Taxonomy | None = None) -> Questionnaire:
    """The packaged questionnaire, or an organisation's own file. QuestionnaireError names question and fault."""
    source = pathlib.Path(__file__).with_name("questionnaire.toml") if path is None else path
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionnaireError("The questionnaire cannot be read: check its path and that it is UTF-8.") from error
    return parse(text, taxonomy or taxonomies.load())


def load_all(taxonomy: Taxonomy | None = None) -> Questionnaires:
    """The packaged questionnaire and those of earlier days (earlier/), which open drafts may still need."""
    known = taxonomy or taxonomies.load()
    files = sorted(pathlib.Path(__file__).with_name("earlier").glob("*.toml"))
    earlier = [load(file, known) for file in files]
    return Questionnaires(load(taxonomy=known), {one.version: one for one in earlier})


def parse(text: str, taxonomy: Taxonomy) -> Questionnaire:
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise QuestionnaireError(f"The questionnaire is not TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise QuestionnaireError(f"{where}: {first['msg']} (rows are counted from 0).") from error
    names = [row.name for row in file.questions]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise QuestionnaireError(f"{twice[0]}: the name stands there twice.")
    questions = {row.name: _compiled(row, taxonomy) for row in file.questions}
    paths = tuple(Path(p.name, _clauses(p.when), frozenset(p.asks), p.open_end) for p in file.paths)
    questionnaire = Questionnaire(
        version=f"{file.version}-{hashlib.sha256(text.encode()).hexdigest()[:8]}",
        questions=questions,
        paths=paths,
        blocks=tuple(_blocks(questions)),
        triggers=frozenset(name for p in file.paths for table in p.when for name in table),
        stages=max(question.stage for question in questions.values()),
        taxonomy=taxonomy,
    )
    check(questionnaire)
    return questionnaire


def _clauses(tables: list[dict[str, list[str]]]) -> Clauses:
    return tuple(tuple((name, frozenset(values)) for name, values in table.items()) for table in tables)


def _compiled(row: _Question, taxonomy: Taxonomy) -> Question:
    if len(set(row.choices)) != len(row.choices):
        raise QuestionnaireError(f"{row.name}: a choice stands there twice.")
    listed = dict(_listed(row, taxonomy))
    values = dict.fromkeys([*row.choices, *listed])
    fields = row.model_dump(exclude={"choices", "choices_from", "labels", "alone", "relevant", "unless", "accepts"})
    return Question(
        choices=tuple(Choice(value, listed.get(value) or _label(row, value)) for value in values),
        shown=len(row.choices) or len(values),
        alone=frozenset(row.alone),
        relevant=_clauses(row.relevant),
        unless=_clauses(row.unless),
        accepts=frozenset(row.accepts),
        locales=row.choices_from == "locales",
        aliases=_aliases(row, taxonomy),
        **fields,
    )


def _aliases(row: _Question, taxonomy: Taxonomy) -> dict[str, str]:
    lists: dict[str, Mapping[str, Actor] | Mapping[str, Site]] = {"actors": taxonomy.actors, "sites": taxonomy.sites}
    named = lists.get(row.choices_from, {})
    found = {fold(name): code for code, entry in named.items() for name in entry.aliases}
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))


def _label(row: _Question, value: str) -> str:
    """A choice's own text, or the one it shares with another list."""
    if not row.labels:
        return f"choice.{row.name}.{value}"
    return f"{row.labels}.{value}" if row.labels.startswith("choice.") else f"{row.labels}.{value}.label"


def _listed(row: _Question, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """(value, label key) of every entry of the list that `choices_from` names."""
    kind, _, which = row.choices_from.partition(".")
    if kind == "violations" and which in taxonomy.groups:
        yield from ((v.code, f"violation.{v.code}.label") for v in taxonomy.menu(which))
    elif kind == "states":
        chosen = taxonomy.places.states_of(which) if which else taxonomy.places.states
        yield from ((code, f"state.{code}.label") for code in chosen)
    elif row.choices_from == "actors":
        yield from ((code, f"actor.{code}.label") for code in taxonomy.actors)
    elif row.choices_from == "sites":
        yield from ((code, f"site.{code}.label") for code in taxonomy.sites)
    elif row.choices_from not in {"", "locales"}:  # languages are known only to the catalogs
        raise QuestionnaireError(f"{row.name}: there is no list {row.choices_from}.")


def _blocks(questions: Mapping[str, Question]) -> Iterator[tuple[Question, ...]]:
    block: list[Question] = []
    for question in questions.values():
        if block and block[-1].section != question.section:
            yield tuple(block)
            block = []
        block.append(question)
    yield tuple(block)
