# SPDX-License-Identifier: Apache-2.0
"""What the documents say is there, is there; what an operator can set or call is documented."""

import json
import re
from pathlib import Path

import pytest

from api.settings import Settings as DeskSettings
from bot.settings import Settings as BotSettings
from intake import triage
from storage.errors import StorageError

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "simulator" / "README.md"])


@pytest.mark.parametrize("settings", [BotSettings, DeskSettings], ids=["bot", "desk"])
def test_every_setting_is_in_the_operators_table(settings):
    table = (DOCS / "operate.md").read_text("utf-8")
    missing = [name for name in settings.model_fields if f"`AMPARO_{name.upper()}`" not in table]
    assert missing == []


def test_the_operators_table_names_no_setting_that_is_not_there():
    named = set(re.findall(r"`AMPARO_([A-Z_]+)`", (DOCS / "operate.md").read_text("utf-8")))
    known = {name.upper() for settings in (BotSettings, DeskSettings) for name in settings.model_fields}
    assert named - known == {"TEST", "TEST_CRASH"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_named_files_exist(page):
    text = page.read_text("utf-8")
    links = {link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link}
    assert [link for link in links if link and not (page.parent / link).exists()] == []
    paths = re.findall(r"`((?:bot|api|storage|intake|envelope|simulator|tests|docs|translations)/[\w./-]+\.\w+)`", text)
    assert [path for path in paths if not (ROOT / path).exists() and "LC_MESSAGES" not in path] == []


def test_every_make_target_explains_itself():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE).group(1).split())
    assert phony == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_each_route_of_the_desk_says_what_it_is_for():
    paths = json.loads((ROOT / "api" / "openapi.json").read_text("utf-8"))["paths"]
    silent = [
        f"{method} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if not operation.get("description") and not operation.get("summary")
    ]
    assert silent == []


def test_the_rules_on_the_readme_are_as_many_as_there_are():
    assert f"{max(rule.number for rule in triage.RULES)} published rules" in (ROOT / "README.md").read_text("utf-8")


def test_an_error_says_what_to_do_next():
    assert all(kind.__doc__ for kind in StorageError.__subclasses__())
