# SPDX-License-Identifier: Apache-2.0
"""The `amparo` command: hangs up each package's own cli.py. What is heavy is imported when a command runs."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

import oplog
from api import cli as api
from bot import cli as bot
from envelope import cli as envelope
from intake import cli as intake
from simulator import cli as simulator
from storage import cli as storage

PACKAGES = (bot, api, storage, intake, envelope, simulator)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    oplog.install()
    parser = argparse.ArgumentParser(prog="amparo", description="A sealed intake for reports of abuse, and its desk.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('amparo')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for package in PACKAGES:
        package.register(commands)
    chosen = parser.parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as a shell gives it
    except Exception as error:
        # Only our own errors carry words meant for a person; bot.errors cannot be named here, it imports telegram.
        if type(error).__module__ not in {f"{package.__name__.partition('.')[0]}.errors" for package in PACKAGES}:
            raise
        print(f"amparo: {error}", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
