# SPDX-License-Identifier: Apache-2.0
"""A place as people write it: "Nogales, Sonora", "in Tapachula Chiapas". The state or country in it is found.

The whole of what was typed stays as words; only a name that stands at the end or between commas counts, so that a
street called after a state does not move a report there.
"""

import re
from collections.abc import Iterator

from intake.catalog import Catalogs
from intake.matching import fold
from intake.questions import Question

_PARTS = re.compile(r"[,;/()\n\u060c\u3001\uff0c]")
_LONGEST = 4  # words of a state's or country's name, "estado de mexico" and the like
PLACES = frozenset({"place", "moved_to"})


def named(text: str, question: Question, catalogs: Catalogs) -> str | None:
    """The value of the choice whose state or country is named in a text; None when there is none, or it is no place."""
    if question.into not in PLACES:
        return None
    offered = {choice.value for choice in question.choices}
    found = (catalogs.place_names.get(part) for part in _candidates(text))
    return next((code for code in found if code in offered), None)


def _candidates(text: str) -> Iterator[str]:
    parts = [fold(part) for part in _PARTS.split(text)]
    yield from reversed(parts)
    words = parts[-1].split()
    for length in range(min(_LONGEST, len(words)), 0, -1):
        yield " ".join(words[-length:])
