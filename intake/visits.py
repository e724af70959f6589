# SPDX-License-Identifier: Apache-2.0
"""After sending, and with a receipt from any phone: what can still be done with a report that was told.

A visit stands beside the telling, if there is one, and ends by itself after a pause: whoever holds the phone then
must give the receipt again. After sending nothing stays here, but for somebody who tells for others: place, day and
people of the last report, and the codes of this session, until they are done.
"""

from dataclasses import replace

from intake.answering import worth_keeping
from intake.asking import ERASE, MAILBOX, SENT, SHARE, VISITS, WRITE, ask_visit, on_behalf
from intake.catalog import Catalogs
from intake.draft import Draft
from intake.effects import Mail, Say, ShowReceipts
from intake.events import GaveReceipt, Turn
from intake.opening import fresh
from intake.questions import Questionnaire
from intake.scene import PAUSE, Scene, Step
from intake.walk import walk_of

LONGEST = 15_000
"""Bytes of one message to the desk: a sealed one holds 16 KiB (envelope/padding.py). Telegram's longest has 12,288."""

CONTEXT = frozenset(
    {"language", "consent", "interpreter", "mode", "place", "town", "date", "actors", "role", "known_by"}
)
"""Where answers land that need not be given again for the next report of the same day and place."""


def over(draft: Draft | None, turn: Turn) -> Draft | None:
    """The draft without a visit that has lasted too long; None when nothing else was in it."""
    if draft is None or draft.aside not in VISITS or turn.now - draft.touched <= PAUSE:
        return draft
    return None if draft.consent is None else replace(draft, visit="", aside="")


def arrived(
    questionnaire: Questionnaire, catalogs: Catalogs, draft: Draft | None, event: GaveReceipt, turn: Turn
) -> Step:
    """A receipt was given: look, and offer what can be done with it."""
    if not event.secret:
        return Step(draft, (Say("bot.mailbox_unknown"),))
    telling = draft or fresh(questionnaire, catalogs, turn)
    visiting = replace(telling, visit=event.secret, aside=MAILBOX, held="", touched=turn.now)
    return Step(visiting, (Mail(event.secret, "read", menu=ask_visit(visiting)),))


def led_nowhere(draft: Draft | None, secret: str) -> Draft | None:
    """The draft once the desk has said that nothing is under this receipt: as it was before it was given."""
    if draft is None or draft.visit != secret or draft.aside not in VISITS - {SENT}:
        return draft
    return None if draft.consent is None else replace(draft, visit="", aside="")


def sent(scene: Scene) -> Draft | None:
    """What stays when a report has been sent."""
    before, questions = scene.draft, scene.questionnaire
    if not on_behalf(questions, before):
        return None
    answers = {
        step: a for step, a in before.answers.items() if "." not in step and questions.question(step).into in CONTEXT
    }
    kept = replace(before, answers=answers, version=questions.version)
    return replace(
        fresh(questions, scene.catalogs, scene.turn),
        locale=before.locale,
        consent=before.consent,
        traceless=before.traceless,
        receipts=before.receipts,
        answers=answers,
        step=walk_of(questions, kept).next(answers),
        aside=SENT,
    )


def said(scene: Scene, text: str, choice: str | None) -> Step:
    """Typed words while a visit is open. Whole sentences are what the person wants to add."""
    if choice is not None:
        return chosen(scene, choice)
    aside = scene.draft.aside
    if len(text.encode()) > LONGEST:
        return scene.again(Say("bot.too_long"))
    if aside == WRITE or (aside == MAILBOX and worth_keeping(text)):
        home = _home(scene)
        return Step(home, (Mail(home.visit, "write", text=text, menu=ask_visit(home)),))
    return scene.again(Say("bot.choose"))


def chosen(scene: Scene, choice: str) -> Step:
    aside, home = scene.draft.aside, _home(scene)
    if choice == "back":
        return close(scene) if aside in {MAILBOX, SENT} else scene.show(home)
    if aside == SENT:
        return _after(scene, choice)
    if aside == SHARE:
        return Step(home, (Mail(home.visit, "share", level=choice, menu=ask_visit(home)),))
    if aside == ERASE:
        return _erased(scene) if choice == "yes" else scene.show(home)
    return _picked(scene, home, choice)


def _home(scene: Scene) -> Draft:
    return replace(scene.draft, aside=MAILBOX, touched=scene.turn.now)


def _picked(scene: Scene, home: Draft, choice: str) -> Step:
    if choice in {"write", "share", "erase"}:
        return scene.show(replace(home, aside={"write": WRITE, "share": SHARE, "erase": ERASE}[choice]))
    if choice == "more":
        return _more(scene)
    if choice == "close":
        return close(scene)
    return Step(home, (Mail(home.visit, choice, menu=ask_visit(home)),))  # type: ignore[arg-type]  # one of Mail's acts


def _more(scene: Scene) -> Step:
    """A telling that goes on with the one that was sent: its own report, linked inside the seal."""
    draft = replace(scene.draft, aside="", visit="", adds_to=scene.draft.visit)
    return scene.show(draft, Say("bot.goes_on"))


def _after(scene: Scene, choice: str) -> Step:
    """Somebody who tells for others has sent one report."""
    draft = scene.draft
    if choice == "another":
        return scene.show(replace(draft, aside="", visit=""), Say("bot.context_kept"))
    if choice == "codes":
        return scene.again(ShowReceipts(draft.receipts))
    if choice == "hand_over":
        left = tuple(one for one in draft.receipts if one != draft.visit)
        return scene.show(replace(draft, receipts=left), ShowReceipts((draft.visit,), handed=True))
    return close(scene)


def close(scene: Scene) -> Step:
    """The end: back to the telling that is under way, else nothing is kept here."""
    draft = scene.draft
    if draft.consent is None or draft.aside == SENT:
        return Step(None, (Say("bot.closed"),))
    return scene.show(replace(draft, visit="", aside=""))


def _erased(scene: Scene) -> Step:
    draft = scene.draft
    mail = Mail(draft.visit, "erase")
    if draft.consent is None:
        return Step(None, (mail,))
    return scene.show(replace(draft, visit="", aside=""), mail)
