# SPDX-License-Identifier: Apache-2.0
"""The console in a real Chromium: log in, queue, case, answer; no script needed, no complaint, no barrier (axe)."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Route
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.api.conftest import Bot, Desk, Founded, HandClock, Sent
from tests.browser_fixtures import barriers, browser, listen_for_noise, overflow  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


class Console(NamedTuple):
    url: str
    name: str
    passphrase: str
    sent: list[Sent]


@pytest.fixture(scope="module")
def console(founded: Founded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A desk with a few cases, served by the real command in a process of its own."""
    home = tmp_path_factory.mktemp("console") / "home"
    shutil.copytree(founded.home, home)
    sent = _filled(home, founded)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AMPARO_")}
    child = subprocess.Popen(
        [sys.executable, "-m", "cli", "api", "run", "--port", str(port)],
        env={**clean, "AMPARO_HOME": str(home)}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", child)
        yield Console(f"http://localhost:{port}", founded.maria.name, founded.maria.passphrase, sent)
    finally:
        child.send_signal(signal.SIGTERM)
        assert child.wait(15) in {0, -signal.SIGTERM}  # uvicorn ends, cleanly, with the signal it was sent


def _filled(home: Path, founded: Founded) -> list[Sent]:
    clock = HandClock()
    settings = Settings.load(home=home)
    with TestClient(create_app(settings, clock=clock), base_url="https://testserver") as client:
        wiring = client.app.app.state.wiring  # type: ignore[attr-defined]
        assert client.portal is not None
        note = client.portal.call(wiring.manifests.current).note
        desk = Desk(client, clock, Bot(home, settings, note), home, wiring, founded)
        return [
            desk.deliver(files=[b"photo" * 1000]),
            desk.deliver(facts={"danger": "now", "documented": True}, words="هم اینجا هستند، کمک کنید", language="ar"),
            desk.deliver(facts={"days_since": 3}, words="w" * 3000),
        ]


def _wait(url: str, child: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert child.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the server does not answer")


@pytest.fixture(params=["light", "dark"])
def screen(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, list[str]]]:  # noqa: F811 - the fixture
    context = browser.new_context(locale="es-MX", viewport={"width": 360, "height": 740}, color_scheme=request.param)
    page = context.new_page()
    noise = listen_for_noise(page)
    page.on("request", lambda one: noise.append(one.url) if "localhost" not in one.url else None)
    yield page, noise
    context.close()


def log_in(page: Page, console: Console) -> None:
    page.goto(console.url + "/login")
    page.get_by_label("Nombre").fill(console.name)
    page.locator("#passphrase").fill(console.passphrase)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")


def test_login_queue_case_and_answer(console: Console, screen: tuple[Page, list[str]]) -> None:
    page, noise = screen
    page.goto(console.url)
    assert page.url.endswith("/login")
    assert barriers(page) == []
    log_in(page, console)
    assert (barriers(page), overflow(page)) == ([], 0)
    cards = page.locator("ol.queue > li")
    assert cards.count() == 3
    assert cards.first.locator(".badge").inner_text() == "P1"
    first = page.get_by_role("link", name="Nos detuvieron")
    first.click()
    page.wait_for_url("**/cases/*")
    assert (barriers(page), overflow(page)) == ([], 0)
    assert page.get_by_text("Mi hermano sigue adentro").count() >= 1
    page.locator("#text").fill("Estamos contigo")
    page.locator("#text").locator("xpath=..").get_by_role("button").click()
    page.wait_for_url("**saved=message")
    assert page.get_by_role("status").is_visible()
    assert page.get_by_text("Estamos contigo").count() >= 1
    assert barriers(page) == []
    assert noise == []


def test_a_file_is_saved_and_the_way_out_closes_the_door(console: Console, screen: tuple[Page, list[str]]) -> None:
    page, noise = screen
    log_in(page, console)
    page.get_by_role("link", name="Nos detuvieron").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="foto.jpg").click()
    assert Path(waiting.value.path()).read_bytes() == b"photo" * 1000
    page.get_by_role("banner").get_by_role("button").click()
    page.wait_for_url("**/login")
    page.goto(console.url + "/queue")
    assert page.url.endswith("/login")
    assert noise == []


def test_words_from_right_to_left_keep_their_own_direction(console: Console, screen: tuple[Page, list[str]]) -> None:
    page, _ = screen
    log_in(page, console)
    told = page.locator("bdi", has_text="کمک").first
    assert told.evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.body).direction") == "ltr"


def test_the_whole_way_works_by_keyboard(console: Console, screen: tuple[Page, list[str]]) -> None:
    page, _ = screen
    log_in(page, console)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.card') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")


def test_markup_that_got_into_a_page_would_not_run(console: Console, screen: tuple[Page, list[str]]) -> None:
    """The policy is the second wall behind escaping."""
    page, noise = screen
    injected = "<script>window.ran = 1</script><img src=/static/none.png onerror='window.ran = 2'></main>"

    def tamper(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", injected))

    page.route("**/login", tamper)
    page.goto(console.url + "/login")
    page.wait_for_timeout(300)
    assert page.locator("img[onerror]").count() == 1
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in line for line in noise)
