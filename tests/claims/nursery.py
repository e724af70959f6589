# SPDX-License-Identifier: Apache-2.0
"""A process that has loaded Amparo once and forks a fresh `amparo` of itself whenever it is asked to.

A kill test starts hundreds of processes; importing takes a second, forking takes none. The children run the very
command of production. Requests come as JSON lines on standard input, reports go out as JSON lines on standard output:

    {"argv": ["bot", "run"], "env": {...}, "log": path}   ->  {"started": pid}, and later {"ended": pid, "status": n}
    {"signal": 9, "pid": pid}

`CLAIMS_CRASH="label:nth"` kills a child where bot/crash.py has no point: see WHERE. `CLAIMS_MUTATION` spoils a child,
to show that the claims' tests notice: see MUTATIONS. With `CLAIMS_FULL=1` its SQLite file may not grow any more, as
on a full disk.
"""

import json
import os
import select
import signal
import sqlite3
import sys
from collections.abc import Callable

import uvicorn  # noqa: F401 -- loaded before the fork
import uvloop  # noqa: F401 -- loaded before the fork

import api.app
import api.cli
import api.routers.submissions
import bot.app
import bot.cli
import bot.conversation
import bot.polling
import cli
import storage.file
import storage.postgres
import storage.writer
from storage.phone import updates

WHERE = ("store before commit", "store committed", "blob stored no row", "vault adopting")


def crash_at(wanted: str) -> None:
    """Hang a deadly hook into the store's two engines, the way a probe is, and into two places of the desk."""
    label, _, nth = wanted.partition(":")
    assert label in WHERE, wanted
    left = int(nth)

    def pass_point(point: str) -> None:
        nonlocal left
        if point == label:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def tell(_: object, point: str) -> None:
        pass_point(f"store {point}")

    storage.writer.Writer._tell = tell  # type: ignore[method-assign]
    storage.postgres.Server._tell = tell  # type: ignore[method-assign]
    record, adopt = api.routers.submissions._record, api.vault.Opening.adopt

    async def recorded(*args: object) -> object:
        pass_point("blob stored no row")
        return await record(*args)  # type: ignore[arg-type]

    def adopted(*args: object) -> None:
        adopt(*args)  # type: ignore[arg-type]
        pass_point("vault adopting")

    api.routers.submissions._record = recorded  # type: ignore[assignment]
    api.vault.Opening.adopt = adopted  # type: ignore[assignment, method-assign]


def no_room() -> None:
    """SQLite takes a limit below the present size for the present size; then it answers as on a full disk."""
    settle = storage.file._settle

    def settle_small(raw: sqlite3.Connection) -> None:
        settle(raw)
        raw.execute("PRAGMA max_page_count=1").close()

    storage.file._settle = settle_small


def offset_first() -> None:
    """The fault that most bots have: Telegram is told that the updates are taken before they are on disk."""
    take = bot.polling.Poller._take

    async def hasty(self: bot.polling.Poller, raws: list[object]) -> object:
        self._advance(raws, [True] * len(raws))
        await self._telegram.updates(self._offset, seconds=0)
        return await take(self, raws)

    bot.polling.Poller._take = hasty  # type: ignore[method-assign, assignment]


def no_memory() -> None:
    """No update counts as seen before."""
    updates.seen_updates = lambda *_, **__: set()  # type: ignore[assignment]
    updates.remember_updates = lambda *_, **__: True  # type: ignore[assignment]


MUTATIONS: dict[str, Callable[[], None]] = {"offset first": offset_first, "no memory": no_memory}


def become(order: dict[str, object]) -> None:
    """In the child: what `amparo` would be if a shell had started it."""
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(old, new)
    os.environ.clear()
    os.environ.update(order["env"])  # type: ignore[arg-type]
    if wanted := os.environ.get("CLAIMS_CRASH"):
        crash_at(wanted)
    if os.environ.get("CLAIMS_FULL"):
        no_room()
    if mutation := os.environ.get("CLAIMS_MUTATION"):
        MUTATIONS[mutation]()
    status = 1
    try:
        status = cli.main(order["argv"])  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 -- what a shell's child would do: report and end
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def report(**what: int) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def reap(children: set[int]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        children.discard(pid)
        report(ended=pid, status=os.waitstatus_to_exitcode(status))


def obey(line: bytes, children: set[int]) -> None:
    order = json.loads(line)
    if "pid" in order:
        if order["pid"] in children:  # not reaped yet, so the number is still that child's
            os.kill(order["pid"], order["signal"])
        return
    pid = os.fork()
    if not pid:
        become(order)
    children.add(pid)
    report(started=pid)


def main() -> None:
    children: set[int] = set()
    waiting = b""
    while True:
        ready, _, _ = select.select([0], [], [], 0.01)
        if ready:
            piece = os.read(0, 1 << 16)
            if not piece:  # whoever asked is gone
                break
            *lines, waiting = (waiting + piece).split(b"\n")
            for line in lines:
                obey(line, children)
        reap(children)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
