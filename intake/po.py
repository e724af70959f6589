# SPDX-License-Identifier: Apache-2.0
"""Reads gettext PO files, as far as our own are written: context, plural forms, the fuzzy mark, the header.

A reader of our own because the bot reads every shipped language at its start: it takes a tenth of the time of the
general one (tests/test_translations.py compares the two, file by file).
"""

import gettext
import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from intake.errors import CatalogError


class Entry(NamedTuple):
    key: str  # msgctxt
    english: str  # msgid
    texts: tuple[str, ...]  # msgstr, or msgstr[0..n]


class Po(NamedTuple):
    header: dict[str, str]
    plural: Callable[[int], int]
    entries: dict[str, Entry]


_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])? )?(".*")')


def read(text: str) -> Po:
    """All entries that are translated and not fuzzy, by key. CatalogError names the line at fault."""
    header: dict[str, str] = {}
    entries: dict[str, Entry] = {}
    for number, fields, fuzzy in _blocks(text):
        texts = tuple(value for name, value in fields.items() if name.startswith("msgstr"))
        key = fields.get("msgctxt")
        if key is None:
            if fields.get("msgid") != "" or header:
                raise CatalogError(f"Line {number}: every entry but the header needs a msgctxt, which is its key.")
            header = dict(line.split(": ", 1) for line in texts[0].splitlines() if ": " in line)
        elif key in entries:
            raise CatalogError(f"Line {number}: the key {key} stands in the file twice.")
        elif texts and all(texts) and not fuzzy:
            entries[key] = Entry(key, fields["msgid"], texts)
    return Po(header, _plural(header), entries)


def _plural(header: dict[str, str]) -> Callable[[int], int]:
    rule = header.get("Plural-Forms", "nplurals=2; plural=(n != 1);")
    return gettext.c2py(rule.split("plural=", 1)[1].rstrip(";"))


def _blocks(text: str) -> Iterator[tuple[int, dict[str, str], bool]]:
    """(line number, fields, fuzzy) of each block between blank lines."""
    start = 1
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        name, fuzzy = "", False
        for number, line in enumerate(block.split("\n"), start=start):
            if line.startswith("#") or not line:
                fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
                continue
            found = _LINE.fullmatch(line)
            if found is None:
                raise CatalogError(f"Line {number}: neither a comment nor a quoted text.")
            word, form, quoted = found.groups()
            name = f"{word}[{form}]" if word and form else word or name
            fields[name] = fields.get(name, "") + _unquoted(quoted, number)
        if fields:
            yield start, fields, fuzzy
        start += block.count("\n") + 2


def _unquoted(quoted: str, number: int) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]
    try:
        return str(json.loads(quoted))  # PO escapes a string as C does; of that we use \n, \t, \" and \\ only
    except ValueError as error:
        raise CatalogError(f"Line {number}: a backslash or quotation mark that does not belong there.") from error
