# SPDX-License-Identifier: Apache-2.0
"""After sending: what a receipt opens, what a defender keeps between two reports, and how soon it all closes."""

import dataclasses

import pytest

from intake.effects import Mail, Say, ShowReceipts, Submit, Wipe
from intake.events import GaveReceipt
from tests.intake.interview import Interview

SECRET, OTHER = "05" * 11, "06" * 11
LATER = 901  # seconds: somebody else may hold the phone


def visiting(talk=None, secret=SECRET):
    talk = talk or Interview()
    talk.take(GaveReceipt(secret))
    return talk


def filed(secret=SECRET, receipts=()):
    """A defender who has just sent one report; the shell has put its receipt into what is left."""
    talk = Interview().begin().answer(about="proxy", danger="nearby", what="theft", place="MX-TAB", when="yesterday")
    talk.answer(words="Les quitaron todo", who="inm").to_review().press("send")
    assert talk.effects[0] == Submit()
    talk.draft = dataclasses.replace(talk.draft, visit=secret, receipts=(*receipts, secret))
    return talk


@pytest.mark.parametrize("act", ["read", "notify", "silence", "proof"])
def test_a_receipt_from_a_new_phone_opens_what_can_be_done(act):
    talk = visiting()
    [mail] = talk.effects
    assert (mail.act, mail.menu.step) == ("read", "mailbox")
    assert talk.draft.consent is None
    talk.press(act)
    [mail] = talk.effects
    assert (mail.secret, mail.act, mail.menu.step) == (SECRET, act, "mailbox")


def test_an_ill_spelt_receipt_changes_nothing():
    talk = Interview()
    assert talk.take(GaveReceipt("")) == (Say("bot.mailbox_unknown"),)
    assert talk.draft is None


@pytest.mark.parametrize("first", [None, "write"])
def test_a_sentence_in_a_visit_is_a_message_to_the_desk(first):
    talk = visiting()
    if first:
        talk.press(first)
    talk.say("Ya apareció mi hermano, está en Tapachula")
    [mail] = talk.effects
    assert (mail.act, mail.text) == ("write", "Ya apareció mi hermano, está en Tapachula")
    assert talk.step == "mailbox"


def test_a_message_that_no_record_holds_is_said_to_be_too_long():
    talk = visiting()
    talk.press("write")
    talk.say("я" * 8_000)
    assert (talk.said, talk.step) == (["bot.too_long"], "write")


def test_a_short_word_that_is_no_choice_is_no_message():
    talk = visiting()
    talk.say("hm")
    assert (talk.said, talk.step) == (["bot.choose"], "mailbox")


def test_the_sharing_level_can_be_changed():
    talk = visiting()
    talk.press("share")
    talk.press("S2")
    [mail] = talk.effects
    assert (mail.act, mail.level, talk.step) == ("share", "S2", "mailbox")


@pytest.mark.parametrize(("answer", "erased"), [("yes", True), ("no", False), ("back", False)])
def test_erasing_is_asked_once(answer, erased):
    talk = visiting()
    talk.press("erase")
    talk.press(answer)
    assert (Mail(SECRET, "erase") in talk.effects) == erased
    assert (talk.draft is None) == erased


def test_a_visit_leaves_a_telling_under_way_as_it_was():
    talk = Interview().begin().answer(about="self", danger="no")
    before = talk.draft
    visiting(talk)
    talk.press("close")
    assert (talk.step, talk.draft.answers) == (before.step, before.answers)
    visiting(talk)
    talk.press("erase")
    talk.press("yes")
    assert (talk.step, talk.draft.answers) == (before.step, before.answers)


@pytest.mark.parametrize("begun", [True, False])
def test_a_visit_ends_by_itself(begun):
    talk = visiting(Interview().begin().answer(about="self") if begun else None)
    talk.say("hola otra vez, sigo aquí", wait=LATER)
    assert not any(isinstance(effect, Mail) for effect in talk.effects)
    assert talk.draft.visit == ""
    assert talk.step == ("resume" if begun else "language")


def test_telling_more_is_a_report_that_names_the_first():
    talk = visiting()
    talk.press("more")
    assert talk.said == ["bot.goes_on"]
    talk.press("es")
    talk.press("yes")
    talk.answer(about="self", what="theft").to_review()
    assert talk.draft.adds_to == SECRET
    assert talk.report().adds_to is None, "the look-up id comes from the shell, which knows the organisation"


def test_start_leaves_a_visit():
    talk = visiting()
    talk.say("/start")
    assert (talk.step, talk.draft.visit) == ("language", "")


# --- somebody who tells for others ------------------------------------------------------------------------------------


def test_nothing_stays_after_one_has_told_of_oneself():
    talk = Interview().begin().answer(about="self", what="theft").to_review()
    assert talk.press("send") == (Submit(),)
    assert talk.draft is None


def test_a_defender_goes_on_with_place_day_and_people_and_nothing_else():
    talk = filed()
    assert talk.step == "sent"
    assert "quitaron" not in repr(talk.draft.answers)
    assert set(talk.draft.answers) == {"language", "consent", "about", "place", "town", "when", "who"}
    first = talk.sent.report_id
    talk.press("another")
    assert (talk.said, talk.step) == (["bot.context_kept"], "danger")
    talk.answer(danger="no", what="extortion").to_review()
    report = talk.report(talk.draft)
    assert report.id != first
    assert (report.incidents[0].place.state, report.incidents[0].actors[0].code) == ("MX-TAB", "inm")
    assert [act.code for act in report.incidents[0].acts] == ["extortion"]


def test_the_codes_of_a_session_are_listed_until_it_is_closed():
    talk = filed(OTHER, receipts=(SECRET,))
    talk.press("codes")
    assert talk.effects[0] == ShowReceipts((SECRET, OTHER))
    talk.press("another")
    talk.say("mis códigos")
    assert talk.effects[0] == ShowReceipts((SECRET, OTHER))
    talk = filed(OTHER, receipts=(SECRET,))
    talk.press("close")
    assert (talk.draft, talk.said) == (None, ["bot.closed"])


def test_a_code_given_to_the_person_is_no_longer_kept_here():
    talk = filed(OTHER, receipts=(SECRET,))
    talk.press("hand_over")
    assert talk.effects[0] == ShowReceipts((OTHER,), handed=True)
    assert talk.draft.receipts == (SECRET,)


def test_after_a_pause_the_session_shows_nothing_by_itself():
    talk = filed()
    talk.say("hola", wait=LATER)
    assert talk.step == "resume"
    assert not any(isinstance(effect, ShowReceipts) for effect in talk.effects)
    talk.say("mis códigos", wait=LATER)
    assert not any(isinstance(effect, ShowReceipts) for effect in talk.effects)


def test_deleting_a_session_forgets_its_codes():
    talk = filed()
    talk.say("/borrar")
    talk.say("sí")
    assert talk.draft is None
    assert Wipe() in talk.effects
