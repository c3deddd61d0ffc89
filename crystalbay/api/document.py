"""The OpenAPI 3.1 document, made from the routes' types by spectree, and the page to browse it."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from typing import Any, ClassVar

import orjson
from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, TypeAdapter, ValidationError
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.model_adapter.protocol import SchemaMode
from spectree.models import InType, SecureType, SecuritySchemeData
from spectree.plugins.base import Context
from spectree.plugins.flask_plugin import FlaskPlugin
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from crystalbay.api.describing import describe
from crystalbay.api.examples import FILES
from crystalbay.api.misfits import field_errors, misfit
from crystalbay.api.problems import BadBody
from crystalbay.api.shapes import ImportBody, ProblemOut
from crystalbay.api.stream_document import live_stream
from crystalbay.errors import StoreError
from crystalbay.web.auth import current_viewer
from crystalbay.web.frame import frame
from crystalbay.web.views.frames import FrameView

docs = Blueprint("docs", __name__)

_TITLE = "Crystal Bay"
_INTRODUCTION = """Leads, the board and conversations of the agency.

Machines send `Authorization: Bearer cb_…`; the dashboard uses its session and the header `X-CSRFToken`.
A key needs the scope that stands at each call, and to change what is there the scope to read it too.
Lists are pages: follow `next_cursor` until it is null. POSTs that create or send honour `Idempotency-Key`,
but those whose answer holds a secret that is kept nowhere: keys, and links for users.
Errors are problem documents (RFC 9457). `GET /api/v1/events` is the live stream."""


class CheckedRequests(FlaskPlugin):
    """Requests are validated once; answers are not validated a second time at run time (tests do it)."""

    def request_validation(self, request: Any, query: Any, json: Any, form: Any, headers: Any, cookies: Any) -> None:
        """The query and the body as their types. Raises BadBody, or what `json_body` raises."""
        refuse_unknown(request.args, query)
        try:
            found = query.model_validate(request.args.to_dict()) if query else None
            body = json.model_validate(_object(json_body())) if json else None
        except ValidationError as error:
            raise BadBody(field_errors(error)) from None
        request.context = Context(found, body, None, None, None)

    def validate_response(
        self, resp: Any, resp_model: Any, skip_validation: bool, force_resp_serialize: bool
    ) -> tuple[Response, None]:
        return make_response(resp), None


def refuse_unknown(args: MultiDict[str, str], query: type[BaseModel] | None) -> None:
    """Raise BadBody for parameters that nobody reads, and for one that is given twice: a filter with a slip of the pen
    would otherwise answer everything, as if it were what was asked for."""
    known = {field.alias or name for name, field in query.model_fields.items()} if query else set()
    names = ", ".join(sorted(known))
    wrong = [
        misfit(name, f"unknown parameter; known are {names}") if known else misfit(name, "no parameter is known here")
        for name in args
        if name not in known
    ]
    twice = [name for name in known if len(args.getlist(name)) > 1]
    wrong += [misfit(name, "give it once; several values are separated by commas") for name in twice]
    if wrong:
        raise BadBody(wrong)


def json_body() -> Any:
    """The request's body, which must be JSON by its type and its text: a broken one is never read as an empty one."""
    if not request.is_json:
        raise UnsupportedMediaType("send application/json")
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is no valid JSON: line {error.lineno}, column {error.colno}") from None


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise BadRequest("send a JSON object")
    return body


def _plain_name(model: type[Any]) -> str:
    return re.sub(r"\W+", "_", model.__name__)


class LateSchemas(SpecTree):
    """Makes the schemas of the models when the document is asked for, and once each: with all of them made for every
    route, as the library does, a process started a third slower."""

    wanted: ClassVar[dict[tuple[type[Any], SchemaMode], None]] = {}

    def _add_model(self, model: type[Any], mode: SchemaMode = "validation") -> str:
        self.wanted[model, mode] = None
        return self.naming_strategy(model)

    def _generate_spec(self) -> dict[str, Any]:
        for model, mode in self.wanted:
            super()._add_model(model, mode)
        return super()._generate_spec()


spec = LateSchemas(
    "flask",
    backend=CheckedRequests,
    naming_strategy=_plain_name,
    nested_naming_strategy=lambda _parent, child: child,
    annotations=True,
    title=_TITLE,
    version="1",
    description=_INTRODUCTION,
    openapi_version="3.1.0",
    mode="strict",
    security_schemes=[
        SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")),
        SecurityScheme(
            name="session", data=SecuritySchemeData(type=SecureType.API_KEY, name="session", field_in=InType.COOKIE)
        ),
    ],
    security=[{"key": []}, {"session": []}],
)


def answers(**models: Any) -> Answers:
    """The answers of a route: its own, and the problems that every route may give."""
    problems: dict[str, Any] = dict.fromkeys(
        ("HTTP_400", "HTTP_401", "HTTP_403", "HTTP_404", "HTTP_409", "HTTP_413", "HTTP_415", "HTTP_422", "HTTP_503"),
        ProblemOut,
    )
    return Answers(**(problems | models))


@docs.get("/api/openapi.json")
def openapi() -> ResponseReturnValue:
    return jsonify(document(current_app.config["SESSION_COOKIE_NAME"]))


@cache
def document(cookie: str) -> dict[str, Any]:
    """The document, with what the library does not know: imports, files, the stream, and all that is in words.

    `cookie`: the name of the session's, which depends on where the system is served from.
    """
    found: dict[str, Any] = deepcopy(spec.spec)
    found["components"]["securitySchemes"]["session"]["name"] = cookie
    _describe_import(found)
    found["paths"]["/api/v1/uploads"]["post"]["requestBody"] = _FILE
    for ending, kind in SHEETS.items():
        for operation in found["paths"][f"/api/v1/leads/export.{ending}"].values():
            file = {"schema": {"type": "string", "format": "binary"}, "example": FILES[ending]}
            operation["responses"]["200"]["content"] = {kind: file}
    found["paths"]["/api/v1/events"] = {"get": live_stream()}
    describe(found)
    return found


SHEETS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
"""Endings of the files of leads, and what they are."""

_FILE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary", "description": "10 MB at most"}},
            },
            "example": {"file": "договор.pdf"},
        }
    },
}


def _describe_import(found: dict[str, Any]) -> None:
    """Its route checks row by row, so the library sees no body."""
    schema = TypeAdapter(ImportBody).json_schema(ref_template="#/components/schemas/{model}")
    known = found["components"]["schemas"]
    known.update({name: part for name, part in schema.pop("$defs").items() if name not in known})
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    found["paths"]["/api/v1/import/leads"]["post"]["requestBody"] = body


@docs.get("/api/docs")
def browse() -> ResponseReturnValue:
    """The document as a page. Its viewer sets inline styles, so this page alone may have them."""
    answer = make_response(render_template("api_docs.html", frame=_frame_of_reader()))
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self';"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return answer


def _frame_of_reader() -> FrameView | None:
    """None: nobody is signed in, or who it is cannot be asked now. The document is for everybody."""
    try:
        viewer = current_viewer()
    except StoreError:
        return None
    return frame(viewer) if viewer and viewer.role else None


def is_api(path: str | None = None) -> bool:
    """Is this a request for the API, whose errors are problem documents?"""
    return (path or request.path).startswith("/api/")
