# SPDX-License-Identifier: Apache-2.0
"""What a questionnaire is once it is read: questions, shorter paths, and the order of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from intake.effects import Choice
from intake.taxonomy import Taxonomy

SKIPPED, TYPED = "-", "*"
"""In `relevant`: the question was skipped or not asked; it was answered in words that are no choice."""

Type = Literal["select_one", "select_multiple", "text", "date", "count", "files"]

Clauses = tuple[tuple[tuple[str, frozenset[str]], ...], ...]
"""Holds when one of the tables holds: each (question, accepted values) of it. No tables: always."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, ready to be asked. `choices` are all that are understood, the first `shown` of them are drawn.

    Asked when one table of `relevant` holds and none of `unless`. `more`: only when the person wants to tell more, or
    a shorter path names it. `hidden`: never asked, its answer comes from the review. `default`: what holds while it
    has no answer. `offer`: a choice that the review offers by itself.
    """

    name: str
    type: Type
    choices: tuple[Choice, ...]
    shown: int
    alone: frozenset[str]
    relevant: Clauses
    unless: Clauses
    required: bool
    section: str
    repeats: int
    enough: bool
    free_text: bool
    accepts: frozenset[str]
    kept: bool
    least: int
    more: bool
    hidden: bool
    default: str
    offer: str
    into: str
    sets: Mapping[str, Mapping[str, Any]]
    says: Mapping[str, str]
    sensitive: int
    columns: int
    stage: int
    aliases: Mapping[str, str] = field(default_factory=dict)  # folded names people write, longest first -> value
    locales: bool = False  # the choices are the shipped languages

    @property
    def multiple(self) -> bool:
        return self.type == "select_multiple"

    @property
    def label(self) -> str:
        return f"question.{self.name}.label"

    def value(self, position: int) -> str:
        return self.choices[position].value


@dataclass(frozen=True, slots=True)
class Path:
    name: str
    when: Clauses
    asks: frozenset[str]
    open_end: bool


@dataclass(frozen=True)
class Questionnaire:
    """`version` is the file's own and a hash of it, so that a draft never meets questions it does not know."""

    version: str
    questions: Mapping[str, Question]
    paths: tuple[Path, ...]
    blocks: tuple[tuple[Question, ...], ...]  # neighbours of one section, in order
    triggers: frozenset[str]  # questions whose answers may open a shorter path
    stages: int  # how many main questions a person is told there are, about
    taxonomy: Taxonomy

    def question(self, step: str) -> Question:
        """The question of a step such as `place` or `place.2`; KeyError when there is none."""
        return self.questions[step.partition(".")[0]]


@dataclass(frozen=True)
class Questionnaires:
    """The one that new tellings begin with, and earlier ones for drafts that were begun with them."""

    current: Questionnaire
    earlier: Mapping[str, Questionnaire] = field(default_factory=dict)

    def of(self, version: str | None) -> Questionnaire:
        """The questionnaire a draft was begun with; the current one when there is none or it is gone."""
        return self.earlier.get(version or "", self.current)
