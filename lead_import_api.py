"""Lead intake from outside systems: one object or a list, answered row by row; a bad row never loses its neighbours."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, jsonify
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from crystalbay.api.document import json_body
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.idempotency import Key, claim, finish, key_of_request
from crystalbay.api.problems import field_errors
from crystalbay.api.shapes import MOST_ROWS, ImportIn, ImportOut
from crystalbay.services import leads
from crystalbay.web import auth
from crystalbay.web.wiring import context

intake = Blueprint("intake", __name__, url_prefix="/api/v1/import")

_NO_OBJECT = {"field": "row", "message": f"must be an object with the fields {', '.join(ImportIn.model_fields)}"}


def init_app(app: Flask) -> None:
    """Register the intake; the document that describes it is app_api's."""
    auth.csrf.exempt(intake)
    app.register_blueprint(intake)


@intake.post("/leads")
@allowed("import", "import", HTTP_200=ImportOut)
def import_leads() -> Answer:
    """Import leads

    One object or a list of up to 1,000. The answer says of each row: created, duplicate (its source and external_id
    are there already), or invalid and why."""
    rows, key, store = _rows(), key_of_request(me()), context().store
    said = claim(store, key) if key else None
    if said:
        return jsonify(said[0]), said[1]
    results = [_import_row(number, row, key) for number, row in enumerate(rows)]
    counts = {name: sum(1 for r in results if r["result"] == name) for name in ("created", "duplicate", "invalid")}
    body = counts | {"rows": results}
    if key:
        finish(store, key, body, 200)
    return jsonify(body)


def _rows() -> list[Any]:
    body = json_body()
    if isinstance(body, dict):
        return [body]
    if not isinstance(body, list):
        raise BadRequest("send one object or a list of objects")
    if len(body) > MOST_ROWS:
        raise RequestEntityTooLarge(f"at most {MOST_ROWS} rows at once; you sent {len(body)}")
    return body


def _import_row(number: int, row: Any, key: Key | None) -> dict[str, Any]:
    """Import one row. Under a key its lead's id follows from the key: a repeat after a crash finds what it made."""
    external_id = row.get("external_id") if isinstance(row, dict) else None
    shown: dict[str, Any] = {"row": number, "external_id": external_id if isinstance(external_id, str) else None}
    nothing = {"id": None, "number": None}
    if not isinstance(row, dict):
        return shown | {"result": "invalid", "errors": [_NO_OBJECT]} | nothing
    try:
        asked = ImportIn.model_validate(row)
    except ValidationError as error:
        return shown | {"result": "invalid", "errors": field_errors(error)} | nothing
    fields = {name: getattr(asked, name) for name in ImportIn.model_fields}
    lead_id = key.id_of(number) if key else None
    lead, made = leads.create(context(), me().actor, **fields, channel="import", lead_id=lead_id)
    result = "created" if made or lead["id"] == lead_id else "duplicate"
    return shown | {"result": result, "errors": [], "id": lead["id"], "number": lead["number"]}
