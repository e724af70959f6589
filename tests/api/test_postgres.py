# SPDX-License-Identifier: Apache-2.0
"""The same desk on PostgreSQL, and two of them side by side: many writers, one log, one adoption."""

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.desk import audit
from tests.api.conftest import Desk, found, running, seat
from tests.api.telling import CANARY
from tests.postgres import fresh_database, running_server


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    """Two replicas: one database, one folder of day secrets, one folder of blobs."""
    home = tmp_path_factory.mktemp("founded")
    with running_server() as server, fresh_database(server) as url:
        founded = asyncio.run(found(home, url))
        other = tmp_path_factory.mktemp("replica") / "home"
        shutil.copytree(home, other)
        shared = {"desk_database_url": url, "day_secret_dir": str(home / "day"), "blob_url": str(home / "blobs")}
        with running(home, founded, **shared) as one, running(other, founded, **shared) as two:
            for desk in (one, two):
                # FastAPI builds its routes at the first request and silences warnings meanwhile, which Python does for
                # the whole process: two desks in one process must not do so at once. Replicas are processes.
                assert desk.client.get("/healthz").status_code == 200
            yield one, two


def test_32_reports_at_once_over_two_replicas_are_all_stored_in_one_log(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    sent = [one.bot.seal(one.clock) for _ in range(32)]
    with ThreadPoolExecutor(16) as threads:
        tries = [threads.submit(desk.post, report) for report in sent for desk in (one, two)]
        statuses = sorted(done.result().status_code for done in tries)
    assert statuses == [200] * 32 + [201] * 32, "each was posted to both replicas at once"
    assert one.read(audit.verify).fault is None


def test_a_session_made_on_one_replica_reads_on_the_other(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    sent = one.deliver(files=[b"photo"])
    headers = one.log_in(one.people.jose)
    assert CANARY in two.client.get(f"/v1/cases/{sent.id}", headers=headers).text
    (name,) = sent.streams
    assert two.client.get(f"/v1/cases/{sent.id}/attachments/{name.hex()}", headers=headers).content == b"photo"
    two.client.delete("/v1/sessions/current", headers=headers)
    assert one.client.get("/v1/cases", headers=headers).status_code == 401


def test_openers_and_editors_on_two_replicas_do_not_overwrite_one_another(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    sent, maria = one.deliver(), seat(one.people.maria)
    with ThreadPoolExecutor(8) as threads:
        opens = [threads.submit(desk.client.get, f"/v1/cases/{sent.id}", headers=maria) for desk in (one, two) * 4]
        assert {done.result().status_code for done in opens} == {200}
        headers, body = {**maria, "If-Match": '"1"'}, {"status": "open"}
        edits = [
            threads.submit(desk.client.patch, f"/v1/cases/{sent.id}", headers=headers, json=body)
            for desk in (one, two) * 4
        ]
        assert sorted(done.result().status_code for done in edits) == [200] + [412] * 7
    entries = one.read(lambda connection: audit.timeline(connection, sent.submission.report))
    assert [entry.action for entry in entries].count("report:adopted") == 1
    assert one.read(audit.verify).fault is None
