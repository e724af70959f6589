# SPDX-License-Identifier: Apache-2.0
"""A person's words: as they are kept, and as they may stand on a screen.

Kept words are theirs: only what no store or screen can carry is taken out. What is shown is tamed further, so that
a name full of direction marks or stacked accents cannot disturb the text around it (reliability.md B01-B09).
"""

import unicodedata

LONGEST = 16_000
"""Characters of one answer, at most 4 bytes each. Telegram splits at 4,096; the largest sealed body is 128 KiB."""

BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Embeddings, overrides and isolates: stripped before showing (telegram.md section 11, rule 12)."""

MARKS = 4
"""Combining marks shown on one letter; no living script stacks more."""


def told(text: str) -> str:
    """The words as they are kept: NFC, no NUL or other control but line break and tab, no lone surrogates."""
    if text.isascii() and text.isprintable():
        return text.strip()
    whole = unicodedata.normalize("NFC", "".join(c for c in text if unicodedata.category(c) != "Cs"))
    return "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def shown(text: str, limit: int = 80) -> str:
    """One line for a screen: no direction controls, at most MARKS marks a letter, at most `limit` characters."""
    line = " ".join(text[: limit * 8].translate(BIDI).split())
    if not line.isascii():
        line = _calm(line)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _calm(line: str) -> str:
    out, run = [], 0
    for character in line:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run <= MARKS:
            out.append(character)
    return "".join(out)


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
