"""An XLSX file written by a process of its own: python -m crystalbay.services.sheet_writer PATH.

Standard input: JSON lines. First the columns, `[{"name", "kind", "width"}, …]` (kind: text, number, money, day,
moment); then a list of cells a row: text, numbers, days and moments as ISO 8601 without a zone, null. Text is never a
formula.
Standard output: what was wrong, if anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

_FORMATS = {"number": "0", "money": "#,##0.00", "day": "dd.mm.yyyy", "moment": "dd.mm.yyyy hh:mm"}
_LONGEST = 32_767
"""Characters that a cell of Excel may hold."""


def write(path: str, lines: Iterable[bytes]) -> None:
    """Write the file, row by row: only one row is in memory at a time."""
    import orjson
    import xlsxwriter

    rows = iter(lines)
    columns = orjson.loads(next(rows))
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in _FORMATS.items()}
    bold = book.add_format({"bold": True})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column["width"], formats.get(column["kind"]))
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column["name"], bold)
    for number, line in enumerate(rows, 1):
        for place, (column, cell) in enumerate(zip(columns, orjson.loads(line), strict=False)):
            _put(sheet, number, place, cell, column["kind"], formats)
    book.close()


def _put(sheet: Any, row: int, place: int, cell: Any, kind: str, formats: dict[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, str) and kind in ("day", "moment"):
        sheet.write_datetime(row, place, datetime.fromisoformat(cell), formats[kind])
    elif isinstance(cell, str):
        sheet.write_string(row, place, cell[:_LONGEST])
    else:
        sheet.write_number(row, place, cell, formats.get(kind))


if __name__ == "__main__":
    write(sys.argv[1], sys.stdin.buffer)
