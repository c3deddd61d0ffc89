"""The OpenAPI 3.1 document, made from the routes' types by spectree, and the page to browse it."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.models import InType, SecureType, SecuritySchemeData
from spectree.plugins.flask_plugin import FlaskPlugin

from crystalbay.api.problems import BadBody, field_errors
from crystalbay.api.shapes import ProblemOut

docs = Blueprint("docs", __name__)

_TITLE = "Crystal Bay"
_INTRODUCTION = """Leads, the board and conversations of the agency.

Machines send `Authorization: Bearer cb_…`; the dashboard uses its session and the header `X-CSRFToken`.
Lists are pages: follow `next_cursor` until it is null. POSTs that create or send honour `Idempotency-Key`.
Errors are problem documents (RFC 9457). `GET /api/v1/events` is the live stream."""


class CheckedRequests(FlaskPlugin):
    """Requests are validated; answers are not validated a second time at run time (tests do it)."""

    def validate_response(
        self, resp: Any, resp_model: Any, skip_validation: bool, force_resp_serialize: bool
    ) -> tuple[Response, None]:
        return make_response(resp), None


def _refuse(_request: Any, _response: Any, error: Exception | None, _instance: Any, _adapter: Any) -> None:
    """A body or query that does not fit becomes our problem document, not the library's."""
    if isinstance(error, ValidationError):
        raise BadBody(field_errors(error))


def _plain_name(model: type[Any]) -> str:
    return re.sub(r"\W+", "_", model.__name__)


spec = SpecTree(
    "flask",
    backend=CheckedRequests,
    before=_refuse,
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
    return jsonify(document())


def document() -> dict[str, Any]:
    """The document, with problem+json as the type of errors, the stream, and the idempotency header."""
    found: dict[str, Any] = spec.spec
    if "/api/v1/events" in found["paths"]:
        return found
    for path in found["paths"].values():
        for operation in path.values():
            _finish(operation)
    found["paths"]["/api/v1/events"] = {"get": _events()}
    return found


def _finish(operation: dict[str, Any]) -> None:
    for status, described in operation.get("responses", {}).items():
        content = described.get("content", {})
        if status >= "400" and "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")


def _events() -> dict[str, Any]:
    header = {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}}
    return {
        "summary": "The live stream",
        "description": "Server-Sent Events: each has an id to come back with and JSON data; `event: reset` means that"
        " lists must be read again, `event: ping` comes every 15 s. 503: too many streams; poll the board.",
        "operationId": "events",
        "tags": ["events"],
        "parameters": [header],
        "responses": {
            "200": {"description": "The stream", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
        }
        | {
            status: {"description": words}
            for status, words in (("401", "Nobody"), ("403", "No right"), ("503", "Full"))
        },
    }


@docs.get("/api/docs")
def browse() -> ResponseReturnValue:
    """The document as a page. Its viewer sets inline styles, so this page alone may have them."""
    answer = make_response(render_template("api_docs.html"))
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self';"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return answer


def is_api(path: str | None = None) -> bool:
    """Is this a request for the API, whose errors are problem documents?"""
    return (path or request.path).startswith("/api/")
