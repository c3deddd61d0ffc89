"""REST API /api/v1: leads, board, conversations, API keys; OpenAPI 3.1 at /api/openapi.json, browsable at /api/docs.

HTTP only: bodies are checked by their types (crystalbay/api/shapes.py), the use cases are services, errors are
problem documents (crystalbay/api/problems.py).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import orjson
from flask import Flask, Response
from flask.json.provider import JSONProvider

from crystalbay.api.blueprint import api
from crystalbay.api.document import docs, spec
from crystalbay.web import auth

NOUNS = (
    "board", "bulk", "canned", "conversations", "customers", "exports", "keys", "leads", "notes", "notices", "offers",
    "reminders", "search", "settings", "suggestions", "tags", "telegram", "timeline", "uploads", "users", "views",
)  # fmt: skip
"""Modules of crystalbay.api: importing them puts their routes on the blueprint."""

for noun in NOUNS:
    import_module(f"crystalbay.api.{noun}")


class OrjsonProvider(JSONProvider):
    """JSON by orjson: times as ISO 8601, several times faster than the standard library."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = self._prepare_response_obj(args, kwargs)
        return Response(orjson.dumps(body), mimetype="application/json")


def init_app(app: Flask) -> None:
    """Register the API and its document. Errors of its routes become problem documents by crystalbay.web.errors."""
    app.json = OrjsonProvider(app)
    auth.csrf.exempt(api)
    auth.csrf.exempt(docs)
    app.register_blueprint(api)
    app.register_blueprint(docs)
    spec.app = app
