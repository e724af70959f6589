# SPDX-License-Identifier: Apache-2.0
"""The bot beside a bare one: the same simulator, the same crowd, the same lines, one after the other.

Ours opens a draft, goes one step on, seals it and commits it before it answers; the other echoes.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from bench.clock import cpu_of, memory_of
from bench.desk import ROOT
from bench.table import Goal, Raw, Row
from bench.telegram import Talk, Telegram
from simulator.stack import Stack

PEOPLE = 256
LATENCY_MS = 60
FEW = 64
SLOW_SECONDS = 5.0
ROUNDS = 2  # each of the two bots in turn; the better round of each counts
# One interview as typed, up to what would be sent: language, yes, a witness, danger near, free, what, where, when, who.
STORY = "Nos pararon en un retén de madrugada y pidieron dinero a todos los que íbamos en la camioneta."
LINES = ["/start", "1", "1", "4", "4", "5", "1 2 3", "2", "San Isidro", "1", "2", "5", "3", "1 3", STORY, "2 3", "2"]
SEND = "1"


async def rows(home: Path) -> AsyncIterator[Row]:
    """`home` is made and filled."""
    stack = Stack(home)
    timeout = aiohttp.ClientTimeout(total=120)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as web:
            await stack.prepare()
            await asyncio.gather(stack.start("simulator", words=["--latency-ms", str(LATENCY_MS)]), stack.start("api"))
            telegram = Telegram(web, stack.telegram_api_url, _pid(stack, "simulator"))
            async for row in _starts(stack, telegram):
                yield row
            talks = [(await _ours(stack, telegram), await _echo(stack, telegram)) for _ in range(ROUNDS)]
            ours, echo = (max(found, key=lambda talk: talk.rate) for found in zip(*talks, strict=True))
            for row in _beside(ours, echo):
                yield row
            async for row in _alone(stack, telegram):
                yield row
    finally:
        await stack.close()


def _pid(stack: Stack, name: str) -> int:
    return stack._children[name].pid  # noqa: SLF001


async def _starts(stack: Stack, telegram: Telegram) -> AsyncIterator[Row]:
    """Twice, with somebody already waiting; then one report."""
    starts = []
    for _ in range(2):
        await stack.stop("bot")
        phone = await telegram.phone("/start")
        begun = time.perf_counter()
        await stack.start("bot")
        starts.append((await telegram.answer(phone) - begun, cpu_of(_pid(stack, "bot"))))
    seconds, cpu = min(starts)
    note = f"{cpu:.2f} s of it is CPU; {4 * LATENCY_MS} ms, about, is the network's delay"
    yield Row("start to first answer, the better of two", seconds, "s", Goal(2.5), (), note)
    await telegram.crowd(1, [*LINES, SEND], _pid(stack, "bot"))
    yield Row("memory of the bot, idle after one report", memory_of(_pid(stack, "bot")), "MiB", Goal(100))
    await stack.stop("bot")


async def _ours(stack: Stack, telegram: Telegram) -> Talk:
    await stack.start("bot")
    try:
        await telegram.answer(await telegram.phone("/start"), seconds=40)
        await telegram.crowd(8, LINES, _pid(stack, "bot"))
        return await telegram.crowd(PEOPLE, LINES, _pid(stack, "bot"))
    finally:
        await stack.stop("bot")
        await telegram.reset()


async def _echo(stack: Stack, telegram: Telegram) -> Talk:
    environment = {**os.environ, "BENCH_TOKEN": stack.bot_token}
    log = (stack.home / "logs" / "echo.log").open("ab")
    with log:
        bare = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.echo_aiogram", stack.telegram_api_url, cwd=ROOT, env=environment, stderr=log
        )
    try:
        await telegram.answer(await telegram.phone("hello"), seconds=40)
        await telegram.crowd(8, LINES, bare.pid)
        return await telegram.crowd(PEOPLE, LINES, bare.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            bare.terminate()
        await bare.wait()
        await telegram.reset()


def _beside(ours: Talk, echo: Talk) -> list[Row]:
    name = "bare aiogram echo"
    note = (
        f"not answered in time: {ours.unanswered} lines of ours, {echo.unanswered} of the echo's; the simulator's CPU "
        f"{ours.simulator_cpu:.2f} and {echo.simulator_cpu:.2f} ms an update; cores busy with other programs "
        f"{ours.others:.1f} and {echo.others:.1f}"
    )
    head = f"updates a second, {PEOPLE} chats, {LATENCY_MS} ms"
    return [
        Row(head, ours.rate, "/s", Goal(1, "least", "ratio"), [Raw(name, echo.rate)], note),
        Row("CPU of the bot for one update", ours.bot_cpu, "ms", Goal(2.5), [Raw(name, echo.bot_cpu)]),
        Row("wait for an answer, median", ours.p50, "ms", None, [Raw(name, echo.p50)]),
        Row("wait for an answer, 99 of 100", ours.p99, "ms", None, [Raw(name, echo.p99)]),
    ]


async def _alone(stack: Stack, telegram: Telegram) -> AsyncIterator[Row]:
    """Ours, with fewer chats: one that hangs, interviews that are sent, and what is left in memory at the end."""
    await stack.start("bot")
    await telegram.answer(await telegram.phone("/start"), seconds=40)
    pid = _pid(stack, "bot")
    calm = await telegram.crowd(FEW, LINES, pid)
    slow = await telegram.phone("hello")
    await telegram.slow(slow, SLOW_SECONDS)
    await telegram.say(slow, "1")
    others = await telegram.crowd(FEW, LINES, pid)
    limit, quiet = Goal(2, of="ratio"), Raw("without it", calm.p99)
    yield Row(f"wait of {FEW} chats, 99 of 100, one chat hanging", others.p99, "ms", limit, [quiet])
    await telegram.reset()
    sent = await telegram.crowd(FEW, [*LINES, SEND], pid)
    note = f"{sent.answered} lines answered, {sent.unanswered} not"
    name = f"updates a second, {FEW} chats"
    yield Row(f"{name}, each sent to the desk", sent.rate, "/s", None, [Raw("not sent", calm.rate)], note)
    yield Row(f"memory of the bot after {3 * FEW} interviews", memory_of(pid), "MiB", Goal(100))
