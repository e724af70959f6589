# SPDX-License-Identifier: Apache-2.0
"""Looking after the person while they tell: a word when it gets hard, and an offer to stop.

No counselling and no guessing: only plain words of distress are heard (catalog entries `word.distress` and
`word.self_harm`), each is answered once, and a caseworker sees that it was said.
"""

from dataclasses import replace

from intake.draft import Draft
from intake.effects import Effect, Say
from intake.matching import fold
from intake.vocabulary import Vocabulary

BREAK_AFTER = 6
"""Answers after which a break is offered, once (domain.md section 9)."""

BREAK = "break"
_NOT = frozenset({"لا", "لم", "لن", "не", "not", "jamais", "nunca", "never"})
_OPENING = 2  # language and consent are no telling


def heard(vocabulary: Vocabulary, draft: Draft, text: str) -> tuple[Draft, tuple[Effect, ...]]:
    """The draft with what was heard in the words, and what is said about it."""
    flag = _flag(vocabulary, text) if text else None
    if flag is not None and flag not in draft.flags:
        return replace(draft, flags=(*draft.flags, flag)), (Say(f"bot.{flag}"),)
    if BREAK not in draft.flags and len(draft.answers) == BREAK_AFTER + _OPENING:
        return replace(draft, flags=(*draft.flags, BREAK)), (Say("bot.break"),)
    return draft, ()


def _flag(vocabulary: Vocabulary, text: str) -> str | None:
    folded = f" {fold(text)} "
    for flag, phrases in vocabulary.distress.items():
        if any(_says(folded, phrase, vocabulary) for phrase in phrases):
            return flag
    return None


def _says(folded: str, phrase: str, vocabulary: Vocabulary) -> bool:
    """Whether a phrase stands in a text, and no "no" before it."""
    before, found, _ = folded.partition(phrase if _unspaced(phrase) else f" {phrase} ")
    last = before.split()[-1:]
    return bool(found) and not any(word in _NOT or vocabulary.yes_no.get(word) == "no" for word in last)


def _unspaced(phrase: str) -> bool:
    """Scripts without spaces between words: a phrase may stand anywhere."""
    return "\u3400" <= phrase[0] <= "\u9fff"
