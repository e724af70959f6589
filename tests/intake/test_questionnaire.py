# SPDX-License-Identifier: Apache-2.0
"""The questionnaire file: the packaged one, and every contradiction that is refused."""

import pathlib

import pytest

from intake import taxonomy
from intake.errors import QuestionnaireError
from intake.questionnaire import load, parse

TEXT = pathlib.Path("intake/questionnaire.toml").read_text(encoding="utf-8")
TAXONOMY = taxonomy.load()

SMALL = """
version = "t"
[[paths]]
name = "short"
when = [{ a = ["yes"] }]
asks = ["b"]
[[questions]]
name = "language"
type = "select_one"
choices_from = "locales"
required = true
into = "language"
[[questions]]
name = "consent"
type = "select_one"
choices = ["yes", "no", "more"]
required = true
into = "consent"
[[questions]]
name = "a"
type = "select_one"
choices = ["yes", "no"]
enough = true
[[questions]]
name = "b"
type = "select_multiple"
choices = ["x", "y"]
relevant = [{ a = ["yes"] }]
"""


def test_the_packaged_one_loads():
    questionnaire = load()
    assert questionnaire.version.startswith("interview-1-")
    assert list(questionnaire.questions)[:2] == ["language", "consent"]
    required = [name for name, question in questionnaire.questions.items() if question.required]
    assert required == ["language", "consent"]
    assert questionnaire.stages == 10


def test_theft_and_extortion_stand_on_the_first_screen():
    what = load().question("what")
    assert [choice.value for choice in what.choices[:2]] == ["extortion", "theft"]
    assert set(TAXONOMY.first_screen) <= {choice.value for choice in what.choices}


def test_every_group_and_every_reporters_code_can_be_told():
    offered = {c.value for q in load().questions.values() if q.into == "acts" for c in q.choices}
    codes = {code for code, violation in TAXONOMY.violations.items() if violation.set_by == "reporter"}
    assert codes <= offered
    assert not offered & {"enforced_disappearance", "failure_to_protect", "failure_to_investigate"}


def test_a_change_of_the_file_is_another_version():
    assert parse(TEXT, TAXONOMY).version != parse(TEXT + "\n# changed\n", TAXONOMY).version


def test_a_small_one_loads():
    assert list(parse(SMALL, TAXONOMY).questions) == ["language", "consent", "a", "b"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('version = "t"', "version = ", "not TOML"),
        ('version = "t"', "", "version: Field required"),
        ('name = "b"', 'name = "a"', "^a: the name stands there twice"),
        ('name = "b"', 'name = "b b"', r"questions\.3\.name"),
        ('type = "select_multiple"', 'type = "guess"', r"questions\.3\.type"),
        ('name = "b"', 'name = "b"\nlabel = "Text"', r"questions\.3\.label: Extra"),
        ('choices = ["x", "y"]', 'choices = ["x", "x"]', "^b: a choice stands there twice"),
        ('choices = ["x", "y"]', "choices = []", "^b: there is nothing to choose"),
        ('choices = ["x", "y"]', 'choices = ["x", "skip"]', "^b: a choice has the name of a standing word"),
        ('choices = ["x", "y"]', 'choices = ["x", "-"]', "^b: a choice has the name of a standing word"),
        ('choices = ["x", "y"]', f'choices = ["{"x" * 60}"]', "^b: a button would carry"),
        ('choices = ["x", "y"]', 'choices_from = "planets"', "^b: there is no list planets"),
        ('choices = ["x", "y"]', 'choices_from = "violations.none"', "^b: there is no list"),
        ('choices = ["x", "y"]', 'choices = ["x"]\nsets = { y = { torture = true } }', "^b: sets names a choice"),
        ('choices = ["x", "y"]', 'choices = ["x"]\nsets = { x = { hunger = true } }', "^b: hunger is not a fact"),
        ('choices = ["x", "y"]', 'choices = ["x"]\nsets = { x = { danger = "very" } }', "^b: danger: allowed"),
        ('choices = ["x", "y"]', 'choices = ["x"]\nalone = ["z"]', "^b: alone names a choice"),
        ('choices = ["x", "y"]', 'choices = ["x"]\nsays = { z = "bot.x" }', "^b: says names a choice"),
        ('choices = ["x", "y"]', 'choices = ["x"]\ninto = "pocket"', "^b: a report has no place pocket"),
        ('choices = ["x", "y"]', 'choices = ["x"]\nrepeats = 3', "^b: repeats needs"),
        ('type = "select_multiple"', 'type = "date"', "^b: a date button nobody can read"),
        ('relevant = [{ a = ["yes"] }]', 'relevant = [{ c = ["yes"] }]', "^b: c is no earlier question"),
        ('relevant = [{ a = ["yes"] }]', 'relevant = [{ b = ["x"] }]', "^b: b is no earlier question"),
        ('relevant = [{ a = ["yes"] }]', 'relevant = [{ a = ["maybe"] }]', "^b: a has no such choice"),
        ('relevant = [{ a = ["yes"] }]', "relevant = [{ a = [] }]", "^b: a has no such choice"),
        ('relevant = [{ a = ["yes"] }]', "relevant = [{}]", "^b: an empty table"),
        ('when = [{ a = ["yes"] }]', 'when = [{ z = ["yes"] }]', "^path short: z is no earlier question"),
        ('asks = ["b"]', 'asks = ["c"]', "^path short: there is no question c"),
        ("enough = true", "", "No answer is ever enough"),
        ('name = "language"', 'name = "tongue"', "The first questions are"),
    ],
)
def test_contradictions_are_refused(old, new, message):
    assert old in SMALL
    with pytest.raises(QuestionnaireError, match=message):
        parse(SMALL.replace(old, new, 1), TAXONOMY)


def test_a_question_no_path_reaches_is_refused():
    never = '\n[[questions]]\nname = "c"\ntype = "text"\nrelevant = [{ a = ["no"], b = ["x"] }]\n'
    with pytest.raises(QuestionnaireError, match=r"^c: no path reaches this question"):
        parse(SMALL + never, TAXONOMY)
    sometimes = never.replace('b = ["x"]', 'b = ["x", "-"]')
    assert "c" in parse(SMALL + sometimes, TAXONOMY).questions


def test_a_section_in_two_places_is_refused():
    split = SMALL.replace('name = "a"', 'name = "a"\nsection = "s"')
    split += '\n[[questions]]\nname = "c"\ntype = "text"\nsection = "s"\n'
    with pytest.raises(QuestionnaireError, match="one section must stand together"):
        parse(split, TAXONOMY)


def test_an_organisation_may_bring_its_own(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(SMALL, encoding="utf-8")
    assert "b" in load(own).questions
    with pytest.raises(QuestionnaireError, match="cannot be read"):
        load(tmp_path / "missing.toml")
