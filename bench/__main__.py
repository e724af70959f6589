# SPDX-License-Identifier: Apache-2.0
"""`python -m bench`: every section one after another, a table on standard output, all of it in var/bench.json.

A section that fails is reported with the class of its error and the others go on; the exit code is then 1. A goal
that is missed is a line of the table and no failure.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from bench import machine
from bench.table import Row, Section, lines

ROOT = Path(__file__).parents[1]
LONGEST = 240.0  # seconds for all of it

Rows = AsyncIterator[Row] | Iterator[Row]


# What a section needs is imported in it, so that one part that cannot be imported fails alone.
def _envelope(_: Path) -> Rows:
    from bench import envelope

    return envelope.rows()


def _interview(_: Path) -> Rows:
    from bench import interview

    return interview.rows()


def _streams(folder: Path) -> Rows:
    from bench import streams

    return streams.rows(folder)


def _pictures(_: Path) -> Rows:
    from bench import pictures

    return pictures.rows()


def _desk(folder: Path) -> Rows:
    from bench import life

    return life.rows(folder / "desk")


def _bot(folder: Path) -> Rows:
    from bench import bot

    return bot.rows(folder / "bot")


SECTIONS: dict[str, Callable[[Path], Rows]] = {
    "envelope": _envelope,
    "interview": _interview,
    "streams": _streams,
    "pictures": _pictures,
    "desk": _desk,
    "bot": _bot,
}
TITLES = {
    "envelope": "The envelope, CPU of one call",
    "interview": "The interview, CPU of one step",
    "streams": "Files and the recovery file, CPU",
    "pictures": "Scrubbed copies of pictures",
    "desk": "The desk, a process of its own",
    "bot": "The bot, a process of its own",
}


async def _run(section: Section, start: Callable[[Path], Rows], folder: Path, *, seconds: float) -> None:
    begun = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            rows = start(folder)
            if isinstance(rows, Iterator):
                section.rows.extend(rows)
            else:
                async for row in rows:
                    section.rows.append(row)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is reported and the other sections are measured
        section.failure = _named(error)
    section.seconds = time.monotonic() - begun


def _named(error: BaseException) -> str:
    """The class of an error, or of those inside a group of them, and what it says."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(dict.fromkeys(_named(one) for one in error.exceptions))
    return f"{type(error).__name__}: {error}".rstrip(": ")


async def _measure(wanted: list[str], folder: Path) -> list[Section]:
    end, done = time.monotonic() + LONGEST, []
    for name in wanted:
        section = Section(TITLES[name])
        await _run(section, SECTIONS[name], folder, seconds=end - time.monotonic())
        print("\n".join(lines(section)), flush=True)
        done.append(section)
    return done


def main() -> int:
    """Measure, print, write; 1 when a section failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Amparo beside what it stands on.")
    parser.add_argument("section", nargs="*", help=f"only these: {', '.join(SECTIONS)}")
    wanted = parser.parse_args().section or list(SECTIONS)
    if unknown := [name for name in wanted if name not in SECTIONS]:
        parser.error(f"there is no section {unknown[0]}")
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    found = machine.facts()
    print(machine.line(found), flush=True)
    # On the same disk as a real store: elsewhere a commit may cost nothing.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=var) as folder:
        done = asyncio.run(_measure(wanted, Path(folder)))
    told = {"machine": found, "sections": [section.mapping() for section in done]}
    (var / "bench.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    missed = [row for section in done for row in section.rows if row.missed is not None]
    failed = [section for section in done if section.failure]
    print(f"\n{len(missed)} goals missed, {len(failed)} sections failed; all of it is in var/bench.json")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
