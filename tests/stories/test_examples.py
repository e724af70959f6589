# SPDX-License-Identifier: Apache-2.0
"""The invented example reports, told through the bot as the demo tells them, reach the classes they were graded for."""

import json
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from simulator.demo import seed
from simulator.stack import running_stack

EXAMPLES = json.loads((Path(__file__).parents[1] / "intake" / "examples.json").read_text("utf-8"))["cases"]


async def queue(stack):
    login = {"name": stack.keys["coordinator"], "passphrase": stack.keys["passphrase"]}
    async with aiohttp.ClientSession() as web:
        async with web.post(f"{stack.api_url}/v1/sessions", json=login) as answer:
            token = (await answer.json())["token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with web.get(f"{stack.api_url}/v1/cases", headers=headers) as answer:
            return (await answer.json())["items"]


@pytest.mark.slow
async def test_the_demo_shows_each_example_in_its_class(tmp_path):
    async with running_stack(tmp_path / "home") as stack:
        assert await seed(stack) == len(EXAMPLES)
        cases = await queue(stack)
    assert Counter(case["priority"] for case in cases) == Counter(case["expected"]["priority"] for case in EXAMPLES)
    assert [case["priority"] for case in cases] == sorted(case["priority"] for case in cases)
    # Where the example's own words are in the summary, all reasons it must have are there too.
    for example in EXAMPLES:
        for case in cases:
            if case["excerpt"] and example["narrative"].startswith(case["excerpt"][:60]):
                assert set(example["expected"]["reasons"]) <= set(case["reasons"]), example["id"]
