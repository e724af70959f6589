# SPDX-License-Identifier: Apache-2.0
"""From cases and reports to the words a page shows: codes through the catalog, a person's own words untouched."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from api.casefile import CaseFile, Moment, Words, moves
from api.console.labels import Labels, joined
from api.console.reportwording import ReportWording
from api.queue import Line
from api.views import case_out, words_out
from intake.catalog import Catalog
from intake.report import StoredAttachment
from intake.triage import PRIORITIES
from storage.desk.audit import Action
from storage.desk.cases import CaseRow

MOST = 100  # what the store counts up to
FROM_REPORTER = frozenset(
    {Action.REPORT_RECEIVED, Action.MAILBOX_WRITTEN, Action.ERASURE_REQUESTED, Action.CASE_ERASED}
)
_EPOCH = dt.date(1970, 1, 1)


def date(day: int) -> str:
    return (_EPOCH + dt.timedelta(days=day)).isoformat()


def counted(count: int) -> str:
    return f"{MOST}+" if count >= MOST else str(count)


class Wording:
    """Says things in one language; `languages` gives the names of languages, `names` those of caseworkers."""

    def __init__(
        self, catalog: Catalog, *, languages: Mapping[str, str], names: Mapping[bytes, str], hour: int
    ) -> None:
        self._catalog = catalog
        self._languages = languages
        self._names = names
        self._hour = hour
        self._text = catalog.text
        self._labels = Labels(catalog)

    def _person(self, user: bytes | None) -> str | None:
        return self._names.get(user, "?") if user else None

    def line(self, found: Line) -> dict[str, Any]:
        """One line of the queue."""
        shown = self._head(found.case) | {"opened": found.summary is not None, "unread": found.case.unread}
        shown |= {"erased": found.case.erased}
        summary, graded = found.summary, found.graded
        if summary is None or graded is None:
            return shown
        about = (
            self._summary_place(summary.place),
            f"{self._text('desk.case.people')}: {summary.people}" if summary.people else None,
            self._labels.named("mode", summary.mode) if summary.mode else None,
            self._languages.get(summary.language, summary.language) if summary.language else None,
            self._text("desk.queue.files", n=summary.attachments) if summary.attachments else None,
            self._text("desk.case.restricted") if summary.restricted else None,
        )
        return shown | {
            "excerpt": summary.excerpt,
            "kinds": self._kinds(summary.codes, summary.groups),
            "reasons": [self._labels.named("rule", reason.rule) for reason in graded.reasons],
            "points": graded.points,
            "about": [part for part in about if part],
        }

    def _head(self, case: CaseRow) -> dict[str, Any]:
        left = case.due_hour - self._hour
        key = "desk.queue.late" if left < 0 else "desk.queue.due_in"
        return {
            "id": case.id.hex(),
            "priority": PRIORITIES[case.priority - 1],
            "status": case.status,
            "due": self._text(key, n=abs(left)),
            "overdue": left < 0,
            "date": date(case.day),
            "assignee": self._person(case.assignee),
        }

    def _kinds(self, codes: Iterable[str], groups: Iterable[str]) -> list[str]:
        """What is told to have happened: the codes, or the groups where no code was picked."""
        return [self._labels.named("violation", code) for code in codes] or [
            self._labels.named("group", group) for group in groups
        ]

    def _summary_place(self, place: str | None) -> str | None:
        """A summary's place: a code, a comma and the town as typed."""
        code, comma, town = (place or "").partition(", ")
        return (self._labels.area(code) + comma + town) or None

    def case(self, found: CaseFile) -> dict[str, Any]:
        """Everything the case page shows of a case but its timeline."""
        shown = self._head(found.case) | {
            "case": case_out(found.case),
            "opened": found.report is not None,
            "erased": found.case.erased,
            "adds_to": found.adds_to.hex() if found.adds_to else None,
            "moves": [move.value for move in moves(found.case)],
        }
        if found.report is None or found.triage is None:
            return shown
        return shown | {
            "points": found.triage.points,
            "reasons": [
                {"text": self._labels.named("rule", one.rule), "points": one.points} for one in found.triage.reasons
            ],
            "not_known": [self._labels.named("not_known", name) for name in found.triage.not_known],
            "blocks": list(ReportWording(self._catalog, self._languages).blocks(found.report)),
            "files": list(self._files(found.report.attachments)),
            "words": [self._said(one) for one in found.words],
        }

    def _said(self, words: Words) -> dict[str, Any]:
        """Words, or in our words what the reporter changed."""
        shown = words_out(words)
        text = shown.text
        if shown.kind in {"share", "notify", "silence"}:
            level = self._labels.chosen("share", shown.level)
            key = f"desk.message.{shown.kind}"
            text = self._text(key, level=level) if level else self._text(key)
        return {
            "kind": "message" if text is not shown.text else shown.kind,
            "changed": text is not shown.text,
            "name": self._person(words.author if any(words.author) else None),
            "date": date(words.day) if words.day is not None else None,
            "text": text,
        }

    def _files(self, told: Sequence[StoredAttachment]) -> Iterator[dict[str, Any]]:
        """One line a file that was sent: its original, and the scrubbed copy where there is one."""
        copies = {file.of: file for file in told if file.of}
        for file in told:
            if file.of is None:
                copy = copies.get(file.id)
                name = file.name or self._labels.named("kind", file.kind) or file.id[:8]
                yield {"id": file.id, "name": name, **_shape(file), "scrubbed": _shape(copy) if copy else None}

    def moments(self, found: Iterable[Moment]) -> list[dict[str, Any]]:
        """The timeline, newest first; what one person did several times within an hour is one line."""
        lines: list[dict[str, Any]] = []
        for moment in reversed(list(found)):
            line = self._moment(moment)
            if lines and {**lines[-1], "times": 1} == line:
                lines[-1]["times"] += 1
            else:
                lines.append(line)
        return lines

    def _moment(self, found: Moment) -> dict[str, Any]:
        detail, more = found.detail or {}, []
        if "status" in detail:
            more.append(" → ".join(self._labels.named("status", one) for one in detail["status"]))
        if detail.get("reason"):
            more.append(self._labels.named("closing", detail["reason"]))
        if "assignee" in detail:
            people = (self._person(bytes.fromhex(one)) or self._text("desk.queue.nobody") for one in detail["assignee"])
            more.append(" → ".join(people))
        return {
            "stamp": dt.datetime.fromtimestamp(found.hour * 3600, dt.UTC).strftime(_stamp(found.action)),
            "text": self._labels.label(found.action, f"desk.action.{found.action.replace(':', '_')}"),
            "name": self._person(found.actor if any(found.actor) else None) if found.actor in self._names else None,
            "more": joined(more),
            "times": 1,
        }


def _stamp(action: str) -> str:
    """Only the day is kept of what came from a reporter: no hour is shown for it, since the one stored is midnight."""
    return "%Y-%m-%d" if action in FROM_REPORTER else "%Y-%m-%d %H:00Z"


def _shape(file: StoredAttachment) -> dict[str, str]:
    return {"type": file.mime or file.kind, "size": f"{max(file.length // 1024, 1):,} KiB"}
