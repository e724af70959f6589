# SPDX-License-Identifier: Apache-2.0
"""How many messages a telling takes: the least that can be sent, and three typical ones told to their natural end."""

import asyncio
from pathlib import Path

import pytest

from simulator.script import read_story
from simulator.stack import running_stack
from simulator.story import play_story

STORIES = {path.stem: path.read_text("utf-8") for path in (Path(__file__).parent / "counted").glob("*.story")}

ANSWERS = {"minimal": 5, "typical_theft": 13, "typical_shelter": 14, "typical_detained": 15}
"""Messages between /start and "send"; a typical telling stays under 16."""


def answers(story):
    """What the person wrote or tapped after /start and before "send"."""
    acts = [line.text.split()[0] for line in read_story(story)]
    return sum(act in {"says", "taps", "sends"} for act in acts) - 2


def test_no_telling_takes_more_answers_than_this():
    assert {name: answers(story) for name, story in STORIES.items()} == ANSWERS


@pytest.mark.slow
async def test_the_bot_takes_these_answers_and_sends(tmp_path):
    async with running_stack(tmp_path / "home") as stack:
        played = await asyncio.gather(*(play_story(story, stack) for story in STORIES.values()))
    assert played == [len(list(read_story(story))) for story in STORIES.values()]
