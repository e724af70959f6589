# SPDX-License-Identifier: Apache-2.0
"""Sending files and albums, and getFile."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from simulator import media
from simulator.errors import CallError, bad_request
from simulator.files import File
from simulator.methods_messages import caption_content
from simulator.parameters import Upload
from simulator.posting import chat_for_writing, from_bot
from simulator.simulation import Simulation

Json = dict[str, Any]
Uploads = Mapping[str, Upload]

# "10 MB max size for photos, 50 MB for other files" (the Bot API's page on sending files).
_PHOTO_LIMIT = 10 * 1000 * 1000
_UPLOAD_LIMIT = 50 * 1000 * 1000
_ALBUM = (2, 10)
_NO_CAPTION = frozenset({"sticker", "video_note"})
_ALONE = frozenset({"audio", "document"})  # "can be only grouped in an album with messages of the same type"


def _file(sim: Simulation, kind: str, value: Upload | str, uploads: Uploads) -> File:
    """A new upload, or a file already at Telegram. Files on the web are not fetched: there is no web here."""
    if isinstance(value, str) and value.startswith("attach://"):
        value = uploads[value.removeprefix("attach://")]
    if isinstance(value, Upload):
        return _keep(sim, kind, value)
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = sim.files.find(value)
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file


def _keep(sim: Simulation, kind: str, upload: Upload) -> File:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > (_PHOTO_LIMIT if kind == "photo" else _UPLOAD_LIMIT):
        if kind == "photo":
            raise bad_request("file is too big for a photo")
        raise CallError(413, "Request Entity Too Large")
    return sim.files.add(kind, content=upload.content, mime=upload.mime, name=upload.name)


def _sender(kind: str) -> Callable[[Simulation, Json, Uploads], Json]:
    def send(sim: Simulation, args: Json, uploads: Uploads) -> Json:
        chat = chat_for_writing(sim, args["chat_id"])
        caption = {} if kind in _NO_CAPTION else caption_content(args)
        file = _file(sim, kind, args[kind], uploads)
        return from_bot(sim, chat, kind, {**media.content(sim.files, kind, file, args), **caption}, args)

    return send


def send_album(sim: Simulation, args: Json, uploads: Uploads) -> list[Json]:
    chat = chat_for_writing(sim, args["chat_id"])
    items = args["media"]
    if not _ALBUM[0] <= len(items) <= _ALBUM[1]:
        raise bad_request("wrong number of messages in the album: it must have 2 to 10")
    kinds = {item["type"] for item in items}
    if len(kinds) > 1 and kinds & _ALONE:
        raise bad_request("documents and audio files can't be mixed with other kinds in an album")
    group = str(secrets.randbelow(1 << 53))
    contents = [
        (
            item["type"],
            {**media.content(sim.files, item["type"], _item(sim, item, uploads), item), **caption_content(item)},
        )
        for item in items
    ]
    return [from_bot(sim, chat, kind, {"media_group_id": group, **content}, args) for kind, content in contents]


def _item(sim: Simulation, item: Json, uploads: Uploads) -> File:
    return _file(sim, item["type"], item["media"], uploads)


def get_file(sim: Simulation, args: Json, _: Uploads) -> Json:
    file = sim.files.find(args["file_id"])
    return {**file.facts(), "file_path": sim.files.open_path(file)}


METHODS: dict[str, Callable[[Simulation, Json, Uploads], object]] = {
    "sendPhoto": _sender("photo"),
    "sendVoice": _sender("voice"),
    "sendAudio": _sender("audio"),
    "sendDocument": _sender("document"),
    "sendVideo": _sender("video"),
    "sendVideoNote": _sender("video_note"),
    "sendAnimation": _sender("animation"),
    "sendSticker": _sender("sticker"),
    "sendMediaGroup": send_album,
    "getFile": get_file,
}
