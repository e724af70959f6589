# SPDX-License-Identifier: Apache-2.0
"""The scrubbed copy of a photo of 12 megapixels, as a phone's camera writes one: time, and memory of bot and child."""

import asyncio
import contextlib
import io
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

from bench.clock import forget_peak, memory_of
from bench.table import Goal, Raw, Row
from bot.scrubbing import SCRIPT, Scrubber

SIZE = (4000, 3000)
ROUNDS = 5
PIECE = 256 << 10
MILLI = 1e3


def photo() -> bytes:
    """Soft shapes under the grain of a sensor, held upright: 4 MB or so, and to be turned."""
    small = SIZE[0] // 4, SIZE[1] // 4
    shapes = [Image.effect_noise(small, 80).filter(ImageFilter.GaussianBlur(8)).resize(SIZE) for _ in range(3)]
    grain = [Image.effect_noise(SIZE, 20) for _ in range(3)]
    picture = Image.blend(Image.merge("RGB", shapes), Image.merge("RGB", grain), 0.4)
    turned = Image.Exif()
    turned[0x0112] = 6
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=93, exif=turned)
    return target.getvalue()


async def rows() -> AsyncIterator[Row]:
    raw = photo()
    pieces = [raw[at : at + PIECE] for at in range(0, len(raw), PIECE)]
    scrubber, best, most = Scrubber(), float("inf"), 0.0
    for _ in range(ROUNDS):
        forget_peak(os.getpid())
        before, begun = memory_of(os.getpid()), time.perf_counter()
        watch = asyncio.create_task(_child_peak())
        copy = await scrubber.scrub(pieces)
        best = min(best, time.perf_counter() - begun)
        if copy is None:
            raise ValueError("the photo has no scrubbed copy")
        most = max(most, await watch + memory_of(os.getpid(), "VmHWM") - before)
    bare = min(_bare(raw) for _ in range(ROUNDS))
    yield Row(
        "scrubbed copy of a 12-megapixel photo, by the clock",
        best * MILLI,
        "ms",
        Goal(400),
        [Raw("Pillow in this process: decode, turn, encode", bare * MILLI)],
        f"a JPEG of {len(raw) / 1e6:.1f} MB, turned; the child's start is in it",
    )
    yield Row("scrubbed copy: growth of the bot and peak of the child", most, "MiB", Goal(200))


def _bare(raw: bytes) -> float:
    begun = time.perf_counter()
    with Image.open(io.BytesIO(raw)) as opened:
        ImageOps.exif_transpose(opened).save(io.BytesIO(), "JPEG", quality=90)
    return time.perf_counter() - begun


async def _child_peak() -> float:
    """MiB that the next child has in memory at most. A read in every few milliseconds: its peak lasts longer."""
    peak, seen = 0.0, False
    while True:
        found = _child()
        if seen and found is None:
            return peak
        if found is not None:
            seen = True
            with contextlib.suppress(OSError, StopIteration):  # it has just ended
                peak = max(peak, memory_of(found, "VmHWM"))
        await asyncio.sleep(0.002)


def _child() -> int | None:
    own = os.getpid()
    for child in Path(f"/proc/{own}/task/{own}/children").read_text("ascii").split():
        with contextlib.suppress(OSError):
            # Before it has become the script, it shows this process's memory.
            if SCRIPT.name.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    return None
