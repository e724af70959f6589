# SPDX-License-Identifier: Apache-2.0
"""Help contacts: what is refused at load, what is hidden on which day, and who is shown what first."""

import datetime as dt
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import resourcecheck, resources, taxonomy
from intake.errors import ResourcesError
from intake.resources import Area
from tests.intake.interview import QUESTIONNAIRE, Interview

TODAY = dt.date(2025, 10, 9)
EXAMPLE = pathlib.Path("resources.example.toml")
FIELDS = {
    "id": "casa-uno",
    "name": "Casa Uno",
    "what": "night shelter",
    "languages": ["es"],
    "country": "MX",
    "states": ["MX-CHP"],
    "hours": "daily 08:00-20:00 America/Mexico_City",
    "channel": "phone",
    "value": "+1 555 0100",
    "cost": "free",
    "is_government": False,
    "relation_to_enforcement": "none",
    "source_url": "https://example.org/one",
    "verified_on": TODAY,
    "verified_by": "Ana",
}


def toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dt.date, int)):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    escaped = "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value)
    return f'"{escaped}"'


def file(*entries):
    rows = [{key: value for key, value in (FIELDS | entry).items() if value is not None} for entry in entries]
    return "\n".join("[[resource]]\n" + "\n".join(f"{k} = {toml(v)}" for k, v in row.items()) for row in rows)


def one(**changes):
    return resources.parse(file(changes))[0]


def shown(*entries, today=TODAY, locale="es", **where):
    found = resources.shown(resources.parse(file(*entries)), today=today, locale=locale, **where)
    return [entry.id for entry in found]


def test_the_example_can_be_read_and_is_never_shown():
    entries = resources.load(EXAMPLE)
    assert [entry.name for entry in entries] == ["Casa Ejemplo (ficticia)"]
    for day in (dt.date(2000, 1, 1) + dt.timedelta(days=n) for n in range(0, 20_000, 1)):
        assert resources.shown(entries, today=day, locale="es") == ()
    fresh = EXAMPLE.read_text("utf-8").replace("2000-01-01", "2025-10-09").replace("expires_on", "# expires_on")
    assert resources.shown(resources.parse(fresh), today=TODAY, locale="es") == ()


def test_no_other_help_contact_is_in_the_repository():
    tables = [path for path in pathlib.Path().rglob("*.toml") if ".venv" not in path.parts and "var" not in path.parts]
    assert [path for path in tables if "[[resource]]" in path.read_text("utf-8")] == [EXAMPLE]


@pytest.mark.parametrize(
    ("days", "expected"), [(0, None), (1, None), (89, None), (90, None), (91, "stale"), (4000, "stale"), (-1, "future")]
)
def test_an_entry_is_shown_for_ninety_days_after_somebody_checked_it(days, expected):
    entry = one(verified_on=TODAY - dt.timedelta(days=days))
    assert resources.why_hidden(entry, TODAY) == expected
    assert bool(resources.shown((entry,), today=TODAY, locale="es")) == (expected is None)


@pytest.mark.parametrize(("days", "expected"), [(-1, "expired"), (0, "expired"), (1, None)])
def test_from_its_last_day_on_it_is_hidden(days, expected):
    assert resources.why_hidden(one(expires_on=TODAY + dt.timedelta(days=days)), TODAY) == expected


@pytest.mark.parametrize("name", ["verified_on", "verified_by", "source_url"])
def test_what_nobody_has_checked_is_read_but_never_shown(name):
    entry = one(**{name: None})
    assert resources.why_hidden(entry, TODAY) == "unverified"
    faults = resourcecheck.check((entry,), today=TODAY, places=taxonomy.load().places).faults
    assert [fault for fault in faults if fault.startswith(f"casa-uno: {name} is missing")]


@given(st.integers(-200, 200), st.integers(-200, 200) | st.none())
def test_the_last_day_is_the_last_one_it_is_shown_on(verified, expires):
    entry = one(
        verified_on=TODAY + dt.timedelta(days=verified),
        expires_on=None if expires is None else TODAY + dt.timedelta(days=expires),
    )
    on = [day for n in range(-201, 400) if resources.why_hidden(entry, day := TODAY + dt.timedelta(days=n)) is None]
    assert entry.last_day == (max(on) if on else None)


@pytest.mark.parametrize(
    ("government", "relation", "marks"),
    [
        (False, "none", ()),
        (True, "none", ("resource.government",)),
        (True, "part_of", ("resource.government", "resource.relation.part_of")),
        (False, "shares_data", ("resource.relation.shares_data",)),
        (False, "unknown", ("resource.relation.unknown",)),
    ],
)
def test_who_may_pass_it_on_carries_that_fact(government, relation, marks):
    assert one(is_government=government, relation_to_enforcement=relation).marks == marks


HERE = {"id": "here", "states": ["MX-SON", "MX-CHP"]}
LAND = {"id": "land", "states": []}
ANY = {"id": "any", "country": "any", "states": []}
THERE = {"id": "there", "states": ["MX-SON"]}
ABROAD = {"id": "abroad", "country": "GT", "states": []}


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (Area("MX", "MX-CHP"), ["here", "land", "any"]),
        (Area("MX"), ["land", "any", "there", "here"]),
        (Area("GT"), ["abroad", "any"]),
        (Area("US", "US-TX"), ["any"]),
        (Area(), ["abroad", "land", "any", "there", "here"]),
    ],
)
def test_the_nearest_come_first_and_other_states_not_at_all(area, expected):
    assert shown(ABROAD, ANY, THERE, LAND, HERE, area=area) == expected


def test_at_most_five_and_those_who_speak_the_language_first():
    many = [{"id": f"n{n}", "languages": ["ht"] if n == 6 else ["es"]} for n in range(8)]
    assert shown(*many) == ["n0", "n1", "n2", "n3", "n4"]
    assert shown(*many, locale="ht") == ["n6", "n0", "n1", "n2", "n3"]


def test_for_whom_it_is():
    women, all_of_them = {"id": "w", "for_whom": ["women"]}, {"id": "a"}
    assert shown(women, all_of_them) == ["w", "a"]
    assert shown(women, all_of_them, for_whom="men") == ["a"]
    assert shown(women, all_of_them, for_whom="women") == ["w", "a"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "Casa\nUno"}, "casa-uno, name: "),
        ({"name": "Casa\u202eonU"}, "casa-uno, name: "),
        ({"name": "Casa\u200f"}, "casa-uno, name: "),
        ({"name": "Casa\u2066Uno\u2069"}, "casa-uno, name: "),
        ({"name": "Ca\u200bsa"}, "casa-uno, name: "),
        ({"name": "C" + "\u0301" * 40}, "casa-uno, name: "),
        ({"name": "x" * 10_000}, "casa-uno, name: "),
        ({"name": ""}, "casa-uno, name: "),
        ({"what": " shelter"}, "casa-uno, what: "),
        ({"hours": "x" * 81}, "casa-uno, hours: "),
        ({"note": "a\x00b"}, "casa-uno, note: "),
        ({"value": "call us"}, "casa-uno: Value error, the `value` of this channel"),
        ({"channel": "web", "value": "http://example.org"}, "casa-uno: Value error, the `value` of a web"),
        ({"channel": "pigeon"}, "casa-uno, channel: "),
        ({"country": "Mexico"}, "casa-uno, country: "),
        ({"states": ["US-TX"]}, "casa-uno: Value error, every one of `states`"),
        ({"states": ["Chiapas"]}, "casa-uno, states 0: "),
        ({"is_government": None}, "casa-uno, is_government: "),
        ({"is_government": "no"}, "casa-uno, is_government: "),
        ({"relation_to_enforcement": "maybe"}, "casa-uno, relation_to_enforcement: "),
        ({"verified_on": "2025-10-09"}, "casa-uno, verified_on: "),
        ({"languages": []}, "casa-uno, languages: "),
        ({"colour": "red"}, "casa-uno, colour: "),
        ({"id": "Casa Uno"}, "entry 1, id: "),
        ({"id": None}, "entry 1, id: "),
    ],
)
def test_a_fault_is_refused_and_named_without_repeating_it(changes, fault):
    with pytest.raises(ResourcesError) as refused:
        resources.parse(file(changes))
    assert str(refused.value).startswith(fault)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[resource]\n", "not TOML"),
        ("resource = 1", "a list of"),
        ("resource = [1]", "entry 1: "),
        ("contacts = []", "nothing else"),
        (file({}, {}), "casa-uno: the id stands there twice"),
        ("a = " + "[" * 100_000, "not TOML"),
    ],
)
def test_what_is_no_list_of_resources_is_refused(text, fault):
    with pytest.raises(ResourcesError, match=fault):
        resources.parse(text)


def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path):
    (tmp_path / "r.toml").write_bytes(b"\xff\xfe")
    for name in ("r.toml", "none.toml"):
        with pytest.raises(ResourcesError, match="path and that it is UTF-8"):
            resources.load(tmp_path / name)


def test_an_empty_file_is_a_list_of_none():
    assert resources.parse("") == ()


def test_check_names_what_is_wrong_hidden_and_ending():
    day = dt.timedelta(days=1)
    entries = resources.parse(
        file(
            {"id": "good", "verified_on": TODAY - 75 * day},
            {"id": "soon", "verified_on": TODAY - 76 * day},
            {"id": "today", "expires_on": TODAY + day},
            {"id": "stale", "verified_on": TODAY - 91 * day},
            {"id": "future", "verified_on": TODAY + day},
            {"id": "nowhere", "states": ["MX-XXX"]},
            {"id": "abroad", "country": "ZZ", "states": []},
        )
    )
    found = resourcecheck.check(entries, today=TODAY, places=taxonomy.load().places)
    assert [line.split(":")[0] for line in found.ending] == ["soon", "today"]
    assert f"shown until {TODAY + 14 * day}" in found.ending[0]
    assert f"shown until {TODAY}" in found.ending[1]
    assert [line.split(":")[0] for line in found.hidden] == ["stale", "future"]
    assert [line.split(":")[0] for line in found.faults] == ["future", "nowhere", "abroad"]


def test_the_area_is_the_state_that_was_told():
    talk = Interview().begin()
    assert resources.told_area(QUESTIONNAIRE, None) == Area() == resources.told_area(QUESTIONNAIRE, talk.draft)
    talk.go_to("place").press("MX")
    assert resources.told_area(QUESTIONNAIRE, talk.draft) == Area("MX")
    talk.go_to("state").press("MX-VER")
    assert resources.told_area(QUESTIONNAIRE, talk.draft) == Area("MX", "MX-VER")


@pytest.mark.parametrize(
    ("codes", "area"),
    [
        ([], Area()),
        (["elsewhere"], Area()),
        (["MX"], Area("MX")),
        (["MX-CHP"], Area("MX", "MX-CHP")),
        (["MX", "MX-CHP", "GT"], Area("MX", "MX-CHP")),
    ],
)
def test_an_area_from_codes(codes, area):
    assert Area.of(codes) == area
