# SPDX-License-Identifier: Apache-2.0
"""`amparo simulator run` as a process: its first line, its answer, its end."""

import json
import signal
import subprocess
import sys
import urllib.request

RUN = (
    "import argparse; from simulator.cli import register; parser = argparse.ArgumentParser();"
    "register(parser.add_subparsers()); args = parser.parse_args(); raise SystemExit(args.run(args))"
)


def test_it_says_where_it_is_serves_and_ends_on_sigterm():
    command = [sys.executable, "-c", RUN, "simulator", "run", "--token", "12345:abc", "--latency-ms", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        started = json.loads(process.stdout.readline())
        assert started["token"] == "12345:abc"
        with urllib.request.urlopen(f"{started['url']}/bot12345:abc/getMe", timeout=5) as answer:
            assert json.load(answer)["result"]["is_bot"] is True
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=5)
    assert (process.returncode, errors) == (0, b"")


def test_help_is_light():
    code = f"import sys; sys.argv = ['amparo', '--help']\ntry:\n    exec({RUN!r})\nexcept SystemExit:\n    print('aiohttp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("False")
