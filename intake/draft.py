# SPDX-License-Identifier: Apache-2.0
"""One unfinished telling: the answers so far and the place in the conversation. To bytes and back.

The shell seals these bytes after every turn and knows only `nonce`, `report_id`, `report_key`, `locale` and `files`.
Before the person has said yes to being kept, `consent` is None and `answers` hold the language at most.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from intake.errors import DraftError
from intake.events import Attachment

FORMAT = 1


@dataclass(frozen=True, slots=True)
class ToldDate:
    """A day or a span, as vague as it was told (domain.md section 4). Days are inclusive; None is open or unknown."""

    start: dt.date | None
    end: dt.date | None
    precision: str  # day | part_of_month | month | year | range | approximate | unknown
    as_reported: str
    anchor: dt.date  # the day it was told on


@dataclass(frozen=True, slots=True)
class ToldCount:
    """How many, as told (domain.md section 5). `high` None means "or more, not known"."""

    low: int
    high: int | None
    approximate: bool
    as_reported: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was told to one question. All empty: it was skipped, which is an answer too.

    `values` are choice values; `words` the person's own; `files` ids of attachments that are this answer.
    """

    values: tuple[str, ...] = ()
    words: str = ""
    date: ToldDate | None = None
    count: ToldCount | None = None
    files: tuple[str, ...] = ()

    @property
    def skipped(self) -> bool:
        return not (self.values or self.words or self.files or self.date or self.count)


@dataclass(frozen=True, slots=True)
class Consent:
    """The yes that everything else rests on: which text, in which language, on which day (Unix day number)."""

    text: str
    version: str
    locale: str
    day: int
    level: str = "S0"


@dataclass(frozen=True, slots=True)
class Draft:
    """Where a conversation stands.

    `step` is a question's key (`place`, or `place.2` for the second event) or "review"; `aside` a screen laid over it
    ("" | resume | delete | change | one of a visit's). `told` maps Telegram message ids to steps, for edits.
    `touched`: Unix seconds.
    """

    version: str  # of the questionnaire it began with
    nonce: str  # 8 hex digits; every button drawn for this draft carries it
    report_id: str  # 32 hex digits
    report_key: str  # 128 hex digits
    locale: str
    step: str
    touched: int
    answers: Mapping[str, Answer] = field(default_factory=dict)
    consent: Consent | None = None
    told: Mapping[int, str] = field(default_factory=dict)
    files: tuple[Attachment, ...] = ()
    picking: tuple[str, ...] = ()  # ticked so far on the question at hand
    aside: str = ""
    notes: tuple[str, ...] = ()  # words that were no answer to the question at hand, kept as told
    held: str = ""  # words that came after a long pause, used only if the person goes on
    long: str = ""  # step that just took a very long text, so that its next piece is appended
    full: bool = False  # asked to tell more where a shorter path would have ended
    detailed: bool = False  # asked to tell more where the usual questions had ended
    traceless: bool = False  # each answer is taken out of the chat once it is kept
    visit: str = ""  # hex secret of the receipt whose mailbox stands open
    receipts: tuple[str, ...] = ()  # hex secrets of the reports sent from here, until the person is done with them
    adds_to: str = ""  # hex secret of the receipt of an earlier report that this one goes on with
    flags: tuple[str, ...] = ()  # what a caseworker should know at once: distress, self_harm

    def __repr__(self) -> str:
        return f"Draft(step={self.step!r})"  # a traceback must not tell what a person told

    def to_bytes(self) -> bytes:
        fields = {name: getattr(self, name) for name in _PLAIN}
        fields |= {
            "format": FORMAT,
            "answers": {step: _answer_out(answer) for step, answer in self.answers.items()},
            "consent": asdict(self.consent) if self.consent else None,
            "told": {str(message): step for message, step in self.told.items()},
            "files": [asdict(file) for file in self.files],
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """DraftError when these are not the bytes of a draft of this format."""
        try:
            fields = json.loads(raw)
            if fields.pop("format") != FORMAT:
                raise DraftError("This draft has another format: start anew, or run the version that wrote it.")
            return cls(
                answers={step: _answer_in(answer) for step, answer in fields.pop("answers").items()},
                consent=Consent(**c) if (c := fields.pop("consent")) else None,
                told={int(message): step for message, step in fields.pop("told").items()},
                files=tuple(Attachment(**file) for file in fields.pop("files")),
                picking=tuple(fields.pop("picking")),
                notes=tuple(fields.pop("notes")),
                receipts=tuple(fields.pop("receipts")),
                flags=tuple(fields.pop("flags")),
                **fields,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DraftError("This draft cannot be read: start anew.") from error


_PLAIN = (
    "version",
    "nonce",
    "report_id",
    "report_key",
    "locale",
    "step",
    "touched",
    "picking",
    "aside",
    "notes",
    "held",
    "long",
    "full",
    "detailed",
    "traceless",
    "visit",
    "receipts",
    "adds_to",
    "flags",
)


def _day_out(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _day_in(day: str | None) -> dt.date | None:
    return dt.date.fromisoformat(day) if day else None


def _answer_out(answer: Answer) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if answer.values:
        fields["values"] = answer.values
    if answer.words:
        fields["words"] = answer.words
    if answer.files:
        fields["files"] = answer.files
    if (d := answer.date) is not None:
        fields["date"] = [_day_out(d.start), _day_out(d.end), d.precision, d.as_reported, d.anchor.isoformat()]
    if (c := answer.count) is not None:
        fields["count"] = [c.low, c.high, c.approximate, c.as_reported]
    return fields


def _answer_in(fields: dict[str, Any]) -> Answer:
    date = count = None
    if "date" in fields:
        start, end, precision, words, anchor = fields["date"]
        date = ToldDate(_day_in(start), _day_in(end), precision, words, dt.date.fromisoformat(anchor))
    if "count" in fields:
        count = ToldCount(*fields["count"])
    return Answer(tuple(fields.get("values", ())), fields.get("words", ""), date, count, tuple(fields.get("files", ())))
