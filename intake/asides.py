# SPDX-License-Identifier: Apache-2.0
"""Screens that are no questions: going on after a pause, deleting, changing an answer, and the review."""

from dataclasses import replace

from intake import visits
from intake.asking import CHANGE, DELETE, RESUME, VISITS, ask_visit, next_round, offered_question, screen
from intake.draft import Answer
from intake.effects import Say, Submit, Wipe
from intake.opening import fresh
from intake.scene import Scene, Step, answered
from intake.walk import REVIEW, sendable, walk_of


def chosen(scene: Scene, choice: str) -> Step:
    """A choice of the screen at hand; the caller has checked that it is one of it."""
    aside = scene.draft.aside
    if aside in VISITS:
        return visits.chosen(scene, choice)
    if aside == RESUME:
        return _resumed(scene, choice)
    if aside == DELETE:
        return wiped() if choice == "yes" else scene.show(replace(scene.draft, aside=""))
    if aside == CHANGE:
        return scene.go(scene.draft, choice)
    return _reviewed(scene, choice)


def wiped() -> Step:
    return Step(None, (Wipe(), Say("bot.wiped")))


def ask_to_delete(scene: Scene) -> Step:
    """One confirmation at most: none where nothing was told yet, and asking twice is a yes."""
    if scene.draft.consent is None or scene.draft.aside == DELETE:
        return wiped()
    return scene.show(replace(scene.draft, aside=DELETE, held=""))


def to_review(scene: Scene) -> Step:
    """Stop and send what was told so far."""
    if not sendable(scene.questionnaire, scene.draft, walk_of(scene.questionnaire, scene.draft)):
        return scene.again(Say("bot.nothing_yet"))
    return scene.show(replace(scene.draft, step=REVIEW, aside="", picking=()))


def offered(scene: Scene) -> tuple[str, ...]:
    """Values of the choices on the screen at hand."""
    return tuple(choice.value for choice in screen(scene.questionnaire, scene.catalogs, scene.draft).choices)


def typed(scene: Scene, text: str) -> str | None:
    """The choice of the screen at hand that a text means."""
    return scene.typed(screen(scene.questionnaire, scene.catalogs, scene.draft).choices, text)


def _resumed(scene: Scene, choice: str) -> Step:
    if choice == "delete":
        return ask_to_delete(scene)
    if choice == "restart":
        draft = replace(fresh(scene.questionnaire, scene.catalogs, scene.turn), locale=scene.draft.locale)
        return scene.show(draft)
    return scene.show(replace(scene.draft, aside="", held=""))


def _reviewed(scene: Scene, choice: str) -> Step:
    if choice == "send":
        after = visits.sent(scene)
        return Step(after, (Submit(), ask_visit(after)) if after else (Submit(),))
    if choice == "more":
        way = walk_of(scene.questionnaire, scene.draft)
        more = replace(scene.draft, full=True) if way.path else replace(scene.draft, detailed=True)
        return scene.onward(more)
    if choice == "persons":
        way = walk_of(scene.questionnaire, scene.draft)
        question = offered_question(scene.questionnaire, scene.draft, way)
        return (
            scene.onward(answered(scene.draft, question.name, Answer((question.offer,)))) if question else scene.again()
        )
    if choice == "another":
        step = next_round(scene.questionnaire, walk_of(scene.questionnaire, scene.draft))
        return scene.onward(answered(scene.draft, str(step), Answer(("yes",))))
    return scene.show(replace(scene.draft, aside=CHANGE if choice == CHANGE else DELETE))
