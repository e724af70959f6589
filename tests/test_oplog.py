# SPDX-License-Identifier: Apache-2.0
"""C24: the operations log carries no word, token, chat or receipt, whoever logs and however it fails."""

import io
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

import oplog

TOKEN = "123456789:" + "AAE" + "x" * 32
MARKER = "MARKER-they-hold-my-brother"
ROOT = Path(__file__).parents[1]


def fail(error: Exception, cause: Exception | None) -> None:
    raise error from cause


@pytest.fixture
def lines():
    """Install on a stream of our own, and put everything back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.raiseExceptions)
    hooks = (sys.excepthook, sys.unraisablehook)
    thread_hook = threading.excepthook
    stream = io.StringIO()
    oplog.install(stream)

    def read() -> list[dict[str, object]]:
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level, logging.raiseExceptions = before
    sys.excepthook, sys.unraisablehook = hooks
    threading.excepthook = thread_hook


def test_our_own_records_come_with_message_and_fields(lines):
    logging.getLogger("amparo.bot").info("updates were stored", extra={"count": 3, "seconds": 0.25, "kind": "voice"})
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "amparo.bot",
        "message": "updates were stored",
        "count": 3,
        "seconds": 0.25,
        "kind": "voice",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", MARKER),
        ("kind", "Estoy detenido"),
        ("error", TOKEN),
        ("error", "they hold my brother"),
        ("path", "/v1/cases/5f3a9c0d1e2b4a6f8091a2b3c4d5e6f7"),
        ("path", f"/bot{TOKEN}/sendMessage"),
        ("status", "7K3M-9QWX-22PD-ABCD-EFGH"),
        ("version", MARKER),
        ("count", [MARKER]),
        ("count", 123456789012),  # no count, a chat
        ("attempt", {"text": MARKER}),
    ],
)
def test_a_field_that_does_not_have_its_shape_is_suppressed(lines, field, value):
    logging.getLogger("amparo.api").warning("something happened", extra={field: value})
    (line,) = lines()
    assert line[field] == "suppressed"


def test_a_field_that_is_not_on_the_list_is_not_printed(lines):
    logging.getLogger("amparo.api").warning("something happened", extra={"text": MARKER, "chat": 42})
    (line,) = lines()
    assert line.keys() == {"time", "level", "logger", "message"}


@pytest.mark.parametrize("value", ["/v1/cases/{case}", "/v1/intake/submissions", "/", "/healthz"])
def test_route_templates_are_printed(lines, value):
    logging.getLogger("amparo.api").info("a request was answered", extra={"path": value, "status": 200})
    assert lines()[0]["path"] == value


def test_a_message_with_arguments_is_suppressed(lines):
    logging.getLogger("amparo.bot").error("could not send %s", MARKER)
    logging.getLogger("amparo.bot").error({"text": MARKER})
    assert [line["message"] for line in lines()] == ["suppressed", "suppressed"]


def test_of_an_error_only_class_and_place_are_printed(lines):
    try:
        fail(ValueError(MARKER), KeyError(TOKEN))
    except ValueError:
        logging.getLogger("amparo.api").exception("a request failed")
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert str(line["where"]).startswith("test_oplog:") or str(line["where"]).startswith("tests.test_oplog:")
    assert MARKER not in json.dumps(line)


def test_of_other_loggers_only_level_and_name_are_printed(lines):
    for name in ("telegram", "httpx", "uvicorn.error", "asyncio", "amparonot"):
        logging.getLogger(name).info("HTTP Request: POST https://api.telegram.org/bot%s/getUpdates", TOKEN)
        try:
            fail(RuntimeError(MARKER), None)
        except RuntimeError:
            logging.getLogger(name).exception("update %s", MARKER, extra={"kind": MARKER, "count": 1})
    found = lines()
    assert [line["logger"] for line in found] == ["telegram", "httpx", "uvicorn.error", "asyncio", "amparonot"]
    assert all(line["message"] == "suppressed" and line["error"] == "RuntimeError" for line in found)
    assert all(line.keys() == {"time", "level", "logger", "message", "error", "where"} for line in found)
    assert MARKER not in json.dumps(found)


def test_even_a_name_is_suppressed_when_it_is_no_name(lines):
    logging.getLogger(f"library {MARKER}").warning("x")
    assert lines()[0]["logger"] == "suppressed"


def test_debug_is_never_printed(lines):
    logging.getLogger("amparo.bot").debug("details")
    logging.getLogger("httpx").debug(MARKER)
    assert lines() == []


def test_the_last_line_of_defence_removes_a_token_even_from_our_own_words(lines):
    logging.getLogger("amparo.bot").error(f"could not reach /bot{TOKEN}/getMe")  # noqa: G004 - the mistake under test
    logging.getLogger("amparo.bot").error("bot123456789%3AAAExxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/getMe")
    assert all("AAE" not in str(line["message"]) and "[removed]" in str(line["message"]) for line in lines())


def test_controls_and_newlines_cannot_forge_a_line(lines):
    logging.getLogger("amparo.bot").error('one\n\x1b[31m{"level": "info"}')
    assert len(lines()) == 1


def test_a_record_that_cannot_be_printed_is_not_printed_otherwise(lines, capsys):
    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(MARKER)

    oplog.install(Full())
    logging.getLogger("amparo.bot").error(MARKER)
    said = capsys.readouterr()
    assert said.out + said.err == ""


def test_warnings_are_suppressed_too(lines):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(MARKER, UserWarning, stacklevel=1)
    assert [line["message"] for line in lines()] == ["suppressed"]


ENDINGS = {
    "main": "raise ValueError(SECRET)",
    "thread": "t = threading.Thread(target=int, args=(SECRET,)); t.start(); t.join()",
    "unraisable": "class C:\n    def __del__(self): raise ValueError(SECRET)\nC(); gc.collect()",
    "loop": "async def main():\n    asyncio.get_running_loop().call_soon(int, SECRET); await asyncio.sleep(0.01)\n"
    "asyncio.run(main())",
    "task": "async def fails(): raise ValueError(SECRET)\nasync def main():\n    asyncio.create_task(fails())\n"
    "    await asyncio.sleep(0.01); gc.collect()\nasyncio.run(main())",
    "main in asyncio": "async def main(): raise ValueError(SECRET)\nasyncio.run(main())",
    "group": "raise ExceptionGroup(SECRET, [ValueError(SECRET)])",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_error_that_nobody_caught_ends_as_a_class_name(ending):
    script = f"import asyncio, gc, threading, oplog\nSECRET = {MARKER!r}\noplog.install()\n{ENDINGS[ending]}"
    # Nothing in the environment opens the log: these are the switches of Python, asyncio and many programs.
    loud = {"PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1", "LOG_LEVEL": "DEBUG", "AMPARO_LOG_LEVEL": "DEBUG"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, **loud},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert MARKER not in done.stderr + done.stdout
    assert done.stderr, "the error must be seen"
    found = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["error"] for line in found if "error" in line} & {"ValueError", "ExceptionGroup"}
