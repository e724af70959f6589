# SPDX-License-Identifier: Apache-2.0
"""The signed proof: it proves that a report was registered, offline and to anybody, and tells nothing else."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from envelope.errors import RefusedError
from envelope.proof import open_proof
from storage.desk import audit
from tests.api.conftest import Desk, Sent
from tests.api.telling import CANARY


def proof(desk: Desk, sent: Sent) -> str:
    answer = desk.client.get(f"{desk.box(sent)}/proof", headers=desk.bot.headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return answer.text


def test_it_proves_the_entry_of_this_report(desk: Desk) -> None:
    sent = [desk.deliver() for _ in range(5)]
    (line,) = desk.bot.manifest.logs
    for one in sent:
        found = open_proof(proof(desk, one), line)
        assert (found.action, found.object.hex()) == ("report:received", one.id)
        assert found.hour == desk.clock.day * 24
        assert found.checkpoint.size > found.number
    assert desk.read(audit.verify).fault is None


def test_it_tells_nothing_of_what_was_told(desk: Desk) -> None:
    sent = desk.deliver(language="ht")
    text = proof(desk, sent)
    unpacked = text.encode() + b"".join(_decoded(part) for part in text.split())
    told = [CANARY, "MX-SON", "Nogales", "detain", "ht", "P1", "4242424242"]
    told += [sent.submission.mailbox.lookup.hex(), sent.receipt.hex(), "desk", "priority"]
    lines = text.split("\n\n")[0]
    assert not [word for word in told if len(word) > 2 and word.encode() in unpacked]
    assert "ht" not in lines.lower().split()
    for secret in (sent.submission.mailbox.lookup, sent.receipt, sent.submission.mailbox.salt):
        assert secret not in unpacked


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part, validate=True)
    except ValueError:
        return b""


def test_a_changed_proof_or_another_log_is_refused(desk: Desk) -> None:
    desk.deliver()
    text = proof(desk, desk.deliver())
    (line,) = desk.bot.manifest.logs
    head, rest = text.split("\n\n", 1)
    first, extra, index, *path = head.split("\n")
    entry = base64.b64decode(extra.removeprefix("extra "))
    other = base64.b64encode(entry.replace(b"report:received", b"report:refused!")).decode()
    forged = [
        "\n\n".join(["\n".join([first, f"extra {other}", index, *path]), rest]),
        "\n\n".join(["\n".join([first, extra, "index 0", *path]), rest]),
        "\n\n".join(["\n".join([first, extra, index, *path[:-1]]), rest]),
        text.replace("@v1", "@v2"),
        "",
        head,
        text[: len(text) // 2],
    ]
    for one in forged:
        with pytest.raises(RefusedError):
            open_proof(one, line)
    with pytest.raises(RefusedError):
        open_proof(text, line._replace(origin="another/log"))
    assert open_proof(text, line)


def test_a_log_that_was_altered_is_not_signed(desk: Desk) -> None:
    sent = desk.deliver()
    desk.write(lambda c: c.execute(update(audit.entries).where(audit.entries.c.number == 1).values(hour=1)))
    assert desk.client.get(f"{desk.box(sent)}/proof", headers=desk.bot.headers).status_code == 503


def test_signing_a_checkpoint_is_an_entry_that_names_no_case(desk: Desk) -> None:
    sent = desk.deliver()
    proof(desk, sent)
    entries = desk.read(lambda connection: audit.timeline(connection, desk.bot.org))
    assert entries[-1].action == "checkpoint:signed"
    assert sent.submission.report not in {entry.object for entry in entries}


def test_the_command_checks_it_without_the_desk(desk: Desk, tmp_path: Path) -> None:
    note, manifest = tmp_path / "note.txt", tmp_path / "manifest.txt"
    note.write_text(proof(desk, desk.deliver()), encoding="utf-8")
    manifest.write_text(desk.client.get("/v1/intake/manifest", headers=desk.bot.headers).text, encoding="utf-8")
    pin = desk.wiring.settings.org_fingerprint.hex()

    def run(pin: str) -> subprocess.CompletedProcess[str]:
        words = ["audit", "proof", str(note), "--manifest", str(manifest), "--fingerprint", pin]
        script = f"import sys, cli; sys.exit(cli.main({words!r}))"
        env = {"AMPARO_HOME": str(tmp_path / "nowhere"), "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)

    done = run(pin)
    assert done.returncode == 0, done.stderr
    assert "a report was registered" in done.stdout
    assert run("0" * 64).returncode != 0
    note.write_text(note.read_text(encoding="utf-8").replace("index", "index "), encoding="utf-8")
    assert run(pin).returncode != 0
