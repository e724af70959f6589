# SPDX-License-Identifier: Apache-2.0
"""Every story in this folder, through real processes: simulator, bot, desk, real HTTP, real database files."""

from pathlib import Path

import pytest

from simulator.stack import running_stack
from simulator.story import play_story

STORIES = sorted(Path(__file__).parent.glob("*.story"))


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
async def test_story(story, tmp_path):
    async with running_stack(tmp_path / "home") as stack:
        assert await play_story(story.read_text(encoding="utf-8"), stack) > 0
