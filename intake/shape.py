# SPDX-License-Identifier: Apache-2.0
"""The shape of a finished telling: what is sealed, and what a caseworker reads (domain.md section 2).

Every fact is optional; dates and counts are as vague as they were told, with the reporter's own words beside them.
Defaults are left out of the bytes, so a short telling is a short report.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from intake.errors import FactsError, ReportError
from intake.facts import Facts

SCHEMA = 1

Hex16 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, Field(max_length=64_000)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Mode = Literal["self", "relative", "proxy", "witness"]
Level = Literal["S0", "S1", "S2", "S3", "S4"]
Precision = Literal["day", "part_of_month", "month", "year", "range", "approximate", "unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Act(_Part):
    code: Code
    status: Literal["alleged", "recoded"] = "alleged"
    set_by: Literal["reporter", "caseworker"] = "reporter"
    qualifiers: tuple[Code, ...] = ()


class Place(_Part):
    """ISO 3166 codes where one was picked; `words` what was typed instead, `town` the town in their words."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")] | None = None
    words: Words = ""
    town: Words = ""
    site: Code | None = None
    site_words: Words = ""


class When(_Part):
    """Inclusive days, or null. Never shown without its precision: a bare year must not become 1 January."""

    start: dt.date | None = None
    end: dt.date | None = None
    precision: Precision = "unknown"
    as_reported: Words = ""
    anchor: dt.date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and self.start > self.end:
            raise ValueError("start is after end")
        if self.precision == "day" and (self.start is None or self.start != self.end):
            raise ValueError("a day is one day")
        if self.precision == "unknown" and (self.start or self.end):
            raise ValueError("an unknown date has no days")
        return self


class People(_Part):
    count_min: int = Field(default=1, ge=1)
    count_max: int | None = None
    children_min: int = Field(default=0, ge=0)
    children_max: int | None = None
    dead_min: int = Field(default=0, ge=0)
    injured_min: int = Field(default=0, ge=0)
    approximate: bool = False
    as_reported: Words = ""
    children_as_reported: Words = ""


class Actor(_Part):
    """`code` of the taxonomy, or the reporter's `words` where nothing fitted."""

    code: Code | None = None
    words: Words = ""
    how_identified: tuple[Code, ...] = ()
    certainty: Literal["sure", "likely", "unsure"] | None = None


class Papers(_Part):
    """Which papers they had (kinds of the taxonomy), and what became of them: shown, taken, destroyed, kept."""

    kinds: tuple[Code, ...] = ()
    fate: tuple[Code, ...] = ()


class Signed(_Part):
    answer: Literal["no", "yes", "forced", "unknown"]
    understood: Literal["yes", "no"] | None = None


class Pattern(_Part):
    """What goes on and on (domain.md 6.8): over which time, how somebody knows how many, whether it goes on."""

    over: "When | None" = None
    counted: tuple[Code, ...] = ()
    going_on: Literal["yes", "no", "unknown"] | None = None


class Person(_Part):
    """One person, never by name: `label` is "1", "2" … in the order of telling.

    `agrees` is whether they know and agree; without a yes only S0 and S2 are possible (domain.md 6.6).
    """

    label: Annotated[str, Field(pattern=r"^[0-9]{1,2}$")]
    age: Literal["0_4", "5_11", "12_17", "18_59", "60"] | None = None
    gender: Literal["woman", "man"] | None = None
    nationality: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    nationality_words: Words = ""
    attributes: tuple[Code, ...] = ()
    part: Literal["victim", "witness", "both"] | None = None
    now: Code | None = None
    agrees: Literal["yes", "emergency", "cannot"] | None = None
    why: Words = ""
    share: Level = "S0"
    facts: Mapping[str, Any] = {}


class Source(_Part):
    """Who tells. The organisation or role of a defender is never exported."""

    role: Code | None = None
    role_words: Words = ""
    known_by: Code | None = None
    at_risk: bool | None = None


class Incident(_Part):
    groups: tuple[Code, ...] = ()
    acts: tuple[Act, ...] = ()
    place: Place = Place()
    date: When | None = None
    people: People | None = None
    attributes: tuple[Code, ...] = ()
    narrative: Words = ""
    voice: tuple[Hex16, ...] = ()  # attachments that are the narrative
    actors: tuple[Actor, ...] = ()
    moved_to: Place = Place()
    papers: Papers = Papers()
    reason_told: Code | None = None
    reason_words: Words = ""
    signed: Signed | None = None
    pattern: Pattern | None = None
    other_version: Words = ""
    evidence_held_by: tuple[Code, ...] = ()
    facts: Mapping[str, Any] = {}  # for triage, but for those that depend on the day

    @model_validator(mode="after")
    def _facts_are_facts(self) -> Self:
        try:
            Facts.from_mapping(self.facts)
        except FactsError as error:
            raise ValueError(str(error)) from error
        return self


class ToldAnswer(_Part):
    """Every question that was put: its choice values, and words that have no place of their own above."""

    question: Code
    round: int = 1
    values: tuple[str, ...] = ()
    words: Words = ""
    skipped: bool = False


class ConsentRecord(_Part):
    text: str
    version: str
    locale: str
    day: int  # Unix day number
    level: Level = "S0"
    scope: str = "report"  # or "person 1"
    answer: Literal["yes", "emergency", "cannot"] = "yes"


class Contact(_Part):
    """Whether and when an answer may be read; nothing here leads to a person."""

    allowed: bool | None = None
    when: tuple[str, ...] = ()
    words: Words = ""
    neutral_only: bool = False
    safe_word: Words = ""


class StoredAttachment(_Part):
    """A file whose sealed stream was kept. `length` and `sha256` are those of the bytes before sealing.

    The bot gives `id`, `length` and `sha256`; `intake.report.build` adds what the draft knows of the file. A scrubbed
    copy names its original in `of`, has a `mime` of its own, and neither name nor caption.
    """

    id: Hex16
    length: int = Field(ge=0)
    sha256: Hex32
    variant: Literal["original", "scrubbed"] = "original"
    of: Hex16 | None = None
    kind: str = ""
    mime: str = ""
    name: Words = ""
    caption: Words = ""


class Graded(_Part):
    """The triage of the day of sending; the desk grades anew at each opening."""

    priority: Literal["P1", "P2", "P3", "P4"]
    points: int
    reasons: tuple[Code, ...] = ()
    not_known: tuple[Code, ...] = ()
    rules: str


class Report(_Part):
    schema_version: Literal[1] = Field(default=1, alias="schema")
    id: Hex16
    day: dt.date  # of sending, in the organisation's time zone
    questionnaire: str
    taxonomy: str
    language: str
    interpreter_needed: str | None = None
    mode: Mode | None = None
    pattern: bool = False
    path: Code | None = None  # the shorter path it was told on
    incidents: tuple[Incident, ...] = Field(min_length=1)
    persons: tuple[Person, ...] = ()
    agrees: Literal["yes", "emergency", "cannot"] | None = None  # of a group told as one
    agrees_why: Words = ""
    source: Source = Source()
    share: Level = "S0"  # the widest that was said yes to
    complaints: Words = ""  # numbers, lawyers, groups already on it: nobody is asked twice
    flags: tuple[Code, ...] = ()  # distress, self_harm: words of distress were said
    adds_to: Hex16 | None = None  # look-up id of the mailbox of an earlier report
    sent_on: When | None = None  # when they were sent out of the country
    wishes: tuple[Code, ...] = ()
    contact: Contact = Contact()
    consent: tuple[ConsentRecord, ...] = Field(min_length=1)
    answers: tuple[ToldAnswer, ...] = ()
    notes: tuple[Words, ...] = ()  # words that came as no answer to a question
    attachments: tuple[StoredAttachment, ...] = ()
    lost_attachments: tuple[str, ...] = ()  # kinds of files that were sent and could not be kept
    mailbox_sha256: Hex32
    untold: tuple[Code, ...] = ()
    triage: Graded | None = None

    def to_mapping(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return self.model_dump(mode="json", by_alias=True)

    def to_bytes(self) -> bytes:
        """Canonical JSON: sorted keys, no spaces, UTF-8, defaults left out."""
        fields = {"schema": SCHEMA, **self.model_dump(mode="json", by_alias=True, exclude_defaults=True)}
        return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """ReportError names the fields at fault and never what stood in them."""
        try:
            return cls.model_validate_json(raw)
        except ValidationError as error:
            places = sorted({".".join(map(str, one["loc"])) for one in error.errors(include_input=False)})
            raise ReportError(f"Not a report of schema {SCHEMA}, at {', '.join(places) or 'the top'}.") from None
