# SPDX-License-Identifier: Apache-2.0
"""Suite 0x01: its primitives, and records made of them.

A record is a 24-byte header ("AMP1", suite, type, two zero bytes, key id) and a payload. Header and length are
checked before a key is touched. Whatever is wrong with a record, the error is RefusedError and says no more.
"""

import json
import os
from collections.abc import Callable, Mapping
from importlib.resources import files

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from envelope.binding import Field, bind, kdf
from envelope.errors import RefusedError, SelfTestError
from envelope.keys import XWingKey, check_public, seal_to
from envelope.records import (
    HEADER_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    RecordType,
    header,
    payload,
    split,
    stream_size,
)
from envelope.signatures import verify, verify_mldsa44

__all__ = [
    "HEADER_BYTES",
    "NONCE_BYTES",
    "RecordType",
    "XWingKey",
    "check_public",
    "gcm_open",
    "gcm_record",
    "gcm_seal",
    "header",
    "hpke_open",
    "hpke_record",
    "hpke_seal",
    "open_gcm_record",
    "open_hpke_record",
    "open_stream_record",
    "payload",
    "self_test",
    "split",
    "stream_open",
    "stream_record",
    "stream_seal",
    "stream_size",
]


def hpke_seal(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal to an X-Wing public key: enc (1,120) and ciphertext. BadKeyError: the key is not usable."""
    return seal_to(public, plaintext, info)


def hpke_open(private: XWingKey, sealed: bytes, info: bytes) -> bytes:
    """Open what hpke_seal made. RefusedError: it does not open."""
    return private.open(sealed, info)


def gcm_seal(key: bytes | AESGCM, plaintext: bytes, aad: bytes) -> bytes:
    """AES-256-GCM under a random nonce: nonce (12), ciphertext, tag (16). Pass the object where a key is used often."""
    aead = key if isinstance(key, AESGCM) else AESGCM(key)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + aead.encrypt(nonce, plaintext, aad)


def gcm_open(key: bytes | AESGCM, sealed: bytes, aad: bytes) -> bytes:
    """Open what gcm_seal made. RefusedError: it does not open."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise RefusedError
    aead = key if isinstance(key, AESGCM) else AESGCM(key)
    try:
        return aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
    except InvalidTag:
        raise RefusedError from None


def stream_seal(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Cobblestone-256 over bytes in memory. For files see envelope.seal.AttachmentSealer."""
    sealing = Cobblestone256Encryptor(key, context)
    return sealing.update(plaintext) + sealing.finalize()


def stream_open(key: bytes, stream: bytes, context: bytes) -> bytes:
    """Open a whole Cobblestone-256 stream. RefusedError: it does not open, or its end is missing."""
    opening = Cobblestone256Decryptor(key, context)
    try:
        return opening.update(stream) + opening.finalize()
    except InvalidTag:
        raise RefusedError from None


def hpke_record(record_type: RecordType, public: bytes, kid: bytes, plaintext: bytes, *fields: Field) -> bytes:
    """Seal a record to a public key. `fields` are those after the key id in binding.LABELS."""
    info = bind(record_type.label, kid, *fields)
    return header(record_type, kid) + seal_to(public, plaintext, info)


def open_hpke_record(record_type: RecordType, private: XWingKey, record: bytes, *fields: Field) -> bytes:
    """Open a record made by hpke_record. RefusedError: it does not open here."""
    sealed = payload(record, record_type, private.kid)
    return private.open(sealed, bind(record_type.label, private.kid, *fields))


def gcm_record(record_type: RecordType, key: bytes | AESGCM, kid: bytes, plaintext: bytes, *fields: Field) -> bytes:
    """Wrap a record under a symmetric key whose id is given."""
    return header(record_type, kid) + gcm_seal(key, plaintext, bind(record_type.label, kid, *fields))


def open_gcm_record(record_type: RecordType, key: bytes | AESGCM, kid: bytes, record: bytes, *fields: Field) -> bytes:
    """Open a record made by gcm_record. RefusedError: it does not open here."""
    return gcm_open(key, payload(record, record_type, kid), bind(record_type.label, kid, *fields))


def stream_record(record_type: RecordType, key: bytes, kid: bytes, plaintext: bytes, *fields: Field) -> bytes:
    """Seal a record as one Cobblestone stream."""
    return header(record_type, kid) + stream_seal(key, plaintext, bind(record_type.label, kid, *fields))


def open_stream_record(record_type: RecordType, key: bytes, kid: bytes, record: bytes, *fields: Field) -> bytes:
    """Open a record made by stream_record. RefusedError: it does not open here."""
    return stream_open(key, payload(record, record_type, kid), bind(record_type.label, kid, *fields))


Answer = Mapping[str, bytes]


def _hpke_known(answer: Answer) -> bool:
    key = XWingKey(answer["seed"])
    # Sealing as well: a build may lack the one half.
    again = key.open(seal_to(key.public, answer["plaintext"], b""), b"")
    return key.kid == answer["kid"] and key.open(answer["sealed"], answer["info"]) == answer["plaintext"] == again


def _stream_known(answer: Answer) -> bool:
    return stream_open(answer["key"], answer["sealed"], answer["context"]) == answer["plaintext"]


def _gcm_known(answer: Answer) -> bool:
    return gcm_open(answer["key"], answer["sealed"], answer["aad"]) == answer["plaintext"]


def _kdf_known(answer: Answer) -> bool:
    return kdf(answer["key"], "login.auth", answer["user"]) == answer["derived"]


def _ed25519_known(answer: Answer) -> bool:
    verify(answer["public"], answer["message"], answer["signature"])
    return True


def _mldsa44_known(answer: Answer) -> bool:
    public = MLDSA44PrivateKey.from_seed_bytes(answer["seed"]).public_key().public_bytes_raw()
    verify_mldsa44(public, answer["message"], answer["signature"], b"")
    return True


def _argon2id_known(answer: Answer) -> bool:
    # RFC 9106, section 5.3: small, so that a start does not wait; login uses larger figures.
    derive = Argon2id(
        salt=answer["salt"], length=32, iterations=3, lanes=4, memory_cost=32, ad=answer["ad"], secret=answer["secret"]
    )
    return derive.derive(answer["password"]) == answer["derived"]


_KNOWN: Mapping[str, Callable[[Answer], bool]] = {
    "hpke": _hpke_known,
    "stream": _stream_known,
    "gcm": _gcm_known,
    "kdf": _kdf_known,
    "ed25519": _ed25519_known,
    "mldsa44": _mldsa44_known,
    "argon2id": _argon2id_known,
}


def self_test() -> None:
    """Open one known record of each kind; call it before a process takes work. SelfTestError: do not start.

    Wheels of the same version number may be built on an OpenSSL without ML-KEM or ML-DSA.
    """
    answers = json.loads(files("envelope").joinpath("known_answers.json").read_text("utf-8"))
    for name, known in _KNOWN.items():
        try:
            right = known({key: bytes.fromhex(value) for key, value in answers[name].items()})
        except Exception as error:  # whatever it is (unsupported, internal, refused): do not start
            raise SelfTestError(_broken(name)) from error
        if not right:
            raise SelfTestError(_broken(name))


def _broken(name: str) -> str:
    return f"The installed cryptography fails at {name}; install cryptography 50 from its own wheels and start again."
