# SPDX-License-Identifier: Apache-2.0
"""Recovery: `.age` files that stock age opens, and the escrow text inside one of them.

Written to post-quantum recipients only; X25519 identities are read too. Source: C2SP age.md, version v1 with the
recipient types mlkem768x25519 and X25519. No part of this is used while reports are taken in.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from envelope import bech32
from envelope.binding import ID_BYTES, VERSION
from envelope.errors import BadKeyError, EnvelopeError, RefusedError
from envelope.keys import ENC_BYTES, KEY_BYTES, SEED_BYTES, Redacted, XWingKey, check_key, seal_to
from envelope.notes import b64decode, b64encode
from envelope.signing import RECIPIENT_PREFIX

_PQ_IDENTITY, _X25519_IDENTITY = "age-secret-key-pq-", "age-secret-key-"  # age writes them in upper case
_PQ, _PQ_INFO = "mlkem768x25519", b"age-encryption.org/mlkem768x25519"
_X25519, _X25519_INFO = "X25519", b"age-encryption.org/v1/X25519"
_VERSION_LINE = b"age-encryption.org/v1\n"
_FILE_KEY_BYTES = 16
_BODY_BYTES = _FILE_KEY_BYTES + 16  # a file key and a Poly1305 tag; checked before opening, as age.md asks
_COLUMNS = 64  # base64 characters a line of a stanza's body
_LONGEST_HEADER = 1 << 18  # bytes; a stanza for one recipient has about 1,600
_CHUNK, _TAG, _NONCE = 64 * 1024, 16, 16  # STREAM: plaintext bytes a chunk; tag; payload nonce
_NOT_AN_IDENTITY = "This is not an age identity: give the line that begins with AGE-SECRET-KEY, whole."
_NOT_A_RECIPIENT = "This is not a post-quantum age recipient: it begins with age1pq1; copy it again, whole."
_NOT_AN_ESCROW = "This is not an escrow file of this version: look for the newest one in the keys backup."
_ESCROW = f"{VERSION} escrow"


def new_identity() -> tuple[str, str]:
    """A fresh `AGE-SECRET-KEY-PQ-1...` and its `age1pq1...`. The first belongs on paper, in two places."""
    identity = bech32.encode(_PQ_IDENTITY, secrets.token_bytes(SEED_BYTES)).upper()
    return identity, recipient_of(identity)


def recipient_of(identity: str) -> str:
    """The `age1pq1...` of a post-quantum identity; BadKeyError for anything else."""
    return bech32.encode(RECIPIENT_PREFIX, XWingKey(_pq_seed(identity)).public)


def encrypt(recipients: Sequence[str], plaintext: bytes) -> bytes:
    """An `.age` file that each of these `age1pq1...` opens alone. BadKeyError: none given, or one not of that kind."""
    if not recipients:
        raise BadKeyError("Nobody could open this file: name at least one recovery recipient.")
    file_key = secrets.token_bytes(_FILE_KEY_BYTES)
    stanzas = b"".join(_pq_stanza(recipient, file_key) for recipient in recipients)
    header = _VERSION_LINE + stanzas + b"---"
    nonce = secrets.token_bytes(_NONCE)
    sealed = b"".join(_seal_chunks(_payload_key(file_key, nonce), plaintext))
    return header + b" " + _b64(_header_mac(file_key, header)) + b"\n" + nonce + sealed


def decrypt(identity: str, file: bytes) -> bytes:
    """What an `.age` file holds, for either kind of identity. RefusedError: it does not open with this one."""
    key = _read_identity(identity)
    header = _read_header(file)
    file_key = key.file_key(header.stanzas)
    if not hmac.compare_digest(_header_mac(file_key, header.covered), header.mac):
        raise RefusedError
    nonce, sealed = header.payload[:_NONCE], header.payload[_NONCE:]
    if len(nonce) != _NONCE:
        raise RefusedError
    return b"".join(_open_chunks(_payload_key(file_key, nonce), sealed))


class EscrowTeam(NamedTuple):
    """A team key of one generation."""

    team: bytes
    generation: int
    key: bytes

    def __repr__(self) -> str:
        return "<EscrowTeam: not shown>"


class EscrowIntake(NamedTuple):
    """The seed of one of a team's intake keys, with the key's id."""

    team: bytes
    kid: bytes
    seed: bytes

    def __repr__(self) -> str:
        return "<EscrowIntake: not shown>"


class EscrowSide(NamedTuple):
    """A team's side key."""

    team: bytes
    key: bytes

    def __repr__(self) -> str:
        return "<EscrowSide: not shown>"


class Escrow(NamedTuple):
    """Everything that recovery gives back."""

    teams: tuple[EscrowTeam, ...]
    intakes: tuple[EscrowIntake, ...]
    sides: tuple[EscrowSide, ...]


def write_escrow(
    teams: Iterable[EscrowTeam], intakes: Iterable[EscrowIntake] = (), sides: Iterable[EscrowSide] = ()
) -> str:
    """The escrow text. It opens everything: hand it to `encrypt` at once and store nothing else."""
    lines = [_ESCROW]
    lines += [f"team {_id(line.team)} {line.generation} {_key(line.key)}" for line in teams]
    lines += [f"intake {_id(line.team)} {_id(line.kid)} {_key(line.seed)}" for line in intakes]
    lines += [f"side {_id(line.team)} {_key(line.key)}" for line in sides]
    return "".join(f"{line}\n" for line in lines)


def read_escrow(text: str) -> Escrow:
    """Read what `write_escrow` wrote; BadKeyError for anything else."""
    first, *lines = text.split("\n")
    found: dict[str, list[list[str]]] = {"team": [], "intake": [], "side": []}
    try:
        for line in lines[:-1]:
            word, *values = line.split(" ")
            found[word].append(values)
        escrow = Escrow(
            tuple(EscrowTeam(bytes.fromhex(i), int(number), b64decode(key)) for i, number, key in found["team"]),
            tuple(EscrowIntake(bytes.fromhex(i), bytes.fromhex(kid), b64decode(s)) for i, kid, s in found["intake"]),
            tuple(EscrowSide(bytes.fromhex(i), b64decode(key)) for i, key in found["side"]),
        )
        same = write_escrow(*escrow) == text
    except (EnvelopeError, KeyError, ValueError) as error:
        raise BadKeyError(_NOT_AN_ESCROW) from error
    if first != _ESCROW or not same:
        raise BadKeyError(_NOT_AN_ESCROW)
    return escrow


def _id(value: bytes) -> str:
    return check_key(value, ID_BYTES).hex()


def _key(value: bytes) -> str:
    return b64encode(check_key(value))


class _Stanza(NamedTuple):
    """One recipient's part of a header: type and arguments, then the wrapped file key."""

    words: tuple[str, ...]
    body: bytes

    def arguments(self, kind: str, size: int) -> bytes | None:
        """The one argument, decoded, of a stanza of this kind; None for another kind."""
        if self.words[0] != kind:
            return None
        if len(self.words) != 2 or len(self.body) != _BODY_BYTES:
            raise RefusedError
        argument = _unb64(self.words[1])
        if len(argument) != size:
            raise RefusedError
        return argument


class _PqIdentity(Redacted):
    def __init__(self, seed: bytes) -> None:
        self._key = XWingKey(seed)

    def file_key(self, stanzas: Iterable[_Stanza]) -> bytes:
        """The file key from the first stanza that opens; RefusedError if none does."""
        for stanza in stanzas:
            enc = stanza.arguments(_PQ, ENC_BYTES)
            if enc is not None:
                try:
                    return self._key.open(enc + stanza.body, _PQ_INFO)
                except RefusedError:
                    continue  # it is for somebody else
        raise RefusedError


class _X25519Identity(Redacted):
    def __init__(self, seed: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(check_key(seed))

    def file_key(self, stanzas: Iterable[_Stanza]) -> bytes:
        """The file key from the first stanza that opens; RefusedError if none does."""
        for stanza in stanzas:
            share = stanza.arguments(_X25519, 32)
            if share is not None:
                try:
                    return ChaCha20Poly1305(self._wrap_key(share)).decrypt(bytes(12), stanza.body, None)
                except InvalidTag:
                    continue  # it is for somebody else
        raise RefusedError

    def _wrap_key(self, share: bytes) -> bytes:
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError as error:  # a low-order share: the secret would be zeros
            raise RefusedError from error
        return _hkdf(shared, share + self._key.public_key().public_bytes_raw(), _X25519_INFO)


def _read_identity(identity: str) -> _PqIdentity | _X25519Identity:
    text = identity.strip()
    if text.lower().startswith(_PQ_IDENTITY):
        return _PqIdentity(_pq_seed(text))
    try:
        return _X25519Identity(bech32.decode(_X25519_IDENTITY, text))
    except BadKeyError as error:
        raise BadKeyError(_NOT_AN_IDENTITY) from error


def _pq_seed(identity: str) -> bytes:
    try:
        return check_key(bech32.decode(_PQ_IDENTITY, identity.strip()))
    except BadKeyError as error:
        raise BadKeyError(_NOT_AN_IDENTITY) from error


def _pq_stanza(recipient: str, file_key: bytes) -> bytes:
    try:
        sealed = seal_to(bech32.decode(RECIPIENT_PREFIX, recipient), file_key, _PQ_INFO)
    except BadKeyError as error:
        raise BadKeyError(_NOT_A_RECIPIENT) from error
    # 32 bytes of body make 43 characters: one short line, which also ends the body.
    return f"-> {_PQ} ".encode() + _b64(sealed[:ENC_BYTES]) + b"\n" + _b64(sealed[ENC_BYTES:]) + b"\n"


class _Header(NamedTuple):
    stanzas: tuple[_Stanza, ...]
    covered: bytes
    mac: bytes
    payload: bytes


def _read_header(file: bytes) -> _Header:
    """Take a file apart; RefusedError if it is not age's version 1."""
    start = file.find(b"\n---", 0, _LONGEST_HEADER) + 1
    end = file.find(b"\n", start)
    if not file.startswith(_VERSION_LINE) or start == 0 or end < 0 or file[start : start + 4] != b"--- ":
        raise RefusedError
    try:
        lines = file[len(_VERSION_LINE) : start].decode("ascii").split("\n")[:-1]
        mac = _unb64(file[start + 4 : end].decode("ascii"))
    except UnicodeDecodeError as error:
        raise RefusedError from error
    return _Header(tuple(_stanzas(lines)), file[: start + 3], mac, file[end + 1 :])


def _stanzas(lines: Sequence[str]) -> Iterator[_Stanza]:
    """Each stanza: `-> ` and words, full lines of 64 characters, and one shorter line that ends it."""
    rest = iter(lines)
    for first in rest:
        words = tuple(first.split(" "))
        if words[0] != "->" or len(words) < 2 or not all(word and word.isprintable() for word in words):
            raise RefusedError
        body = ""
        for line in rest:
            body += line
            if len(line) != _COLUMNS:
                break
        else:
            raise RefusedError
        if len(line) > _COLUMNS:
            raise RefusedError
        yield _Stanza(words[1:], _unb64(body))


def _seal_chunks(key: bytes, plaintext: bytes) -> Iterator[bytes]:
    """STREAM: the last chunk is flagged, and empty only if all is empty."""
    cipher, count = ChaCha20Poly1305(key), max(1, -(-len(plaintext) // _CHUNK))
    for i in range(count):
        yield cipher.encrypt(_chunk_nonce(i, last=i + 1 == count), plaintext[i * _CHUNK : (i + 1) * _CHUNK], None)


def _open_chunks(key: bytes, sealed: bytes) -> Iterator[bytes]:
    """The pieces of the plaintext; RefusedError at the first that does not open, so use none before the end."""
    cipher, size = ChaCha20Poly1305(key), _CHUNK + _TAG
    count = max(1, -(-len(sealed) // size))
    for i in range(count):
        last = i + 1 == count
        try:
            piece = cipher.decrypt(_chunk_nonce(i, last=last), sealed[i * size : (i + 1) * size], None)
        except InvalidTag as error:
            raise RefusedError from error
        if last and i and not piece:
            raise RefusedError
        yield piece


def _chunk_nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes((last,))


def _header_mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, None, b"header"), covered, "sha256")


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return _hkdf(file_key, nonce, b"payload")


def _hkdf(key: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, info).derive(key)


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _unb64(text: str) -> bytes:
    """Base64 without padding, in its one right spelling."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError from error
    if _b64(data).decode("ascii") != text:
        raise RefusedError
    return data
