"""Errors of the API: RFC 9457 problem+json, always with what is wrong, where, and what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Response, current_app, g, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from crystalbay.errors import Forbidden, Invalid, NotFound, StoreBusy, StoreError, StoreUnavailable, VersionConflict

log = structlog.get_logger(__name__)

TYPE = "application/problem+json"
RETRY_S = "10"


class Unauthorized(Exception):
    """Nobody we know asks."""


class Unchecked(Exception):
    """Who asks cannot be looked up: `reason` is what the store said."""

    def __init__(self, reason: StoreUnavailable) -> None:
        super().__init__(str(reason))
        self.reason = reason


class BadBody(Exception):
    """A body or query that does not fit its type."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("bad body")
        self.errors = errors


def problem(
    status: int, title: str, *, detail: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """One problem document."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "request_id": g.get("request_id")}
    if detail:
        body["detail"] = detail
    return Response(current_app.json.dumps(body | more), status=status, content_type=TYPE, headers=dict(headers or {}))


def field_errors(error: ValidationError, prefix: str = "") -> list[dict[str, str]]:
    """What is wrong with each field, in words: [{"field", "message"}]."""
    return [
        {
            "field": ".".join(filter(None, (prefix, *(str(part) for part in item["loc"])))) or "body",
            "message": _message(item),
        }
        for item in error.errors(include_url=False, include_input=False)
    ]


def _message(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return "unknown field"
    return str(item["msg"]).removeprefix("Value error, ")


def answer(error: Exception) -> Response:
    """The problem document of any error."""
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, Unauthorized):
        return problem(401, "Sign in or send a key", headers={"WWW-Authenticate": 'Bearer realm="Crystal Bay"'})
    if isinstance(error, Forbidden):
        return problem(403, "Not allowed", detail=str(error))
    if isinstance(error, NotFound):
        return problem(404, "Not found", detail=str(error))
    if isinstance(error, VersionConflict):
        return problem(409, "Changed by somebody else meanwhile", current=error.current)
    if isinstance(error, BadBody):
        return problem(422, "Some fields are wrong", errors=error.errors)
    if isinstance(error, Invalid):
        return problem(422, "Some fields are wrong", errors=[{"field": error.field, "message": error.message}])
    if isinstance(error, Unchecked):
        return _away(error.reason, f"{_who()} cannot be checked just now, so nothing was done. Repeat it in {{}} s.")
    if isinstance(error, StoreError):
        words = "Nothing was confirmed. Repeat it in {} s: under the same Idempotency-Key nothing is done twice."
        return _away(error, words)
    log.exception("api.broken", exc_info=error)
    return problem(500, "Something broke on our side; tell us the request_id")


def _away(error: StoreError, words: str) -> Response:
    """`words`: with a place for the seconds."""
    log.error("api.store_failed", error=str(error))
    pause = retry_after(error)
    return problem(503, "The store does not answer", detail=words.format(pause), headers={"Retry-After": pause})


def _who() -> str:
    return "This key" if request.headers.get("Authorization") else "Who you are"


def retry_after(error: StoreError) -> str:
    """Whole seconds after which a request may be repeated."""
    return str(math.ceil(error.retry_after)) if isinstance(error, StoreBusy) else RETRY_S


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    headers = dict(error.get_headers())
    kept: dict[str, str] = {
        name: headers[name] for name in ("Allow", "Retry-After", "WWW-Authenticate") if name in headers
    }
    title = error.name if status != 405 else f"{request.method} is not allowed here"
    return problem(status, title, detail=error.description, headers=kept)
