# SPDX-License-Identifier: Apache-2.0
"""What the flow wants done, as plain values.

The shell renders all Say, Ask and Review of one step, in their order, into one message with one keyboard, and does
the rest in the order given. Every `key` is a catalog key; the shell adds `organisation` to the values of every text
it fills. Values are literal strings (already in the reporter's language, or their own words) or whole numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intake.events import Attachment

Values = Mapping[str, str | int]

STANDING = ("back", "skip", "send", "delete", "help")
"""Exits that stand beside the choices. Their button texts are `button.<word>`; as presses they are plain choices."""

DONE = "done"
"""The press that ends a question where several may be picked (`button.done`)."""

RESERVED = frozenset({*STANDING, DONE})
"""Words no choice of any question may be called; the questionnaire loader refuses them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. Its text is `text` when given (a language's own name), else the catalog text of `label`."""

    value: str
    label: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Words that ask nothing. `n` picks a plural form where the key has them."""

    key: str
    values: Values = field(default_factory=dict)
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. Buttons answer with `Pressed(draft.nonce, step, choice.value | standing word | DONE)`.

    `numbered`: show "1 ...", "2 ..." before the choices; False where a typed number is itself the answer (how many
    people). `multiple`: several may be picked; the shell marks `picked`, adds a DONE button, and typed numbers such
    as "1 3" answer at once. `free_text`: typed words that are no choice are an answer too. `progress` is
    (question, of about) for `bot.progress`, or None.
    """

    step: str
    key: str
    values: Values = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    picked: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    columns: int = 1
    progress: tuple[int, int] | None = None
    free_text: bool = False
    hint: str | None = None  # a second catalog key, shown under the question
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One answer read back: the short name of its question, and what was told (cleaned and shortened for a screen)."""

    step: str
    label_key: str
    value: str


@dataclass(frozen=True, slots=True)
class Review:
    """The last screen: `key` above, the lines, then numbered choices. Its presses carry step "review"."""

    lines: tuple[ReviewLine, ...]
    choices: tuple[Choice, ...]
    key: str = "bot.review"
    step: str = "review"
    standing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submit:
    """Seal and keep what the draft *before this step* tells, then show the receipt and what else the step says.

    Where the step leaves a draft, the shell adds the new receipt's secret to it: `visit`, and last of `receipts`.
    """


@dataclass(frozen=True, slots=True)
class Wipe:
    """Destroy the draft and its key, and delete the messages of this chat. The step's draft is None."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Stream this file from Telegram into the spool, sealed under the draft's report key."""

    attachment: Attachment


@dataclass(frozen=True, slots=True)
class Mail:
    """Do something with the mailbox that a receipt opens, and say how it went, then show `menu`.

    `secret`: the receipt's 11 bytes, hex. `act`: read (show what waits, or `bot.mailbox_unknown` without the menu),
    write (`text` to the caseworkers), share (a new sharing `level`), notify, silence (a notice here when a message
    waits, or no more), proof (a signed proof that something was registered), erase (all that was told with it).
    """

    secret: str
    act: Literal["read", "write", "share", "notify", "silence", "proof", "erase"]
    text: str = ""
    level: str = ""
    menu: "Ask | None" = None


@dataclass(frozen=True, slots=True)
class ShowReceipts:
    """Show these receipts (hex secrets) again, each numbered.

    `handed`: there is one, and the words are for the person it is given to.
    """

    secrets: tuple[str, ...]
    handed: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """A short notice over the pressed button; where the event was no press it is not shown."""

    key: str


Effect = Say | Ask | Review | Submit | Wipe | Fetch | Mail | ShowReceipts | Toast
