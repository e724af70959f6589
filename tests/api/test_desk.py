# SPDX-License-Identifier: Apache-2.0
"""The queue and the cases through /v1: what opens, for whom, what is written about it, and what a forged row does."""

import base64
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from envelope import mailbox
from intake.submission import LARGEST
from storage.desk import audit, cases, mailboxes, reports
from tests.api.conftest import Desk, Sent, seat
from tests.api.telling import CANARY

MILD = {"days_since": 3}


def queue(desk: Desk, headers: dict[str, str], **query: str) -> list[dict]:
    answer = desk.client.get("/v1/cases", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def actions(desk: Desk, report: bytes) -> list[str]:
    return [entry.action for entry in desk.read(lambda connection: audit.timeline(connection, report))]


def stored(desk: Desk, sent: Sent) -> reports.StoredReport:
    found = desk.read(lambda connection: reports.read_report(connection, sent.submission.report))
    assert found is not None
    return found


def change(desk: Desk, sent: Sent, **values: object) -> None:
    where, keys = reports.reports.c.id == sent.submission.report, reports.sealed_keys
    if "key_sealed" in values:
        altered = update(keys).where(keys.c.report == sent.submission.report).values(record=values["key_sealed"])
    else:
        altered = update(reports.reports).where(where).values(**values)
    desk.write(lambda connection: connection.execute(altered))


def test_the_queue_shows_opened_summaries_with_points_and_reasons(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver()
    (line,) = queue(desk, maria)
    assert line["id"] == sent.id
    assert line["opened"] is True
    assert (line["priority"], line["status"], line["version"]) == ("P1", "new", 1)
    assert line["reasons"][:1] == ["detained_now"]
    assert "removal_lt72h" in line["reasons"]
    assert line["points"] >= 80
    assert CANARY in line["excerpt"]
    assert (line["place"], line["people"], line["language"], line["mode"]) == ("MX-SON, Nogales", "2", "es", "relative")


def test_listing_adopts_once_and_is_in_the_log(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver()
    assert stored(desk, sent).key_sealed is not None
    queue(desk, maria)
    after = stored(desk, sent)
    assert after.key_sealed is None
    assert after.key_wrapped is not None
    assert after.generation == 1
    queue(desk, maria)
    assert actions(desk, sent.submission.report) == ["report:received", "report:adopted"]
    team = desk.wiring.manifests._current.manifest.intakes[0].team
    assert actions(desk, team).count("queue:listed") == 2
    assert desk.read(audit.verify).fault is None


def test_within_a_class_more_points_come_first(desk: Desk, maria: dict[str, str]) -> None:
    few = desk.deliver(facts={"detained_now": True})
    many = desk.deliver(facts={"detained_now": True, "documented": True, "torture": True})
    first = desk.deliver(facts={"danger": "now"})
    last = desk.deliver(facts=MILD)
    assert [line["id"] for line in queue(desk, maria)] == [one.id for one in (first, many, few, last)]


def test_filters_and_pages_by_cursor(desk: Desk, maria: dict[str, str]) -> None:
    sent = {desk.deliver(facts=MILD).id for _ in range(60)}
    first = desk.client.get("/v1/cases", headers=maria, params={"priority": "P3"}).json()
    assert (len(first["items"]), first["next"] is not None) == (50, True)
    rest = desk.client.get("/v1/cases", headers=maria, params={"priority": "P3", "cursor": first["next"]}).json()
    assert rest["next"] is None
    assert {line["id"] for line in first["items"] + rest["items"]} == sent
    for wrong in (
        {"cursor": first["next"]},
        {"priority": "P2", "cursor": first["next"]},
        {"priority": "P3", "cursor": "B" + first["next"][1:]},
    ):
        assert desk.client.get("/v1/cases", headers=maria, params=wrong).status_code == 422
    other = seat(desk.people.jose)
    again = desk.client.get("/v1/cases", headers=other, params={"priority": "P3", "cursor": first["next"]})
    assert again.status_code == 422, "a cursor is one session's own"
    assert queue(desk, maria, assignee="me") == []
    assert len(queue(desk, maria, assignee="none")) == 50
    for wrong in ({"status": "nonsense"}, {"priority": "P9"}, {"priority": "1"}):
        assert desk.client.get("/v1/cases", headers=maria, params=wrong).status_code == 422


def test_a_case_opens_with_what_was_told(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver()
    answer = desk.client.get(f"/v1/cases/{sent.id}", headers=maria)
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    found = answer.json()
    assert CANARY in found["report"]["incidents"][0]["narrative"]
    assert found["reasons"][0] == {"rule": "detained_now", "floor": "P2", "points": 30}
    assert found["moves"] == ["open", "erasure_requested"]
    assert actions(desk, sent.submission.report) == ["report:received", "report:adopted", "case:opened"]


@pytest.mark.parametrize("case", ["0" * 32, "f" * 32, "zz", "0" * 64, "A" * 32])
@pytest.mark.parametrize(("method", "rest"), [("GET", ""), ("PATCH", ""), ("POST", "/messages"), ("GET", "/timeline"), ("GET", "/attachments/" + "0" * 32)])  # fmt: skip
def test_what_is_not_there_is_404(desk: Desk, maria: dict[str, str], method: str, rest: str, case: str) -> None:
    body = {"PATCH": {"status": "open"}, "POST": {"text": "x"}}.get(method)
    headers = {**maria, "If-Match": '"1"', "Idempotency-Key": "12345678"}
    answer = desk.client.request(method, f"/v1/cases/{case}{rest}", headers=headers, json=body)
    assert answer.status_code == 404
    assert answer.json()["title"] == "Not found"


def test_another_teams_case_looks_like_none(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver()
    where = cases.cases.c.id == sent.submission.report
    desk.write(lambda connection: connection.execute(update(cases.cases).where(where).values(team=b"x" * 16)))
    foreign = desk.client.get(f"/v1/cases/{sent.id}", headers=maria)
    missing = desk.client.get(f"/v1/cases/{'0' * 32}", headers=maria)
    assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())
    assert queue(desk, maria) == []


class TestForgedRows:
    """Whoever can write to the database shows nobody anything false, and hides nothing but the row they broke."""

    def spoil(self, desk: Desk, kind: str) -> tuple[Sent, Sent]:
        bad, good = desk.deliver(), desk.deliver()
        if kind.startswith("adopted"):
            desk.client.get("/v1/cases", headers=seat(desk.people.maria))
        row, other = stored(desk, bad), stored(desk, good)
        flip = lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])  # noqa: E731
        change(
            desk,
            bad,
            **{
                "sealed key altered": lambda: {"key_sealed": flip(row.key_sealed)},
                "sealed key of another": lambda: {"key_sealed": other.key_sealed},
                "summary altered": lambda: {"summary": flip(row.summary)},
                "summary of another": lambda: {"summary": other.summary},
                "body altered": lambda: {"body": flip(row.body)},
                "class lowered": lambda: {"priority": 4},
                "signature altered": lambda: {"signature": flip(row.signature)},
                "signer unknown": lambda: {"signer": bytes(16)},
                "mailbox swapped": lambda: {"mailbox_public": other.mailbox_public},
                "truncated": lambda: {"summary": row.summary[:40]},
                "adopted, wrap altered": lambda: {"key_wrapped": flip(row.key_wrapped)},
                "adopted, wrap of another": lambda: {"key_wrapped": other.key_wrapped},
                "adopted, another generation": lambda: {"generation": 2},
                "adopted, summary of another": lambda: {"summary": other.summary},
                "adopted, keys gone": lambda: {"key_wrapped": None},
            }[kind](),
        )
        return bad, good

    @pytest.mark.parametrize(
        "kind",
        [
            "sealed key altered", "sealed key of another", "summary altered", "summary of another", "body altered",
            "class lowered", "signature altered", "signer unknown", "mailbox swapped", "truncated",
            "adopted, wrap altered", "adopted, wrap of another", "adopted, another generation",
            "adopted, summary of another", "adopted, keys gone",
        ],
    )  # fmt: skip
    def test_the_row_is_shown_as_unopenable_audited_and_the_queue_still_renders(self, desk: Desk, kind: str) -> None:
        bad, good = self.spoil(desk, kind)
        maria = seat(desk.people.maria)
        lines = {line["id"]: line for line in queue(desk, maria)}
        assert lines[good.id]["opened"] is True
        assert lines[bad.id]["opened"] is False
        assert lines[bad.id]["excerpt"] is None
        assert "report:refused" in actions(desk, bad.submission.report)
        assert desk.read(audit.verify).fault is None

    def test_a_planted_report_is_not_believed(self, desk: Desk, maria: dict[str, str]) -> None:
        """HPKE lets anybody seal to the intake key: the bot's signature is what makes a row a report."""
        from envelope.signing import Signer

        planted = desk.bot.seal(desk.clock)
        planted.submission = desk.bot.sign(planted.submission, Signer(secrets.token_bytes(32)))
        good = desk.deliver()
        row = stored(desk, good)
        one = planted.submission
        fake = row._replace(
            id=one.report, key_sealed=one.key, body=one.body, summary=one.summary, signature=one.signature,
            mailbox_public=one.mailbox.public_key,
        )  # fmt: skip

        def plant(connection) -> None:
            reports.insert_report(connection, fake, digest=bytes(32))
            clear = cases.CaseRow(fake.id, fake.team, fake.day, 1, 1, "new", None, unread=0, notes=0, version=1)
            cases.insert_case(connection, clear)

        desk.write(plant)
        assert {line["id"]: line["opened"] for line in queue(desk, maria)} == {good.id: True, one.report.hex(): False}

    def test_a_body_that_does_not_open_leaves_the_case_readable_otherwise(
        self, desk: Desk, maria: dict[str, str]
    ) -> None:
        sent = desk.deliver()
        queue(desk, maria)
        change(desk, sent, body=stored(desk, sent).body[:-1] + b"\0")
        found = desk.client.get(f"/v1/cases/{sent.id}", headers=maria)
        assert found.status_code == 200
        assert (found.json()["opened"], found.json()["report"]) == (False, None)
        answer = desk.client.post(
            f"/v1/cases/{sent.id}/messages", headers={**maria, "Idempotency-Key": "12345678"}, json={"text": "hola"}
        )
        assert answer.status_code == 422


def test_two_openers_at_once_both_read_and_one_adopts(desk: Desk, maria: dict[str, str]) -> None:
    jose = seat(desk.people.jose)
    for _ in range(8):
        sent = desk.deliver()
        with ThreadPoolExecutor(8) as threads:
            opens = [threads.submit(desk.client.get, f"/v1/cases/{sent.id}", headers=who) for who in (maria, jose) * 4]
            found = [one.result().json() for one in opens]
        assert all(CANARY in one["report"]["incidents"][0]["narrative"] for one in found)
        assert actions(desk, sent.submission.report).count("report:adopted") == 1


class TestChanges:
    def patch(self, desk: Desk, who: dict[str, str], sent: Sent, version: str | None = '"1"', **body: object):
        headers = who if version is None else {**who, "If-Match": version}
        return desk.client.patch(f"/v1/cases/{sent.id}", headers=headers, json=body)

    def test_a_change_needs_the_version_it_was_made_for(self, desk: Desk, maria: dict[str, str]) -> None:
        sent = desk.deliver()
        assert self.patch(desk, maria, sent, None, status="open").status_code == 428
        assert self.patch(desk, maria, sent, '"nonsense"', status="open").status_code == 412
        moved = self.patch(desk, maria, sent, status="open")
        assert (moved.status_code, moved.headers["ETag"], moved.json()["status"]) == (200, '"2"', "open")
        assert self.patch(desk, maria, sent, status="triaged").status_code == 412

    def test_of_two_editors_at_once_one_wins(self, desk: Desk, maria: dict[str, str]) -> None:
        sent = desk.deliver()
        with ThreadPoolExecutor(8) as threads:
            tries = [threads.submit(self.patch, desk, maria, sent, status="open") for _ in range(8)]
            assert sorted(one.result().status_code for one in tries) == [200] + [412] * 7

    @pytest.mark.parametrize("body", [{"status": "closed"}, {"status": "draft"}, {"status": "merged"}, {"status": "x"}, {"status": 1}, {"priority": "P4"}, {"assignee": "0" * 31}])  # fmt: skip
    def test_moves_that_are_not_allowed_change_nothing(self, desk: Desk, maria: dict[str, str], body: dict) -> None:
        sent = desk.deliver()
        assert self.patch(desk, maria, sent, **body).status_code in {404, 422}
        assert queue(desk, maria)[0]["version"] == 1

    def test_assigning_and_its_detail_in_the_timeline(self, desk: Desk, maria: dict[str, str]) -> None:
        sent, jose = desk.deliver(), desk.people.jose
        assert self.patch(desk, maria, sent, assignee=jose.id).json()["assignee"] == jose.id
        assert self.patch(desk, maria, sent, '"2"', assignee="f" * 32).status_code == 422
        lines = desk.client.get(f"/v1/cases/{sent.id}/timeline", headers=maria).json()
        changed = next(line for line in lines if line["action"] == "case:changed")
        assert (changed["name"], changed["detail"]) == ("maria", {"assignee": ["", jose.id]})
        assert self.patch(desk, maria, sent, '"2"', assignee=None).json()["assignee"] is None
        entry = desk.read(lambda connection: audit.timeline(connection, sent.submission.report))[1]
        assert jose.id.encode() not in (entry.detail or b"")

    def test_a_p1_is_closed_by_a_second_person_with_a_reason(self, desk: Desk, maria: dict[str, str]) -> None:
        sent, jose = desk.deliver(facts={"danger": "now"}), seat(desk.people.jose)
        self.patch(desk, maria, sent, status="open")
        self.patch(desk, maria, sent, '"2"', assignee=desk.people.maria.id)
        assert self.patch(desk, maria, sent, '"3"', status="closed", reason="helped").status_code == 422
        assert self.patch(desk, jose, sent, '"3"', status="closed").status_code == 422
        assert self.patch(desk, jose, sent, '"3"', status="closed", reason="helped").status_code == 200
        assert queue(desk, maria) == []
        assert [line["status"] for line in queue(desk, maria, status="closed")] == ["closed"]


class TestAnswers:
    def answer(self, desk: Desk, who: dict[str, str], sent: Sent, text: str, key: str = "12345678"):
        headers = {**who, "Idempotency-Key": key}
        return desk.client.post(f"/v1/cases/{sent.id}/messages", headers=headers, json={"text": text})

    def mail(self, desk: Desk, sent: Sent) -> list[str]:
        lookup = mailbox.lookup(sent.receipt, desk.bot.org).hex()
        found = desk.client.get(f"/v1/intake/mailboxes/{lookup}/messages", headers=desk.bot.headers).json()
        salt = base64.urlsafe_b64decode(found["salt"] + "==")
        key = mailbox.mailbox_key(sent.receipt, org=desk.bot.org, salt=salt)
        return [
            mailbox.open_reply(
                key, base64.urlsafe_b64decode(one["record"] + "=="), org=desk.bot.org,
                message=bytes.fromhex(one["id"]), day=one["day"],
            ).decode()
            for one in found["messages"]
        ]  # fmt: skip

    def test_the_receipt_opens_what_the_desk_answered(self, desk: Desk, maria: dict[str, str]) -> None:
        sent = desk.deliver()
        assert self.answer(desk, maria, sent, "Estamos contigo. ¿Dónde está?").status_code == 201
        assert self.answer(desk, maria, sent, "Segunda", "87654321").status_code == 201
        assert self.mail(desk, sent) == ["Estamos contigo. ¿Dónde está?", "Segunda"]
        words = desk.client.get(f"/v1/cases/{sent.id}", headers=maria).json()["words"]
        assert [(one["kind"], one["text"]) for one in words] == [
            ("reply", "Estamos contigo. ¿Dónde está?"),
            ("reply", "Segunda"),
        ]
        assert words[0]["author"] == desk.people.maria.id

    def test_the_same_key_answers_once(self, desk: Desk, maria: dict[str, str]) -> None:
        sent = desk.deliver()
        first, again = (self.answer(desk, maria, sent, "hola") for _ in range(2))
        assert (first.status_code, again.json()) == (201, first.json())
        assert self.answer(desk, maria, sent, "otra").status_code == 422
        assert self.mail(desk, sent) == ["hola"]

    def test_an_answer_is_not_sealed_to_a_swapped_mailbox(self, desk: Desk, maria: dict[str, str]) -> None:
        """The key in the row is compared with the hash that the reporter's own bot sealed into the body."""
        sent, thief = desk.deliver(), desk.deliver()
        queue(desk, maria)
        change(desk, sent, mailbox_public=stored(desk, thief).mailbox_public)
        assert self.answer(desk, maria, sent, "secreto").status_code == 422
        assert desk.read(lambda c: mailboxes.read_messages(c, sent.submission.report, direction=mailboxes.OUT)) == []
        assert "report:refused" in actions(desk, sent.submission.report)

    @pytest.mark.parametrize("body", [{"text": ""}, {"text": "x" * 4001}, {"text": 1}, {}, {"text": "x", "to": "y"}])
    def test_what_is_no_answer_is_refused(self, desk: Desk, maria: dict[str, str], body: dict) -> None:
        sent = desk.deliver()
        headers = {**maria, "Idempotency-Key": "12345678"}
        assert desk.client.post(f"/v1/cases/{sent.id}/messages", headers=headers, json=body).status_code == 422

    def test_a_later_message_of_the_reporter_becomes_a_note(self, desk: Desk, maria: dict[str, str]) -> None:
        sent = desk.deliver()
        message, line = secrets.token_bytes(16), desk.bot.manifest.intakes[0]
        lookup = sent.submission.mailbox.lookup.hex()
        from envelope.binding import kid_public

        record = mailbox.seal_message(
            line.public, org=desk.bot.org, team=line.team, mailbox_kid=kid_public(sent.submission.mailbox.public_key),
            message=message, day=desk.clock.day, text="Ya salió".encode(),
        )  # fmt: skip
        body = {
            "id": message.hex(),
            "day": desk.clock.day,
            "record": base64.urlsafe_b64encode(record).rstrip(b"=").decode(),
        }
        headers = {**desk.bot.headers, "Idempotency-Key": message.hex()}
        posts = [
            desk.client.post(f"/v1/intake/mailboxes/{lookup}/messages", headers=headers, json=body) for _ in range(2)
        ]
        assert [one.status_code for one in posts] == [201, 200]
        assert queue(desk, maria)[0]["unread"] == 1
        for _ in range(2):
            words = desk.client.get(f"/v1/cases/{sent.id}", headers=maria).json()["words"]
            assert [(one["kind"], one["author"], one["text"]) for one in words] == [("message", None, "Ya salió")]
        assert queue(desk, maria)[0]["unread"] == 0


class TestAttachments:
    CONTENT = bytes(range(256)) * 4000 + CANARY.encode()

    def test_an_attachment_comes_back_byte_for_byte_and_as_a_download_only(
        self, desk: Desk, maria: dict[str, str]
    ) -> None:
        sent = desk.deliver(files=[self.CONTENT, b"second"], file_name='../"x\r\n\u202egpj.exe')
        first, _ = sent.streams
        answer = desk.client.get(f"/v1/cases/{sent.id}/attachments/{first.hex()}", headers=maria)
        assert answer.content == self.CONTENT
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith("attachment;")
        assert disposition.isascii()
        assert "/" not in disposition
        assert actions(desk, sent.submission.report)[-1] == "attachment:original_opened"

    @pytest.mark.parametrize("spoilt", ["altered", "cut", "gone"])
    def test_one_that_is_not_what_was_sealed_is_not_given_out_at_all(
        self, desk: Desk, maria: dict[str, str], spoilt: str
    ) -> None:
        sent = desk.deliver(files=[self.CONTENT])
        (name,) = sent.streams
        (path,) = desk.home.glob(f"blobs/*/{name.hex()}")
        raw = path.read_bytes()
        if spoilt == "gone":
            path.unlink()
        else:
            path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]) if spoilt == "altered" else raw[: 56 + 24 + 16_400])
        answer = desk.client.get(f"/v1/cases/{sent.id}/attachments/{name.hex()}", headers=maria)
        assert answer.status_code == 422
        assert CANARY.encode() not in answer.content
        assert "report:refused" in actions(desk, sent.submission.report)

    def test_one_of_another_case_is_not_there(self, desk: Desk, maria: dict[str, str]) -> None:
        sent, other = desk.deliver(files=[b"x"]), desk.deliver()
        (name,) = sent.streams
        assert desk.client.get(f"/v1/cases/{other.id}/attachments/{name.hex()}", headers=maria).status_code == 404


class TestScrubbed:
    """Of a picture the desk gives the scrubbed copy; the original has to be asked for, and that is written down."""

    FILES = (b"the original", b"the copy", b"a voice note")

    def get(self, desk: Desk, headers: dict[str, str], number: int, variant: str = ""):
        sent = desk.deliver(files=list(self.FILES), copies={1: 0})
        name = list(sent.streams)[number].hex()
        query = f"?variant={variant}" if variant else ""
        answer = desk.client.get(f"/v1/cases/{sent.id}/attachments/{name}{query}", headers=headers)
        return answer, actions(desk, sent.submission.report)[-1], sent

    @pytest.mark.parametrize(
        ("number", "variant", "given", "told"),
        [
            (0, "", 1, "attachment:opened"),
            (0, "scrubbed", 1, "attachment:opened"),
            (0, "original", 0, "attachment:original_opened"),
            (1, "", 1, "attachment:opened"),
            (1, "original", 0, "attachment:original_opened"),
            (2, "", 2, "attachment:original_opened"),
            (2, "original", 2, "attachment:original_opened"),
        ],
    )
    def test_what_is_given_and_what_is_written_down(
        self, desk: Desk, maria: dict[str, str], number: int, variant: str, given: int, told: str
    ) -> None:
        answer, action, sent = self.get(desk, maria, number, variant)
        assert (answer.status_code, answer.content, action) == (200, self.FILES[given], told)
        name = "foto.jpg" if given != 1 else f"{list(sent.streams)[1].hex()}.jpg"
        assert answer.headers["content-disposition"].endswith(f"''{name}")

    def test_a_copy_that_was_never_made_is_refused_and_nothing_given(self, desk: Desk, maria: dict[str, str]) -> None:
        answer, action, _ = self.get(desk, maria, 2, "scrubbed")
        assert answer.status_code == 422
        assert "variant=original" in answer.json()["detail"]
        assert not action.startswith("attachment:")

    def test_there_are_two_variants(self, desk: Desk, maria: dict[str, str]) -> None:
        answer, action, _ = self.get(desk, maria, 0, "blurred")
        assert answer.status_code == 422
        assert not action.startswith("attachment:")

    def test_the_queue_counts_what_was_sent(self, desk: Desk, maria: dict[str, str]) -> None:
        desk.deliver(files=list(self.FILES), copies={1: 0})
        assert [line["attachments"] for line in queue(desk, maria)] == [2]


def test_what_was_told_lies_nowhere_in_clear(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver(files=[CANARY.encode() * 100], file_name=f"{CANARY}.jpg")
    (name,) = sent.streams
    desk.client.get("/v1/cases", headers=maria)
    desk.client.get(f"/v1/cases/{sent.id}", headers=maria)
    desk.client.get(f"/v1/cases/{sent.id}/attachments/{name.hex()}", headers=maria)
    headers = {**maria, "Idempotency-Key": "12345678"}
    desk.client.post(f"/v1/cases/{sent.id}/messages", headers=headers, json={"text": f"respuesta {CANARY}"})
    for path in desk.home.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            for form in (CANARY.encode(), CANARY.encode("utf-16-le"), base64.b64encode(CANARY.encode())[:-4]):
                assert form not in raw, path.name


def test_the_largest_body_fits_the_door() -> None:
    """128 KiB of frame and 60 attachments, in base64, stay under what the route takes."""
    assert LARGEST > (131_072 + 24 + 56 + 16 * 9 + 1076 + 1224 + 1216) * 4 // 3 + 60 * 320
