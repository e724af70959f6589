# SPDX-License-Identifier: Apache-2.0
"""How things are timed: two pieces of code by turns in one process, and other processes by what the kernel counted."""

import os
import time
from collections.abc import Callable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def by_turns(
    ours: Callable[[], object], raw: Callable[[], object], *, rounds: int = 10, span: float = 0.015
) -> tuple[float, float]:
    """Seconds of CPU for one call of each: the best of `rounds`, taken in turns so that both meet the same machine."""
    best = [float("inf"), float("inf")]
    counts = [calls_in(ours, span), calls_in(raw, span)]
    for _ in range(rounds):
        for index, act in enumerate((ours, raw)):
            best[index] = min(best[index], _cpu(act, counts[index]))
    return best[0], best[1]


def best_of(act: Callable[[], object], *, rounds: int = 10, span: float = 0.015) -> float:
    """Seconds of CPU for one call, the best of `rounds`."""
    count = calls_in(act, span)
    return min(_cpu(act, count) for _ in range(rounds))


def calls_in(act: Callable[[], object], span: float) -> int:
    """How many calls take about so many seconds."""
    act()
    count = 1
    while (took := _cpu(act, count) * count) < span / 4 and count < 1_000_000:
        count *= 4
    return max(1, round(count * span / max(took, 1e-9)))


def _cpu(act: Callable[[], object], count: int) -> float:
    begun = time.process_time()
    for _ in range(count):
        act()
    return (time.process_time() - begun) / count


def cpu_of(pid: int) -> float:
    """Seconds of CPU, user and system, that the process has used up to now."""
    # After the name in brackets, which may hold anything: fields 14 and 15 of proc_pid_stat(5).
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def cpu_of_all() -> float:
    """Seconds of CPU that everything on this machine has used up to now."""
    # user nice system idle iowait irq softirq steal: proc_stat(5).
    fields = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]
    return sum(int(field) for place, field in enumerate(fields) if place not in {3, 4}) / _TICKS


def memory_of(pid: int, what: str = "VmRSS") -> float:
    """MiB that the process has in memory now; VmHWM: at most up to now."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    line = next(line for line in status.splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) / 1024


def forget_peak(pid: int) -> None:
    """Let VmHWM begin again from what the process has in memory now: proc_pid_clear_refs(5)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")


def middle(values: list[float], share: float = 0.5) -> float:
    """The value below which this share of the others lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]
