# SPDX-License-Identifier: Apache-2.0
"""The Bot API's objects for files: Voice, Photo sizes, Document and the rest, whoever sends them."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.files import File, Files

Json = dict[str, Any]

# Widths that Telegram makes of a photo; the last one is the picture itself (as seen in its messages).
_PHOTO_WIDTHS = (90, 320, 800, 1280)


def content(files: Files, kind: str, file: File, options: Json) -> Json:
    """{field: object} as it stands in a Message; `options` are duration, width, height, performer, title, length."""
    if kind == "photo":
        return {"photo": _photo(files, file)}
    made = _MAKERS[kind](file, options)
    if kind == "animation":
        return {"animation": made, "document": _document(file, options)}
    return {kind: made}


def _photo(files: Files, file: File) -> list[Json]:
    """The smaller sizes are files of their own, made up."""
    sizes: list[Json] = []
    for width in _PHOTO_WIDTHS[:-1]:
        small = files.add("photo", size=max(1, file.size * width // (2 * _PHOTO_WIDTHS[-1])))
        sizes.append({**small.facts(), "width": width, "height": width * 3 // 4})
    width = _PHOTO_WIDTHS[-1]
    return [*sizes, {**file.facts(), "width": width, "height": width * 3 // 4}]


def _voice(file: File, options: Json) -> Json:
    return {**file.facts(), "duration": options.get("duration", 1), "mime_type": file.mime}


def _audio(file: File, options: Json) -> Json:
    named = {"file_name": file.name} if file.name else {}
    more = {name: options[name] for name in ("performer", "title") if options.get(name)}
    return {**_voice(file, options), **named, **more}


def _document(file: File, _: Json) -> Json:
    named = {"file_name": file.name} if file.name else {}
    return {**file.facts(), "mime_type": file.mime, **named}


def _video(file: File, options: Json) -> Json:
    size = {"width": options.get("width", 640), "height": options.get("height", 480)}
    return {**_document(file, options), **size, "duration": options.get("duration", 1)}


def _video_note(file: File, options: Json) -> Json:
    return {**file.facts(), "length": options.get("length", 240), "duration": options.get("duration", 1)}


def _sticker(file: File, options: Json) -> Json:
    facts = {**file.facts(), "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {**facts, "emoji": options.get("emoji", "🙂")}


_MAKERS: Mapping[str, Callable[[File, Json], Json]] = {
    "voice": _voice,
    "audio": _audio,
    "document": _document,
    "video": _video,
    "animation": _video,
    "video_note": _video_note,
    "sticker": _sticker,
}
