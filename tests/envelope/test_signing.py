# SPDX-License-Identifier: Apache-2.0
"""Submissions, memberships and the manifest: who said so, and that nobody else could have."""

import base64
import dataclasses
import datetime as dt
import hashlib
import json
import secrets
from pathlib import Path

import pytest

from envelope import notes, signing
from envelope.binding import bind, digest, kid_public
from envelope.errors import BadKeyError, ManifestError, RefusedError
from envelope.recovery import new_identity
from envelope.signatures import DualPublic
from envelope.signing import IntakeLine, LogLine, Manifest, OrgKey, Signer, open_manifest, sign_manifest
from envelope.suite import XWingKey

VECTORS = Path(__file__).parent / "vectors"
FORMAT = json.loads((VECTORS / "format.json").read_text())
LOG = json.loads((VECTORS / "log.json").read_text())
NOTE = LOG["manifest"]
PIN = bytes.fromhex(LOG["org_keys"]["fingerprint"])
KEY = OrgKey(bytes.fromhex(LOG["org_keys"]["ed25519_seed"]), bytes.fromhex(LOG["org_keys"]["mldsa44_seed"]))


def values(case):
    return [int(f["value"]) if f["type"] == "uint" else bytes.fromhex(f["value"]) for f in case["fields"]]


# --- submissions and members


def test_the_submission_of_the_vector():
    case = FORMAT["submission"]
    bound = bind("submission", *values(case))
    assert bound.hex() == case["signed_bytes"]
    assert (
        digest("submission.attachments", *values(case["attachments_hash"])).hex() == case["attachments_hash"]["sha256"]
    )
    signer = Signer(bytes.fromhex(case["ed25519_seed"]))
    assert signer.public.hex() == case["ed25519_public"]
    assert signer.sign(bound).hex() == case["signature"]
    signing.verify(signer.public, bound, bytes.fromhex(case["signature"]))


def submission(**changed):
    given = {
        "report": bytes(16),
        "org": bytes(range(16)),
        "team": b"t" * 16,
        "day": 20781,
        "priority": 1,
        "key": b"key record",
        "body": b"body record",
        "summary": b"summary record",
        "mailbox_public": b"public key",
        "attachments": [(b"a" * 16, 16473, b"h" * 32, b"attkey record"), (b"b" * 16, 9, b"i" * 32, b"another")],
    }
    return signing.submission_bytes(**given | changed)


def test_a_submission_is_bound_as_the_page_says():
    def sha256(data):
        return hashlib.sha256(data).digest()

    attachments = digest(
        "submission.attachments",
        *(b"a" * 16, 16473, b"h" * 32, sha256(b"attkey record")),
        *(b"b" * 16, 9, b"i" * 32, sha256(b"another")),
    )
    sums = (sha256(b"key record"), sha256(b"body record"), sha256(b"summary record"), sha256(b"public key"))
    assert submission() == bind("submission", bytes(16), bytes(range(16)), b"t" * 16, 20781, 1, *sums, attachments)


def test_every_part_of_a_submission_is_signed():
    changes = [
        {"report": b"r" * 16},
        {"org": b"o" * 16},
        {"team": b"u" * 16},
        {"day": 20782},
        {"priority": 2},
        {"key": b"other"},
        {"body": b"other"},
        {"summary": b"other"},
        {"mailbox_public": b"other"},
        {"attachments": []},
        {"attachments": [(b"b" * 16, 9, b"i" * 32, b"another"), (b"a" * 16, 16473, b"h" * 32, b"attkey record")]},
        {"attachments": [(b"a" * 16, 16473, b"h" * 32, b"attkey record"), (b"b" * 16, 9, b"i" * 32, b"other")]},
    ]
    assert len({submission(), *(submission(**change) for change in changes)}) == len(changes) + 1


@pytest.mark.parametrize(
    "changed", [{"priority": 0}, {"priority": 5}, {"attachments": [(bytes(16), 1, b"", b"")] * 61}]
)
def test_an_impossible_submission_is_not_signed(changed):
    with pytest.raises(ValueError):
        submission(**changed)


def test_sixty_attachments_fit():
    assert submission(attachments=[(bytes(16), 1, b"", b"")] * 60) != submission(attachments=[])


def test_the_member_of_the_vector():
    case = FORMAT["member"]
    org, team, generation, user, user_kid, team_kid = values(case)
    data = signing.member_bytes(
        org=org, team=team, generation=generation, user=user, user_kid=user_kid, team_kid=team_kid
    )
    signer = Signer(bytes.fromhex(case["ed25519_seed"]))
    assert signer.sign(data).hex() == case["signature"]
    for i, value in enumerate(values(case)):
        fields = values(case)
        fields[i] = value + 1 if isinstance(value, int) else secrets.token_bytes(16)
        with pytest.raises(RefusedError):
            signing.verify(signer.public, bind("member", *fields), bytes.fromhex(case["signature"]))


def test_a_signature_is_refused_when_anything_changed():
    signer = Signer(secrets.token_bytes(32))
    signature = signer.sign(b"data")
    signing.verify(signer.public, b"data", signature)
    cases = [
        (signer.public, b"date", signature),
        (Signer(secrets.token_bytes(32)).public, b"data", signature),
        (signer.public, b"data", signature[:-1]),
        (signer.public, b"data", signature + b"\0"),
        (signer.public, b"data", b""),
        (b"", b"data", signature),
        (signer.public + b"\0", b"data", signature),
        *((signer.public, b"data", flip(signature, i)) for i in range(64)),
    ]
    for case in cases:
        with pytest.raises(RefusedError):
            signing.verify(*case)


def flip(data, i):
    return data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :]


def test_keys_are_not_shown():
    assert "redacted" in repr(Signer(bytes(32)))
    assert "redacted" in repr(KEY)
    with pytest.raises(BadKeyError):
        Signer(bytes(31))


# --- the manifest


def test_the_manifest_of_the_vector_opens():
    manifest = open_manifest(NOTE, fingerprint=PIN)
    assert KEY.fingerprint == PIN
    assert manifest.name == "amparo.example/manifest"
    assert (manifest.serial, manifest.previous) == (1, None)
    (line,) = manifest.intakes
    assert line.kid == kid_public(line.public)
    assert line.kid.hex() == FORMAT["headers"][0]["key_id"]
    assert (line.not_before, line.not_after) == (20788, 20825)  # 2026-12-01, 2027-01-07
    assert manifest.submitters == {"bot-1": bytes.fromhex(FORMAT["submission"]["ed25519_public"])}
    user = bytes.fromhex(FORMAT["member"]["fields"][3]["value"])
    assert manifest.coordinators == {user: Signer(bytes.fromhex(FORMAT["member"]["ed25519_seed"])).public}
    (log,) = manifest.logs
    assert log.ed25519.hex() == LOG["log_keys"]["ed25519_public"]
    assert hashlib.sha256(log.mldsa44).hexdigest() == LOG["log_keys"]["mldsa44_public_sha256"]
    (recovery,) = manifest.recoveries
    assert recovery == json.loads((VECTORS / "age.json").read_text())["cases"][0]["recipient"]


def test_we_sign_the_vector_s_text_alike():
    manifest = open_manifest(NOTE, fingerprint=PIN)
    ours, theirs = notes.read_note(sign_manifest(manifest, KEY)), notes.read_note(NOTE)
    assert ours.text == theirs.text
    assert ours.signatures[0] == theirs.signatures[0]  # Ed25519 is deterministic
    assert ours.signatures[1][1][:4] == theirs.signatures[1][1][:4]  # ML-DSA is not; the key id is


TEAM, OTHER = b"T" * 16, b"O" * 16
SEED = XWingKey(b"e" * 32)
LATER = XWingKey(b"f" * 32)


@pytest.fixture(scope="module")
def manifest():
    signer = Signer(b"s" * 32)
    return Manifest(
        name="amparo.test/manifest",
        org=b"o" * 16,
        serial=12,
        previous=hashlib.sha256(b"before").digest(),
        intakes=(
            IntakeLine(TEAM, SEED.kid, 100, 137, SEED.public),
            IntakeLine(TEAM, LATER.kid, 130, 167, LATER.public),
            IntakeLine(OTHER, LATER.kid, 100, 137, LATER.public),
        ),
        submitters={"bot-1": signer.public, "bot-2": Signer(b"t" * 32).public},
        coordinators={b"c" * 16: signer.public},
        logs=(LogLine("amparo.test/log", *KEY.public),),
        recoveries=(new_identity()[1], new_identity()[1]),
    )


def test_a_manifest_comes_back(manifest):
    note = sign_manifest(manifest, KEY)
    assert open_manifest(note, fingerprint=PIN) == manifest
    assert open_manifest(note, fingerprint=PIN, newest=12) == manifest
    assert signing.manifest_digest(note) == hashlib.sha256(note.partition("\n\n")[0].encode() + b"\n").digest()


def test_a_small_manifest_is_enough(manifest):
    small = dataclasses.replace(manifest, previous=None, submitters={}, coordinators={}, logs=(), recoveries=())
    assert open_manifest(sign_manifest(small, KEY), fingerprint=PIN) == small


def test_an_older_manifest_is_refused(manifest):
    with pytest.raises(ManifestError):
        open_manifest(sign_manifest(manifest, KEY), fingerprint=PIN, newest=13)


def refuse(note):
    with pytest.raises(ManifestError):
        open_manifest(note, fingerprint=PIN)


def test_both_signatures_are_required():
    *head, ed25519, mldsa44, end = NOTE.split("\n")
    refuse("\n".join([*head, ed25519, end]))
    refuse("\n".join([*head, mldsa44, end]))
    refuse("\n".join([*head, ed25519, ed25519, end]))
    refuse("\n".join([*head, ed25519, mldsa44, mldsa44, end]))
    refuse("\n".join([*head, end]))
    refuse("\n".join(head[:-1]))


def test_a_changed_signature_is_refused():
    *head, ed25519, mldsa44, end = NOTE.split("\n")
    for place in (0, 3, 4, 5, 40, -1):
        for which in (ed25519, mldsa44):
            prefix, _, encoded = which.rpartition(" ")
            raw = bytearray(base64.b64decode(encoded))
            raw[place] ^= 1
            changed = f"{prefix} {base64.b64encode(raw).decode()}"
            refuse("\n".join([*head, *(changed if line == which else line for line in (ed25519, mldsa44)), end]))


def test_a_signature_by_somebody_else_is_ignored():
    *head, ed25519, mldsa44, end = NOTE.split("\n")
    witness = "— witness.example/w " + base64.b64encode(b"kkkk" + bytes(64)).decode()
    assert open_manifest("\n".join([*head, ed25519, witness, mldsa44, end]), fingerprint=PIN).serial == 1


@pytest.mark.parametrize("place", range(len(NOTE.partition("\n\n")[0].split("\n"))))
def test_a_changed_line_is_refused(place):
    lines = NOTE.split("\n")
    refuse("\n".join([*lines[:place], lines[place] + "x", *lines[place + 1 :]]))
    refuse("\n".join([*lines[:place], *lines[place + 1 :]]))
    refuse("\n".join([*lines[:place], lines[place], *lines[place:]]))
    if place:
        refuse("\n".join([*lines[: place - 1], lines[place], lines[place - 1], *lines[place + 1 :]]))


def test_another_organisation_s_manifest_is_refused(manifest):
    refuse(sign_manifest(manifest, OrgKey.generate()))


@pytest.mark.parametrize(
    "text", ["", "\n", "\n\n", "hello", "a\n\n— b YQ==\n", NOTE.replace("\n", "\r\n"), NOTE + "\n"]
)
def test_what_is_no_note_is_refused(text):
    refuse(text)


def signed(text):
    """Sign any text with the right key: what is refused then is refused for what it says."""
    name, data = text.split("\n")[0], text.encode()
    keys = (
        notes.NoteKey(name, notes.ED25519, KEY.public.ed25519),
        notes.NoteKey(name, notes.MLDSA44_TEXT, KEY.public.mldsa44),
    )
    signatures = KEY.sign_ed25519(data), KEY.sign_mldsa44(data, b"amparo-envelope/v1 manifest")
    return notes.write_note(text, zip(keys, signatures, strict=True))


TEXT = NOTE.partition("\n\n")[0] + "\n"
LOW_ORDER = XWingKey(b"e" * 32).public[:1184] + bytes(32)


def line(word):
    return next(line for line in TEXT.split("\n") if line.startswith(word + " "))


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "surprise 1\n",
        TEXT + "\n",
        TEXT.replace("serial 1\n", "serial 01\n"),
        TEXT.replace("serial 1\n", "serial -1\n"),
        TEXT.replace("serial 1\n", "serial one\n"),
        TEXT.replace("serial 1\n", "serial 1 \n"),
        TEXT.replace("serial 1\n", "serial 1\nserial 2\n"),
        TEXT.replace("serial 1\n", "serial \uff11\n"),
        TEXT.replace("previous -\n", "previous \n"),
        TEXT.replace("previous -\n", "previous abcd\n"),
        TEXT.replace("previous -\n", "previous " + "AB" * 32 + "\n"),
        TEXT.replace("v1 manifest", "v2 manifest"),
        TEXT.replace(line("org"), line("org") + "00"),
        TEXT.replace(line("org"), line("org").upper().replace("ORG", "org")),
        TEXT.replace(line("intake") + "\n", ""),
        TEXT.replace("2026-12-01", "20261201"),
        TEXT.replace("2026-12-01", "2026-13-01"),
        TEXT.replace("2026-12-01", "2027-12-01"),
        TEXT.replace(line("intake").split(" ")[2], "00" * 16),
        TEXT.replace(line("intake"), line("intake")[:-4]),
        TEXT.replace(
            line("intake"),
            f"intake {'00' * 16} {kid_public(LOW_ORDER).hex()} 2026-12-01 2027-01-07 {base64.b64encode(LOW_ORDER).decode()}",
        ),
        TEXT.replace(line("submitter"), line("submitter") + "\n" + line("submitter")),
        TEXT.replace(line("submitter"), "submitter bot-1 " + base64.b64encode(bytes(31)).decode()),
        TEXT.replace(line("submitter"), "submitter bot+1 " + base64.b64encode(bytes(32)).decode()),
        TEXT.replace(line("coordinator"), line("coordinator").replace(" ", "  ", 1)),
        TEXT.replace(line("log"), line("log")[:-8]),
        TEXT.replace(line("recovery"), line("recovery")[:-1] + "q"),
        TEXT.replace(line("recovery"), line("recovery").upper().replace("RECOVERY", "recovery")),
        TEXT.replace(line("recovery"), "recovery age1uaze6w82uhqkqzn8f4wcc7e5s7uc9v2wzv4thf8t32ffdewqmvkq2q9xqk"),
        TEXT.replace(line("recovery") + "\n", "").replace(line("log"), line("recovery") + "\n" + line("log")),
    ],
    ids=range(30),
)
def test_a_signed_text_must_still_make_sense(text):
    assert open_manifest(signed(TEXT), fingerprint=PIN).serial == 1
    refuse(signed(text))


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "two words"},
        {"name": ""},
        {"org": b"short"},
        {"serial": -1},
        {"previous": b"short"},
        {"intakes": ()},
        {"intakes": (IntakeLine(TEAM, bytes(16), 1, 2, SEED.public),)},
        {"intakes": (IntakeLine(TEAM, SEED.kid, 2, 1, SEED.public),)},
        {"submitters": {"bot": bytes(31)}},
        {"submitters": {"bot\nx": bytes(32)}},
        {"coordinators": {b"u": bytes(32)}},
        {"logs": (LogLine("x", bytes(32), bytes(1311)),)},
        {"recoveries": ("age1pq1nothing",)},
    ],
    ids=range(13),
)
def test_what_could_not_be_read_is_not_signed(manifest, changed):
    with pytest.raises(ManifestError):
        sign_manifest(dataclasses.replace(manifest, **changed), KEY)


@pytest.mark.parametrize(
    ("day", "kid"),
    [
        (100, SEED.kid),
        (129, SEED.kid),
        (130, LATER.kid),  # the newer one, once it is in force
        (167, LATER.kid),
        (197, LATER.kid),  # 30 days of grace
    ],
)
def test_the_newest_intake_key_in_force_is_used(manifest, day, kid):
    assert manifest.intake_for(TEAM, day=day).kid == kid


def test_a_key_in_force_goes_before_one_that_ended(manifest):
    lines = (IntakeLine(TEAM, SEED.kid, 100, 200, SEED.public), IntakeLine(TEAM, LATER.kid, 110, 120, LATER.public))
    both = dataclasses.replace(manifest, intakes=lines)
    assert both.intake_for(TEAM, day=115).kid == LATER.kid
    assert both.intake_for(TEAM, day=121).kid == SEED.kid


@pytest.mark.parametrize(("team", "day"), [(TEAM, 99), (TEAM, 198), (OTHER, 168), (b"?" * 16, 100)])
def test_without_a_key_in_force_nothing_is_taken(manifest, team, day):
    with pytest.raises(ManifestError):
        manifest.intake_for(team, day=day)


def test_dates_in_the_manifest_are_days(manifest):
    text = sign_manifest(manifest, KEY)
    assert f" {dt.date(1970, 4, 11).isoformat()} " in text  # day 100


# --- the organisation key


def test_the_organisation_key_file_comes_back():
    key = OrgKey.generate()
    again = OrgKey.from_text(key.to_text())
    assert again.public == key.public
    assert again.fingerprint == key.fingerprint != PIN
    assert OrgKey.from_text(key.to_text().replace("\n", "\r\n") + "\n").public == key.public


@pytest.mark.parametrize(
    "text",
    [
        "",
        "amparo-envelope/v1 organisation-key\n",
        KEY.to_text().replace("v1", "v2"),
        KEY.to_text().replace("ed25519", "ed448"),
        KEY.to_text().replace("=", ""),
        "\n".join(reversed(KEY.to_text().strip().split("\n"))),
    ],
    ids=range(6),
)
def test_another_file_is_no_organisation_key(text):
    with pytest.raises(BadKeyError):
        OrgKey.from_text(text)


def test_a_pair_of_public_keys_has_its_sizes():
    DualPublic(*KEY.public).check()
    for public in ((bytes(31), bytes(1312)), (bytes(32), bytes(1313))):
        with pytest.raises(BadKeyError):
            DualPublic(*public).check()
