# SPDX-License-Identifier: Apache-2.0
"""Text as Telegram counts and formats it: UTF-16 units, the HTML parse mode, commands as entities."""

import html
import re
from html.parser import HTMLParser
from typing import Any

from simulator.errors import bad_request

Entities = list[dict[str, Any]]

# The tags of the Bot API's HTML style, and the entity each makes.
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
_NAMED = frozenset({"lt", "gt", "amp", "quot"})  # "only these named entities are supported"
_COMMAND = re.compile(r"(?:(?<=\s)|^)/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/])")


def units(text: str) -> int:
    """Length in UTF-16 code units: how Telegram counts entities, and the safe reading of its limits."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """A long text in pieces of at most `limit` units, as the apps cut it."""
    pieces = [""]
    left = limit
    for character in text:
        width = 2 if ord(character) > 0xFFFF else 1
        if width > left:
            pieces.append("")
            left = limit
        pieces[-1] += character
        left -= width
    return pieces


def command_entities(text: str) -> Entities:
    """The bot commands in a person's text. Telegram also marks addresses, tags and numbers; this does not."""
    if "/" not in text:
        return []
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in _COMMAND.finditer(text)
    ]


def parse(text: str, parse_mode: str | None) -> tuple[str, Entities]:
    """Plain text and entities; CallError for what Telegram would not parse, and for Markdown: not done here."""
    if parse_mode is None:
        return text, []
    if parse_mode != "HTML":
        raise bad_request("can't parse entities: the simulator knows only the HTML parse mode")
    parser = _Html()
    parser.feed(text)
    parser.close()
    return parser.finish()


class _Html(HTMLParser):
    """Collects text and entities; every tag must be known, closed, and closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._text: list[str] = []
        self._length = 0
        self._open: list[tuple[str, int, dict[str, Any]]] = []
        self._entities: Entities = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _TAGS or (tag == "span" and given.get("class") != "tg-spoiler"):
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self._offset()}')
        more = {"url": given["href"]} if tag == "a" and given.get("href") else {}
        self._open.append((tag, self._length, more))

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {self._offset()}")
        opened, start, more = self._open.pop()
        if opened != tag:
            raise bad_request(
                f'can\'t parse entities: Unmatched end tag at byte offset {self._offset()}, expected "</{opened}>"'
            )
        if self._length > start and (tag != "a" or more):
            self._entities.append({"type": _TAGS[tag], "offset": start, "length": self._length - start, **more})

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise bad_request(f"can't parse entities: Unclosed start tag at byte offset {self._offset()}")
        self._text.append(data)
        self._length += units(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_plain(html.unescape(f"&{name};") if name in _NAMED else f"&{name}")

    def handle_charref(self, name: str) -> None:
        self.handle_plain(html.unescape(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        self._refuse(data)

    def handle_decl(self, decl: str) -> None:
        self._refuse(decl)

    def handle_pi(self, data: str) -> None:
        self._refuse(data)

    def unknown_decl(self, data: str) -> None:
        self._refuse(data)

    def _refuse(self, _: str) -> None:
        raise bad_request(f'can\'t parse entities: Unsupported start tag "!" at byte offset {self._offset()}')

    def handle_plain(self, text: str) -> None:
        self._text.append(text)
        self._length += units(text)

    def _offset(self) -> int:
        return self.getpos()[1]

    def finish(self) -> tuple[str, Entities]:
        if self._open:
            tag = self._open[-1][0]
            raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
        return "".join(self._text), sorted(self._entities, key=lambda one: (one["offset"], -one["length"]))
