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
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.errors import StoryError

_COMMENT = re.compile(r'((?:[^"#]|"[^"]*")*)(#.*)?')
_ACTOR = re.compile(r"(phone|desk|world)(?:\s+([\w-]+))?(?:\s+language\s+([a-zA-Z-]+))?$")
_WORD = re.compile(r'"([^"]*)"|(\S+)')


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
    actor, name, language = "", "", ""
    for number, raw in enumerate(text.splitlines(), 1):
        kept = _COMMENT.match(raw)
        line = (kept.group(1) if kept else raw).rstrip()
        if not line.strip():
            continue
        if not line.startswith(" "):
            head = _ACTOR.match(line.strip())
            if head is None:
                raise StoryError(f"line {number}: expected `phone NAME language XX`, `desk NAME` or `world`")
            actor, name, language = head.group(1), head.group(2) or "", head.group(3) or language
            continue
        if not actor:
            raise StoryError(f"line {number}: say first whose line this is (phone, desk or world)")
        yield Line(number, actor, name, language, line.strip())
