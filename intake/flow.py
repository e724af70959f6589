# SPDX-License-Identifier: Apache-2.0
"""The conversation as one pure function: a draft and an event go in, a draft and what is to be done come out.

No clock, no randomness, no I/O. Whatever comes, the place is never lost: what cannot be used is said to be so and
the same question stands again. The transition table is at the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from intake import asides, beside, care, opening, visits, words
from intake.answering import Hearing, Meaning, Ticked
from intake.asking import VISITS, standing
from intake.catalog import Catalogs
from intake.draft import Answer, Draft
from intake.effects import DONE, Effect, Say, ShowReceipts, Toast
from intake.events import Attached, Edited, Event, GaveReceipt, Located, Pressed, Said, Turn, Unusable
from intake.questions import Question, Questionnaire
from intake.scene import Scene, Step, answered, remembered
from intake.vocabulary import CODES
from intake.walk import REVIEW, walk_of

__all__ = ["Step", "advance"]


def advance(questionnaire: Questionnaire, catalogs: Catalogs, draft: Draft | None, event: Event, turn: Turn) -> Step:
    """One step of the conversation. Answers every event with at most one screen."""
    draft = visits.over(draft, turn)
    if isinstance(event, GaveReceipt):
        return visits.arrived(questionnaire, catalogs, draft, event, turn)
    if draft is None:
        return opening.begin(questionnaire, catalogs, event, turn)
    if draft.version != questionnaire.version:
        return opening.carried(questionnaire, catalogs, draft, turn)
    return TRANSITIONS[type(event)](Scene(questionnaire, catalogs, draft, turn), event)


def _said(scene: Scene, event: Said) -> Step:
    text = words.told(event.text)
    command = opening.command_in(scene.catalogs, text)
    if command in AT_ONCE:
        return AT_ONCE[command](scene)
    if command == CODES and scene.draft.receipts and not scene.paused:
        return scene.again(ShowReceipts(scene.draft.receipts))
    if scene.draft.aside:
        return _said_aside(scene, text, command)
    unusable = "bot.too_long" if len(text) > words.LONGEST else "" if text else "bot.empty"
    if scene.paused:
        return scene.interrupted(held="" if unusable else text)
    return scene.again(Say(unusable)) if unusable else _told(scene, text, command, event.message)


def _told(scene: Scene, text: str, command: str | None, message: int | None) -> Step:
    """Words for the screen at hand: a standing word, the rest of a long text, a choice, or an answer."""
    if scene.draft.step == REVIEW:
        choice = asides.typed(scene, text)
        if command == "back" or choice is None:
            return _back(scene) if command == "back" else beside.noted(scene, text, message)
        return asides.chosen(scene, choice)
    meaning = _hearing(scene).said(text)
    if beside.goes_on(scene, text) and not _chosen_of(meaning):
        return beside.appended(scene, text)
    if command in COMMANDS and (command != DONE or scene.question.multiple):
        return COMMANDS[command](scene)
    return _meant(scene, meaning, text, message)


def _chosen_of(meaning: Meaning) -> bool:
    """Whether words are a choice of the question at hand, and so cannot be the next piece of a long text."""
    if isinstance(meaning, Answer):
        return not meaning.words and bool(meaning.values or meaning.count)
    return meaning is not None


def _hearing(scene: Scene) -> Hearing:
    draft = scene.draft
    return Hearing(scene.question, scene.catalogs, draft.locale, scene.turn.today, draft.picking)


def _said_aside(scene: Scene, text: str, command: str | None) -> Step:
    choice = "back" if command == "back" else asides.typed(scene, text)
    if scene.draft.aside in VISITS:
        return visits.said(scene, text, choice)
    return scene.again(Say("bot.choose")) if choice is None else _chosen_aside(scene, choice)


def _chosen_aside(scene: Scene, choice: str) -> Step:
    if choice == "back" and scene.draft.aside not in VISITS:
        return _back(scene)
    if choice == "continue" and scene.draft.held:
        return _said(_continued(scene), Said(scene.draft.held))
    return asides.chosen(scene, choice)


def _continued(scene: Scene) -> Scene:
    """The scene after "go on": the pause is over and nothing lies over the question any more."""
    return replace(scene, draft=replace(scene.draft, aside="", held="", touched=scene.turn.now))


def _pressed(scene: Scene, event: Pressed) -> Step:
    draft, over = scene.draft, Toast("bot.toast_over")
    if event.nonce != draft.nonce or event.step != (draft.aside or draft.step):
        return beside.told_so(scene, over)
    if scene.paused and not draft.aside and event.choice != "delete":
        return scene.interrupted()
    if draft.aside or draft.step == REVIEW:
        known = (*asides.offered(scene), "back", "help")
        return _pressed_aside(scene, event.choice) if event.choice in known else scene.again(over)
    exits = (*standing(scene.question, draft), *((DONE,) if scene.question.multiple else ()))
    if event.choice in exits:
        return COMMANDS[event.choice](scene)
    meaning = _hearing(scene).pressed(event.choice)
    return scene.again(over) if meaning is None else _meant(scene, meaning, "", None)


def _pressed_aside(scene: Scene, choice: str) -> Step:
    return _help(scene) if choice == "help" else _chosen_aside(scene, choice)


def _meant(scene: Scene, meaning: Meaning, text: str, message: int | None) -> Step:
    draft, question = scene.draft, scene.question
    if isinstance(meaning, Ticked):
        return scene.show(replace(draft, picking=meaning.picked))
    if meaning is None:
        return beside.noted(scene, text, message)
    if question.into in OPENING:
        return OPENING[question.into](scene, meaning)
    long = draft.step if len(text) >= beside.PIECE else ""
    draft = remembered(answered(draft, draft.step, meaning), message, draft.step)
    if long != draft.long:
        draft = replace(draft, long=long)
    draft, cared = care.heard(scene.catalogs.vocabulary, draft, text)
    return scene.onward(draft, *_said_after(question, meaning), *cared)


def _said_after(question: Question, answer: Answer) -> tuple[Effect, ...]:
    if not question.says:
        return ()
    keys = dict.fromkeys(question.says[value] for value in answer.values if value in question.says)
    return tuple(Say(key) for key in keys)


def _done(scene: Scene) -> Step:
    picked = scene.draft.picking
    return _meant(scene, Answer(picked), "", None) if picked else scene.again(Say("bot.pick_one"))


def _back(scene: Scene) -> Step:
    draft = scene.draft
    if draft.aside:
        return scene.show(replace(draft, aside="", held=""))
    if draft.consent is None:
        return scene.go(draft, opening.FIRST)
    before = walk_of(scene.questionnaire, draft).before(draft.step)
    return scene.go(draft, before) if before else scene.again()


def _skip(scene: Scene) -> Step:
    if scene.question.required:
        return scene.again(Say("bot.needed"))
    return scene.onward(answered(scene.draft, scene.draft.step, Answer()))


def _help(scene: Scene) -> Step:
    return scene.again(Say("bot.help"))


def _start(scene: Scene) -> Step:
    if scene.draft.aside in VISITS:
        closed = visits.close(scene)
        return closed if closed.draft else opening.begin(scene.questionnaire, scene.catalogs, Said(""), scene.turn)
    return scene.again() if scene.draft.consent is None else scene.interrupted()


Move = Callable[[Scene], Step]

AT_ONCE: Mapping[str | None, Move] = {"delete": asides.ask_to_delete, "help": _help, "start": _start}
"""Words that work everywhere, even on the neutral screen after a pause."""

COMMANDS: Mapping[str | None, Move] = {
    "back": _back,
    "skip": _skip,
    "send": asides.to_review,
    "delete": asides.ask_to_delete,
    "help": _help,
    DONE: _done,
}

OPENING: Mapping[str, Callable[[Scene, Answer], Step]] = {
    "language": opening.choose_language,
    "consent": opening.choose_consent,
}

TRANSITIONS: Mapping[type[Any], Callable[[Scene, Any], Step]] = {
    Said: _said,
    Pressed: _pressed,
    Attached: beside.attached,
    Located: beside.located,
    Edited: beside.edited,
    Unusable: beside.unusable,
}
"""What each event does. GaveReceipt is answered before, since a mailbox is open to anyone at any time."""
