# SPDX-License-Identifier: Apache-2.0
"""Text as Telegram counts and parses it."""

import pytest

from simulator.errors import CallError
from simulator.formatting import command_entities, parse, split, units


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("ñ", 1), ("😀", 2), ("مرحبا", 5), ("", 0)])
def test_units(text, length):
    assert units(text) == length


def test_split_never_cuts_a_character():
    pieces = split("a😀" * 10, 5)
    assert "".join(pieces) == "a😀" * 10
    assert max(units(piece) for piece in pieces) <= 5


def _entity(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c", []),
        ("😀 <b>x</b>", "😀 x", [_entity("bold", 3, 1)]),
        ("<b>a<i>b</i></b>", "ab", [_entity("bold", 0, 2), _entity("italic", 1, 1)]),
        ('<a href="https://example.org">x</a>', "x", [_entity("text_link", 0, 1, url="https://example.org")]),
        ('<span class="tg-spoiler">x</span>', "x", [_entity("spoiler", 0, 1)]),
        ("fish & chips", "fish & chips", []),
        ("&#1576;", "ب", []),
    ],
)
def test_html(source, text, entities):
    assert parse(source, "HTML") == (text, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>x", "Can't find end tag"),
        ("x</b>", "Unexpected end tag"),
        ("<b><i>x</b></i>", "Unmatched end tag"),
        ("<h1>x</h1>", "Unsupported start tag"),
        ("<span>x</span>", "Unsupported start tag"),
        ("1 < 2", "Unclosed start tag"),
        ("x <", "Unclosed start tag"),
        ("<b", "Unclosed start tag"),
        ("<!-- x -->", "Unsupported start tag"),
    ],
)
def test_html_that_telegram_would_not_parse(source, words):
    with pytest.raises(CallError, match=f"can't parse entities: {words}"):
        parse(source, "HTML")


def test_markdown_is_refused_rather_than_guessed():
    with pytest.raises(CallError, match="only the HTML parse mode"):
        parse("*x*", "MarkdownV2")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start now", [(0, 6)]),
        ("😀 /help", [(3, 5)]),
        ("and/or", []),
        ("a/b /c@some_bot", [(4, 11)]),
        ("http://x.org/path", []),
    ],
)
def test_commands(text, found):
    assert [(one["offset"], one["length"]) for one in command_entities(text)] == found
