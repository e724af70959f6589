# SPDX-License-Identifier: Apache-2.0
"""Team keys: adoption, generations, what they wrap, to whom they are sealed; side keys."""

import pickle
import secrets

import pytest

from envelope import seal, unseal, wrap
from envelope.errors import BadKeyError, RefusedError, TooLargeError
from envelope.suite import XWingKey

ORG, TEAM, REPORT, USER, KID = (secrets.token_bytes(16) for _ in range(5))
KEY = wrap.TeamKey(secrets.token_bytes(32), 7)
SIDE = wrap.SideKey(secrets.token_bytes(32))
USER_SEED = secrets.token_bytes(32)
USER_PUBLIC = XWingKey(USER_SEED).public
REPORT_KEY = seal.new_report_key()
SECRET = secrets.token_bytes(32)
AT = {"org": ORG, "team": TEAM}


def opened_team_key(record, *, seed=USER_SEED, **place):
    return wrap.open_team_key(seed, record, **place).key


def named(record, *, seed=USER_SEED, **place):
    return wrap.open_named_report_key(seed, record, **place)


# Each door: how to open, the record, its place, what must come out.
DOORS = {
    "report key": (
        KEY.unwrap_report_key,
        KEY.wrap_report_key(REPORT_KEY, **AT, report=REPORT),
        {**AT, "report": REPORT},
        REPORT_KEY,
    ),
    "intake seed": (
        KEY.unwrap_intake_seed,
        KEY.wrap_intake_seed(SECRET, **AT, intake_kid=KID),
        {**AT, "intake_kid": KID},
        SECRET,
    ),
    "side key": (KEY.unwrap_side_key, KEY.wrap_side_key(SECRET, **AT), AT, SECRET),
    "team key": (
        opened_team_key,
        wrap.seal_team_key(USER_PUBLIC, KEY, **AT, user=USER),
        {**AT, "generation": 7, "user": USER},
        KEY.key,
    ),
    "named report key": (
        named,
        wrap.seal_named_report_key(USER_PUBLIC, REPORT_KEY, org=ORG, user=USER, report=REPORT),
        {"org": ORG, "user": USER, "report": REPORT},
        REPORT_KEY,
    ),
    "audit detail": (
        SIDE.open_detail,
        SIDE.seal_detail(b'{"why":"x"}', org=ORG, index=3),
        {"org": ORG, "index": 3},
        b'{"why":"x"}',
    ),
}


@pytest.fixture(params=DOORS)
def door(request):
    return DOORS[request.param]


def test_each_door_opens_its_record(door):
    opener, record, place, content = door
    assert opener(record, **place) == content


def test_each_door_refuses_a_changed_bit(door):
    opener, record, place, _ = door
    step = 1 if len(record) < 200 else 61
    for bit in [*range(24 * 8), *range(24 * 8, len(record) * 8, step)]:
        changed = bytearray(record)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RefusedError):
            opener(bytes(changed), **place)
    for wrong in (record[:-1], record + b"\0", record[:24], b""):
        with pytest.raises(RefusedError):
            opener(wrong, **place)


def test_each_door_refuses_another_place(door):
    opener, record, place, _ = door
    for name, value in place.items():
        other = value + 1 if isinstance(value, int) else secrets.token_bytes(16)
        with pytest.raises(RefusedError):
            opener(record, **{**place, name: other})


def test_each_door_refuses_the_records_of_the_others(door):
    opener, record, place, _ = door
    for _, other, _, _ in DOORS.values():
        if other is not record:
            with pytest.raises(RefusedError):
                opener(other, **place)


def test_another_key_or_generation_is_refused():
    wrapped = DOORS["report key"][1]
    assert len(wrapped) == 116
    for other in (wrap.TeamKey(secrets.token_bytes(32), 7), wrap.TeamKey(KEY.key, 8)):
        with pytest.raises(RefusedError):
            other.unwrap_report_key(wrapped, **AT, report=REPORT)
    with pytest.raises(RefusedError):
        opened_team_key(DOORS["team key"][1], seed=SECRET, **AT, generation=7, user=USER)
    with pytest.raises(RefusedError):
        named(DOORS["named report key"][1], seed=SECRET, org=ORG, user=USER, report=REPORT)
    with pytest.raises(RefusedError):
        wrap.SideKey(SECRET).open_detail(DOORS["audit detail"][1], org=ORG, index=3)


def test_an_adopted_report_opens_under_the_team_key_alone():
    intake = unseal.IntakeKey(secrets.token_bytes(32))
    sealed = seal.seal_report(
        intake_public=intake.public,
        **AT,
        report=REPORT,
        schema=1,
        report_key=REPORT_KEY,
        body=b"{}",
        summary=b"{}",
    )
    report_key = unseal.open_report_key(intake, sealed.key, **AT, report=REPORT)
    adopted = KEY.wrap_report_key(report_key, **AT, report=REPORT)
    again = KEY.unwrap_report_key(adopted, **AT, report=REPORT)
    assert unseal.open_body(again, sealed.body, org=ORG, report=REPORT, schema=1) == b"{}"


def test_the_next_generation_takes_over():
    old = DOORS["report key"][1]
    following = wrap.TeamKey(secrets.token_bytes(32), 8)
    new = following.wrap_report_key(KEY.unwrap_report_key(old, **AT, report=REPORT), **AT, report=REPORT)
    assert following.unwrap_report_key(new, **AT, report=REPORT) == REPORT_KEY
    with pytest.raises(RefusedError):
        KEY.unwrap_report_key(new, **AT, report=REPORT)


def test_teams_of_one_key_object_do_not_mix():
    other = secrets.token_bytes(16)
    there = KEY.wrap_report_key(REPORT_KEY, org=ORG, team=other, report=REPORT)
    assert KEY.unwrap_report_key(there, org=ORG, team=other, report=REPORT) == REPORT_KEY
    with pytest.raises(RefusedError):
        KEY.unwrap_report_key(there, **AT, report=REPORT)


def test_a_sealed_team_key_keeps_its_generation():
    record = DOORS["team key"][1]
    opened = wrap.open_team_key(USER_SEED, record, **AT, generation=7, user=USER)
    assert (opened.key, opened.kid, opened.generation) == (KEY.key, KEY.kid, 7)


def test_malformed_keys_are_refused():
    for call in (
        lambda: wrap.TeamKey(bytes(31), 1),
        lambda: wrap.SideKey(bytes(33)),
        lambda: KEY.wrap_report_key(bytes(63), **AT, report=REPORT),
        lambda: KEY.wrap_side_key(bytes(31), **AT),
        lambda: KEY.wrap_intake_seed(bytes(33), **AT, intake_kid=KID),
        lambda: wrap.seal_named_report_key(USER_PUBLIC, bytes(32), org=ORG, user=USER, report=REPORT),
        lambda: wrap.seal_team_key(USER_PUBLIC[:-1], KEY, **AT, user=USER),
    ):
        with pytest.raises(BadKeyError):
            call()


def test_a_report_id_has_16_bytes():
    for wrong in (REPORT[:-1], REPORT + b"\0"):
        with pytest.raises(ValueError, match="16"):
            KEY.wrap_report_key(REPORT_KEY, **AT, report=wrong)


def test_keys_do_not_show_or_leave():
    for key in (KEY, SIDE):
        assert repr(key) == f"<{type(key).__name__}: not shown>"
        with pytest.raises(TypeError):
            pickle.dumps(key)


def test_index_tags(vectors, fields_of):
    derived = vectors("format")["derived"]
    side = wrap.SideKey(bytes.fromhex(next(c["ikm"] for c in derived["hkdf"] if c["label"] == "side.index")))
    case = next(c for c in derived["hmac"] if c["label"] == "index.tag")
    assert side.index_tag(*fields_of(case)).hex() == case["tag"]
    assert SIDE.index_tag("complaint-number", "1") != SIDE.index_tag("complaint-number", "2")


def test_audit_details_have_few_sizes():
    sizes = {len(SIDE.seal_detail(b"d" * length, org=ORG, index=1)) for length in range(0, 4000, 50)}
    assert len(sizes) <= 3
    with pytest.raises(TooLargeError):
        SIDE.seal_detail(secrets.token_bytes(16_384), org=ORG, index=1)
