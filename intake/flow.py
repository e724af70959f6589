# SPDX-License-Identifier: Apache-2.0
"""The conversation as one pure function: a draft and an event go in, a draft and what is to be done come out.

No clock, no randomness, no I/O. Whatever comes, the place is never lost: what cannot be used is said to be so and
the same question stands again. The transition table is at the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from intake import answering, asides, opening, words
from intake.asking import RESUME, standing
from intake.answering import Meaning, Ticked
from intake.catalog import Catalogs
from intake.draft import Answer, Draft
from intake.effects import DONE, Effect, Fetch, OpenMailbox, Say, Toast
from intake.events import Attached, Attachment, Edited, Event, GaveReceipt, Located, Pressed, Said, Turn, Unusable
from intake.questions import Question, Questionnaire
from intake.scene import Scene, Step, answered, remembered
from intake.walk import REVIEW, walk_of

__all__ = ["Step", "advance"]

FILES = 30
"""Files of one report. Each costs a download of up to 20 MiB; more can follow with the receipt."""

PIECE = 3_500
SPLIT_WITHIN = 3
"""Apps split a text at 4,096 characters, at the last gap before. A piece this long, followed within this many
seconds, goes on in the next message."""

NOTE = "+"
"""Draft.told: the message is a note, and its number follows."""


def advance(questionnaire: Questionnaire, catalogs: Catalogs, draft: Draft | None, event: Event, turn: Turn) -> Step:
    """One step of the conversation. Answers every event with at most one screen."""
    if isinstance(event, GaveReceipt):
        return Step(draft, (OpenMailbox() if event.valid else Say("bot.mailbox_unknown"),))
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
    if not text:
        return scene.again(Say("bot.empty"))
    if scene.draft.aside or scene.draft.step == REVIEW:
        return _said_aside(scene, text, command, event.message)
    if scene.paused:
        return scene.interrupted(held=text[: words.LONGEST])
    if len(text) > words.LONGEST:
        return scene.again(Say("bot.too_long"))
    if _goes_on(scene, text):
        return _appended(scene, text)
    if command in COMMANDS and (command != DONE or scene.question.multiple):
        return COMMANDS[command](scene)
    draft = scene.draft
    meaning = answering.from_text(
        scene.question, text, draft.picking, scene.catalogs, draft.locale, scene.turn.today
    )
    return _meant(scene, meaning, text, event.message)


def _said_aside(scene: Scene, text: str, command: str | None, message: int | None) -> Step:
    if scene.paused and not scene.draft.aside:
        return scene.interrupted(held=text[: words.LONGEST])
    if command == "back":
        return _back(scene)
    choice = asides.typed(scene, text)
    if choice == "continue" and scene.draft.held:
        return _said(_continued(scene), Said(scene.draft.held))
    if choice is not None:
        return asides.chosen(scene, choice)
    return scene.again(Say("bot.choose")) if scene.draft.aside else _noted(scene, text, message)


def _continued(scene: Scene) -> Scene:
    """The scene after "go on": the pause is over and nothing lies over the question any more."""
    return replace(scene, draft=replace(scene.draft, aside="", held="", touched=scene.turn.now))


def _pressed(scene: Scene, event: Pressed) -> Step:
    draft = scene.draft
    if event.nonce != draft.nonce or event.step != (draft.aside or draft.step):
        return scene.again(Toast("bot.toast_over"))
    if scene.paused and not draft.aside and event.choice != "delete":
        return scene.interrupted()
    if draft.aside or draft.step == REVIEW:
        return _pressed_aside(scene, event.choice)
    exits = (*standing(scene.question, draft), *((DONE,) if scene.question.multiple else ()))
    if event.choice in exits:
        return COMMANDS[event.choice](scene)
    meaning = answering.from_press(
        scene.question, event.choice, draft.picking, scene.catalogs, draft.locale, scene.turn.today
    )
    return scene.again(Toast("bot.toast_over")) if meaning is None else _meant(scene, meaning, "", None)


def _pressed_aside(scene: Scene, choice: str) -> Step:
    if choice == "continue" and scene.draft.aside == RESUME and scene.draft.held:
        return _said(_continued(scene), Said(scene.draft.held))
    if choice in asides.offered(scene):
        return asides.chosen(scene, choice)
    if choice == "back":
        return _back(scene)
    return _help(scene) if choice == "help" else scene.again(Toast("bot.toast_over"))


def _meant(scene: Scene, meaning: Meaning, text: str, message: int | None) -> Step:
    draft, question = scene.draft, scene.question
    if isinstance(meaning, Ticked):
        return scene.show(replace(draft, picking=meaning.picked))
    if meaning is None:
        return _noted(scene, text, message)
    if question.into in OPENING:
        return OPENING[question.into](scene, meaning)
    long = draft.step if len(text) >= PIECE else ""
    draft = replace(remembered(answered(draft, draft.step, meaning), message, draft.step), long=long)
    return scene.onward(draft, *_said_after(question, meaning))


def _said_after(question: Question, answer: Answer) -> tuple[Effect, ...]:
    keys = dict.fromkeys(question.says[value] for value in answer.values if value in question.says)
    return tuple(Say(key) for key in keys)


def _noted(scene: Scene, text: str, message: int | None) -> Step:
    """No answer to this question. Whole sentences are kept beside the answers, so that nobody tells a thing twice."""
    draft = scene.draft
    room = words.LONGEST - sum(len(note) for note in draft.notes)
    if draft.consent is None or not answering.worth_keeping(text) or len(text) > room:
        return scene.again(Say("bot.choose"))
    noted = remembered(draft, message, f"{NOTE}{len(draft.notes)}")
    return scene.show(replace(noted, notes=(*draft.notes, text)), Say("bot.noted"))


def _goes_on(scene: Scene, text: str) -> bool:
    long = scene.draft.long
    room = words.LONGEST - len(scene.draft.answers[long].words) if long in scene.draft.answers else 0
    return scene.turn.now - scene.draft.touched <= SPLIT_WITHIN and len(text) < room


def _appended(scene: Scene, text: str) -> Step:
    draft = scene.draft
    earlier = draft.answers[draft.long]
    longer = replace(earlier, words=f"{earlier.words}\n{text}")
    return scene.show(replace(draft, answers={**draft.answers, draft.long: longer}))


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
    return scene.again() if scene.draft.consent is None else scene.interrupted()


def _attached(scene: Scene, event: Attached) -> Step:
    draft, file = scene.draft, _cleaned(event.attachment)
    if draft.consent is None:
        return scene.again(Say("bot.before_yes"))
    if len(draft.files) >= FILES:
        return scene.again(Say("bot.too_many_files", n=FILES))
    scene = replace(scene, draft=replace(draft, files=(*draft.files, file)))
    beside = draft.aside or draft.step == REVIEW
    if scene.paused and not draft.aside:
        return scene.interrupted(Fetch(file), Say("bot.file_kept"))
    if beside or file.kind not in scene.question.accepts:
        return scene.again(Fetch(file), Say("bot.file_kept"))
    earlier = draft.answers.get(draft.step, Answer())
    told = "\n".join(part for part in (earlier.words, file.caption) if part)
    answer = Answer(words=told, files=(*earlier.files, file.id))
    kept = remembered(answered(scene.draft, draft.step, answer), event.message, draft.step)
    return scene.onward(kept, Fetch(file))


def _cleaned(file: Attachment) -> Attachment:
    """Names and captions are as free as any text; 1,024 is Telegram's longest caption."""
    name, caption = words.told(file.name)[:255], words.told(file.caption)[:1_024]
    return replace(file, name=name, caption=caption, mime=words.told(file.mime)[:127])


def _located(scene: Scene, _event: Located) -> Step:
    """Coordinates are dropped here and never kept: they would lead to a shelter's door."""
    on_place = scene.draft.step != REVIEW and scene.question.into in {"place", "town"}
    return scene.again(Say("bot.type_place" if on_place else "bot.no_location"))


def _unusable(scene: Scene, event: Unusable) -> Step:
    catalog = scene.catalogs.get(scene.draft.locale)
    key = f"kind.{event.kind}"
    kind = catalog.text(key if catalog.has(key) else "kind.other")
    return scene.again(Say("bot.unusable", {"kind": kind}))


def _edited(scene: Scene, event: Edited) -> Step:
    draft, text = scene.draft, words.told(event.text)
    step = draft.told.get(event.message)
    if step is None:
        return Step(draft, ())
    changed = _with_edit(scene, step, text) if text and len(text) <= words.LONGEST else None
    said = Say("bot.edited" if changed else "bot.edit_unread")
    scene = replace(scene, draft=changed or draft)
    if draft.aside or scene.paused:
        return scene.again(said) if draft.aside else scene.interrupted(said)
    way = walk_of(scene.questionnaire, scene.draft)
    on_the_way = draft.step == REVIEW or draft.step in way.steps
    return scene.again(said) if on_the_way else scene.onward(scene.draft, said)


def _with_edit(scene: Scene, step: str, text: str) -> Draft | None:
    """The draft with that answer replaced; None when the new words are no answer to that question."""
    draft = scene.draft
    if step.startswith(NOTE):
        notes = list(draft.notes)
        notes[int(step[1:])] = text
        return replace(draft, notes=tuple(notes))
    question = scene.questionnaire.question(step)
    meaning = answering.from_text(question, text, (), scene.catalogs, draft.locale, scene.turn.today)
    if isinstance(meaning, Ticked):
        meaning = Answer(meaning.picked)
    if meaning is None:
        return None
    earlier = draft.answers.get(step, Answer())
    meaning = replace(meaning, files=earlier.files)
    return replace(draft, answers={**draft.answers, step: meaning})


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
    Attached: _attached,
    Located: _located,
    Edited: _edited,
    Unusable: _unusable,
}
"""What each event does. GaveReceipt is answered before, since a mailbox is open to anyone at any time."""
