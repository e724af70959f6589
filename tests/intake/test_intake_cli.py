# SPDX-License-Identifier: Apache-2.0
"""`amparo triage`, `taxonomy` and `questionnaire` as a person or a script calls them."""

import argparse
import io
import json
from pathlib import Path

import pytest

from intake import cli, questionnaire
from intake.errors import QuestionnaireError

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


@pytest.fixture
def amparo(monkeypatch, capsys):
    """Calls a command with bytes on standard input; gives exit code, output and errors."""

    def call(*words: str, given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        parser = argparse.ArgumentParser(prog="amparo")
        cli.register(parser.add_subparsers(required=True))
        args = parser.parse_args(words)
        code = args.run(args)
        return (code, *capsys.readouterr())

    return call


def refused(result: tuple[int, str, str]) -> str:
    code, out, err = result
    assert code == 2
    assert out == ""
    assert err.startswith("amparo: ")
    assert err.count("\n") == 1
    assert len(err) < 600
    return err


@pytest.mark.parametrize("case", EXAMPLES["cases"], ids=lambda case: case["id"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_triage_grades_facts(amparo, case, wrapped):
    facts = case["expected"]["facts"]
    code, out, err = amparo("triage", given=json.dumps({"facts": facts} if wrapped else facts).encode())
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["priority"] == case["reference_triage"]["priority"]
    assert answer["points"] == case["reference_triage"]["score"] == sum(answer["points_by_reason"].values())
    assert answer["reasons"] == case["reference_triage"]["rules"] == list(answer["points_by_reason"])


def test_triage_says_floors_what_is_not_known_and_the_rules_version(amparo):
    _, out, _ = amparo("triage", given=b'{"detained_now": true, "documented": true}')
    assert json.loads(out) == {
        "priority": "P2",
        "points": 40,
        "reasons": ["detained_now", "documented_person_affected"],
        "floors": {"detained_now": "P2"},
        "points_by_reason": {"detained_now": 30, "documented_person_affected": 10},
        "not_known": ["danger", "removal", "fear_return", "days_since"],
        "rules_version": "1.0",
    }


@pytest.mark.parametrize(
    "given", [b"{}", b' \n{"facts": {}}\n', b"\xef\xbb\xbf{}", b'{"danger": null, "vulnerabilities": null}']
)
def test_nothing_known_is_graded(amparo, given):
    code, out, _ = amparo("triage", given=given)
    assert code == 0
    assert json.loads(out)["priority"] == "P3"


def test_a_huge_number_of_people_is_a_number_of_people(amparo):
    code, out, _ = amparo("triage", given=b'{"people": 1' + b"0" * 400 + b"}")
    assert code == 0
    assert json.loads(out)["reasons"] == ["ten_or_more_people"]


@pytest.mark.parametrize("given", [b"", b" \n\t"])
def test_empty_input(amparo, given):
    assert "Nothing came on standard input" in refused(amparo("triage", given=given))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b'{"dangr": "now"}', "dangr is not a fact: allowed are danger, medical"),
        (b'{"danger": "soon"}', "danger: allowed are no, unknown, nearby, now or null."),
        (b'{"detained_now": 1}', "detained_now: allowed are true, false or null."),
        (b'{"people": true}', "people: allowed are whole numbers from 0 or null."),
        (b'{"people": -1}', "people: allowed"),
        (b'{"people": NaN}', "people: allowed"),
        (b'{"people": 1e3}', "people: allowed"),
        (b'{"vulnerabilities": ["tall"]}', "vulnerabilities: each is one of infant"),
        (b'{"danger": "no", "danger": "now"}', "danger stands there twice"),
        (b'{"facts": {"danger": "no", "danger": "now"}}', "danger stands there twice"),
        (b'{"facts": {}, "danger": "now"}', "facts is not a fact"),
        (b'{"facts": null}', "one JSON object"),
        (b"[]", "one JSON object"),
        (b"3", "one JSON object"),
        (b"null", "one JSON object"),
        (b'{"danger": "now"', "not JSON in UTF-8 (line 1, column 17)"),
        (b"danger=now", "not JSON in UTF-8 (line 1, column 1)"),
        (b'{"danger": "\xff"}', "not JSON in UTF-8:"),
        (b'{"people": ' + b"9" * 5000 + b"}", "not JSON in UTF-8:"),
        (b"[" * 200_000, "not JSON in UTF-8:"),
        (b'{"danger": "' + b"x" * (1 << 20) + b'"}', "at most 1 MiB"),
    ],
)
def test_malformed_input_is_one_clear_line(amparo, given, said):
    assert said in refused(amparo("triage", given=given))


@pytest.mark.parametrize(
    "given",
    [
        b'{"danger": "Juana was here"}',
        b'{"Juana was here": 1}',
        b'{"Juana was here": 1, "Juana was here": 2}',
        b"Juana was here",
        b'["Juana was here"]',
        b'{"vulnerabilities": ["Juana was here"]}',
    ],
)
def test_what_somebody_told_is_never_repeated(amparo, given):
    assert "Juana" not in refused(amparo("triage", given=given))


def test_taxonomy_as_json(amparo):
    code, out, _ = amparo("taxonomy", "--json")
    taxonomy = json.loads(out)
    assert code == 0
    assert taxonomy["version"] == "1.0"
    assert len(taxonomy["violations"]) == 43
    assert taxonomy["violations"][31]["code"] == "extortion"
    assert taxonomy["violations"][31]["huridocs"] == ["4:13010400"]


def test_taxonomy_as_a_list_to_read(amparo):
    code, out, _ = amparo("taxonomy")
    lines = out.splitlines()
    assert code == 0
    assert len(lines) == 44
    assert lines[0].startswith("taxonomy 1.0, 43 codes")
    assert lines[4].split() == ["refoulement", "sent_back", "4:38010100", "memo"]
    assert lines[26].split() == ["enforced_disappearance", "taken", "4:03010300", "caseworker"]
    assert lines[43].split() == ["other", "any", "-"]


@pytest.mark.parametrize("words", [("questionnaire",), ("questionnaire", "check")])
def test_the_packaged_questionnaire_is_checked(amparo, words):
    loaded = questionnaire.load()
    code, out, err = amparo(*words)
    assert (code, err) == (0, "")
    first, second = out.splitlines()
    assert first == f"questionnaire {loaded.version}: {len(loaded.questions)} questions, no contradictions"
    assert second.startswith("no text missing or too long in ")


@pytest.mark.parametrize("words", [("questionnaire", "check"), ("questionnaire", "--json")])
def test_a_contradiction_is_one_clear_line(amparo, monkeypatch, words):
    def load() -> None:
        raise QuestionnaireError("place: town is no earlier question.")

    monkeypatch.setattr(questionnaire, "load", load)
    assert refused(amparo(*words)) == "amparo: place: town is no earlier question.\n"


def test_questionnaire_as_json(amparo):
    loaded = questionnaire.load()
    code, out, _ = amparo("questionnaire", "--json")
    printed = json.loads(out)
    assert code == 0
    assert (printed["version"], printed["taxonomy_version"]) == (loaded.version, loaded.taxonomy.version)
    assert [question["name"] for question in printed["questions"]] == list(loaded.questions)
    assert [path["name"] for path in printed["paths"]] == [path.name for path in loaded.paths]
    for question, row in zip(loaded.questions.values(), printed["questions"], strict=True):
        assert [choice["value"] for choice in row["choices"]] == [choice.value for choice in question.choices]
        conditions = [{name: sorted(answers) for name, answers in table} for table in question.relevant]
        assert row["relevant"] == conditions
    assert any(row["relevant"] for row in printed["questions"])


def test_the_questionnaire_becomes_a_form(amparo, tmp_path):
    out = tmp_path / "form.xlsx"
    code, told, err = amparo("questionnaire", "xlsform", str(out), "--organisation", "Casa Ejemplo")
    assert (code, err) == (0, "")
    assert f"{out}: {questionnaire.load().version}, " in told
    assert out.read_bytes().startswith(b"PK")


def test_a_form_needs_a_file_and_who_asks(amparo, tmp_path):
    assert "Say where to and who asks" in refused(amparo("questionnaire", "xlsform", str(tmp_path / "form.xlsx")))
    assert "Say where to and who asks" in refused(amparo("questionnaire", "xlsform", "--organisation", "Casa"))
    nowhere = str(tmp_path / "none" / "form.xlsx")
    assert "cannot be written" in refused(amparo("questionnaire", "xlsform", nowhere, "--organisation", "Casa"))
