# SPDX-License-Identifier: Apache-2.0
"""The phone page in a real browser: what it is for, whom it must serve, and what it must never run."""

import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.browser_fixtures import barriers, browser, listen_for_noise, overflow  # noqa: F401
from tests.simulator.page_bot import MARKUP, RECEIPT, Simulated, page_with_bot

pytestmark = pytest.mark.browser

ARABIC = "ليلى"
WIDE: ViewportSize = {"width": 1280, "height": 860}
NARROW: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulated]:
    with page_with_bot() as one:
        yield one


@pytest.fixture
def simulated(running: Simulated) -> Simulated:
    """With nobody on it."""
    running.ask("/reset", {})
    return running


class Seen:
    """One open page; `noise` is what its console complained about."""

    def __init__(self, page: Page, simulated: Simulated) -> None:
        self.page = page
        self.simulated = simulated
        self.noise = listen_for_noise(page)

    def open(self, *people: tuple[str, str]) -> None:
        for name, language in people:
            self.simulated.add(name, language)
        self.page.goto(self.simulated.url)
        expect(self.page.get_by_role("article")).to_have_count(len(people) or 2)

    def phone(self, name: str) -> Locator:
        return self.page.get_by_role("article", name=re.compile(name))

    def field(self, name: str) -> Locator:
        return self.phone(name).get_by_role("textbox", name="Message")

    def log(self, name: str) -> Locator:
        return self.phone(name).get_by_role("log")

    def write(self, name: str, text: str) -> None:
        self.field(name).fill(text)
        self.field(name).press("Enter")

    def menu(self, name: str, opener: str, choice: str) -> None:
        self.phone(name).get_by_role("button", name=opener).last.click()
        self.phone(name).get_by_role("button", name=choice, exact=True).click()


@pytest.fixture
def seen(browser: Browser, simulated: Simulated) -> Iterator[Seen]:  # noqa: F811
    allowed = ["clipboard-read", "clipboard-write", "microphone"]
    context = browser.new_context(viewport=WIDE, permissions=allowed, reduced_motion="reduce")
    yield from _ended_quietly(context, simulated)


@pytest.fixture(params=["light", "dark"])
def narrow(browser: Browser, simulated: Simulated, request: pytest.FixtureRequest) -> Iterator[Seen]:  # noqa: F811
    context = browser.new_context(
        viewport=NARROW, color_scheme=request.param, reduced_motion="reduce", has_touch=True, is_mobile=True
    )
    yield from _ended_quietly(context, simulated)


def _ended_quietly(context: BrowserContext, simulated: Simulated) -> Iterator[Seen]:
    context.set_default_timeout(8000)
    one = Seen(context.new_page(), simulated)
    yield one
    context.close()
    assert one.noise == []


def test_two_people_talk_with_the_bot(seen: Seen) -> None:
    seen.open()  # the page itself gives an empty simulator two phones
    seen.phone("Ana").get_by_role("button", name="Start").click()
    seen.phone("Ana").get_by_role("button", name="1 Yes, begin").click()
    expect(seen.log("Ana")).to_contain_text("Question 1 of about 9")
    seen.write("Sam", "hello from Sam")
    expect(seen.log("Sam")).to_contain_text("You said: hello from Sam")
    expect(seen.log("Ana")).not_to_contain_text("Sam")
    expect(seen.phone("Ana").get_by_role("button", name="3 Somebody was sent back")).to_be_visible()
    expect(seen.phone("Sam").get_by_role("button", name="Start")).to_be_hidden()
    seen.page.reload()
    expect(seen.log("Ana")).to_contain_text("Question 1 of about 9")


def test_buttons_in_messages(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.write("Ana", "buttons")
    seen.phone("Ana").get_by_role("button", name="Copy the receipt").click()
    expect(seen.phone("Ana").get_by_role("status")).to_contain_text("Copied")
    assert seen.page.evaluate("navigator.clipboard.readText()") == RECEIPT
    seen.phone("Ana").get_by_role("button", name="Loud").click()
    expect(seen.page.get_by_role("dialog")).to_contain_text("You chose: loud")
    seen.page.keyboard.press("Escape")
    seen.phone("Ana").get_by_role("button", name="Change this answer").click()
    expect(seen.phone("Ana").get_by_role("status")).to_contain_text("You chose: change")
    expect(seen.log("Ana")).to_contain_text("It was changed.")
    expect(seen.log("Ana")).to_contain_text("edited")
    seen.page.reload()
    expect(seen.log("Ana")).to_contain_text("It was changed.")
    expect(seen.phone("Ana").get_by_role("status")).to_be_empty()  # old toasts are not shown again


def test_marks_and_vanishing(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.write("Ana", "quiet")
    message = seen.log("Ana").get_by_role("listitem").filter(has_text="Nobody heard this")
    expect(message).to_contain_text("silent")
    expect(message).to_contain_text("cannot be forwarded")
    seen.write("Ana", "first words")
    expect(seen.log("Ana")).to_contain_text("You said: first words")
    seen.field("Ana").press("ArrowUp")
    expect(seen.field("Ana")).to_have_value("first words")
    seen.write("Ana", "second words")
    own = seen.log("Ana").get_by_role("listitem").filter(has_text="second words")
    expect(own).to_contain_text("edited")
    own.get_by_role("button", name="Edit or delete").click()
    seen.phone("Ana").get_by_role("button", name="Delete for both sides").click()
    expect(own).to_have_count(0)
    seen.write("Ana", "forget")
    expect(seen.log("Ana").get_by_role("listitem")).to_have_count(0)


def test_without_network_words_wait(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.menu("Ana", "What happens to this phone", "No network")
    seen.write("Ana", "patience")
    expect(seen.log("Ana").get_by_role("listitem").filter(has_text="patience")).to_contain_text(
        "waiting for the network"
    )
    expect(seen.log("Ana")).not_to_contain_text("You said")
    seen.page.reload()
    expect(seen.log("Ana")).to_contain_text("waiting for the network")
    seen.menu("Ana", "What happens to this phone", "No network")
    expect(seen.log("Ana")).to_contain_text("You said: patience")
    expect(seen.log("Ana")).not_to_contain_text("waiting for the network")


def test_blocking(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.write("Ana", "hello")
    seen.menu("Ana", "What happens to this phone", "Block the bot")
    expect(seen.field("Ana")).to_be_hidden()
    assert seen.simulated.ask("/phones")["phones"][0]["blocked"] is True
    seen.phone("Ana").get_by_role("button", name="Unblock").click()
    expect(seen.field("Ana")).to_be_focused()
    seen.write("Ana", "again")
    expect(seen.log("Ana")).to_contain_text("You said: again")


def test_things_are_sent_and_shown(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    for choice, kind in (("Sample photo", "photo"), ("Sample voice note", "voice"), ("Sticker", "sticker")):
        seen.menu("Ana", "Attach", choice)
        expect(seen.log("Ana")).to_contain_text(f"Got a {kind}.")
    picture = seen.log("Ana").get_by_role("img", name="Photo")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    voice = seen.log("Ana").locator("audio")
    expect(voice).to_have_js_property("readyState", 0)  # nothing is fetched before it is played
    assert 0.9 < _length(voice) < 1.2
    with seen.page.expect_file_chooser() as chooser:
        seen.menu("Ana", "Attach", "File …")
    chooser.value.set_files(
        {"name": "a <b>paper</b>.html", "mimeType": "text/html", "buffer": b"<script>alert(1)</script>"}
    )
    link = seen.log("Ana").get_by_role("link")
    expect(link).to_contain_text("a <b>paper</b>.html")
    expect(link).to_have_attribute("download", "a <b>paper</b>.html")  # never opened as a page


def test_a_place(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.phone("Ana").get_by_role("button", name="Attach").click()
    seen.phone("Ana").get_by_label("or latitude, longitude").fill("95, 200")
    seen.phone("Ana").get_by_role("button", name="Send this place").click()
    expect(seen.phone("Ana").get_by_label("or latitude, longitude")).to_be_visible()  # the browser says what is wrong
    seen.phone("Ana").get_by_label("From a list").select_option("Reynosa")
    seen.phone("Ana").get_by_role("button", name="Send this place").click()
    expect(seen.log("Ana")).to_contain_text("26.0508, -98.2979")
    expect(seen.log("Ana")).to_contain_text("Got a location.")


def test_a_voice_note_is_recorded_as_opus_in_ogg(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.phone("Ana").get_by_role("button", name="Record a voice note").click()
    expect(seen.phone("Ana").get_by_text("Recording 0:01")).to_be_visible()
    seen.phone("Ana").get_by_role("button", name="Send", exact=True).click()
    expect(seen.log("Ana")).to_contain_text("Got a voice.")
    sent = seen.simulated.ask("/phones/1/screen")["messages"][0]
    assert sent["media"]["mime"] == "audio/ogg"
    with urllib.request.urlopen(f"{seen.simulated.url}/control/phones/1/messages/{sent['id']}/content") as answer:
        start = answer.read(64)
    assert start[:4] == b"OggS"
    assert start[28:36] == b"OpusHead"
    assert 0.5 < _length(seen.log("Ana").locator("audio")) < 3


def _length(audio: Locator) -> float:
    """Seconds, after the browser's player and its decoder have both understood the file."""
    found: float = audio.evaluate(
        """async audio => {
            await new Promise((done, fail) => {
                audio.addEventListener("canplay", done);
                audio.addEventListener("error", () => fail(new Error(audio.error.message)));
                audio.preload = "auto";
                audio.load();
            });
            const answer = await fetch(audio.src);
            const decoded = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(await answer.arrayBuffer());
            return decoded.duration;
        }"""
    )
    return found


def test_what_a_finder_sees(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.write("Ana", "/start")
    expect(seen.log("Ana")).to_contain_text("Shall we begin?")
    own = seen.log("Ana").get_by_role("listitem").filter(has_text="/start")
    own.get_by_role("button", name="Edit or delete").click()
    seen.phone("Ana").get_by_role("button", name="Delete for both sides").click()
    expect(own).to_have_count(0)
    seen.menu("Ana", "What happens to this phone", "This phone is seized: what a finder sees")
    dialog = seen.page.get_by_role("dialog", name="What a finder sees")
    expect(dialog).to_contain_text("Private form")
    expect(dialog).to_contain_text("1 of its messages was deleted")
    expect(dialog.get_by_role("list")).to_contain_text("Shall we begin?")
    expect(dialog.get_by_role("list")).not_to_contain_text("/start")
    assert barriers(seen.page) == []
    seen.page.keyboard.press("Escape")
    expect(seen.phone("Ana").get_by_role("button", name="What happens to this phone")).to_be_focused()


def test_time_and_trouble(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.page.get_by_role("button", name="Time and trouble").click()
    seen.page.get_by_role("button", name="48 hours").click()
    expect(seen.page.get_by_text("(48 h ahead)")).to_be_visible()
    assert seen.simulated.ask("/state")["offset"] == 172_800
    seen.page.get_by_role("button", name="Time and trouble").click()
    seen.page.get_by_role("button", name="Refuse the bot").click()
    expect(seen.page.get_by_text("will be refused once")).to_be_visible()
    fault = seen.simulated.ask("/state")["faults"][0]
    assert (fault["method"], fault["code"], fault["times"]) == ("sendMessage", 429, 1)


def test_phones_come_and_go(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.page.get_by_role("button", name="Add a phone").click()
    seen.page.get_by_label("Name", exact=True).fill("Marie")
    seen.page.get_by_label("Language of the phone").select_option("ht")
    seen.page.get_by_label("Language of the phone").press("Tab")
    seen.page.keyboard.press("Enter")
    expect(seen.field("Marie")).to_be_focused()
    seen.menu("Ana", "What happens to this phone", "Put this phone away")
    expect(seen.phone("Ana")).to_have_count(0)
    seen.page.reload()
    expect(seen.phone("Marie")).to_be_visible()
    expect(seen.phone("Ana")).to_have_count(0)
    seen.page.get_by_role("button", name="Add a phone").click()
    seen.page.get_by_role("button", name="Bring back phones put away").click()
    expect(seen.phone("Ana")).to_be_visible()
    seen.simulated.ask("/reset", {})
    expect(seen.page.get_by_text("No phone is shown")).to_be_visible()


def test_the_keyboard_alone_is_enough(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    keys, page = seen.page.keyboard, seen.page
    stops = []
    for _ in range(8):
        keys.press("Tab")
        stops.append(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()"))
    assert stops[:3] == ["Add a phone", "Time and trouble", "What happens to this phone"]
    assert stops[3].startswith("Chat of Ana")
    assert stops[4:] == ["Start", "Attach", "Message", "Record a voice note"]
    for _ in range(3):
        keys.press("Shift+Tab")
    keys.press("Enter")  # Start
    expect(seen.log("Ana")).to_contain_text("Shall we begin?")
    expect(seen.field("Ana")).to_be_focused()
    keys.type("1 Yes, begin")
    keys.press("Enter")
    expect(seen.log("Ana")).to_contain_text("Question 1 of about 9")
    expect(seen.field("Ana")).to_be_focused()
    for _ in range(6):  # past Attach and four of the five answers, to the first
        keys.press("Shift+Tab")
    expect(seen.phone("Ana").get_by_role("button", name="1 A beating")).to_be_focused()
    keys.press("Enter")
    expect(seen.log("Ana")).to_contain_text("In your own words")
    expect(seen.field("Ana")).to_be_focused()  # the keyboard with the focus went away
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(seen.phone("Ana").get_by_role("button", name="Photo or video …")).to_be_focused()
    keys.press("Escape")
    expect(seen.phone("Ana").get_by_role("button", name="Attach")).to_be_focused()


def test_messages_are_walked_with_arrows(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    for word in ("one", "two"):
        seen.write("Ana", word)
        expect(seen.log("Ana")).to_contain_text(f"You said: {word}")
    seen.log("Ana").focus()
    for _ in range(2):
        seen.page.keyboard.press("ArrowUp")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")  # Delete for both sides
    expect(seen.log("Ana").get_by_role("listitem").filter(has_text=re.compile("^You:two"))).to_have_count(0)
    expect(seen.log("Ana")).to_be_focused()


def test_the_focus_stays_when_messages_arrive(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    seen.write("Ana", "/start")
    expect(seen.log("Ana")).to_contain_text("Shall we begin?")
    seen.field("Ana").type("half a sen")
    seen.simulated.ask("/phones/1/say", {"text": "1 Yes, begin"})
    expect(seen.phone("Ana").get_by_role("button", name="1 A beating")).to_be_visible()
    expect(seen.field("Ana")).to_be_focused()
    expect(seen.field("Ana")).to_have_value("half a sen")
    seen.phone("Ana").get_by_role("button", name="Skip").focus()
    seen.simulated.ask("/phones/1/say", {"text": "/start"})
    expect(seen.phone("Ana").get_by_role("button", name="1 Yes, begin")).to_be_focused()


def test_reading_old_messages_is_not_disturbed(seen: Seen) -> None:
    seen.open(("Ana", "es"))
    for number in range(12):
        seen.simulated.ask("/phones/1/say", {"text": f"words {number}"})
    expect(seen.log("Ana")).to_contain_text("You said: words 11")
    log = seen.log("Ana")
    log.evaluate("log => log.scrollTo(0, 0)")
    newer = seen.phone("Ana").get_by_role("button", name="Go to the newest message")
    expect(newer).to_be_hidden()
    seen.simulated.ask("/phones/1/say", {"text": "the last"})
    expect(newer).to_be_visible()
    assert log.evaluate("log => log.scrollTop") == 0
    newer.click()
    expect(newer).to_be_hidden()
    expect(log.get_by_text("You said: the last")).to_be_in_viewport()


def test_a_phone_that_reads_from_the_right(seen: Seen) -> None:
    seen.open((ARABIC, "ar"))
    seen.write(ARABIC, "عربي")
    expect(seen.log(ARABIC)).to_contain_text("مرحبا")
    expect(seen.phone(ARABIC)).to_have_css("direction", "rtl")
    middle = seen.phone(ARABIC).evaluate(
        "phone => { const {left, width} = phone.getBoundingClientRect(); return left + width / 2; }"
    )

    def on_the_right(found: Locator) -> bool:
        box = found.bounding_box()
        assert box is not None
        return bool(box["x"] + box["width"] / 2 > middle)

    own, answer = seen.log(ARABIC).locator(".own .bubble"), seen.log(ARABIC).locator(".message:not(.own) .bubble")
    assert (on_the_right(own), on_the_right(answer)) == (False, True)
    attach, record = (seen.phone(ARABIC).get_by_role("button", name=name) for name in ("Attach", "Record a voice note"))
    assert (on_the_right(attach), on_the_right(record)) == (True, False)
    assert seen.field(ARABIC).evaluate("field => getComputedStyle(field).direction") == "rtl"  # empty: as the phone
    assert answer.locator(".words").evaluate("words => getComputedStyle(words).direction") == "rtl"
    seen.write(ARABIC, "latin words")
    latin = seen.log(ARABIC).locator(".own .words").filter(has_text="latin words")
    assert latin.evaluate("words => getComputedStyle(words).direction") == "ltr"
    assert barriers(seen.page) == []


def test_a_small_phone_is_wide_enough(seen: Seen) -> None:
    seen.page.set_viewport_size(NARROW)
    seen.open(("Ana", "es"), ("N" * 40, "en"), (ARABIC, "ar"))
    for word in ("buttons", "long", "z" * 10_000, "bidi"):
        seen.write("Ana", word)
    expect(seen.log("Ana")).to_contain_text("second line")
    seen.write(ARABIC, "عربي")
    expect(seen.log(ARABIC)).to_contain_text("مرحبا")
    for width in (360, 320):
        seen.page.set_viewport_size({"width": width, "height": 640})
        assert overflow(seen.page) == 0
        assert seen.log("Ana").evaluate("log => log.scrollWidth - log.clientWidth") == 0
        small = seen.page.evaluate(
            """[...document.querySelectorAll("button, select, textarea, input, a")].filter(one => one.checkVisibility())
                .map(one => [one.getBoundingClientRect(), one])
                .filter(([box]) => box.width < 40 || box.height < 40).map(([, one]) => one.outerHTML)"""
        )
        assert small == []


def test_no_barrier_that_axe_can_find(narrow: Seen) -> None:
    narrow.open(("Ana", "es"), (ARABIC, "ar"))
    for word in ("quiet", "buttons", "/start"):
        narrow.write("Ana", word)
    narrow.write(ARABIC, "عربي")
    expect(narrow.log("Ana")).to_contain_text("Shall we begin?")
    narrow.menu("Ana", "Attach", "Sample photo")
    narrow.menu("Ana", "Attach", "Sample voice note")
    expect(narrow.log("Ana")).to_contain_text("Got a voice.")
    narrow.page.get_by_role("button", name="Time and trouble").hover()
    assert barriers(narrow.page) == []
    narrow.phone("Ana").get_by_role("button", name="Attach").click()
    assert barriers(narrow.page) == []
    narrow.page.keyboard.press("Escape")
    narrow.menu("Ana", "What happens to this phone", "No network")
    narrow.write("Ana", "waiting")
    expect(narrow.log("Ana")).to_contain_text("waiting for the network")
    assert barriers(narrow.page) == []


def test_a_simulator_that_goes_and_comes_back(browser: Browser) -> None:  # noqa: F811
    context = browser.new_context()
    page = context.new_page()
    gone = page.get_by_text("The simulator does not answer")
    with page_with_bot() as first:
        page.goto(first.url)
        expect(page.get_by_role("article")).to_have_count(2)
        expect(gone).to_be_hidden()
    expect(gone).to_be_visible()
    page.get_by_role("button", name="Start").first.click()
    expect(page.get_by_role("article").first.get_by_role("status")).to_contain_text("does not answer")
    with page_with_bot(port=int(first.url.rpartition(":")[2])) as second:
        second.add("Rosa")
        expect(page.get_by_role("article", name="Rosa")).to_be_visible(timeout=10_000)
        expect(page.get_by_role("article")).to_have_count(1)  # the others are gone with the first simulator
        expect(gone).to_be_hidden()
    context.close()


def test_words_are_never_markup(seen: Seen) -> None:
    seen.open((MARKUP[:30], "es"))
    title = seen.page.title()
    phone = seen.page.get_by_role("article")
    phone.get_by_role("textbox", name="Message").fill("markup")
    phone.get_by_role("textbox", name="Message").press("Enter")
    expect(phone.get_by_role("log").get_by_text(MARKUP)).to_be_visible()
    expect(phone.get_by_role("group", name="Answers to tap").get_by_role("button")).to_contain_text("<img src=")
    expect(phone.locator("img, b, script")).to_have_count(0)
    seen.menu("", "What happens to this phone", "This phone is seized: what a finder sees")
    expect(seen.page.get_by_role("dialog")).to_contain_text(MARKUP)
    assert seen.page.title() == title


def test_the_policy_of_the_page(simulated: Simulated) -> None:
    for path in ("/", "/static/phones.js", "/static/phone.css", "/favicon.ico"):
        with urllib.request.urlopen(simulated.url + path) as answer:
            policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == policy["media-src"] == "'self'"
            assert answer.headers["Cache-Control"] == "no-store"
