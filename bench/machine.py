# SPDX-License-Identifier: Apache-2.0
"""On what was measured: without it a figure says nothing."""

import datetime as dt
import os
import platform
import sqlite3
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_BESIDE = ("amparo", "cryptography", "sqlalchemy", "fastapi", "uvicorn", "aiohttp", "python-telegram-bot", "aiogram")
BUSY = 0.5  # processes that wanted to run, on the average of the last minute, before anything began


def facts() -> dict[str, object]:
    """Cores, processor, memory, versions, the day, and how busy the machine was with other things."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_mib": pages * page >> 20,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": round(os.getloadavg()[0], 2),
        **{name: _version(name) for name in _BESIDE},
    }


def line(found: Mapping[str, object]) -> str:
    """The same for a reader; with a warning when others were at work."""
    told = ", ".join(f"{name} {value}" for name, value in found.items() if name not in {"date", "cores", "memory_mib"})
    head = f"{found['date']}: {found['cores']} cores, {found['memory_mib']} MiB; {told}"
    if float(str(found["load"])) > BUSY:
        head += "\nOther programs are at work on this machine: what is timed by the clock will be slower than it is."
    return head


def _processor() -> str:
    for text in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
        if text.startswith("model name"):
            return text.partition(":")[2].strip()
    return platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
