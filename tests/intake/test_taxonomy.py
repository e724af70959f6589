# SPDX-License-Identifier: Apache-2.0
"""The packaged taxonomy, and the contradictions a file of an organisation's own is refused for."""

import datetime as dt
import json
import re
from importlib import resources
from pathlib import Path

import pytest

from intake.errors import TaxonomyError
from intake.facts import Facts
from intake.taxonomy import Taxonomy, load

TEXT = resources.files("intake").joinpath("taxonomy.toml").read_text(encoding="utf-8")
EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
CODES = {
    "asylum": ["asylum_access_denied", "asylum_procedure_obstructed", "due_process_denied"],
    "sent_back": [
        "refoulement",
        "summary_expulsion",
        "collective_expulsion",
        "return_to_wait",
        "documented_detained_or_removed",
        "unsafe_return",
        "internal_transfer_confinement",
    ],
    "detained": [
        "arbitrary_detention",
        "detention_unclassified",
        "detention_conditions",
        "incommunicado",
        "forced_signature",
        "child_detention",
    ],
    "force": [
        "excessive_force",
        "killing",
        "death_in_custody",
        "death_in_transit",
        "torture_cidt",
        "degrading_treatment",
        "threats",
        "sexual_violence",
    ],
    "taken": ["kidnapping", "enforced_disappearance", "missing_person", "trafficking"],
    "family": ["family_separation", "unaccompanied_child_return", "child_abuse"],
    "money_papers": ["extortion", "theft", "docs_taken"],
    "health": ["medical_care_denied"],
    "discrimination": ["discrimination"],
    "helpers_press": ["defender_attacked", "press_attacked", "defender_criminalized", "shelter_attacked"],
    "any": ["failure_to_protect", "failure_to_investigate", "other"],
}
MEMO = {
    "asylum_access_denied",
    "refoulement",
    "summary_expulsion",
    "collective_expulsion",
    "documented_detained_or_removed",
    "arbitrary_detention",
    "excessive_force",
    "family_separation",
    "unaccompanied_child_return",
    "child_abuse",
    "defender_attacked",
    "press_attacked",
}


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load()


def changed(before: str, after: str) -> str:
    """The packaged file with one passage changed."""
    assert TEXT.count(before) == 1, before
    return TEXT.replace(before, after)


def test_the_43_codes_in_order(taxonomy):
    assert list(taxonomy.groups) == list(CODES)
    assert list(taxonomy.violations) == [code for codes in CODES.values() for code in codes]
    assert len(taxonomy.violations) == 43
    assert all(taxonomy.violations[code].group == group for group, codes in CODES.items() for code in codes)
    assert {code for code, violation in taxonomy.violations.items() if violation.memo} == MEMO


def test_three_codes_are_the_caseworkers_and_in_no_menu(taxonomy):
    theirs = {code for code, violation in taxonomy.violations.items() if violation.set_by == "caseworker"}
    assert theirs == {"enforced_disappearance", "failure_to_protect", "failure_to_investigate"}
    offered = [violation.code for group in taxonomy.groups for violation in taxonomy.menu(group)]
    assert sorted(offered) == sorted(set(taxonomy.violations) - theirs)


def test_theft_and_extortion_are_the_fastest_to_tell(taxonomy):
    assert set(taxonomy.first_screen) == {"theft", "extortion"}


def test_what_needs_care_is_marked(taxonomy):
    violations = taxonomy.violations.values()
    assert {v.code for v in violations if v.restricted} == {"sexual_violence"}
    assert {v.code for v in violations if v.no_details} == {"sexual_violence", "torture_cidt"}
    assert {v.code for v in violations if v.sensitive} == {
        "sexual_violence",
        "child_detention",
        "enforced_disappearance",
        "missing_person",
        "trafficking",
        "family_separation",
        "unaccompanied_child_return",
        "child_abuse",
    }
    assert taxonomy.articles_status == "for lawyers to confirm"


def test_huridocs_codes_are_numbers_of_the_right_lists(taxonomy):
    for violation in taxonomy.violations.values():
        assert all(re.fullmatch(r"(4|2|36):\d{8}", code) for code in violation.huridocs)
    assert all(re.fullmatch(r"24:\d{8}", code) for actor in taxonomy.actors.values() for code in actor.huridocs)
    assert all(re.fullmatch(r"17:\d{8}", code) for site in taxonomy.sites.values() for code in site.huridocs)
    assert taxonomy.violation("summary_expulsion").huridocs == ("4:33010100", "4:33010200")
    assert taxonomy.violation("medical_care_denied").huridocs_when == {"custody": ("4:36010204",)}
    assert taxonomy.actors["inm"].huridocs == ("24:01010100",)
    assert taxonomy.sites["shelter_or_camp"].huridocs == ("17:09010000",)


def test_no_texts_only_codes(taxonomy):
    """Labels live in the translations: the only words here are article references."""
    plain = taxonomy.to_mapping()
    assert not {"label", "en", "es", "title", "name"} & {
        key
        for table in ("groups", "violations", "actors", "sites", "qualifiers")
        for row in plain[table]
        for key in row
    }
    assert json.loads(json.dumps(plain)) == plain


def test_places(taxonomy):
    assert taxonomy.places.countries == ("MX", "US", "GT")
    mexico = taxonomy.places.states_of("MX")
    assert mexico[:5] == ("MX-SON", "MX-CHP", "MX-BCN", "MX-TAB", "MX-CMX")
    assert len(mexico) == len(set(mexico)) == 32
    assert taxonomy.places.states_of("US") == ("US-AZ", "US-CA", "US-NM", "US-TX")
    assert taxonomy.places.states_of("GT") == ()


def test_the_invented_reports_use_only_what_exists(taxonomy):
    for case in EXAMPLES["cases"]:
        expected = case["expected"]
        assert all(taxonomy.violation(code).set_by == "reporter" for code in expected["categories"])
        assert set(expected["qualifiers"]) <= set(taxonomy.qualifiers)
        assert set(expected["actors"]) <= set(taxonomy.actors)
        assert expected["place"]["site_type"] in taxonomy.sites
        assert set(expected["victims"]["attributes"]) <= set(taxonomy.attributes)


@pytest.mark.parametrize(
    ("codes", "actors", "sites", "facts"),
    [
        ([], [], [], {}),
        (["theft"], ["organized_crime"], ["bus"], {}),
        (["torture_cidt"], [], [], {"torture": True}),
        (["documented_detained_or_removed"], [], [], {"documented": True}),
        (["killing"], [], [], {"deaths": 1}),
        (["death_in_transit"], [], [], {"deaths": 1}),
        (["death_in_custody"], [], [], {"deaths": 1, "state_custody_or_force": True}),
        (["killing", "death_in_transit"], ["inm"], [], {"deaths": 1, "state_custody_or_force": True}),
        (["theft"], ["smuggler", "gt_police"], [], {"state_custody_or_force": True}),
        (["theft"], [], ["us_custody"], {"state_custody_or_force": True}),
        (["theft"], ["private_security"], ["immigration_detention"], {"state_custody_or_force": True}),
        (["sexual_violence"], [], [], {"sexual_violence": "unknown"}),
        (["missing_person"], [], [], {"missing": "gt72h"}),
    ],
)
def test_facts_that_codes_actors_and_sites_give_by_themselves(taxonomy, codes, actors, sites, facts):
    assert taxonomy.facts(codes, actors=actors, sites=sites) == Facts.from_mapping(facts)


def test_only_officials_are_the_state(taxonomy):
    assert {code for code, actor in taxonomy.actors.items() if not actor.state} == {
        "private_security",
        "organized_crime",
        "unknown_armed",
        "smuggler",
        "landlord_employer",
        "private_person",
        "unknown",
    }


@pytest.mark.parametrize(
    ("code", "start", "end", "fits"),
    [
        ("title_42", "2020-03-19", "2020-03-19", False),
        ("title_42", "2020-03-20", "2020-03-20", True),
        ("title_42", "2020-01-01", "2020-12-31", True),  # a vague date fits when any of its days does
        ("title_42", "2023-05-11", None, True),
        ("title_42", "2023-05-12", None, False),
        ("title_42", None, "2020-03-19", False),
        ("title_42", None, None, True),
        ("cbp_one", "2025-01-20", "2025-01-20", True),
        ("cbp_one", "2025-01-21", "2025-02-01", False),
        ("mpp", "2021-08-01", "2021-08-31", False),
        ("mpp", "2021-12-01", "2021-12-01", True),
        ("mpp", "2019-06-01", "2019-06-01", True),
        ("caravan", "1999-01-01", "1999-01-01", True),
    ],
)
def test_a_label_outside_its_window_is_worth_a_warning(taxonomy, code, start, end, fits):
    day = dt.date.fromisoformat
    assert taxonomy.qualifiers[code].fits(start and day(start), end and day(end)) is fits


def test_an_unknown_entry_is_named(taxonomy):
    with pytest.raises(TaxonomyError, match=r"^thefts is no violation"):
        taxonomy.violation("thefts")
    with pytest.raises(TaxonomyError, match=r"^army is no actor"):
        taxonomy.facts([], actors=["army"])
    with pytest.raises(TaxonomyError, match=r"^moon is no site"):
        taxonomy.facts([], sites=["moon"])
    with pytest.raises(TaxonomyError, match=r"^One of the keys is no group"):
        taxonomy.menu("what happened to me")


def test_a_loaded_taxonomy_cannot_be_changed(taxonomy):
    with pytest.raises(TypeError):
        taxonomy.violations["theft"] = None
    with pytest.raises(ValueError, match="frozen"):
        taxonomy.violations["theft"].set_by = "caseworker"


THEFT = 'code = "theft"\ngroup = "money_papers"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version = ", r"not TOML"),
        (changed('version = "1.0"', 'version = "new"'), r"^version: "),
        (changed('version = "1.0"', ""), r"^version: Field required"),
        (changed(THEFT, 'code = "extortion"\ngroup = "money_papers"\n'), r"^violations: extortion stands there twice"),
        (changed(THEFT, 'code = "theft"\ngroup = "money"\n'), r"^violations theft: no group money\."),
        (changed(THEFT, 'code = "Theft of things"\ngroup = "money_papers"\n'), r"^violations Theft of things, code: "),
        (changed(THEFT, 'group = "money_papers"\n'), r"^violations number 33, code: Field required"),
        (changed('huridocs = ["4:13010100"]', 'huridocs = ["4:1301010"]'), r"^violations theft, huridocs: "),
        (changed('huridocs = ["4:13010100"]', 'huridocs = ["robbery"]'), r"^violations theft, huridocs: "),
        (changed('huridocs = ["4:13010100"]', 'huridocs = "4:13010100"'), r"^violations theft, huridocs: "),
        (changed('officials = ["4:13010700"]', 'officials = ["4:x"]'), r"^violations theft, huridocs_when: "),
        (changed(THEFT, THEFT + "label = 'x'\n"), r"^violations theft, label: "),
        (changed(THEFT, THEFT + "memo = 1\n"), r"^violations theft, memo: "),
        (changed(THEFT, THEFT + "set_by = 'bot'\n"), r"^violations theft, set_by: "),
        (changed(THEFT, THEFT + "set_by = 'caseworker'\n"), r"^menu of money_papers: theft is not a reporter's code"),
        (changed(THEFT, THEFT + "retired_on = 2025-01-01\n"), r"^menu of money_papers: theft is not a reporter's code"),
        (changed(THEFT, THEFT + "qualifiers = ['night']\n"), r"^violations theft: no qualifier night\."),
        (changed(THEFT, THEFT + "sets = { danger = 'maybe' }\n"), r"^violations theft, sets: danger: allowed are "),
        (changed(THEFT, THEFT + "sets = { hunger = true }\n"), r"^violations theft, sets: hunger is not a fact"),
        (
            changed('["extortion", "theft", "docs_taken"]', '["extortion", "docs_taken"]'),
            r"^menu of money_papers: theft is missing",
        ),
        (
            changed('["extortion", "theft", "docs_taken"]', '["theft", "theft"]'),
            r"^menu of money_papers: theft stands there twice",
        ),
        (
            changed('["extortion", "theft", "docs_taken"]', '["kidnapping"]'),
            r"^menu of money_papers: kidnapping is not ",
        ),
        (
            changed('menu = ["other"]', 'menu = ["other", "failure_to_protect"]'),
            r"^menu of any: failure_to_protect is not ",
        ),
        (
            changed('first_screen = ["theft", "extortion"]', 'first_screen = ["theft", "loss"]'),
            r"^first_screen: loss is not ",
        ),
        (changed("number = 7\n", "number = 6\n"), r"^groups: number them"),
        (changed("until = 2023-05-11", "until = 2020-03-19"), r"^qualifiers title_42: a window ends before it begins"),
        (changed("until = 2023-05-11", "until = 'later'"), r"^qualifiers title_42, windows: "),
        (changed('"MX-TAM",', '"MX-TAM", "MX-TAM",'), r"^states: MX-TAM stands there twice"),
        (changed('"MX-TAM",', '"HN-CR",'), r"^states: HN-CR is in no country"),
        (changed('"MX-TAM",', '"Tamaulipas",'), r"^places states"),
        (changed('"MX-TAB", "MX-CMX"]', '"MX-TAB", "MX-DF"]'), r"^first_screen of places: MX-DF is not "),
        (changed('countries = ["MX", "US", "GT"]', 'countries = ["MX", "US"]'), r"^actors gt_police: GT is not "),
        (changed('code = "private_security"\n', 'code = "private_security"\nstate = true\n'), r"needs its country"),
        (changed('[[sites]]\ncode = "hotel"', '[[sites]]\ncode = "bus"'), r"^sites: bus stands there twice"),
        (changed('  "visa",\n', '  "visa",\n  "visa",\n'), r"^papers: visa stands there twice"),
    ],
)
def test_contradictions_are_refused_with_the_entry_named(text, message):
    with pytest.raises(TaxonomyError, match=message):
        Taxonomy.parse(text)


def test_a_table_of_the_wrong_shape_is_refused():
    with pytest.raises(TaxonomyError, match=r"^groups number 1: "):
        Taxonomy.parse('version = "1.0"\narticles_status = "x"\nfirst_screen = []\ngroups = ["asylum"]\n')


def test_a_retired_code_stays_readable():
    text = changed(THEFT, THEFT + "retired_on = 2025-01-01\n")
    text = text.replace('["extortion", "theft", "docs_taken"]', '["extortion", "docs_taken"]')
    taxonomy = Taxonomy.parse(text.replace('["theft", "extortion"]', '["extortion"]'))
    assert taxonomy.violation("theft").retired_on == dt.date(2025, 1, 1)
    assert [violation.code for violation in taxonomy.menu("money_papers")] == ["extortion", "docs_taken"]


def test_an_organisation_brings_its_own_file(tmp_path):
    own = tmp_path / "taxonomy.toml"
    own.write_text(TEXT.replace('version = "1.0"', 'version = "1.7"'), encoding="utf-8")
    assert load(own).version == "1.7"
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(TaxonomyError, match="cannot be read"):
        load(own)
    with pytest.raises(TaxonomyError, match="cannot be read"):
        load(tmp_path / "none.toml")
