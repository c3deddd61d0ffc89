"""Errors: a page that says what happened, what is safe and what to do; a problem document for the API."""

from __future__ import annotations

from contextlib import suppress

import structlog
from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, Unauthorized

from crystalbay.api import problems
from crystalbay.api.document import is_api
from crystalbay.errors import Forbidden, Invalid, NotFound, StoreError, StoreUnavailable
from crystalbay.web.auth import current_viewer
from crystalbay.web.views import away_view, notice_view
from crystalbay.web.wiring import context

log = structlog.get_logger(__name__)

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Invalid, 400),
    (StoreError, 503),
)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> ResponseReturnValue:
    if isinstance(error, CSRFError):
        error = _without_token(error)
    if isinstance(error, StoreError):
        context().reach.failed(error)
    if isinstance(error, HTTPException) and (error.response is not None or (error.code or 500) < 400):
        return error
    if is_api():
        if isinstance(error, HTTPException):
            with suppress(StoreError):
                current_viewer()  # in whose language it is said; no route has asked
        return problems.answer(error)
    headers = {"Retry-After": problems.retry_after(error)} if isinstance(error, StoreError) else {}
    return *_page(error), headers


def _without_token(error: CSRFError) -> Exception:
    """When the token went with the session, signing in helps, and trying again does not."""
    try:
        return Unauthorized() if current_viewer() is None else error
    except StoreError as away:
        return away


def _status_of(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.code or 500
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status
    log.exception("web.broken", exc_info=error)
    return 500


def _page(error: Exception) -> tuple[str, int]:
    status, number = _status_of(error), g.get("request_id")
    away = isinstance(error, StoreUnavailable)
    notice = away_view(number, safe=context().journal.ok) if away else notice_view(status, number)
    return render_template("error.html", frame=None, notice=notice), status
