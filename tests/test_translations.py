# SPDX-License-Identifier: Apache-2.0
"""Every text in every language: complete, alike in its placeholders, short, neutral, and never asking what may harm."""

import io
import pathlib
import re
import shutil
import string
import tomllib

import babel.messages.pofile
import pytest

from intake import lifecycle, po
from intake.catalog import Catalogs, load_catalogs
from intake.effects import DONE, STANDING
from intake.errors import QuestionnaireError
from intake.matching import fold
from intake.questionnaire import load
from intake.rules import RULES
from intake.screens import check_texts
from intake.triage import NOT_KNOWN, PRIORITIES
from intake.words import units
from tests.phrases import MAY_WARN, NEVER_ASKED, PROMISES, WHY

FOLDER = pathlib.Path("translations")
CATALOGS = load_catalogs()
QUESTIONNAIRE = load()
LOCALES = CATALOGS.locales
ORGANISATION = "Organización de Prueba con un Nombre Muy Largo"
LONG_BY_NATURE = {"question.consent.label": 620, "bot.consent_more": 420, "bot.help": 340, "bot.receipt": 340}


def entries(locale):
    return CATALOGS.get(locale).entries


def needed():
    for question in QUESTIONNAIRE.questions.values():
        yield question.label
        yield f"question.{question.name}.short"
        yield from (choice.label for choice in question.choices)
        yield from question.says.values()
    taxonomy = QUESTIONNAIRE.taxonomy
    kinds = {"violation": taxonomy.violations, "group": taxonomy.groups, "actor": taxonomy.actors}
    kinds |= {"site": taxonomy.sites, "state": taxonomy.places.states, "country": taxonomy.places.countries}
    kinds |= {"attribute": taxonomy.attributes, "paper": taxonomy.papers, "priority": PRIORITIES}
    kinds |= {"rule": [rule.id for rule in RULES], "not_known": NOT_KNOWN, "closing": list(lifecycle.ClosingReason)}
    kinds |= {"status": list(lifecycle.Status), "path": [path.name for path in QUESTIONNAIRE.paths]}
    for kind, codes in kinds.items():
        yield from (f"{kind}.{code}.label" for code in codes)
    yield from (f"button.{word}" for word in (*STANDING, DONE))


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_that_is_needed_is_missing(locale):
    assert not [key for key in needed() if not CATALOGS.get(locale).has(key)]


def test_every_key_the_code_names_exists():
    named = set()
    for package in ("bot", "intake", "api"):
        for path in pathlib.Path(package).rglob("*.py"):
            named |= set(
                re.findall(r'"((?:bot|desk|button)\.[a-z_]*[a-z](?:\.[a-z_]+)*)"', path.read_text(encoding="utf-8"))
            )
    modules = {
        ".".join(path.with_suffix("").parts) for p in ("bot", "storage") for path in pathlib.Path(p).rglob("*.py")
    }
    modules |= {module.partition(".")[2] for module in modules}
    missing = {key for key in named - modules if key not in entries("en")}
    assert not missing


@pytest.mark.parametrize("locale", LOCALES)
def test_all_languages_have_the_same_keys_placeholders_and_forms(locale):
    english, own = entries("en"), entries(locale)
    assert own.keys() == english.keys()
    for key, entry in own.items():
        assert entry.english == english[key].english == english[key].texts[0]
        assert {fields(text) for text in entry.texts} == {fields(text) for text in english[key].texts}, key
        plural = len(english[key].texts) > 1 and forms_of(locale) > 1
        assert (len(entry.texts) > 1) == plural, key


def forms_of(locale):
    header = po.read((FOLDER / locale / "LC_MESSAGES/amparo.po").read_text(encoding="utf-8")).header
    return int(re.search(r"nplurals=(\d)", header["Plural-Forms"])[1])


def fields(text):
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("locale", LOCALES)
def test_plural_forms_are_as_many_as_the_header_says(locale):
    read = po.read((FOLDER / locale / "LC_MESSAGES/amparo.po").read_text(encoding="utf-8"))
    forms = forms_of(locale)
    assert {read.plural(n) for n in range(1000)} <= set(range(forms))
    assert {len(entry.texts) for entry in read.entries.values()} <= {1, forms}
    assert read.header["Language"] == locale


@pytest.mark.parametrize("locale", LOCALES)
def test_our_reader_reads_what_babel_reads(locale):
    raw = (FOLDER / locale / "LC_MESSAGES/amparo.po").read_bytes()
    theirs = babel.messages.pofile.read_po(io.BytesIO(raw), abort_invalid=True)
    expected = {m.context: (m.string,) if isinstance(m.string, str) else tuple(m.string) for m in theirs if m.context}
    assert {key: entry.texts for key, entry in entries(locale).items()} == expected


def test_the_questionnaire_has_its_texts_in_every_language():
    check_texts(QUESTIONNAIRE, CATALOGS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('msgctxt "question.danger.label"', 'msgctxt "question.danger.other"', "no text question.danger.label"),
        ('msgstr "I saw it"', 'msgstr "Me"', "two choices of about read alike"),
        ('msgstr "I saw it"', 'msgstr "Skip"', "a choice of about reads like a standing word"),
        ('msgstr "Who is this about?"', f'msgstr "{"long " * 900}"', "about is longer than one message"),
    ],
)
def test_texts_that_break_the_questionnaire_are_refused(tmp_path, old, new, message):
    shutil.copytree(FOLDER, tmp_path / "t")
    path = tmp_path / "t/en/LC_MESSAGES/amparo.po"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(QuestionnaireError, match=message):
        check_texts(QUESTIONNAIRE, Catalogs(tmp_path / "t"))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_screen_fits_and_most_are_short(locale):
    catalog = CATALOGS.get(locale)
    for key, entry in catalog.entries.items():
        if not key.startswith(("bot.", "question.")):
            continue
        values = {name: ORGANISATION if name == "organisation" else "x" * 24 for name in fields(entry.texts[0]) - {"n"}}
        text = catalog.text(key, 5, **values)
        assert units(text) <= LONG_BY_NATURE.get(key, 300), key
    for question in QUESTIONNAIRE.questions.values():
        drawn = [catalog.text(choice.label) for choice in question.choices[: question.shown]]
        hint = catalog.text(f"question.{question.name}.hint") if catalog.has(f"question.{question.name}.hint") else ""
        said = [catalog.text(key) for key in question.says.values()]
        whole = "\n".join([catalog.text(question.label, organisation=ORGANISATION), hint, *said, *drawn])
        assert units(whole) < 2_000, question.name
        assert question.name == "consent" or len(catalog.text(question.label).split()) <= 20, question.name


@pytest.mark.parametrize("locale", LOCALES)
def test_buttons_and_short_names_are_short_and_alone(locale):
    catalog, vocabulary = CATALOGS.get(locale), CATALOGS.vocabulary
    for question in QUESTIONNAIRE.questions.values():
        labels = [fold(catalog.text(choice.label)) for choice in question.choices]
        assert len(set(labels)) == len(labels), question.name
        assert all(units(catalog.text(choice.label)) <= 90 for choice in question.choices)
        assert len(catalog.text(f"question.{question.name}.short")) <= 24, question.name
        if question.name != "consent":
            assert not [label for label in labels if vocabulary.command(label)], question.name
    for word in (*STANDING, DONE):
        assert vocabulary.command(fold(catalog.text(f"button.{word}"))) == word


def test_no_standing_word_means_two_things():
    seen = {}
    for locale in LOCALES:
        for word in (*STANDING, DONE, "start"):
            for typed in CATALOGS.get(locale).text(f"word.{word}").split(","):
                assert seen.setdefault(fold(typed), word) == word, typed
    both = {fold(w) for locale in LOCALES for w in CATALOGS.get(locale).text("word.yes").split(",")}
    assert not both & {fold(w) for locale in LOCALES for w in CATALOGS.get(locale).text("word.no").split(",")}
    assert not seen.keys() & both


ABUSE = r"asyl|asilo|abus|derech|rights|migra|report|denunc|violen|refug"


def test_the_scans_cover_every_language():
    assert set(LOCALES) <= NEVER_ASKED.keys() & PROMISES.keys() & MAY_WARN.keys()


@pytest.mark.parametrize("locale", LOCALES)
def test_no_question_asks_what_may_harm(locale):
    for key, entry in entries(locale).items():
        if key.startswith("question.") and not key.endswith(".short"):
            for text in entry.texts:
                asked = re.sub(MAY_WARN[locale], "", text, flags=re.IGNORECASE)
                assert not re.search(NEVER_ASKED[locale], asked, re.IGNORECASE), key
                assert not re.search(WHY, text, re.IGNORECASE), key


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_promises_help_or_time(locale):
    for key, entry in entries(locale).items():
        if key.startswith(("bot.", "question.", "choice.", "button.")) and key != "choice.removal.lt72h":
            for text in entry.texts:
                assert not re.search(PROMISES[locale], text, re.IGNORECASE), key


@pytest.mark.parametrize("locale", LOCALES)
def test_what_shows_in_the_chat_list_is_neutral_and_within_limits(locale):
    catalog = CATALOGS.get(locale)
    shown = [
        catalog.text(key)
        for key in ("bot.name", "bot.short_description", "bot.description", "bot.resume", "bot.notice")
    ]
    shown += [catalog.text(f"command.{name}") for name in ("start", "help", "delete")]
    assert not [text for text in shown if re.search(ABUSE, text, re.IGNORECASE)]
    assert len(catalog.text("bot.name")) <= 64
    assert len(catalog.text("bot.short_description")) <= 120
    assert len(catalog.text("bot.description")) <= 512
    assert len(catalog.text("bot.placeholder")) <= 64
    for name in ("start", "help", "delete"):
        word = catalog.text(f"command.{name}.name")
        assert re.fullmatch(r"[a-z0-9_]{1,32}", word)
        assert CATALOGS.vocabulary.command(fold(word)) == name


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_words_are_honest(locale):
    text = CATALOGS.get(locale).text("question.consent.label", organisation=ORGANISATION)
    assert "Telegram" in text
    assert ORGANISATION in text
    assert f"/{CATALOGS.get(locale).text('command.delete.name')}" in text
    assert not re.search(ABUSE, text.split("\n")[0], re.IGNORECASE), "the first line shows in the chat list"


def test_every_language_says_who_has_reviewed_it():
    about = tomllib.loads((FOLDER / "locales.toml").read_text(encoding="utf-8"))["locales"]
    assert set(about) == {path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/amparo.po")}
    for locale, one in about.items():
        assert one["direction"] in {"ltr", "rtl"}
        assert one["name"]
        assert re.fullmatch(r"draft: .+|machine: .+|reviewed by .+, \d{4}-\d\d-\d\d", one["status"]), locale
