# SPDX-License-Identifier: Apache-2.0
"""What the envelope adds for files: attachments, the recovery file, and the price of the post-quantum half."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bench.clock import by_turns
from bench.table import Goal, Raw, Row
from envelope import recovery
from envelope.keys import HPKE, XWingKey, public_key
from envelope.seal import AttachmentSealer, new_report_key

PIECE = 1 << 20
PIECES = 10  # of 1 MiB: the attachment of 10 MiB
MILLI, MICRO = 1e3, 1e6


def rows(folder: Path) -> Iterator[Row]:
    """`folder` is where the sealed file is written."""
    piece = os.urandom(PIECE)
    yield _both_ways(piece)
    yield _attachment(piece, folder / "sealed")
    yield _age(piece * 4)
    yield from _post_quantum()


def _both_ways(piece: bytes) -> Row:
    key, context, nonce = secrets.token_bytes(32), b"context", os.urandom(12)

    # Either side takes a piece of 1 MiB and gives one back: what a megabyte of fresh memory costs is in both.
    def ours() -> None:
        sealing = Cobblestone256Encryptor(key, context)
        sealed = sealing.update(piece) + sealing.finalize()
        opening = Cobblestone256Decryptor(key, context)
        opening.update(sealed)
        opening.finalize()

    aead = AESGCM(key)

    def raw() -> None:
        sealed = b"".join(aead.encrypt(nonce, piece[at : at + 16_384], None) for at in range(0, PIECE, 16_384))
        b"".join(aead.decrypt(nonce, sealed[at : at + 16_400], None) for at in range(0, len(sealed), 16_400))

    seconds, beside = by_turns(ours, raw)
    limit, gcm = Goal(1.1, of="ratio"), Raw("AES-256-GCM, 16 KiB a call", beside * MICRO)
    return Row("Cobblestone, 1 MiB, both ways", seconds * MICRO, "us", limit, [gcm])


def _attachment(piece: bytes, target: Path) -> Row:
    """Hash, seal, hash and write 10 MiB in pieces of 1 MiB."""
    report_key = new_report_key()
    org, report, attachment = (secrets.token_bytes(16) for _ in range(3))

    def ours() -> None:
        sealer = AttachmentSealer(org=org, report=report, attachment=attachment, report_key=report_key)
        with target.open("wb") as file:
            for _ in range(PIECES):
                file.write(sealer.update(piece))
            file.write(sealer.finish())

    def raw() -> None:
        inner, outer = hashlib.sha256(), hashlib.sha256()
        sealing = Cobblestone256Encryptor(report_key[:32], b"context")
        with target.open("wb") as file:
            for _ in range(PIECES):
                inner.update(piece)
                sealed = sealing.update(piece)
                outer.update(sealed)
                file.write(sealed)
            file.write(sealing.finalize())

    seconds, beside = by_turns(ours, raw, span=0.1)
    target.unlink()
    limit, parts = Goal(1.3, of="ratio"), Raw("the four parts alone", beside * MILLI)
    return Row("10 MiB file: hash, seal, hash, write", seconds * MILLI, "ms", limit, [parts])


def _age(text: bytes) -> Row:
    _, recipient = recovery.new_identity()
    cipher, nonce = ChaCha20Poly1305(secrets.token_bytes(32)), os.urandom(12)

    def raw() -> bytes:
        chunks = (text[start : start + 65_536] for start in range(0, len(text), 65_536))
        return b"".join(cipher.encrypt(nonce, chunk, None) for chunk in chunks)

    seconds, beside = by_turns(lambda: recovery.encrypt([recipient], text), raw)
    limit, chacha = Goal(3.5, of="ratio"), Raw("ChaCha20-Poly1305, 64 KiB a call", beside * MILLI)
    return Row("age file to a post-quantum recipient, 4 MiB", seconds * MILLI, "ms", limit, [chacha])


def _post_quantum() -> Iterator[Row]:
    classic = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    private = X25519PrivateKey.generate()
    public, info, text = private.public_key(), os.urandom(120), bytes(64)
    ours = XWingKey(secrets.token_bytes(32))
    wide, narrow = HPKE.encrypt(text, public_key(ours.public), info), classic.encrypt(text, public, info)
    opened = by_turns(lambda: ours.open(wide, info), lambda: classic.decrypt(narrow, private, info))
    sealed = by_turns(
        lambda: HPKE.encrypt(text, public_key(ours.public), info), lambda: classic.encrypt(text, public, info)
    )
    for verb, (seconds, beside), goal in (("open", opened, Goal(1.8, of="ratio")), ("seal", sealed, None)):
        yield Row(f"X-Wing {verb}, 64 B", seconds * MICRO, "us", goal, [Raw(f"HPKE X25519 {verb}", beside * MICRO)])
