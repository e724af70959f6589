# SPDX-License-Identifier: Apache-2.0
"""The language of the stories: what a line means, and what is said about one that cannot be read."""

from pathlib import Path

import pytest

from simulator.errors import StoryError
from simulator.script import Line, read_story

STORIES = sorted(Path(__file__).parents[1].glob("stories/*.story"))
EXAMPLES = sorted(Path(__file__).parents[2].glob("simulator/stories/examples/*.story"))


def lines(text: str) -> list[Line]:
    return list(read_story(text))


def test_each_line_knows_whose_it_is() -> None:
    story = """
phone ana language es
  says /start
\ttaps "Continuar"

desk maria
    logs in
world
  kills the bot
phone ana
  sees "Bienvenida"
"""
    assert lines(story) == [
        Line(3, "phone", "ana", "es", "says /start"),
        Line(4, "phone", "ana", "es", 'taps "Continuar"'),
        Line(7, "desk", "maria", "", "logs in"),
        Line(9, "world", "", "", "kills the bot"),
        Line(11, "phone", "ana", "es", 'sees "Bienvenida"'),
    ]


def test_a_phone_does_not_inherit_the_language_of_another() -> None:
    story = "phone layla language ar\n  says hello\nphone sam\n  says hello\nphone layla\n  says hello\n"
    assert [line.language for line in lines(story)] == ["ar", "", "ar"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  says hello  # greets", "says hello"),
        ('  says "number #5"  # a "quoted" comment', 'says "number #5"'),
        ('  says "a" and "b # c"#d', 'says "a" and "b # c"'),
        ("  says \"it's 5 o'clock\"", "says \"it's 5 o'clock\""),
        ("  says مرحبا # تحية", "says مرحبا"),
        ('  says "one\u2028two"', 'says "one\u2028two"'),
        ("  says hello\r", "says hello"),
    ],
)
def test_comments_end_a_line_but_not_inside_quotes(written: str, kept: str) -> None:
    assert [line.text for line in lines(f"phone ana\n{written}\n")] == [kept]


@pytest.mark.parametrize(
    "empty", ["", "\n\n", "# only a comment", "   # indented comment", 'phone ana # "x', "phone ana\n  \n"]
)
def test_nothing_to_do(empty: str) -> None:
    assert lines(empty) == []


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('taps "Sí, seguir"', "Sí, seguir"),
        ('sends photo "of a paper"', "of a paper"),
        ('says ""', ""),
        ("taps 2", "2"),
        ("keeps receipt", "receipt"),
    ],
)
def test_what_is_quoted(text: str, quoted: str) -> None:
    (line,) = lines(f"phone ana\n  {text}\n")
    assert line.quoted == quoted


@pytest.mark.parametrize(
    ("story", "number", "reason"),
    [
        ("  says hello\n", 1, "whose line"),
        ("# first\n\n  says hello\n", 3, "whose line"),
        ("phone ana\n  says hello\nphone\n  says hello\n", 3, "expected"),
        ("desk\n  logs in\n", 1, "expected"),
        ("world of ours\n  waits 1 second\n", 1, "expected"),
        ("desk maria language es\n", 1, "expected"),
        ("phone ana language\n", 1, "expected"),
        ("phone ana maria\n", 1, "expected"),
        ("phones ana\n", 1, "expected"),
        ("says hello\n", 1, "expected"),
        ('phone ana\n  says "hello\n', 2, "quotation mark"),
        ('phone ana\n  says hello"  # and a comment\n', 2, "quotation mark"),
    ],
)
def test_an_error_names_the_line(story: str, number: int, reason: str) -> None:
    with pytest.raises(StoryError, match=rf"^line {number}: .*{reason}"):
        lines(story)


def test_the_lines_before_an_error_are_read() -> None:
    story = read_story("phone ana\n  says hello\nnobody\n")
    assert next(story).text == "says hello"
    with pytest.raises(StoryError, match=r"^line 3:"):
        next(story)


@pytest.mark.parametrize("path", [*STORIES, *EXAMPLES], ids=lambda path: path.stem)
def test_our_own_stories_can_be_read(path: Path) -> None:
    """A phone's language is said where it first appears: else it would speak the default without anybody noticing."""
    read = lines(path.read_text(encoding="utf-8"))
    assert read
    assert all(line.language for line in read if line.actor == "phone")
