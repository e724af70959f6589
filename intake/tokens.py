# SPDX-License-Identifier: Apache-2.0
"""Typed words as tokens: the longest phrases that a language's lists know, in any script."""

import re
from collections.abc import Iterator, Mapping, Sequence

Token = tuple[str, int]
"""What kind of word it is, and its number: a weekday 0-6, a month 1-12, a numeral, or 0."""

Phrases = Mapping[tuple[str, ...], Token]
"""Folded words of a phrase -> its token."""

HAN = re.compile("[\u3400-\u9fff]")
_SEAM = re.compile(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)")

UNKNOWN = "unknown"
"""The kind of a word that stands in no list."""

LONGEST_PHRASE = 8
"""Words of a phrase; in Chinese, characters."""


def tokens(words: Sequence[str], phrases: Phrases) -> list[Token] | None:
    """The text as (kind, number) tokens, longest phrase first; fillers are dropped.

    None when a word is unknown: what is not understood wholly is kept as words and never half used.
    """
    found = list[Token]()
    for token in parts(words, phrases):
        if token[0] == UNKNOWN:
            return None
        if token[0] != "filler":
            found.append(token)
    return found


def parts(words: Sequence[str], phrases: Phrases) -> Iterator[Token]:
    """The whole text as tokens, longest phrase first; a word that is none of the phrases is UNKNOWN."""
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            token = phrases.get(tuple(words[at : at + length]))
            if token is not None:
                break
        else:
            length, token = 1, _number(words[at])
        yield token
        at += length


def words_of(folded: str) -> list[str]:
    """The words that phrases are made of. A number ends where letters begin ("5pm").

    Chinese has no spaces: each of its characters is a word of its own.
    """
    apart = _SEAM.sub(" ", folded)
    return (apart if apart.isascii() else HAN.sub(r" \g<0> ", apart)).split()


def _number(word: str) -> Token:
    return ("number", int(word)) if word.isascii() and word.isdecimal() and len(word) <= 6 else (UNKNOWN, 0)
