"""Errors of the API: RFC 9457 problem+json, always with what is wrong, where, and what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Response, current_app, g, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from crystalbay.errors import (
    AlreadyThere,
    Forbidden,
    Invalid,
    NotFound,
    ProviderError,
    StoreBusy,
    StoreError,
    StoreUnavailable,
    Taken,
    TooManyTries,
    VersionConflict,
)
from crystalbay.web.sentences import for_reader

log = structlog.get_logger(__name__)

_TITLES = {
    400: "The request cannot be read",
    404: "Not found",
    408: "The request took too long",
    413: "The request is too large",
    414: "The address is too long",
    415: "A body of this type is not read here",
    429: "Too many requests",
}
"""What the server refuses before a route is asked."""

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
    """One problem document; `more`: further members."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "request_id": g.get("request_id")}
    if detail:
        body["detail"] = detail
    body |= more
    text = current_app.json.dumps(for_reader(body))
    return Response(text, status=status, content_type=TYPE, headers=dict(headers or {}))


def answer(error: Exception) -> Response:
    """The problem document of any error."""
    if isinstance(error, CSRFError):
        return problem(
            400,
            "The page's token is not of this session",
            detail="Signed in again meanwhile: load the page anew and repeat what you did",
            code="csrf",
        )
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, Unauthorized):
        return problem(401, "Sign in or send a key", headers={"WWW-Authenticate": 'Bearer realm="Crystal Bay"'})
    if isinstance(error, Forbidden):
        return problem(403, "Not allowed", detail=str(error))
    if isinstance(error, NotFound):
        return problem(404, "Not found", detail=str(error))
    if isinstance(error, VersionConflict):
        by_whom: dict[str, Any] = {"changed": error.changed} if error.changed else {}
        return problem(409, "Changed by somebody else meanwhile", current=error.current, **by_whom)
    if isinstance(error, AlreadyThere):
        return problem(409, "It is there already", detail=str(error))
    if isinstance(error, BadBody):
        return problem(422, "Some fields are wrong", errors=error.errors)
    if isinstance(error, Invalid):
        whose: dict[str, Any] = {"other": error.other} if isinstance(error, Taken) else {}
        wrong = [{"field": error.field, "message": error.message}]
        return problem(422, "Some fields are wrong", errors=wrong, **whose)
    if isinstance(error, TooManyTries):
        pause = {"Retry-After": str(error.wait_s)}
        return problem(429, "Too many tries", detail=str(error), headers=pause, wait_s=error.wait_s)
    if isinstance(error, ProviderError):
        return problem(502, "Somebody else's service does not answer", detail=str(error))
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
    detail = error.description if error.description != type(error).description else None  # ours, not the library's
    if status == 405:
        return problem(405, f"{request.method} is not allowed here", headers=kept)
    return problem(status, _TITLES.get(status) or "The request was refused", detail=detail, headers=kept)
