"""/healthz: the process lives. /readyz: what each part can do now; 503 when neither store nor journal takes anything.

Strangers learn which parts work and what is not configured; account ids and providers' words are for signed-in users
(and for everybody in the demo, where nothing is real).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from crystalbay.errors import StoreError
from crystalbay.services import bridge_watch
from crystalbay.services.context import Context
from crystalbay.services.health import observed
from crystalbay.web.auth import current_viewer
from crystalbay.web.wiring import context

probes = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(probes)


@probes.get("/healthz")
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@probes.get("/readyz")
def readyz() -> ResponseReturnValue:
    ctx = context()
    try:
        ctx.store.ping()
        parts, told = _parts(ctx), _is_told(ctx)
    except StoreError as error:
        ctx.reach.failed(error)
        parts, told = {}, True
    parts = {"store": _store(ctx), "journal": _journal(ctx), **parts}
    shown = parts if told else {name: _for_strangers(part) for name, part in parts.items()}
    if not (parts["store"]["ok"] or parts["journal"]["ok"]):
        return {"status": "unavailable", "env": ctx.settings.app_env, "parts": shown}, 503
    healthy = all(part["ok"] for part in parts.values())
    return {"status": "ok" if healthy else "degraded", "env": ctx.settings.app_env, "parts": shown}


def _store(ctx: Context) -> dict[str, Any]:
    since = ctx.reach.since
    return {"ok": False, "since": since.isoformat()} if since else {"ok": True}


def _journal(ctx: Context) -> dict[str, Any]:
    """Whether it takes events, how many wait in it and since when, and how many lines a person must look at."""
    waiting, set_aside = ctx.journal.waiting(), ctx.journal.set_aside
    return {"ok": ctx.journal.ok, "waiting": waiting.lines, "oldest": waiting.oldest, "set_aside": set_aside}


def _is_told(ctx: Context) -> bool:
    return ctx.settings.app_env == "demo" or current_viewer() is not None


def _for_strangers(part: dict[str, Any]) -> dict[str, Any]:
    """Whether it works, counts, and the name of a setting that is missing."""
    names = ("ok", "missing", "dead", "unreadable", "since", "waiting", "oldest", "set_aside")
    return {name: part[name] for name in names if name in part}


def _parts(ctx: Context) -> dict[str, dict[str, Any]]:
    seen = observed(ctx)
    dead = ctx.store.find("jobs", [("state", "eq", "dead")], order=("seq",), limit=100)
    failed = ctx.store.find("inbox_events", [("state", "eq", "failed")], limit=100)
    wazzup = _configured(ctx.wazzup is not None, "WAZZUP_API_KEY")
    return {
        "wazzup": wazzup | (seen.get("wazzup.webhook", {}) if ctx.wazzup else {}),
        "telegram": bridge_watch.state(ctx, seen),
        "tours": _configured(ctx.supplier is not None, "SAMO_OAUTH_TOKEN"),
        "jobs": {"ok": not dead, "dead": len(dead)},
        "inbox": {"ok": not failed, "unreadable": len(failed)},
        "accounts": {
            "ok": all(data.get("active", True) for name, data in seen.items() if name.startswith("account:")),
            "states": {name: data["state"] for name, data in seen.items() if name.startswith("account:")},
        },
    }


def _configured(there: bool, variable: str) -> dict[str, Any]:
    return {"ok": there} if there else {"ok": False, "missing": variable}
