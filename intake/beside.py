# SPDX-License-Identifier: Apache-2.0
"""What comes beside the answers, and does not move the conversation away from its question.

Files, edits, the next piece of a long text, words that answer nothing, positions, and messages nobody can use.
"""

from dataclasses import replace

from intake import answering, words
from intake.answering import Hearing, Ticked
from intake.draft import Answer, Draft
from intake.effects import Fetch, Say, Toast
from intake.events import Attached, Attachment, Edited, Located, Unusable
from intake.gazetteer import nearest
from intake.places import PLACES
from intake.scene import Scene, Step, answered, remembered
from intake.walk import REVIEW, walk_of

FILES = 30
"""Files of one report. Each costs a download of up to 20 MiB; more can follow with the receipt."""

PIECE = 3_500
SPLIT_WITHIN = 3
"""Apps split a text at 4,096 characters, at the last gap before. A piece this long, followed within this many
seconds, goes on in the next message."""

NOTE = "+"
"""Draft.told: the message is a note, and its number follows."""


def noted(scene: Scene, text: str, message: int | None) -> Step:
    """No answer to this question. Whole sentences are kept beside the answers, so that nobody tells a thing twice."""
    draft = scene.draft
    room = words.LONGEST - sum(len(note) for note in draft.notes)
    if draft.consent is None or not answering.worth_keeping(text) or len(text) > room:
        return scene.again(Say("bot.choose"))
    noted = remembered(draft, message, f"{NOTE}{len(draft.notes)}")
    return scene.show(replace(noted, notes=(*draft.notes, text)), Say("bot.noted"))


def goes_on(scene: Scene, text: str) -> bool:
    long = scene.draft.long
    room = words.LONGEST - len(scene.draft.answers[long].words) if long in scene.draft.answers else 0
    return scene.turn.now - scene.draft.touched <= SPLIT_WITHIN and len(text) < room


def appended(scene: Scene, text: str) -> Step:
    draft = scene.draft
    earlier = draft.answers[draft.long]
    longer = replace(earlier, words=f"{earlier.words}\n{text}")
    return scene.show(replace(draft, answers={**draft.answers, draft.long: longer}))


def attached(scene: Scene, event: Attached) -> Step:
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


def located(scene: Scene, event: Located) -> Step:
    """Coordinates are never kept: where a place is asked, the town they lie in is written down instead."""
    draft = scene.draft
    if draft.step == REVIEW or draft.aside or scene.paused or scene.question.into not in PLACES:
        return told_so(scene, Say("bot.no_location"))
    town = nearest(event.latitude, event.longitude)
    offered = {choice.value for choice in scene.question.choices}
    if town is None or town.area not in offered:
        return told_so(scene, Say("bot.type_place"))
    catalog = scene.catalogs.get(draft.locale)
    kind = "state" if "-" in town.area else "country"
    place = f"{town.name}, {catalog.text(f'{kind}.{town.area}.label')}"
    answer = Answer((town.area,), words=place)
    return scene.onward(answered(draft, draft.step, answer), Say("bot.placed", {"place": place}))


def unusable(scene: Scene, event: Unusable) -> Step:
    catalog = scene.catalogs.get(scene.draft.locale)
    key = f"kind.{event.kind}"
    kind = catalog.text(key if catalog.has(key) else "kind.other")
    return told_so(scene, Say("bot.unusable", {"kind": kind}))


def told_so(scene: Scene, said: Say | Toast) -> Step:
    """Say it and show the screen again, or the neutral one after a pause."""
    return scene.interrupted(said) if scene.paused and not scene.draft.aside else scene.again(said)


def edited(scene: Scene, event: Edited) -> Step:
    draft, text = scene.draft, words.told(event.text)
    step = draft.told.get(event.message)
    if step is None:
        return Step(draft, ())
    changed = _with_edit(scene, step, text) if text and len(text) <= words.LONGEST else None
    said = Say("bot.edited" if changed else "bot.edit_unread")
    scene = replace(scene, draft=changed or draft)
    if draft.aside or scene.paused:
        return told_so(scene, said)
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
    meaning = Hearing(question, scene.catalogs, draft.locale, scene.turn.today).said(text)
    if isinstance(meaning, Ticked):
        meaning = Answer(meaning.picked)
    if meaning is None:
        return None
    earlier = draft.answers.get(step, Answer())
    meaning = replace(meaning, files=earlier.files)
    return replace(draft, answers={**draft.answers, step: meaning})
