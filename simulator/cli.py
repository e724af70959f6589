# SPDX-License-Identifier: Apache-2.0
"""`amparo simulator run`: Telegram on this machine, until Ctrl-C."""

import argparse


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
