# SPDX-License-Identifier: Apache-2.0
"""What the desk refuses, with the status each refusal carries; the words are for the person at the other end.

ApiError
├── UnauthorizedError    401  no token, or a dead one
├── ForbiddenError       403  the role or the origin does not allow it
├── MissingError         404  not there, or not theirs: the two must look alike
├── CollisionError       409  the id is taken by something else
├── StaleError           412  changed meanwhile
├── BodyTooLargeError    413
├── InvalidError         422  well-formed, but not acceptable
├── LockedUpError        423  the session lives, but cannot unlock the team's key
├── HeldError            423  a law forbids erasing it for now
├── UnconditionalError   428  a change without If-Match
├── ThrottledError       429
└── BusyError            503  try again later; nothing was written
SettingsError            (start-up) a setting is missing or wrong
CeremonyError            (command line) a key step cannot be done now
"""

from typing import ClassVar


class ApiError(Exception):
    """Base of everything an HTTP client is told; `str(error)` is the problem's detail."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    retry_after: ClassVar[int | None] = None  # seconds


class UnauthorizedError(ApiError):
    status, title = 401, "Log in first"


class ForbiddenError(ApiError):
    status, title = 403, "Not allowed"


class MissingError(ApiError):
    status, title = 404, "Not found"

    def __init__(self) -> None:
        super().__init__("There is nothing here under this id.")


class CollisionError(ApiError):
    status, title = 409, "Already taken"


class StaleError(ApiError):
    status, title = 412, "Changed meanwhile"


class BodyTooLargeError(ApiError):
    status, title = 413, "Too large"


class InvalidError(ApiError):
    status, title = 422, "Not acceptable"


class LockedUpError(ApiError):
    status, title = 423, "Locked"


class HeldError(ApiError):
    status, title = 423, "Held"


class UnconditionalError(ApiError):
    status, title = 428, "Condition required"


class ThrottledError(ApiError):
    status, title = 429, "Too many attempts"
    retry_after = 60


class BusyError(ApiError):
    status, title = 503, "Busy"
    retry_after = 5


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says where to put it."""


class CeremonyError(Exception):
    """A key step cannot be done now; the message says what to do first."""
