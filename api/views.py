# SPDX-License-Identifier: Apache-2.0
"""What a program is shown of the queue and of a case: plain JSON, ids in hex, days and hours as Unix numbers."""

from typing import Any

from pydantic import BaseModel

from api.casefile import CaseFile, Moment, Words, moves
from api.queue import Line, Page
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
    points: int | None
    reasons: list[str]
    groups: list[str]
    codes: list[str]
    place: str | None
    people: str | None
    language: str | None
    mode: str | None
    excerpt: str | None


class QueueOut(BaseModel):
    items: list[LineOut]
    next: str | None


class ReasonOut(BaseModel):
    rule: str
    floor: str | None
    points: int


class WordsOut(BaseModel):
    """A note, reply or message; `author` null: the reporter; `text` null: it does not open."""

    id: str
    kind: str
    author: str | None
    day: int | None
    text: str | None


class CaseFileOut(CaseOut):
    """An opened case; `report` is null when it does not open."""

    opened: bool
    points: int | None
    reasons: list[ReasonOut]
    not_known: list[str]
    moves: list[str]
    report: dict[str, Any] | None
    words: list[WordsOut]


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
