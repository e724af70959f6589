# SPDX-License-Identifier: Apache-2.0
"""Typed answers: which choices a text means, whatever script its digits, accents or capitals are in.

A choice is found by its number, its label, the number and the label (what a keyboard button types), or the first
words of its label where only one choice begins so.
"""

import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

LONGEST = 200
"""Characters of a text that may still mean a choice: longer ones are told words and are not folded."""

_RANGES = (range(0xFE00, 0xFE10), range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2066, 0x206A))
_DROPPED = dict.fromkeys([0x20E3, 0x0640, 0x00AD, *(code for codes in _RANGES for code in codes)])
"""Keycap, Arabic stretch, soft hyphen, variation selectors, joiners and direction marks."""
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_KEYCAP_TEN = "\U0001f51f"


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, western digits, single spaces: what two spellings have in common.

    Marks of combining class 0 stay: in Indic scripts they are vowels, not accents.
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    plain = unicodedata.normalize("NFKD", text.replace(_KEYCAP_TEN, "10").translate(_DROPPED)).casefold()
    return " ".join("".join(map(_plain, plain)).split())


def _plain(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    kept = character.isalnum() or unicodedata.category(character)[0] == "M"
    return character if kept else " "


_LONGEST_NUMERAL = 4
"""Words of a number: "quatre vingt dix sept"."""


def numbers(folded: str, spelled: Mapping[str, int]) -> tuple[int, ...]:
    """All of a folded text as numbers ("1 3", "dos"), or () when any word of it is none. `spelled`: number words."""
    found: list[int] = []
    words, at = folded.split(), 0
    while at < len(words):
        for length in range(min(_LONGEST_NUMERAL, len(words) - at), 0, -1):
            spoken = " ".join(words[at : at + length])
            number = spelled.get(spoken)
            if number is None and spoken.isascii() and spoken.isdecimal() and len(spoken) <= 6:
                number = int(spoken)
            if number is not None:
                break
        else:
            return ()
        found.append(number)
        at += length
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Match:
    """What a text means: positions of choices, and whether they were typed as numbers."""

    positions: tuple[int, ...]
    by_number: bool


def match(
    folded: str,
    labels: Sequence[str],
    *,
    several: bool,
    numbered: int,
    spelled: Mapping[str, int],
    whole: Container[str] = (),
) -> Match | None:
    """Find choices in a folded text. `labels` are folded; only the first `numbered` of them answer to a number.

    None when nothing or more than one thing is meant. `several`: more than one number may be typed.
    `whole`: words that never stand for a longer label: a bare "no" is not "No, they let me go".
    """
    if not folded:
        return None
    typed = numbers(folded, spelled)
    if typed and all(1 <= n <= numbered for n in typed) and (several or len(typed) == 1):
        return Match(tuple(dict.fromkeys(n - 1 for n in typed)), by_number=True)
    position = _by_label(folded, labels, numbered, whole)
    return None if position is None else Match((position,), by_number=False)


def _by_label(folded: str, labels: Sequence[str], numbered: int, whole: Container[str]) -> int | None:
    if folded in labels:
        return labels.index(folded)
    head, _, rest = folded.partition(" ")
    if head.isdecimal() and len(head) <= 3 and 1 <= int(head) <= numbered and labels[int(head) - 1] == rest:
        return int(head) - 1
    if folded in whole or folded.replace(" ", "").isdecimal():
        return None  # "3" is not the beginning of "3 to 5"
    start = folded + " "
    begun = [position for position, label in enumerate(labels) if label.startswith(start)]
    return begun[0] if len(begun) == 1 else None
