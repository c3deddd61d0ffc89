"""/healthz: the process lives. /readyz: what each part can do now, in words; 503 when nothing could be stored."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from crystalbay.errors import StoreError
from crystalbay.services.context import Context
from crystalbay.services.health import observed
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
        parts = {"store": {"ok": True}} | _parts(ctx)
    except StoreError as error:
        return {"status": "unavailable", "parts": {"store": {"ok": False, "words": str(error)}}}, 503
    healthy = all(part["ok"] for part in parts.values())
    return {"status": "ok" if healthy else "degraded", "env": ctx.settings.app_env, "parts": parts}


def _parts(ctx: Context) -> dict[str, dict[str, Any]]:
    seen = observed(ctx)
    dead = ctx.store.find("jobs", [("state", "eq", "dead")], order=("seq",), limit=100)
    failed = ctx.store.find("inbox_events", [("state", "eq", "failed")], limit=100)
    return {
        "wazzup": seen.get("wazzup.webhook") or _configured(ctx.wazzup is not None, "WAZZUP_API_KEY"),
        "tours": _configured(ctx.supplier is not None, "SAMO_OAUTH_TOKEN"),
        "jobs": {"ok": not dead, "dead": len(dead)},
        "inbox": {"ok": not failed, "unreadable": len(failed)},
        "accounts": {
            "ok": all(data.get("active", True) for name, data in seen.items() if name.startswith("account:")),
            "states": {name: data["state"] for name, data in seen.items() if name.startswith("account:")},
        },
    }


def _configured(there: bool, variable: str) -> dict[str, Any]:
    return {"ok": there, "words": "настроено" if there else f"не настроено: {variable} не задан"}
