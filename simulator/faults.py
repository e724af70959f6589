# SPDX-License-Identifier: Apache-2.0
"""Faults on order: by method and by phone, a number of times, before or after the effect."""

from dataclasses import dataclass, fields
from typing import Any

from simulator.errors import ControlError


@dataclass(slots=True)
class Fault:
    """One order. Method "file" means downloads. `times` None: until it is taken away.

    `delay` seconds come first; then `code` (with `retry_after`) answers instead of the call; `cut` closes the
    connection before or after the effect; `broken_json` spoils the answer of a call that took effect;
    `cut_bytes` ends a download after so many bytes.
    """

    method: str | None = None
    phone: int | None = None
    times: int | None = 1
    code: int | None = None
    retry_after: int | None = None
    delay: float = 0.0
    cut: str | None = None
    broken_json: bool = False
    cut_bytes: int | None = None
    description: str | None = None
    used: int = 0

    def named(self) -> str:
        """For the journal."""
        parts = [f"code {self.code}" if self.code else "", f"cut {self.cut}" if self.cut else ""]
        parts += ["broken_json" if self.broken_json else "", "delay" if self.delay else ""]
        parts += ["cut_bytes" if self.cut_bytes is not None else ""]
        return " ".join(part for part in parts if part)


_NAMES = frozenset(f.name for f in fields(Fault)) - {"used"}
_SHAPES: dict[str, tuple[type, ...]] = {
    "method": (str,),
    "phone": (int,),
    "times": (int,),
    "code": (int,),
    "retry_after": (int,),
    "delay": (int, float),
    "cut": (str,),
    "broken_json": (bool,),
    "cut_bytes": (int,),
    "description": (str,),
}


class Faults:
    """The orders that stand, the oldest first."""

    def __init__(self) -> None:
        self.standing: list[Fault] = []

    def order(self, wanted: dict[str, Any]) -> Fault:
        unknown = wanted.keys() - _NAMES
        if unknown:
            raise ControlError(400, f"a fault has no {min(unknown)}; it has {', '.join(sorted(_NAMES))}")
        for name, value in wanted.items():
            if value is not None and not isinstance(value, _SHAPES[name]):
                raise ControlError(400, f"{name} of a fault must be {_SHAPES[name][-1].__name__}")
        if wanted.get("cut") not in (None, "before", "after"):
            raise ControlError(400, "cut is before or after")
        fault = Fault(**wanted)
        self.standing.append(fault)
        return fault

    def take(self, method: str, phone: int | None) -> Fault | None:
        """The first order that fits this call, counted as used."""
        for fault in self.standing:
            if fault.method and fault.method.lower() != method.lower():
                continue
            if fault.phone is not None and fault.phone != phone:
                continue
            fault.used += 1
            if fault.times is not None and fault.used >= fault.times:
                self.standing.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        self.standing.clear()
