# SPDX-License-Identifier: Apache-2.0
"""The screen a draft shows: its question, the review, or one of the three screens that are laid over them."""

from collections.abc import Iterator
from dataclasses import replace

from intake.answering import choices_of, label_of
from intake.catalog import Catalog, Catalogs
from intake.draft import Answer, Draft
from intake.effects import STANDING, Ask, Choice, Review, ReviewLine
from intake.matching import fold
from intake.questions import Question, Questionnaire
from intake.walk import REVIEW, Walk, progress, sendable, walk_of
from intake.words import shown

RESUME, DELETE, CHANGE = "resume", "delete", "change"
"""Names of the screens laid over a draft's place (Draft.aside)."""

MAILBOX, SENT, WRITE, SHARE, ERASE = "mailbox", "sent", "write", "share_later", "erase"
VISITS = frozenset({MAILBOX, SENT, WRITE, SHARE, ERASE})
"""Those of a visit with a receipt (visits.py)."""

LEVELS = ("S0", "S1", "S2", "S3", "S4")

NOTES = "notes"
"""Stands in the review for words that came as no answer to any question."""

LINE, ROOM, LINES = 60, 3_200, 50
"""Characters of an answer in the review; of all of them, so that a long telling still fits one message of 4,096
units; and lines, beyond which the rest is only counted."""

_LABEL = 24  # characters a question's short name may take (tests/test_translations.py)

_ASIDES = {
    RESUME: ("continue", "restart", "delete"),
    DELETE: ("yes", "no"),
}

_VISIT = {
    MAILBOX: ("read", "write", "more", "share", "notify", "silence", "proof", "erase", "close"),
    SENT: ("another", "hand_over", "codes", "close"),
}


def screen(questionnaire: Questionnaire, catalogs: Catalogs, draft: Draft) -> Ask | Review:
    if draft.aside in _ASIDES:
        choices = tuple(Choice(value, f"choice.{draft.aside}.{value}") for value in _ASIDES[draft.aside])
        return Ask(draft.aside, f"bot.{draft.aside}", choices=choices)
    if draft.aside in VISITS:
        return ask_visit(draft)
    if draft.aside == CHANGE:
        choices = tuple(
            Choice(step, f"question.{step.partition('.')[0]}.short") for step in changeable(questionnaire, draft)
        )
        return Ask(CHANGE, "bot.change", choices=choices, standing=("back",))
    if draft.step == REVIEW:
        return review(questionnaire, catalogs, draft)
    return ask(questionnaire, catalogs, draft, walk_of(questionnaire, draft))


def ask_visit(draft: Draft) -> Ask:
    """The screen of a visit. Before anything else is told there is nothing to skip, send or delete."""
    aside = draft.aside
    if aside == SHARE:
        choices = tuple(Choice(level, f"choice.share.{level}") for level in LEVELS)
    elif aside == ERASE:
        choices = tuple(Choice(value, f"choice.erase.{value}") for value in ("yes", "no"))
    else:
        choices = tuple(Choice(value, f"choice.mailbox.{value}") for value in _VISIT.get(aside, ()))
    return Ask(aside, f"bot.{aside}", choices=choices, standing=("back",), free_text=aside == WRITE)


def on_behalf(questionnaire: Questionnaire, draft: Draft) -> bool:
    """Whether somebody tells it for others: they may have more to tell, and codes to hand over."""
    steps = (s for s in walk_of(questionnaire, draft).steps if questionnaire.question(s).into == "mode")
    return any(value in {"proxy", "witness"} for s in steps if (a := draft.answers.get(s)) for value in a.values)


def ask(questionnaire: Questionnaire, catalogs: Catalogs, draft: Draft, way: Walk) -> Ask:
    question = questionnaire.question(draft.step)
    choices = choices_of(question, catalogs)
    hint = f"question.{question.name}.hint"
    return Ask(
        draft.step,
        question.label,
        choices=choices if question.locales else choices[: question.shown or len(choices)],
        multiple=question.multiple,
        picked=draft.picking,
        standing=standing(question, draft),
        columns=question.columns,
        progress=progress(questionnaire, draft.step, way),
        free_text=question.free_text or question.type in {"text", "files", "date", "count"},
        hint=hint if catalogs.get("en").has(hint) else None,
        numbered=question.type != "count",
    )


def standing(question: Question, draft: Draft) -> tuple[str, ...]:
    """The exits that fit: nothing can be sent, skipped or gone back to before the yes."""
    if draft.consent is None:
        return ("delete", "help")
    if question.required:
        return ("back", "delete", "help")
    return STANDING


def review(questionnaire: Questionnaire, catalogs: Catalogs, draft: Draft) -> Review:
    way = walk_of(questionnaire, draft)
    lines = _shortened(tuple(_lines(questionnaire, catalogs, draft, way)))
    values = ["send", "change", "delete"] if sendable(questionnaire, draft, way) else ["change", "delete"]
    more = way.path.open_end if way.path else not draft.detailed
    values[1:1] = [
        *(["more"] if more else []),
        *(["another"] if next_round(questionnaire, way) else []),
        *(["persons"] if offered_question(questionnaire, draft, way) else []),
    ]
    return Review(lines, tuple(Choice(v, f"choice.review.{v}") for v in values), standing=("back", "help"))


def next_round(questionnaire: Questionnaire, way: Walk) -> str | None:
    """The hidden step whose "yes" asks about one more event; None when there can be none."""
    hidden = next((q for q in questionnaire.questions.values() if q.hidden and q.repeats), None)
    if hidden is None or way.path is not None:
        return None
    told = {s.partition(".")[2] or "1" for s in way.steps if questionnaire.question(s).section == hidden.section}
    return None if len(told) >= hidden.repeats else f"{hidden.name}.{len(told)}" if len(told) > 1 else hidden.name


def offered_question(questionnaire: Questionnaire, draft: Draft, way: Walk) -> Question | None:
    """The question one choice of which the review offers, since it was not asked; None when there is none."""
    if way.path is not None or not any(question.offer for question in questionnaire.questions.values()):
        return None
    whole = walk_of(questionnaire, replace(draft, detailed=True))
    asked = (questionnaire.question(step) for step in whole.steps)
    return next((q for q in asked if q.offer and q.offer not in draft.answers.get(q.name, Answer()).values), None)


def changeable(questionnaire: Questionnaire, draft: Draft) -> tuple[str, ...]:
    """Steps on the way that were answered, or have a default, and can be answered again."""
    way = walk_of(questionnaire, draft)
    known = (s for s in way.steps if s in draft.answers or s in way.quiet)
    return tuple(s for s in known if not questionnaire.question(s).required)


def _shortened(lines: tuple[ReviewLine, ...]) -> tuple[ReviewLine, ...]:
    limit = max(8, min(LINE, ROOM // max(1, min(len(lines), LINES)) - _LABEL))
    drawn = tuple(ReviewLine(line.step, line.label_key, shown(line.value, limit)) for line in lines[:LINES])
    left = len(lines) - len(drawn)
    return (*drawn, ReviewLine(NOTES, "bot.more", str(left))) if left else drawn


def _lines(questionnaire: Questionnaire, catalogs: Catalogs, draft: Draft, way: Walk) -> Iterator[ReviewLine]:
    catalog = catalogs.get(draft.locale)
    quiet = way.path is not None and not way.path.open_end  # what was written before is kept, and not read back
    for step in changeable(questionnaire, draft):
        question = questionnaire.question(step)
        answer = draft.answers.get(step) or Answer((question.default,) if question.default else ())
        if not answer.skipped and not question.repeats:
            yield ReviewLine(step, f"question.{question.name}.short", _value(question, answer, catalog))
    others = [(s, a) for s, a in draft.answers.items() if s not in way.steps and questionnaire.question(s).kept]
    if draft.notes or any(not answer.skipped for _, answer in others):
        text = catalog.text("bot.kept_unread") if quiet or others else shown(" / ".join(draft.notes), LINE)
        yield ReviewLine(NOTES, "bot.notes", text)


def _value(question: Question, answer: Answer, catalog: Catalog) -> str:
    words = answer.words or (answer.date and answer.date.as_reported) or (answer.count and answer.count.as_reported)
    labels = [label_of(c, catalog) for c in question.choices if c.value in answer.values]
    labels = [label for label in labels if not words or fold(label) not in fold(words)]
    files = [catalog.text("bot.files", n=len(answer.files))] if answer.files else []
    return shown(", ".join(dict.fromkeys([*labels, *([words] if words else []), *files])), LINE)
