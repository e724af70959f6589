# SPDX-License-Identifier: Apache-2.0
"""Logging in: what a session opens, when it ends, and what guessing costs the one who guesses."""

import asyncio
from pathlib import Path

import pytest

from api import auth
from api.daysecrets import DaySecrets
from envelope import login
from storage.desk import audit, sessions
from tests.api.conftest import Desk, Person

CASES = "/v1/cases"


def attempt(desk: Desk, name: str, passphrase: str):
    return desk.client.post("/v1/sessions", json={"name": name, "passphrase": passphrase})


def test_a_session_opens_the_queue_until_it_is_ended(desk: Desk, maria: dict[str, str]) -> None:
    assert desk.client.get("/v1/me", headers=maria).json() == {
        "id": desk.people.maria.id,
        "name": "maria",
        "role": "coordinator",
    }
    assert desk.client.get(CASES, headers=maria).status_code == 200
    assert desk.client.delete("/v1/sessions/current", headers=maria).status_code == 204
    assert desk.client.get(CASES, headers=maria).status_code == 401
    assert desk.client.delete("/v1/sessions/current", headers=maria).status_code == 401


def test_the_passphrase_is_taken_as_a_phone_spells_it(desk: Desk) -> None:
    assert attempt(desk, "maria", "  " + desk.people.maria.passphrase.upper().replace(" ", "  ")).status_code == 201


def test_a_wrong_passphrase_and_an_unknown_name_are_answered_alike(desk: Desk) -> None:
    wrong = attempt(desk, "maria", desk.people.jose.passphrase)
    unknown = attempt(desk, "nobody", desk.people.jose.passphrase)
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json()) == (401, wrong.json())


def test_an_unknown_name_costs_the_same_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    salts: list[bytes] = []
    real = login.derive

    def counted(passphrase: str, **more: bytes) -> login.LoginKeys:
        salts.append(more["salt"])
        return real(passphrase, **more)

    monkeypatch.setattr(login, "derive", counted)
    for name in ("maria", "nobody", "nobody", "nobody else"):
        attempt(desk, name, "wrong")
    assert len(salts) == 4
    assert salts[1] == salts[2] != salts[3], "a name that does not exist keeps its salt, as a real one would"


@pytest.mark.parametrize("body", [{}, {"name": "maria"}, {"name": 1, "passphrase": "x"}, {"name": "m", "passphrase": "x", "role": "coordinator"}, {"name": "x" * 65, "passphrase": "x"}])  # fmt: skip
def test_what_is_no_login_is_refused_before_any_work(desk: Desk, body: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "derive", lambda *_a, **_k: pytest.fail("worked for nothing"))
    assert desk.client.post("/v1/sessions", json=body).status_code == 422


def test_guessing_is_slowed_and_the_right_passphrase_still_gets_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.clock.now = (desk.clock.now // 300 + 2) * 300  # a fresh five minutes
    waits: list[float] = []

    async def noted(seconds: float) -> None:
        waits.append(seconds)

    real = login.derive
    wrong = login.LoginKeys(bytes(32), bytes(32))
    right = desk.people.maria.passphrase
    monkeypatch.setattr(
        login, "derive", lambda passphrase, **more: real(passphrase, **more) if passphrase == right else wrong
    )
    monkeypatch.setattr(asyncio, "sleep", noted)
    for _ in range(18):
        assert attempt(desk, "maria", "guess").status_code == 401
    assert waits == sorted(waits)
    assert len(waits) == 8, "ten attempts in five minutes are not slowed"
    assert waits[-1] == 8.0
    assert attempt(desk, "maria", right).status_code == 201
    desk.clock.now += 301
    waits.clear()
    assert attempt(desk, "maria", "guess").status_code == 401
    assert waits == []


def test_refusals_are_in_the_log_until_there_are_too_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.clock.now = (desk.clock.now // 300 + 2) * 300  # a fresh five minutes

    async def now(_seconds: float) -> None:
        return None

    monkeypatch.setattr(asyncio, "sleep", now)
    monkeypatch.setattr(login, "derive", lambda *_a, **_k: login.LoginKeys(bytes(32), bytes(32)))
    for _ in range(15):
        attempt(desk, "maria", "guess")
    entries = desk.read(lambda connection: audit.timeline(connection, bytes.fromhex(desk.people.maria.id)))
    assert [entry.action for entry in entries].count("session:refused") == 10


def test_the_loop_serves_others_while_a_passphrase_is_worked_on(desk: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    attempt(desk, "maria", desk.people.maria.passphrase)
    with ThreadPoolExecutor(5) as threads:
        logins = [threads.submit(attempt, desk, "jose", desk.people.jose.passphrase) for _ in range(4)]
        served = 0
        while not all(one.done() for one in logins):
            assert desk.client.get("/healthz").status_code == 200
            served += 1
        assert all(one.result().status_code == 201 for one in logins)
    assert served > 4 * len(logins), "a loop that waits for each derivation serves about one request for each"


class TestEnd:
    @pytest.mark.parametrize(("wait", "status"), [(29 * 60, 200), (32 * 60, 401)])
    def test_an_idle_session_ends(self, desk: Desk, maria: dict[str, str], wait: int, status: int) -> None:
        desk.clock.now += wait
        assert desk.client.get(CASES, headers=maria).status_code == status

    def test_a_busy_session_lives_twelve_hours(self, desk: Desk, maria: dict[str, str]) -> None:
        began = desk.clock.now
        while desk.clock.now + 1500 < began + auth.LIFE:
            desk.clock.now += 1500
            assert desk.client.get(CASES, headers=maria).status_code == 200
        desk.clock.now = began + auth.LIFE + 1
        assert desk.client.get(CASES, headers=maria).status_code == 401

    def test_a_longer_life_written_into_the_row_opens_nothing(self, desk: Desk, maria: dict[str, str]) -> None:
        from sqlalchemy import update

        desk.write(lambda c: c.execute(update(sessions.sessions).values(expires=sessions.sessions.c.expires + 1)))
        assert desk.client.get(CASES, headers=maria).status_code == 423

    def test_without_the_days_secret_a_live_session_is_locked(self, desk: Desk, maria: dict[str, str]) -> None:
        """Whoever has the database and every file but that one reads nothing."""
        sent = desk.deliver()
        for path in (desk.home / "day").glob("*"):
            path.unlink()
        for method, path in (("GET", CASES), ("GET", f"{CASES}/{sent.id}"), ("GET", f"{CASES}/{sent.id}/timeline")):
            assert desk.client.request(method, path, headers=maria).status_code == 423
        assert desk.client.get("/v1/me", headers=maria).status_code == 200
        assert desk.client.get(CASES, headers=desk.log_in(desk.people.maria)).status_code == 200

    def test_nobody_admitted_nina_so_she_is_locked_out_of_every_case(self, desk: Desk) -> None:
        sent, nina = desk.deliver(), desk.log_in(desk.people.nina)
        headers = {**nina, "If-Match": '"1"', "Idempotency-Key": "12345678"}
        calls = [
            ("GET", CASES, None), ("GET", f"{CASES}/{sent.id}", None), ("PATCH", f"{CASES}/{sent.id}", {"status": "open"}),
            ("POST", f"{CASES}/{sent.id}/messages", {"text": "x"}), ("GET", f"{CASES}/{sent.id}/timeline", None),
            ("GET", f"{CASES}/{sent.id}/attachments/{'0' * 32}", None),
        ]  # fmt: skip
        assert {desk.client.request(m, p, headers=headers, json=b).status_code for m, p, b in calls} == {423}

    def test_revoking_ends_sessions_and_logins(self, desk: Desk) -> None:
        from api import membership

        jose = desk.log_in(desk.people.jose)
        assert desk.client.portal is not None
        desk.client.portal.call(membership.revoke, desk.wiring, "jose")
        assert desk.client.get(CASES, headers=jose).status_code == 401
        assert attempt(desk, "jose", desk.people.jose.passphrase).status_code == 401

    @pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 43, "A" * 42 + "=", "eyJhbGciOiJub25lIn0.e30."])
    def test_a_token_that_is_none_of_ours_is_401(self, desk: Desk, token: str) -> None:
        answer = desk.client.get(CASES, headers={"Authorization": b"Bearer " + token.encode()})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_cookie_is_no_token_for_v1(self, desk: Desk, maria: dict[str, str]) -> None:
        desk.client.cookies.set("__Host-amparo", maria["Authorization"].removeprefix("Bearer "))
        assert desk.client.get(CASES).status_code == 401


class TestForgedMembers:
    """A row makes nobody a member: the coordinator's signature does."""

    def test_a_team_key_sealed_by_a_database_writer_is_refused(self, desk: Desk) -> None:
        from sqlalchemy import update

        from envelope.wrap import TeamKey, seal_team_key
        from storage.desk import caseworkers, keyring

        jose = bytes.fromhex(desk.people.jose.id)
        row = desk.read(lambda c: caseworkers.read_caseworker(c, jose))
        (member,) = desk.read(lambda c: keyring.memberships(c, jose))
        assert row is not None
        own = TeamKey(b"k" * 32, 1)
        record = seal_team_key(row.public, own, org=desk.bot.org, team=member.team, user=jose)
        where = keyring.members.c.user == jose
        desk.write(lambda c: c.execute(update(keyring.members).where(where).values(record=record, team_kid=own.kid)))
        self.expect_refused(desk, desk.people.jose)
        desk.write(lambda c: c.execute(update(keyring.members).where(where).values(team_kid=member.team_kid)))
        self.expect_refused(desk, desk.people.jose)

    def test_a_membership_moved_to_another_account_is_refused(self, desk: Desk) -> None:
        from sqlalchemy import update

        from storage.desk import keyring

        jose, nina = (bytes.fromhex(one.id) for one in (desk.people.jose, desk.people.nina))
        desk.write(lambda c: c.execute(update(keyring.members).where(keyring.members.c.user == jose).values(user=nina)))
        self.expect_refused(desk, desk.people.nina)

    def expect_refused(self, desk: Desk, person: Person) -> None:
        assert desk.client.get(CASES, headers=desk.log_in(person)).status_code == 423
        team = desk.bot.manifest.intakes[0].team
        entries = desk.read(lambda c: audit.timeline(c, team))
        assert entries[-1].action == "member:refused"


class TestAdmission:
    def test_a_coordinator_admits_with_the_passphrase_once_more(self, desk: Desk, maria: dict[str, str]) -> None:
        made = desk.client.post("/v1/caseworkers", headers=maria, json={"name": "luz", "role": "caseworker"}).json()
        luz = Person("luz", made["passphrase"], made["caseworker"]["id"])
        path = f"/v1/caseworkers/{luz.id}/admit"
        sent = desk.deliver()
        assert desk.client.post(path, headers=maria, json={"passphrase": "wrong"}).status_code == 401
        assert desk.client.get(CASES, headers=desk.log_in(luz)).status_code == 423
        admitted = [
            desk.client.post(path, headers=maria, json={"passphrase": desk.people.maria.passphrase}) for _ in range(2)
        ]
        assert [one.json() for one in admitted] == [{"teams": 1}, {"teams": 0}]
        assert desk.client.get(CASES, headers=desk.log_in(luz)).json()["items"][0]["id"] == sent.id

    def test_only_coordinators_do_that(self, desk: Desk) -> None:
        jose = desk.log_in(desk.people.jose)
        body = {"passphrase": desk.people.jose.passphrase}
        path = f"/v1/caseworkers/{desk.people.nina.id}/admit"
        assert desk.client.post(path, headers=jose, json=body).status_code == 403
        assert desk.client.get("/v1/caseworkers", headers=jose).status_code == 403
        assert (
            desk.client.post("/v1/caseworkers", headers=jose, json={"name": "x", "role": "caseworker"}).status_code
            == 403
        )

    def test_a_role_in_a_row_makes_no_coordinator(self, desk: Desk) -> None:
        """The manifest names the coordinators; a database writer cannot."""
        from sqlalchemy import update

        from storage.desk import caseworkers

        where = caseworkers.caseworkers.c.name == "jose"
        desk.write(lambda c: c.execute(update(caseworkers.caseworkers).where(where).values(role="coordinator")))
        jose = desk.log_in(desk.people.jose)
        path = f"/v1/caseworkers/{desk.people.nina.id}/admit"
        answer = desk.client.post(path, headers=jose, json={"passphrase": desk.people.jose.passphrase})
        assert answer.status_code == 403

    def test_names_and_roles_are_checked(self, desk: Desk, maria: dict[str, str]) -> None:
        for body in (
            {"name": "jose", "role": "caseworker"},
            {"name": "ana", "role": "king"},
            {"name": 'a"b', "role": "caseworker"},
        ):
            assert desk.client.post("/v1/caseworkers", headers=maria, json=body).status_code == 409

    @pytest.mark.parametrize("role", ["analyst", "auditor", "administrator"])
    def test_other_roles_read_no_case(self, desk: Desk, maria: dict[str, str], role: str) -> None:
        made = desk.client.post("/v1/caseworkers", headers=maria, json={"name": "ana", "role": role}).json()
        ana = Person("ana", made["passphrase"], made["caseworker"]["id"])
        assert desk.client.get(CASES, headers=desk.log_in(ana)).status_code == 403


class TestDaySecrets:
    def test_two_are_kept(self, tmp_path: Path) -> None:
        days = DaySecrets(tmp_path / "day")
        made = [days.today(day) for day in (1, 2, 3, 3)]
        assert len(set(made)) == 3
        assert [days.of(day) for day in (1, 2, 3)] == [None, made[1], made[2]]

    def test_replicas_share_one(self, tmp_path: Path) -> None:
        assert DaySecrets(tmp_path).today(7) == DaySecrets(tmp_path).today(7)

    def test_files_are_their_owners_alone(self, tmp_path: Path) -> None:
        DaySecrets(tmp_path / "day").today(7)
        assert [path.stat().st_mode & 0o077 for path in (tmp_path / "day", *(tmp_path / "day").iterdir())] == [0, 0]
