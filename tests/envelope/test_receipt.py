# SPDX-License-Identifier: Apache-2.0
"""Receipts: one spelling out, many slips forgiven on the way in, and answers never taken for one."""

import json
import secrets
from pathlib import Path

import pytest

from envelope.errors import ReceiptError
from envelope.receipt import ALPHABET, looks_like, read, spell

RECEIPTS = json.loads((Path(__file__).parent / "vectors" / "format.json").read_text())["receipts"]
ONE = bytes.fromhex(RECEIPTS[2]["secret"])
SPELT = "0P6R-1R4Q-YTYK-ZK7Z-KNQD"


@pytest.mark.parametrize("case", RECEIPTS, ids=lambda case: case["crockford"])
def test_the_vectors_are_spelt_and_read(case):
    secret = bytes.fromhex(case["secret"])
    assert spell(secret) == case["crockford"]
    assert read(case["crockford"]) == secret


@pytest.mark.parametrize(
    "typed",
    [
        SPELT,
        SPELT.lower(),
        SPELT.replace("-", ""),
        SPELT.replace("-", " "),
        SPELT.replace("0", "O").replace("1", "I"),
        SPELT.replace("0", "o").replace("1", "l"),
        f"  {SPELT}\n",
        SPELT.replace("-", "\n"),
        SPELT.replace("-", "–"),
        SPELT.replace("-", "—"),
        SPELT.replace("-", "\u2011"),  # non-breaking hyphen
        SPELT.replace("-", "\u2212"),  # minus sign
        SPELT.replace("-", "\u00ad-"),  # soft hyphen
        SPELT.replace("-", "\u00a0"),  # no-break space
        SPELT.replace("-", "－"),  # full-width hyphen
        SPELT.replace("-", "_"),
        "\u202a" + SPELT + "\u202c",  # direction marks that a phone puts around Latin in Arabic text
        SPELT.replace("-", "\u200b-"),  # zero-width space
        "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in SPELT),  # full-width letters and digits
        "".join("٠١٢٣٤٥٦٧٨٩"[int(c)] if c.isdigit() else c for c in SPELT),  # Arabic-Indic digits
        "".join("۰۱۲۳۴۵۶۷۸۹"[int(c)] if c.isdigit() else c for c in SPELT),  # Persian digits
    ],
)
def test_reading_forgives(typed):
    assert read(typed) == ONE
    assert looks_like(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        SPELT[:-1],
        SPELT + "0",
        SPELT.replace("Q", "U", 1),
        SPELT.replace("Y", "u", 1),
        "8" + SPELT[1:],
        "Z" + SPELT[1:],
        SPELT.replace("K", "É", 1),
        SPELT.replace("-", "."),
        "hola",
    ],
)
def test_reading_refuses(typed):
    with pytest.raises(ReceiptError) as refused:
        read(typed)
    assert typed == "" or typed not in str(refused.value)


def test_the_check_bits_catch_one_wrong_character():
    slips = caught = 0
    for secret in [bytes.fromhex(case["secret"]) for case in RECEIPTS] + [secrets.token_bytes(11) for _ in range(20)]:
        letters = spell(secret).replace("-", "")
        for place, right in enumerate(letters):
            for wrong in set(ALPHABET) - {right}:
                slips += 1
                try:
                    read(letters[:place] + wrong + letters[place + 1 :])
                except ReceiptError:
                    caught += 1
    assert caught >= 0.99 * slips


def test_random_secrets_survive():
    for _ in range(500):
        secret = secrets.token_bytes(11)
        assert read(spell(secret)) == secret
        assert looks_like(spell(secret))


@pytest.mark.parametrize("secret", [b"", bytes(10), bytes(12)])
def test_only_eleven_bytes_are_spelt(secret):
    with pytest.raises(ValueError):
        spell(secret)


@pytest.mark.parametrize(
    "typed",
    [
        SPELT[:-1] + "X",
        SPELT.replace("Q", "U"),
        SPELT[:-1],
        SPELT + "7",
        SPELT.replace("-", "").lower()[:-1] + "x",
        "OP6R IR4Q YTYK ZK7Z KNQX",
    ],
)
def test_a_misspelt_receipt_still_looks_like_one(typed):
    with pytest.raises(ReceiptError):
        read(typed)
    assert looks_like(typed)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "1",
        "hola",
        "Mi hermano está detenido",
        "no se donde estamos ya",
        "estamosenlacarretera",
        "12 hombres 5 mujeres 30",
        "2 agentes del INM me pegaron",
        "19.4326077 -99.133208",
        "+52 55 1234 5678 9012 3456",
        "00521234567890123456",
        "2026-11-24 10:30",
        "GARC850101HDFRRL09",
        "0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j",
        "كنا في الشاحنة ثلاثة أيام",
        "我们在卡车里待了三天三夜没有水喝一共二十个人",
        "ⅫⅫⅫⅫ",
        "1" * 400,
        SPELT + " es el recibo que me dieron y no me deja entrar, ayuda por favor, mi hermana lo necesita",
    ],
)
def test_an_answer_does_not_look_like_a_receipt(answer):
    assert not looks_like(answer)
