# SPDX-License-Identifier: Apache-2.0
"""What can happen in a conversation, as plain values: the only things `flow.advance` ever reads.

The shell (bot/) turns a Telegram update into exactly one of these. No event carries a name, a chat id or a
clock: time, day and fresh random bytes come beside it, in a `Turn`.
"""

import datetime as dt
from dataclasses import dataclass

ENTROPY = 84
"""Random bytes a turn brings: 4 for the draft's nonce, 16 for the report's id, 64 for the report's two keys."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file the person sent. `id` is ours (32 hex digits), minted by the shell; `size` in bytes, 0 when unknown."""

    id: str
    kind: str  # voice | audio | photo | video | video_note | document
    size: int = 0
    mime: str = ""
    name: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Text the person typed, raw as it came. `message` is Telegram's message id, so that an edit finds its answer."""

    text: str
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button: the draft nonce and the step it was drawn for, and a choice value or a standing word."""

    nonce: str
    step: str
    choice: str


@dataclass(frozen=True, slots=True)
class Attached:
    attachment: Attachment
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """A shared position. It is never kept: the name of the town it lies in is, where a place is asked."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Edited:
    """An earlier message was changed; `text` is all of its new text."""

    message: int
    text: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something we cannot take. `kind` is the tail of a catalog key `kind.<kind>` (sticker, contact, poll, ...)."""

    kind: str


@dataclass(frozen=True, slots=True)
class GaveReceipt:
    """Text shaped like a receipt. `secret` is what it spells (22 hex digits), "" when its check digits are wrong.

    Whether a mailbox exists is not known here.
    """

    secret: str


Event = Said | Pressed | Attached | Located | Edited | Unusable | GaveReceipt


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything the flow may not find out by itself."""

    now: int  # Unix seconds
    today: dt.date  # in the organisation's time zone (domain.md section 4)
    language: str | None  # the app's language_code: a hint, never an answer
    entropy: bytes  # ENTROPY random bytes, used only when a draft starts
