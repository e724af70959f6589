# SPDX-License-Identifier: Apache-2.0
"""Translators' tools: a changed English text is noticed in every language, and a review ends with a changed word."""

import datetime as dt
import pathlib
import re
import shutil

import pytest

from intake import pseudo, translating
from intake.catalog import Catalogs
from intake.cli import run_translations
from intake.errors import CatalogError
from tests.intake.interview import CATALOGS

FOLDER = pathlib.Path("translations")
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "t")
    return tmp_path / "t"


def change(folder, locale, old, new):
    path = translating.path_of(folder, locale)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("locale", CATALOGS.locales)
def test_every_language_is_complete_and_in_the_form_update_gives(folder, locale):
    assert list(translating.faults(folder, locale)) == []
    if locale != translating.SOURCE:
        before = translating.path_of(folder, locale).read_bytes()
        assert translating.update(folder, locale) == 0
        assert translating.path_of(folder, locale).read_bytes() == before


def test_a_changed_english_text_makes_its_translation_fuzzy(folder):
    change(folder, "en", 'msgid "Which word?"\nmsgstr "Which word?"', 'msgid "What word?"\nmsgstr "What word?"')
    assert translating.update(folder, "es") == 1
    assert list(translating.faults(folder, "es")) == [
        "es: question.safe_word.label is fuzzy: the English text has changed"
    ]
    assert not Catalogs(folder).get("es").has("question.safe_word.label")


def test_a_new_english_text_is_asked_for(folder):
    path = translating.path_of(folder, "en")
    path.write_text(path.read_text("utf-8") + '\nmsgctxt "bot.new"\nmsgid "New {n}"\nmsgstr "New {n}"\n', "utf-8")
    assert list(translating.faults(folder, "es")) == ["es: bot.new is missing"]
    assert translating.update(folder, "es") == 1
    change(folder, "es", 'msgid "New {n}"\nmsgstr ""', 'msgid "New {n}"\nmsgstr "Nuevo {m}"')
    assert list(translating.faults(folder, "es")) == ["es: bot.new needs the placeholders n and no others"]
    change(folder, "es", "Nuevo {m}", "Nuevo {n}")
    assert list(translating.faults(folder, "es")) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgstr "¿Qué palabra?"', 'msgstr ""', "has no translation"),
        ('msgstr "Notas"', f'msgstr "{"Notas " * 20}"', "is longer than 64 characters"),
    ],
)
def test_what_no_longer_fits_is_named(folder, old, new, fault):
    change(folder, "es", old, new)
    [found] = translating.faults(folder, "es")
    assert found.endswith(fault)


def test_a_review_names_a_person_and_ends_with_a_changed_critical_word(folder):
    assert not Catalogs(folder).get("es").reviewed
    with pytest.raises(CatalogError, match="name of the person"):
        translating.review(folder, "es", by=" ", day=DAY)
    translating.review(folder, "es", by="Ana Inventada", day=DAY)
    about = Catalogs(folder).about
    assert about["es"]["status"] == "reviewed by Ana Inventada, 2026-03-01"
    assert list(about) == list(CATALOGS.about)
    assert Catalogs(folder).get("es").reviewed
    change(folder, "es", 'msgstr "¿Quién puede verlo?"', 'msgstr "¿Quién lo puede ver?"')
    assert not Catalogs(folder).get("es").reviewed


def test_a_status_without_the_texts_it_stands_for_is_no_review(folder):
    table = folder / "locales.toml"
    text = table.read_text("utf-8")
    table.write_text(text.replace('status = "draft: not yet', 'status = "reviewed by nobody: not yet', 1), "utf-8")
    assert not Catalogs(folder).get("es").reviewed


def test_the_command_says_what_is_wrong_and_fails(folder, capsys, monkeypatch):
    class Asked:
        action, locale, by, folder = "check", None, "", ""

    Asked.folder = str(folder)
    assert run_translations(Asked) == 0
    change(folder, "es", 'msgstr "¿Qué palabra?"', 'msgstr ""')
    assert run_translations(Asked) == 1
    assert "question.safe_word.label has no translation" in capsys.readouterr().err
    Asked.locale = "xx"
    assert run_translations(Asked) == 2


# --- a language nobody speaks ------------------------------------------------------------------------------------------


def test_the_language_nobody_speaks_has_every_text_in_brackets(tmp_path):
    pseudo.write(FOLDER, tmp_path)
    catalogs = Catalogs(tmp_path)
    own, english = catalogs.get(pseudo.LOCALE).entries, CATALOGS.get("en").entries
    assert own.keys() == english.keys()
    for key, entry in own.items():
        if key.startswith("word.") or re.fullmatch(r"command\..*\.name", key):
            continue
        for text in entry.texts:
            assert text.startswith(pseudo.OPEN), key
            assert text.endswith(pseudo.CLOSE), key
