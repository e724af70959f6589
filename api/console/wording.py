# SPDX-License-Identifier: Apache-2.0
"""From cases and reports to the words a page shows: codes through the catalog, a person's own words untouched."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from api.casefile import CaseFile, Moment, Words, moves
from api.queue import Line
from api.views import case_out, words_out
from intake.catalog import Catalog
from intake.report import Report, StoredAttachment
from intake.shape import Incident, People, Place, ToldAnswer, When
from intake.triage import PRIORITIES
from storage.desk.audit import Action
from storage.desk.cases import CaseRow

MOST = 100  # what the store counts up to
FROM_REPORTER = frozenset({Action.REPORT_RECEIVED, Action.MAILBOX_WRITTEN, Action.ERASURE_REQUESTED})
_EPOCH = dt.date(1970, 1, 1)


def date(day: int) -> str:
    return (_EPOCH + dt.timedelta(days=day)).isoformat()


def counted(count: int) -> str:
    return f"{MOST}+" if count >= MOST else str(count)


class Pair(NamedTuple):
    """A label and what stands beside it; `own` marks a reporter's words."""

    label: str
    value: str
    own: bool = False


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

    def _label(self, code: str, *keys: str) -> str:
        """The first of these texts that exists; a code nobody has words for is shown as it is."""
        for key in keys:
            try:
                return self._text(key)
            except KeyError:
                continue
        return code

    def _named(self, kind: str, code: str) -> str:
        return self._label(code, f"{kind}.{code}.label")

    def _person(self, user: bytes | None) -> str | None:
        return self._names.get(user, "?") if user else None

    def line(self, found: Line) -> dict[str, Any]:
        """One line of the queue."""
        shown = self._head(found.case) | {"opened": found.summary is not None, "unread": found.case.unread}
        summary, graded = found.summary, found.graded
        if summary is None or graded is None:
            return shown
        about = (
            self._summary_place(summary.place),
            f"{self._text('desk.case.people')}: {summary.people}" if summary.people else None,
            self._named("mode", summary.mode) if summary.mode else None,
            self._languages.get(summary.language, summary.language) if summary.language else None,
            self._text("desk.queue.files", n=summary.attachments) if summary.attachments else None,
            self._text("desk.case.restricted") if summary.restricted else None,
        )
        return shown | {
            "excerpt": summary.excerpt,
            "kinds": self._kinds(summary.codes, summary.groups),
            "reasons": [self._named("rule", reason.rule) for reason in graded.reasons],
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
        return [self._named("violation", code) for code in codes] or [self._named("group", group) for group in groups]

    def _summary_place(self, place: str | None) -> str | None:
        """A summary's place: a code, a comma and the town as typed."""
        code, comma, town = (place or "").partition(", ")
        return (self._area(code) + comma + town) or None

    def _area(self, code: str) -> str:
        return self._label(code, f"state.{code}.label", f"country.{code}.label")

    def case(self, found: CaseFile) -> dict[str, Any]:
        """Everything the case page shows of a case but its timeline."""
        shown = self._head(found.case) | {
            "case": case_out(found.case),
            "opened": found.report is not None,
            "moves": [move.value for move in moves(found.case)],
        }
        if found.report is None or found.triage is None:
            return shown
        return shown | {
            "points": found.triage.points,
            "reasons": [{"text": self._named("rule", one.rule), "points": one.points} for one in found.triage.reasons],
            "not_known": [self._named("not_known", name) for name in found.triage.not_known],
            "blocks": list(self._blocks(found.report)),
            "files": list(self._files(found.report.attachments)),
            "words": [self._said(one) for one in found.words],
        }

    def _said(self, words: Words) -> dict[str, Any]:
        return {
            "kind": words_out(words).kind,
            "name": self._person(words.author if any(words.author) else None),
            "date": date(words.day) if words.day is not None else None,
            "text": words.text,
        }

    def _files(self, told: Sequence[StoredAttachment]) -> Iterator[dict[str, Any]]:
        """One line a file that was sent: its original, and the scrubbed copy where there is one."""
        copies = {file.of: file for file in told if file.of}
        for file in told:
            if file.of is None:
                copy = copies.get(file.id)
                name = file.name or self._named("kind", file.kind) or file.id[:8]
                yield {"id": file.id, "name": name, **_shape(file), "scrubbed": _shape(copy) if copy else None}

    def _blocks(self, report: Report) -> Iterator[dict[str, Any]]:
        for number, incident in enumerate(report.incidents, 1):
            heading = f"{self._text('desk.case.incident')} {number}" if len(report.incidents) > 1 else None
            yield _block(heading, self._incident(incident))
        yield _block(None, (Pair(self._text("desk.case.notes"), note, own=True) for note in report.notes))
        yield _block(None, self._teller(report))
        yield _block(self._text("desk.case.answers"), (self._answer(answer) for answer in report.answers))

    def _incident(self, incident: Incident) -> Iterator[Pair]:
        text, codes = self._text, [act.code for act in incident.acts]
        actors = [self._named("actor", one.code) if one.code else one.words for one in incident.actors]
        yield Pair(text("desk.case.narrative"), incident.narrative, own=True)
        yield Pair(text("desk.case.acts"), _joined(self._kinds(codes, incident.groups)))
        yield Pair(text("desk.case.where"), self._where(incident.place))
        yield Pair(text("desk.case.when"), self._when(incident.date))
        yield Pair(text("desk.case.people"), _span(incident.people))
        yield Pair(text("desk.case.children"), _children(incident.people))
        yield Pair(text("desk.case.who"), _joined(actors))
        yield Pair(text("desk.case.needs"), _joined(self._named("attribute", one) for one in incident.attributes))

    def _where(self, place: Place) -> str:
        area = place.state or place.country
        site = self._named("site", place.site) if place.site else ""
        return _joined((self._area(area) if area else "", place.words, place.town, site, place.site_words))

    def _when(self, when: When | None) -> str:
        """Never a bare date: the precision and the person's own words stand beside it."""
        if when is None:
            return ""
        days = "–".join(day.isoformat() for day in dict.fromkeys((when.start, when.end)) if day)
        own = f"{self._text('desk.case.as_reported')}: {when.as_reported}" if when.as_reported else ""
        return _joined((days, self._named("precision", when.precision), own))

    def _teller(self, report: Report) -> Iterator[Pair]:
        text, contact = self._text, report.contact
        yield Pair(text("desk.case.mode"), self._named("mode", report.mode) if report.mode else "")
        yield Pair(text("desk.case.language"), self._languages.get(report.language, report.language))
        yield Pair(text("desk.case.path"), self._named("path", report.path) if report.path else "")
        yield Pair(text("desk.case.pattern"), text("desk.yes") if report.pattern else "")
        yield Pair(text("desk.case.sent_on"), self._when(report.sent_on))
        wishes = [self._label(one, f"choice.sv_care.{one}", f"choice.talk.{one}") for one in report.wishes]
        yield Pair(text("desk.case.wishes"), _joined(wishes))
        never = text("desk.case.contact_no") if contact.allowed is False else ""
        times = [self._label(one, f"choice.contact.{one}") for one in contact.when]
        yield Pair(text("desk.case.contact"), _joined((never, *times, contact.words)))
        yield Pair(text("desk.case.attachment_lost"), _joined(report.lost_attachments))

    def _answer(self, answer: ToldAnswer) -> Pair:
        name = answer.question
        asked = self._label(name, f"question.{name}.short", f"question.{name}.label")
        if answer.round > 1:
            asked = f"{asked} ({answer.round})"
        if answer.skipped:
            return Pair(asked, self._text("desk.case.skipped"))
        return Pair(asked, _joined((*(self._choice(name, value) for value in answer.values), answer.words)) or "↑")

    def _choice(self, question: str, value: str) -> str:
        kinds = ("violation", "group", "actor", "site", "state", "country")
        return self._label(value, f"choice.{question}.{value}", *(f"{kind}.{value}.label" for kind in kinds))

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
            more.append(" → ".join(self._named("status", one) for one in detail["status"]))
        if detail.get("reason"):
            more.append(self._named("closing", detail["reason"]))
        if "assignee" in detail:
            people = (self._person(bytes.fromhex(one)) or self._text("desk.queue.nobody") for one in detail["assignee"])
            more.append(" → ".join(people))
        return {
            "stamp": dt.datetime.fromtimestamp(found.hour * 3600, dt.UTC).strftime(_stamp(found.action)),
            "text": self._label(found.action, f"desk.action.{found.action.replace(':', '_')}"),
            "name": self._person(found.actor if any(found.actor) else None) if found.actor in self._names else None,
            "more": _joined(more),
            "times": 1,
        }


def _stamp(action: str) -> str:
    """Only the day is kept of what came from a reporter: no hour is shown for it, since the one stored is midnight."""
    return "%Y-%m-%d" if action in FROM_REPORTER else "%Y-%m-%d %H:00Z"


def _shape(file: StoredAttachment) -> dict[str, str]:
    return {"type": file.mime or file.kind, "size": f"{max(file.length // 1024, 1):,} KiB"}


def _block(heading: str | None, pairs: Iterable[Pair]) -> dict[str, Any]:
    return {"heading": heading, "lines": [pair for pair in pairs if pair.value]}


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _span(people: People | None) -> str:
    if people is None:
        return ""
    low, high = people.count_min, people.count_max
    span = f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}"
    return f"~{span}" if people.approximate else span


def _children(people: People | None) -> str:
    if people is None or not (people.children_min or people.children_max):
        return ""
    low, high = people.children_min, people.children_max
    return f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}"
