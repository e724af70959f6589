# SPDX-License-Identifier: Apache-2.0
"""Every language from its choice to the receipt, on the real bot: by typed numbers only, and by buttons only."""

import asyncio

import pytest

from intake.catalog import load_catalogs
from simulator.stack import running_stack
from simulator.story import play_story

CATALOGS = load_catalogs()
LOCALES = list(CATALOGS.about)

NUMBERS = ["2", "5", "5", "1 2", "4", "1"]
"""The short way: yes but short; no danger; free; money asked, things taken; do not write to me; send."""

TAPS = ["choice.consent.yes", "choice.about.self", "choice.danger.no", "choice.status.free"]
TAPS += ["choice.what.theft", "button.done", "state.MX-SON.label", "button.skip", "choice.when.yesterday"]
TAPS += ["choice.people.1", "choice.needs.none", "button.skip", "actor.inm.label", "button.done"]
TAPS += ["choice.wishes.tell", "button.done", "choice.review.send"]
"""The whole interview; the two questions that want words (town, what happened) are skipped by their button."""


def by_numbers(locale):
    return [f"says {LOCALES.index(locale) + 1}", *(f"says {number}" for number in NUMBERS)]


def by_buttons(locale):
    catalog = CATALOGS.get(locale)
    labels = [CATALOGS.about[locale]["name"], *map(catalog.text, TAPS)]
    return [f'taps "{label}"' for label in labels]


@pytest.mark.slow
@pytest.mark.parametrize("hand", [by_numbers, by_buttons])
async def test_every_language_reaches_the_receipt(hand, tmp_path):
    async def told(locale, stack):
        ends = ["keeps receipt", f'sees "{CATALOGS.get(locale).text("bot.handed_over")}"']
        lines = [f"phone {locale} language {locale}", *(f"  {act}" for act in ("says /start", *hand(locale), *ends))]
        await play_story("\n".join(lines), stack)

    async with running_stack(tmp_path / "home") as stack:
        found = await asyncio.gather(*(told(locale, stack) for locale in LOCALES), return_exceptions=True)
    assert {locale: error for locale, error in zip(LOCALES, found, strict=True) if error} == {}
    assert len(LOCALES) == 8
