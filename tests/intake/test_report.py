# SPDX-License-Identifier: Apache-2.0
"""From a draft to a report, its facts, and a summary that always fits."""

import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.draft import ToldDate
from intake.errors import ReportError
from intake.facts import VULNERABILITIES, WORDS, Facts
from intake.report import SCHEMA, Report, StoredAttachment, Summary, build, facts, summarise
from intake.summary import LARGEST
from intake.taxonomy import load
from intake.triage import triage
from tests.intake.interview import MAILBOX, QUESTIONNAIRE, TODAY, Interview

TAXONOMY = load()


def told(**answers):
    return Interview().begin().answer(**answers)


def graded(report):
    return triage(facts(report), untold=report.untold)


def test_nothing_is_built_without_a_yes():
    talk = Interview()
    talk.say("hola")
    with pytest.raises(ReportError):
        build(QUESTIONNAIRE, talk.draft, today=TODAY, mailbox_sha256=MAILBOX)


def test_the_everyday_case():
    """EX01 of the invented examples: money and a phone taken at a checkpoint, two people, two days ago."""
    talk = told(about="self", danger="no", status="free")
    talk.say("1 2")
    talk.say("Veracruz")
    talk.say("San Jacinto del Llano")
    talk.say("el martes en la noche")
    talk.say("2")
    talk.answer(words="Dos policías nos bajaron del autobús y pidieron dinero").say("policía estatal")
    assert talk.step == "who"
    talk.say("listo")
    talk.answer(site="road_or_checkpoint")
    report = talk.report()
    incident = report.incidents[0]
    assert [act.code for act in incident.acts] == ["extortion", "theft"]
    assert all((act.status, act.set_by) == ("alleged", "reporter") for act in incident.acts)
    assert (incident.place.country, incident.place.state) == ("MX", "MX-VER")
    assert (incident.place.town, incident.place.site) == ("San Jacinto del Llano", "road_or_checkpoint")
    assert [actor.code for actor in incident.actors] == ["state_police"]
    assert (str(incident.date.start), incident.date.precision) == ("2025-10-07", "day")
    assert incident.date.as_reported == "el martes en la noche"
    assert (incident.people.count_min, incident.people.count_max) == (2, 2)
    assert facts(report) == Facts(danger="no", medical="no", people=2, days_since=2, state_custody_or_force=True)
    assert graded(report).priority == "P3"
    assert report.triage.reasons == ("several_people",)
    summary = summarise(report, graded(report))
    assert (summary.place, summary.people) == ("MX-VER, San Jacinto del Llano", "2")
    assert summary.excerpt.startswith("Dos policías")
    assert len(report.to_bytes()) < 3_700


@pytest.mark.parametrize(
    ("answers", "expected", "priority"),
    [
        ({"danger": "now"}, {"danger": "now"}, "P1"),
        ({"danger": "doctor"}, {"medical": "now"}, "P1"),
        ({"danger": "both"}, {"danger": "now", "medical": "now"}, "P1"),
        ({"danger": "nearby"}, {"danger": "nearby"}, "P2"),
        ({"danger": "unknown"}, {"danger": "unknown"}, "P3"),
        ({"status": "detained"}, {"detained_now": True}, "P2"),
        ({"status": "detained", "removal": "lt72h"}, {"detained_now": True, "removal": "lt72h"}, "P1"),
        (
            {"status": "detained", "removal": "unknown", "fear": "yes"},
            {"removal": "unknown", "fear_return": "yes"},
            "P2",
        ),
        ({"status": "held"}, {"captive_now": True}, "P1"),
        ({"status": "held", "held_by": "others"}, {"captive_now": True}, "P1"),
        ({"status": "held", "held_by": "officials"}, {"captive_now": False, "detained_now": True}, "P2"),
        ({"status": "missing"}, {"missing": "gt72h"}, "P2"),
        ({"status": "missing", "missing_since": "lt72h"}, {"missing": "lt72h"}, "P1"),
        ({"status": "missing", "missing_more": "child"}, {"missing_child": True}, "P1"),
        ({"status": "missing", "missing_more": "officials"}, {"missing_in_custody": True}, "P1"),
        ({"status": "sent_away", "sent_on": "yesterday"}, {"expelled_within_days": 1}, "P2"),
        (
            {"status": "detained", "removal": "gone", "sent_on": "today"},
            {"detained_now": False, "removal": "done"},
            "P2",
        ),
        ({"status": "sent_away", "sent_on": "older_than_month"}, {"expelled_within_days": 30}, "P3"),
        ({"what": "force", "what_force": "torture_cidt"}, {"torture": True}, "P2"),
        (
            {"what": "force", "what_force": "killing", "death_when": "recent"},
            {"deaths": 1, "death_within_72h": True},
            "P2",
        ),
        (
            {"status": "detained", "what": "force", "what_force": "death_in_custody", "death_when": "recent"},
            {"deaths": 1, "state_custody_or_force": True},
            "P1",
        ),
        ({"what": "force", "what_force": "sexual_violence"}, {"sexual_violence": "unknown"}, "P2"),
        ({"what": "taken", "what_taken": "missing_person"}, {"missing": "gt72h"}, "P2"),
        ({"what": "family", "child_apart": "yes"}, {"child_separated_now": True}, "P2"),
        ({"what": "helpers_press", "defender": "captive"}, {"defender": "captive"}, "P1"),
        ({"needs": "child_alone"}, {"child_alone": True}, "P2"),
        ({"needs": ["infant", "pregnant"]}, {"vulnerabilities": ("infant", "pregnant")}, "P3"),
        ({"people": "10-49"}, {"people": 10}, "P3"),
        ({"when": "earlier", "when_earlier": "older"}, {"days_since": 648}, "P4"),
        ({"what": "theft", "site": "immigration_detention"}, {"state_custody_or_force": True}, "P3"),
        ({"what": "theft", "who": "guardia_nacional"}, {"state_custody_or_force": True}, "P3"),
    ],
)
def test_answers_give_their_facts_and_class(answers, expected, priority):
    report = told(**answers).report()
    found = facts(report)
    assert {name: getattr(found, name) for name in expected} == expected
    assert graded(report).priority == priority
    assert report.triage.priority == priority


def test_a_detention_without_any_abuse_is_a_report():
    report = told(status="detained").report()
    assert [act.code for act in report.incidents[0].acts] == ["detention_unclassified"]
    assert not told(status="free").report().incidents[0].acts


def test_what_nobody_told_is_listed_as_not_known():
    report = told(status="missing").report()
    assert report.untold == ("missing", "place")
    assert report.triage.not_known == ("danger", "missing", "days_since", "place")
    report = told(status="missing", missing_since="gt72h", place="US").report()
    assert report.untold == ()


def test_an_answer_no_longer_on_the_way_sets_nothing():
    talk = told(status="detained", removal="lt72h")
    talk.press("back")
    talk.press("back")
    talk.press("free")
    found = facts(talk.report())
    assert (found.detained_now, found.removal) == (None, None)


@pytest.mark.parametrize(
    ("answers", "mode", "pattern"),
    [
        ({"about": "self"}, "self", False),
        ({"about": "proxy"}, "proxy", False),
        ({"about": "child"}, "self", False),
        ({"about": "many", "one_of_them": "self"}, "self", False),
        ({"about": "many", "one_of_them": "proxy", "often": "often"}, "proxy", True),
        ({"about": "many", "often": "often", "danger": "no"}, "witness", True),
        ({"danger": "no"}, None, False),
    ],
)
def test_who_tells_it(answers, mode, pattern):
    report = told(**answers).report()
    assert (report.mode, report.pattern) == (mode, pattern)


def test_a_place_in_words_and_a_place_by_code():
    words = told(place="MX", state="MX-OAX", town="Ixtepec").report().incidents[0].place
    assert (words.country, words.state, words.town) == ("MX", "MX-OAX", "Ixtepec")
    talk = told(danger="no")
    talk.answer(what="theft").say("cerca de un río grande")
    place = talk.report().incidents[0].place
    assert (place.country, place.state, place.words) == (None, None, "cerca de un río grande")
    assert told(place="elsewhere").report().incidents[0].place.country is None


def test_every_question_is_in_the_report_also_the_skipped_ones():
    report = told(about="self", status="free", people="2").report()
    answers = {answer.question: answer for answer in report.answers}
    assert answers["danger"].skipped
    assert answers["status"].values == ("free",)
    assert not {"language", "consent"} & answers.keys()
    assert report.consent[0].text == "consent"


def test_files_that_were_kept_and_files_that_were_lost():
    talk = told(danger="no")
    talk.send("photo", name="a.jpg", mime="image/jpeg", caption="el retén")
    talk.send("voice")
    photo = talk.draft.files[0]
    stored = StoredAttachment(id=photo.id, length=9_000, sha256="cd" * 32)
    report = talk.report(attachments=[stored])
    assert [(f.id, f.name, f.mime, f.kind, f.caption, f.length) for f in report.attachments] == [
        (photo.id, "a.jpg", "image/jpeg", "photo", "el retén", 9_000)
    ]
    assert report.lost_attachments == ("voice",)
    assert summarise(report).attachments == 1


def test_a_scrubbed_copy_follows_its_original_and_is_not_counted():
    talk = told(danger="no")
    talk.send("photo", name="IMG_20260301.jpg", mime="image/jpeg", caption="el retén")
    talk.send("voice")
    photo, voice = talk.draft.files
    copy = StoredAttachment(
        id="9" * 32, length=70, sha256="ef" * 32, variant="scrubbed", of=photo.id, mime="image/png"
    )  # fmt: skip
    others = [StoredAttachment(id=one.id, length=9_000, sha256="cd" * 32) for one in (voice, photo)]
    report = talk.report(attachments=[copy, *others])
    assert [(f.id, f.variant, f.of) for f in report.attachments] == [
        (photo.id, "original", None),
        (copy.id, "scrubbed", photo.id),
        (voice.id, "original", None),
    ]
    shown = report.attachments[1]
    assert (shown.kind, shown.mime, shown.name, shown.caption) == ("photo", "image/png", "", "")
    assert report.lost_attachments == ()
    assert summarise(report).attachments == 2
    assert Report.from_bytes(report.to_bytes()) == report


def test_a_copy_without_its_original_is_not_in_the_report():
    talk = told(danger="no")
    talk.send("photo")
    of = talk.draft.files[0].id
    copy = StoredAttachment(id="9" * 32, length=70, sha256="ef" * 32, variant="scrubbed", of=of)
    report = talk.report(attachments=[copy])
    assert (report.attachments, report.lost_attachments) == ((), ("photo",))


def test_time_alone_may_raise_or_lower_what_depends_on_the_day():
    report = told(status="sent_away", sent_on="today", when="today").report()
    assert facts(report, TODAY + dt.timedelta(days=7)).expelled_within_days == 7
    assert triage(facts(report, TODAY + dt.timedelta(days=8))).priority == "P3"
    assert triage(facts(report, TODAY + dt.timedelta(days=400))).priority == "P4"
    assert facts(report, TODAY - dt.timedelta(days=3)).days_since == 0


def test_canonical_bytes():
    report = told(about="self", danger="now").report()
    raw = report.to_bytes()
    fields = json.loads(raw)
    assert fields["schema"] == SCHEMA == 1
    assert raw == json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert Report.from_bytes(raw).to_bytes() == raw
    assert b'"es"' in raw
    mapping = report.to_mapping()
    assert mapping["incidents"][0]["place"]["country"] is None
    json.dumps(mapping)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"schema":2}', b'{"schema":1,"name":"secreto"}'])
def test_other_bytes_are_refused_and_not_repeated(raw):
    with pytest.raises(ReportError) as caught:
        Report.from_bytes(raw)
    assert "secreto" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"incidents": []},
        {"consent": []},
        {"mode": "narrator"},
        {"incidents": [{"facts": {"danger": "secreto"}}]},
        {
            "incidents": [
                {"date": {"start": "2025-01-02", "end": "2025-01-01", "precision": "range", "anchor": "2025-01-02"}}
            ]
        },
        {"incidents": [{"date": {"start": "2025-01-01", "end": None, "precision": "day", "anchor": "2025-01-02"}}]},
        {"incidents": [{"date": {"start": "2025-01-01", "precision": "unknown", "anchor": "2025-01-02"}}]},
        {"mailbox_sha256": "x"},
    ],
)
def test_a_report_that_contradicts_itself_is_refused(change):
    fields = json.loads(told(danger="no").report().to_bytes()) | change
    with pytest.raises(ReportError) as caught:
        Report.from_bytes(json.dumps(fields).encode())
    assert "secreto" not in str(caught.value)


PRECISIONS = [
    ("hoy", "day"),
    ("a mediados de junio", "part_of_month"),
    ("marzo", "month"),
    ("2023", "year"),
    ("desde ayer", "range"),
    ("como el 15 de marzo", "approximate"),
    ("no me acuerdo", "unknown"),
]


@pytest.mark.parametrize(("words", "precision"), PRECISIONS)
def test_all_seven_precisions_survive_without_an_invented_day(words, precision):
    talk = told(danger="no")
    while talk.step != "when":
        talk.press("skip")
    talk.say(words)
    before: ToldDate = talk.draft.answers["when"].date
    after = Report.from_bytes(talk.report().to_bytes()).incidents[0].date
    assert (after.start, after.end, after.precision, after.as_reported) == (before.start, before.end, precision, words)


# --- the summary ----------------------------------------------------------------------------------------------------

words = st.text(max_size=400)
codes = st.lists(st.sampled_from(sorted(TAXONOMY.violations)), unique=True).map(tuple)
any_facts = st.builds(
    Facts,
    **{name: st.none() | st.sampled_from(values) for name, values in WORDS.items()},
    **{
        name: st.none() | st.booleans()
        for name in [
            "captive_now",
            "missing_child",
            "missing_in_custody",
            "detained_now",
            "child_alone",
            "child_separated_now",
            "torture",
            "death_within_72h",
            "state_custody_or_force",
            "documented",
        ]
    },
    **{name: st.none() | st.integers(0, 10**9) for name in ("expelled_within_days", "deaths", "people", "days_since")},
    vulnerabilities=st.lists(st.sampled_from(VULNERABILITIES), unique=True),
)
summaries = st.builds(
    Summary,
    facts=any_facts,
    untold=st.sampled_from([(), ("place",), ("missing", "place")]),
    groups=st.lists(st.sampled_from(sorted(TAXONOMY.groups)), unique=True).map(tuple),
    codes=codes,
    place=st.none() | words,
    people=st.none() | st.sampled_from(["1", "50+", "~10", "100000-100000"]),
    actors=st.lists(st.sampled_from(sorted(TAXONOMY.actors)), unique=True).map(tuple),
    language=st.sampled_from(["es", "zh-Hans"]),
    mode=st.none() | st.sampled_from(["self", "witness"]),
    excerpt=st.none() | words,
    restricted=st.booleans(),
    attachments=st.integers(0, 99),
)


@given(summaries)
def test_a_summary_always_fits_and_never_loses_its_class(summary):
    raw = summary.to_bytes()
    assert len(raw) <= LARGEST
    read = Summary.from_bytes(raw)
    assert read.facts == summary.facts
    assert read.triage == summary.triage
    assert len(read.codes) + read.more == len(summary.codes) + summary.more
    assert read.restricted == summary.restricted


def test_a_short_summary_loses_nothing():
    summary = summarise(told(about="proxy", danger="nearby", what="theft", place="US", words="Poco").report())
    assert Summary.from_bytes(summary.to_bytes()) == summary
    assert (summary.codes, summary.groups, summary.excerpt) == (("theft",), ("money_papers",), "Poco")
    assert summary.reasons == ("fear_nearby",)
    assert summary.points == 25


def test_a_restricted_case_is_marked():
    assert summarise(told(what="force", what_force="sexual_violence").report()).restricted
    assert not summarise(told(what="force", what_force="threats").report()).restricted


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"f":{"danger":"secreto"}}', b'{"f":[]}'])
def test_other_summaries_are_refused(raw):
    with pytest.raises(ReportError) as caught:
        Summary.from_bytes(raw)
    assert "secreto" not in str(caught.value)


def test_words_on_the_way_to_a_summary_are_tamed():
    talk = told(danger="no")
    talk = dataclasses.replace(talk.draft, notes=("\u202eabc\n" + "x" * 900,))
    summary = summarise(Interview().report(talk))
    assert "\u202e" not in summary.excerpt
    assert len(summary.excerpt) <= 160
