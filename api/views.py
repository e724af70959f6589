# SPDX-License-Identifier: Apache-2.0
"""What a program is shown of the queue and of a case: plain JSON, ids in hex, days and hours as Unix numbers."""

from typing import Any

from pydantic import BaseModel

from api.casefile import CaseFile, Moment, Words, moves
from api.queue import Line, Page
from intake.mail import Share
from intake.mail import Words as Said
from intake.triage import PRIORITIES
from storage.desk.cases import MESSAGE_RECEIVED, REPLY_SENT, CaseRow

_KINDS = {REPLY_SENT: "reply", MESSAGE_RECEIVED: "message"}


class CaseOut(BaseModel):
    """A case's clear columns; `version` is what If-Match takes."""

    id: str
    priority: str
    status: str
    due_hour: int
    day: int
    assignee: str | None
    unread: int
    version: int


class LineOut(CaseOut):
    """A line of the queue. `opened` false: the record does not open, and everything sealed is null or empty."""

    opened: bool
    points: int | None = None
    reasons: list[str] = []
    not_known: list[str] = []
    groups: list[str] = []
    codes: list[str] = []
    place: str | None = None
    people: str | None = None
    language: str | None = None
    mode: str | None = None
    excerpt: str | None = None
    attachments: int = 0


class QueueOut(BaseModel):
    items: list[LineOut]
    next: str | None


class ReasonOut(BaseModel):
    rule: str
    floor: str | None
    points: int


class WordsOut(BaseModel):
    """A note, reply or message; `author` null: the reporter; `text` null: it does not open.

    Kinds share, notify and silence are changes by the reporter and have no text; share has the new level.
    """

    id: str
    kind: str
    author: str | None
    day: int | None
    text: str | None
    level: str | None = None


class CaseFileOut(CaseOut):
    """An opened case; `report` is null when it does not open."""

    opened: bool
    points: int | None
    reasons: list[ReasonOut]
    not_known: list[str]
    moves: list[str]
    report: dict[str, Any] | None
    words: list[WordsOut]
    adds_to: str | None = None


class MomentOut(BaseModel):
    hour: int
    action: str
    actor: str | None
    name: str | None
    detail: dict[str, Any] | None


def case_out(case: CaseRow) -> CaseOut:
    return CaseOut(**_clear(case))


def _clear(case: CaseRow) -> dict[str, Any]:
    return {
        "id": case.id.hex(),
        "priority": PRIORITIES[case.priority - 1],
        "status": case.status,
        "due_hour": case.due_hour,
        "day": case.day,
        "assignee": case.assignee.hex() if case.assignee else None,
        "unread": case.unread,
        "version": case.version,
    }


def line_out(line: Line) -> LineOut:
    clear, found, graded = _clear(line.case), line.summary, line.graded
    if found is None or graded is None:
        return LineOut(**clear, opened=False)
    return LineOut(
        **clear,
        opened=True,
        points=graded.points,
        reasons=[reason.rule for reason in graded.reasons],
        not_known=list(graded.not_known),
        groups=list(found.groups),
        codes=list(found.codes),
        place=found.place,
        people=found.people,
        language=found.language,
        mode=found.mode,
        excerpt=found.excerpt,
        attachments=found.attachments,
    )


def queue_out(page: Page) -> QueueOut:
    return QueueOut(items=[line_out(line) for line in page.lines], next=page.cursor)


def words_out(words: Words) -> WordsOut:
    author = words.author.hex() if any(words.author) else None
    kind, text, level = _KINDS.get(words.kind, "note"), words.text, None
    told = words.mail
    if isinstance(told, Said):
        text = told.text
    elif told is not None:
        kind, text = type(told).__name__.lower(), None
        level = told.level if isinstance(told, Share) else None
    return WordsOut(id=words.id.hex(), kind=kind, author=author, day=words.day, text=text, level=level)


def file_out(file: CaseFile) -> CaseFileOut:
    found = file.triage
    return CaseFileOut(
        **_clear(file.case),
        opened=file.report is not None,
        points=found.points if found else None,
        reasons=[ReasonOut(rule=one.rule, floor=one.floor, points=one.points) for one in found.reasons]
        if found
        else [],
        not_known=list(found.not_known) if found else [],
        moves=[move.value for move in moves(file.case)],
        report=file.report.to_mapping() if file.report else None,
        words=[words_out(words) for words in file.words],
        adds_to=file.adds_to.hex() if file.adds_to else None,
    )


def moment_out(moment: Moment, names: dict[bytes, str]) -> MomentOut:
    return MomentOut(
        hour=moment.hour,
        action=moment.action,
        actor=moment.actor.hex() if any(moment.actor) else None,
        name=names.get(moment.actor),
        detail=dict(moment.detail) if moment.detail is not None else None,
    )
