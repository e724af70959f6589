# SPDX-License-Identifier: Apache-2.0
"""The life of a case: statuses, the moves between them, and why a case may be closed. The table is at the end.

No move needs a verification. Who may make a move is said here; who somebody is, the desk knows.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    DRAFT = "draft"  # on the phone side only, 24 hours
    NEW = "new"
    OPEN = "open"  # a person acknowledged it
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    NEEDS_INFO = "needs_info"
    IN_ACTION = "in_action"
    REFERRED = "referred"  # per partner, with the id of the consent
    MONITORING = "monitoring"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"  # points to the case that is kept
    ERASURE_REQUESTED = "erasure_requested"
    ERASED = "erased"  # a tombstone: random id, day, no content


class ClosingReason(StrEnum):
    HELPED = "helped"
    REFERRED = "referred"
    NO_CONTACT = "no_contact"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"
    UNSAFE_TO_CONTINUE = "unsafe_to_continue"
    INFO_ONLY = "info_only"


class ReopenedBy(StrEnum):
    MESSAGE = "message"
    ADDITION = "addition"  # a receipt visit that adds something
    CASEWORKER = "caseworker"


def may_move(current: Status, to: Status) -> bool:
    return to in MOVES[current]


def needs_closing_reason(to: Status) -> bool:
    return to is Status.CLOSED


def needs_second_person(priority: str, to: Status) -> bool:
    """Tell whether the move needs confirming by somebody else than the one who asks: closing a P1 does."""
    return to is Status.CLOSED and priority == "P1"


def needs_coordinator(to: Status) -> bool:
    """Tell whether only a coordinator may: merging and erasing. Asking for erasure is the reporter's right."""
    return to in {Status.MERGED, Status.ERASED}


# Statuses of a case somebody still has to do something about: what the queue shows when nothing else is asked.
LIVE: Final = (
    Status.NEW,
    Status.OPEN,
    Status.TRIAGED,
    Status.ASSIGNED,
    Status.NEEDS_INFO,
    Status.IN_ACTION,
    Status.REFERRED,
    Status.MONITORING,
    Status.REOPENED,
    Status.ERASURE_REQUESTED,
)

# HURIDOCS list 43: active 01, pending 02, not active 03. A draft is no case yet and has no code.
HURIDOCS: Final[Mapping[Status, str]] = {
    **dict.fromkeys(LIVE, "43:01000000"),
    Status.NEEDS_INFO: "43:02000000",
    Status.REFERRED: "43:02000000",
    Status.CLOSED: "43:03000000",
    Status.MERGED: "43:03000000",
    Status.ERASED: "43:03000000",
}

_S = Status
_SIDE: Final = frozenset({_S.MERGED, _S.ERASURE_REQUESTED})
# The chain draft, new, open, triaged, assigned, in action, referred, monitoring, closed, reopened, with the shorter
# ways that real cases take: closing as soon as a person has opened it, and going back to work from a later status.
MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    _S.DRAFT: frozenset({_S.NEW}),
    _S.NEW: _SIDE | {_S.OPEN},
    _S.OPEN: _SIDE | {_S.TRIAGED, _S.CLOSED},
    _S.TRIAGED: _SIDE | {_S.ASSIGNED, _S.CLOSED},
    _S.ASSIGNED: _SIDE | {_S.NEEDS_INFO, _S.IN_ACTION, _S.CLOSED},
    _S.NEEDS_INFO: _SIDE | {_S.ASSIGNED, _S.IN_ACTION, _S.CLOSED},
    _S.IN_ACTION: _SIDE | {_S.NEEDS_INFO, _S.REFERRED, _S.MONITORING, _S.CLOSED},
    _S.REFERRED: _SIDE | {_S.NEEDS_INFO, _S.IN_ACTION, _S.MONITORING, _S.CLOSED},
    _S.MONITORING: _SIDE | {_S.NEEDS_INFO, _S.IN_ACTION, _S.REFERRED, _S.CLOSED},
    _S.CLOSED: _SIDE | {_S.REOPENED},
    _S.REOPENED: _SIDE | {_S.TRIAGED, _S.ASSIGNED, _S.CLOSED},
    _S.MERGED: frozenset({_S.ERASURE_REQUESTED}),
    # A request may be taken back; a legal hold keeps the case here, and the reporter is told of it.
    _S.ERASURE_REQUESTED: frozenset({_S.ERASED, _S.REOPENED}),
    _S.ERASED: frozenset(),
}
