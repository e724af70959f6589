# SPDX-License-Identifier: Apache-2.0
"""`amparo simulator run`, `amparo demo`, `amparo story`: Telegram, and all of Amparo, on this machine."""

import argparse
import sys
from pathlib import Path


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    simulator = commands.add_parser("simulator", help="Telegram on this machine: a Bot API, phones in a web page")
    verbs = simulator.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="serve the Bot API, the control API and the phone page")
    run.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    run.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    run.add_argument("--token", help="the bot's token (default: a random one)")
    run.add_argument("--latency-ms", type=float, default=0.0, help="milliseconds added to each Bot API call")
    run.add_argument("--fast", action="store_true", help="run the waits of Telegram's server a hundred times faster")
    run.add_argument("--flood", action="store_true", help="refuse more than one message a second in a chat")
    run.add_argument("--check-results", action="store_true", help="hold every result against the specification")
    run.set_defaults(run=_run)

    demo = commands.add_parser("demo", help="run everything here, with invented reports, until Ctrl-C")
    demo.add_argument("--home", type=Path, default=Path("var/demo"), help="its folder (default: %(default)s)")
    demo.add_argument("--no-open", action="store_true", help="do not open the pages in a browser")
    demo.add_argument("--once", action="store_true", help="end as soon as everything is up and told")
    demo.set_defaults(run=_demo)

    story = commands.add_parser("story", help="play a story, a text file, through real processes")
    story.add_argument("file", type=Path, help="the story, for example tests/stories/removal.story")
    story.set_defaults(run=_story)


def _run(args: argparse.Namespace) -> int:
    """Print one line of JSON, {"url", "token"}, then serve until SIGINT or SIGTERM."""
    from simulator.run import run
    from simulator.simulation import Rules

    rules = Rules(
        latency=args.latency_ms / 1000,
        time_factor=0.01 if args.fast else 1.0,
        flood=args.flood,
        check_results=args.check_results,
    )
    run(args.host, args.port, args.token, rules, announce=lambda line: print(line, flush=True))
    return 0


def _demo(args: argparse.Namespace) -> int:
    """Make keys, start the processes, tell the example reports, wait for Ctrl-C."""
    import asyncio

    from simulator.demo import run_demo
    from simulator.errors import SimulatorError

    try:
        asyncio.run(
            run_demo(
                args.home.resolve(),
                lambda text: print(text, flush=True),
                open_pages=not args.no_open,
                once=args.once,
            )
        )
    except SimulatorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _story(args: argparse.Namespace) -> int:
    """Play one story on a stack of its own; the exit code is 1 when a line does not hold."""
    import asyncio

    from simulator.errors import SimulatorError
    from simulator.story import play_alone

    try:
        played = asyncio.run(play_alone(args.file.read_text(encoding="utf-8"), lambda text: print(text, flush=True)))
    except OSError as error:
        print(f"cannot read the story: {error.strerror}", file=sys.stderr)
        return 2
    except SimulatorError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{played} lines, all as told")
    return 0
