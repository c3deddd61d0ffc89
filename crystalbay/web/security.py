"""Headers and limits of every answer: a strict policy, no framing, no sniffing, a request number, bounded bodies."""

from __future__ import annotations

import re

import structlog
from flask import Flask, Response, g, request

from crystalbay.ids import new_id

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self';"
    " object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
LARGEST_BODY = 2 * 1024 * 1024
LARGER_BODIES = {"api.upload_file": 11 * 1024 * 1024}
"""By endpoint: a file of 10 MB, with the form around it."""
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_YEAR_S = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Number each request and protect each answer."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.before_request(_number)
    app.before_request(_bound)
    app.after_request(_protect)


def _number() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.match(given) else new_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _bound() -> None:
    if request.endpoint in LARGER_BODIES:
        request.max_content_length = LARGER_BODIES[request.endpoint]


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "same-origin")
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.is_secure:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}"
    headers.setdefault("Cache-Control", "no-store")
    return response
