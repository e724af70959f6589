# SPDX-License-Identifier: Apache-2.0
"""The one clock of the desk, passed in where time matters, and the coarse units in which time is kept."""

from collections.abc import Callable

# Gives Unix seconds; `time.time` in production, a hand-set one in tests.
Clock = Callable[[], float]

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def seconds(clock: Clock) -> int:
    return int(clock())


def minute(clock: Clock) -> int:
    return int(clock()) // MINUTE


def hour(clock: Clock) -> int:
    return int(clock()) // HOUR


def day(clock: Clock) -> int:
    return int(clock()) // DAY
