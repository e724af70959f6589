# SPDX-License-Identifier: Apache-2.0
"""Opened attachments on their way to a caseworker's disk: read through once, checked whole, then sent.

Nothing opened is written down here, and nothing is sent before the whole object was seen to be what was sealed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from api import casefile
from api.auth import Seat
from api.errors import InvalidError, MissingError
from api.vault import Vault
from api.wiring import Wiring
from envelope.errors import RefusedError
from intake.report import StoredAttachment
from storage.blobs import Folder
from storage.desk.audit import Action
from storage.errors import BlobMissingError

Variant = Literal["scrubbed", "original"]

_ENDINGS: Final = {"image/jpeg": ".jpg", "image/png": ".png"}


class Download(NamedTuple):
    """What a client gets: the content's length, the headers that keep a browser from opening it, the pieces."""

    size: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


async def open_download(  # noqa: PLR0917
    wiring: Wiring, vault: Vault, seat: Seat, case: bytes, attachment: bytes, variant: Variant | None = None
) -> Download:
    """Open one attachment of a case; without `variant` the scrubbed copy, where there is one.

    `attachment` may be the id of the original or of its copy. MissingError, LockedUpError; InvalidError when it is not
    what was sealed, or when a copy is wanted that was never made.
    """
    opened = await casefile.open_rows(wiring, vault, seat, case)
    original, copy = _told(opened, attachment)
    told = original if variant == "original" else copy or original
    stored = next((file for file in opened.rows.files if told and file.id.hex() == told.id), None)
    if stored is None or told is None or opened.key is None:
        await wiring.store.write(opened.opening.write)
        raise MissingError
    if variant == "scrubbed" and copy is None:
        await wiring.store.write(opened.opening.write)
        raise InvalidError("This file has no scrubbed copy. Ask for variant=original, and mind what it may carry.")
    loop = asyncio.get_running_loop()
    try:
        pieces = await asyncio.to_thread(
            vault.open_attachment,
            opened.key,
            stored,
            lambda: _pulled(wiring.blobs, stored.id.hex(), loop),
            content_size=told.length,
            content_sha256=bytes.fromhex(told.sha256),
        )
    except (RefusedError, BlobMissingError) as error:
        opened.opening.note(Action.REPORT_REFUSED, case)
        await wiring.store.write(opened.opening.write)
        raise InvalidError("This attachment is not what was sealed, so it is not given out.") from error
    opened.opening.note(Action.ORIGINAL_OPENED if told is original else Action.ATTACHMENT_OPENED, case)
    await wiring.store.write(opened.opening.write)
    return Download(told.length, _headers(told.name or told.id + _ENDINGS.get(told.mime, "")), pieces)


def _told(
    opened: casefile.Opened, attachment: bytes
) -> tuple[StoredAttachment, StoredAttachment | None] | tuple[None, None]:
    """What the report tells of a file: its original, and the scrubbed copy where one was made."""
    files = {file.id: file for file in (opened.report.attachments if opened.report else ())}
    asked = files.get(attachment.hex())
    original = files.get(asked.of or asked.id) if asked else None
    if original is None or original.of is not None:
        return None, None
    return original, next((file for file in files.values() if file.of == original.id), None)


def _pulled(blobs: Folder, key: str, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """The blob's pieces, for a thread: each is asked for in the loop."""
    source: AsyncIterator[bytes] = blobs.read(key)

    async def following() -> bytes | None:
        return await anext(source, None)

    while (piece := asyncio.run_coroutine_threadsafe(following(), loop).result()) is not None:
        yield piece


def _headers(name: str) -> dict[str, str]:
    # RFC 6266: a name of ours for old clients, the person's own encoded, so that no letter of it ends the header.
    return {
        "Content-Disposition": f"attachment; filename=\"attachment\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Type": "application/octet-stream",
    }
