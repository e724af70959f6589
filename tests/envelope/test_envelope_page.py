# SPDX-License-Identifier: Apache-2.0
"""docs/envelope.md and the code say the same, and the page alone is enough to open a report.

The second half is a reader that shares no code with ours: it imports `cryptography` and nothing of `envelope`, and
was written from the page. Keep it that way; it is what recovery without the product rests on.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from envelope.binding import LABELS, REPEATED
from envelope.padding import padme
from envelope.records import RecordType
from envelope.seal import new_report_key, seal_report
from envelope.suite import XWingKey
from envelope.wrap import TeamKey

PAGE = (Path(__file__).parents[2] / "docs" / "envelope.md").read_text()
VECTORS = Path(__file__).parent / "vectors"


# --- the page and the code


def rows():
    """The cells of every table row of section 2."""
    section = PAGE[PAGE.index("\n## 2. ") : PAGE.index("\n## 3. ")]
    for line in section.split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) > 3:
            yield cells


def typed(cell):
    """`org id, day uint` as the registry has it."""
    if cell == "none":
        return ()
    return tuple(tuple(field.rsplit(" ", 1)) for field in cell.partition(";")[0].split(", "))


def on_the_page():
    found = {}
    for cells in rows():
        record, derived = re.fullmatch("`(.+)`", cells[1]), re.fullmatch("`(.+)`", cells[0])
        if record:
            found[record[1]] = typed(cells[3])
        elif derived:
            found[derived[1]] = typed(cells[3])
    return found


def test_every_label_stands_on_the_page_with_its_fields_and_the_other_way_round():
    assert on_the_page() == dict(LABELS)


def test_every_record_type_stands_on_the_page():
    found = {int(cells[0], 16): cells[1].strip("`") for cells in rows() if cells[0].startswith("0x")}
    assert found == {int(kind): kind.label for kind in RecordType}


def test_the_kinds_of_seal_on_the_page_have_the_sizes_of_the_code():
    """Header and overhead: 28 bytes for gcm, 1,136 for hpke, 72 for a stream of one chunk."""
    kinds = {int(cells[0], 16): cells[2].partition(",")[0] for cells in rows() if cells[0].startswith("0x")}
    smallest = {"hpke": 24 + 1120 + 16, "gcm": 24 + 12 + 16, "cob": 24 + 56 + 16}
    assert set(kinds.values()) == set(smallest)
    for kind in set(RecordType) - {RecordType.ATTACHMENT}:
        assert min(kind.sizes) > smallest[kinds[kind]]


def test_the_repeated_label_says_how_often():
    assert REPEATED == {"submission.attachments": 60}
    assert PAGE.count("0 to 60 times") == 1


def test_the_page_has_all_its_sections():
    assert re.findall(r"(?m)^## (\d+)\.", PAGE) == [str(number) for number in range(1, 20)]


def kib(cell):
    return {int(number.replace(",", "")) * 1024 for number in re.findall(r"[\d,]+(?=,|$| )", cell.removesuffix(" KiB"))}


@pytest.mark.parametrize(
    ("part", "kind", "extra"),
    [
        ("body: canonical JSON of the report", RecordType.BODY, lambda size: 80 + 16 * (size // 16384 + 1)),
        ("note", RecordType.NOTE, lambda size: 80 + 16 * (size // 16384 + 1)),
        ("mail", RecordType.MAIL_OUT, lambda size: 1160),
        ("mail", RecordType.MAIL_IN, lambda size: 1160),
    ],
)
def test_the_buckets_on_the_page_are_those_of_the_code(part, kind, extra):
    line = next(line for line in PAGE.split("\n") if line.startswith(f"| {part} |"))
    assert {size + extra(size) for size in kib(line.split("|")[2].strip())} == kind.sizes


def test_fixed_sizes_on_the_page_are_those_of_the_code():
    assert RecordType.SUMMARY.sizes == {1076}
    assert RecordType.REPORT_KEY_SEALED.sizes == RecordType.REPORT_KEY_NAMED.sizes == {1224}
    assert RecordType.REPORT_KEY_WRAPPED.sizes == {116}
    assert RecordType.USER_KEY_WRAPPED.sizes == RecordType.ATTACHMENT_KEY_WRAPPED.sizes == {84}
    assert RecordType.TEAM_KEY_SEALED.sizes == {1192}
    for number in ("1,076", "1,224 and 116", "84 · 1,192"):
        assert number in PAGE


# --- a reader of the page (section numbers in comments)


def field(kind, value):  # 2
    return bytes([kind]) + len(value).to_bytes(4, "big") + value


def bind(label, *fields):  # 2; an id is bytes, a uint is int: enough for what is read here
    parts = [field(3, f.to_bytes(8, "big")) if isinstance(f, int) else field(4, f) for f in fields]
    return b"amparo-envelope/v1\n" + bytes([1, len(fields)]) + field(1, label.encode()) + b"".join(parts)


def payload(record, kind, key_id):  # 2
    assert record[:24] == b"AMP1" + bytes([1, kind, 0, 0]) + key_id
    return record[24:]


def x_wing(seed):  # 1
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    kid = hashlib.sha256(b"amparo-envelope/v1\n\x01\x01" + field(1, b"kid.pub") + field(2, public)).digest()[:16]
    return hpke.MLKEM768X25519PrivateKey(mlkem, x25519), kid


SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)  # 1


def cobblestone(key, context, stream):  # 1
    salt, commitment, chunks = stream[:24], stream[24:56], stream[56:]
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    derived = HKDFExpand(SHA512(), 76, info).derive(key)
    assert hmac.compare_digest(commitment, derived[44:])
    cipher, base, plain = AESGCM(derived[:32]), int.from_bytes(derived[32:44], "big"), b""
    for k in range(len(chunks) // 16400 + 1):
        chunk = chunks[16400 * k : 16400 * (k + 1)]
        plain += cipher.decrypt((base ^ k).to_bytes(12, "big"), chunk, None)
    assert len(chunk) < 16400
    return plain


def unframe(framed):  # 4
    data, rest = framed[5:][: int.from_bytes(framed[1:5], "big")], framed[5 + int.from_bytes(framed[1:5], "big") :]
    assert not rest.strip(b"\0")
    return zlib.decompress(data) if framed[0] else data


def read_body(report_key, record, org, report, schema):  # 2, 4
    stream = payload(record, 3, report)
    return unframe(cobblestone(report_key[:32], bind("report.body", report, org, schema), stream))


ORG, TEAM, REPORT = (secrets.token_bytes(16) for _ in range(3))
SEED, REPORT_KEY = secrets.token_bytes(32), new_report_key()
BODY = json.dumps({"narrative": "Invented. " * 9000, "noise": secrets.token_hex(30_000)}).encode()


@pytest.fixture(scope="module")
def sealed():
    return seal_report(
        intake_public=XWingKey(SEED).public,
        org=ORG,
        team=TEAM,
        report=REPORT,
        schema=1,
        report_key=REPORT_KEY,
        body=BODY,
        summary=b'{"place":"invented"}',
    )


def test_the_reader_opens_an_unadopted_report(sealed):
    private, kid = x_wing(SEED)
    info = bind("reportkey.sealed", kid, ORG, TEAM, REPORT)
    report_key = SUITE.decrypt(payload(sealed.key, 1, kid), private, info)
    assert report_key == REPORT_KEY
    assert read_body(report_key, sealed.body, ORG, REPORT, 1) == BODY


def test_the_reader_opens_an_adopted_report_and_its_summary(sealed):
    key = secrets.token_bytes(32)
    kid = hashlib.sha256(b"amparo-envelope/v1\n\x01\x01" + field(1, b"kid.sym") + field(2, key)).digest()[:16]
    wrapped = TeamKey(key, 3).wrap_report_key(REPORT_KEY, org=ORG, team=TEAM, report=REPORT)
    rest = payload(wrapped, 2, kid)
    report_key = AESGCM(key).decrypt(rest[:12], rest[12:], bind("reportkey.wrapped", kid, ORG, TEAM, 3, REPORT))
    assert read_body(report_key, sealed.body, ORG, REPORT, 1) == BODY
    rest = payload(sealed.summary, 4, REPORT)
    summary = AESGCM(report_key[32:]).decrypt(rest[:12], rest[12:], bind("report.summary", REPORT, ORG, 1))
    assert unframe(summary) == b'{"place":"invented"}'


def test_the_reader_opens_streams_by_another_implementation():
    cases = json.loads((VECTORS / "cobblestone-256.json").read_text())["cases"]
    for case in cases:
        stream = base64.b64decode(case["ciphertext"])
        found = cobblestone(bytes.fromhex(case["key"]), bytes.fromhex(case["context"]), stream)
        assert hashlib.sha256(found).hexdigest() == case["plaintext_sha256"]


def test_padme_as_the_page_writes_it():
    for length in [*range(2, 3000), 65535, 65537, 10_000_000]:
        e = length.bit_length() - 1
        step = 2 ** max(e - (e.bit_length()), 0)
        assert padme(length) == (length + step - 1) // step * step
