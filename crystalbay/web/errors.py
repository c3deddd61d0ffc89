"""Errors: a page that says what happened, what is safe and what to do; a problem document for the API."""

from __future__ import annotations

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, Unauthorized

from crystalbay.api import problems
from crystalbay.api.document import is_api
from crystalbay.errors import Forbidden, Invalid, NotFound, StoreError
from crystalbay.web.auth import current_viewer
from crystalbay.web.views.pages import notice_view

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
    if isinstance(error, CSRFError) and request.endpoint != "auth.sign_in" and current_viewer() is None:
        error = Unauthorized()  # the token went with the session: signing in helps, trying again does not
    if isinstance(error, HTTPException) and (error.response is not None or (error.code or 500) < 400):
        return error
    if is_api():
        return problems.answer(error)
    return _page(_status_of(error))


def _status_of(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.code or 500
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status
    log.exception("web.broken", exc_info=error)
    return 500


def _page(status: int) -> ResponseReturnValue:
    return render_template("error.html", frame=None, notice=notice_view(status, g.get("request_id"))), status
