# SPDX-License-Identifier: Apache-2.0
"""The app as a whole: headers on every answer, refusals that repeat nothing, and what is switched off."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.openapi import DESK_PROBLEMS
from storage.errors import UnavailableError
from tests.api.conftest import Desk

CANARY = "canario-9b1e-secreto"
GUARDED = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


def document(desk: Desk) -> dict:
    return desk.client.app.app.openapi()


def test_every_kind_of_answer_is_guarded(desk: Desk, maria: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError(CANARY)

    answers = {
        200: desk.client.get("/healthz"),
        404: desk.client.get("/v1/nothing"),
        405: desk.client.put("/v1/me"),
        422: desk.client.post("/v1/sessions", json={}),
        401: desk.client.get("/v1/me"),
        413: desk.client.post("/v1/sessions", content=b"x" * 100_000, headers={"Content-Type": "application/json"}),
    }
    monkeypatch.setattr(desk.wiring.store, "read", broken)
    answers[500] = desk.client.get("/v1/me", headers=maria)
    nonces = set()
    for status, answer in answers.items():
        assert answer.status_code == status
        for name, value in GUARDED.items():
            assert answer.headers[name] == value, (status, name)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        nonces.add(policy.partition("'nonce-")[2].partition("'")[0])
        assert "server" not in answer.headers
        if status != 200:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status
    assert len(nonces) == len(answers)


def test_an_unforeseen_error_tells_its_id_alone(
    desk: Desk, maria: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(desk.wiring.store, "read", broken)
    with caplog.at_level(logging.DEBUG, logger="amparo"):
        answer = desk.client.get("/v1/me", headers=maria)
    assert answer.status_code == 500
    assert len(answer.json()["id"]) == 16
    assert CANARY not in answer.text
    told = [record for record in caplog.records if record.name == "amparo.api"]
    assert [record.error for record in told] == ["ValueError"]
    assert CANARY not in " ".join(record.getMessage() for record in told)
    assert not any(record.exc_info for record in told)


def test_no_refusal_repeats_what_was_sent(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver()
    path, json_type = f"/v1/cases/{sent.id}", {"Content-Type": "application/json"}
    bodies = [
        {"name": CANARY, "passphrase": CANARY},
        {"name": {"x": CANARY}, "passphrase": [CANARY]},
        {CANARY: CANARY},
        {"status": CANARY, "reason": CANARY},
        {"text": {"x": CANARY}},
        CANARY,
    ]
    calls = [("POST", "/v1/sessions"), ("PATCH", path), ("POST", path + "/messages"), ("POST", "/v1/caseworkers")]
    headers = {**maria, "If-Match": f'"{CANARY}"', "Idempotency-Key": "12345678"}
    answers = [desk.client.request(m, p, headers=headers, json=body) for m, p in calls for body in bodies]
    answers += [
        desk.client.request(m, p, headers={**headers, **json_type}, content=b'{"x": "%s' % CANARY.encode())
        for m, p in calls
    ]
    answers += [
        desk.client.get("/v1/cases", headers=maria, params={name: CANARY})
        for name in ("status", "priority", "assignee", "cursor")
    ]
    answers += [
        desk.client.get(f"/v1/cases/{CANARY}", headers=maria),
        desk.client.get("/v1/me", headers={"Authorization": CANARY}),
    ]
    intake = {**desk.bot.headers, **json_type, "Idempotency-Key": "0" * 32}
    for body in ({"report": CANARY}, {CANARY: 1}, CANARY, {"submitter": [CANARY]}):
        answers.append(desk.client.post("/v1/intake/submissions", headers=intake, content=json.dumps(body)))
    for answer in answers:
        assert answer.status_code >= 400
        assert answer.status_code != 500
        assert CANARY not in answer.text
        assert CANARY not in str(answer.headers)


@pytest.mark.parametrize("raw", [b'{"name":"\\ud800","passphrase":"x"}', b'{"name":"\xff","passphrase":"x"}', b"[" * 60_000, b'{"name":' + b"9" * 5000 + b"}", b'{"name": NaN}', b'{"name":1e999}'])  # fmt: skip
def test_bad_json_is_the_callers_fault(desk: Desk, raw: bytes) -> None:
    answer = desk.client.post("/v1/sessions", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_database_that_is_down_is_503_with_a_time_to_come_back(
    desk: Desk, maria: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = desk.bot.seal(desk.clock)

    async def down(*_: object) -> None:
        raise UnavailableError

    monkeypatch.setattr(desk.wiring.store, "write", down)
    answer = desk.post(sent)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    monkeypatch.setattr(desk.wiring.store, "read", down)
    assert desk.client.get("/v1/me", headers=maria).status_code == 503
    assert desk.client.get("/readyz").status_code == 503
    assert desk.client.get("/healthz").status_code == 200


def test_what_fastapi_would_switch_on_is_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert desk.client.get(path).status_code in {303, 404}
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    from api.app import create_app

    inner = create_app(desk.wiring.settings, store=desk.wiring.store).app
    chosen = inner._telemetry
    assert [chosen[name] for name in ("tracing", "metrics", "logs", "auto_configure")] == [False] * 4


def test_the_committed_openapi_document_is_current(desk: Desk) -> None:
    """After a change of the routes: run this test with AMPARO_WRITE_OPENAPI=1, and read the difference."""
    path = Path(__file__).parents[2] / "api" / "openapi.json"
    now = json.dumps(document(desk), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("AMPARO_WRITE_OPENAPI"):
        path.write_text(now, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == now


def test_every_operation_has_a_name_of_its_own_and_its_refusals(desk: Desk) -> None:
    operations = [op for item in document(desk)["paths"].values() for op in item.values()]
    names = [op["operationId"] for op in operations]
    assert len(set(names)) == len(names)
    assert {"submissions_create", "cases_list", "cases_read", "sessions_create"} <= set(names)
    for op in operations:
        for status, answer in op["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (op["operationId"], status)
    assert set(map(str, DESK_PROBLEMS)) <= set(
        next(op for op in operations if op["operationId"] == "cases_read")["responses"]
    )


PUBLIC = {"health_live", "health_ready", "sessions_create"}


def test_every_route_but_three_needs_a_token(desk: Desk) -> None:
    for path, item in document(desk)["paths"].items():
        for method, op in item.items():
            url = path
            for name in ("case", "attachment", "caseworker", "lookup"):
                url = url.replace(f"{{{name}}}", "0" * 32)
            answers = [
                desk.client.request(method, url, headers=headers)
                for headers in ({}, {"Authorization": "Bearer " + "A" * 43})
            ]
            for answer in answers:
                assert (answer.status_code == 401) is (op["operationId"] not in PUBLIC), (method, path)


@pytest.mark.parametrize("path", ["//v1/me", "/v1//me", "/v1/me/", "/v1/%2e%2e/healthz", "/v1/..;/me", "/V1/ME", "/static/../settings.py", "/static/%2e%2e/pages.py"])  # fmt: skip
def test_paths_are_taken_literally(desk: Desk, maria: dict[str, str], path: str) -> None:
    assert desk.client.get(path, headers=maria).status_code in {303, 404, 405}


def test_a_method_override_is_not_heard(desk: Desk, maria: dict[str, str]) -> None:
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert desk.client.get("/v1/me", headers={**maria, name: "DELETE"}).json()["name"] == "maria"


def test_help_stays_light() -> None:
    code = "import argparse, sys, api.cli; p = argparse.ArgumentParser(); api.cli.register(p.add_subparsers()); print(sorted({m.partition('.')[0] for m in sys.modules} & {'fastapi', 'cryptography', 'sqlalchemy', 'pydantic', 'uvicorn'}))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
