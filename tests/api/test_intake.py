# SPDX-License-Identifier: Apache-2.0
"""The door that takes reports in: what it stores, what it refuses, and that a refusal stores nothing."""

import asyncio
import base64
import hashlib
import json
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from api.sweeping import sweep
from envelope.signing import Signer, open_manifest
from intake.submission import Submission
from storage.desk import attachments, audit, cases, mailboxes, reports
from tests.api.conftest import Desk


def counts(desk: Desk) -> tuple[int, ...]:
    tables = (reports.reports, cases.cases, mailboxes.mailboxes)
    return desk.read(
        lambda connection: tuple(connection.scalar(select(func.count()).select_from(one)) for one in tables)
    )


def test_the_manifest_is_the_organisations_and_is_not_sent_twice(desk: Desk) -> None:
    answer = desk.client.get("/v1/intake/manifest", headers=desk.bot.headers)
    assert answer.status_code == 200
    manifest = open_manifest(answer.text, fingerprint=desk.wiring.settings.org_fingerprint)
    assert manifest.submitters == {"bot": desk.bot.signer.public}
    again = desk.client.get(
        "/v1/intake/manifest", headers={**desk.bot.headers, "If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_report_becomes_report_case_mailbox_and_audit_entry_at_once(desk: Desk) -> None:
    before = desk.read(audit.verify).size
    sent = desk.bot.seal(desk.clock)
    answer = desk.post(sent)
    assert (answer.status_code, answer.json()) == (201, {"report": sent.id, "state": "delivered"})
    assert counts(desk) == (1, 1, 1)
    entries = desk.read(lambda connection: audit.timeline(connection, sent.submission.report))
    assert [entry.action for entry in entries] == ["report:received"]
    assert entries[0].hour % 24 == 0, "only the day of arrival is kept"
    verdict = desk.read(audit.verify)
    assert (verdict.size, verdict.fault) == (before + 1, None)


def test_the_same_bytes_are_welcome_again_and_others_are_not(desk: Desk) -> None:
    sent = desk.bot.seal(desk.clock)
    assert [desk.post(sent).status_code for _ in range(3)] == [201, 200, 200]
    other = desk.bot.sign(sent.submission.model_copy(update={"priority": 5 - sent.submission.priority}))
    assert desk.post(other).status_code == 409
    assert counts(desk) == (1, 1, 1)


def test_a_replay_after_adoption_is_still_the_same_report(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver()
    desk.client.get("/v1/cases", headers=maria)
    assert desk.post(sent).status_code == 200


def test_a_replay_after_days_is_still_the_same_report(desk: Desk) -> None:
    """The answer may have been lost when the connection broke, and the bot's disk may have been away for a week."""
    sent = desk.deliver()
    desk.clock.now += 7 * 86_400
    assert desk.post(sent).status_code == 200
    assert desk.post(desk.bot.sign(sent.submission.model_copy(update={"priority": 4}))).status_code == 422


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer " + "0" * 64}, {"Authorization": "Basic eDp5"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/intake/manifest"),
        ("POST", "/v1/intake/submissions"),
        ("PUT", "/v1/intake/attachments/" + "0" * 32),
        ("GET", f"/v1/intake/mailboxes/{'0' * 32}/messages"),
        ("POST", f"/v1/intake/mailboxes/{'0' * 32}/messages"),
        ("DELETE", f"/v1/intake/mailboxes/{'0' * 32}"),
    ],
)
def test_without_the_bots_token_nothing_is_taken_or_given(
    desk: Desk, method: str, path: str, header: dict[str, str]
) -> None:
    answer = desk.client.request(method, path, headers=header)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_caseworkers_token_is_no_bots_token_and_the_other_way_round(desk: Desk, maria: dict[str, str]) -> None:
    assert desk.client.get("/v1/intake/manifest", headers=maria).status_code == 401
    assert desk.client.get("/v1/cases", headers=desk.bot.headers).status_code == 401


def _flipped(raw: bytes, at: int = -1) -> bytes:
    data = bytearray(raw)
    data[at] ^= 1
    return bytes(data)


def _altered(desk: Desk, kind: str) -> Submission:
    one = desk.bot.seal(desk.clock).submission
    other = desk.bot.seal(desk.clock).submission
    resigned = {
        "day before": {"day": desk.clock.day - 3},
        "day after": {"day": desk.clock.day + 3},
        "another organisation": {"org": bytes(16)},
        "another team": {"team": bytes(16)},
        "swapped key": {"key": _flipped(one.key, 8)},
        "key of another type": {"key": one.key[:5] + b"\x02" + one.key[6:]},
        "body of another report": {"body": other.body},
        "summary of another report": {"summary": other.summary},
        "body of no bucket": {"body": one.body + b"\0"},
        "summary of no bucket": {"summary": one.summary[:-1]},
        "unknown suite": {"summary": one.summary[:4] + b"\x80" + one.summary[5:]},
        "unknown submitter": {"submitter": "stranger"},
    }
    unsigned = {
        "body altered": {"body": _flipped(one.body)},
        "summary altered": {"summary": _flipped(one.summary)},
        "priority altered": {"priority": 5 - one.priority},
        "mailbox swapped": {"mailbox": other.mailbox},
        "signature altered": {"signature": _flipped(one.signature)},
        "signature of another": {"signature": other.signature},
    }
    if kind in resigned:
        return desk.bot.sign(one.model_copy(update=resigned[kind]))
    if kind == "signed by a stranger":
        return desk.bot.sign(one, Signer(secrets.token_bytes(32)))
    return one.model_copy(update=unsigned[kind])


@pytest.mark.parametrize(
    "kind",
    [
        "day before", "day after", "another organisation", "another team", "swapped key", "key of another type",
        "body of another report", "summary of another report", "body of no bucket", "summary of no bucket",
        "unknown suite", "unknown submitter", "body altered", "summary altered", "priority altered",
        "mailbox swapped", "signature altered", "signature of another", "signed by a stranger",
    ],
)  # fmt: skip
def test_what_is_not_as_signed_is_refused_and_leaves_nothing(desk: Desk, kind: str) -> None:
    answer = desk.post(_altered(desk, kind))
    assert answer.status_code == 422, answer.text
    assert counts(desk) == (0, 0, 0)


@pytest.mark.parametrize("days", [-2, -1, 1, 2])
def test_a_clock_that_is_two_days_off_turns_nobody_away(desk: Desk, days: int) -> None:
    one = desk.bot.seal(desk.clock).submission
    assert desk.post(desk.bot.sign(one.model_copy(update={"day": desk.clock.day + days}))).status_code == 201


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"version":1}', b'{"version":1,"version":1}', b"[" * 100_000,
        b'{"version":' + b"9" * 5_000 + b"}", b'{"a":NaN}', b'{"report":"\\ud800"}', b'{"report":"\\u0000"}',
    ],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_submission_is_refused_quickly(desk: Desk, raw: bytes) -> None:
    headers = {**desk.bot.headers, "Content-Type": "application/json", "Idempotency-Key": "0" * 32}
    answer = desk.client.post("/v1/intake/submissions", content=raw, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_extra_and_missing_fields_are_refused(desk: Desk) -> None:
    fields = json.loads(desk.bot.seal(desk.clock).submission.to_bytes())
    headers = {**desk.bot.headers, "Content-Type": "application/json", "Idempotency-Key": fields["report"]}
    for changed in (
        {**fields, "is_admin": True},
        {k: v for k, v in fields.items() if k != "day"},
        {**fields, "day": "1"},
    ):
        answer = desk.client.post("/v1/intake/submissions", content=json.dumps(changed), headers=headers)
        assert answer.status_code == 422
    assert counts(desk) == (0, 0, 0)


def test_the_idempotency_key_is_the_reports_id(desk: Desk) -> None:
    sent = desk.bot.seal(desk.clock)
    assert desk.post(sent, **{"Idempotency-Key": "0" * 32}).status_code == 422
    headers = {**desk.bot.headers, "Content-Type": "application/json"}
    assert (
        desk.client.post("/v1/intake/submissions", content=sent.submission.to_bytes(), headers=headers).status_code
        == 422
    )


def test_too_large_is_413_as_a_problem_and_with_the_guards_headers(desk: Desk) -> None:
    headers = {**desk.bot.headers, "Content-Type": "application/json", "Idempotency-Key": "0" * 32}
    for content in (b" " * 500_000, iter([b" " * 100_000] * 5)):
        answer = desk.client.post("/v1/intake/submissions", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.json()["status"] == 413


def test_32_at_once_are_all_stored(desk: Desk) -> None:
    sent = [desk.bot.seal(desk.clock) for _ in range(32)]
    with ThreadPoolExecutor(32) as threads:
        statuses = list(threads.map(lambda one: desk.post(one).status_code, sent))
    assert statuses == [201] * 32
    assert counts(desk) == (32, 32, 32)
    assert desk.read(audit.verify).fault is None


def test_one_report_sent_16_times_at_once_is_stored_once(desk: Desk) -> None:
    sent = desk.bot.seal(desk.clock)
    with ThreadPoolExecutor(16) as threads:
        statuses = sorted(threads.map(lambda _: desk.post(sent).status_code, range(16)))
    assert statuses == [200] * 15 + [201]
    assert counts(desk) == (1, 1, 1)


class TestAttachments:
    def test_a_stream_is_kept_once(self, desk: Desk) -> None:
        sent = desk.bot.seal(desk.clock, files=[b"x" * 300_000])
        (name,) = sent.streams
        assert [desk.put(sent, name).status_code for _ in range(2)] == [201, 200]
        stored = desk.read(lambda connection: attachments.find_attachment(connection, name))
        assert stored is not None
        assert stored.size == len(sent.streams[name])

    def test_another_stream_under_a_taken_id_is_refused(self, desk: Desk) -> None:
        sent = desk.bot.seal(desk.clock, files=[b"one"])
        (name,) = sent.streams
        assert desk.put(sent, name).status_code == 201
        other = _flipped(sent.streams[name])
        answer = desk.put(sent, name, other, **{"Amparo-SHA256": hashlib.sha256(other).hexdigest()})
        assert answer.status_code == 409

    def test_bytes_that_are_not_those_announced_are_not_kept(self, desk: Desk) -> None:
        sent = desk.bot.seal(desk.clock, files=[b"one"])
        (name,) = sent.streams
        assert desk.put(sent, name, _flipped(sent.streams[name])).status_code == 422
        assert desk.put(sent, name).status_code == 201

    def test_an_object_left_by_a_try_that_died_is_taken_up(self, desk: Desk) -> None:
        sent = desk.bot.seal(desk.clock, files=[b"one"])
        (name,) = sent.streams

        async def leave() -> None:
            async def pieces():
                yield sent.streams[name]

            await desk.wiring.blobs.put(name.hex(), pieces())

        asyncio.run(leave())
        assert desk.put(sent, name).status_code == 201

    def test_an_object_left_by_a_try_that_died_is_not_taken_for_another(self, desk: Desk) -> None:
        sent = desk.bot.seal(desk.clock, files=[b"one"])
        (name,) = sent.streams

        async def leave() -> None:
            async def pieces():
                yield b"something else"

            await desk.wiring.blobs.put(name.hex(), pieces())

        asyncio.run(leave())
        assert desk.put(sent, name).status_code == 409

    def test_larger_than_the_setting_is_413(self, desk: Desk) -> None:
        headers = {
            **desk.bot.headers, "Amparo-Report": "0" * 32, "Amparo-SHA256": "0" * 64, "Content-Length": str(10**9),
        }  # fmt: skip
        answer = desk.client.put("/v1/intake/attachments/" + "0" * 32, content=b"", headers=headers)
        assert answer.status_code == 413

    def test_a_submission_waits_for_its_attachments(self, desk: Desk) -> None:
        sent = desk.bot.seal(desk.clock, files=[b"one", b"two"])
        first, second = sent.streams
        desk.put(sent, first)
        assert desk.post(sent).status_code == 422
        assert counts(desk) == (0, 0, 0)
        desk.put(sent, second)
        assert desk.post(sent).status_code == 201
        kept = desk.read(lambda connection: attachments.of_report(connection, sent.submission.report))
        assert [file.id for file in kept] == [first, second]

    def test_what_no_submission_claimed_is_swept_away_after_two_days(self, desk: Desk) -> None:
        lost, kept = desk.bot.seal(desk.clock, files=[b"one"]), desk.deliver(files=[b"two"])
        (name,) = lost.streams
        desk.put(lost, name)
        assert desk.client.portal is not None
        for days, expected in ((0, 0), (2, 0), (3, 1)):
            desk.clock.now += days * 86_400
            assert desk.client.portal.call(sweep, desk.wiring) == expected
        left = {path.name for path in desk.home.glob("blobs/*/*") if path.is_file()}
        assert left == {one.hex() for one in kept.streams}
        assert desk.put(lost, name).status_code == 201

    def test_an_attachment_of_another_report_does_not_count(self, desk: Desk) -> None:
        sent = desk.bot.seal(desk.clock, files=[b"one"])
        (name,) = sent.streams
        assert desk.put(sent, name, **{"Amparo-Report": "f" * 32}).status_code == 201
        assert desk.post(sent).status_code == 422

    @pytest.mark.parametrize("name", ["../../etc/passwd", "0" * 31, "G" * 32, "0" * 64])
    def test_an_id_is_32_hex_digits(self, desk: Desk, name: str) -> None:
        headers = {**desk.bot.headers, "Amparo-Report": "0" * 32, "Amparo-SHA256": "0" * 64}
        answer = desk.client.put(f"/v1/intake/attachments/{name}", content=b"x", headers=headers)
        assert answer.status_code in {404, 422}


class TestMailbox:
    def test_an_empty_mailbox_gives_its_salt(self, desk: Desk) -> None:
        sent = desk.deliver()
        lookup = sent.submission.mailbox.lookup.hex()
        answer = desk.client.get(f"/v1/intake/mailboxes/{lookup}/messages", headers=desk.bot.headers)
        assert answer.status_code == 200
        salt = base64.urlsafe_b64encode(sent.submission.mailbox.salt).rstrip(b"=").decode()
        assert answer.json() == {"salt": salt, "day": desk.clock.day, "messages": []}

    @pytest.mark.parametrize("lookup", ["0" * 32, "zz", "0" * 64])
    def test_an_unknown_one_is_404(self, desk: Desk, lookup: str) -> None:
        answer = desk.client.get(f"/v1/intake/mailboxes/{lookup}/messages", headers=desk.bot.headers)
        assert answer.status_code == 404

    def test_the_store_alone_does_not_know_the_look_up_id(self, desk: Desk) -> None:
        sent = desk.deliver()
        raw = b"".join(path.read_bytes() for path in desk.home.glob("desk.sqlite*"))
        assert sent.submission.mailbox.salt in raw
        assert sent.submission.mailbox.lookup not in raw
