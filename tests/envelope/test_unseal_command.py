# SPDX-License-Identifier: Apache-2.0
"""`amparo unseal`: one report opened with paper and a backup, on a machine that has no store of ours."""

import argparse
import base64
import io
import json
import secrets

import pytest

from envelope import cli, recovery
from envelope.recovery import EscrowIntake, EscrowSide, EscrowTeam
from envelope.seal import new_report_key, seal_report
from envelope.suite import XWingKey
from envelope.wrap import TeamKey

ORG, TEAM, REPORT = (secrets.token_bytes(16) for _ in range(3))
BODY = json.dumps({"narrative": "Invented: «nos bajaron del camión» 在边境"}, ensure_ascii=False)
IDENTITY, RECIPIENT = recovery.new_identity()
SEED, REPORT_KEY = secrets.token_bytes(32), new_report_key()
INTAKE = XWingKey(SEED)
OLD, NEW = TeamKey(secrets.token_bytes(32), 6), TeamKey(secrets.token_bytes(32), 7)
SEALED = seal_report(
    intake_public=INTAKE.public,
    org=ORG,
    team=TEAM,
    report=REPORT,
    schema=1,
    report_key=REPORT_KEY,
    body=BODY.encode(),
    summary=b"{}",
)
ADOPTED = NEW.wrap_report_key(REPORT_KEY, org=ORG, team=TEAM, report=REPORT)
TEAMS = [EscrowTeam(TEAM, key.generation, key.key) for key in (OLD, NEW)]
INTAKES = [EscrowIntake(TEAM, INTAKE.kid, SEED)]
SIDES = [EscrowSide(TEAM, secrets.token_bytes(32))]


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sealed_file(**changed):
    fields = {
        "org": ORG.hex(),
        "team": TEAM.hex(),
        "report": REPORT.hex(),
        "schema": 1,
        "key": b64url(SEALED.key),
        "body": b64url(SEALED.body),
        "summary": b64url(SEALED.summary),
    }
    return json.dumps(fields | changed)


@pytest.fixture
def unseal(tmp_path, capsys, monkeypatch):
    """Run the command on files with this content; give exit code, standard output and standard error."""

    def run(sealed=None, *, escrow=None, identity=IDENTITY, by_file=True):
        text = recovery.write_escrow(TEAMS, INTAKES, SIDES) if escrow is None else escrow
        (tmp_path / "report.json").write_text(sealed_file() if sealed is None else sealed)
        (tmp_path / "escrow.age").write_bytes(recovery.encrypt([RECIPIENT], text.encode()))
        (tmp_path / "identity.txt").write_text(identity)
        arguments = ["unseal", str(tmp_path / "report.json"), "--escrow", str(tmp_path / "escrow.age")]
        if by_file:
            arguments += ["--identity-file", str(tmp_path / "identity.txt")]
        else:
            monkeypatch.setattr("sys.stdin", io.StringIO(identity))
        return command(arguments), *capsys.readouterr()

    return run


def command(arguments):
    parser = argparse.ArgumentParser(prog="amparo")
    cli.register(parser.add_subparsers(required=True))
    args = parser.parse_args(arguments)
    return args.run(args)


def refused(result):
    """One line for a person on standard error, nothing else, exit code 1; gives the line."""
    code, out, error = result
    assert (code, out, error.count("\n")) == (1, "", 1)
    assert error.startswith("amparo unseal: ")
    assert IDENTITY not in error
    assert SEED.hex() not in error
    return error


def test_an_unadopted_report_opens(unseal):
    assert unseal() == (0, BODY + "\n", "")


def test_an_adopted_report_opens(unseal):
    assert unseal(sealed_file(key=b64url(ADOPTED))) == (0, BODY + "\n", "")


def test_a_report_under_an_older_generation_opens(unseal):
    record = OLD.wrap_report_key(REPORT_KEY, org=ORG, team=TEAM, report=REPORT)
    assert unseal(sealed_file(key=b64url(record)))[:2] == (0, BODY + "\n")


def test_attachments_may_be_listed_in_the_file(unseal):
    assert unseal(sealed_file(attachments=[{"id": "00" * 16}]))[0] == 0


def test_the_identity_comes_from_standard_input(unseal):
    assert unseal(by_file=False, identity=IDENTITY + "\n")[:2] == (0, BODY + "\n")


def test_the_identity_file_may_be_one_by_age_keygen(unseal):
    text = f"# created: 2026-11-24T00:00:00Z\n# public key: {RECIPIENT}\n{IDENTITY}\n"
    assert unseal(identity=text)[:2] == (0, BODY + "\n")


def test_the_identity_is_never_an_argument(capsys):
    with pytest.raises(SystemExit):
        command(["unseal", "report.json", "--escrow", "escrow.age", "--identity", IDENTITY])
    assert capsys.readouterr().out == ""


def test_an_identity_in_place_of_its_file_is_not_repeated(unseal, tmp_path, capsys):
    unseal()
    report, escrow = str(tmp_path / "report.json"), str(tmp_path / "escrow.age")
    code = command(["unseal", report, "--escrow", escrow, "--identity-file", IDENTITY])
    assert "Give a file" in refused((code, *capsys.readouterr()))


@pytest.mark.parametrize("identity", ["", "\n", "hello", IDENTITY[:-1], "AGE-SECRET-KEY-PQ-1"])
def test_what_is_no_identity_is_refused(unseal, identity):
    assert "AGE-SECRET-KEY" in refused(unseal(identity=identity))


def test_another_identity_is_refused(unseal):
    assert "does not open with this recovery identity" in refused(unseal(identity=recovery.new_identity()[0]))


def test_an_escrow_without_the_key_is_refused(unseal):
    without_intake = recovery.write_escrow(TEAMS, [], SIDES)
    assert "no key for this report" in refused(unseal(escrow=without_intake))
    only_old = recovery.write_escrow(TEAMS[:1], INTAKES, SIDES)
    assert "no key for this report" in refused(unseal(sealed_file(key=b64url(ADOPTED)), escrow=only_old))
    another_team = [line._replace(team=secrets.token_bytes(16)) for line in TEAMS]
    escrow = recovery.write_escrow(another_team, INTAKES)
    assert "no key for this report" in refused(unseal(sealed_file(key=b64url(ADOPTED)), escrow=escrow))


@pytest.mark.parametrize("escrow", ["", "hello\n", "amparo-envelope/v2 escrow\n"])
def test_what_is_no_escrow_is_refused(unseal, escrow):
    assert "escrow" in refused(unseal(escrow=escrow))


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "hello",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        sealed_file(org="xyz"),
        sealed_file(org="00"),
        sealed_file(org=7),
        sealed_file(schema="1"),
        sealed_file(schema=True),
        sealed_file(schema=-1),
        sealed_file(schema=1 << 64),
        sealed_file(key="ñ"),
        sealed_file(key="****"),
        sealed_file(body=None),
    ],
    ids=range(16),
)
def test_what_is_no_sealed_file_is_refused(unseal, sealed):
    assert "not a sealed report file" in refused(unseal(sealed))


@pytest.mark.parametrize("key", [SEALED.key, ADOPTED], ids=["unadopted", "adopted"])
@pytest.mark.parametrize("name", ["org", "report", "schema", "body", "key", "swapped", "short"])
def test_a_changed_report_is_refused(unseal, key, name):
    other = secrets.token_bytes(16).hex()
    changed = {
        "org": {"org": other},
        "report": {"report": other},
        "schema": {"schema": 2},
        "body": {"body": b64url(SEALED.body[:-1] + bytes([SEALED.body[-1] ^ 1]))},
        "key": {"key": b64url(key[:-1] + bytes([key[-1] ^ 1]))},
        "swapped": {"key": b64url(SEALED.body)},
        "short": {"key": ""},
    }[name]
    assert "does not open" in refused(unseal(sealed_file(**{"key": b64url(key)} | changed)))


def test_another_team_s_report_is_refused(unseal):
    refused(unseal(sealed_file(team=secrets.token_bytes(16).hex())))


@pytest.mark.parametrize("missing", ["report.json", "escrow.age", "identity.txt"])
def test_a_missing_file_is_named(unseal, tmp_path, capsys, missing):
    unseal()
    (tmp_path / missing).unlink()
    report, escrow, identity = (str(tmp_path / name) for name in ("report.json", "escrow.age", "identity.txt"))
    code = command(["unseal", report, "--escrow", escrow, "--identity-file", identity])
    assert missing in refused((code, *capsys.readouterr()))


def test_the_command_is_light_until_it_runs():
    """Its file is imported for `amparo --help`, which must not load cryptography."""
    import subprocess
    import sys

    program = "import sys, envelope.cli; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
