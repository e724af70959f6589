# SPDX-License-Identifier: Apache-2.0
"""How a caseworker gets in: passphrase to login keys, login key to caseworker key, token and day secret to session.

`derive` blocks for some tenths of a second and takes 64 MiB: run it in a thread, a few at a time.
"""

import importlib.resources
import secrets
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from envelope.binding import ID_BYTES, digest, kdf
from envelope.errors import RefusedError
from envelope.keys import KEY_BYTES, SEED_BYTES, XWingKey, check_key
from envelope.records import SESSION_ENTRY_BYTES, RecordType, split
from envelope.signatures import Signer
from envelope.suite import gcm_record, open_gcm_record

PASSPHRASE, PASSKEY = 1, 2  # methods of userkey.wrapped
TEAM_KEY, CASEWORKER_SEED = 1, 2  # kinds of session entries
_MEMORY_KIB, _PASSES, _LANES = 65536, 3, 1  # Argon2id; part of the stored format
_WORDS = 7  # of 2,048: 77 bits
_TOKEN_BYTES = 32


class LoginKeys(NamedTuple):
    """What a passphrase gives: `auth` is stored and compared first, `kek` opens the caseworker key."""

    auth: bytes
    kek: bytes

    def __repr__(self) -> str:
        return "<LoginKeys: not shown>"


class SessionEntry(NamedTuple):
    """One key in a session: kind 1, a team key with its team and generation; kind 2, the caseworker's own seed."""

    kind: int
    id: bytes
    generation: int
    key: bytes

    def __repr__(self) -> str:
        return f"<SessionEntry of kind {self.kind}: not shown>"


def derive(passphrase: str, *, salt: bytes, pepper: bytes, user: bytes) -> LoginKeys:
    """Argon2id, then one key to compare and one to unwrap with. Salt and user: 16 bytes.

    Compare `auth` with the stored one in constant time before using `kek`: AES-GCM does not commit to its key.
    """
    stretched = Argon2id(
        salt=check_key(salt, ID_BYTES),
        length=KEY_BYTES,
        iterations=_PASSES,
        lanes=_LANES,
        memory_cost=_MEMORY_KIB,
        secret=check_key(pepper),
    ).derive(_normal(passphrase).encode())
    return LoginKeys(kdf(stretched, "login.auth", user), kdf(stretched, "login.kek", user))


def _normal(passphrase: str) -> str:
    """NFKC, case folded, one space between words: phones capitalise and add spaces, and no generated word minds."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).casefold().split())


def new_passphrase() -> str:
    """Seven words of 2,048, 77 bits. Passphrases are generated, never chosen."""
    words = word_list()
    return " ".join(secrets.choice(words) for _ in range(_WORDS))


def word_list() -> tuple[str, ...]:
    """The 2,048 packaged English words; words/NOTICE says where they come from."""
    return tuple(importlib.resources.files("envelope").joinpath("words/english.txt").read_text("ascii").split())


def new_user_key() -> bytes:
    """A caseworker key's 32-byte seed."""
    return secrets.token_bytes(SEED_BYTES)


def wrap_user_key(kek: bytes, seed: bytes, *, org: bytes, user: bytes, method: int = PASSPHRASE) -> bytes:
    """A userkey.wrapped record, 84 bytes."""
    return gcm_record(RecordType.USER_KEY_WRAPPED, check_key(kek), XWingKey(seed).kid, seed, org, user, method)


def unwrap_user_key(kek: bytes, record: bytes, *, org: bytes, user: bytes, method: int = PASSPHRASE) -> bytes:
    """The caseworker key's 32-byte seed; RefusedError if the record does not open."""
    kid, _ = split(record, RecordType.USER_KEY_WRAPPED)
    return open_gcm_record(RecordType.USER_KEY_WRAPPED, check_key(kek), kid, record, org, user, method)


def member_signer(user_seed: bytes, *, user: bytes) -> Signer:
    """The Ed25519 key with which a coordinator signs memberships."""
    return Signer(kdf(check_key(user_seed), "user.sign", user))


def new_token() -> bytes:
    """32 random bytes that only the client keeps."""
    return secrets.token_bytes(_TOKEN_BYTES)


def session_id(token: bytes) -> bytes:
    """The 16-byte key of a session's row; it does not give the token."""
    return digest("session.id", token)[:ID_BYTES]


def seal_session(
    token: bytes,
    day_secret: bytes,
    *,
    org: bytes,
    user: bytes,
    day: int,
    expires: int,
    entries: Sequence[SessionEntry],
) -> bytes:
    """A session record: at most 255 keys under a key that takes the token and that day's secret. Expires: Unix s."""
    plain = bytes((len(entries),)) + b"".join(_packed(entry) for entry in entries)
    session, key = session_id(token), _session_key(token, day_secret, org)
    return gcm_record(RecordType.SESSION, key, session, plain, org, user, day, expires)


def open_session(
    token: bytes, day_secret: bytes, record: bytes, *, org: bytes, user: bytes, day: int, expires: int
) -> tuple[SessionEntry, ...]:
    """The keys of a session. Whether `expires` has passed is for the caller to see: it is bound, not compared."""
    session, key = session_id(token), _session_key(token, day_secret, org)
    plain = open_gcm_record(RecordType.SESSION, key, session, record, org, user, day, expires)
    if len(plain) != 1 + plain[0] * SESSION_ENTRY_BYTES:
        raise RefusedError
    return tuple(
        _unpacked(plain[start : start + SESSION_ENTRY_BYTES]) for start in range(1, len(plain), SESSION_ENTRY_BYTES)
    )


def _session_key(token: bytes, day_secret: bytes, org: bytes) -> bytes:
    return kdf(check_key(token) + check_key(day_secret), "session.kek", org, session_id(token))


def _packed(entry: SessionEntry) -> bytes:
    """Kind u8, id 16, generation u64, key 32."""
    if entry.kind not in {TEAM_KEY, CASEWORKER_SEED}:
        raise ValueError("a session holds team keys (1) and the caseworker's seed (2)")
    check_key(entry.id, ID_BYTES)
    return bytes((entry.kind,)) + entry.id + entry.generation.to_bytes(8, "big") + check_key(entry.key)


def _unpacked(packed: bytes) -> SessionEntry:
    if packed[0] not in {TEAM_KEY, CASEWORKER_SEED}:
        raise RefusedError
    return SessionEntry(packed[0], packed[1:17], int.from_bytes(packed[17:25], "big"), packed[25:])
