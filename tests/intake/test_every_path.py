# SPDX-License-Identifier: Apache-2.0
"""Any answers, in every mode, through the whole questionnaire: the interview ends, and what it tells is a valid report."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.effects import Submit
from intake.events import Pressed, Said
from intake.flow import advance
from intake.report import Report, summarise
from tests.intake.interview import CATALOGS, QUESTIONNAIRE, Interview

MODES = ["self", "relative", "proxy", "witness", "many", "child"]
CONSENTS = ["yes", "short", "traceless"]
STEPS = 2_000
"""Five events and thirty cards, each question answered, are under a thousand answers."""

WORDS = ["no sé", "hace 3 días", "unas 20 personas", "Nogales, Sonora", "x" * 4_096, "INM", "quiero morirme", "من فضلك"]

SECRET = "lo que pasó"


def answer(draft, chance):
    """What somebody does at a question: one of its choices, several, words of their own, or nothing."""
    question = QUESTIONNAIRE.question(draft.step)
    tap = lambda value: Pressed(draft.nonce, draft.step, value)  # noqa: E731
    if chance.random() < 0.25:
        return [tap("skip")]
    if question.type in {"text", "files"} or (question.choices == () and not question.locales):
        return [Said(chance.choice(WORDS) if not question.kept else f"{SECRET}: {chance.choice(WORDS)}")]
    if chance.random() < 0.15 and (question.free_text or question.type in {"date", "count"}):
        return [Said(chance.choice(WORDS)), tap("skip")]
    values = [choice.value for choice in question.choices[: question.shown]]
    if question.repeats:
        return [tap("yes" if chance.random() < 0.5 else "no")]
    if question.multiple:
        return [*map(tap, chance.sample(values, chance.randint(1, min(4, len(values))))), tap("done")]
    return [tap(chance.choice(values))]


def told(mode, consent, seed):
    """One whole interview; gives the draft at its end and how many steps it took."""
    chance, talk = random.Random(seed), Interview()
    talk.say("hola")
    talk.press(chance.choice(["es", "en", "ar", "zh-Hans", "other"]))
    talk.press(consent)
    draft = talk.draft
    for steps in range(STEPS):
        if draft.step == "review":
            offered = talk_choices(draft)
            more = [value for value in ("more", "another") if value in offered and chance.random() < 0.6]
            if not more:
                return draft, steps
            events = [Pressed(draft.nonce, "review", chance.choice(more))]
        elif draft.step == "about":
            events = [Pressed(draft.nonce, "about", mode)]
        else:
            events = answer(draft, chance)
        at = draft.step
        for event in events:
            if draft.step != at:
                break
            draft = advance(QUESTIONNAIRE, CATALOGS, draft, event, talk.turn_at(draft.touched + 20)).draft
    raise AssertionError("the interview does not end")


def talk_choices(draft):
    step = advance(QUESTIONNAIRE, CATALOGS, draft, Said("?"), Interview().turn_at(draft.touched))
    return {choice.value for choice in step.effects[-1].choices}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("consent", CONSENTS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_interview_ends_in_a_valid_report(mode, consent, seed):
    draft, _ = told(mode, consent, seed)
    report = Interview().report(draft)
    assert Report.from_bytes(report.to_bytes()) == report
    assert len(summarise(report).to_bytes()) <= 1_019
    assert all(record.level == "S0" or record.answer in {"yes", "emergency", "cannot"} for record in report.consent)
    if "send" in talk_choices(draft):
        sent = advance(
            QUESTIONNAIRE, CATALOGS, draft, Pressed(draft.nonce, "review", "send"), Interview().turn_at(draft.touched)
        )
        assert sent.effects[0] == Submit()
        left = sent.draft.to_bytes().decode() if sent.draft else ""
        assert SECRET not in left, "what happened, in their words, does not stay after sending"
