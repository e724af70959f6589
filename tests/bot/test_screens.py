# SPDX-License-Identifier: Apache-2.0
"""Every screen fits, can be answered by its text alone, and says nothing of ours in a person's direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import keyboards, screens
from intake.catalog import FSI, PDI, load_catalogs
from intake.effects import DONE, Ask, Choice, Review, ReviewLine, Say, Toast
from intake.words import units

CATALOGS = load_catalogs()
ES = CATALOGS.get("es")
YES_NO = (Choice("yes", text="Sí"), Choice("no", text="No"))


def ask(**changes):
    return Ask("step", "question.language.label", choices=YES_NO, **changes)


def draw(*effects, catalog=ES):
    return screens.draw(effects, catalog, "Casa Ejemplo")


def rows(screen):
    return [[button["text"] for button in row] for row in screen.markup["keyboard"]]


def test_choices_are_numbered_in_text_and_on_buttons():
    screen = draw(ask(standing=("back", "skip", "send", "delete", "help")))
    assert "1 Sí\n2 No" in screen.text
    assert rows(screen)[:2] == [["1 Sí"], ["2 No"]]
    assert [len(row) for row in rows(screen)[2:]] == [3, 2]


def test_columns_marks_and_the_button_that_ends_a_choice():
    screen = draw(ask(columns=2, multiple=True, picked=("no",), standing=(DONE, "back")))
    assert rows(screen)[0] == ["1 Sí", f"{keyboards.PICKED}2 No"]
    assert rows(screen)[1] == [ES.text("button.done")]


def test_where_a_number_is_the_answer_no_number_stands_before_a_choice():
    screen = draw(ask(numbered=False))
    assert "Sí\nNo" in screen.text
    assert "1 " not in screen.text


def test_a_question_without_buttons_takes_the_old_ones_away():
    assert draw(Ask("step", "question.language.label")).markup == keyboards.NONE


def test_words_alone_leave_the_keyboard():
    assert draw(Say("bot.help")).markup is None
    assert draw(Toast("bot.toast_over")) is None
    assert draw() is None


def test_several_effects_are_one_message():
    screen = draw(Say("bot.noted"), ask())
    assert ES.text("bot.noted") in screen.text
    assert screen.text.index("1 Sí") > screen.text.index(ES.text("bot.noted"))


def test_a_persons_words_stand_in_isolates():
    review = Review((ReviewLine("step", "question.language.short", "مرحبا"),), YES_NO)
    assert f"{FSI}مرحبا{PDI}" in draw(review).text


def test_toasts_fit():
    assert screens.toast((Toast("bot.toast_over"),), ES, "x")
    assert screens.toast((Say("bot.help"),), ES, "x") is None


class Rtl:
    """A right-to-left language in two words."""

    direction, locale = "rtl", "ar"

    def has(self, _key):
        return False

    def text(self, key, _n=None, **_values):
        return {"bot.progress": "3 / 9"}.get(key, "سؤال")


def test_a_line_that_does_not_begin_right_to_left_is_turned():
    text = draw(ask(progress=(3, 9)), catalog=Rtl()).text
    lines = [line for line in text.split("\n") if line]
    assert lines[1] == "سؤال"
    assert [line[0] for line in (lines[2], lines[3])] == ["\u200f", "\u200f"]


@given(st.text(max_size=60).map(lambda text: text * 300))
def test_whatever_is_long_is_cut_where_no_character_is_taken_apart(text):
    cut = screens.fit(text)
    assert units(cut) <= 4096
    cut.encode()


@given(st.text(max_size=40).map(lambda text: text * 400))
def test_pages_hold_everything_and_fit(text):
    pages = screens.pages(text)
    assert all(0 < units(page) <= 4096 for page in pages)
    assert "".join("".join(pages).split()) == "".join(text.split())


def test_a_copy_button_does_one_thing():
    assert keyboards.copy_buttons([("Copiar", "X" * 300)]) == {
        "inline_keyboard": [[{"text": "Copiar", "copy_text": {"text": "X" * 256}}]]
    }


def test_a_button_beside_it_comes_to_us():
    beside = keyboards.press_button("En palabras", "w:es:0")
    [row] = keyboards.copy_button("Copiar", "X", beside)["inline_keyboard"]
    assert row[1] == {"text": "En palabras", "callback_data": "w:es:0"}


@pytest.mark.parametrize("locale", CATALOGS.locales)
def test_every_button_text_is_short_enough_to_read(locale):
    catalog = CATALOGS.get(locale)
    for word in (DONE, "back", "skip", "send", "delete", "help", "copy", "copy_words", "as_words", "as_code"):
        assert 0 < units(catalog.text(f"button.{word}")) <= 32
