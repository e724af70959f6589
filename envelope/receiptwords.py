# SPDX-License-Identifier: Apache-2.0
"""A receipt's second spelling: nine words, the secret and eleven check bits, out of a list of 2,048 a language.

The languages share words (about 120 between English and French alone), so no word tells the language: whoever reads
tries every list, and the check bits decide. What they let through: a wrong word that stands in the list, or two
words that changed places, reads as another secret once in 2,048; the look-up then finds nothing. A word that stands
in no list never reads.
"""

import functools
import hashlib
import importlib.resources
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from envelope.binding import digest
from envelope.errors import ReceiptError, SelfTestError

SECRET_BYTES: Final = 11
WORDS: Final = 9
_BITS: Final = 11  # a word: 2,048 of them
_SHORT: Final = 4  # letters that tell a word of a BIP-39 list from the others
_KNOWN: Final = {8: 8, 9: 7, 10: 9}  # words typed, and how many of them in one list show that a receipt was meant
_DIFFERENT: Final = 7
_LONGEST: Final = 200  # characters a message may have and still be looked at: ten words with numbers need 140
_LETTERS: Final = range(3, 10)  # of a word in the five alphabetic lists, which have 3 to 8; one may be a slip
_HAN: Final = "\u4e00-\u9fff"
_IDEOGRAPH: Final = re.compile(f"[{_HAN}]")
_TOGETHER: Final = re.compile(f"[{_HAN}]{{2}}")
_WORD: Final = re.compile(rf"[{_HAN}]|[^\W\d_{_HAN}]+")
_NOT_A_RECEIPT: Final = "Those are not a receipt's nine words: compare each, and their order, with those you kept."


class WordList(NamedTuple):
    """A file in envelope/words with the SHA-256 of its bytes; `short`: four letters are enough, also when folded."""

    file: str
    sha256: str
    short: bool = True


LISTS: Final[Mapping[str, WordList]] = {
    "es": WordList("spanish.txt", "46846a5a0139d1e3cb77293e521c2865f7bcdb82c44e8d0a06a2cd0ecba48c0b"),
    "en": WordList("english.txt", "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"),
    "fr": WordList("french.txt", "ebc3959ab7801a1df6bac4fa7d970652f1df76b683cd2f4003c941c63d517e59"),
    "pt": WordList("portuguese.txt", "2685e9c194c82ae67e10ba59d9ea5345a23dc093e92276fc5361f6667d79cd3f"),
    "ru": WordList("russian.txt", "c9458f1997f6a6e0e8b4b691de850aa6af15fabca197e56baa6234933af1fffc", short=False),
    "zh-Hans": WordList("chinese_simplified.txt", "5c5942792bd8340cb8b27cd592f1015edf56a8c5b26276ee18a482428e7c5726"),
}
"""By locale; `words/NOTICE` says where they come from. Frozen: a word moved is a receipt that opens nothing."""


def spell_words(secret: bytes, locale: str) -> tuple[str, ...] | None:
    """Nine words (NFC), or None for a language without a list."""
    if len(secret) != SECRET_BYTES:
        raise ValueError("a receipt secret has 11 bytes")
    if locale not in LISTS:
        return None
    listed = unicodedata.normalize("NFC", _packaged(locale)).split()
    number = int.from_bytes(secret, "big") << _BITS | _check(secret)
    return tuple(listed[number >> _BITS * place & (1 << _BITS) - 1] for place in reversed(range(WORDS)))


def read_words(text: str) -> bytes:
    """The 11 bytes that nine typed words spell, in any of the languages; ReceiptError if they spell none."""
    secret = _secret(_places(_words(_seen(text))))
    if secret is None:
        raise ReceiptError(_NOT_A_RECEIPT)
    return secret


def look_like_words(text: str) -> bool:
    """Whether somebody meant this as the nine words of a receipt, right or wrong, one more or less included.

    Ordinary sentences do not: nearly all have a word too short or too long for the lists, and few of the others are
    in one list (of 4,382 sentences of 8 to 10 words, in eight languages, none did). Chinese without spaces always does,
    so it counts only where it reads: one ordinary line of nine characters in 2,048 is taken for a receipt.
    """
    if not min(_KNOWN) <= len(text) <= _LONGEST:
        return False
    seen = _seen(text)
    words = _words(seen)
    if len(words) not in _KNOWN or not all(map(_could_be_listed, words)):
        return False
    places = _places(words)
    return _secret(places) is not None or (_TOGETHER.search(seen) is None and _meant(places))


Places = Sequence[Sequence[int | None]]
"""A list's places of the typed words, None for a word it does not have; one row a list."""


def _places(words: Sequence[str]) -> Places:
    return [[_place(word, locale) for word in words] for locale in LISTS]


def _secret(places: Places) -> bytes | None:
    """What nine words spell in the one list that has them all with right check bits."""
    found = set()
    for row in places:
        whole = [place for place in row if place is not None]
        if len(whole) == len(row) == WORDS:
            number = functools.reduce(lambda number, place: number << _BITS | place, whole)
            secret = (number >> _BITS).to_bytes(SECRET_BYTES, "big")
            if number & (1 << _BITS) - 1 == _check(secret):
                found.add(secret)
    return found.pop() if len(found) == 1 else None


def _meant(places: Places) -> bool:
    """Whether one list has enough of the words; somebody who calls for help eight times wrote no receipt."""
    known = ([place for place in row if place is not None] for row in places)
    return any(len(row) >= _KNOWN[len(places[0])] and len(set(row)) >= _DIFFERENT for row in known)


def _place(word: str, locale: str) -> int | None:
    """Where a folded word, or its first four letters, stands in a list."""
    listed = _folded(locale)
    at = listed.find(f"\n{word}\n")
    if at < 0 and LISTS[locale].short and len(word) == _SHORT:
        at = listed.find(f"\n{word}")
    return None if at < 0 else listed.count("\n", 0, at)


def _could_be_listed(word: str) -> bool:
    return len(word) in _LETTERS or _IDEOGRAPH.fullmatch(word) is not None


def _seen(text: str) -> str:
    """Without what stands in a text unseen: direction marks, soft hyphens, zero-width spaces."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _words(text: str) -> list[str]:
    """Folded runs of letters; whatever stands between them (spaces, numbers, dashes, commas) parts them."""
    return _WORD.findall(_fold(text))


def _fold(text: str) -> str:
    """Without case and accents, as phones and people leave them out."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return plain if plain.isascii() else "".join(letter for letter in plain if not unicodedata.combining(letter))


@functools.cache
def _folded(locale: str) -> str:
    """A list as one text, each word between line ends: a tenth of what a dictionary takes, and read when needed."""
    return "\n" + _fold(_packaged(locale))


def _packaged(locale: str) -> str:
    listed = LISTS[locale]
    raw = importlib.resources.files("envelope").joinpath("words", listed.file).read_bytes()
    if hashlib.sha256(raw).hexdigest() != listed.sha256:
        raise SelfTestError("A word list is not the one receipts were written with: install Amparo again.")
    return raw.decode()


def _check(secret: bytes) -> int:
    return int.from_bytes(digest("receipt.check", secret)[:2], "big") >> 16 - _BITS
