"""REST of spreadsheets of leads."""

from __future__ import annotations

from typing import Annotated

from flask import Response, stream_with_context
from pydantic import BeforeValidator, Field, WithJsonSchema

from crystalbay.api.blueprint import api
from crystalbay.api.document import SHEETS
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.shapes import Given, Line
from crystalbay.services.exports import Export
from crystalbay.services.filters import LeadFilters, Sort
from crystalbay.web import sheets
from crystalbay.web.wiring import context, local

MOST_IDS = 1000


def _ids(given: object) -> object:
    parts = given.split(",") if isinstance(given, str) else given
    return [part.strip() for part in parts if part.strip()] if isinstance(parts, list) else parts


class ExportQuery(LeadFilters):
    sort: Sort = "created"
    ids: (
        Annotated[
            list[Annotated[str, Field(max_length=64)]],
            BeforeValidator(_ids),
            Field(max_length=MOST_IDS),
            WithJsonSchema({"type": "string"}),
        ]
        | None
    ) = Field(default=None, description=f"Only these leads, separated by commas, {MOST_IDS} at most")


@api.get("/leads/export.csv")
@allowed("leads:read", "export", HTTP_200=None)
def export_csv(query: ExportQuery) -> Answer:
    """Leads as CSV

    For Excel: UTF-8 with a byte order mark, semicolons; text that looks like a formula gets an apostrophe. At most
    50,000 leads: the last line then says that there are more."""
    lines = stream_with_context(sheets.csv_lines(_export(query), local()))
    return _file(Response(lines, mimetype=SHEETS["csv"]), "csv")


@api.get("/leads/export.xlsx")
@allowed("leads:read", "export", HTTP_200=None)
def export_xlsx(query: ExportQuery) -> Answer:
    """Leads as XLSX

    Times by the office's clock. At most 50,000 leads: the last row then says that there are more."""
    return _sheet(_export(query))


class ExportIn(Given):
    """Which leads: more than an address can name."""

    ids: list[Line] = Field(min_length=1, max_length=MOST_IDS)
    sort: Sort = "created"


@api.post("/leads/export.csv")
@allowed("leads:read", "export", HTTP_200=None)
def export_many_csv(json: ExportIn) -> Answer:
    """Many leads by their ids as CSV

    As by GET, whose address has room for some 200 ids."""
    lines = stream_with_context(sheets.csv_lines(_of_ids(json), local()))
    return _file(Response(lines, mimetype=SHEETS["csv"]), "csv")


@api.post("/leads/export.xlsx")
@allowed("leads:read", "export", HTTP_200=None)
def export_many_xlsx(json: ExportIn) -> Answer:
    """Many leads by their ids as XLSX

    As by GET, whose address has room for some 200 ids."""
    return _sheet(_of_ids(json))


def _sheet(export: Export) -> Response:
    file = sheets.xlsx(export, local())
    answer = Response(iter(lambda: file.read(65536), b""), mimetype=SHEETS["xlsx"])
    answer.call_on_close(file.close)
    return _file(answer, "xlsx")


def _export(query: ExportQuery) -> Export:
    return Export(context(), me(), query, sort=query.sort, ids=query.ids)


def _of_ids(body: ExportIn) -> Export:
    return Export(context(), me(), LeadFilters(), sort=body.sort, ids=body.ids)


def _file(answer: Response, ending: str) -> Response:
    day = local().today.isoformat()
    answer.headers["Content-Disposition"] = f'attachment; filename="leads-{day}.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
