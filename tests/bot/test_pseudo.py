# SPDX-License-Identifier: Apache-2.0
"""Every screen of the interview in a language nobody speaks: what shows without brackets was written into the code."""

import pathlib
import re

from bot import screens
from intake import pseudo
from intake.catalog import Catalogs
from intake.effects import Ask, Review
from tests.intake.interview import QUESTIONNAIRE, Interview
from tests.intake.test_flow import SKIPPABLE, WAYS_TO


def outside(text):
    """What of a screen stands outside the brackets, but for numbers and marks."""
    left = re.sub(f"{pseudo.OPEN}.*?{pseudo.CLOSE}", "", text, flags=re.DOTALL)
    return re.sub(r"[\W\d_]+", "", left)


def test_no_screen_shows_words_from_the_code(tmp_path):
    pseudo.write(pathlib.Path("translations"), tmp_path)
    catalogs = Catalogs(tmp_path)
    catalog = catalogs.get(pseudo.LOCALE)
    drawn = 0
    for name in SKIPPABLE:
        talk = Interview(pseudo.LOCALE, catalogs=catalogs).begin(pseudo.LOCALE if name != "interpreter" else "other")
        if "language" not in WAYS_TO.get(name, {}):
            talk.answer(**WAYS_TO.get(name, {}))
        talk.go_to(name)
        for step in ("", "review", "change", "delete"):
            if step == "review":
                talk.to_review()
            elif step:
                talk.press(step)
            screen = screens.draw(talk.effects, catalog, "")
            assert not outside(screen.text), (name, step, outside(screen.text))
            drawn += 1
    assert drawn == 4 * len(SKIPPABLE)
    assert isinstance(talk.screen, Ask | Review)
    assert len(QUESTIONNAIRE.questions) > 80
