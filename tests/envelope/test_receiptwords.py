# SPDX-License-Identifier: Apache-2.0
"""Receipts as words: the same secret in six languages, many ways of typing it forgiven, and sentences left alone."""

import hashlib
import importlib.resources
import json
import re
import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envelope import receipt
from envelope.errors import ReceiptError, SelfTestError
from envelope.receiptwords import LISTS, WordList, look_like_words, read_words, spell_words
from intake import po

TESTS = Path(__file__).parents[1]
OTHERS = json.loads((TESTS / "envelope" / "vectors" / "format.json").read_text())["receipts"]
OWN = json.loads((TESTS / "vectors" / "own.json").read_text())["receipts"]
SECRET = bytes.fromhex("163603825fdaf4ff33fe75")
LOCALES = tuple(LISTS)
ALPHABETIC = tuple(locale for locale in LOCALES if locale != "zh-Hans")
secrets = st.binary(min_size=11, max_size=11)


def packaged(locale):
    return (importlib.resources.files("envelope") / "words" / LISTS[locale].file).read_bytes()


def listed(locale):
    return unicodedata.normalize("NFC", packaged(locale).decode()).split()


def bare(word):
    """Without case and accents; Python's own way, not the product's."""
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")


def refused(typed):
    with pytest.raises(ReceiptError) as error:
        receipt.read(typed)
    assert typed not in str(error.value)
    return True


# --- the lists


@pytest.mark.parametrize("locale", LOCALES)
def test_a_list_is_the_one_receipts_were_written_with(locale):
    raw = packaged(locale)
    assert hashlib.sha256(raw).hexdigest() == LISTS[locale].sha256
    notice = (importlib.resources.files("envelope") / "words" / "NOTICE").read_text()
    page = (TESTS.parent / "docs" / "envelope.md").read_text()
    for text in (notice, page):
        assert LISTS[locale].sha256 in text
        assert LISTS[locale].file in text


@pytest.mark.parametrize("locale", LOCALES)
def test_a_list_has_2048_words_that_stay_apart_when_folded_and_cut(locale):
    words = [bare(word) for word in listed(locale)]
    assert len(words) == len(set(words)) == 2048
    assert all(word.isalpha() and len(word) <= 8 for word in words)
    if LISTS[locale].short:
        assert len({word[:4] for word in words}) == 2048


def test_a_changed_list_is_not_used(monkeypatch):
    monkeypatch.setitem(LISTS, "xx", WordList("english.txt", "0" * 64))
    with pytest.raises(SelfTestError):
        spell_words(SECRET, "xx")


def test_no_list_is_read_before_somebody_types_words():
    code = (
        "from envelope import receipt, receiptwords as words\n"
        "receipt.looks_like('mi hermano fue golpeado por los agentes ayer en la noche')\n"
        "receipt.read('0000-0000-0000-0000-00MV')\n"
        "assert words._folded.cache_info().currsize == 0\n"
        "receipt.looks_like(' '.join(words.spell_words(bytes(11), 'es')))\n"
        "assert words._folded.cache_info().currsize == 6"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=TESTS.parent)


# --- spelling and reading


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case["crockford"])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_vectors_of_another_implementation(case, locale):
    words = [listed(locale)[place] for place in case["word_indexes"]]
    assert list(spell_words(bytes.fromhex(case["secret"]), locale)) == words
    assert receipt.read(" ".join(words)).hex() == case["secret"]


@pytest.mark.parametrize("case", OWN, ids=lambda case: case["characters"])
def test_both_spellings_in_our_vectors_are_of_one_secret(case):
    for typed in (case["characters"], *case["words"].values()):
        assert receipt.read(typed).hex() == case["secret"]
    assert set(case["words"]) == set(LISTS)


@pytest.mark.parametrize("locale", LOCALES)
@given(secret=secrets)
def test_every_secret_survives(locale, secret):
    words = spell_words(secret, locale)
    assert len(words) == 9
    assert receipt.looks_like(" ".join(words))
    assert receipt.read(" ".join(words)) == secret == receipt.read(receipt.spell(secret))


@pytest.mark.parametrize("locale", ["ht", "ar", "", "xx"])
def test_a_language_without_a_list_has_no_words(locale):
    assert spell_words(SECRET, locale) is None


@pytest.mark.parametrize("secret", [b"", bytes(10), bytes(12)])
def test_only_eleven_bytes_are_spelt(secret):
    with pytest.raises(ValueError):
        spell_words(secret, "es")


WAYS = {
    "lines": "\n".join,
    "three lines": lambda words: "\n".join(" ".join(words[at : at + 3]) for at in (0, 3, 6)),
    "commas": ", ".join,
    "Chinese commas": "、".join,
    "dashes": "-".join,
    "long dashes": " — ".join,
    "numbers": lambda words: "\n".join(f"{number}. {word}" for number, word in enumerate(words, 1)),
    "numbers in one line": lambda words: " ".join(f"{number}){word}" for number, word in enumerate(words, 1)),
    "Arabic numbers": lambda words: " ".join(f"{chr(0x0660 + number)} {word}" for number, word in enumerate(words, 1)),
    "capitals": lambda words: " ".join(words).upper(),
    "a phone's capital": lambda words: " ".join(words).capitalize(),
    "every word's capital": lambda words: " ".join(word.capitalize() for word in words),
    "no accents": lambda words: " ".join(map(bare, words)),
    "accents apart": lambda words: unicodedata.normalize("NFD", " ".join(words)),
    "isolates": lambda words: f"\u2068{' '.join(words)}\u2069",
    "spaces around": lambda words: f"  {'   '.join(words)} .\n",
    "no-break spaces": "\u00a0".join,
    "zero-width": lambda words: " ".join("\u200b".join(word) for word in words),
    "full-width": lambda words: " ".join("".join(_wide(letter) for letter in word) for word in words),
}


def _wide(letter):
    return chr(ord(letter) + 0xFEE0) if letter.isascii() else letter


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("locale", LOCALES)
def test_reading_forgives(locale, way):
    for secret in (SECRET, bytes(11), b"\xff" * 11, bytes(range(11))):
        typed = WAYS[way](spell_words(secret, locale))
        assert receipt.read(typed) == secret
        assert receipt.looks_like(typed)


@pytest.mark.parametrize("locale", [locale for locale in ALPHABETIC if LISTS[locale].short])
@given(secret=secrets, cut=st.lists(st.booleans(), min_size=9, max_size=9))
def test_four_letters_of_a_word_are_enough(locale, secret, cut):
    words = [word[:4] if short else word for word, short in zip(spell_words(secret, locale), cut, strict=True)]
    assert receipt.read(" ".join(words)) == secret
    assert receipt.looks_like(" ".join(words))


@given(secret=secrets)
def test_chinese_reads_without_spaces(secret):
    words = spell_words(secret, "zh-Hans")
    for typed in ("".join(words), "，".join("".join(words[at : at + 3]) for at in (0, 3, 6))):
        assert receipt.read(typed) == secret
        assert receipt.looks_like(typed)


def test_three_letters_and_five_are_not_read():
    words = list(spell_words(SECRET, "es"))
    for length in (3, 5):
        assert refused(" ".join([words[0][:length], *words[1:]]))


# --- what is refused


@pytest.mark.parametrize("locale", LOCALES)
@given(secret=secrets, place=st.integers(0, 8))
def test_a_word_in_no_list_never_reads_and_is_still_seen_as_a_receipt(locale, secret, place):
    words = list(spell_words(secret, locale))
    words[place] = "龘" if locale == "zh-Hans" else f"{words[place][:3]}qq"
    assert refused(" ".join(words))
    if len(set(words)) >= 8:
        assert receipt.looks_like(" ".join(words))


@pytest.mark.parametrize("locale", LOCALES)
def test_wrong_order_and_wrong_words_are_caught_but_for_one_in_2048(locale):
    """All 36 exchanges of two words and many single slips, over fixed secrets: the shares are exact, not chance."""
    slips = caught = 0
    everything = listed(locale)
    for number in range(12):
        secret = hashlib.sha256(bytes([number])).digest()[:11]
        words = spell_words(secret, locale)
        wrong = [_exchanged(words, a, b) for a in range(9) for b in range(a) if words[a] != words[b]]
        wrong += [
            [*words[:place], everything[(77 * number + 13 * place) % 2048], *words[place + 1 :]] for place in range(9)
        ]
        for typed in map(" ".join, (one for one in wrong if one != list(words))):
            slips += 1
            assert receipt.looks_like(typed)
            try:
                assert receipt.read(typed) != secret
            except ReceiptError:
                caught += 1
    assert slips > 500
    assert caught >= slips - 2


def _exchanged(words, a, b):
    changed = list(words)
    changed[a], changed[b] = words[b], words[a]
    return changed


@pytest.mark.parametrize("locale", LOCALES)
def test_a_missing_word_and_one_too_many_are_refused_and_seen_as_a_receipt(locale):
    words = list(spell_words(SECRET, locale))
    for typed in (words[1:], words[:-1], words[:4] + words[5:], [*words, words[0]], [words[3], *words]):
        assert refused(" ".join(typed))
        assert receipt.looks_like(" ".join(typed))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_receipt_in_two_languages_is_refused(locale):
    words = spell_words(SECRET, locale)
    other = spell_words(SECRET, LOCALES[LOCALES.index(locale) - 1])
    for place in range(1, 9):
        assert refused(" ".join((*words[:place], *other[place:])))


def test_words_that_two_lists_share_are_read_by_the_check_bits():
    """Nine words that stand in the English and in the French list: both are tried, at most one has the right bits."""
    english, french = ({bare(word): word for word in listed(locale)} for locale in ("en", "fr"))
    shared = sorted(set(english) & set(french))
    places = {locale: {bare(word): place for place, word in enumerate(listed(locale))} for locale in ("en", "fr")}
    assert len(shared) > 100
    first = shared[:8]
    for locale in ("en", "fr"):
        number = 0
        for word in first:
            number = number << 11 | places[locale][word]
        found = [spell_words(number.to_bytes(11, "big"), locale)]
        assert [bare(word) for word in found[0][:8]] == first
        assert receipt.read(" ".join(found[0])) == number.to_bytes(11, "big")


# --- ordinary sentences


SAID = [
    "help help help help help help help help help",
    "no no no no no no no no no",
    "auxilio auxilio auxilio auxilio auxilio auxilio auxilio auxilio",
    "He has been in the truck for three days without water",
    "they took my brother from home this morning early",
    "there were about twenty people with us that night",
    "nos quitaron los teléfonos y el dinero en la carretera",
    "mi hermano está detenido desde ayer en la estación",
    "somos doce personas, cuatro niños y una mujer embarazada",
    "ils ont pris nos papiers et notre argent hier",
    "mon frère est enfermé depuis trois jours sans eau",
    "levaram o meu irmão ontem de manhã na estrada",
    "estamos com muito medo e sem água desde ontem",
    "они забрали у нас документы и деньги вчера вечером",
    "мой брат сидит там уже три дня без воды",
    "我们在车里三天了",
    "他们打了我的弟弟两次",
    "昨天早上他们抓走了我",
    "frè m nan prizon depi twa jou san dlo",
    "أخي محتجز منذ ثلاثة أيام من دون ماء هنا",
]


@pytest.mark.parametrize("said", SAID)
def test_what_people_say_does_not_look_like_words(said):
    assert not look_like_words(said)
    with pytest.raises(ReceiptError):
        read_words(said)


def ours():
    """Sentences and lines of every catalog and of every story's narrative, as short as a receipt is."""
    texts = []
    for path in sorted(Path("translations").glob("*/LC_MESSAGES/amparo.po")):
        texts += [text for entry in po.read(path.read_text("utf-8")).entries.values() for text in entry.texts]
    for path in [*Path("simulator/stories").rglob("*.story"), *(TESTS / "stories").glob("*.story")]:
        texts += re.findall(r'says "?([^"\n]*)', path.read_text("utf-8"))
    for text in texts:
        yield text
        yield from (part.strip() for part in re.split(r"[.!?;:\n。！？；：]", text))


def test_no_sentence_of_ours_looks_like_words():
    said = {text for text in ours() if 8 <= len(text) <= 200}
    assert len(said) > 500
    assert [text for text in said if look_like_words(text)] == [
        "abandon ability able about above absent absorb abstract absurd"
    ]


def test_chinese_without_spaces_is_left_alone_unless_it_reads():
    """Any nine common characters could be words: what does not read is somebody's sentence."""
    words = list(spell_words(SECRET, "zh-Hans"))
    for a, b in pairwise(range(9)):
        typed = "".join(_exchanged(words, a, b))
        assert receipt.looks_like(typed) is False


@given(st.text(max_size=250))
def test_nothing_that_is_typed_breaks_the_reader(text):
    if receipt.looks_like(text):
        try:
            assert len(receipt.read(text)) == 11
        except ReceiptError:
            return
