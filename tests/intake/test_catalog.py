# SPDX-License-Identifier: Apache-2.0
"""Texts: filled safely, with isolates and fallbacks."""

import pytest

from intake.catalog import FSI, PDI, load_catalogs
from intake.errors import CatalogError
from intake.po import read
from intake.review import fingerprint

HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
ENGLISH = (
    HEADER
    + """
msgctxt "a"
msgid "Hello {name}"
msgstr "Hello {name}"

msgctxt "n"
msgid "{n} file"
msgid_plural "{n} files"
msgstr[0] "{n} file"
msgstr[1] "{n} files"

msgctxt "bad"
msgid "{x.y}"
msgstr "{x.y}"

msgctxt "lines"
msgid ""
"one\\n"
"two \\"quoted\\""
msgstr ""
"one\\n"
"two \\"quoted\\""
"""
)
SPANISH = (
    HEADER
    + """
msgctxt "a"
msgid "Hello {name}"
msgstr "Hola {name}"

#, fuzzy
msgctxt "n"
msgid "{n} file"
msgid_plural "{n} files"
msgstr[0] "{n} archivo"
msgstr[1] "{n} archivos"
"""
)


@pytest.fixture
def catalogs(tmp_path):
    about = ""
    for locale, text in (("es", SPANISH), ("en", ENGLISH), ("ar", HEADER)):
        folder = tmp_path / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "amparo.po").write_text(text, encoding="utf-8")
        status = "reviewed by Ana, 2026-01-01" if locale == "es" else "draft"
        direction = "rtl" if locale == "ar" else "ltr"
        about += f'[locales.{locale}]\nname = "{locale}"\ndirection = "{direction}"\nstatus = "{status}"\n'
        about += f'hash = "{fingerprint({})}"\n'  # none of these texts is critical
    about += '[locales.ht]\nname = "x"\ndirection = "ltr"\nstatus = "draft"\nenabled = false\n'
    (tmp_path / "locales.toml").write_text(about, encoding="utf-8")
    return load_catalogs(tmp_path)


def test_filled_text_is_isolated(catalogs):
    assert catalogs.get("es").text("a", name="Ana") == f"Hola {FSI}Ana{PDI}"
    assert catalogs.get("es").text("a", name="\u202eanA\u2069") == f"Hola {FSI}anA{PDI}"
    assert catalogs.get("es").text("a", name="{name.__class__} {0}") == f"Hola {FSI}{{name.__class__}} {{0}}{PDI}"
    assert catalogs.get("es").text("a", name="x", unused=3) == f"Hola {FSI}x{PDI}"


def test_plural_forms_follow_the_header(catalogs):
    english = catalogs.get("en")
    assert [english.text("n", n) for n in (0, 1, 2)] == ["0 file", "1 file", "2 files"]
    assert english.text("lines") == 'one\ntwo "quoted"'


def test_missing_and_fuzzy_texts_fall_back(catalogs):
    assert not catalogs.get("es").has("n")
    assert catalogs.get("es").text("n", 2) == "2 files"
    assert catalogs.get("ar").text("a", name="x").startswith("Hola")
    with pytest.raises(KeyError):
        catalogs.get("ar").text("nowhere")
    with pytest.raises(KeyError):
        catalogs.get("es").text("a")


def test_only_plain_placeholders(catalogs):
    with pytest.raises(ValueError, match="only plain"):
        catalogs.get("en").text("bad", x="y")


def test_the_nearest_language(catalogs):
    assert [catalogs.get(tag).locale for tag in ("en-GB", "es_MX", "AR", "ht", "", None, "x" * 50)] == [
        "en", "es", "ar", "es", "es", "es", "es",
    ]  # fmt: skip
    assert catalogs.locales == ("es", "en", "ar")
    assert catalogs.get("ar").direction == "rtl"
    assert catalogs.get("es").reviewed
    assert not catalogs.get("en").reviewed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + '\nmsgctxt "a"\nmsgid "x"\nmsgstr "x"\n\nmsgctxt "a"\nmsgid "x"\nmsgstr "x"\n', "Line 9: .* twice"),
        (HEADER + '\nmsgid "x"\nmsgstr "x"\n', "needs a msgctxt"),
        (HEADER + '\nmsgctxt "a"\nnonsense\n', "Line 6: neither"),
        (HEADER + '\nmsgctxt "a"\nmsgid "x"\nmsgstr "x\\q"\n', "Line 7: a backslash"),
    ],
)
def test_a_broken_file_names_its_line(text, message):
    with pytest.raises(CatalogError, match=message):
        read(text)
