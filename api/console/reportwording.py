# SPDX-License-Identifier: Apache-2.0
"""A whole report in words, block by block: events, persons, who tells, and every answer as it was given."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.console.labels import Labels, Pair, block, joined
from intake.catalog import Catalog
from intake.report import Report
from intake.shape import Actor, Incident, People, Person, Place, ToldAnswer, When

SHARED_LABELS = {
    "p_now": "status",
    "p_agrees": "agrees",
    "p_share": "share",
    "dead": "people",
    "injured": "people",
    "children": "people",
    "going_on": "child_apart",
}
"""Questions whose choices use the words of another one's."""


class ReportWording:
    def __init__(self, catalog: Catalog, languages: Mapping[str, str]) -> None:
        self._words = Labels(catalog)
        self._text = catalog.text
        self._languages = languages

    def blocks(self, report: Report) -> Iterator[dict[str, Any]]:
        for number, incident in enumerate(report.incidents, 1):
            heading = f"{self._text('desk.case.incident')} {number}" if len(report.incidents) > 1 else None
            yield block(heading, self._incident(incident))
        for person in report.persons:
            yield block(f"{self._text('desk.case.person')} {person.label}", self._person(person))
        yield block(None, (Pair(self._text("desk.case.notes"), note, own=True) for note in report.notes))
        yield block(None, self._teller(report))
        yield block(self._text("desk.case.answers"), (self._answer(answer) for answer in report.answers))

    def _incident(self, incident: Incident) -> Iterator[Pair]:
        text, named = self._text, self._words.named
        codes = [self._act(act.code, act.qualifiers) for act in incident.acts]
        yield Pair(text("desk.case.narrative"), incident.narrative, own=True)
        yield Pair(text("desk.case.acts"), joined(codes or [named("group", one) for one in incident.groups]))
        yield Pair(text("desk.case.where"), self._where(incident.place))
        yield Pair(text("desk.case.moved_to"), self._where(incident.moved_to))
        yield Pair(text("desk.case.when"), self._when(incident.date))
        yield from self._counts(incident.people)
        yield from self._pattern(incident)
        yield Pair(text("desk.case.who"), joined(self._actor(one) for one in incident.actors))
        yield Pair(text("desk.case.needs"), joined(map(self._attribute, incident.attributes)))
        yield from self._process(incident)
        yield Pair(text("desk.case.other_version"), incident.other_version, own=True)
        held = (self._words.chosen("evidence", one) for one in incident.evidence_held_by)
        yield Pair(text("desk.case.evidence"), joined(held))

    def _act(self, code: str, qualifiers: tuple[str, ...]) -> str:
        more = ", ".join(self._words.named("qualifier", one) for one in qualifiers)
        return self._words.named("violation", code) + (f" ({more})" if more else "")

    def _actor(self, actor: Actor) -> str:
        how = [self._words.chosen("who_how", one) for one in actor.how_identified]
        how += [self._words.chosen("who_sure", actor.certainty)] if actor.certainty else []
        return (self._words.named("actor", actor.code) or actor.words) + (f" ({', '.join(how)})" if how else "")

    def _counts(self, people: People | None) -> Iterator[Pair]:
        if people is None:
            return
        span = _span(people.count_min, people.count_max)
        yield Pair(self._text("desk.case.people"), f"~{span}" if people.approximate else span)
        if people.children_min or people.children_max:
            yield Pair(self._text("desk.case.children"), _span(people.children_min, people.children_max))
        for name, count in (("dead", people.dead_min), ("injured", people.injured_min)):
            yield Pair(self._text(f"desk.case.{name}"), f"{count}+" if count else "")

    def _pattern(self, incident: Incident) -> Iterator[Pair]:
        if (pattern := incident.pattern) is None:
            return
        counted = (self._words.chosen("counted", one) for one in pattern.counted)
        yield Pair(self._text("desk.case.over"), self._when(pattern.over))
        yield Pair(self._text("desk.case.counted"), joined(counted))
        yield Pair(self._text("desk.case.going_on"), self._words.chosen("child_apart", pattern.going_on))

    def _process(self, incident: Incident) -> Iterator[Pair]:
        words, papers = self._words, incident.papers
        kinds = (words.named("paper", one) for one in papers.kinds)
        fate = (words.chosen("papers_fate", one) for one in papers.fate)
        yield Pair(self._text("desk.case.papers"), joined((*kinds, *fate)))
        reason = (words.chosen("reason_told", incident.reason_told), incident.reason_words)
        yield Pair(self._text("desk.case.reason_told"), joined(reason))
        if incident.signed is not None:
            understood = incident.signed.understood
            asked = f"{self._text('question.understood.short')}: {words.chosen('understood', understood)}"
            parts = (words.chosen("signed", incident.signed.answer), asked if understood else "")
            yield Pair(self._text("desk.case.signed"), joined(parts))

    def _person(self, person: Person) -> Iterator[Pair]:
        text, chosen = self._text, self._words.chosen
        traits = map(self._attribute, person.attributes)
        age = chosen("p_who", f"age_{person.age}") if person.age else ""
        yield Pair(text("desk.case.age"), joined((age, chosen("p_who", person.gender))))
        country = self._words.area(person.nationality) if person.nationality else ""
        yield Pair(text("desk.case.nationality"), joined((country, person.nationality_words)))
        yield Pair(text("desk.case.needs"), joined(traits))
        yield Pair(text("desk.case.part"), chosen("p_part", person.part))
        yield Pair(text("desk.case.now"), chosen("status", person.now))
        yield Pair(text("desk.case.agrees"), chosen("agrees", person.agrees))
        yield Pair(text("desk.case.agrees_why"), person.why, own=True)
        yield Pair(text("desk.case.share"), chosen("share", person.share))

    def _attribute(self, code: str) -> str:
        return self._words.label(code, f"attribute.{code}.label", f"choice.needs.{code}", f"choice.p_who.{code}")

    def _where(self, place: Place) -> str:
        area = place.state or place.country
        site = self._words.named("site", place.site)
        return joined((self._words.area(area) if area else "", place.words, place.town, site, place.site_words))

    def _when(self, when: When | None) -> str:
        """Never a bare date: the precision and the person's own words stand beside it."""
        if when is None:
            return ""
        days = "–".join(day.isoformat() for day in dict.fromkeys((when.start, when.end)) if day)
        own = f"{self._text('desk.case.as_reported')}: {when.as_reported}" if when.as_reported else ""
        return joined((days, self._words.named("precision", when.precision), own))

    def _teller(self, report: Report) -> Iterator[Pair]:
        text, words = self._text, self._words
        yield Pair(text("desk.case.flags"), joined(words.named("flag", one) for one in report.flags))
        yield Pair(text("desk.case.mode"), words.named("mode", report.mode))
        yield Pair(text("desk.case.agrees"), joined((words.chosen("agrees", report.agrees), report.agrees_why)))
        yield Pair(text("desk.case.language"), self._languages.get(report.language, report.language))
        yield Pair(text("desk.case.interpreter"), words.chosen("interpreter", report.interpreter_needed))
        yield Pair(text("desk.case.path"), words.named("path", report.path))
        yield Pair(text("desk.case.pattern"), text("desk.yes") if report.pattern else "")
        yield Pair(text("desk.case.sent_on"), self._when(report.sent_on))
        kinds = ("wishes", "sv_care", "talk")
        wishes = [words.label(one, *(f"choice.{kind}.{one}" for kind in kinds)) for one in report.wishes]
        yield Pair(text("desk.case.wishes"), joined(wishes))
        yield Pair(text("desk.case.contact"), self._contact(report))
        yield Pair(text("desk.case.share"), words.chosen("share", report.share))
        yield Pair(text("desk.case.complaints"), report.complaints, own=True)
        source = report.source
        told = (words.chosen("role", source.role), source.role_words, words.chosen("know_how", source.known_by))
        yield Pair(text("desk.case.source"), joined((*told, text("desk.case.at_risk") if source.at_risk else "")))
        yield Pair(text("desk.case.attachment_lost"), joined(report.lost_attachments))

    def _contact(self, report: Report) -> str:
        contact = report.contact
        never = self._text("desk.case.contact_no") if contact.allowed is False else ""
        times = (self._words.chosen("contact", one) for one in contact.when)
        neutral = self._text("desk.case.neutral_only") if contact.neutral_only else ""
        safe = f"{self._text('desk.case.safe_word')}: {contact.safe_word}" if contact.safe_word else ""
        return joined((never, *times, contact.words, neutral, safe))

    def _answer(self, answer: ToldAnswer) -> Pair:
        name = answer.question
        asked = self._words.label(name, f"question.{name}.short", f"question.{name}.label")
        if answer.round > 1:
            asked = f"{asked} ({answer.round})"
        if answer.skipped:
            return Pair(asked, self._text("desk.case.skipped"))
        values = (self._words.chosen(SHARED_LABELS.get(name, name), value) for value in answer.values)
        return Pair(asked, joined((*values, answer.words)) or "↑")


def _span(low: int, high: int | None) -> str:
    return f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}"
