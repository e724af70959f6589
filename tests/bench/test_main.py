# SPDX-License-Identifier: Apache-2.0
"""A section that fails is reported with its error, keeps what it measured, and lets the others go on."""

import asyncio

import pytest

from bench.__main__ import _run
from bench.table import Row, Section

ROW = Row("axis", 1.0, "s")


async def failing(_):
    yield ROW
    raise KeyError


async def endless(_):
    yield ROW
    await asyncio.Event().wait()


def plain(_):
    return iter([ROW, ROW])


def absent(_):
    raise ModuleNotFoundError


@pytest.mark.parametrize(
    ("start", "rows", "failure"),
    [(failing, 1, "KeyError"), (endless, 1, "TimeoutError"), (plain, 2, ""), (absent, 0, "ModuleNotFoundError")],
)
async def test_a_section_ends_with_what_it_has(start, rows, failure, tmp_path):
    section = Section("name")
    await _run(section, start, tmp_path, seconds=0.2)
    assert (len(section.rows), section.failure) == (rows, failure)
