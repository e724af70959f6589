# SPDX-License-Identifier: Apache-2.0
"""The form: an independent reader takes it, and it asks what the chat would ask, whatever is answered."""

import datetime as dt
import random
import re
import shutil
import warnings
import xml.etree.ElementTree as ET

import openpyxl
import pytest
from pyxform.xls2xform import convert

from intake import formchoices, formlogic, questionnaire, spreadsheet, taxonomy, xlsform
from intake.draft import Answer, ToldCount, ToldDate
from intake.errors import FormError
from intake.walk import walk
from tests.intake.interview import CATALOGS, QUESTIONNAIRE
from tests.intake.xpath import Reading
from tests.phrases import MAY_WARN, NEVER_ASKED, WHY

TODAY = dt.date(2025, 10, 9)
ALLOWED_WARNINGS: set[str] = set()
"""What pyxform may complain of (docs/forms.md names them): nothing."""

OWN = {formlogic.OWN, formlogic.DAY, formlogic.NUMBER}
XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def read(path):
    book = openpyxl.load_workbook(path, read_only=False)
    found = {}
    for sheet in book:
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [{k: v for k, v in zip(head, row, strict=True) if v is not None} for row in rows]
    book.close()
    return found


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = tmp_path_factory.mktemp("form") / "form.xlsx"
    spreadsheet.write(made, xlsform.sheets(QUESTIONNAIRE, CATALOGS, organisation="Casa Ejemplo"))
    return made


@pytest.fixture(scope="module")
def form(path):
    return read(path)


@pytest.fixture(scope="module")
def xform(path):
    with warnings.catch_warnings():
        # pyxform warns of its own old calls; what it has to say about a form it gives as `warnings`
        warnings.simplefilter("ignore", DeprecationWarning)
        return convert(path.read_bytes(), form_name="data")


def test_an_independent_reader_takes_it_without_a_complaint(xform):
    assert set(xform.warnings) == ALLOWED_WARNINGS
    ET.fromstring(xform.xform)


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate, which pyxform brings, needs Java")
def test_odk_validate_accepts_it(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyxform leaves its temporary files to the garbage collector
        assert convert(path.read_bytes(), form_name="data", validate=True).warnings == []


def test_every_question_of_the_interview_is_in_it(form, xform):
    fields = {row["name"]: row for row in form["survey"] if "name" in row}
    assert set(QUESTIONNAIRE.questions) <= fields.keys()
    bound = {
        bind.get("nodeset").rpartition("/")[2] for bind in ET.fromstring(xform.xform).iter() if "nodeset" in bind.attrib
    }
    assert set(QUESTIONNAIRE.questions) <= bound


def test_consent_comes_first_is_needed_and_a_no_ends_it(form):
    first, group, *_ = form["survey"]
    assert (first["name"], first["required"]) == ("consent", "yes")
    assert (group["type"], group["relevant"]) == ("begin_group", "${consent} = 'yes' or ${consent} = 'short'")
    after = form["survey"][[row["type"] for row in form["survey"]].index("end_group") + 1 :]
    assert [(row["name"], row["relevant"]) for row in after] == [("form_no", "${consent} = 'no'")]
    assert "Casa Ejemplo" in first["label::Español (es)"]
    assert [row["name"] for row in form["choices"] if row["list_name"] == "consent"] == ["yes", "short", "no"]


def test_its_version_is_the_questionnaires(form):
    [settings] = form["settings"]
    assert settings["version"] == QUESTIONNAIRE.version
    assert settings["default_language"] == "Español (es)"


def test_every_language_has_its_texts(form):
    asked = [row for row in form["survey"] if not row["type"].startswith(("end", "calculate"))]
    names = [f"{CATALOGS.about[one]['name']} ({one.partition('-')[0]})" for one in CATALOGS.locales]
    assert len(names) >= 2
    for name in names:
        assert [row for row in (*asked, *form["choices"]) if not row.get(f"label::{name}")] == []
    place = next(row for row in asked if row["name"] == "place")
    assert len({place[f"label::{name}"] for name in names}) == len(names)
    assert len({place[f"hint::{name}"] for name in names}) == len(names)
    assert not [row for row in asked if "\u2068" in str(row) or "{" in row.get("label::English (en)", "")]


@pytest.mark.parametrize("locale", CATALOGS.locales)
def test_it_asks_nothing_that_may_harm(form, locale):
    language = f"{CATALOGS.about[locale]['name']} ({locale.partition('-')[0]})"
    for row in form["survey"]:
        for kind in ("label", "hint"):
            text = re.sub(MAY_WARN[locale], "", row.get(f"{kind}::{language}", ""), flags=re.IGNORECASE)
            assert not re.search(NEVER_ASKED[locale], text, re.IGNORECASE), row["name"]
            assert not re.search(WHY, text, re.IGNORECASE), row["name"]


def test_no_file_is_asked_of_a_child_or_after_sexual_violence(form):
    media = [row for row in form["survey"] if row["type"] in {"image", "video", "file", "audio"}]
    assert {row["name"] for row in media} == {
        *("files_photo", "files_video", "files_audio", "files_document", "words_voice")
    }
    answers = {"consent": "yes", "tell_more": "yes"}
    for told in ({"about": "child"}, {"what_force": "sexual_violence"}):
        filled = Filling(form, random.Random(1), fixed=answers | {"what": "force", "danger": "no"} | told).run()
        assert not filled.fields & {row["name"] for row in media if row["name"] != "words_voice"}
        assert "words_voice" not in filled.fields


def test_choice_names_are_xml_names_and_can_be_taken_back(form):
    for question in QUESTIONNAIRE.questions.values():
        listed = [row["name"] for row in form["choices"] if row["list_name"] == question.name]
        assert all(XML_NAME.fullmatch(name) for name in listed), question.name
        assert len(set(listed)) == len(listed)
        if not question.hidden and question.type != "text":
            known = tuple(formlogic.choice_value(name) for name in listed if name not in OWN)
            assert known == formchoices.offered(question, CATALOGS), question.name
    names = {row["name"] for row in form["choices"]}
    assert {"_3-5", "_50.plus", "MX-SON", "_12_17"} <= names


@pytest.mark.parametrize(("value", "name"), [("3-5", "_3-5"), ("50+", "_50.plus"), ("MX-SON", "MX-SON"), ("es", "es")])
def test_a_choice_and_its_name(value, name):
    assert (formlogic.choice_name(value), formlogic.choice_value(name)) == (name, value)


@pytest.mark.parametrize("value", ["_3", "a.plus", "own_words", "exact_day"])
def test_what_cannot_be_named_is_refused(value):
    with pytest.raises(FormError, match="call it otherwise"):
        formlogic.check_value(QUESTIONNAIRE.questions["place"], value)


def test_the_same_form_is_the_same_file(path, tmp_path):
    again = tmp_path / "again.xlsx"
    spreadsheet.write(again, xlsform.sheets(QUESTIONNAIRE, CATALOGS, organisation="Casa Ejemplo"))
    assert again.read_bytes() == path.read_bytes()


def test_cells_are_text(tmp_path):
    sheet = xlsform.Sheet(("type", "name"), [{"type": "=1+1", "name": "https://example.org"}, {"name": "007"}])
    spreadsheet.write(tmp_path / "t.xlsx", {"survey": sheet})
    assert read(tmp_path / "t.xlsx")["survey"] == [{"type": "=1+1", "name": "https://example.org"}, {"name": "007"}]
    assert openpyxl.load_workbook(tmp_path / "t.xlsx")["survey"]["A2"].data_type == "s"


def test_a_file_that_cannot_be_written_is_said_to_be_so(tmp_path):
    with pytest.raises(FormError, match="cannot be written"):
        spreadsheet.write(tmp_path / "none" / "t.xlsx", {"survey": xlsform.Sheet(("type",), [])})


# --- what it asks --------------------------------------------------------------------------------------------------


class Filling:
    """Somebody fills in the form from top to bottom, at random. `fields` are the names of all fields that were shown."""

    def __init__(self, form, chance, fixed=()):
        self.rows, self.chance, self.fixed = form["survey"], chance, dict(fixed)
        self.lists = {}
        for row in form["choices"]:
            self.lists.setdefault(row["list_name"], []).append(row["name"])
        self.again = chance.choice([0.2, 0.6, 1.0])
        self.flat, self.repeats, self.fields = {}, {}, set()
        self.home = {}
        section = None
        for row in self.rows:
            if row["type"] == "begin_repeat":
                section = row["name"]
            elif row["type"] == "end_repeat":
                section = None
            elif "name" in row:
                self.home[row["name"]] = section

    def run(self):
        self.fill(0, len(self.rows), None)
        return self

    def fill(self, at, end, section):
        while at < end:
            row = self.rows[at]
            kind = row["type"]
            if kind.startswith("begin"):
                stop = self.end_of(at)
                if self.shown(row, section):
                    self.repeat(at, stop, row) if kind == "begin_repeat" else self.fill(at + 1, stop, section)
                at = stop
            elif not kind.startswith("end"):
                self.field(row, section)
            at += 1

    def end_of(self, at):
        depth = 0
        for number in range(at, len(self.rows)):
            depth += self.rows[number]["type"].startswith("begin") - self.rows[number]["type"].startswith("end")
            if depth == 0:
                return number
        raise AssertionError("a group without an end")

    def repeat(self, at, stop, row):
        name = row["name"]
        rounds = self.repeats.setdefault(name, [])
        while self.value(row["repeat_count"], None) > len(rounds):
            rounds.append({})
            self.fill(at + 1, stop, name)

    def field(self, row, section):
        if not self.shown(row, section):
            return
        self.fields.add(row["name"])
        home = self.repeats[section][-1] if section else self.flat
        home[row["name"]] = answer = self.answer(row, section)
        if answer and "constraint" in row:
            assert self.value(row["constraint"], section, here=answer) is True, row["name"]

    def shown(self, row, section):
        found = self.value(row["relevant"], section) if "relevant" in row else True
        assert isinstance(found, bool), row
        return found

    def answer(self, row, section):
        kind, _, listed = row["type"].partition(" ")
        if kind == "calculate":
            return self.value(row["calculation"], section)
        if kind == "note":
            return ""
        if row["name"] in self.fixed:
            return self.fixed[row["name"]]
        if row["name"] in {"another", "p_more"}:
            return "yes" if self.chance.random() < self.again else "no"
        if self.chance.random() < 0.15 and row.get("required") != "yes":
            return ""
        if kind == "select_one":
            return self.chance.choice(self.lists[listed])
        if kind == "select_multiple":
            return self.ticked(row, self.lists[listed])
        return {"date": "2025-10-01", "integer": 7}.get(kind, "palabras")

    def ticked(self, row, names):
        alone = set(re.findall(r"selected\(\., '([^']+)'\)", row.get("constraint", "")))
        picked = self.chance.sample(names, self.chance.randint(1, min(3, len(names))))
        return " ".join(picked[:1] if alone & set(picked) else picked)

    def value(self, text, section, here=""):
        def lookup(name):
            if name in self.repeats or name in {"incident", "person"}:
                return self.repeats.get(name, [])
            home = self.home[name]
            assert home in {None, section}, f"{name} is not one field from here: {text}"
            if name.endswith("_rounds"):
                return len(self.repeats.get(name.removesuffix("_rounds"), []))
            return (self.repeats[home][-1] if home else self.flat).get(name, "")

        return Reading(text, lookup, here, len(self.repeats.get(section, []))).value()

    def told(self):
        """(step of the walk, its field's answer) for every question that was shown."""
        for name, answer in self.flat.items():
            if name in QUESTIONNAIRE.questions:
                yield name, answer, self.flat
        for rounds in self.repeats.values():
            for number, one in enumerate(rounds, 1):
                for name, answer in one.items():
                    if name in QUESTIONNAIRE.questions:
                        yield (name if number == 1 else f"{name}.{number}"), answer, one


def chat_answer(step, answer, fields):
    """The same answer as the chat would keep it."""
    name = step.partition(".")[0]
    question = QUESTIONNAIRE.questions[name]
    if not answer:
        return Answer()
    if question.type == "text":
        return Answer(words=answer)
    picked = answer.split()
    values = tuple(formlogic.choice_value(one) for one in picked if one not in OWN)
    if question.type == "date" and not values:
        words = fields.get(f"{name}_words") or fields[f"{name}_day"]
        return Answer(date=ToldDate(None, None, "unknown", words, TODAY))
    if question.type == "count" and not values:
        words = fields.get(f"{name}_words") or str(fields[f"{name}_number"])
        return Answer(count=ToldCount(1, None, False, words))
    return Answer(values, words=fields[f"{name}_words"] if formlogic.OWN in picked else "")


def compared(filled):
    told = list(filled.told())
    answers = {step: chat_answer(step, answer, fields) for step, answer, fields in told}
    if filled.flat["consent"] == "no":
        return [step for step, *_ in told], ["consent"]
    full, detailed = (filled.flat.get(name) == "yes" for name in ("all_danger", "tell_more"))
    steps = walk(QUESTIONNAIRE, answers, full=full, detailed=detailed).steps
    hidden = {name for name, question in QUESTIONNAIRE.questions.items() if question.hidden}
    return sorted(step for step, *_ in told if step.partition(".")[0] not in hidden), sorted(steps)


def fixed_for(number, chance):
    """Every third filling goes where the shorter paths do not end it soon; some go for a path on purpose."""
    fixed = {} if chance.random() < 0.1 else {"consent": "yes" if number % 8 else "short"}
    if number % 3 == 0:
        fixed |= {"danger": "no", "about": chance.choice(["relative", "proxy", "many", "self"])}
    if number % 5 == 0:
        fixed["place"] = "MX"
    if number % 6 == 0:
        fixed |= {"tell_more": "yes", "cards": "each", "agrees": "yes"}
    return fixed


def test_it_asks_what_the_chat_asks_whatever_is_answered(form):
    asked, paths, rounds = set(), set(), {"incident": set(), "person": set()}
    for number in range(400):
        chance = random.Random(number)
        filled = Filling(form, chance, fixed_for(number, chance)).run()
        in_form, in_chat = compared(filled)
        assert in_form == in_chat, (number, set(in_form) ^ set(in_chat))
        asked |= filled.fields
        paths.add(filled.flat.get("way_after_incident"))
        for name, found in rounds.items():
            found.add(len(filled.repeats.get(name, [])))
    everything = {row["name"] for row in form["survey"] if "name" in row and not row["type"].startswith("begin")}
    assert everything - asked == set()
    assert paths == {None, "", *(one.name for one in QUESTIONNAIRE.paths)}
    assert {1, 2, 5} <= rounds["incident"]
    assert {0, 1, 2, 30} <= rounds["person"]
    assert (max(rounds["incident"]), max(rounds["person"])) == (5, 30)


def test_no_field_looks_at_a_later_one(form):
    seen, repeats = set(), {row["name"] for row in form["survey"] if row["type"] == "begin_repeat"}
    for row in form["survey"]:
        named = {
            name
            for column in ("relevant", "calculation", "constraint")
            for name in re.findall(r"\$\{(\w+)\}", row.get(column, ""))
        }
        assert named <= seen | repeats, row["name"]
        seen.add(row.get("name"))


def test_an_earlier_questionnaire_becomes_a_form_too(tmp_path):
    for earlier in questionnaire.load_all(taxonomy.load()).earlier.values():
        sheets = xlsform.sheets(earlier, CATALOGS, organisation="Casa")
        spreadsheet.write(tmp_path / "f.xlsx", sheets)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            assert convert((tmp_path / "f.xlsx").read_bytes(), form_name="data").warnings == []
