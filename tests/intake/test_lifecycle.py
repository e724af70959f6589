# SPDX-License-Identifier: Apache-2.0
"""The life of a case: the chain, its shorter ways, and what can never happen."""

from itertools import pairwise

import pytest

from intake.lifecycle import (
    HURIDOCS,
    LIVE,
    MOVES,
    ClosingReason,
    ReopenedBy,
    Status,
    may_move,
    needs_closing_reason,
    needs_coordinator,
    needs_second_person,
)

CHAIN = ["draft", "new", "open", "triaged", "assigned", "in_action", "referred", "monitoring", "closed", "reopened"]
WORKED_ON = [*LIVE[:-1], Status.CLOSED]


@pytest.mark.parametrize(("current", "to"), list(pairwise(CHAIN)))
def test_the_chain_can_be_walked(current, to):
    assert may_move(Status(current), Status(to))


def test_questions_go_back_and_forth():
    assert may_move(Status.ASSIGNED, Status.NEEDS_INFO)
    assert may_move(Status.NEEDS_INFO, Status.ASSIGNED)


@pytest.mark.parametrize(
    ("current", "to"),
    [
        ("new", "closed"),  # a person has to open it first
        ("new", "assigned"),
        ("open", "assigned"),
        ("open", "new"),
        ("closed", "open"),
        ("closed", "in_action"),
        ("merged", "open"),
        ("open", "erased"),  # only through a request
        ("draft", "open"),
        ("draft", "erasure_requested"),  # a draft is wiped, it is no case
    ],
)
def test_shortcuts_that_would_hide_something_are_refused(current, to):
    assert not may_move(Status(current), Status(to))


@pytest.mark.parametrize("current", WORKED_ON)
def test_every_case_can_be_merged_and_asked_to_be_erased(current):
    assert may_move(current, Status.MERGED)
    assert may_move(current, Status.ERASURE_REQUESTED)


def test_erased_is_the_end_and_nothing_else_is():
    assert [status for status in Status if not MOVES[status]] == [Status.ERASED]
    assert may_move(Status.ERASURE_REQUESTED, Status.ERASED)
    assert may_move(Status.MERGED, Status.ERASURE_REQUESTED)


def test_every_status_has_moves_none_to_itself_and_can_be_reached():
    assert set(MOVES) == set(Status)
    assert all(status not in MOVES[status] for status in Status)
    assert set(Status) - set().union(*MOVES.values()) == {Status.DRAFT}


def test_every_case_a_person_opened_can_be_closed():
    assert {status for status in Status if may_move(status, Status.CLOSED)} == set(LIVE) - {
        Status.NEW,
        Status.ERASURE_REQUESTED,
    }


def test_closing_reasons():
    assert list(ClosingReason) == (
        [
            "helped",
            "referred",
            "no_contact",
            "withdrawn",
            "duplicate",
            "out_of_scope",
            "unsafe_to_continue",
            "info_only",
        ]
    )
    assert [status for status in Status if needs_closing_reason(status)] == [Status.CLOSED]


def test_closing_a_p1_takes_two_people():
    assert needs_second_person("P1", Status.CLOSED)
    assert not needs_second_person("P1", Status.IN_ACTION)
    assert not any(needs_second_person(priority, Status.CLOSED) for priority in ("P2", "P3", "P4"))


def test_merging_and_erasing_are_the_coordinators():
    assert [status for status in Status if needs_coordinator(status)] == [Status.MERGED, Status.ERASED]


def test_what_reopens_a_case():
    assert list(ReopenedBy) == ["message", "addition", "caseworker"]


def test_huridocs_list_43():
    assert set(Status) - set(HURIDOCS) == {Status.DRAFT}
    assert {status for status, code in HURIDOCS.items() if code == "43:02000000"} == {"needs_info", "referred"}
    assert {status for status, code in HURIDOCS.items() if code == "43:03000000"} == {"closed", "merged", "erased"}
    assert HURIDOCS[Status.NEW] == "43:01000000"
