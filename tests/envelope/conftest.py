# SPDX-License-Identifier: Apache-2.0
"""Loads the golden vectors, and deals the cases of a file to the tests that ask for one by name."""

import base64
import functools
import json
import pathlib

import pytest

VECTORS = pathlib.Path(__file__).parent / "vectors"


@functools.cache
def _load(name):
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def vectors():
    """Give a function from a file's name without ending to its content."""
    return _load


@pytest.fixture(scope="session")
def fields_of():
    """Give a function from the typed fields of a case to the values that bind() takes."""
    return _fields_of


def _fields_of(case):
    read = {"id": bytes.fromhex, "bytes": bytes.fromhex, "uint": int, "text": str}
    return [read[field["type"]](field["value"]) for field in case["fields"]]


def _wraps():
    form = _load("format")
    return [*form["wraps"], form["login"]["wrap"]]


# Argument of a test -> the cases it runs with.
_DEALT = {
    "hpke_case": lambda: _load("hpke-xwing")["cases"],
    "stream_case": lambda: _load("cobblestone-256")["cases"],
    "wrap_case": _wraps,
    "binding_case": lambda: _load("format")["bindings"],
    "frame_case": lambda: _load("format")["frames"],
}


def pytest_generate_tests(metafunc):
    for argument, cases in _DEALT.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, cases(), ids=lambda case: case.get("name") or case.get("label"))


@pytest.fixture(scope="session")
def unb64():
    return base64.b64decode
