# SPDX-License-Identifier: Apache-2.0
"""Key objects that never show themselves, and the X-Wing key pair behind every public-key seal.

What is stored and moved is the 32-byte seed and the 1,216 public bytes. A seed is expanded once an object,
because that costs more than opening a record.
"""

import hashlib
from functools import lru_cache
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from envelope.binding import kid_public
from envelope.errors import BadKeyError, RefusedError

KEY_BYTES = 32
SEED_BYTES = 32
REPORT_KEY_BYTES = 64
MLKEM_SEED_BYTES = 64
MLKEM_PUBLIC_BYTES = 1184
PUBLIC_BYTES = MLKEM_PUBLIC_BYTES + 32
ENC_BYTES = 1120

# Suite 0x01: HPKE base mode (RFC 9180), KEM 0x647A, KDF 0x0001, AEAD 0x0003, no associated data.
HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class Redacted:
    """Base of key objects: not shown by repr, so not by tracebacks and logs; not copied, not pickled."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: not shown>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key is not copied or pickled; hand over its seed where that is meant.")


class XWingKey(Redacted):
    """A key pair of ML-KEM-768 and X25519 from one 32-byte seed. `public` and `kid` are not secret."""

    __slots__ = ("_private", "kid", "public")

    def __init__(self, seed: bytes) -> None:
        """Expand the seed. BadKeyError: it has another length."""
        if len(seed) != SEED_BYTES:
            raise BadKeyError("A key seed has 32 bytes; check where this one was read from.")
        # SHAKE256(seed, 96): ML-KEM seed, then X25519 key (draft-connolly-cfrg-xwing-kem).
        expanded = hashlib.shake_256(seed).digest(MLKEM_SEED_BYTES + 32)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:MLKEM_SEED_BYTES])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[MLKEM_SEED_BYTES:])
        self._private = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        self.kid = kid_public(self.public)

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Open enc (1,120 bytes) and ciphertext. RefusedError: it does not open."""
        try:
            return HPKE.decrypt(sealed, self._private, info)
        except InvalidTag:
            raise RefusedError from None


@lru_cache(maxsize=64)
def public_key(raw: bytes) -> MLKEM768X25519PublicKey:
    """Parse 1,216 public bytes. BadKeyError: not an X-Wing public key."""
    if len(raw) != PUBLIC_BYTES:
        raise BadKeyError("A public key has 1,216 bytes; fetch the signed manifest again.")
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC_BYTES])
        return MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC_BYTES:]))
    except ValueError:
        raise BadKeyError("This is not a public key of the right kind; fetch the signed manifest again.") from None


def seal_to(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal to a public key: enc (1,120 bytes) and ciphertext. BadKeyError: nothing can be sealed to it."""
    try:
        return HPKE.encrypt(plaintext, public_key(public), info)
    except ValueError:
        raise BadKeyError("Nothing can be sealed to this public key; fetch the signed manifest again.") from None


def check_public(public: bytes) -> None:
    """Refuse a public key that could not be sealed to. BadKeyError: wrong length, malformed or a low-order point.

    A low-order point shows only when something is sealed, so this seals nothing to it; once, at loading.
    """
    seal_to(public, b"", b"")


def check_key(key: bytes, length: int = KEY_BYTES) -> bytes:
    """Hand back a symmetric key of the right length. BadKeyError: another length."""
    if len(key) != length:
        raise BadKeyError("A symmetric key has another length; check where this one was read from.")
    return key


def body_key(report_key: bytes) -> bytes:
    """Give the first half of a report key: body, notes and attachment keys."""
    return check_key(report_key, REPORT_KEY_BYTES)[:KEY_BYTES]


def summary_key(report_key: bytes) -> bytes:
    """Give the second half of a report key: the summary."""
    return check_key(report_key, REPORT_KEY_BYTES)[KEY_BYTES:]
