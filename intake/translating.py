# SPDX-License-Identifier: Apache-2.0
"""Keeping the translations whole: what is missing, what no longer fits, and who has read it.

English is the source: its `msgid` stands in every other file. `update` brings a changed or new English text into all
of them (a translation of an older text becomes fuzzy, so that nobody reads words that mean something else), `faults`
says what keeps a language from being complete, `reviewed` writes down who has read it.
"""

import datetime as dt
import io
import pathlib
import re
import string
from collections.abc import Iterator, Mapping

from babel.messages.catalog import Catalog as Messages
from babel.messages.catalog import Message
from babel.messages.pofile import read_po, write_po

from intake.catalog import DOMAIN
from intake.errors import CatalogError
from intake.po import read
from intake.review import fingerprint
from intake.words import units

SOURCE = "en"
_UNBROKEN = 100_000  # columns: only line breaks of the text itself break a line
LIMITS: Mapping[str, int] = {
    "bot.name": 64,
    "bot.short_description": 120,
    "bot.description": 512,
    "bot.placeholder": 64,
    "bot.toast_": 200,
    "bot.": 4_096,
    "question.": 4_096,
    "button.copy": 64,
}
"""UTF-16 units a text may take (Bot API 10.1); the first prefix that fits a key counts."""


def path_of(folder: pathlib.Path, locale: str) -> pathlib.Path:
    return folder / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(folder: pathlib.Path, locale: str) -> Messages:
    """CatalogError when there is no such language or its file is not PO."""
    try:
        raw = path_of(folder, locale).read_bytes()
    except OSError as error:
        raise CatalogError(f"{locale}: there is no file of texts; begin with a copy of the English one.") from error
    try:
        # Babel knows no "Haitian Creole with two forms" and the like: the header's own rule counts, not the name's.
        return read_po(raw.decode("utf-8").splitlines(keepends=True), abort_invalid=True)
    except Exception as error:
        raise CatalogError(f"{locale}: the file of texts is not PO: {error}") from error


def faults(folder: pathlib.Path, locale: str) -> Iterator[str]:
    """Each thing that is wrong with a language, with the key it is about."""
    english = {m.context: m for m in load(folder, SOURCE) if m.context}
    own = {m.context: m for m in load(folder, locale) if m.context}
    forms = _forms(folder, locale)
    for key in english.keys() - own.keys():
        yield f"{locale}: {key} is missing"
    for key in own.keys() - english.keys():
        yield f"{locale}: {key} stands in no English file"
    for key in sorted(english.keys() & own.keys()):
        yield from (f"{locale}: {key} {fault}" for fault in _faults(key, english[key], own[key], forms))


def _faults(key: str, english: Message, own: Message, forms: int) -> Iterator[str]:
    texts = tuple(map(str, own.string if isinstance(own.string, (list, tuple)) else (own.string or "",)))
    if own.fuzzy:
        yield "is fuzzy: the English text has changed"
    if not all(texts):
        yield "has no translation"
        return
    if own.id != english.id:
        yield "translates an English text that has changed"
    if own.pluralizable and len(texts) != forms:
        yield f"has {len(texts)} forms, and the language {forms}"
    wanted = _fields(str(english.id[0] if isinstance(english.id, (list, tuple)) else english.id))
    if any(_fields(text) != wanted for text in texts):
        yield f"needs the placeholders {', '.join(sorted(wanted)) or 'of the English text'} and no others"
    limit = next((limit for prefix, limit in LIMITS.items() if key.startswith(prefix)), 0)
    if limit and max(units(text) for text in texts) > limit:
        yield f"is longer than {limit} characters"


def update(folder: pathlib.Path, locale: str) -> int:
    """Bring English keys and texts into a language's file; gives how many of its texts are still to be translated."""
    english, own = load(folder, SOURCE), load(folder, locale)
    known = {m.context: m for m in own if m.context}
    merged = Messages(header_comment=own.header_comment)
    merged.mime_headers = own.mime_headers
    open_texts = 0
    for message in english:
        if not message.context:
            continue
        before = known.get(message.context)
        text = before.string if before else (("",) * _forms(folder, locale) if message.pluralizable else "")
        stale = before is not None and (before.fuzzy or before.id != message.id)
        open_texts += stale or before is None or not all(text if isinstance(text, tuple) else (text,))
        added = merged.add(message.id, text, auto_comments=message.auto_comments, context=message.context)
        added.flags = {"fuzzy"} if stale else set()
    _write(folder, locale, merged)
    return open_texts


def _write(folder: pathlib.Path, locale: str, messages: Messages) -> None:
    path = path_of(folder, locale)
    header = path.read_text(encoding="utf-8").split("\n\n", 1)[0]
    raw = io.BytesIO()
    write_po(raw, messages, width=_UNBROKEN, omit_header=True)
    path.write_text(header + "\n\n" + raw.getvalue().decode("utf-8").strip("\n") + "\n", encoding="utf-8")


def _fields(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _forms(folder: pathlib.Path, locale: str) -> int:
    header = read(path_of(folder, locale).read_text(encoding="utf-8")).header
    found = re.search(r"nplurals=(\d)", header.get("Plural-Forms", ""))
    return int(found[1]) if found else 2


def review(folder: pathlib.Path, locale: str, *, by: str, day: dt.date) -> None:
    """Write down that a named person has read the critical texts as they stand. CatalogError while some are missing."""
    if found := next(faults(folder, locale), None):
        raise CatalogError(f"{found}: complete the language first, then have it read.")
    if not by.strip() or '"' in by or "\n" in by:
        raise CatalogError("A review needs the name of the person who has read the texts aloud.")
    table = folder / "locales.toml"
    entries = read(path_of(folder, locale).read_text(encoding="utf-8")).entries
    lines = table.read_text(encoding="utf-8").split("\n")
    at = lines.index(f"[locales.{locale}]")
    end = next((n for n in range(at + 1, len(lines)) if lines[n].startswith("[")), len(lines))
    kept = [line for line in lines[at:end] if not line.startswith(("status = ", "hash = "))]
    while kept and not kept[-1]:
        kept.pop()
    kept += [f'status = "reviewed by {by.strip()}, {day.isoformat()}"', f'hash = "{fingerprint(entries)}"', ""]
    table.write_text("\n".join([*lines[:at], *kept, *lines[end:]]), encoding="utf-8")
