# SPDX-License-Identifier: Apache-2.0
"""The specification: what is refused, recursively; what the packaged copy holds; drift against python-telegram-bot."""

import inspect
import json

import pytest
import telegram

from simulator import bot_api
from simulator.errors import CallError, MismatchError
from simulator.parameters import Upload
from simulator.stubs import Stubs

# Arguments of python-telegram-bot's own, which never reach the wire, and its conveniences for wire parameters.
LOCAL = {"self", "read_timeout", "write_timeout", "connect_timeout", "pool_timeout", "api_kwargs"}
CONVENIENT = {
    "filename": "a name for an upload",
    "disable_web_page_preview": "link_preview_options",
    "allow_sending_without_reply": "reply_parameters",
    "reply_to_message_id": "reply_parameters",
    "location": "latitude and longitude",
    "venue": "its fields",
    "contact": "its fields",
    "current_offset": "offset",
    "auto_pagination": "offset",
    "caption": "of the first item",
    "parse_mode": "of the first item",
    "caption_entities": "of the first item",
    "chat_id": "may stand inside a scope or an object",
}
DRIFT = ["sendPoll.correct_option_id"]  # python-telegram-bot 22.8 speaks 10.0; gone from 10.1


@pytest.fixture(scope="module")
def api():
    return bot_api.load()


def _refusal(api, method, given, uploads=None):
    with pytest.raises(CallError) as refused:
        api.read(api.method(method), given, uploads or {})
    assert refused.value.status == 400
    return refused.value.description.removeprefix("Bad Request: ")


def test_the_packaged_copy_is_bot_api_10_1(api):
    assert (api.version, len(api.names), len(api.shapes.types)) == ("Bot API 10.1", 180, 359)


def test_every_type_and_every_method_compiles_and_no_prose_is_kept(api):
    for name in api.shapes.types:
        api.shapes.named(name)
    packaged = json.loads((bot_api.resources.files("simulator") / "bot_api.json").read_text(encoding="utf-8"))
    described = [*packaged["methods"].values(), *packaged["types"].values()]
    assert {key for one in described for key in one} == {"returns", "fields", "subtypes"}
    kept = {"name", "types", "required", "constant", "attach"}
    assert {key for one in described for field in one.get("fields", []) for key in field} == kept
    assert "Paul Larsen" in (bot_api.resources.files("simulator") / "bot_api.LICENSE").read_text(encoding="utf-8")


def test_an_unknown_method_is_not_found(api):
    with pytest.raises(CallError, match="Not Found") as refused:
        api.method("sendMassage")
    assert refused.value.status == 404
    assert api.method("SENDMESSAGE").name == "sendMessage"


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("getFile", {}, 'parameter "file_id" is required'),
        ("sendMessage", {"chat_id": 1, "text": "x", "mood": "y"}, 'unknown parameter "mood" of sendMessage'),
        ("sendMessage", {"chat_id": 1, "text": 5}, 'wrong parameter "text": must be a String'),
        ("sendMessage", {"chat_id": 1, "text": "\ud800"}, 'wrong parameter "text": strings must be encoded in UTF-8'),
        ("sendMessage", {"chat_id": 1, "text": "x", "parse_mode": "html5"}, 'wrong parameter "parse_mode"'),
        ("sendLocation", {"chat_id": "1", "latitude": "north", "longitude": "1"}, '"latitude": must be a Float'),
        ("deleteMessage", {"chat_id": "1", "message_id": "1.5"}, '"message_id": must be an Integer'),
        ("deleteMessage", {"chat_id": "1", "message_id": 1 << 63}, '"message_id": must be an Integer of at most 64'),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "protect_content": "maybe"},
            '"protect_content": must be a Boolean',
        ),
        ("deleteMessages", {"chat_id": 1, "message_ids": "[1,"}, '"message_ids": is not valid JSON'),
        ("deleteMessages", {"chat_id": 1, "message_ids": [1, "2"]}, '"message_ids.1": must be an Integer'),
        ("sendChatAction", {"chat_id": 1, "action": "dancing"}, '"action": must be one of'),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": '{"inline_keyboard": [[{"text": "a", "callback": "b"}]]}'},
            '"reply_markup.inline_keyboard.0.0": a InlineKeyboardButton has no field "callback"',
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"keyboard": [["plain text"]]}},
            '"reply_markup.keyboard.0.0": must be a KeyboardButton',
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "a"}]},
            '"commands.0": a BotCommand needs "description"',
        ),
        ("setMyCommands", {"commands": [], "scope": {"type": "everywhere"}}, '"scope": must be one of'),
        (
            "sendMediaGroup",
            {"chat_id": 1, "media": [{"type": "photo", "media": "x"}, {"type": "photo"}]},
            '"media.1": a InputMediaPhoto needs "media"',
        ),
        ("sendPhoto", {"chat_id": 1, "photo": "attach://p"}, '"photo": names an upload that is not in the form'),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(api, method, given, words):
    assert words in _refusal(api, method, given)


def test_forms_are_read_as_their_types(api):
    given = {
        "chat_id": "-42",
        "text": "42",
        "protect_content": "true",
        "reply_markup": '{"remove_keyboard": true}',
        "link_preview_options": '{"is_disabled": true}',
    }
    assert api.read(api.method("sendMessage"), given, {}) == {
        "chat_id": -42,
        "text": "42",
        "protect_content": True,
        "reply_markup": {"remove_keyboard": True},
        "link_preview_options": {"is_disabled": True},
    }
    assert api.read(api.method("sendMessage"), {"chat_id": "@name", "text": "x"}, {})["chat_id"] == "@name"


def test_an_upload_is_the_parameter_of_its_name_or_named_by_attach(api):
    upload = Upload("a.jpg", "image/jpeg", b"x")
    assert api.read(api.method("sendPhoto"), {"chat_id": 1}, {"photo": upload})["photo"] is upload
    media = [{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": "some id"}]
    assert api.read(api.method("sendMediaGroup"), {"chat_id": 1, "media": media}, {"a": upload})
    stray = {"photo": Upload("a", "b", b"x"), "stray": Upload("a", "b", b"x")}
    assert "stray" in _refusal(api, "sendPhoto", {"chat_id": 1}, stray)


def test_recursive_types_are_checked_to_the_bottom(api):
    check = api.shapes.named("RichText")
    check({"type": "bold", "text": ["a", {"type": "italic", "text": "b"}]}, {})
    with pytest.raises(MismatchError):
        check({"type": "bold", "text": ["a", {"type": "italic", "text": 5}]}, {})


def test_the_smallest_results_are_valid(api):
    stubs = Stubs(api)
    for name in api.names:
        method = api.method(name)
        method.check_result(stubs.result(method))


def _camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _bot_methods(api):
    for name, function in inspect.getmembers(telegram.Bot, inspect.iscoroutinefunction):
        if "_" in name and not name.startswith("_") and _camel(name) in api.names:
            yield api.method(_camel(name)), function


def test_python_telegram_bot_calls_methods_and_parameters_that_exist(api):
    unknown, met = [], 0
    for method, function in _bot_methods(api):
        met += 1
        wanted = set(inspect.signature(function).parameters) - LOCAL - CONVENIENT.keys()
        unknown += [f"{method.name}.{name}" for name in wanted - method.parameters.keys()]
    assert met >= 170
    assert unknown == DRIFT


def test_every_method_of_python_telegram_bot_is_known(api):
    own = {"do_api_request", "send_message_draft"} & set(dir(telegram.Bot))
    names = {
        name
        for name, _ in inspect.getmembers(telegram.Bot, inspect.iscoroutinefunction)
        if name.startswith(("send_", "edit_", "delete_", "get_", "set_", "answer_"))
    }
    assert [name for name in names - own if _camel(name) not in api.names] == []
