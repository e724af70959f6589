# SPDX-License-Identifier: Apache-2.0
"""What the bot called, what it was answered, and what was odd about it. Bytes appear as size and hash only."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.parameters import Upload

_KEPT = 20_000
_FAILURES_KEPT = 50


@dataclass(slots=True)
class Call:
    """One call. `status` 0 means that the connection was cut instead of an answer."""

    number: int
    at: float
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    phone: int | None = None
    status: int = 0
    seconds: float = 0.0
    description: str = ""
    fault: str = ""

    def forget_bytes(self, uploads: Mapping[str, Upload]) -> None:
        """Puts size and hash where an upload was; one that was named by attach:// stands under that name."""
        described = {name: upload.described() for name, upload in uploads.items()}
        kept = {name: described.get(name, value) for name, value in self.parameters.items()}
        attached = {f"attach://{name}": facts for name, facts in described.items() if uploads[name].named}
        self.parameters = {**kept, **attached}

    def shown(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "at": self.at,
            "method": self.method,
            "phone": self.phone,
            "status": self.status,
            "seconds": round(self.seconds, 6),
            "description": self.description,
            "fault": self.fault,
            "parameters": dict(self.parameters),
        }


class Journal:
    """The last calls, and counters that never forget: stubs used, calls refused, results that failed the self-check."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=_KEPT)
        self.count = 0
        self.open = 0
        self.stubs: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.checked = 0
        self.failures: list[str] = []

    def begin(self, method: str, at: float) -> Call:
        self.count += 1
        call = Call(self.count, at, method)
        self.calls.append(call)
        return call

    def fail(self, words: str) -> None:
        if len(self.failures) < _FAILURES_KEPT:
            self.failures.append(words)

    def find(self, *, after: int = 0, method: str | None = None, phone: int | None = None) -> list[dict[str, Any]]:
        return [
            call.shown()
            for call in self.calls
            if call.number > after and method in (None, call.method) and phone in (None, call.phone)
        ]
