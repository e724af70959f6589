# SPDX-License-Identifier: Apache-2.0
"""Files both ways: uploads, ids, albums, getFile, downloads."""

import base64
import hashlib

import pytest
import telegram
from telegram.error import BadRequest, InvalidToken, NetworkError

MIB = 1 << 20
KINDS = ["photo", "voice", "audio", "document", "video", "video_note", "animation", "sticker"]


def _of(message, kind):
    found = getattr(message, kind)
    return found[-1] if kind == "photo" else found


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_uploaded_downloaded_and_sent_again_by_its_id(bot, phone, kind):
    content = f"bytes of a {kind}".encode()
    sent = await getattr(bot, f"send_{kind}")(phone.chat, content)
    file = _of(sent, kind)
    assert (file.file_size, (await phone.screen())["messages"][-1]["kind"]) == (len(content), kind)
    got = await bot.get_file(file.file_id)
    assert bytes(await got.download_as_bytearray()) == content
    again = await getattr(bot, f"send_{kind}")(phone.chat, file.file_id)
    assert _of(again, kind).file_id == file.file_id


async def test_a_file_id_is_of_its_kind(bot, phone):
    sent = await bot.send_voice(phone.chat, b"sound")
    with pytest.raises(BadRequest, match=r"[Cc]an't use file of type voice as photo"):
        await bot.send_photo(phone.chat, sent.voice.file_id)
    with pytest.raises(BadRequest, match=r"[Ii]nvalid file_id"):
        await bot.send_photo(phone.chat, "AgADnothing")


async def test_captions_have_1024_units(bot, phone):
    assert (await bot.send_document(phone.chat, b"x", caption="c" * 1024)).caption == "c" * 1024
    with pytest.raises(BadRequest, match=r"[Mm]essage caption is too long"):
        await bot.send_document(phone.chat, b"x", caption="c" * 1025)


async def test_an_album_uploads_by_attach(bot, phone):
    media = [telegram.InputMediaPhoto(b"one", caption="first"), telegram.InputMediaVideo(b"two")]
    sent = await bot.send_media_group(phone.chat, media)
    assert [(one.caption, one.media_group_id) for one in sent] == [
        ("first", sent[0].media_group_id),
        (None, sent[0].media_group_id),
    ]
    content = await (await bot.get_file(sent[1].video.file_id)).download_as_bytearray()
    assert bytes(content) == b"two"


async def test_albums_have_2_to_10_items_of_kinds_that_mix(bot, phone):
    with pytest.raises(BadRequest, match=r"[Ww]rong number of messages in the album"):
        await bot.send_media_group(phone.chat, [telegram.InputMediaPhoto(b"one")])
    with pytest.raises(BadRequest, match="can't be mixed"):
        await bot.send_media_group(phone.chat, [telegram.InputMediaPhoto(b"one"), telegram.InputMediaDocument(b"two")])


async def test_an_attachment_must_be_in_the_form(simulator, phone):
    media = [{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": "attach://b"}]
    said = await simulator.call("sendMediaGroup", 400, chat_id=phone.chat, media=media)
    assert said == 'Bad Request: wrong parameter "media.0.media": names an upload that is not in the form'


async def test_upload_limits(bot, phone):
    with pytest.raises(BadRequest, match="too big for a photo"):
        await bot.send_photo(phone.chat, b"x" * 10_000_001)
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_document(phone.chat, b"x" * 50_000_001)
    with pytest.raises(BadRequest, match=r"[Ff]ile must be non-empty"):
        await bot.send_document(phone.chat, telegram.InputFile(b"", filename="empty"))


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_person_sends_parses_and_downloads(simulator, bot, phone, kind):
    content = base64.b64encode(b"from a person").decode()
    await phone.do("send", kind=kind, content=content, name="n.bin", mime="x/y", caption="words")
    message = telegram.Update.de_json((await simulator.updates())[-1], bot).message
    got = await bot.get_file(_of(message, kind).file_id)
    assert bytes(await got.download_as_bytearray()) == b"from a person"
    assert message.caption == "words"


async def test_a_file_by_size_is_the_same_bytes_each_time(simulator, bot, phone):
    await phone.do("send", kind="video", size=3 * MIB + 7)
    file_id = (await simulator.updates())[-1]["message"]["video"]["file_id"]
    hashes = set()
    for _ in range(2):
        content = await (await bot.get_file(file_id)).download_as_bytearray()
        assert len(content) == 3 * MIB + 7
        hashes.add(hashlib.sha256(content).hexdigest())
    assert len(hashes) == 1


@pytest.mark.parametrize(("size", "fits"), [(20 * MIB, True), (20 * MIB + 1, False)])
async def test_20_mib_is_the_limit_of_get_file(simulator, bot, phone, size, fits):
    await phone.do("send", kind="document", size=size)
    file_id = (await simulator.updates())[-1]["message"]["document"]["file_id"]
    if fits:
        assert (await bot.get_file(file_id)).file_size == size
    else:
        with pytest.raises(BadRequest, match=r"[Ff]ile is too big"):
            await bot.get_file(file_id)


async def test_a_path_lives_an_hour(simulator, bot, phone):
    await phone.do("send", kind="voice", size=100)
    file_id = (await simulator.updates())[-1]["message"]["voice"]["file_id"]
    file = await bot.get_file(file_id)
    await simulator.advance(3599)
    assert len(await file.download_as_bytearray()) == 100
    await simulator.advance(2)
    with pytest.raises(InvalidToken):  # what python-telegram-bot makes of a 404
        await file.download_as_bytearray()
    assert len(await (await bot.get_file(file_id)).download_as_bytearray()) == 100


async def test_the_file_server_wants_the_token(simulator, bot, phone):
    await phone.do("send", kind="voice", size=100)
    path = (await bot.get_file((await simulator.updates())[-1]["message"]["voice"]["file_id"])).file_path
    async with simulator.web.get(path.replace("TEST1", "TEST2")) as answer:
        assert answer.status == 401


async def test_the_page_gets_the_bytes_of_what_it_shows(simulator, phone):
    message = (await phone.do("send", kind="voice", content=base64.b64encode(b"sound").decode()))["message"]
    path = f"{simulator.url}/control/phones/{phone.number}/messages/{message}/content"
    async with simulator.web.get(path) as answer:
        assert (answer.status, await answer.read(), answer.content_type) == (200, b"sound", "audio/ogg")
    await phone.do("delete", message=message)
    async with simulator.web.get(path) as answer:
        assert answer.status == 404


async def test_the_journal_shows_uploads_as_size_and_hash(simulator, bot, phone):
    await bot.send_document(phone.chat, b"secret bytes")
    shown = (await simulator.get("/calls?method=sendDocument"))["calls"][0]["parameters"]["document"]
    assert shown == {"size": 12, "sha256": hashlib.sha256(b"secret bytes").hexdigest()}
    await bot.send_media_group(phone.chat, [telegram.InputMediaPhoto(b"one"), telegram.InputMediaPhoto(b"three")])
    album = (await simulator.get("/calls?method=sendMediaGroup"))["calls"][0]["parameters"]
    sizes = [album[item["media"]]["size"] for item in album["media"]]
    assert sizes == [3, 5]
