# SPDX-License-Identifier: Apache-2.0
"""Every text a person reads, by key and language, from translations/.

A text is one whole screen or label with named placeholders, filled by a closed formatter: no attributes, no format
widths. Filled-in text is wrapped in direction isolates, so that a name or a receipt in another script cannot turn
the sentence around it. Missing keys fall back to Spanish, then English.
"""

import pathlib
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from intake import po
from intake.matching import fold
from intake.review import is_reviewed
from intake.vocabulary import Vocabulary
from intake.words import BIDI

FALLBACKS = ("es", "en")
DOMAIN = "amparo"
FSI, PDI = "\u2068", "\u2069"


class Isolating(string.Formatter):
    """Fills plain {name} placeholders and wraps text values in isolates; whole numbers stay bare."""

    def parse(self, format_string: Any) -> Iterator[tuple[str, str | None, str | None, str | None]]:  # noqa: ANN401
        for literal, name, spec, conversion in super().parse(format_string):
            if name is not None and (not name.isidentifier() or spec or conversion):
                raise ValueError(f"only plain {{name}} placeholders, not {name!r}")
            yield literal, name, spec, conversion

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401, ARG002
        return str(value) if isinstance(value, int) else f"{FSI}{str(value).translate(BIDI)}{PDI}"


_FORMATTER = Isolating()


class Catalog:
    """The texts of one language. `status` is its review status, `reviewed` whether a named person stands for it."""

    def __init__(self, locale: str, about: Mapping[str, str], read: po.Po, fallbacks: tuple["Catalog", ...]) -> None:
        self.locale = locale
        self.direction = about["direction"]
        self.name = about["name"]
        self.status = about["status"]
        self.entries = read.entries
        self.reviewed = is_reviewed(about, read.entries)
        self._plural = read.plural
        self._fallbacks = fallbacks

    def has(self, key: str) -> bool:
        """Whether this language itself has the key, without its fallbacks."""
        return key in self.entries

    def text(self, key: str, n: int | None = None, **values: str | int) -> str:
        """The filled text; `n` picks the plural form and is also the value of {n}.

        KeyError for an unknown key or a placeholder without a value; values the text does not use are ignored.
        """
        entry = self.entries.get(key)
        if entry is None:
            for other in self._fallbacks:
                if other.has(key):
                    return other.text(key, n, **values)
            raise KeyError(key)
        template = entry.texts[0 if n is None or len(entry.texts) == 1 else self._plural(n)]
        if "{" not in template and "}" not in template:
            return template
        return _FORMATTER.vformat(template, (), values if n is None else {"n": n, **values})


class Catalogs:
    """All shipped languages, in menu order. A language is read when it is first asked for."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        table = tomllib.loads((folder / "locales.toml").read_text(encoding="utf-8"))
        self.about: Mapping[str, Mapping[str, str]] = {
            locale: about for locale, about in table["locales"].items() if about.get("enabled", True)
        }
        self.locales = tuple(self.about)
        self._read: dict[str, Catalog] = {}

    def get(self, locale: str | None) -> Catalog:
        """The nearest language: itself, its base ("pt-BR" -> "pt"), else Spanish, else English."""
        wanted = self.nearest(locale) or next(name for name in (*FALLBACKS, *self.locales) if name in self.about)
        if wanted not in self._read:
            path = self._folder / wanted / "LC_MESSAGES" / f"{DOMAIN}.po"
            behind = FALLBACKS[FALLBACKS.index(wanted) + 1 :] if wanted in FALLBACKS else FALLBACKS
            fallbacks = tuple(self.get(name) for name in behind if name in self.about)
            found = po.read(path.read_text(encoding="utf-8"))
            self._read[wanted] = Catalog(wanted, self.about[wanted], found, fallbacks)
        return self._read[wanted]

    def nearest(self, locale: str | None) -> str | None:
        """The shipped language for a language tag, or None when there is none."""
        tag = (locale or "").replace("_", "-")
        base = tag.split("-", maxsplit=1)[0].lower()
        near = (name for name in self.locales if name.split("-", maxsplit=1)[0].lower() == base)
        return tag if tag in self.about else next(near, None)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What people type, in all languages; reads them all."""
        return Vocabulary(self.locales, self._raw)

    @cached_property
    def place_names(self) -> Mapping[str, str]:
        """Folded names of states and countries in all languages, with their codes."""
        return {
            fold(name): key.split(".")[1]
            for locale in reversed(self.locales)
            for key, entry in self.get(locale).entries.items()
            if key.startswith(("state.", "country."))
            for name in (entry.texts[0], *re.split(r"[()\uff08\uff09]", entry.texts[0]))
            if fold(name)
        }

    def _raw(self, locale: str, key: str) -> str:
        entry = self.get(locale).entries.get(key)
        return entry.texts[0] if entry else ""


def load_catalogs(folder: pathlib.Path | None = None) -> Catalogs:
    """Catalogs of a folder, or the packaged ones. CatalogError or KeyError when a file is not as its README says."""
    return Catalogs(pathlib.Path(__file__).parents[1] / "translations" if folder is None else folder)
