# SPDX-License-Identifier: Apache-2.0
"""Bech32 without its length limit: how age writes recipients and identities.

Source: BIP-173 for the alphabet and the checksum, C2SP age.md for dropping the limit of 90 characters.
"""

from collections.abc import Iterable

from envelope.errors import BadKeyError

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)  # BIP-173
_CHECKSUM = 6  # characters
_DAMAGED = "This key is damaged or incomplete: copy it again, whole."


def encode(prefix: str, data: bytes) -> str:
    """Lower-case Bech32 of bytes; upper-case the result for the form that identities have."""
    values = _regroup(data, 8, 5, pad=True)
    polymod = _polymod([*_expanded(prefix), *values, *[0] * _CHECKSUM]) ^ 1
    values += [(polymod >> 5 * (_CHECKSUM - 1 - i)) & 31 for i in range(_CHECKSUM)]
    return f"{prefix}1{''.join(ALPHABET[value] for value in values)}"


def decode(prefix: str, text: str) -> bytes:
    """The bytes of a Bech32 string with that lower-case prefix; all lower or all upper case, never mixed."""
    if text not in (text.lower(), text.upper()):
        raise BadKeyError(_DAMAGED)
    found, separator, rest = text.lower().rpartition("1")
    if not separator or found != prefix or len(rest) < _CHECKSUM or not set(rest) <= set(ALPHABET):
        raise BadKeyError(_DAMAGED)
    values = [_VALUES[character] for character in rest]
    if _polymod([*_expanded(prefix), *values]) != 1:
        raise BadKeyError(_DAMAGED)
    return bytes(_regroup(values[:-_CHECKSUM], 5, 8, pad=False))


def _expanded(prefix: str) -> list[int]:
    codes = prefix.encode("ascii")
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            if top >> i & 1:
                check ^= generator
    return check


def _regroup(values: Iterable[int], source: int, target: int, *, pad: bool) -> list[int]:
    """Cut a row of source-bit numbers into target-bit ones; without padding, leftover bits must be few and zero."""
    waiting, bits, out = 0, 0, []
    for value in values:
        waiting, bits = waiting << source | value, bits + source
        while bits >= target:
            bits -= target
            out.append(waiting >> bits)
            waiting &= (1 << bits) - 1
    if pad and bits:
        out.append(waiting << (target - bits))
    elif not pad and (bits >= source or waiting):
        raise BadKeyError(_DAMAGED)
    return out
