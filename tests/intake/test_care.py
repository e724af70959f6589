# SPDX-License-Identifier: Apache-2.0
"""Safe paths: the short way, distress, a break, a language that is not here, a place typed in one go."""

import pytest

from intake.questionnaire import load_all
from tests.intake.interview import CATALOGS, Interview


def test_somebody_who_is_not_alone_is_asked_four_things():
    talk = Interview().begin(consent="short")
    asked = []
    while talk.step != "review":
        asked.append(talk.step)
        talk.press({"danger": "nearby", "contact": "evening"}.get(talk.step, "skip"))
    assert asked == ["danger", "status", "what", "contact"]
    report = talk.report()
    assert (report.path, report.contact.when) == ("short", ("evening",))
    talk.press("more")
    assert talk.step == "about"
    talk.to_review()
    assert talk.report().contact.when == ("evening",), "what was told on the short way stays"


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("Ya no puedo más con esto, de verdad", "distress"),
        ("A veces quiero morirme", "self_harm"),
        ("I cannot go on, and I want to die", "self_harm"),
    ],
)
def test_words_of_distress_are_answered_once_and_a_caseworker_sees_it(words, flag):
    talk = Interview().begin().go_to("words")
    talk.say(words)
    assert talk.said == [f"bot.{flag}"]
    talk.press("back")
    talk.say(words)
    assert talk.said == []
    assert talk.report().flags == (flag,)


def test_ordinary_words_set_no_flag():
    talk = Interview().begin().go_to("words")
    talk.say("Nos quitaron el dinero y los papeles en el retén, éramos seis")
    assert talk.report().flags == ()


def test_a_break_is_offered_after_six_answers_and_only_once():
    talk = Interview().begin()
    offered = []
    for _ in range(12):
        before = talk.step
        talk.press({"about": "self", "danger": "no", "status": "free"}.get(before, "skip"))
        offered += ["bot.break" in talk.said]
    assert sum(offered) <= 1
    talk = Interview().begin().answer(about="self", danger="no", status="free", what="theft", place="MX-SON")
    talk.say("Nogales")
    assert talk.said == ["bot.break"]


def test_a_language_that_is_not_here_is_looked_for():
    talk = Interview().begin("other")
    assert talk.draft.locale == "es"
    assert talk.step == "interpreter"
    talk.say("Chuj")
    talk.answer(about="self", what="theft").to_review()
    assert talk.report().interpreter_needed == "Chuj"
    talk = Interview().begin("other").answer(about="self").to_review()
    assert talk.report().interpreter_needed == "und"
    talk = Interview().begin("other").answer(interpreter="mam").to_review()
    assert talk.report().interpreter_needed == "mam"


@pytest.mark.parametrize(
    ("typed", "state", "town"),
    [
        ("Nogales, Sonora", "MX-SON", "Nogales, Sonora"),
        ("en Tapachula Chiapas", "MX-CHP", "en Tapachula Chiapas"),
        ("Sonora, Nogales", "MX-SON", "Sonora, Nogales"),
        ("Eagle Pass (Texas)", "US-TX", "Eagle Pass (Texas)"),
    ],
)
def test_town_and_state_in_one_go(typed, state, town):
    talk = Interview().begin().answer(about="self").go_to("place")
    talk.say(typed)
    assert talk.step == "when"
    place = talk.report().incidents[0].place
    assert (place.state, place.town) == (state, town)


def test_a_place_nobody_knows_stays_in_words():
    talk = Interview().begin().go_to("place")
    talk.say("un rancho cerca del río")
    place = talk.report().incidents[0].place
    assert (place.country, place.state, place.words, place.town) == (None, None, "un rancho cerca del río", "")


def test_a_draft_ends_on_the_questions_it_began_with():
    every = load_all()
    earlier = every.earlier[next(iter(every.earlier))]
    talk = Interview(questionnaire=earlier).begin().answer(about="self", danger="no")
    assert talk.draft.version == earlier.version
    talk.questionnaire = every.of(talk.draft.version)
    talk.answer(what="theft", site="bus").to_review()
    assert talk.report().questionnaire == earlier.version
    assert every.of(None) is every.of("unknown") is every.current


def test_the_texts_of_earlier_questions_are_still_there():
    for questionnaire in load_all().earlier.values():
        for question in questionnaire.questions.values():
            for choice in question.choices:
                assert CATALOGS.get("es").has(str(choice.label)), choice.label


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("COMAR", ("comar",)),
        ("agentes del INM con la Guardia Nacional", ("guardia_nacional", "inm")),
        ("Texas National Guard soldiers", ("us_state_or_national_guard",)),
        ("la fiscalía", ("prosecutor",)),
        ("un señor de gorra", ()),
    ],
)
def test_names_of_officials_are_found_in_words_and_the_words_stay(typed, codes):
    talk = Interview().begin().go_to("who")
    talk.say(typed)
    actors = talk.report().incidents[0].actors
    assert tuple(actor.code for actor in actors if actor.code) == codes
    assert [actor.words for actor in actors if actor.words] == [typed]


def test_a_kind_of_place_is_found_in_words():
    talk = Interview().begin().go_to("site")
    talk.say("en un retén antes del puente")
    place = talk.report().incidents[0].place
    assert (place.site, place.site_words) == ("road_or_checkpoint", "en un retén antes del puente")


def test_a_state_named_in_another_language_is_the_state_and_no_town():
    talk = Interview().begin("ht").answer(about="self").go_to("place")
    talk.say("Texas")
    place = talk.report().incidents[0].place
    assert (place.state, place.town, place.words) == ("US-TX", "", "")
    assert talk.step == "town"
