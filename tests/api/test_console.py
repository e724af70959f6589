# SPDX-License-Identifier: Apache-2.0
"""The pages, without a browser: forms, escaping, languages, and whose form counts."""

import re

import pytest
from sqlalchemy import update

from storage.desk import reports
from tests.api.conftest import Desk, Sent
from tests.api.telling import CANARY

HERE = {"Sec-Fetch-Site": "same-origin"}
ATTACK = '<script>alert("x")</script><img src=x onerror=alert(1)>"\'\u202egpj'


def enter(desk: Desk, name: str = "maria") -> None:
    person = getattr(desk.people, name)
    if person.token:
        desk.client.cookies.set("__Host-amparo", person.token, domain="testserver.local", path="/")
        return
    answer = desk.client.post("/login", data={"name": person.name, "passphrase": person.passphrase}, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")


def page(desk: Desk, path: str, **headers: str) -> str:
    answer = desk.client.get(path, headers={"Accept-Language": "en", **headers})
    assert answer.status_code == 200, answer.text
    assert "script-src 'nonce-" in answer.headers["content-security-policy"]
    return answer.text


def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_http(desk: Desk) -> None:
    answer = desk.client.post(
        "/login", data={"name": "maria", "passphrase": desk.people.maria.passphrase}, headers=HERE
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-amparo=")
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_from_login_to_answer_and_out_again(desk: Desk) -> None:
    sent = desk.deliver()
    assert desk.client.get("/").headers["location"] == "/login"
    assert desk.client.get("/queue").headers["location"] == "/login"
    login = {"name": "maria", "passphrase": desk.people.maria.passphrase}
    assert desk.client.post("/login", data=login, headers=HERE).headers["location"] == "/queue"
    assert desk.client.get("/").headers["location"] == "/queue"
    queue = page(desk, "/queue")
    assert f'href="/cases/{sent.id}"' in queue
    assert CANARY in queue
    assert "may be removed within 72 hours" in queue
    case = page(desk, f"/cases/{sent.id}")
    assert "Mi hermano sigue adentro" in case
    assert "Sonora" in case
    key = re.search(r'name="key" value="(\w+)"', case)
    assert key
    answer = desk.client.post(
        f"/cases/{sent.id}/messages", data={"key": key[1], "text": "Estamos contigo"}, headers=HERE
    )
    assert answer.status_code == 303
    desk.client.post(f"/cases/{sent.id}/messages", data={"key": key[1], "text": "Estamos contigo"}, headers=HERE)
    case = page(desk, answer.headers["location"])
    assert case.count("Estamos contigo") == 1, "a form sent twice answers once"
    assert "The answer waits in the mailbox." in case
    moved = desk.client.post(
        f"/cases/{sent.id}/change",
        data={"version": "1", "status": "open", "assignee": desk.people.jose.id},
        headers=HERE,
    )
    assert moved.status_code == 303
    case = page(desk, f"/cases/{sent.id}")
    assert "New → Open" in case
    assert "jose" in case
    gone = desk.client.post("/logout", headers=HERE)
    assert gone.headers["location"] == "/login"
    assert desk.client.get("/queue").headers["location"] == "/login"


def test_a_wrong_passphrase_is_said_and_nothing_else(desk: Desk) -> None:
    answer = desk.client.post("/login", data={"name": f"maria{CANARY}", "passphrase": CANARY}, headers=HERE)
    assert answer.status_code == 401
    assert CANARY not in answer.text
    assert 'role="alert"' in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "none"}])  # fmt: skip
def test_a_form_from_elsewhere_does_nothing(desk: Desk, headers: dict[str, str]) -> None:
    sent = desk.deliver()
    enter(desk)
    for path, data in (
        (f"/cases/{sent.id}/change", {"version": "1", "status": "open"}),
        (f"/cases/{sent.id}/messages", {"key": "12345678", "text": "x"}),
        ("/logout", {}),
        ("/login", {"name": "x", "passphrase": "y"}),
    ):
        assert desk.client.post(path, data=data, headers=headers).status_code == 403
    assert "New" in page(desk, "/queue")


def test_an_old_browser_is_known_by_its_origin(desk: Desk) -> None:
    answer = desk.client.post("/login", data={"name": "x", "passphrase": "y"}, headers={"Origin": "https://testserver"})
    assert answer.status_code == 401


def test_what_a_person_told_cannot_become_markup(desk: Desk) -> None:
    sent = desk.deliver(words=ATTACK, files=[b"x"], file_name=ATTACK)
    enter(desk)
    for path in ("/queue", f"/cases/{sent.id}"):
        html = page(desk, path)
        assert "<script" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;" in html
    assert re.search(r'<bdi dir="auto">&lt;script&gt;', html)


def test_a_stale_form_is_told_so_and_changes_nothing(desk: Desk) -> None:
    sent = desk.deliver()
    enter(desk)
    data = {"version": "1", "status": "open", "assignee": ""}
    assert desk.client.post(f"/cases/{sent.id}/change", data=data, headers=HERE).status_code == 303
    stale = desk.client.post(
        f"/cases/{sent.id}/change", data={**data, "status": "merged"}, headers={**HERE, "Accept-Language": "en"}
    )
    assert stale.status_code == 409
    assert "Somebody else changed this case" in stale.text
    refused = desk.client.post(
        f"/cases/{sent.id}/change", data={**data, "version": "2", "status": "closed"}, headers=HERE
    )
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    for wrong in ({"version": "x"}, {}, {"version": "2", "assignee": "zz"}):
        assert desk.client.post(f"/cases/{sent.id}/change", data=wrong, headers=HERE).status_code in {404, 422}


def _spoil(desk: Desk, sent: Sent) -> None:
    where = reports.reports.c.id == sent.submission.report
    desk.write(
        lambda c: c.execute(update(reports.reports).where(where).values(summary=b"\0" * 1076, body=b"\0" * 2144))
    )


def test_a_broken_record_is_shown_in_its_row_and_the_others_around_it(desk: Desk) -> None:
    bad, good = desk.deliver(), desk.deliver()
    enter(desk)
    page(desk, "/queue")
    _spoil(desk, bad)
    html = page(desk, "/queue")
    assert f"/cases/{bad.id}" in html
    assert "Cannot be opened" in html
    assert html.count(CANARY) == 1
    assert f"/cases/{good.id}" in html
    assert "cannot be opened" in page(desk, f"/cases/{bad.id}")


@pytest.mark.parametrize(("headers", "query", "word"), [({"Accept-Language": "en-GB,es;q=0.5"}, "", "Log in"), ({"Accept-Language": "qu, es;q=0.8"}, "", "Entrar"), ({}, "", "Entrar"), ({"Accept-Language": "es"}, "?lang=en", "Log in"), ({"Accept-Language": "en"}, "?lang=xx", "Log in")])  # fmt: skip
def test_the_language_is_the_readers(desk: Desk, headers: dict[str, str], query: str, word: str) -> None:
    html = desk.client.get(f"/login{query}", headers=headers).text
    assert re.search(rf"<h1[^>]*>{word}</h1>", html), html[:600]


def test_a_chosen_language_stays(desk: Desk) -> None:
    desk.client.get("/login?lang=en")
    assert 'lang="en"' in desk.client.get("/login", headers={"Accept-Language": "es"}).text


def test_errors_are_pages_for_people(desk: Desk) -> None:
    enter(desk)
    for path, status in (
        ("/cases/" + "0" * 32, 404),
        ("/nothing", 404),
        ("/queue?cursor=x", 422),
        ("/queue?priority=P9", 422),
    ):
        answer = desk.client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert "<h1>" in answer.text


def test_a_session_that_cannot_unlock_is_told_so(desk: Desk) -> None:
    enter(desk, "nina")
    answer = desk.client.get("/queue", headers={"Accept-Language": "en"})
    assert answer.status_code == 423
    assert "Log in again" in answer.text


def test_an_attachment_is_a_download_from_the_page_too(desk: Desk) -> None:
    sent = desk.deliver(files=[b"<script>alert(1)</script>"], file_name="x.html")
    (name,) = sent.streams
    enter(desk)
    answer = desk.client.get(f"/cases/{sent.id}/attachments/{name.hex()}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_the_scrubbed_copy_comes_first_and_the_original_with_a_warning(desk: Desk) -> None:
    sent = desk.deliver(files=[b"the original", b"the copy", b"a voice note"], copies={1: 0})
    photo, _, voice = (name.hex() for name in sent.streams)
    enter(desk)
    html = page(desk, f"/cases/{sent.id}")
    links = re.findall(r'/attachments/([0-9a-f]{32}\?variant=[a-z]+)"', html)
    assert links == [f"{photo}?variant=scrubbed", f"{photo}?variant=original", f"{voice}?variant=original"]
    files = html.partition('class="files"')[2].partition("</ul>")[0]
    copy, original, other = re.split(r'<a href="[^"]+" download>', files)[1:]
    assert "scrubbed copy" in copy
    assert "do not pass it on" in original
    assert "not scrubbed" in other
    for link, content in zip(links, (b"the copy", b"the original", b"a voice note"), strict=True):
        assert desk.client.get(f"/cases/{sent.id}/attachments/{link}").content == content


def test_all_texts_of_all_pages_exist_in_both_languages(desk: Desk) -> None:
    """Every key a template names, so that no status, class or action is left without words."""
    from api.app import STATIC
    from intake.catalog import load_catalogs
    from intake.lifecycle import ClosingReason, Status
    from storage.desk.audit import Action

    sources = "".join(path.read_text() for path in STATIC.parent.joinpath("templates").glob("*.html"))
    sources += "".join(path.read_text() for path in STATIC.parent.glob("*.py"))
    keys = {key for key in re.findall(r"""["'](desk\.[a-z_.]+)["']""", sources) if not key.endswith(".")}
    assert len(keys) > 50
    keys |= {f"status.{status}.label" for status in Status} | {f"closing.{reason}.label" for reason in ClosingReason}
    told = ("report:", "case:", "attachment:", "mailbox:")
    keys |= {f"desk.action.{action.replace(':', '_')}" for action in Action if action.startswith(told)}
    for locale in ("es", "en"):
        assert sorted(key for key in keys if not load_catalogs().get(locale).has(key)) == []


def test_no_page_fetches_from_elsewhere(desk: Desk) -> None:
    enter(desk)
    sent = desk.deliver()
    for path in ("/login", "/queue", f"/cases/{sent.id}"):
        html = page(desk, path)
        assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", html)
    style = desk.client.get("/static/console.css").text
    assert "url(" not in style
    assert "@import" not in style
