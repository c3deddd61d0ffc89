"""Errors outside the API: a page that says what happened, what is safe and what to do, with the request's number."""

from __future__ import annotations

import structlog
from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from crystalbay.errors import Forbidden, Invalid, NotFound, StoreError
from crystalbay.web.views.pages import notice_view

log = structlog.get_logger(__name__)

_STATUS = {NotFound: 404, Forbidden: 403, Invalid: 400}


def init_app(app: Flask) -> None:
    for kind, status in _STATUS.items():
        app.register_error_handler(kind, lambda _error, status=status: _page(status))
    app.register_error_handler(StoreError, _store_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)


def _page(status: int) -> ResponseReturnValue:
    return render_template("error.html", frame=None, notice=notice_view(status, g.get("request_id"))), status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    return _page(error.code or 500)


def _store_failed(error: StoreError) -> ResponseReturnValue:
    log.error("web.store_failed", error=str(error))
    return _page(503)


def _broken(error: Exception) -> ResponseReturnValue:
    log.exception("web.broken")
    return _page(500)
