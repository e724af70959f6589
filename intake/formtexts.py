# SPDX-License-Identifier: Apache-2.0
"""The form's texts, in all enabled languages at once, as columns of a sheet."""

from intake.catalog import FSI, PDI, Catalog, Catalogs
from intake.questions import Question

Row = dict[str, str]


class Texts:
    def __init__(self, catalogs: Catalogs, organisation: str) -> None:
        self._catalogs = catalogs
        self._organisation = organisation

    def language(self, locale: str) -> str:
        """As XLSForm names it: "Español (es)". Readers know languages only, so a script is not named."""
        return f"{self._catalogs.about[locale]['name']} ({locale.partition('-')[0]})"

    def columns(self, kind: str) -> tuple[str, ...]:
        return tuple(f"{kind}::{self.language(locale)}" for locale in self._catalogs.locales)

    def fill(self, key: str, kind: str = "label") -> Row:
        """One text in every language; nothing when there is no such key."""
        catalogs = (self._catalogs.get(locale) for locale in self._catalogs.locales)
        return dict(zip(self.columns(kind), (self._text(catalog, key) for catalog in catalogs), strict=True))

    def asked(self, question: Question) -> Row:
        """Label and hint of a question, in the form's own words where the chat's would mislead."""
        label = self._first(f"form.{question.name}.label", question.label)
        hint = self._first(f"form.{question.name}.hint", f"question.{question.name}.hint")
        silent = question.name == "consent" or not self._known(hint)
        return {**self.fill(label), **({} if silent else self.fill(hint, "hint"))}

    def one(self, key: str) -> str:
        return self._text(self._catalogs.get(self._catalogs.locales[0]), key)

    def _first(self, *keys: str) -> str:
        return next((key for key in keys if self._known(key)), keys[-1])

    def _known(self, key: str) -> bool:
        return self._catalogs.get("en").has(key)

    def _text(self, catalog: Catalog, key: str) -> str:
        return catalog.text(key, organisation=self._organisation).translate({ord(FSI): None, ord(PDI): None})
