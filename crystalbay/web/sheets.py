"""Leads as spreadsheets: the columns in the reader's language, as CSV for Excel and as XLSX."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import dropwhile
from pathlib import Path
from typing import IO, Any, Literal

import orjson

from crystalbay.services.exports import MOST, Export
from crystalbay.store.interface import Row
from crystalbay.web.i18n import _
from crystalbay.web.views import formats
from crystalbay.web.views.cards import channel_of
from crystalbay.web.views.formats import NBSP, Local
from crystalbay.web.views.names import STAGE_NAMES, STATUS_NAMES
from crystalbay.web.views.trips import trip_title
from models import Outcome, Stage, Status

Kind = Literal["text", "number", "money", "day", "moment"]
Cell = str | int | Decimal | date | datetime | None
Read = Callable[[Row, dict[str, Any], Local], Cell]

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120.0
_BOM = "\ufeff"
_CHUNK = 200  # rows that go out together
_FORMULA = ("=", "+", "-", "@", "|", "%")
"""Beginnings that a spreadsheet would take for a formula; some pass over what cannot be seen before them."""


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters."""

    name: str
    kind: Kind
    width: int
    read: Read


def columns() -> list[Column]:
    """What a row says of a lead, in the language of the request."""
    return [
        Column(_("Номер"), "number", 9, lambda row, lead, now: row["number"]),
        Column(_("Клиент"), "text", 24, lambda row, lead, now: lead["customer"]["name"]),
        Column(_("Телефон"), "text", 19, lambda row, lead, now: _phone(lead)),
        Column(_("Почта"), "text", 24, lambda row, lead, now: lead["customer"]["email"]),
        Column(_("Поездка"), "text", 40, lambda row, lead, now: _trip(lead, now)),
        Column(_("Начало поездки"), "day", 14, lambda row, lead, now: _day(row["trip_from"])),
        Column(_("Статус"), "text", 14, lambda row, lead, now: _status(lead)),
        Column(_("Этап"), "text", 24, lambda row, lead, now: str(STAGE_NAMES[Stage(row["stage"])])),
        Column(_("Итог"), "text", 20, lambda row, lead, now: _outcome(row)),
        Column(_("Причина отказа"), "text", 20, lambda row, lead, now: row["lost_reason"]),
        Column(_("Сумма"), "money", 14, lambda row, lead, now: _amount(lead)),
        Column(_("Валюта"), "text", 8, lambda row, lead, now: row["value_currency"]),
        Column(_("Оценка"), "number", 8, lambda row, lead, now: row["score"]),
        Column(_("Теги"), "text", 24, lambda row, lead, now: ", ".join(row["tags"])),
        Column(_("Ответственный"), "text", 20, lambda row, lead, now: (lead["assignee"] or {}).get("name")),
        Column(_("Канал"), "text", 12, lambda row, lead, now: channel_of(row["channel"])[0]),
        Column(_("Источник"), "text", 14, lambda row, lead, now: row["source"]),
        Column(_("Создан"), "moment", 16, lambda row, lead, now: _moment(row["created_at"], now)),
        Column(_("Последнее сообщение"), "moment", 16, lambda row, lead, now: _moment(row["last_message_at"], now)),
        Column(_("Ждёт ответа с"), "moment", 16, lambda row, lead, now: _moment(row["waiting_since"], now)),
        Column(_("Следующее действие"), "moment", 16, lambda row, lead, now: _moment(row["next_action_at"], now)),
        Column(_("Закрыт"), "moment", 16, lambda row, lead, now: _moment(row["closed_at"], now)),
    ]


def _phone(lead: dict[str, Any]) -> str | None:
    phone = lead["customer"]["phone"]
    return formats.phone(phone) if phone else None


def _trip(lead: dict[str, Any], now: Local) -> str:
    """Without what keeps a line of a page together."""
    return trip_title(lead["trip"], now).replace(NBSP, " ").replace("\u2060", "")


def _status(lead: dict[str, Any]) -> str:
    return _("В архиве") if lead["archived"] else str(STATUS_NAMES[Status(lead["status"])])


def _outcome(row: Row) -> str | None:
    names = {Outcome.WON: _("Поездка состоялась"), Outcome.LOST: _("Отказ")}
    return names[Outcome(row["outcome"])] if row["outcome"] else None


def _amount(lead: dict[str, Any]) -> Decimal | None:
    return Decimal(lead["value"]["amount"]) if lead["value"] else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(moment: datetime | None, now: Local) -> datetime | None:
    """By the office's clock, without its zone: spreadsheets know none."""
    return now.at(moment).replace(tzinfo=None, microsecond=0) if moment else None


def _cut() -> str:
    return _("Показаны первые %(count)s лидов: сузьте фильтр", count=formats.number(MOST))


# --------------------------------------------------------------------------- CSV


def csv_lines(export: Export, now: Local) -> Iterator[str]:
    """UTF-8 text in portions, for Excel: a byte order mark, semicolons, decimal commas, no formulas."""
    shown = columns()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    text.write(_BOM)
    writer.writerow([column.name for column in shown])
    for number, (row, lead) in enumerate(export):
        writer.writerow([_written(column.read(row, lead, now)) for column in shown])
        if number % _CHUNK == _CHUNK - 1:
            yield _taken(text)
    if export.cut:
        writer.writerow([_cut()])
    yield _taken(text)


def _taken(text: io.StringIO) -> str:
    found = text.getvalue()
    text.seek(0)
    text.truncate()
    return found


def _written(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%d.%m.%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d.%m.%Y")
    if isinstance(cell, str):
        return harmless(cell)
    return "" if cell is None else str(cell).replace(".", ",")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what looks like one, wide signs as well."""
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(dropwhile(lambda sign: sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf"), plain))
    return f"'{text}" if seen.startswith(_FORMULA) or text[:1] in ("\t", "\r") else text


# --------------------------------------------------------------------------- XLSX


class SheetFailed(Exception):
    """The process that writes the file did not end well; `str` is what it said."""


def xlsx(export: Export, now: Local) -> IO[bytes]:
    """The file, open and gone from the disk when it is closed. Written by a process of its own: its work would hold
    all other requests up. Raises SheetFailed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "leads.xlsx")
        command = [sys.executable, "-m", "crystalbay.services.sheet_writer", str(path)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, cwd=ROOT, **pipes) as writer:
            try:
                _feed(writer, _rows(export, now))
                _out, said = writer.communicate(timeout=PATIENCE_S)
            except BaseException:
                writer.kill()
                raise
        if writer.returncode:
            raise SheetFailed(said.decode(errors="replace")[-500:])
        return path.open("rb")


def _feed(writer: subprocess.Popen[bytes], rows: Iterable[list[Any]]) -> None:
    assert writer.stdin
    try:
        for row in rows:
            writer.stdin.write(orjson.dumps(row) + b"\n")
    except BrokenPipeError:  # it has ended; why stands in what it said
        return


def _rows(export: Export, now: Local) -> Iterator[list[Any]]:
    shown = columns()
    yield [{"name": column.name, "kind": column.kind, "width": column.width} for column in shown]
    for row, lead in export:
        cells = (column.read(row, lead, now) for column in shown)
        yield [float(cell) if isinstance(cell, Decimal) else cell for cell in cells]
    if export.cut:
        yield [_cut()]
