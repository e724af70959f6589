# SPDX-License-Identifier: Apache-2.0
"""Several people in one report stay apart: each with their own part, consent, sharing level and state."""

import pytest

from intake.report import facts
from intake.triage import triage
from tests.intake.interview import Interview


def card(talk, *, last=True, **answers):
    talk.answer(**answers)
    talk.go_to("p_more").press("no" if last else "yes")


def told_of(**more):
    return Interview().begin("en").answer(about="proxy", danger="no", what="theft", people="2", cards="each", **more)


def test_two_people_stay_two():
    talk = told_of()
    card(talk, last=False, p_who=["age_18_59", "woman"], p_nationality="HN", p_now="free", p_agrees="yes", p_share="S3")
    card(talk, p_who=["age_5_11"], p_part="witness", p_now="detained", p_agrees="cannot", p_share="S3")
    talk.to_review()
    report = talk.report()
    mother, child = report.persons
    assert (mother.label, mother.age, mother.gender, mother.nationality) == ("1", "18_59", "woman", "HN")
    assert (mother.part, mother.now, mother.share) == (None, "free", "S3")
    assert (child.label, child.age, child.part, child.now) == ("2", "5_11", "witness", "detained")
    assert child.attributes == ("child_under_12",)
    assert child.share == "S0", "without a yes of their own nothing that tells of them leaves"
    scopes = [(record.scope, record.answer, record.level) for record in report.consent]
    assert scopes == [("report", "yes", "S0"), ("person 1", "yes", "S3"), ("person 2", "cannot", "S0")]
    assert facts(report).detained_now is True


@pytest.mark.parametrize(
    ("agrees", "level", "kept"), [("yes", "S4", "S4"), ("cannot", "S2", "S2"), ("emergency", "S1", "S0")]
)
def test_a_level_needs_the_persons_own_yes(agrees, level, kept):
    talk = told_of()
    card(talk, p_who=["man"], p_agrees=agrees, p_share=level)
    assert talk.report().persons[0].share == kept


def test_a_child_alone_on_a_card_counts_for_triage():
    talk = told_of()
    card(talk, p_who=["age_12_17", "child_alone"], p_now="detained")
    graded = triage(facts(talk.report()))
    assert graded.priority == "P1"
    assert "unaccompanied_child_custody_or_return" in {reason.rule for reason in graded.reasons}


def test_there_is_no_thirty_first_card():
    talk = told_of()
    for _ in range(29):
        card(talk, last=False, p_who=["woman"])
    card(talk, last=False, p_who=["man"])
    assert talk.step.partition(".")[0] != "p_who"
    assert [person.gender for person in talk.report().persons] == ["woman"] * 29 + ["man"]


def test_an_empty_card_is_no_person():
    talk = told_of()
    talk.go_to("p_more").press("no")
    assert talk.report().persons == ()


def test_a_pattern_is_told_with_its_span_and_never_shared_wider_than_numbers():
    talk = Interview().begin("en").answer(about="many", one_of_them="proxy", often="often", what="extortion")
    talk.answer(when="this_month").go_to("over").say("since March 2025")
    talk.answer(counted=["records", "told"], going_on="yes", people="50+")
    talk.to_review()
    talk.press("change")
    talk.press("share")
    talk.press("S4")
    report = talk.report()
    pattern = report.incidents[0].pattern
    assert report.pattern is True
    assert (str(pattern.over.start), pattern.counted, pattern.going_on) == ("2025-03-01", ("records", "told"), "yes")
    assert report.share == "S2"
    assert "cards" not in talk.draft.answers


def test_papers_reason_signature_and_where_to_are_kept():
    talk = Interview().begin("en").answer(about="self", status="sent_away", sent_on="yesterday", what="sent_back")
    talk.answer(what_sent_back=["documented_detained_or_removed"], moved_to="GT", who="inm").to_review().press("more")
    talk.answer(how_sent=["night_return"], who_how=["uniform"], who_sure="sure", papers=["humanitarian_card"])
    talk.answer(papers_fate=["shown", "destroyed"], reason_told="none", signed="forced", understood="no").to_review()
    report = talk.report()
    [incident] = report.incidents
    assert incident.moved_to.country == "GT"
    assert (incident.papers.kinds, incident.papers.fate) == (("humanitarian_card",), ("shown", "destroyed"))
    assert (incident.reason_told, incident.signed.answer, incident.signed.understood) == ("none", "forced", "no")
    assert (incident.actors[0].code, incident.actors[0].certainty) == ("inm", "sure")
    assert incident.acts[0].qualifiers == ("night_return",)
    assert facts(report).documented is True


def test_what_a_defender_is_and_how_they_know_is_kept_apart():
    talk = Interview().begin("en").answer(about="proxy", what="theft").to_review()
    talk.press("more")
    talk.answer(role="lawyer", know_how="told", own_risk="yes", already="complaint with the ombudsman, number known")
    report = talk.to_review().report()
    assert (report.source.role, report.source.known_by, report.source.at_risk) == ("lawyer", "told", True)
    assert report.complaints == "complaint with the ombudsman, number known"
    assert facts(report).defender == "threatened"


def test_the_review_offers_to_tell_of_each_person():
    talk = Interview().begin("en").answer(about="proxy", what="theft", people="2").to_review()
    assert "persons" in {choice.value for choice in talk.screen.choices}
    talk.press("persons")
    assert talk.step == "p_who"
    card(talk, p_who=["woman"], p_agrees="yes", p_share="S3")
    talk.to_review()
    assert "persons" not in {choice.value for choice in talk.screen.choices}
    assert talk.report().persons[0].share == "S3"


def test_without_a_word_of_their_agreement_nothing_told_for_others_leaves():
    talk = Interview().begin("en").answer(about="relative", what="theft").to_review()
    talk.press("change")
    talk.press("share")
    talk.press("S3")
    assert talk.report().share == "S0"


def test_fear_of_return_is_one_tick_and_no_attribute():
    talk = Interview().begin("en").answer(about="relative", status="detained", needs=["fear", "woman"]).to_review()
    report = talk.report()
    assert facts(report).fear_return == "yes"
    assert report.incidents[0].attributes == ("woman",)
