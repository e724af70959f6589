# SPDX-License-Identifier: Apache-2.0
"""Points at which a test may kill this process, to see what a power cut there would do. For tests only.

With AMPARO_TEST=1, AMPARO_TEST_CRASH="label:nth" sends SIGKILL to the process when it passes the point of that label
for the nth time. Without both, the points do nothing.
"""

import os
import signal
from collections.abc import Callable, Mapping
from typing import Final

from bot.errors import SettingsError

LABELS: Final = (
    "received",
    "id inserted",
    "before commit",
    "committed not acknowledged",
    "acknowledged not sent",
    "sent not marked",
    "file spooled not marked",
    "original stored not copied",
    "copy spooled not marked",
    "post accepted outbox not marked",
)


def nowhere(_: str) -> None:
    """No point is deadly: what production passes."""


def from_environment(environ: Mapping[str, str]) -> Callable[[str], None]:
    """The hook that the environment asks for. SettingsError: a label that does not exist."""
    wanted = environ.get("AMPARO_TEST_CRASH", "")
    if environ.get("AMPARO_TEST") != "1" or not wanted:
        return nowhere
    label, _, nth = wanted.partition(":")
    if label not in LABELS or not (nth or "1").isdecimal():
        raise SettingsError(f"AMPARO_TEST_CRASH is one of {', '.join(LABELS)}, a colon and a count")
    left = int(nth or "1")

    def crash(point: str) -> None:
        nonlocal left
        if point == label:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return crash
