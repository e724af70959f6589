# SPDX-License-Identifier: Apache-2.0
"""Erased by its reporter: no key in the store opens it, nothing breaks around it, and the others open as before."""

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from api import sweeping
from api.auth import find_seat
from api.vault import Vault
from envelope import unseal
from envelope.errors import EnvelopeError
from intake.mail import Words
from storage.desk import audit, cases, keyring, reports
from storage.desk.tables import metadata
from storage.errors import UnavailableError
from tests.api.conftest import Desk, Sent, found, running, seat
from tests.postgres import fresh_database, running_server

MANY = b"sealed object" * 500


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The desk on each engine."""
    if request.param == "sqlite":
        yield request.getfixturevalue("desk")
        return
    home = tmp_path / "founded"
    home.mkdir()
    with fresh_database(request.getfixturevalue("server")) as url:
        founded = asyncio.run(found(home, url))
        with running(home, founded, desk_database_url=url) as desk:
            yield desk


def erase(desk: Desk, sent: Sent) -> int:
    return desk.client.delete(desk.box(sent), headers=desk.bot.headers).status_code


def every_value(desk: Desk) -> set[bytes]:
    """Every string of bytes in every table."""

    def query(connection):
        return {
            value
            for table in metadata.tables.values()
            for row in connection.execute(select(table))
            for value in row
            if isinstance(value, bytes)
        }

    return desk.read(query)


class Thief:
    """Somebody who kept a report's sealed parts, and holds every key that the team has and all that is in the store."""

    def __init__(self, desk: Desk, sent: Sent) -> None:
        self._desk = desk
        self._report = sent.submission.report
        kept = desk.read(lambda connection: reports.read_report(connection, self._report))
        assert kept is not None
        self._kept = kept
        assert desk.client.portal is not None
        logged_in = desk.client.portal.call(find_seat, desk.wiring, desk.people.maria.token)
        unlocked = Vault(desk.wiring).unlock(logged_in)
        self._team = unlocked.newest(kept.team)
        kid = desk.bot.manifest.intakes[0].kid
        wrapped = desk.read(lambda connection: keyring.read_intake_keys(connection, kept.team, [kid]))[kid]
        org = desk.bot.org
        seed = self._team.unwrap_intake_seed(wrapped.record, org=org, team=kept.team, intake_kid=kid)
        self._intake = unseal.IntakeKey(seed)
        self._raw = {seed, self._team.key}

    def opens(self) -> bool:
        """Whether anything in the store gives a key that opens the report's body."""
        org, team = self._desk.bot.org, self._kept.team
        keys: set[bytes] = set()
        for value in every_value(self._desk) | self._raw:
            keys |= {value[at : at + 64] for at in range(0, min(len(value), 512) - 63, 4)}
            for attempt in (
                lambda value=value: self._team.unwrap_report_key(value, org=org, team=team, report=self._report),
                lambda value=value: unseal.open_report_key(
                    self._intake, value, org=org, team=team, report=self._report
                ),
            ):
                try:
                    keys.add(attempt())
                except EnvelopeError:
                    continue
        for key in keys:
            try:
                unseal.open_body(key, self._kept.body, org=org, report=self._report, schema=1)
            except EnvelopeError:
                continue
            return True
        return False


@pytest.mark.parametrize("adopted", [True, False], ids=["adopted", "never opened"])
def test_no_key_that_is_left_opens_it_and_the_others_open(either: Desk, adopted: bool) -> None:
    desk, maria = either, seat(either.people.maria)
    gone, kept = desk.deliver(files=[MANY]), desk.deliver(files=[b"stays"])
    if adopted:
        desk.mail(gone, Words("más"))
        assert desk.client.get(f"/v1/cases/{gone.id}", headers=maria).status_code == 200
        assert desk.answer(maria, gone, "respuesta").status_code == 201
    thief, control = Thief(desk, gone), Thief(desk, kept)
    assert thief.opens(), "before, the same search opens it"
    assert erase(desk, gone) == 202
    assert not thief.opens()
    assert control.opens()
    assert desk.client.get(f"/v1/cases/{kept.id}", headers=maria).json()["opened"] is True
    (name,) = kept.streams
    assert desk.client.get(f"/v1/cases/{kept.id}/attachments/{name.hex()}", headers=maria).content == b"stays"
    (name,) = gone.streams
    assert not (desk.home / "blobs" / name.hex()[:2] / name.hex()).exists()
    left = {  # of the report nothing is left but the tombstone and the log
        table.name for table in metadata.tables.values() if gone.submission.report in _values(desk, table)
    }
    assert left == {"cases", "audit"}
    assert desk.read(audit.verify).fault is None


def _values(desk: Desk, table) -> set:
    return desk.read(lambda connection: {value for row in connection.execute(select(table)) for value in row})


def test_queue_case_and_search_show_a_tombstone_and_the_mailbox_is_unknown(either: Desk) -> None:
    desk, maria = either, seat(either.people.maria)
    gone, kept = desk.deliver(), desk.deliver()
    desk.client.get(f"/v1/cases/{gone.id}", headers=maria)
    assert erase(desk, gone) == 202
    items = desk.client.get("/v1/cases", headers=maria).json()["items"]
    assert [one["id"] for one in items] == [kept.id]
    items = desk.client.get("/v1/cases", headers=maria, params={"status": "erased"}).json()["items"]
    assert [(one["id"], one["opened"], one["unread"]) for one in items] == [(gone.id, False, 0)]
    found = desk.client.get(f"/v1/cases/{gone.id}", headers=maria).json()
    assert (found["status"], found["report"], found["words"], found["moves"]) == ("erased", None, [], [])
    assert found["due_hour"] == gone.submission.day * 24, "the hour of arrival went too"
    assert desk.client.get(f"{desk.box(gone)}/messages", headers=desk.bot.headers).status_code == 404
    assert desk.mail(gone, Words("¿hola?")).status_code == 404
    assert erase(desk, gone) == 404
    assert desk.answer(maria, gone, "tarde").status_code == 404
    headers = {**maria, "If-Match": f'"{found["version"]}"'}
    assert desk.client.patch(f"/v1/cases/{gone.id}", headers=headers, json={"assignee": "0" * 32}).status_code == 422
    entries = [entry.action for entry in desk.read(lambda c: audit.timeline(c, gone.submission.report))]
    assert entries.count("case:erased") == 1
    assert "report:refused" not in entries
    desk.client.cookies.set("__Host-amparo", desk.people.maria.token, domain="testserver.local")
    for path in (f"/cases/{gone.id}?lang=en", "/queue?status=erased"):
        page = desk.client.get(path)
        assert page.status_code == 200
        assert "Erased" in page.text
    assert "had it erased" in desk.client.get(f"/cases/{gone.id}?lang=en").text


def test_on_sqlite_the_sealed_bytes_leave_the_file_and_its_journal(desk: Desk) -> None:
    gone = desk.deliver()
    secret = gone.submission.body[100:164]
    files = [desk.home / "desk.sqlite", desk.home / "desk.sqlite-wal"]
    assert any(secret in path.read_bytes() for path in files)
    assert erase(desk, gone) == 202
    for _ in range(100):
        if not any(secret in path.read_bytes() for path in files if path.exists()):
            return
        desk.client.portal.call(asyncio.sleep, 0.05)
    raise AssertionError("the erased body still lies in the file or its journal")


def test_a_case_under_a_hold_is_not_erased_and_notes_that_it_was_asked_for(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver()
    held = update(cases.cases).where(cases.cases.c.id == sent.submission.report).values(hold=True)
    desk.write(lambda connection: connection.execute(held))
    assert [erase(desk, sent) for _ in range(2)] == [423, 423]
    found = desk.client.get(f"/v1/cases/{sent.id}", headers=maria).json()
    assert (found["status"], found["opened"]) == ("erasure_requested", True)
    entries = [entry.action for entry in desk.read(lambda c: audit.timeline(c, sent.submission.report))]
    assert entries.count("case:erasure_requested") == 1
    assert "case:erased" not in entries


def test_a_submission_that_comes_again_after_the_erasing_stays_erased(desk: Desk) -> None:
    """The bot's first try was stored, its answer lost; the person erased; the bot tries again."""
    sent = desk.deliver()
    assert erase(desk, sent) == 202
    assert desk.post(sent).status_code == 200
    assert desk.read(lambda connection: reports.read_report(connection, sent.submission.report)) is None
    assert erase(desk, sent) == 404


def test_objects_that_could_not_be_deleted_are_found_by_the_sweep(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = desk.deliver(files=[MANY])
    (name,) = sent.streams
    path = desk.home / "blobs" / name.hex()[:2] / name.hex()

    async def down(_key: str) -> bool:
        raise UnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(desk.wiring.blobs, "delete", down)
        assert erase(desk, sent) == 202
    assert path.exists()
    desk.client.portal.call(sweeping.sweep, desk.wiring)
    assert not path.exists()


def test_an_unknown_mailbox_is_404(desk: Desk) -> None:
    path = f"/v1/intake/mailboxes/{secrets.token_hex(16)}"
    assert desk.client.delete(path, headers=desk.bot.headers).status_code == 404
