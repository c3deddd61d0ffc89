"""A dashboard that knows how old its data is: while the store is out of reach, every answer says since when.

Streams say it too (events.py), and a page that was opened meanwhile has it in its frame.
"""

from __future__ import annotations

import orjson
from flask import Flask, Response

from crystalbay.services.context import Context
from crystalbay.web.wiring import context

HEADER = "X-Store-Away"
"""`told` of this moment; absent while the store is in reach."""


def init_app(app: Flask) -> None:
    app.after_request(_tell)
    app.jinja_env.globals["store_away"] = lambda: told(context())
    app.jinja_env.globals["office_zone"] = lambda: context().settings.timezone


def told(ctx: Context) -> str | None:
    """None while the store is in reach, else JSON: since when it is not, and whether new events are kept meanwhile."""
    since = ctx.reach.since
    return orjson.dumps({"since": since, "safe": ctx.journal.ok}).decode() if since else None


def _tell(response: Response) -> Response:
    if away := told(context()):
        response.headers[HEADER] = away
    return response
