# SPDX-License-Identifier: Apache-2.0
"""Tables of words as an .xlsx file. Every cell is text: what begins with "=" is no formula, and "1" no number."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # the library brings no types
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

from intake.errors import FormError

Row = Mapping[str, str]

_WIDTHS = {"relevant": 60, "calculation": 60}
_NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # else the same form would be another file at every writing


def write(path: Path, sheets: Mapping[str, tuple[Sequence[str], Sequence[Row]]]) -> None:
    """Write sheets of (columns, rows); what a row does not have stays empty. FormError when it cannot be written."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _NEVER.replace(tzinfo=None)})
    head, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for name, (columns, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for across, column in enumerate(columns):
            sheet.set_column(across, across, _WIDTHS.get(column, 40 if "::" in column else 20))
            sheet.write_string(0, across, column, head)
            for down, row in enumerate(rows, 1):
                if row.get(column):
                    sheet.write_string(down, across, row[column], wrap)
    try:
        book.close()
    except FileCreateError as error:
        raise FormError("The form cannot be written: check its folder, and close it elsewhere.") from error
