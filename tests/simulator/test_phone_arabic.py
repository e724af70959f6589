# SPDX-License-Identifier: Apache-2.0
"""The real bot's Arabic conversation on a small phone page: where words, numbers, buttons and commands stand."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from simulator.stack import Stack, running_stack
from tests.browser_fixtures import barriers, browser, listen_for_noise, overflow  # noqa: F401
from tests.simulator.page_bot import Simulated

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EDGES = """(log, [line, first, second]) => {
    const nodes = document.createTreeWalker(log, NodeFilter.SHOW_TEXT);
    let found = null;
    while (nodes.nextNode()) if (nodes.currentNode.data.includes(line)) found = nodes.currentNode;
    return [first, second].map(part => {
        const at = found.data.indexOf(line) + line.indexOf(part), range = document.createRange();
        range.setStart(found, at);
        range.setEnd(found, at + 1);
        return range.getBoundingClientRect().left;
    });
}"""
"""Where the first letters of two parts of a line stand, from the left."""


@contextlib.contextmanager
def real_bot(home: Path) -> Iterator[Stack]:
    """Simulator, desk and bot, in a thread of their own; ends all of them."""
    started: list[tuple[Stack, asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready = threading.Event()

    async def run() -> None:
        end = asyncio.Event()
        try:
            async with running_stack(home) as stack:
                started.append((stack, asyncio.get_running_loop(), end))
                ready.set()
                await end.wait()
        finally:
            ready.set()

    thread = threading.Thread(target=asyncio.run, args=[run()])
    thread.start()
    try:
        assert ready.wait(60)
        assert started, "the processes did not start"
        yield started[0][0]
    finally:
        for _, loop, end in started:
            loop.call_soon_threadsafe(end.set)
        thread.join(30)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with real_bot(tmp_path_factory.mktemp("arabic") / "home") as one:
        yield one


class Layla:
    """One person's phone, 360 pixels wide."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.get_by_role("log")
        self.keyboard = page.get_by_role("group", name="Answers to tap")

    def say(self, text: str, answer: str) -> None:
        """Write, and read until these words stand there."""
        field = self.page.get_by_role("textbox", name="Message")
        field.fill(text)
        field.press("Enter")
        expect(self.log).to_contain_text(answer)

    def right_of(self, line: str, first: str, second: str) -> bool:
        """Whether the first part of this line is drawn to the right of the second."""
        edges: list[float] = self.log.evaluate(EDGES, [line, first, second])
        return edges[0] > edges[1]


@pytest.fixture(params=["light", "dark"])
def layla(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> Iterator[Layla]:  # noqa: F811
    simulated = Simulated(stack.telegram_api_url)
    simulated.ask("/reset", {})
    simulated.add("ليلى", "ar")
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        color_scheme=request.param,
        reduced_motion="reduce",
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(8000)
    page = context.new_page()
    noise = listen_for_noise(page)
    page.goto(stack.phone_url)
    yield Layla(page)
    assert barriers(page) == []
    assert overflow(page) == 0
    context.close()
    assert noise == []


def _left(button: Locator) -> float:
    box = button.bounding_box()
    assert box is not None
    return box["x"]


def test_lines_numbers_and_commands_stand_in_order(layla: Layla) -> None:
    layla.say("/start", "يُرجى اختيار اللغة")
    assert layla.right_of("1 Español", "1", "Español"), "the number stands at the beginning, which is the right"
    layla.say("٨", "1 نعم، نتابع")
    assert layla.right_of("1 نعم، نتابع", "1", "نتابع")
    assert not layla.right_of("/delete", "/", "delete"), "the slash stays before its word"
    words = layla.log.get_by_text("1 نعم، نتابع").last
    assert words.evaluate("words => getComputedStyle(words).unicodeBidi") == "plaintext"
    assert words.evaluate("words => words.getBoundingClientRect().right > innerWidth / 2")
    assert barriers(layla.page) == []


def test_buttons_run_from_the_right_and_answer(layla: Layla) -> None:
    for said, answer in (("/start", "العربية"), ("8", "1 نعم، نتابع"), ("١", "عن مَن هذا الكلام؟"), ("1", "خطر الآن")):
        layla.say(said, answer)
    layla.say("5", "ما وضعك الآن؟")
    layla.say("5", "ماذا حدث؟")
    first, second = (layla.keyboard.get_by_role("button").nth(at) for at in (0, 1))
    expect(first).to_contain_text("1 ")
    assert _left(first) > _left(second), "the first of two columns is the right one"
    assert barriers(layla.page) == []
    first.click()
    expect(layla.keyboard.get_by_role("button").first).to_contain_text("✓ 1 ")
    layla.say("٢ ٣", "أين يحدث هذا")
    layla.say("San Ardilio 1402, Tabasco", "متى")
    for said, answer in (("2", "كم شخصًا"), ("٢", "13 لا شيء من هذا"), ("١٣", "بكلماتك"), ("رقم 1402", "9 لا أعرف")):
        layla.say(said, answer)
    layla.page.get_by_role("button", name="إرسال ما كتبته حتى الآن").click()
    expect(layla.log).to_contain_text("San Ardilio 1402")
    assert layla.right_of("المكان: \u2068تاباسكو", "المكان", "تاباسكو"), "the label is read first"
    assert not layla.right_of("San Ardilio 1402", "San", "1402"), "what was typed keeps its own order"


def test_delete_leaves_nothing_on_the_screen(layla: Layla) -> None:
    for said, answer in (("/start", "العربية"), ("8", "1 نعم، نتابع"), ("1", "عن مَن هذا الكلام؟")):
        layla.say(said, answer)
    layla.say("/delete", "1 نعم، حذف")
    assert barriers(layla.page) == []
    layla.say("1", "تم الحذف")
    expect(layla.log).not_to_contain_text("عن مَن هذا الكلام؟")
    expect(layla.log.locator(".own")).to_have_count(0)
    expect(layla.keyboard).to_be_hidden()
