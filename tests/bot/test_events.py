# SPDX-License-Identifier: Apache-2.0
"""From JSON to one event: every kind as the domain knows it, and no shape that gets through unseen."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Update

from bot.errors import UnusableUpdateError
from bot.events import LARGEST_FILE, TOO_BIG, chat_of, clean, read_update, update_number
from bot.respelling import Respelling
from envelope import receipt
from envelope.receiptwords import LISTS, spell_words
from intake.answering import choices_of
from intake.catalog import load_catalogs
from intake.events import Attached, Edited, GaveReceipt, Located, Pressed, Said, Unusable
from intake.questionnaire import load

PERSON = {"id": 77, "is_bot": False, "first_name": "Eva", "language_code": "es"}
SECRET = bytes.fromhex("163603825fdaf4ff33fe75")
CHAT = {"id": 77, "type": "private", "first_name": "Eva"}


def update(**fields):
    return {"update_id": 5, "message": {"message_id": 9, "date": 1, "chat": CHAT, "from": PERSON, **fields}}


def read(raw):
    return read_update(raw, lambda: "0" * 32)


def test_text_is_said_with_its_number_and_language():
    found = read(update(text="hola"))
    assert (found.event, found.chat, found.message, found.language) == (Said("hola", 9), 77, 9, "es")


def test_a_receipt_is_recognised_and_its_secret_kept_beside_the_event():
    code = receipt.spell(b"\x05" * 11)
    found = read(update(text=code.lower()))
    assert found.event == GaveReceipt("05" * 11)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    found = read(update(text=wrong))
    assert found.event == GaveReceipt("")


@pytest.mark.parametrize(
    ("fields", "kind", "mime"),
    [
        ({"voice": {"file_id": "f", "duration": 1, "file_size": 5}}, "voice", "audio/ogg"),
        ({"audio": {"file_id": "f", "file_size": 5, "mime_type": "audio/mpeg"}}, "audio", "audio/mpeg"),
        ({"photo": [{"file_id": "s", "file_size": 1}, {"file_id": "f", "file_size": 5}]}, "photo", "image/jpeg"),
        ({"video_note": {"file_id": "f", "file_size": 5}}, "video_note", "video/mp4"),
        ({"video": {"file_id": "f", "file_size": 5, "mime_type": "video/mp4"}}, "video", "video/mp4"),
        ({"document": {"file_id": "f", "file_size": 5, "mime_type": "a/b"}}, "document", "a/b"),
        ({"animation": {"file_id": "f", "file_size": 5}, "document": {"file_id": "g"}}, "video", ""),
    ],
)
def test_files(fields, kind, mime):
    found = read(update(**fields, caption="al salir"))
    assert isinstance(found.event, Attached)
    file = found.event.attachment
    assert (file.kind, file.mime, file.size, file.caption) == (kind, mime, 5, "al salir")
    assert found.file is not None
    assert found.file.number == "f"


def test_the_limit_of_a_file_is_twenty_mebibytes():
    assert isinstance(read(update(video={"file_id": "f", "file_size": LARGEST_FILE})).event, Attached)
    assert read(update(video={"file_id": "f", "file_size": LARGEST_FILE + 1})).event == TOO_BIG


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"location": {"latitude": 1, "longitude": -2.5}}, Located(1.0, -2.5)),
        ({"location": {"latitude": 1.0, "longitude": 2.0, "live_period": 60}}, Unusable("live_location")),
        ({"location": {"latitude": 1.0, "longitude": 2.0}, "venue": {"title": "x"}}, Unusable("venue")),
        ({"sticker": {}}, Unusable("sticker")),
        ({"contact": {}}, Unusable("contact")),
        ({"paid_media": {}}, Unusable("paid_media")),
        ({"pinned_message": {}}, None),
        ({"message_auto_delete_timer_changed": {"message_auto_delete_time": 5}}, None),
    ],
)
def test_other_things(fields, event):
    assert read(update(**fields)).event == event


def test_a_contact_is_to_be_erased():
    assert read(update(contact={})).erase
    assert not read(update(text="x")).erase


def test_an_edit_and_an_edit_without_words():
    raw = update(text="nuevo")
    assert read({"update_id": 1, "edited_message": raw["message"]}).event == Edited(9, "nuevo")
    raw = update(location={"latitude": 1.0, "longitude": 2.0})
    assert read({"update_id": 1, "edited_message": raw["message"]}).event is None


def press(data, **changes):
    message = {"message_id": 3, "date": 0, "chat": CHAT}
    body = {"id": "42", "from": PERSON, "chat_instance": "1", "data": data, "message": message, **changes}
    return read({"update_id": 1, "callback_query": body})


def test_presses():
    assert press("0a1b2c3d:mode:self").event == Pressed("0a1b2c3d", "mode", "self")
    for data in ("", "x", "0a1b2c3d:mode", "0A1B2C3D:mode:self", "0a1b2c3d:mode:self:more", "0a1b2c3d:m;:x", None):
        found = press(data)
        assert (found.event, found.callback, found.chat) == (None, "42", 77)
    for changes in (
        {"message": {"chat": {"id": 78, "type": "private"}}},
        {"message": None},
        {"from": {**PERSON, "id": 78}},
    ):
        found = press("0a1b2c3d:mode:self", **changes)
        assert (found.event, found.chat, found.callback) == (None, None, "42")


def test_a_press_that_asks_for_the_other_spelling_of_a_receipt():
    found = press(f"w:zh-Hans:{receipt.spell(SECRET)}")
    assert (found.event, found.callback, found.chat) == (None, "42", 77)
    assert found.respelling == Respelling(3, words=True, locale="zh-Hans", secret=SECRET)
    assert press(f"k:es:{receipt.spell(SECRET)}").respelling == Respelling(3, words=False, locale="es", secret=SECRET)


@pytest.mark.parametrize(
    "data",
    [
        "w:es:0000-0000-0000-0000-0000",
        "w:es:0000-0000-0000-0000-00MV\n",
        "x:es:0000-0000-0000-0000-00MV",
        "w::0000-0000-0000-0000-00MV",
        "w:es:0000000000000000-00MV",
        "w:../..:0000-0000-0000-0000-00MV",
        "w:es:abandon abandon abandon",
    ],
)
def test_a_misspelt_press_asks_for_nothing(data):
    found = press(data)
    assert (found.event, found.respelling, found.callback) == (None, None, "42")


def test_a_press_of_a_message_without_a_number_asks_for_nothing():
    found = press("w:es:0000-0000-0000-0000-00MV", message={"chat": CHAT})
    assert (found.respelling, found.callback) == (None, "42")


@pytest.mark.parametrize("locale", LISTS)
def test_nine_words_are_a_receipt(locale):
    words = " ".join(spell_words(SECRET, locale))
    assert read(update(text=words)).event == GaveReceipt(SECRET.hex())
    wrong = " ".join(reversed(words.split()))
    assert read(update(text=wrong)).event == GaveReceipt("")


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_other_chats_are_left(kind):
    found = read(update(text="x", chat={"id": -100, "type": kind, "title": "x"}))
    assert (found.event, found.chat, found.leave) == (None, None, -100)


def test_membership():
    def change(status, chat=CHAT):
        member = {"status": status, "user": {"id": 1, "is_bot": True, "first_name": "b"}}
        return read({"update_id": 1, "my_chat_member": {"chat": chat, "new_chat_member": member, "from": PERSON}})

    assert change("kicked").blocked
    assert not change("member").blocked
    group = {"id": -5, "type": "group"}
    assert change("member", group).leave == -5
    assert change("kicked", group).leave is None


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {"id": 77, "is_bot": True, "first_name": "b"}},
        {"via_bot": {}},
        {"sender_chat": {}},
    ],
)
def test_what_no_person_wrote(fields):
    found = read(update(text="x", **fields))
    assert (found.event, found.chat) == (None, None)


def test_unknown_kinds_are_nothing():
    assert read({"update_id": 1, "poll_answer": {}}).event is None
    assert read({"update_id": 1}).event is None


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("a\0b", "ab"), ("x\ud83d y", "x� y"), ("ñ\0", "ñ"), ("\U0001f9ca", "\U0001f9ca"), ("\ud83e\uddca", "\U0001f9ca")],
)
def test_clean(text, cleaned):
    assert clean(text) == cleaned
    cleaned.encode()


@pytest.mark.parametrize("raw", [None, [], "x", 5, {}, {"update_id": "5"}, {"update_id": True}, {"update_id": 1.5}])
def test_a_number_is_a_whole_number(raw):
    with pytest.raises(UnusableUpdateError):
        update_number(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "message_id",
                    "date",
                    "chat",
                    "id",
                    "type",
                    "from",
                    "text",
                    "photo",
                    "voice",
                    "file_id",
                    "file_size",
                    "location",
                    "latitude",
                    "longitude",
                    "contact",
                    "data",
                    "message",
                    "status",
                    "new_chat_member",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), JSON)
def test_any_json_is_read_or_refused_with_one_error(kind, body):
    raw = {"update_id": 1, kind: body}
    try:
        found = read(raw)
    except UnusableUpdateError:
        return
    assert found.chat is None or found.chat == chat_of(raw)


@pytest.mark.parametrize(
    "raw",
    [
        update(text="hola"),
        update(voice={"file_id": "f", "file_unique_id": "u", "duration": 1}),
        update(photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]),
        update(location={"latitude": 1.0, "longitude": 2.0}),
        update(sticker={"file_id": "f", "file_unique_id": "u", "type": "regular", "width": 1, "height": 1,
                        "is_animated": False, "is_video": False}),
    ],
)  # fmt: skip
def test_what_the_library_reads_we_read_too(raw):
    theirs = Update.de_json(json.loads(json.dumps(raw)))
    ours = read(raw)
    assert theirs is not None
    assert theirs.effective_chat is not None
    assert theirs.effective_message is not None
    assert (theirs.effective_chat.id, theirs.effective_message.message_id) == (ours.chat, ours.message)
    assert ours.event is not None


def test_the_button_of_every_choice_is_understood_and_fits():
    """The longest step there is belongs to a question asked again about another event."""
    catalogs = load_catalogs()
    for question in load().questions.values():
        step = f"{question.name}.9" if question.section else question.name
        for choice in choices_of(question, catalogs):
            data = f"0123abcd:{step}:{choice.value}"
            assert len(data.encode()) <= 64
            body = {"id": "1", "from": PERSON, "data": data, "message": {"message_id": 9, "date": 1, "chat": CHAT}}
            assert read({"update_id": 1, "callback_query": body}).event == Pressed("0123abcd", step, choice.value)
