# SPDX-License-Identifier: Apache-2.0
"""The conversation from the outside: what a person does, what they see next, what would be sent."""

import dataclasses
import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.asking import VISITS
from intake.draft import Answer
from intake.effects import Ask, Fetch, Mail, Review, Say, Submit, Toast, Wipe
from intake.events import Edited, GaveReceipt, Located, Pressed, Said, Unusable
from intake.flow import advance
from intake.report import facts, summarise
from intake.scene import PAUSE
from intake.triage import triage
from intake.walk import walk_of
from intake.words import units
from tests.intake.interview import CATALOGS, QUESTIONNAIRE, Interview


def at(name, **answers):
    """An interview that stands at a question, the answers before it given."""
    language = answers.pop("language", "es")
    return Interview().begin(language).answer(**answers).go_to(name)


WAYS_TO = {
    "one_of_them": {"about": "many"},
    "child_age": {"about": "child"},
    "child_with": {"about": "child"},
    "talk": {"about": "child"},
    "contact": {"about": "child"},
    "removal": {"status": "detained"},
    "held_by": {"status": "held"},
    "missing_since": {"status": "missing"},
    "missing_more": {"status": "missing"},
    "sent_on": {"status": "sent_away"},
    "what_force": {"what": "force"},
    "sv_window": {"what": "force", "what_force": "sexual_violence"},
    "sv_care": {"what": "force", "what_force": "sexual_violence"},
    "death_when": {"what": "force", "what_force": "killing"},
    "what_detained": {"what": "detained"},
    "what_sent_back": {"what": "sent_back"},
    "what_asylum": {"what": "asylum"},
    "what_taken": {"what": "taken"},
    "what_family": {"what": "family"},
    "child_apart": {"what": "family"},
    "what_helpers": {"what": "helpers_press"},
    "defender": {"what": "helpers_press"},
    "state": {"place": "MX"},
    "state_us": {"place": "US"},
    "when_earlier": {"when": "earlier"},
    "fear": {"status": "detained"},
    "interpreter": {"language": "other"},
    "often": {"about": "many"},
    "dead": {"what": "force", "what_force": "killing"},
    "how_sent": {"what": "asylum"},
    "how_force": {"what": "force"},
    "why_them": {"what": "discrimination"},
    "injured": {"what": "force"},
    "moved_to": {"what": "sent_back"},
    "over": {"about": "many", "often": "often"},
    "counted": {"about": "many", "often": "often"},
    "going_on": {"about": "many", "often": "often"},
    "children": {"needs": "child"},
    "who_how": {"who": "inm"},
    "who_sure": {"who": "inm"},
    "papers": {"what": "detained"},
    "papers_fate": {"what": "detained", "papers": "visa"},
    "reason_told": {"what": "detained"},
    "signed": {"what": "detained"},
    "understood": {"what": "detained", "signed": "forced"},
    "agrees": {"about": "proxy"},
    "agrees_why": {"about": "proxy", "agrees": "cannot"},
    "cards": {"about": "proxy"},
    **{name: {"about": "proxy", "cards": "each"} for name in ("p_who", "p_part", "p_nationality", "p_now", "p_agrees")},
    **{name: {"about": "proxy", "cards": "each"} for name in ("p_share", "p_more")},
    "p_why": {"about": "proxy", "cards": "each", "p_agrees": "emergency"},
    "role": {"about": "proxy"},
    "know_how": {"about": "proxy"},
    "own_risk": {"about": "proxy"},
    "contact_how": {"contact": "daytime"},
    "safe_word": {"contact": "daytime", "contact_how": "safe_word"},
}
SKIPPABLE = [
    name for name, question in QUESTIONNAIRE.questions.items() if not question.required and not question.hidden
]


def reach(name):
    return at(name, **WAYS_TO.get(name, {}))


# --- the opening ----------------------------------------------------------------------------------------------------


def test_nothing_is_kept_before_the_yes():
    talk = Interview()
    talk.say("me robaron en la frontera, ayúdenme por favor")
    assert talk.step == "language"
    assert talk.draft.consent is None
    talk.send("voice")
    assert talk.said == ["bot.before_yes"]
    talk.press("es")
    talk.say("ayer nos quitaron todo el dinero en el retén")
    assert talk.said == ["bot.choose", "bot.not_reviewed"]
    assert not talk.draft.notes
    assert not talk.draft.files
    assert set(talk.draft.answers) == {"language"}


def test_no_keeps_nothing():
    talk = Interview()
    talk.say("hola")
    talk.press("es")
    talk.press("more")
    assert talk.said[0] == "bot.consent_more"
    talk.press("no")
    assert talk.draft is None
    assert talk.said == ["bot.consent_no"]


def test_yes_is_written_down_with_text_language_and_day():
    talk = Interview().begin("en")
    consent = talk.draft.consent
    assert (consent.text, consent.locale, consent.level) == ("consent", "en", "S0")
    assert consent.version == QUESTIONNAIRE.version
    assert consent.day == talk.now // 86400


def test_taking_the_yes_back_deletes_everything():
    talk = reach("danger")
    talk.press("back")
    talk.press("back")
    assert talk.step == "consent"
    talk.press("no")
    assert talk.draft is None
    assert isinstance(talk.effects[0], Wipe)


def test_the_language_may_be_changed_later_and_keeps_the_answers():
    talk = Interview().begin("es").answer(about="self")
    for _ in range(3):
        talk.press("back")
    assert talk.step == "language"
    talk.press("en")
    assert talk.draft.locale == "en"
    assert talk.draft.answers["about"].values == ("self",)
    assert talk.step == "danger"


@pytest.mark.parametrize(
    ("hint", "locale"), [("es", "es"), ("en-GB", "en"), ("ht-HT", "ht"), (None, "es"), ("xx_YY", "es")]
)
def test_the_apps_language_only_preselects(hint, locale):
    talk = Interview(language=hint)
    talk.say("/start")
    assert talk.draft.locale == locale
    assert [choice.text for choice in talk.screen.choices[:-1]] == [about["name"] for about in CATALOGS.about.values()]
    assert talk.screen.choices[-1].value == "other"


@pytest.mark.parametrize(
    ("event", "effects"),
    [
        (Said("/delete"), (Wipe(), Say("bot.wiped"))),
        (Said("BORRAR"), (Wipe(), Say("bot.wiped"))),
        (Said("/ayuda"), (Say("bot.help"),)),
        (Pressed("00000000", "about", "self"), (Toast("bot.toast_gone"),)),
        (Edited(5, "x"), ()),
        (GaveReceipt(""), (Say("bot.mailbox_unknown"),)),
    ],
)
def test_with_nothing_open(event, effects):
    talk = Interview()
    assert talk.take(event) == effects
    assert talk.draft is None


# --- every path ends ------------------------------------------------------------------------------------------------

BRANCHING = QUESTIONNAIRE.triggers | {
    name for question in QUESTIONNAIRE.questions.values() for table in question.relevant for name, _ in table
}


def options(question):
    """Answers that may lead different ways: each choice, pairs of the first ones where several fit, and a skip."""
    values = [choice.value for choice in question.choices[: question.shown]]
    pairs = itertools.combinations(values[:8], 2) if question.multiple else ()
    return [*((value,) for value in values), *pairs, None]


def paths(focus, more=None, **given):
    """Every path through the questions in `focus`; `given` answers hold, all others are skipped. `more`: tell more."""
    talk = Interview()
    talk.say("hola")
    stack = [talk.draft]
    given = {"language": ("en",), "consent": ("yes",), **given}
    while stack:
        draft = stack.pop()
        if draft.step == "review":
            press = Pressed(draft.nonce, "review", "more")
            after = advance(QUESTIONNAIRE, CATALOGS, draft, press, talk.turn_at(draft.touched)).draft
            if more and (after.full, after.detailed) != (draft.full, draft.detailed):
                stack.append(after)
            else:
                yield draft
            continue
        name, _, turn = draft.step.partition(".")
        question = QUESTIONNAIRE.question(name)
        for values in options(question) if name in focus and not turn else [given.get(name)]:
            after, talk = draft, Interview()
            for event in presses(draft, question, values):
                after = advance(QUESTIONNAIRE, CATALOGS, after, event, talk.turn_at(draft.touched)).draft
            if after is not None and after.step != draft.step:  # "no" and "tell me more" do not lead on
                stack.append(after)


def presses(draft, question, values):
    if values is None:
        return [Pressed(draft.nonce, draft.step, "skip")]
    return [Pressed(draft.nonce, draft.step, v) for v in (*values, *(("done",) if question.multiple else ()))]


@pytest.mark.parametrize(
    ("focus", "given", "least"),
    [
        ({"about", "one_of_them", "danger", "status", "removal", "held_by", "missing_since"}, {}, 700),
        ({"what", "what_force"}, {}, 300),
        ({"what", "fear"}, {"about": ("proxy",), "status": ("detained",), "more": ("yes",)}, 150),
        ({"place", "when", "people"}, {"about": ("many",)}, 500),
        ({"language", "consent", "about", "often", "danger"}, {}, 100),
        ({"about", "cards", "p_agrees"}, {"p_more": ("no",), "more": ("yes",)}, 15),
        ({"agrees", "people"}, {"about": ("proxy",), "more": ("yes",)}, 25),
        ({"needs", "danger"}, {"about": ("self",)}, 200),
        ({"papers"}, {"what": ("detained",), "more": ("yes",)}, 40),
        ({"signed", "contact", "contact_how"}, {"what": ("detained",), "more": ("yes",)}, 50),
    ],
)
def test_every_path_ends_and_its_report_is_valid(focus, given, least, record_property):
    ends, talk = 0, Interview()
    for draft in paths(focus, **given):
        ends += 1
        report = talk.report(draft)
        assert report.triage.priority in {"P1", "P2", "P3", "P4"}
        review = advance(QUESTIONNAIRE, CATALOGS, draft, Said("99"), talk.turn_at(draft.touched)).effects[-1]
        assert isinstance(review, Review)
        if "send" in {choice.value for choice in review.choices}:
            step = advance(
                QUESTIONNAIRE, CATALOGS, draft, Pressed(draft.nonce, "review", "send"), talk.turn_at(draft.touched)
            )
            assert step.effects[0] == Submit()
            assert step.draft is None or not any(
                step.draft.answers[s].words for s in step.draft.answers if s == "words"
            )
    record_property("paths", ends)
    assert ends >= least


def test_the_questions_that_branch_are_the_ones_walked():
    walked = {"about", "danger", "status", "removal", "what", "what_force", "place", "when", "people", "language"}
    walked |= {"consent", "often", "needs", "agrees", "one_of_them", "cards", "p_agrees", "papers", "signed"}
    walked |= {"contact", "contact_how"}
    assert walked == BRANCHING


@pytest.mark.parametrize("name", SKIPPABLE)
def test_every_question_can_be_reached_skipped_left_and_returned_to(name):
    talk = reach(name)
    draft = talk.draft
    assert isinstance(talk.screen, Ask)
    assert set(talk.screen.standing) == {"back", "skip", "send", "delete", "help"}
    talk.press("skip")
    after = talk.step
    assert after != name
    talk.press("back")
    assert talk.step == walk_of(QUESTIONNAIRE, talk.draft).before(after)
    talk.draft = draft
    talk.say("atrás")
    assert talk.step != name
    talk.draft = draft
    talk.press("help")
    assert (talk.said, talk.step) == (["bot.help"], name)
    talk.draft = draft
    talk.press("delete")
    talk.say("no")
    assert talk.step == name
    talk.press("delete")
    talk.say("1")
    assert talk.draft is None
    assert talk.effects == (Wipe(), Say("bot.wiped"))


@pytest.mark.parametrize("name", SKIPPABLE)
@pytest.mark.parametrize("word", ["/stop", "PARAR", "enviar", "Send what I have"])
def test_stop_sends_what_was_told_from_every_question(name, word):
    talk = reach(name)
    enough = any(QUESTIONNAIRE.question(s).enough and not a.skipped for s, a in talk.draft.answers.items())
    talk.say(word)
    if not enough:
        assert (talk.said, talk.step) == (["bot.nothing_yet"], name)
        return
    assert talk.step == "review"
    talk.press("send")
    assert talk.effects[0] == Submit()
    assert talk.report().incidents


def test_a_minimal_report_is_five_answers():
    talk = Interview()
    events = [Said("hola"), Said("1"), Said("1"), Said("1"), Said("5"), Said("enviar"), Said("1")]
    for event in events:
        talk.take(event)
    assert talk.effects == (Submit(),)
    assert talk.report().to_mapping()["mode"] == "self"


@pytest.mark.parametrize("word", ["/borrar", "/delete", "Borrar", "delete everything", "/DELETE@some_bot", "bórrar"])
@pytest.mark.parametrize("locale", ["es", "en"])
def test_words_of_every_language_work_in_every_language(word, locale):
    talk = Interview().begin(locale)
    talk.say(word)
    assert talk.step == "delete"
    talk.say(word)
    assert talk.draft is None


def test_deleting_before_the_yes_needs_no_confirmation():
    talk = Interview()
    talk.say("hola")
    talk.say("/delete")
    assert talk.effects == (Wipe(), Say("bot.wiped"))


# --- answers of every kind ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["2", "２", "٢", "۲", "2️⃣", "2.", "2)", "(2)", "②", "dos", "Quitaron dinero o cosas", "2 Quitaron dinero o cosas"],
)
def test_theft_is_one_answer_on_the_first_screen_however_it_is_typed(typed):
    talk = reach("what")
    talk.say(typed)
    if talk.step == "what":  # a label is a tap: more may follow
        assert talk.screen.picked == ("theft",)
        talk.say("listo")
    assert talk.draft.answers["what"].values == ("theft",)


@pytest.mark.parametrize("typed", ["1 3", "1, 3", "1,3", "3-1", "1️⃣ 3️⃣", "uno tres", "١ ٣"])
def test_several_numbers_answer_at_once(typed):
    talk = reach("what")
    talk.say(typed)
    assert set(talk.draft.answers["what"].values) == {"extortion", "docs_taken"}
    assert talk.step == "place"


def test_taps_add_up_and_a_second_tap_unticks():
    talk = reach("what")
    for choice in ("theft", "extortion", "force", "theft"):
        talk.press(choice)
    assert talk.screen.picked == ("extortion", "force")
    talk.press("done")
    assert talk.draft.answers["what"].values == ("extortion", "force")
    assert talk.step == "what_force"


def test_done_without_a_tick_asks_again():
    talk = reach("what")
    talk.press("done")
    assert (talk.said, talk.step) == (["bot.pick_one"], "what")


def test_none_of_these_stands_alone_and_ends_the_question():
    talk = reach("needs")
    talk.press("infant")
    assert talk.screen.picked == ("infant",)
    talk.press("none")
    assert talk.step != "needs"
    assert next(answer for step, answer in talk.draft.answers.items() if "needs" in step).values == ("none",)


@pytest.mark.parametrize(
    ("typed", "low", "high", "approximate"),
    [
        ("3", 3, 3, False),
        ("3-5", 3, 5, False),
        ("27", 27, 27, False),
        ("al menos 6", 6, None, False),
        ("50 o más", 50, None, False),
        ("como 10", 10, 10, True),
        ("muchas", 1, None, False),
        ("somos cuatro", 4, 4, False),
    ],
)
def test_a_typed_number_of_people_is_a_number_and_no_choice(typed, low, high, approximate):
    talk = reach("people")
    assert not talk.screen.numbered
    talk.say(typed)
    count = talk.draft.answers["people"].count
    assert (count.low, count.high, count.approximate, count.as_reported) == (low, high, approximate, typed)


def test_a_state_that_is_not_drawn_may_be_typed():
    talk = reach("place")
    assert "MX-QUE" not in {choice.value for choice in talk.screen.choices}
    talk.say("queretaro")
    assert talk.draft.answers["place"].values == ("MX-QUE",)
    talk.press("back")
    talk.say("San Jacinto del Llano")
    assert talk.draft.answers["place"].words == "San Jacinto del Llano"


def test_words_that_are_no_answer_are_kept_and_the_question_stands_again():
    talk = reach("danger")
    talk.say("mi hermano está en la estación migratoria", message=7)
    assert (talk.said, talk.step) == (["bot.noted"], "danger")
    talk.say("hm")
    assert (talk.said, talk.step) == (["bot.choose"], "danger")
    talk.take(Edited(7, "mi hermana está en la estación migratoria"))
    assert talk.report().notes == ("mi hermana está en la estación migratoria",)


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\ud800", "\n\n"])
def test_text_without_words_is_asked_again(text):
    talk = reach("words")
    talk.say(text)
    assert (talk.said, talk.step) == (["bot.empty"], "words")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("caf\u0065\u0301\x00 \ud83d ok", "caf\u00e9  ok"),
        ("\u202eabc\u2066", "\u202eabc\u2066"),
        ("a" + "\u0301" * 200, "\u00e1" + "\u0301" * 199),
        ("x" * 5_000, "x" * 5_000),
        ("\ufdfa", "\ufdfa"),
    ],
)
def test_told_words_are_kept_as_told_and_tamed_on_the_screen(text, kept):
    talk = reach("words")
    talk.say(text)
    assert talk.draft.answers["words"].words == kept
    assert talk.report().incidents[0].narrative == kept
    talk.to_review()
    line = next(line for line in talk.screen.lines if line.step == "words")
    assert len(line.value) <= 80
    assert not set(line.value) & set("\u202e\u2066\x00")


def test_text_beyond_any_message_is_asked_again():
    talk = reach("words")
    talk.say("palabra " * 4_000)
    assert (talk.said, talk.step) == (["bot.too_long"], "words")


def test_a_text_the_app_has_split_is_put_together():
    talk = reach("words")
    talk.say("a" * 4_096)
    talk.say("b" * 4_096, wait=1)
    talk.say("c", wait=2)
    assert talk.draft.answers["words"].words == "a" * 4_096 + "\n" + "b" * 4_096 + "\nc"
    step = talk.step
    talk.say("d" * 30, wait=10)
    assert talk.draft.answers["words"].words.endswith("c")
    assert talk.step == step or talk.draft.answers[step].words == "d" * 30


def test_a_voice_note_is_an_answer_where_words_are_asked():
    talk = reach("words")
    talk.send("voice", size=9_000, caption="el retén")
    assert isinstance(talk.effects[0], Fetch)
    answer = talk.draft.answers["words"]
    assert answer.files == (talk.effects[0].attachment.id,)
    assert answer.words == "el retén"
    assert talk.step == "who"


@pytest.mark.parametrize("name", ["about", "what", "place", "when", "sv_care"])
def test_a_file_that_is_not_asked_for_is_kept_and_said_so(name):
    talk = reach(name)
    talk.send("photo", name="\u202egpj.exe\x00")
    assert isinstance(talk.effects[0], Fetch)
    assert talk.said == ["bot.file_kept"]
    assert talk.step == name
    assert talk.draft.files[0].name == "\u202egpj.exe"


def test_files_are_not_taken_without_end():
    talk = reach("about")
    for _ in range(30):
        talk.send("photo")
    talk.send("photo")
    assert talk.said == ["bot.too_many_files"]
    assert len(talk.draft.files) == 30


@pytest.mark.parametrize(
    ("name", "at", "key"),
    [
        ("place", (0.0, -150.0), "bot.type_place"),
        ("place", (31.33, -110.94), "bot.type_place"),  # between the two towns of Nogales: no country is guessed
        ("town", (14.9, -92.2), "bot.no_location"),
        ("about", (14.9, -92.2), "bot.no_location"),
    ],
)
def test_a_position_that_names_no_town_is_not_kept(name, at, key):
    talk = reach(name)
    talk.take(Located(*at))
    assert (talk.said, talk.step) == ([key], name)


def test_a_position_becomes_the_name_of_a_town_and_its_point_is_not_kept():
    talk = reach("place")
    talk.take(Located(14.90123, -92.26123))
    assert talk.said[0] == "bot.placed"
    place = talk.report().incidents[0].place
    assert (place.state, place.town) == ("MX-CHP", "Tapachula, Chiapas")
    assert b"14.9" not in talk.draft.to_bytes()
    assert b"92.2" not in talk.draft.to_bytes()


@pytest.mark.parametrize(
    ("kind", "word"), [("sticker", "sticker"), ("contact", "contacto"), ("something_new", "este tipo de mensaje")]
)
def test_what_cannot_be_used_is_named(kind, word):
    talk = reach("danger")
    talk.take(Unusable(kind))
    assert talk.effects[0] == Say("bot.unusable", {"kind": word})
    assert talk.step == "danger"


def test_an_edit_replaces_the_answer_it_belongs_to():
    talk = reach("people")
    talk.say("4", message=11)
    talk.answer(words="Nos pararon")
    talk.take(Edited(11, "6"))
    assert talk.said == ["bot.edited"]
    assert talk.draft.answers["people"].count.low == 6
    talk.take(Edited(11, "¿?"))
    assert talk.said == ["bot.edit_unread"]
    assert talk.draft.answers["people"].count.low == 6
    before = talk.draft
    assert talk.take(Edited(999, "otra cosa")) == ()
    assert talk.draft == before


def test_an_edit_that_changes_the_way_leads_to_what_is_now_asked():
    talk = at("about")
    talk.press("self")
    talk.press("no")
    talk.say("5", message=3)
    assert talk.step == "what"
    talk.take(Edited(3, "1"))
    assert talk.draft.answers["status"].values == ("detained",)
    talk.press("theft")
    talk.press("done")
    assert talk.step == "removal"


# --- old buttons, pauses, old drafts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forged",
    [
        {"nonce": "ffffffff"},
        {"step": "about"},
        {"step": "nothing"},
        {"choice": "MX"},
        {"choice": "done"},
        {"choice": ""},
        {"step": "review", "choice": "send"},
    ],
)
def test_a_stale_or_forged_press_changes_nothing(forged):
    talk = reach("danger")
    before = talk.draft
    talk.press(forged.pop("choice", "now"), wait=0, **forged)
    assert talk.effects[0] == Toast("bot.toast_over")
    assert talk.screen.step == "danger"
    assert talk.draft == before


def test_ten_taps_on_send_are_one_report():
    talk = at("status", danger="now").to_review()
    nonce = talk.draft.nonce
    sent = [Submit() in talk.take(Pressed(nonce, "review", "send")) for _ in range(10)]
    assert sent == [True] + [False] * 9


PRIVATE = "Me golpearon en Tapachula"


@pytest.mark.parametrize("what", ["text", "press", "voice", "/start", "photo", "position"])
def test_after_a_pause_the_screen_is_neutral(what):
    talk = reach("words")
    talk.say(PRIVATE)
    talk.press("back")
    events = {"text": lambda: talk.say("hola", wait=901), "/start": lambda: talk.say("/start", wait=901)}
    events |= {"press": lambda: talk.press("skip", wait=901), "position": lambda: talk.take(Located(1, 2), wait=901)}
    events |= {kind: lambda kind=kind: talk.send(kind, wait=901) for kind in ("voice", "photo")}
    events[what]()
    assert talk.step == "resume"
    assert PRIVATE not in repr(talk.effects)
    assert [choice.value for choice in talk.screen.choices] == ["continue", "restart", "delete"]
    assert talk.screen.standing == ()
    talk.say("1")
    assert talk.step == ("words" if what != "text" else "who")


def test_words_that_took_long_to_write_are_not_lost():
    talk = reach("words")
    talk.say("Tardé en escribir esto", wait=3_600)
    assert talk.step == "resume"
    talk.say("sí")
    assert talk.draft.answers["words"].words == "Tardé en escribir esto"


def test_starting_over_leaves_nothing_of_the_old_draft():
    talk = reach("words")
    talk.say(PRIVATE)
    old = talk.draft
    talk.say("hola", wait=901)
    talk.say("2")
    assert talk.step == "language"
    assert talk.draft.report_id != old.report_id
    assert talk.draft.report_key != old.report_key
    assert b"Tapachula" not in talk.draft.to_bytes()


def test_deleting_after_a_pause():
    talk = reach("words")
    talk.say("hola", wait=901)
    talk.say("3")
    assert talk.step == "delete"
    talk.say("1")
    assert talk.draft is None
    talk = reach("words")
    talk.say("/borrar", wait=901)
    assert talk.step == "delete"


def test_start_in_the_middle_offers_to_go_on():
    talk = reach("place")
    talk.say("/start ref_123")
    assert talk.step == "resume"
    talk.say("continuar")
    assert talk.step in {"resume", "place"}
    talk.say("1")
    assert talk.step == "place"


def test_a_draft_of_other_questions_keeps_what_still_means_something():
    talk = reach("people")
    answers = {
        **talk.draft.answers,
        "gone": Answer(("x",)),
        "danger": Answer(("perhaps",)),
        "words": Answer(words=PRIVATE),
    }
    talk.draft = dataclasses.replace(talk.draft, version="older", answers=answers, step="gone", picking=("x",))
    talk.say("hola")
    assert talk.said == ["bot.questions_changed"]
    assert talk.step == "resume"
    assert PRIVATE not in repr(talk.effects)
    talk.say("1")
    assert talk.step == "danger"
    assert talk.draft.version == QUESTIONNAIRE.version
    assert talk.draft.answers["words"].words == PRIVATE
    assert "gone" not in talk.draft.answers


def test_a_receipt_opens_the_mailbox_and_leaves_the_draft_alone():
    talk = reach("place")
    answers = talk.draft.answers
    [mail] = talk.take(GaveReceipt("05" * 11))
    assert (mail.secret, mail.act, mail.menu.step) == ("05" * 11, "read", "mailbox")
    talk.say("cerrar")
    assert (talk.step, talk.draft.answers, talk.draft.visit) == ("place", answers, "")


# --- the review -----------------------------------------------------------------------------------------------------


def test_the_review_tells_it_back_and_lets_an_answer_be_changed():
    talk = reach("what")
    talk.say("1 2")
    talk.answer(place="MX-CHP", words="Nos pidieron dinero").to_review()
    lines = {line.step: line.value for line in talk.screen.lines}
    assert lines == {
        "what": "Pidieron dinero, Quitaron dinero o cosas",
        "place": "Chiapas",
        "words": "Nos pidieron dinero",
        "share": "Solo lo ve nuestro equipo",
    }
    talk.say("Cambiar una respuesta")
    assert talk.step == "change"
    number = [choice.value for choice in talk.screen.choices].index("place") + 1
    talk.say(str(number))
    assert talk.step == "place"
    talk.say("Sonora")
    assert talk.step == "review"
    assert talk.draft.answers["place"].values == ("MX-SON",)


def test_the_longest_review_fits_one_message():
    talk = Interview().begin("en").answer(about="proxy", danger="no", status="detained", removal="later")
    talk.say(" ".join(str(n) for n in range(1, 14) if n != 7))
    for _ in range(600):
        if talk.step == "review":
            offered = {choice.value for choice in talk.screen.choices} & {"more", "another"}
            if not offered:
                break
            talk.press(min(offered))
            continue
        question = QUESTIONNAIRE.question(talk.step)
        if question.name == "cards":
            talk.press("each")
        elif question.name == "p_more":
            talk.press("yes" if talk.step != "p_more.30" else "no")
        elif question.type in {"text", "files"}:
            talk.say("w" * 4_000)
        elif question.multiple:
            talk.say(" ".join(str(n + 1) for n in range(question.shown) if question.name != "what" or n != 6))
        else:
            talk.press(question.choices[0].value)
    catalog = CATALOGS.get("en")
    text = "\n".join(f"{catalog.text(line.label_key)}: {line.value}" for line in talk.screen.lines)
    choices = "\n".join(catalog.text(choice.label) for choice in talk.screen.choices)
    assert units(catalog.text("bot.review") + text + choices) < 3_900
    report = talk.report()
    assert (len(report.incidents), len(report.persons)) == (5, 30)


# --- the shorter paths ----------------------------------------------------------------------------------------------


def test_in_danger_the_way_is_short_and_more_may_be_told_first():
    talk = Interview().begin().answer(about="self", danger="both")
    assert talk.said == ["bot.danger"]
    asked = []
    while talk.step != "review":
        asked.append(talk.step)
        talk.press("skip")
    assert asked == ["status", "place", "people", "needs", "wishes", "contact"]
    assert [choice.value for choice in talk.screen.choices] == ["send", "more", "change", "delete"]
    talk.press("more")
    assert talk.step == "what"
    assert triage(facts(talk.report())).priority == "P1"


def test_after_sexual_violence_nothing_more_is_asked():
    talk = Interview().begin().answer(about="self", danger="no", status="free")
    talk.say("ya conté algo que pasó en el camino")
    talk.say("4 7 9")
    assert talk.step == "what_force"
    talk.press("sexual_violence")
    talk.press("done")
    assert talk.said == ["bot.sexual_violence"]
    assert talk.step == "sv_window"
    talk.press("yes")
    talk.say("1 2")
    talk.press("evening")
    assert talk.step == "review"
    assert "camino" not in repr(talk.screen)
    report = talk.report()
    assert report.path == "sexual_violence"
    assert report.notes == ("ya conté algo que pasó en el camino",)
    assert report.wishes == ("medical", "talk")
    assert report.contact.when == ("evening",)
    assert facts(report).sexual_violence == "lt120h"


@pytest.mark.parametrize(("window", "fact"), [("no", "older"), ("skip", "unknown")])
def test_the_medical_window_decides_the_class(window, fact):
    talk = reach("sv_window")
    talk.press(window)
    assert facts(talk.report()).sexual_violence == fact


def test_a_child_is_asked_the_fewest_questions():
    talk = Interview().begin().answer(about="child")
    assert talk.said == ["bot.child_hello"]
    asked = []
    while talk.step != "review":
        asked.append(talk.step)
        talk.press(
            {"child_age": "12_17", "child_with": "no", "status": "detained", "removal": "lt72h"}.get(talk.step, "skip")
        )
    assert asked == ["child_age", "child_with", "danger", "status", "removal", "talk", "contact"]
    report = talk.report()
    assert report.attachments == ()
    assert report.incidents[0].attributes == ("child",)
    graded = triage(facts(report))
    assert graded.priority == "P1"
    assert "unaccompanied_child_custody_or_return" in {reason.rule for reason in graded.reasons}


def test_two_events_keep_their_own_places_and_people():
    talk = Interview().begin().answer(about="proxy", danger="nearby")
    talk.answer(what="theft", place="MX-TAB", people="10-49").to_review().press("another")
    assert talk.step == "what.2"
    talk.answer(what="helpers_press", defender="threatened", place="US", people="1")
    talk.to_review()
    first, second = talk.report().incidents
    assert (first.place.state, first.people.count_min, [act.code for act in first.acts]) == ("MX-TAB", 10, ["theft"])
    assert (second.place.country, second.people.count_min, second.groups) == ("US", 1, ("helpers_press",))
    assert facts(talk.report()).people == 10
    assert facts(talk.report()).defender == "threatened"


def test_unticking_a_group_takes_its_answers_out_of_the_report():
    talk = reach("death_when")
    talk.press("recent")
    for _ in range(9):
        talk.press("back")
        if talk.step == "what":
            break
    talk.press("force")
    talk.press("theft")
    talk.press("done")
    report = talk.report()
    assert [act.code for act in report.incidents[0].acts] == ["theft"]
    assert facts(report).deaths is None
    assert facts(report).death_within_72h is None


# --- anything, in any order -----------------------------------------------------------------------------------------

TYPED = [
    *["1", "2", "3", "4", "5", "6", "7", "9", "13", "99", "0", "-1"],
    "1 3",
    "sí",
    "no",
    "listo",
    "saltar",
    "atrás",
    "enviar",
    "/borrar",
    "/start",
    "ayuda",
    "hace 3 días",
    "Chiapas",
    "me quitaron todo lo que traía",
    "",
    "\x00\ud800",
    "x" * 4_096,
]
events = st.one_of(
    st.sampled_from(TYPED).map(Said),
    st.builds(Said, st.text(max_size=80), st.integers(1, 9)),
    st.sampled_from(["here", "stale", "forged"]),
    st.builds(Edited, st.integers(1, 9), st.sampled_from(TYPED)),
    st.sampled_from(["voice", "photo", "document"]),
    st.builds(Unusable, st.sampled_from(["sticker", "contact", "new_kind"])),
    st.just(Located(1.0, 2.0)),
    st.sampled_from(["", "05" * 11]).map(GaveReceipt),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(events, st.sampled_from([1, 20, 20, 20, 901]), st.integers(0, 30)), max_size=60), st.booleans()
)
def test_whatever_comes_the_place_is_never_lost(happenings, begun):
    talk = Interview().begin() if begun else Interview()
    for event, wait, pick in happenings:
        before = talk.draft
        if event in {"here", "stale", "forged"}:
            if before is None:
                continue
            talk.press(pressable(talk, pick), wait, **({"nonce": "ffffffff"} if event == "stale" else {}))
        elif isinstance(event, str):
            talk.send(event, wait)
        else:
            talk.take(event, wait)
        if before and not isinstance(event, Edited | GaveReceipt):
            shown = talk.screen or any(isinstance(effect, Mail) for effect in talk.effects)
            assert talk.draft is None or shown, "every event is answered with a screen"
        if talk.draft is None:
            ended = [Submit(), Wipe(), Say("bot.consent_no"), Say("bot.closed"), Mail("05" * 11, "erase")]
            over = before is not None and before.aside in VISITS and wait > PAUSE
            assert before is None or over or any(effect in ended for effect in talk.effects)
            continue
        check(talk)


def pressable(talk, pick):
    screen = talk.screen
    offered = [*(choice.value for choice in screen.choices), *screen.standing, "done", "nonsense"] if screen else ["x"]
    return offered[pick % len(offered)]


def check(talk):
    draft = talk.draft
    if draft.consent is None:
        assert set(draft.answers) <= {"language"}
        assert not draft.notes
        assert not draft.files
        return
    way = walk_of(QUESTIONNAIRE, draft)
    assert draft.step == "review" or draft.step in way.steps
    known = () if draft.step == "review" else QUESTIONNAIRE.question(draft.step).choices
    assert set(draft.picking) <= {choice.value for choice in known}
    report = talk.report(draft)
    summary = summarise(report)
    assert len(summary.to_bytes()) <= 1_019
    if talk.step == "resume":
        assert "quitaron" not in repr(talk.effects)


# --- cost -----------------------------------------------------------------------------------------------------------


def test_a_step_is_cheap(record_property):
    talk = reach("people")
    draft, turn = talk.draft, talk.turn()
    events = [Said("3 a 5"), Pressed(draft.nonce, "people", "3-5"), Said("skip"), Pressed("0", "people", "x")]
    best = min(timed(draft, event, turn) for event in events for _ in range(5))
    worst = max(min(timed(draft, event, turn) for _ in range(5)) for event in events)
    record_property("best_us", best)
    record_property("worst_us", worst)
    assert worst < 500  # ten times the goal: a shared machine is noisy


def timed(draft, event, turn):
    began = time.perf_counter()
    for _ in range(100):
        advance(QUESTIONNAIRE, CATALOGS, draft, event, turn)
    return (time.perf_counter() - began) / 100 * 1e6
