# SPDX-License-Identifier: Apache-2.0
"""A language nobody speaks: English with accents, a third longer, in brackets.

Whatever shows without brackets is not in the catalogs; whatever is cut has no room for a longer language.
"""

import json
import pathlib
import re

from intake.translating import SOURCE, path_of

LOCALE = "en-XA"
OPEN, CLOSE = "\u27e6", "\u27e7"
_ACCENTED = str.maketrans("AEIOUaeiouncy", "ÀÉÎÖÛàéîöûñçý")
_HOLE = re.compile(r"(\{\w+\})")
_LINE = re.compile(r'^(msgstr(?:\[\d\])?) (".*")$')


def text(english: str) -> str:
    """The text as it would be in the language nobody speaks; placeholders and line breaks stay."""
    if not english.strip():
        return english
    parts = [part if _HOLE.fullmatch(part) else part.translate(_ACCENTED) for part in _HOLE.split(english)]
    return f"{OPEN}{''.join(parts)}{'~' * (len(english) // 3)}{CLOSE}"


def write(folder: pathlib.Path, out: pathlib.Path) -> None:
    """A folder of translations with this one language in it, made from the English of another."""
    source = path_of(folder, SOURCE).read_text(encoding="utf-8")
    blocks = [_block(block) for block in source.split("\n\n")]
    path = path_of(out, LOCALE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(blocks).replace('"Language: en\\n"', f'"Language: {LOCALE}\\n"'), encoding="utf-8")
    table = f'[locales.{LOCALE}]\nname = "{text("English")}"\ndirection = "ltr"\nstatus = "draft: nobody speaks it"\n'
    (out / "locales.toml").write_text(table, encoding="utf-8")


def _block(block: str) -> str:
    """Words people type, and what Telegram takes only as a-z, stay as they are."""
    key = re.search(r'^msgctxt "(.*)"$', block, re.MULTILINE)
    if key is None or key[1].startswith("word.") or re.fullmatch(r"command\..*\.name", key[1]):
        return block
    head, *strings = re.split(r"^(?=msgstr)", block, flags=re.MULTILINE)
    return head + "".join(_string(one) for one in strings)


def _string(one: str) -> str:
    name, _, quoted = one.partition(" ")
    tail = "\n" if one.endswith("\n") else ""
    english = "".join(json.loads(line) for line in quoted.strip().split("\n"))
    return f"{name} {json.dumps(text(english), ensure_ascii=False)}{tail}"
