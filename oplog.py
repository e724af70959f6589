# SPDX-License-Identifier: Apache-2.0
"""The operations log: JSON lines on standard error that cannot carry what a person told.

Messages of our own loggers are constant sentences; what varies comes in a few named fields of fixed shape. Of other
people's loggers only level and name are printed. Of an error only its class and the place in the code. Nothing in
the environment changes this.
"""

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, TextIO

SUPPRESSED: Final = "suppressed"

_NUMBER: Final = re.compile(r"-?\d{1,10}(?:\.\d+)?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_TAG: Final = re.compile(r"[a-z][a-z0-9_.:]{0,39}|P[1-4]")
# The only keys of `extra` that are printed, each in its own shape. None of them leaves room for a sentence, a
# receipt or an id: what does not fit is named as suppressed.
FIELDS: Final[Mapping[str, re.Pattern[str]]] = {
    "count": _NUMBER,
    "seconds": _NUMBER,
    "attempt": _NUMBER,
    "port": _NUMBER,
    "day": _NUMBER,
    "status": re.compile(rf"{_NUMBER.pattern}|{_TAG.pattern}"),
    "kind": _TAG,
    "error": _NAME,
    "where": re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}:\d{1,6}"),
    "version": re.compile(r"[0-9][0-9A-Za-z.+]{0,39}"),
    "path": re.compile(r"(?:/(?:[a-z_.-]*|v\d|\{[a-z_:]+\}))+"),  # a route's template, never a filled one
}

_OURS: Final = "amparo"
_LOGGER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}")
# Telegram's token: the bot's id, a colon, 35 characters. Looser, so that a cut or longer one is caught too.
_TOKEN: Final = re.compile(r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{16,}")


class JsonLines(logging.Formatter):
    """One record, one line."""

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name == _OURS or record.name.startswith(_OURS + ".")
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name if _LOGGER.fullmatch(record.name) else SUPPRESSED,
            "message": record.msg if ours and _constant(record) else SUPPRESSED,
        }
        if ours:
            line |= {key: _fit(getattr(record, key), shape) for key, shape in FIELDS.items() if hasattr(record, key)}
        if record.exc_info and record.exc_info[0]:
            line |= describe(record.exc_info[0], record.exc_info[2])
        return _TOKEN.sub("[removed]", json.dumps(line))


class Gate(logging.Filter):
    """Lets our own records pass, and other people's from WARNING upwards."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or record.name.partition(".")[0] == _OURS


def install(stream: TextIO | None = None) -> None:
    """Take over the process's logging, its warnings and the hooks for errors that nobody caught."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(Gate())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # else a record that cannot be formatted is printed with its arguments
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _report("a thread ended by an error", args.exc_type, args.exc_traceback)
    sys.unraisablehook = lambda args: _report("an error had nowhere to go", args.exc_type, args.exc_traceback)


def describe(kind: type[BaseException], trace: TracebackType | None) -> dict[str, object]:
    """Name an error's class and the innermost place in the code: a module and a line, never a value."""
    place = ""
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return {"error": kind.__name__, "where": place} if place else {"error": kind.__name__}


def _uncaught(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _report("the process ended by an error", kind, trace)


def _report(message: str, kind: type[BaseException] | None, trace: TracebackType | None) -> None:
    # Only class and trace go on: with the error itself in the record, another handler could print its words.
    logging.getLogger("amparo").critical(message, extra=describe(kind or BaseException, trace))


def _constant(record: logging.LogRecord) -> bool:
    # Arguments mean that the sentence was to be filled in. (A lint test sees to it that it is a literal at all.)
    return isinstance(record.msg, str) and not record.args


def _fit(value: object, shape: re.Pattern[str]) -> object:
    fits = value is None or (isinstance(value, bool | int | float | str) and shape.fullmatch(str(value)))
    return value if fits else SUPPRESSED
