# SPDX-License-Identifier: Apache-2.0
"""Ed25519 and ML-DSA-44 on raw bytes: 32-byte seeds in, raw public keys and signatures out.

Everything that the organisation and the log say is signed with both, so that it stands as long as one of them does.
"""

import secrets
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from envelope.errors import BadKeyError, RefusedError

SEED_SIZE = 32
ED25519_PUBLIC, ED25519_SIGNATURE = 32, 64
MLDSA44_PUBLIC, MLDSA44_SIGNATURE = 1312, 2420  # FIPS 204, table 2


class Signer:
    """An Ed25519 key of one role: a submitter (bot) or a coordinator."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(_checked(seed))
        self.public = self._key.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return "Signer(redacted)"

    def sign(self, data: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(data)


def verify(public: bytes, data: bytes, signature: bytes) -> None:
    """Return if the 64-byte Ed25519 signature is by that 32-byte public key; RefusedError otherwise."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError) as error:
        raise RefusedError from error


def verify_mldsa44(public: bytes, data: bytes, signature: bytes, context: bytes) -> None:
    """Return if the 2,420-byte ML-DSA-44 signature is by that 1,312-byte public key; RefusedError otherwise."""
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, data, context)
    except (InvalidSignature, ValueError) as error:
        raise RefusedError from error


class DualPublic(NamedTuple):
    """The two public keys of one signer, raw."""

    ed25519: bytes
    mldsa44: bytes

    def check(self) -> Self:
        """Return itself if both can verify; BadKeyError otherwise."""
        if len(self.ed25519) != ED25519_PUBLIC or len(self.mldsa44) != MLDSA44_PUBLIC:
            raise BadKeyError(_WRONG_SIZE)
        return self


class DualSigner:
    """A pair of signing keys, made from two 32-byte seeds."""

    def __init__(self, ed25519_seed: bytes, mldsa44_seed: bytes) -> None:
        self.ed25519_seed, self.mldsa44_seed = _checked(ed25519_seed), _checked(mldsa44_seed)
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(ed25519_seed)
        self._mldsa44 = MLDSA44PrivateKey.from_seed_bytes(mldsa44_seed)
        self.public = DualPublic(
            self._ed25519.public_key().public_bytes_raw(),
            self._mldsa44.public_key().public_bytes_raw(),
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(redacted)"

    def sign_ed25519(self, data: bytes) -> bytes:
        return self._ed25519.sign(data)

    def sign_mldsa44(self, data: bytes, context: bytes) -> bytes:
        """Randomised: two signatures of the same bytes differ. Context at most 255 bytes, may be empty."""
        return self._mldsa44.sign(data, context)


def new_seed() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(SEED_SIZE)


_WRONG_SIZE = "A signing key has the wrong size: copy it again, whole."


def _checked(seed: bytes) -> bytes:
    if len(seed) != SEED_SIZE:
        raise BadKeyError(_WRONG_SIZE)
    return seed
