"""What the web floor reaches through the Flask app: the context of the services and the parts of this process."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from crystalbay.services.context import Context
from crystalbay.web.views.formats import Local


def install(app: Flask, ctx: Context) -> None:
    """Make the context reachable from every request of this app."""
    app.extensions["crystalbay"] = ctx


def context() -> Context:
    """The context of the services, inside of a request or an app context."""
    return cast(Context, current_app.extensions["crystalbay"])


def local() -> Local:
    """Now and the office's zone, for views."""
    ctx = context()
    return Local(now=ctx.clock.now(), zone=ctx.zone)
