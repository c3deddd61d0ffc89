"""Lead intake from outside systems: one object or a list, answered row by row; a bad row never loses its neighbours."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, jsonify, request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from app_api import Answer, allowed, me
from crystalbay.api.document import answers, spec
from crystalbay.api.idempotency import key_of_request
from crystalbay.api.problems import BadBody, field_errors
from crystalbay.api.shapes import ImportOut, LeadIn
from crystalbay.services import leads
from crystalbay.web import auth
from crystalbay.web.wiring import context

intake = Blueprint("intake", __name__, url_prefix="/api/v1/import")

MOST_ROWS = 1000
_FIELDS = ("external_id", "source", "name", "phone", "email", "message", "trip", "tags", "utm")
_UNKNOWN = {"field": "row", "message": f"must be an object with the fields {', '.join(_FIELDS)}"}


def init_app(app: Flask) -> None:
    auth.csrf.exempt(intake)
    app.register_blueprint(intake)


@intake.post("/leads")
@allowed("import")
@spec.validate(resp=answers(HTTP_200=ImportOut), tags=["import"])
def import_leads() -> Answer:
    """Import leads

    One object or a list of up to 1,000, each with `external_id, source, name, phone, email, message, trip, tags, utm`.
    The answer says of each row: created, duplicate (same source and external_id), or invalid and why."""
    rows = _rows()
    key = key_of_request(me())
    results = [_import_row(number, row, key.text if key else None) for number, row in enumerate(rows)]
    counts = {name: sum(1 for r in results if r["result"] == name) for name in ("created", "duplicate", "invalid")}
    return jsonify(counts | {"rows": results})


def _rows() -> list[Any]:
    if not request.is_json:
        raise UnsupportedMediaType("send application/json")
    body = request.get_json()
    if isinstance(body, dict):
        return [body]
    if not isinstance(body, list):
        raise BadRequest("send one object or a list of objects")
    if not body:
        raise BadBody([{"field": "body", "message": "the list is empty"}])
    if len(body) > MOST_ROWS:
        raise RequestEntityTooLarge(f"at most {MOST_ROWS} rows at once; you sent {len(body)}")
    return body


def _import_row(number: int, row: Any, key: str | None) -> dict[str, Any]:
    """Import one row. Under an Idempotency-Key a row without external_id gets one, so that a repeat doubles nothing."""
    given = row if isinstance(row, dict) else {}
    external_id = given.get("external_id")
    shown = external_id if isinstance(external_id, str) else None
    errors = _misplaced(row)
    if not errors:
        try:
            values = {"source": "import", "channel": "import"} | given
            lead = LeadIn.model_validate(values | ({"external_id": f"{key}:{number}"} if key and not shown else {}))
        except ValidationError as error:
            errors = field_errors(error)
    if errors:
        return _result(number, "invalid", shown, errors=errors)
    fields = {name: getattr(lead, name) for name in (*_FIELDS, "channel")}
    made, new = leads.create(context(), me().actor, **fields)
    return _result(number, "created" if new else "duplicate", shown, lead=made)


def _misplaced(row: Any) -> list[dict[str, str]]:
    if not isinstance(row, dict):
        return [_UNKNOWN]
    return [{"field": str(name), "message": "unknown field"} for name in row if name not in _FIELDS]


def _result(
    number: int,
    result: str,
    external_id: str | None,
    *,
    lead: dict[str, Any] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    made = {"id": lead["id"], "number": lead["number"]} if lead else {"id": None, "number": None}
    return {"row": number, "result": result, "external_id": external_id, **made, "errors": errors or []}
