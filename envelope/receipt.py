# SPDX-License-Identifier: Apache-2.0
"""The receipt: 11 secret bytes that a reporter keeps, spelt as 20 Crockford characters in groups of four.

Reading forgives what phones and people do to such a line; ten check bits catch nearly every slip. The other spelling
of the same secret, nine words, is in receiptwords.py; what is read here may be either.
"""

import re
import unicodedata

from envelope.binding import digest
from envelope.errors import ReceiptError
from envelope.receiptwords import look_like_words, read_words

SECRET_BYTES = 11
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_CHARACTERS, _GROUP = 20, 4
_CHECK_BITS = 10
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_NOT_A_RECEIPT = "That is not a receipt: compare each of the 20 characters with the one you kept, and send it again."
_LONGEST = 80  # characters a message may have and still be looked at as a receipt
_DIGITS_IN_A_RUN = 3  # an unbroken receipt has seven of twenty on average, and fewer than three in about one of 80


def spell(secret: bytes) -> str:
    """`XXXX-XXXX-XXXX-XXXX-XXXX` for 11 bytes: two zero bits, the secret, ten check bits; five bits a character."""
    if len(secret) != SECRET_BYTES:
        raise ValueError("a receipt secret has 11 bytes")
    number = int.from_bytes(secret, "big") << _CHECK_BITS | _check(secret)
    text = "".join(ALPHABET[number >> 5 * i & 31] for i in reversed(range(_CHARACTERS)))
    return "-".join(text[i : i + _GROUP] for i in range(0, _CHARACTERS, _GROUP))


def read(text: str) -> bytes:
    """The 11 bytes that a typed receipt spells, as characters or as words; ReceiptError if it spells none."""
    return read_words(text) if look_like_words(text) else _read_code(text)


def _read_code(text: str) -> bytes:
    letters = "".join(_groups(text)).translate(_LOOKALIKES)
    if len(letters) != _CHARACTERS or not all(letter in _VALUES for letter in letters):
        raise ReceiptError(_NOT_A_RECEIPT)
    number = 0
    for letter in letters:
        number = number << 5 | _VALUES[letter]
    secret, check = divmod(number, 1 << _CHECK_BITS)
    if secret >= 1 << 8 * SECRET_BYTES or check != _check(secret.to_bytes(SECRET_BYTES, "big")):
        raise ReceiptError(_NOT_A_RECEIPT)
    return secret.to_bytes(SECRET_BYTES, "big")


def looks_like(text: str) -> bool:
    """Whether somebody meant this as a receipt, right or wrong: such a message is no answer to a question."""
    return _looks_like_code(text) or look_like_words(text)


def _looks_like_code(text: str) -> bool:
    """Whether it has the characters, one more or less included.

    Ordinary sentences have not: a receipt begins with a digit from 0 to 7, mixes letters and digits, and comes
    unbroken or in short groups.
    """
    if len(text) > _LONGEST:
        return False
    groups = _groups(text)
    letters = "".join(groups)
    if abs(len(letters) - _CHARACTERS) > 1 or not re.fullmatch("[0-9A-Z]+", letters):
        return False
    if letters[0].translate(_LOOKALIKES) not in "01234567" or letters.isdigit():
        return False
    in_a_run = len(groups) == 1 and sum(letter.isdigit() for letter in letters) >= _DIGITS_IN_A_RUN
    return in_a_run or (len(groups) > 1 and all(_GROUP - 1 <= len(group) <= _GROUP + 1 for group in groups))


def _check(secret: bytes) -> int:
    return int.from_bytes(digest("receipt.check", secret)[:2], "big") >> 16 - _CHECK_BITS


def _groups(text: str) -> list[str]:
    """Upper-case letters and plain digits, split where there was a space, a dash or a line end."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(_plain(character) for character in wide).upper().split()


def _plain(character: str) -> str:
    """A character as a receipt has it: any script's digit as 0-9, any dash or space as a space, marks as nothing."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Pd" or character in "\u2212_" or character.isspace():  # U+2212 is the minus sign
        return " "
    return "" if category == "Cf" else character  # Cf: soft hyphen, zero-width and direction marks
