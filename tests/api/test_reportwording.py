# SPDX-License-Identifier: Apache-2.0
"""A report on the case page, whatever was told and in whatever language it is read: words, and no bare codes."""

import pytest

from api.console.reportwording import ReportWording
from tests.intake.interview import CATALOGS, QUESTIONNAIRE, Interview
from tests.intake.test_every_path import told

NAMES = {locale: about["name"] for locale, about in CATALOGS.about.items()}
CODES = {
    choice.value for question in QUESTIONNAIRE.questions.values() for choice in question.choices if "_" in choice.value
}
"""Values that no language spells like that."""


@pytest.mark.parametrize("locale", CATALOGS.locales)
@pytest.mark.parametrize("mode", ["self", "proxy", "many", "child"])
def test_every_value_is_said_in_words(locale, mode):
    catalog = CATALOGS.get(locale)
    own = {label.casefold() for entry in catalog.entries.values() for label in entry.texts}
    for seed in range(12):
        draft, _ = told(mode, "yes", seed)
        report = Interview().report(draft)
        blocks = list(ReportWording(catalog, NAMES).blocks(report))
        assert blocks
        for block in blocks:
            for line in block["lines"]:
                assert line.label
                if line.own:
                    continue
                for part in line.value.replace(" (", " · ").replace(")", "").replace(", ", " · ").split(" · "):
                    assert part not in CODES or part.casefold() in own, (line.label, part)


def test_two_persons_are_two_blocks_with_what_each_allows():
    talk = Interview().begin("en").answer(about="proxy", what="theft", cards="each")
    talk.answer(p_who=["woman", "age_18_59"], p_agrees="yes", p_share="S3").go_to("p_more").press("yes")
    talk.answer(p_who=["age_5_11"], p_agrees="cannot").go_to("p_more").press("no")
    blocks = list(ReportWording(CATALOGS.get("en"), NAMES).blocks(talk.to_review().report()))
    first, second = (block for block in blocks if (block["heading"] or "").startswith("Person"))
    assert {line.label: line.value for line in first["lines"]} == {
        "Age": "18 to 59 years · Woman or girl",
        "Knows and agrees": "Yes, they know and agree",
        "May be shared": "Also retold so that nobody is recognised",
    }
    assert {line.label: line.value for line in second["lines"]} == {
        "Age": "5 to 11 years",
        "Needs": "child under 12",
        "Knows and agrees": "They cannot be asked",
        "May be shared": "Only our team sees it",
    }
