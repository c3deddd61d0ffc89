"""Lead intake from outside systems: one object or a list, answered row by row; a bad row never loses its neighbours.

While the store is out of reach a request is kept in the journal and answered 202 with an address that tells later how
it went. Every request has a key, its caller's or one of its own, from which the ids of its leads follow: whoever goes
on with it finds what was made already.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Flask, jsonify, url_for
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from crystalbay.api.document import json_body
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.idempotency import Key, Said, claim, finish, key_of_request, new_key, refuse_another
from crystalbay.api.misfits import field_errors, misfit
from crystalbay.api.problems import problem
from crystalbay.api.shapes import MOST_ROWS, AcceptedOut, ImportIn, ImportOut
from crystalbay.errors import AlreadyThere, Invalid, NotFound, StoreUnavailable
from crystalbay.jobs.runner import Handler
from crystalbay.services import new_leads, outage, raw_bodies
from crystalbay.services.context import Context
from crystalbay.services.outage import IMPORT
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Change, Row, Update
from crystalbay.web import auth
from crystalbay.web.wiring import context

intake = Blueprint("intake", __name__, url_prefix="/api/v1/import")

_NO_OBJECT = misfit("row", f"must be an object with the fields {', '.join(ImportIn.model_fields)}")


def init_app(app: Flask) -> None:
    """Register the intake; the document that describes it is app_api's."""
    auth.csrf.exempt(intake)
    app.register_blueprint(intake)


@intake.post("/leads")
@allowed("import", "import", while_away=True, HTTP_200=ImportOut, HTTP_202=AcceptedOut)
def import_leads() -> Answer:
    """Import leads

    One object or a list of up to 1,000. The answer says of each row: created, duplicate (its source and external_id
    are there already; id and number are null when you may not see it), or invalid and why.
    202: the store is out of reach; the request is kept, and done as soon as it is back."""
    ctx, rows, asked = context(), _rows(), key_of_request(me())
    key = asked or new_key(me())
    if not ctx.journal.waits:
        try:
            body, status = _once(ctx, key, me(), rows) if asked else (_import(ctx, key, me(), rows), 200)
        except StoreUnavailable as error:
            ctx.reach.failed(error)
        else:
            return jsonify(body), status
    return _keep(ctx, key, me(), rows)


def _rows() -> list[Any]:
    body = json_body()
    if isinstance(body, dict):
        return [body]
    if not isinstance(body, list):
        raise BadRequest("send one object or a list of objects")
    if len(body) > MOST_ROWS:
        raise RequestEntityTooLarge(f"at most {MOST_ROWS} rows at once; you sent {len(body)}")
    return body


# --------------------------------------------------------------------------- doing it


def _once(ctx: Context, key: Key, viewer: Viewer, rows: list[Any]) -> Said:
    """Do a request whose answer is kept, or go on with it, or find the answer. Raises Invalid for another body."""
    said = claim(ctx.store, key)
    if said:
        return said
    body = _import(ctx, key, viewer, rows)
    finish(ctx.store, key, body, 200)
    return body, 200


def _import(ctx: Context, key: Key, viewer: Viewer, rows: list[Any]) -> dict[str, Any]:
    results = [_import_row(ctx, key, viewer, number, row) for number, row in enumerate(rows)]
    counts = {name: sum(1 for r in results if r["result"] == name) for name in ("created", "duplicate", "invalid")}
    return counts | {"rows": results}


def _import_row(ctx: Context, key: Key, viewer: Viewer, number: int, row: Any) -> dict[str, Any]:
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
    lead_id = key.id_of(number)
    try:
        lead, made = new_leads.create(ctx, viewer.actor, **fields, channel="import", lead_id=lead_id, viewer=viewer)
    except AlreadyThere:
        return shown | {"result": "duplicate", "errors": []} | nothing
    result = "created" if made or lead["id"] == lead_id else "duplicate"
    return shown | {"result": result, "errors": [], "id": lead["id"], "number": lead["number"]}


# --------------------------------------------------------------------------- while the store is out of reach


def _keep(ctx: Context, key: Key, viewer: Viewer, rows: list[Any]) -> Answer:
    """Put the request into the journal, unless it is there. Raises Invalid when another one has its key."""
    known = ctx.journal.find(IMPORT, key.id)
    if known:
        refuse_another(orjson.loads(known.raw["body"])["request_hash"], key)
    else:
        body = orjson.dumps({"request_hash": key.request_hash, "viewer": viewer.kept(), "rows": rows}).decode()
        raw = {"id": key.id, "provider": IMPORT, "external_id": key.id, "body": body}
        outage.keep(ctx, raw, IMPORT, f"{IMPORT}:{viewer.id}")
    return _waits(key.id, "accepted")


def _waits(request_id: str, status: str) -> Answer:
    return jsonify({"status": status, "url": url_for("intake.import_request", request_id=request_id)}), 202


@intake.get("/requests/<request_id>")
@allowed("import", "import", while_away=True, HTTP_200=ImportOut, HTTP_202=AcceptedOut)
def import_request(request_id: str) -> Answer:
    """How a kept import went

    202 while it waits, then what the import would have answered, for two days; 422 when it could not be done."""
    ctx = context()
    try:
        rows = ctx.store.find("inbox_events", [("id", "eq", request_id), ("provider", "eq", IMPORT)], limit=1)
    except StoreUnavailable:
        if ctx.journal.find(IMPORT, request_id) is None:
            raise
        return _waits(request_id, "waiting")
    if rows:
        return _how_it_went(ctx, rows[0])
    if ctx.journal.find(IMPORT, request_id):
        return _waits(request_id, "waiting")
    raise NotFound("no such request")


def _how_it_went(ctx: Context, raw: Row) -> Answer:
    if raw["state"] == "received":
        return _waits(raw["id"], "waiting")
    if raw["state"] == "failed":
        return problem(422, "The import was not done", detail=raw["error"])
    answers = ctx.store.find("answers", [("id", "eq", raw["id"])], limit=1)
    if not answers:
        raise NotFound("it was done more than two days ago; its answer is not kept any more")
    return jsonify(answers[0]["body"])


def kept_requests(ctx: Context) -> Handler:
    """The handler of the jobs that do what was kept."""

    def do(event_id: str) -> list[Change]:
        rows = ctx.store.find("inbox_events", [("id", "eq", event_id), ("state", "eq", "received")], limit=1)
        if not rows:
            return []
        asked = orjson.loads(rows[0]["body"])
        try:
            _once(ctx, Key(event_id, asked["request_hash"]), Viewer.of(asked["viewer"]), asked["rows"])
        except Invalid as refusal:
            return _failed(event_id, str(refusal))
        done = {"state": "processed", "body": raw_bodies.EMPTY}  # what it held is in the leads, and goes with them
        return [Update("inbox_events", event_id, done)]

    return Handler(
        lambda job: do(job.payload["event_id"]), died=lambda job, error: _failed(job.payload["event_id"], error)
    )


def _failed(event_id: str, error: str) -> list[Change]:
    return [Update("inbox_events", event_id, {"state": "failed", "error": error[:1000]})]
