"""How the Telegram bot is: what its bridge process says of itself, its webhook, its menu; shown on /readyz."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from crystalbay.errors import PermanentError, ProviderError
from crystalbay.services.context import Context
from crystalbay.services.handover import tell
from crystalbay.services.health import observation, observe
from crystalbay.store.interface import Change

BRIDGE, BOT = "telegram.bridge", "telegram.bot"
STATES = ("starting", "ready", "waiting", "unreachable", "conflict", "stopping", "failed")
"""waiting: it fetches, but our webhook does not take what it brings; unreachable: Telegram does not answer;
failed: the token is refused."""

ALIVE_FOR = timedelta(seconds=30)
QUIET_S = 60.0
"""Beyond the longest poll: without one for so long, Telegram does not answer."""
_TOLD = {"failed": "bot_token", "conflict": "bot_conflict"}
"""States of which administrators hear, and what their notice says."""


def heard(ctx: Context, beat: dict[str, Any]) -> None:
    """Keep what the bridge says of itself; administrators are told when it cannot work."""
    names = ("state", "pid", "started_at", "polled_at", "quiet_s", "handled", "conflicts", "error")
    data = {name: beat[name] for name in names if isinstance(beat.get(name), str | int | float | None) and name in beat}
    before = observation(ctx, BRIDGE).get("state")
    told: list[Change] = []
    if data["state"] in _TOLD and before != data["state"]:
        told = [tell("integration", state=_TOLD[data["state"]])]
    ctx.store.commit([*observe(ctx, BRIDGE, data), *told])


def state(ctx: Context, seen: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The bot's part of /readyz, from the observations."""
    if ctx.telegram is None:
        return {"ok": False, "missing": "TELEGRAM_BOT_TOKEN"}
    mode = ctx.settings.telegram_mode
    name = {"username": seen.get(BOT, {}).get("username")}
    if mode == "webhook":
        hook = seen.get(BOT, {})
        return {"ok": bool(hook.get("registered")), "mode": mode, "state": hook.get("state", "starting"), **name}
    beat = seen.get(BRIDGE, {})
    alive = bool(beat) and ctx.clock.now() - datetime.fromisoformat(beat["at"]) < ALIVE_FOR
    says = _says(beat, alive=alive)
    shown = {
        key: beat[key] for key in ("at", "polled_at", "handled", "conflicts", "error") if beat.get(key) is not None
    }
    return {"ok": alive and says == "ready", "mode": mode, "state": says, **name, **shown}


def _says(beat: dict[str, Any], *, alive: bool) -> str:
    """The bridge's state in a word. A refused token stays one; who has polled nothing for long reaches nobody."""
    said = str(beat.get("state", "starting"))
    if said == "failed" or not beat:
        return said
    if not alive:
        return "silent"
    return "unreachable" if said == "ready" and beat.get("quiet_s", 0) > QUIET_S else said


def set_up(ctx: Context) -> list[Change]:
    """The job at the start of a process: the bot's menu, and in webhook mode its webhook. May be done again."""
    bot = ctx.telegram
    if bot is None:
        return []
    data: dict[str, Any] = {"registered": False, "state": "polling"}
    if ctx.settings.telegram_mode == "webhook":
        address = f"{ctx.settings.public_url}/webhooks/telegram"
        bot.register(address)
        data = {"registered": True, "state": "registered"}
    return observe(ctx, BOT, data | {"username": bot.introduce()})


def not_set_up(ctx: Context, error: str) -> list[Change]:
    """It was given up: said loudly where nothing arrives then; of a refused token the bridge tells by itself."""
    data = {"registered": False, "state": "failed", "error": error, "username": observation(ctx, BOT).get("username")}
    deaf = ctx.settings.telegram_mode == "webhook"
    return [*observe(ctx, BOT, data), *([tell("integration", state="bot_token", error=error)] if deaf else [])]


def watch(ctx: Context) -> list[Change]:
    """In webhook mode: is the registered address still ours, and does Telegram get through?"""
    bot = ctx.telegram
    if bot is None or ctx.settings.telegram_mode != "webhook":
        return []
    known = observation(ctx, BOT)
    try:
        hook = bot.webhook_state()
    except PermanentError as error:
        return observe(ctx, BOT, known | {"registered": False, "state": "failed", "error": str(error)})
    except ProviderError:
        return []
    ours = hook["address"] == f"{ctx.settings.public_url}/webhooks/telegram"
    found = {"registered": ours, "state": "registered" if ours else "foreign_address", "waiting": hook["waiting"]}
    return observe(ctx, BOT, known | found | {"error": hook["error"]})


def name(ctx: Context) -> str:
    """The bot's name without the at sign; empty until it is known."""
    return str(observation(ctx, BOT).get("username") or "")
