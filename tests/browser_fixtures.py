# SPDX-License-Identifier: Apache-2.0
"""A real browser for the page tests: Debian's Chromium through Playwright, with axe to look for barriers.

Test files that use it must be plain functions: Playwright's sync interface cannot run inside an event loop. The browser
lives for one module only, because its loop would be in the way of the asynchronous tests that follow.
"""

import importlib.resources
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# A voice note can be recorded without a microphone and without asking.
expect.set_options(timeout=20_000)  # milliseconds: a busy machine is no fault of a page
_ARGUMENTS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Skips where no Chromium is installed, unless CI is set: there its absence is a failure."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium: install the chromium package")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield opened
        opened.close()


def listen_for_noise(page: Page) -> list[str]:
    """A list that fills with what a developer's console would show in red."""
    noise: list[str] = []
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("console", lambda line: noise.append(line.text) if line.type in ("error", "warning") else None)
    return noise


def barriers(page: Page) -> list[Any]:
    """What axe finds, as (rule, impact, elements); empty is good. `evaluate` is not subject to the page's policy."""
    page.evaluate((importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(
        """rules => axe.run(document, {runOnly: rules}).then(run => run.violations.map(
            found => [found.id, found.impact, found.nodes.map(node => node.html.slice(0, 200))]))""",
        RULES,
    )
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found
