# SPDX-License-Identifier: Apache-2.0
"""The language of the stories: a text that a lawyer can read, taken apart line by line.

    # A comment.
    phone es-1 language es          whose phone the following lines are about
      says /start
      taps "Continuar"
    desk maria                      a caseworker at the API
      logs in
    world                           what happens to the machines
      kills the bot

Text in double quotes may hold any character but a double quote; everything after `#` outside quotes is a comment.
A line that begins with a space or a tab belongs to the actor above it. A phone's language is said once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.errors import StoryError

_COMMENT = re.compile(r'((?:[^"#]|"[^"]*")*)(#.*)?')
_ACTOR = re.compile(r"(?:(phone)\s+([\w-]+)(?:\s+language\s+([a-zA-Z-]+))?|(desk)\s+([\w-]+)|(world))")


@dataclass(frozen=True)
class Line:
    """One line of a story: whose it is and what it says."""

    number: int
    actor: str  # phone | desk | world
    name: str
    language: str
    text: str

    @property
    def quoted(self) -> str:
        """What stands in the first pair of quotes, or the last bare word."""
        found = re.search(r'"([^"]*)"', self.text)
        return found.group(1) if found else self.text.split()[-1]


def read_story(text: str) -> Iterator[Line]:
    """The lines that do something, in order; StoryError names the line that cannot be read."""
    actor, name = "", ""
    languages: dict[str, str] = {}
    for number, raw in enumerate(text.split("\n"), 1):
        kept = _COMMENT.fullmatch(raw.rstrip("\r"))
        if kept is None:
            raise StoryError(f"line {number}: a quotation mark is missing")
        line = kept.group(1).rstrip()
        if not line:
            continue
        if not line[0].isspace():
            actor, name, language = _head(line, number)
            languages[name] = language or languages.get(name, "")
            continue
        if not actor:
            raise StoryError(f"line {number}: say first whose line this is (phone, desk or world)")
        yield Line(number, actor, name, languages[name], line.strip())


def _head(line: str, number: int) -> tuple[str, str, str]:
    """Actor, name, language; the last two may be empty."""
    head = _ACTOR.fullmatch(line)
    if head is None:
        raise StoryError(f"line {number}: expected `phone NAME language XX`, `desk NAME` or `world`")
    phone, owner, language, desk, caseworker, world = head.groups()
    return phone or desk or world, owner or caseworker or "", language or ""
