# SPDX-License-Identifier: Apache-2.0
"""Which choices a question has in the form, and the sheet that lists them."""

from collections.abc import Iterator, Mapping
from typing import Final

from intake import formlogic as logic
from intake.answering import choices_of, label_of
from intake.catalog import Catalogs
from intake.formlogic import NO, YES
from intake.formtexts import Row, Texts
from intake.questions import Question, Questionnaire

LEFT_OUT: Final[Mapping[str, frozenset[str]]] = {"consent": frozenset({"traceless", "more"})}
"""Choices without a meaning on paper or a tablet: taking messages out of a chat, and one more screen of it."""

YES_NO: Final = "yes_no"
"""The list of what is only asked with yes and no."""


def offered(question: Question, catalogs: Catalogs) -> tuple[str, ...]:
    """The choices a question has in the form, as the chat names them."""
    left_out = LEFT_OUT.get(question.name, frozenset())
    return tuple(choice.value for choice in choices_of(question, catalogs) if choice.value not in left_out)


def listed(questionnaire: Questionnaire, catalogs: Catalogs, texts: Texts) -> Iterator[Row]:
    for value in (YES, NO):
        yield {"list_name": YES_NO, "name": value, **texts.fill(f"choice.another.{value}")}
    for question in questionnaire.questions.values():
        if question.hidden:
            continue
        wanted = offered(question, catalogs)
        for choice in (one for one in choices_of(question, catalogs) if one.value in wanted):
            logic.check_value(question, choice.value)
            drawn = (label_of(choice, catalogs.get(locale)) for locale in catalogs.locales)
            labels = dict(zip(texts.columns("label"), drawn, strict=True))
            yield {"list_name": question.name, "name": logic.choice_name(choice.value), **labels}
        if wanted:
            for own in logic.own_fields(question):
                yield {"list_name": question.name, "name": own, **texts.fill(f"form.{own}")}
