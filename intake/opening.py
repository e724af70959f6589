# SPDX-License-Identifier: Apache-2.0
"""The beginning: nothing a person tells is kept before they have said yes, and a change of questions loses nothing."""

from dataclasses import replace

from intake.asking import RESUME, screen
from intake.catalog import Catalogs
from intake.draft import Answer, Consent, Draft
from intake.effects import Say, Toast, Wipe
from intake.events import ENTROPY, Edited, Event, Pressed, Said, Turn
from intake.matching import LONGEST, fold
from intake.questions import Questionnaire
from intake.scene import Scene, Step, answered
from intake.walk import REVIEW, walk_of

FIRST, CONSENT = "language", "consent"
OTHER = "other"
"""The language that is not shipped: everything is shown in the nearest one, and an interpreter is looked for."""


def begin(questionnaire: Questionnaire, catalogs: Catalogs, event: Event, turn: Turn) -> Step:
    """Nothing is open. Whatever comes starts a draft, but for deleting, help, old buttons and edits."""
    if isinstance(event, Pressed):
        return Step(None, (Toast("bot.toast_gone"),))
    if isinstance(event, Edited):
        return Step(None, ())
    command = command_in(catalogs, event.text) if isinstance(event, Said) else None
    if command == "delete":
        return Step(None, (Wipe(), Say("bot.wiped")))
    if command == "help":
        return Step(None, (Say("bot.help"),))
    draft = fresh(questionnaire, catalogs, turn)
    return Step(draft, (screen(questionnaire, catalogs, draft),))


def fresh(questionnaire: Questionnaire, catalogs: Catalogs, turn: Turn) -> Draft:
    """An empty draft with ids and keys of its own, in the language the app is set to (a hint: it is asked)."""
    if len(turn.entropy) != ENTROPY:
        raise ValueError(f"A turn brings {ENTROPY} random bytes.")
    nonce, report_id, report_key = turn.entropy[:4], turn.entropy[4:20], turn.entropy[20:]
    return Draft(
        version=questionnaire.version,
        nonce=nonce.hex(),
        report_id=report_id.hex(),
        report_key=report_key.hex(),
        locale=catalogs.get(turn.language).locale,
        step=FIRST,
        touched=turn.now,
    )


def command_in(catalogs: Catalogs, text: str) -> str | None:
    """A standing word that is all of the text: "back", "/borrar", "/help@somebot", "/start" with a payload."""
    if len(text) > LONGEST:
        return None
    if text.startswith("/"):
        text = text.split(maxsplit=1)[0].partition("@")[0]
    return catalogs.vocabulary.command(fold(text))


def choose_language(scene: Scene, answer: Answer) -> Step:
    """Changing the language keeps everything told so far."""
    value = answer.values[0]
    locale = scene.draft.locale if value == OTHER else value
    draft = replace(answered(scene.draft, scene.draft.step, answer), locale=locale)
    return scene.onward(draft, *([Say("bot.language_other")] if value == OTHER else []))


def choose_consent(scene: Scene, answer: Answer) -> Step:
    """Yes is written down with its text and day. No keeps nothing, and takes back what a yes had kept before."""
    value = answer.values[0]
    if value == "more":
        return scene.again(Say("bot.consent_more"))
    if value == "no":
        gone = (Wipe(), Say("bot.wiped")) if scene.draft.consent else (Say("bot.consent_no"),)
        return Step(None, gone)
    day = scene.turn.now // 86_400
    consent = Consent(CONSENT, scene.questionnaire.version, scene.draft.locale, day)
    draft = replace(answered(scene.draft, scene.draft.step, answer), consent=scene.draft.consent or consent)
    draft = replace(draft, traceless=draft.traceless or value == "traceless")
    return scene.onward(draft, Say("bot.started"))


def carried(questionnaire: Questionnaire, catalogs: Catalogs, draft: Draft, turn: Turn) -> Step:
    """A draft begun with other questions: answers that still mean something stay, the rest is asked again."""
    answers = {step: answer for step, answer in draft.answers.items() if _fits(questionnaire, step, answer)}
    kept = replace(draft, version=questionnaire.version, answers=answers, picking=(), long="", told={}, aside="")
    way = walk_of(questionnaire, kept)
    kept = replace(kept, locale=catalogs.get(draft.locale).locale, step=way.next(answers))
    scene = Scene(questionnaire, catalogs, kept, turn)
    if draft.consent is None:
        return scene.again()
    return scene.show(replace(kept, aside=RESUME), Say("bot.questions_changed"))


def _fits(questionnaire: Questionnaire, step: str, answer: Answer) -> bool:
    if step == REVIEW or step.partition(".")[0] not in questionnaire.questions:
        return False
    question = questionnaire.question(step)
    known = question.locales or {choice.value for choice in question.choices}.issuperset(answer.values)
    dated = question.type == "date" or answer.date is None
    counted = question.type == "count" or answer.count is None
    return bool(known) and dated and counted and (question.multiple or len(answer.values) <= 1)
