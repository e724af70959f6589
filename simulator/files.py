# SPDX-License-Identifier: Apache-2.0
"""Files at Telegram: opaque ids, contents kept or made on the fly, paths that are valid for an hour."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.clock import Clock
from simulator.errors import CallError, bad_request

Json = dict[str, object]

_PATH_SECONDS = 3600  # "guaranteed that the link will be valid for at least 1 hour" (getFile)
DOWNLOAD_LIMIT = 20 << 20  # Client.h:71 of tdlib/telegram-bot-api @01a3679
_PIECE = 1 << 16

# kind -> (folder of the path, extension, MIME type when none is given)
_KINDS: dict[str, tuple[str, str, str]] = {
    "photo": ("photos", "jpg", "image/jpeg"),
    "voice": ("voice", "oga", "audio/ogg"),
    "audio": ("music", "mp3", "audio/mpeg"),
    "video": ("videos", "mp4", "video/mp4"),
    "video_note": ("video_notes", "mp4", "video/mp4"),
    "animation": ("animations", "mp4", "video/mp4"),
    "document": ("documents", "bin", "application/octet-stream"),
    "sticker": ("stickers", "webp", "image/webp"),
}
KINDS = tuple(_KINDS)


@dataclass(slots=True)
class File:
    """One file. With `content` None it is made up: `size` bytes that repeat a random block, the same every time."""

    id: str
    unique: str
    kind: str
    size: int
    mime: str
    name: str | None
    content: bytes | None
    block: bytes = field(default_factory=lambda: secrets.token_bytes(_PIECE))
    path: str = ""
    path_until: float = 0.0

    def pieces(self) -> Iterator[bytes]:
        for start in range(0, self.size, _PIECE):
            end = min(start + _PIECE, self.size)
            yield self.content[start:end] if self.content is not None else self.block[: end - start]

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        return digest.hexdigest()

    def facts(self) -> Json:
        """The fields that every file object of the Bot API begins with."""
        return {"file_id": self.id, "file_unique_id": self.unique, "file_size": self.size}


class Files:
    """All files, by id and, while they live, by path."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}

    def add(
        self,
        kind: str,
        *,
        content: bytes | None = None,
        size: int = 0,
        mime: str | None = None,
        name: str | None = None,
    ) -> File:
        """Keeps a file; either its bytes or its size is given."""
        size = len(content) if content is not None else size
        file = File(
            id="AgAD" + secrets.token_urlsafe(45),
            unique=secrets.token_urlsafe(11),
            kind=kind,
            size=size,
            mime=mime or _KINDS[kind][2],
            name=name,
            content=content,
        )
        self._by_id[file.id] = file
        return file

    def find(self, file_id: str) -> File:
        """CallError when no file has this id."""
        file = self._by_id.get(file_id)
        if file is None:
            raise bad_request("invalid file_id")
        return file

    def open_path(self, file: File) -> str:
        """A path for downloading, good for an hour from now."""
        if file.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        now = self._clock.now()
        if not file.path or file.path_until <= now:
            folder, extension, _ = _KINDS[file.kind]
            self._by_path.pop(file.path, None)
            file.path = f"{folder}/file_{len(self._by_path) + secrets.randbelow(1 << 24)}.{extension}"
            self._by_path[file.path] = file
        file.path_until = now + _PATH_SECONDS
        return file.path

    def at(self, path: str) -> File:
        """The file behind a path that is still good; CallError 404 when there is none."""
        file = self._by_path.get(path)
        if file is None or file.path_until <= self._clock.now():
            raise CallError(404, "Not Found")
        return file
