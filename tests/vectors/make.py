# SPDX-License-Identifier: Apache-2.0
"""Makes own.json again: what our code gave when it was written, so that a change of a format cannot go unseen.

The vectors in tests/envelope/vectors are by other implementations and prove that we follow the format; these cover
every label, also those the others do not have. Inputs are SHA-256 of `amparo own <name>`. Run: make vectors.
"""

import hashlib
import json
import pathlib

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from envelope.binding import LABELS, REPEATED, bind, digest, kdf, kid_public, kid_symmetric, mac
from envelope.padding import SUMMARY_BUCKETS, frame, padme
from envelope.receipt import spell
from envelope.receiptwords import LISTS, spell_words
from envelope.records import RecordType, header
from envelope.suite import XWingKey

TARGET = pathlib.Path(__file__).with_name("own.json")

DERIVATIONS = {
    "login.auth",
    "login.kek",
    "prf.kek",
    "user.sign",
    "session.kek",
    "attkey.kek",
    "receipt.lookup",
    "receipt.mailbox",
    "side.index",
    "side.audit",
}
TAGS = {"mailbox.tag", "chat.tag", "index.tag"}
HASHES = {"kid.pub", "kid.sym", "session.id", "receipt.check", "org.fingerprint", "submission.attachments"}
WRAPS = {
    RecordType.REPORT_KEY_WRAPPED: 64,
    RecordType.SUMMARY: 1024,
    RecordType.ATTACHMENT_KEY_WRAPPED: 32,
    RecordType.INTAKE_KEY_WRAPPED: 32,
    RecordType.SIDE_KEY_WRAPPED: 32,
    RecordType.USER_KEY_WRAPPED: 32,
    RecordType.SESSION: 58,
}


def fixed(name, length=32):
    """Give bytes nobody chose."""
    blocks = (hashlib.sha256(f"amparo own {name} {n}".encode()).digest() for n in range(-(-length // 32)))
    return b"".join(blocks)[:length]


def value(name, kind):
    """Give an input for a field, the same for a field of the same name in every label."""
    return {
        "id": fixed(name, 16),
        "bytes": fixed(name, 32),
        "uint": int.from_bytes(fixed(name, 4), "big"),
        "text": f"{name} ñ",
    }[kind]


def typed(label, times=1):
    """Give the values of a label's fields, and the same as JSON."""
    pairs = [(value(name, kind), kind) for name, kind in LABELS[label]] * times
    shown = [{"type": kind, "value": v.hex() if isinstance(v, bytes) else str(v)} for v, kind in pairs]
    return [v for v, _ in pairs], shown


def bindings():
    """Every label once; the repeated one empty, once and twice."""
    out = []
    for label in LABELS:
        for times in (0, 1, 2) if label in REPEATED else (1,):
            values, shown = typed(label, times)
            out.append({"label": label, "fields": shown, "bytes": bind(label, *values).hex()})
    return out


def derived():
    """Derivations, tags and hashes of every label that is for one."""
    out = []
    for label in LABELS:
        values, shown = typed(label)
        key = fixed("key")
        if label in DERIVATIONS:
            out.append({"label": label, "kind": "kdf", "fields": shown, "value": kdf(key, label, *values).hex()})
        elif label in TAGS:
            out.append({"label": label, "kind": "mac", "fields": shown, "value": mac(key, label, *values).hex()})
        elif label in HASHES:
            out.append({"label": label, "kind": "hash", "fields": shown, "value": digest(label, *values).hex()})
    return {"key": fixed("key").hex(), "values": out}


def wraps():
    """AES-256-GCM records under fixed nonces; the product has no way to choose a nonce, so the cipher is used bare."""
    out = []
    for record_type, length in WRAPS.items():
        values, shown = typed(record_type.label)
        key, nonce, plaintext = fixed("wrap key"), fixed(f"nonce {record_type.label}", 12), fixed("plaintext", length)
        sealed = AESGCM(key).encrypt(nonce, plaintext, bind(record_type.label, *values))
        out.append(
            {
                "label": record_type.label,
                "record_type": int(record_type),
                "key": key.hex(),
                "fields": shown,
                "plaintext": plaintext.hex(),
                "record": (header(record_type, values[0]) + nonce + sealed).hex(),
            }
        )
    return out


def records():
    """The lengths a record of each type may have."""
    return {
        record_type.label: {"type": int(record_type), "sizes": sorted(record_type.sizes)[:16]}
        for record_type in RecordType
    }


def keys():
    """Key ids, and an expanded seed."""
    key = XWingKey(fixed("seed"))
    return {
        "seed": fixed("seed").hex(),
        "public_sha256": hashlib.sha256(key.public).hexdigest(),
        "kid": key.kid.hex(),
        "kid_public_of_32_bytes": kid_public(fixed("seed")).hex(),
        "kid_symmetric": kid_symmetric(fixed("seed")).hex(),
    }


def receipts():
    """Both spellings of a secret, the words in every language."""
    secrets = (bytes(11), b"\xff" * 11, *(fixed(f"receipt {number}", 11) for number in range(3)))
    return [
        {
            "secret": secret.hex(),
            "characters": spell(secret),
            "words": {locale: " ".join(spell_words(secret, locale)) for locale in LISTS},
        }
        for secret in secrets
    ]


def frames():
    """Raw frames only: zlib builds differ in what they write."""
    texts = ["", "hola", "ñ" * 509, "x" * 1019]
    return [
        {"text": text, "sha256": hashlib.sha256(frame(text.encode(), SUMMARY_BUCKETS, compress=False)).hexdigest()}
        for text in texts
    ]


def text():
    """Give the whole file."""
    content = {
        "about": "Made by tests/vectors/make.py with our own code. Hex; uint values are decimal. Test keys.",
        "bindings": bindings(),
        "derived": derived(),
        "wraps": wraps(),
        "records": records(),
        "keys": keys(),
        "receipts": receipts(),
        "frames": frames(),
        "padme": [[length, padme(length)] for length in (0, 1, 5, 77, 999, 12_345, 300_000, 7_654_321, 20_971_521)],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
