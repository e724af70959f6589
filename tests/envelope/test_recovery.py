# SPDX-License-Identifier: Apache-2.0
"""Recovery files: stock age's files open here, ours follow the same page, and the escrow comes back whole."""

import base64
import hashlib
import json
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from envelope import bech32, recovery
from envelope.errors import BadKeyError, RefusedError
from envelope.recovery import Escrow, EscrowIntake, EscrowSide, EscrowTeam
from envelope.suite import XWingKey

CASES = json.loads((Path(__file__).parent / "vectors" / "age.json").read_text())["cases"]
PQ = [case for case in CASES if case["identity"].startswith("AGE-SECRET-KEY-PQ-1")]
CLASSIC = [case for case in CASES if case not in PQ]
CHUNK = 64 * 1024


def named(case):
    return case["name"]


def file_of(case):
    return base64.b64decode(case["file"])


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_file_by_stock_age_opens(case):
    found = recovery.decrypt(case["identity"], file_of(case))
    if "plaintext" in case:
        assert found == base64.b64decode(case["plaintext"])
    else:
        assert len(found) == case["plaintext_length"]
        assert hashlib.sha256(found).hexdigest() == case["plaintext_sha256"]
        assert found == bytes((7 * i + i // 251) % 256 for i in range(len(found)))


def test_there_are_three_files_of_each_kind():
    assert (len(PQ), len(CLASSIC)) == (3, 3)


@pytest.mark.parametrize("case", PQ, ids=named)
def test_identities_and_recipients_are_spelt_as_age_keygen_does(case):
    seed = bytes.fromhex(case["seed"])
    assert bech32.encode("age-secret-key-pq-", seed).upper() == case["identity"]
    assert recovery.recipient_of(case["identity"]) == case["recipient"]
    assert bech32.decode("age1pq", case["recipient"]) == XWingKey(seed).public
    assert recovery.recipient_of(f" {case['identity'].lower()}\n") == case["recipient"]


@pytest.mark.parametrize("case", CLASSIC, ids=named)
def test_a_classic_identity_is_read_but_nothing_is_written_to_it(case):
    assert bech32.decode("age-secret-key-", case["identity"]).hex() == case["seed"]
    with pytest.raises(BadKeyError):
        recovery.recipient_of(case["identity"])
    with pytest.raises(BadKeyError):
        recovery.encrypt([case["recipient"]], b"x")


@pytest.fixture(scope="module")
def pair():
    return recovery.new_identity()


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_what_we_write_we_read(pair, length):
    identity, recipient = pair
    plaintext = secrets.token_bytes(length)
    file = recovery.encrypt([recipient], plaintext)
    assert recovery.decrypt(identity, file) == plaintext
    chunks = max(1, -(-length // CHUNK))
    assert len(file) - file.index(b"\n--- ") - 1 == 4 + 43 + 1 + 16 + length + 16 * chunks


def test_each_recipient_opens_alone():
    pairs = [recovery.new_identity() for _ in range(3)]
    file = recovery.encrypt([recipient for _, recipient in pairs], b"words")
    assert [recovery.decrypt(identity, file) for identity, _ in pairs] == [b"words"] * 3
    with pytest.raises(RefusedError):
        recovery.decrypt(recovery.new_identity()[0], file)


def test_our_header_has_the_form_of_age_s():
    """The same lines of the same lengths as the file age wrote to the same kind of recipient."""
    theirs = file_of(PQ[0]).partition(b"\n--- ")[0].split(b"\n")
    ours = recovery.encrypt([PQ[0]["recipient"]], b"x").partition(b"\n--- ")[0].split(b"\n")
    assert [len(line) for line in ours] == [len(line) for line in theirs]
    assert ours[0] == theirs[0]
    assert ours[1].split(b" ")[:2] == theirs[1].split(b" ")[:2] == [b"->", b"mlkem768x25519"]


@pytest.mark.skipif(shutil.which("age") is None, reason="no age command here; age.json holds files by age 1.3.2")
def test_stock_age_opens_what_we_write(pair, tmp_path):
    help_text = subprocess.run(["age", "--version"], capture_output=True, text=True, check=True).stdout
    if not help_text.lstrip("v").startswith(("1.3", "1.4", "1.5", "2.")):
        pytest.skip("this age is older than 1.3 and knows no post-quantum recipients")
    (tmp_path / "identity").write_text(pair[0] + "\n")
    (tmp_path / "file.age").write_bytes(recovery.encrypt([pair[1]], b"words" * 30_000))
    opened = subprocess.run(
        ["age", "-d", "-i", tmp_path / "identity", tmp_path / "file.age"],
        capture_output=True,
        check=True,
    )
    assert opened.stdout == b"words" * 30_000


# --- refusals


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_damaged_file_is_refused(case):
    file = file_of(case)
    header_end = file.index(b"\n--- ")
    places = [
        *range(0, header_end, 7),
        *range(header_end, header_end + 80),
        len(file) - 17,
        len(file) - 16,
        len(file) - 1,
    ]
    for place in places:
        if place >= len(file):
            continue
        changed = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        with pytest.raises(RefusedError):
            recovery.decrypt(case["identity"], changed)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_cut_or_longer_file_is_refused(case):
    file = file_of(case)
    payload = file.index(b"\n", file.index(b"\n--- ") + 1) + 1
    cuts = [
        file[:end] for end in (0, 10, payload - 1, payload, payload + 15, payload + 16, len(file) - 1, len(file) - 16)
    ]
    cuts += [file[: payload + 16 + CHUNK + 16]] if len(file) > payload + 16 + CHUNK + 16 else []
    for changed in [*cuts, file + b"\0", file + bytes(CHUNK + 16)]:
        with pytest.raises(RefusedError):
            recovery.decrypt(case["identity"], changed)


@pytest.mark.parametrize("case", [PQ[0], CLASSIC[0]], ids=named)
def test_another_identity_is_refused(case):
    classic = bech32.encode("age-secret-key-", secrets.token_bytes(32)).upper()
    for identity in (recovery.new_identity()[0], classic, (CLASSIC if case in PQ else PQ)[0]["identity"]):
        with pytest.raises(RefusedError):
            recovery.decrypt(identity, file_of(case))


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0].replace(b"v1", b"v2"), *lines[1:]],
        lambda lines: [lines[0], lines[1] + b" more", *lines[2:]],
        lambda lines: [lines[0], lines[1] + b" ", *lines[2:]],
        lambda lines: [lines[0], lines[1][:-1], *lines[2:]],
        lambda lines: [lines[0], lines[1] + b"=", *lines[2:]],
        lambda lines: [lines[0], lines[1], lines[2][:-1]],
        lambda lines: [lines[0], lines[1], lines[2] + b"="],
        lambda lines: [lines[0], lines[1], lines[2] + b"A" * 21, b""],
        lambda lines: [lines[0], lines[1], b"A" * 65],
        lambda lines: [lines[0], lines[1]],
        lambda lines: [lines[0], b"->", *lines[2:]],
        lambda lines: [lines[0], b"", *lines[1:]],
        lambda lines: [lines[0], "-> é".encode(), *lines[2:]],
        lambda lines: lines[:1],
    ],
    ids=range(14),
)
def test_a_malformed_header_is_refused(change):
    file = file_of(PQ[0])
    head, rest = file.split(b"\n--- ", 1)
    with pytest.raises(RefusedError):
        recovery.decrypt(PQ[0]["identity"], b"\n".join(change(head.split(b"\n"))) + b"\n--- " + rest)


def test_an_empty_last_chunk_is_refused():
    """A file may not say twice where it ends: only an empty plaintext has an empty chunk."""
    file_key, nonce = secrets.token_bytes(16), secrets.token_bytes(16)
    identity, recipient = recovery.new_identity()
    header = b"age-encryption.org/v1\n" + recovery._pq_stanza(recipient, file_key) + b"---"
    start = header + b" " + recovery._b64(recovery._header_mac(file_key, header)) + b"\n" + nonce
    cipher = recovery.ChaCha20Poly1305(recovery._payload_key(file_key, nonce))
    full = cipher.encrypt(bytes(12), bytes(CHUNK), None)
    good = cipher.encrypt((1).to_bytes(11, "big") + b"\1", b"x", None)
    empty = cipher.encrypt((1).to_bytes(11, "big") + b"\1", b"", None)
    assert recovery.decrypt(identity, start + full + good) == bytes(CHUNK) + b"x"
    with pytest.raises(RefusedError):
        recovery.decrypt(identity, start + full + empty)


def test_a_stranger_s_stanza_before_ours_is_passed_over(pair):
    """Other recipient types and age's own grease: read over, but under the header's tag like everything else."""
    identity, recipient = pair
    file_key, nonce = secrets.token_bytes(16), secrets.token_bytes(16)
    strange = b"-> strange-grease a b\n" + b"QUFB" * 16 + b"\n" + b"\n"
    header = b"age-encryption.org/v1\n" + strange + recovery._pq_stanza(recipient, file_key) + b"---"
    start = header + b" " + recovery._b64(recovery._header_mac(file_key, header)) + b"\n" + nonce
    sealed = b"".join(recovery._seal_chunks(recovery._payload_key(file_key, nonce), b"words"))
    assert recovery.decrypt(identity, start + sealed) == b"words"
    with pytest.raises(RefusedError):
        recovery.decrypt(identity, start.replace(b"QUFB", b"QUFC", 1) + sealed)


@pytest.mark.parametrize(
    "identity",
    ["", "hello", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1QQQ", PQ[0]["identity"][:-1], PQ[0]["recipient"]],
)
def test_what_is_no_identity_is_refused(identity):
    with pytest.raises(BadKeyError) as refused:
        recovery.decrypt(identity, file_of(PQ[0]))
    assert len(identity) < 10 or identity not in str(refused.value)


@pytest.mark.parametrize(
    "recipients", [[], ["age1pq1"], ["age1pq1qqqq"], [PQ[0]["recipient"][:-1]], [PQ[0]["identity"]]]
)
def test_what_is_no_recipient_is_refused(recipients):
    with pytest.raises(BadKeyError):
        recovery.encrypt(recipients, b"x")


def test_bech32_refuses_one_wrong_character():
    identity = PQ[0]["identity"]
    for place in range(len("AGE-SECRET-KEY-PQ-1"), len(identity)):
        wrong = "Q" if identity[place] != "Q" else "P"
        with pytest.raises(BadKeyError):
            bech32.decode("age-secret-key-pq-", identity[:place] + wrong + identity[place + 1 :])
    with pytest.raises(BadKeyError):
        bech32.decode("age-secret-key-pq-", identity[:30] + identity[30:].lower())
    with pytest.raises(BadKeyError):
        bech32.decode("age-secret-key-", identity)


def test_bech32_survives_every_length():
    for length in range(64):
        data = secrets.token_bytes(length)
        assert bech32.decode("abc", bech32.encode("abc", data)) == data


def test_bech32_refuses_bits_left_over():
    """33 zero bits and a checksum: five bytes and a rest that is too long, or not zero."""
    for values in ([0, 0, 0], [0, 1]):
        polymod = bech32._polymod([*bech32._expanded("abc"), *values, 0, 0, 0, 0, 0, 0]) ^ 1
        check = [(polymod >> 5 * (5 - i)) & 31 for i in range(6)]
        with pytest.raises(BadKeyError):
            bech32.decode("abc", "abc1" + "".join(bech32.ALPHABET[value] for value in values + check))


# --- the escrow

TEAM, OTHER = secrets.token_bytes(16), secrets.token_bytes(16)
ESCROW = Escrow(
    teams=(EscrowTeam(TEAM, 1, secrets.token_bytes(32)), EscrowTeam(TEAM, 2, secrets.token_bytes(32))),
    intakes=(EscrowIntake(TEAM, secrets.token_bytes(16), secrets.token_bytes(32)),),
    sides=(EscrowSide(TEAM, secrets.token_bytes(32)), EscrowSide(OTHER, secrets.token_bytes(32))),
)


def test_the_escrow_comes_back_through_age(pair):
    identity, recipient = pair
    file = recovery.encrypt([recipient], recovery.write_escrow(*ESCROW).encode())
    assert recovery.read_escrow(recovery.decrypt(identity, file).decode()) == ESCROW


def test_the_escrow_is_the_text_of_the_page():
    def b64(key):
        return base64.b64encode(key).decode()

    one, two = ESCROW.teams
    (intake,) = ESCROW.intakes
    assert recovery.write_escrow(*ESCROW).split("\n") == [
        "amparo-envelope/v1 escrow",
        f"team {TEAM.hex()} 1 {b64(one.key)}",
        f"team {TEAM.hex()} 2 {b64(two.key)}",
        f"intake {TEAM.hex()} {intake.kid.hex()} {b64(intake.seed)}",
        f"side {TEAM.hex()} {b64(ESCROW.sides[0].key)}",
        f"side {OTHER.hex()} {b64(ESCROW.sides[1].key)}",
        "",
    ]
    assert recovery.read_escrow("amparo-envelope/v1 escrow\n") == Escrow((), (), ())


def test_an_escrow_is_not_shown():
    shown = repr(ESCROW)
    for key in (ESCROW.teams[0].key, ESCROW.intakes[0].seed, ESCROW.sides[0].key):
        assert repr(key) not in shown


TEXT = recovery.write_escrow(*ESCROW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("v1", "v2"),
        TEXT.replace("team", "teem", 1),
        TEXT.replace(" 1 ", " 01 "),
        TEXT.replace(" 1 ", " one "),
        TEXT.replace(" 1 ", "  1 "),
        TEXT.replace(TEAM.hex(), TEAM.hex()[2:], 1),
        TEXT.replace("=", "", 1),
        TEXT.replace("\n", "\r\n"),
        "\n".join(reversed(TEXT.strip().split("\n"))) + "\n",
    ],
    ids=range(12),
)
def test_another_text_is_no_escrow(text):
    with pytest.raises(BadKeyError):
        recovery.read_escrow(text)


@pytest.mark.parametrize("line", [EscrowTeam(b"short", 1, bytes(32)), EscrowTeam(TEAM, 1, bytes(31))])
def test_a_malformed_key_is_not_escrowed(line):
    with pytest.raises(BadKeyError):
        recovery.write_escrow([line])
