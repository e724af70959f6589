# SPDX-License-Identifier: Apache-2.0
"""What comes from a mailbox and what goes there: changes in words, notices for those who asked, earlier reports."""

import secrets

import pytest
from sqlalchemy import select

from api import sweeping
from intake.mail import Notify, Share, Silence, Words, to_bytes
from storage.desk import notices
from tests.api.conftest import Desk


def words(desk: Desk, headers: dict[str, str], case: str) -> list[dict]:
    return desk.client.get(f"/v1/cases/{case}", headers=headers).json()["words"]


def waiting(desk: Desk, after: int = 0) -> tuple[list[str], int]:
    answer = desk.client.get("/v1/intake/notices", headers=desk.bot.headers, params={"after": after})
    assert answer.status_code == 200, answer.text
    return answer.json()["refs"], answer.json()["next"]


def test_a_change_of_sharing_is_shown_with_its_level_and_never_as_json(desk: Desk, maria: dict[str, str]) -> None:
    sent, ref = desk.deliver(), secrets.token_hex(16)
    for told in (Words("Ya salió"), Share("S2"), Notify(ref), Silence()):
        assert desk.mail(sent, told).status_code == 201
    for _ in range(2):  # as they come, and as notes of the case
        found = words(desk, maria, sent.id)
        assert [(one["kind"], one["text"], one["level"]) for one in found] == [
            ("message", "Ya salió", None),
            ("share", None, "S2"),
            ("notify", None, None),
            ("silence", None, None),
        ]
        assert {one["day"] for one in found} == {desk.clock.day}
    desk.client.cookies.set("__Host-amparo", desk.people.maria.token, domain="testserver.local")
    page = desk.client.get(f"/cases/{sent.id}?lang=en").text
    assert "Also as a number, without details" in page
    assert "Wants no more notices" in page
    assert "mail/1" not in page
    assert ref not in page


def test_words_that_look_like_a_change_are_words(desk: Desk, maria: dict[str, str]) -> None:
    sent, text = desk.deliver(), to_bytes(Share("S4")).decode()
    assert desk.mail(sent, Words(text)).status_code == 201
    (one,) = words(desk, maria, sent.id)
    assert (one["kind"], one["text"], one["level"]) == ("message", text, None)


def test_an_answer_leaves_a_notice_for_whoever_asked_last(desk: Desk, maria: dict[str, str]) -> None:
    sent, quiet = desk.deliver(), desk.deliver()
    first, second = secrets.token_hex(16), secrets.token_hex(16)
    assert desk.answer(maria, quiet, "sin aviso").status_code == 201
    assert waiting(desk) == ([], 0)
    desk.mail(sent, Notify(first))
    assert desk.answer(maria, sent, "uno").status_code == 201  # the wish is still sealed in the mailbox
    refs, after = waiting(desk)
    assert refs == [first]
    assert waiting(desk, after) == ([], after)
    words(desk, maria, sent.id)  # the wish is a note from now on
    desk.mail(sent, Notify(second))
    assert desk.answer(maria, sent, "dos").status_code == 201
    refs, after = waiting(desk, after)
    assert refs == [second]
    desk.mail(sent, Silence())
    assert desk.answer(maria, sent, "tres").status_code == 201
    assert waiting(desk, after) == ([], after)


def test_a_notice_holds_a_reference_and_a_day_and_is_forgotten_in_a_week(desk: Desk, maria: dict[str, str]) -> None:
    sent, ref = desk.deliver(), secrets.token_hex(16)
    desk.mail(sent, Notify(ref))
    desk.answer(maria, sent, "hola")
    rows = desk.read(lambda connection: connection.execute(select(notices.notices)).all())
    assert [(row.ref.hex(), row.day) for row in rows] == [(ref, desk.clock.day)]
    desk.clock.now += 8 * 86_400
    assert desk.client.portal is not None
    desk.client.portal.call(sweeping.sweep, desk.wiring)
    assert waiting(desk) == ([], 0)
    desk.clock.now -= 8 * 86_400
    desk.answer(desk.log_in(desk.people.maria), sent, "otra vez")
    assert waiting(desk)[1] > rows[-1].number  # what was forgotten is not counted anew


@pytest.mark.parametrize("after", ["-1", "x", str(1 << 70)])
def test_what_is_no_place_is_refused(desk: Desk, after: str) -> None:
    answer = desk.client.get("/v1/intake/notices", headers=desk.bot.headers, params={"after": after})
    assert answer.status_code == 422


def test_a_report_that_goes_on_with_another_says_with_which(desk: Desk, maria: dict[str, str]) -> None:
    first = desk.deliver()
    more = desk.deliver(adds_to=first.submission.mailbox.lookup.hex())
    gone = desk.deliver(adds_to="0" * 32)
    found = [desk.client.get(f"/v1/cases/{one.id}", headers=maria).json()["adds_to"] for one in (first, more, gone)]
    assert found == [None, first.id, None]
    desk.client.cookies.set("__Host-amparo", desk.people.maria.token, domain="testserver.local")
    assert f"/cases/{first.id}" in desk.client.get(f"/cases/{more.id}").text


def test_a_message_that_was_taken_in_is_not_taken_twice(desk: Desk, maria: dict[str, str]) -> None:
    """The bot's answer was lost, a caseworker opened the case, and the bot sends the same bytes again."""
    sent = desk.deliver()
    posted = desk.mail(sent, Words("una vez")).request
    words(desk, maria, sent.id)
    again = desk.client.post(posted.url.path, content=posted.content, headers=dict(posted.headers))
    assert again.status_code == 200
    assert [one["text"] for one in words(desk, maria, sent.id)] == ["una vez"]


def test_a_message_the_bot_kept_for_weeks_is_taken(desk: Desk, maria: dict[str, str]) -> None:
    sent = desk.deliver()
    desk.clock.now -= 20 * 86_400
    written = desk.clock.day
    posted = desk.mail(sent, Words("desde hace días"))
    assert posted.status_code == 201
    desk.clock.now += 20 * 86_400
    late = desk.client.post(
        posted.request.url.path, content=posted.request.content, headers=dict(posted.request.headers)
    )
    assert late.status_code == 200
    assert words(desk, maria, sent.id)[0]["day"] == written
