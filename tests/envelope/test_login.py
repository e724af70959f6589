# SPDX-License-Identifier: Apache-2.0
"""Logging in: passphrase to keys, keys to the caseworker's own, token and day secret to a session."""

import hashlib
import importlib.resources
import json
import secrets
from pathlib import Path

import pytest

from envelope import login
from envelope.errors import BadKeyError, RefusedError
from envelope.login import LoginKeys, SessionEntry
from envelope.signing import member_bytes, verify
from envelope.suite import XWingKey

FORMAT = json.loads((Path(__file__).parent / "vectors" / "format.json").read_text())
LOGIN = FORMAT["login"]
WRAP = LOGIN["wrap"]
SESSION = next(wrap for wrap in FORMAT["wraps"] if wrap["label"] == "session")
ORG, USER, OTHER = (secrets.token_bytes(16) for _ in range(3))
DAY, EXPIRES = 20781, 1795521600


def values(case):
    return [int(f["value"]) if f["type"] == "uint" else bytes.fromhex(f["value"]) for f in case["fields"]]


def derive(passphrase, **changed):
    given = {"salt": LOGIN["salt"], "pepper": LOGIN["pepper"], "user": WRAP["fields"][2]["value"]} | changed
    return login.derive(passphrase, **{name: bytes.fromhex(value) for name, value in given.items()})


def test_the_vector_is_derived():
    found = derive(LOGIN["passphrase"])
    assert (found.auth.hex(), found.kek.hex()) == (LOGIN["auth"], LOGIN["kek"])


def test_a_phone_may_capitalise_and_add_spaces():
    assert derive("  Tortuga camino\tlejos  madera siete ｐuente\n").auth.hex() == LOGIN["auth"]


@pytest.mark.parametrize("name", ["salt", "pepper", "user"])
def test_everything_counts(name):
    found = derive(LOGIN["passphrase"], **{name: secrets.token_hex(32 if name == "pepper" else 16)})
    assert found.auth.hex() != LOGIN["auth"]
    assert found.kek.hex() != LOGIN["kek"]
    assert found.auth != found.kek


def test_a_slip_gives_other_keys():
    assert derive(LOGIN["passphrase"].replace("siete", "seis")).auth.hex() != LOGIN["auth"]


@pytest.mark.parametrize("changed", [{"salt": "00" * 8}, {"pepper": ""}])
def test_salt_and_pepper_have_their_sizes(changed):
    with pytest.raises(BadKeyError):
        derive("x", **changed)


def test_keys_are_not_shown():
    shown = repr(LoginKeys(b"auth-secret", b"kek-secret")) + repr(SessionEntry(1, ORG, 1, b"key-secret"))
    assert "secret" not in shown


def test_the_word_list_is_the_one_it_says():
    packaged = importlib.resources.files("envelope") / "words"
    assert hashlib.sha256((packaged / "english.txt").read_bytes()).hexdigest() in (packaged / "NOTICE").read_text()
    assert (
        hashlib.sha256((packaged / "english.txt").read_bytes()).hexdigest()
        == "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    )
    assert len(set(login.word_list())) == 2048


def test_passphrases_are_seven_listed_words():
    words = set(login.word_list())
    drawn = [login.new_passphrase() for _ in range(200)]
    assert all(len(passphrase.split(" ")) == 7 and set(passphrase.split(" ")) <= words for passphrase in drawn)
    assert len(set(drawn)) == 200
    # 1,400 draws of 2,048 words meet about half of the list; a stuck generator does not.
    assert len({word for passphrase in drawn for word in passphrase.split(" ")}) > 800


def test_the_wrapped_user_key_of_the_vector_opens():
    kid, org, user, method = values(WRAP)
    seed = login.unwrap_user_key(
        bytes.fromhex(WRAP["key"]), bytes.fromhex(WRAP["record"]), org=org, user=user, method=method
    )
    assert seed.hex() == WRAP["plaintext"]
    assert XWingKey(seed).kid == kid


@pytest.fixture(scope="module")
def wrapped():
    kek, seed = secrets.token_bytes(32), login.new_user_key()
    return kek, seed, login.wrap_user_key(kek, seed, org=ORG, user=USER)


def test_a_user_key_comes_back(wrapped):
    kek, seed, record = wrapped
    assert len(record) == 84
    assert login.unwrap_user_key(kek, record, org=ORG, user=USER) == seed


@pytest.mark.parametrize("changed", [{"org": OTHER}, {"user": OTHER}, {"method": 2}], ids=str)
def test_a_user_key_belongs_to_one_person_and_method(wrapped, changed):
    kek, _, record = wrapped
    with pytest.raises(RefusedError):
        login.unwrap_user_key(kek, record, **{"org": ORG, "user": USER} | changed)


def test_a_damaged_user_key_is_refused(wrapped):
    kek, _, record = wrapped
    for changed in flipped(record):
        with pytest.raises(RefusedError):
            login.unwrap_user_key(kek, changed, org=ORG, user=USER)
    with pytest.raises(RefusedError):
        login.unwrap_user_key(secrets.token_bytes(32), record, org=ORG, user=USER)


def flipped(record):
    """Every bit changed in turn, then other lengths."""
    for bit in range(len(record) * 8):
        changed = bytearray(record)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)
    yield from (b"", record[:24], record[:-1], record + b"\0")


def test_coordinators_sign_members_as_in_the_vector():
    member = FORMAT["member"]
    org, team, generation, user, user_kid, team_kid = values(member)
    signer = login.member_signer(bytes.fromhex(WRAP["plaintext"]), user=user)
    data = member_bytes(org=org, team=team, generation=generation, user=user, user_kid=user_kid, team_kid=team_kid)
    assert signer.sign(data).hex() == member["signature"]
    verify(signer.public, data, signer.sign(data))


def test_the_session_id_of_the_vector():
    case = FORMAT["derived"]["session"]
    assert login.session_id(bytes.fromhex(case["token"])).hex() == case["session_id"]


def test_the_session_of_the_vector_opens():
    case = next(case for case in FORMAT["derived"]["hkdf"] if case["label"] == "session.kek")
    token, day_secret = bytes.fromhex(case["ikm"])[:32], bytes.fromhex(case["ikm"])[32:]
    _, org, user, day, expires = values(SESSION)
    entries = login.open_session(
        token, day_secret, bytes.fromhex(SESSION["record"]), org=org, user=user, day=day, expires=expires
    )
    wrap = FORMAT["wraps"][0]
    assert entries == (SessionEntry(1, bytes.fromhex(wrap["fields"][2]["value"]), 7, bytes.fromhex(wrap["key"])),)


ENTRIES = (
    SessionEntry(login.TEAM_KEY, secrets.token_bytes(16), 3, secrets.token_bytes(32)),
    SessionEntry(login.TEAM_KEY, secrets.token_bytes(16), 4, secrets.token_bytes(32)),
    SessionEntry(login.CASEWORKER_SEED, USER, 0, secrets.token_bytes(32)),
)
PLACE = {"org": ORG, "user": USER, "day": DAY, "expires": EXPIRES}


@pytest.fixture(scope="module")
def session():
    token, day_secret = login.new_token(), secrets.token_bytes(32)
    return token, day_secret, login.seal_session(token, day_secret, **PLACE, entries=ENTRIES)


@pytest.mark.parametrize("count", [0, 1, 3, 255])
def test_a_session_gives_back_its_keys(count):
    token, day_secret = login.new_token(), secrets.token_bytes(32)
    entries = (ENTRIES * 85)[:count]
    record = login.seal_session(token, day_secret, **PLACE, entries=entries)
    assert login.open_session(token, day_secret, record, **PLACE) == entries
    assert token not in record


@pytest.mark.parametrize("changed", [{"org": OTHER}, {"user": OTHER}, {"day": DAY + 1}, {"expires": EXPIRES + 1}])
def test_a_session_cannot_be_moved_or_prolonged(session, changed):
    token, day_secret, record = session
    with pytest.raises(RefusedError):
        login.open_session(token, day_secret, record, **PLACE | changed)


def test_without_token_or_day_secret_a_session_is_dead(session):
    token, day_secret, record = session
    for one, other in ((login.new_token(), day_secret), (token, secrets.token_bytes(32)), (day_secret, token)):
        with pytest.raises(RefusedError):
            login.open_session(one, other, record, **PLACE)
    # A row under another id does not open either, whoever moved it.
    moved = record[:8] + login.session_id(day_secret) + record[24:]
    with pytest.raises(RefusedError):
        login.open_session(token, day_secret, moved, **PLACE)


def test_a_damaged_session_is_refused(session):
    token, day_secret, record = session
    for changed in flipped(record):
        with pytest.raises(RefusedError):
            login.open_session(token, day_secret, changed, **PLACE)


@pytest.mark.parametrize(
    "entry",
    [
        SessionEntry(0, USER, 1, bytes(32)),
        SessionEntry(3, USER, 1, bytes(32)),
        SessionEntry(1, b"short", 1, bytes(32)),
        SessionEntry(1, USER, 1, bytes(31)),
    ],
)
def test_a_malformed_entry_is_not_written(entry):
    with pytest.raises((BadKeyError, ValueError)):
        login.seal_session(login.new_token(), secrets.token_bytes(32), **PLACE, entries=[entry])
