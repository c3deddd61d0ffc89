"""Crystal Bay's front door: create_app(), the life of a process, the demo launcher.

gunicorn -c deploy/gunicorn.conf.py main:app     production: one process does everything
flask --app main …                               commands (crystalbay/cli/)
python main.py [--store postgres|supabase]       the demo: sandbox providers and the app, ended together by Ctrl+C
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from flask import Flask
from flask_cors import CORS

import app_api
import lead_import_api
import nlp_processor
from api_integration import SamoClient
from crystalbay import cli, logs
from crystalbay.clock import Clock, SystemClock
from crystalbay.config import Settings, kept_secret, load
from crystalbay.errors import ConfigError, Invalid
from crystalbay.jobs.bridge import RENEW_S, TTL_S, Supervisor
from crystalbay.jobs.handlers import handlers
from crystalbay.jobs.recovery import Recovery
from crystalbay.jobs.runner import Handler, Runner
from crystalbay.jobs.schedule import Schedule
from crystalbay.limits import NoLimit
from crystalbay.services import passwords, staff
from crystalbay.services.context import Context
from crystalbay.services.outage import IMPORT
from crystalbay.services.pace import SharedLimiter
from crystalbay.services.reach import Reach
from crystalbay.services.work import new_job
from crystalbay.store import open_store
from crystalbay.store.interface import Store
from crystalbay.store.journal import Journal
from crystalbay.web import (
    assets,
    auth,
    dashboard,
    demo,
    errors,
    events,
    files,
    frame,
    health,
    i18n,
    kept,
    lead_pages,
    metrics,
    security,
    settings_pages,
    sign_in,
    squeeze,
    stale,
    webhooks,
    wiring,
)
from crystalbay.web.live import Notifier
from models import Channel
from wazzup_integration import WazzupChannel, WazzupClient

if TYPE_CHECKING:
    from bot import TelegramChannel

log = structlog.get_logger(__name__)

ROOT = Path(__file__).parent
SAMO_PACE_S = 1.05

NO_OTHER_WORKER = 3
"""The exit code of a worker after which gunicorn ends instead of starting another (its Arbiter.WORKER_BOOT_ERROR)."""


@dataclass
class Background:
    """What runs beside the requests of a process."""

    recovery: Recovery
    runner: Runner
    schedule: Schedule
    notifier: Notifier | None
    bridge: Supervisor | None


def build_context(
    settings: Settings, *, store: Store | None = None, clock: Clock | None = None, samo_pace_s: float = SAMO_PACE_S
) -> Context:
    """The store and the outside world, as configured. Raises ConfigError."""
    clock = clock or SystemClock()
    store = store or open_store(settings.store_url, clock, key=settings.supabase_key.get_secret_value())
    key, token = settings.wazzup_api_key.get_secret_value(), settings.samo_oauth_token.get_secret_value()
    wazzup = WazzupClient(settings.wazzup_api_url, key, limiter=NoLimit()) if key else None
    pace = SharedLimiter(store, clock, "samo", samo_pace_s)
    telegram = _telegram(settings, store, clock)
    channels: dict[str, Channel] = {}
    if wazzup:
        channels["wazzup"] = WazzupChannel(wazzup, settings.wazzup_api_secret.get_secret_value())
    if telegram:
        channels["telegram"] = telegram
    return Context(
        store=store,
        files=store.files(settings.data_dir / "attachments"),
        journal=Journal(settings.data_dir / "journal", settings.journal_max_mb * 1024 * 1024),
        reach=Reach(clock),
        clock=clock,
        settings=settings,
        channels=channels,
        supplier=SamoClient(settings.samo_api_url, token, clock=clock, limiter=pace) if token else None,
        understand=nlp_processor.understand,
        wazzup=wazzup,
        telegram=telegram,
    )


def _telegram(settings: Settings, store: Store, clock: Clock) -> TelegramChannel | None:
    """The bot's channel; without a token its library is not even loaded."""
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        return None
    from bot import TelegramChannel, TelegramClient, hook_secret

    client = TelegramClient(settings.telegram_api_url, token, limiter=SharedLimiter(store, clock, "telegram", 1 / 30))
    return TelegramChannel(
        client,
        token,
        hook_secret(token, settings.telegram_webhook_secret.get_secret_value()),
        managers_chat=settings.telegram_managers_chat_id,
        zone=ZoneInfo(settings.timezone),
        clock=clock,
    )


def create_app(
    settings: Settings | None = None,
    *,
    store: Store | None = None,
    clock: Clock | None = None,
    samo_pace_s: float = SAMO_PACE_S,
) -> Flask:
    """The web application. Nothing runs in the background until `start`.

    A store out of reach does not hinder it: what needs the store is done when it is back. Raises ConfigError for a
    wrong setting.
    """
    settings = settings or load()
    logs.configure(settings.log_level, _secrets(settings))
    ctx = build_context(settings, store=store, clock=clock, samo_pace_s=samo_pace_s)
    app = Flask(__name__, root_path=str(ROOT), static_url_path=f"/static/{assets.version()}")
    app.config.update(
        SECRET_KEY=kept_secret(settings, "secret_key", settings.secret_key),
        **auth.cookie_settings(settings.public_url),
        BABEL_DEFAULT_LOCALE="ru",
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
    )
    i18n.init_app(app)
    kept.init_app(app)
    if settings.origins:
        CORS(app, resources={r"/api/*": {"origins": settings.origins}}, supports_credentials=False)
    wiring.install(app, ctx)
    pages = [squeeze, security, metrics, auth, sign_in, errors, stale, webhooks, health, frame, dashboard, lead_pages]
    pages += [settings_pages, files]
    if settings.app_env == "demo":
        pages.append(demo)
    for part in pages:
        part.init_app(app)
    app.extensions["crystalbay.notifier"] = events.init_app(app)
    app_api.init_app(app)
    lead_import_api.init_app(app)
    app.wsgi_app = assets.Assets(app.wsgi_app, settings.data_dir / "static")  # type: ignore[method-assign]
    if settings.admin_email:
        password = _good_password(settings)
        ctx.reach.once(lambda: staff.ensure_administrator(ctx.store, settings.admin_email, password))
    return app


def _good_password(settings: Settings) -> str:
    """The administrator's. Raises ConfigError for one that anybody guesses first."""
    password = settings.admin_password.get_secret_value()
    try:
        passwords.check(password, settings.admin_email)
    except Invalid as error:
        raise ConfigError(f"ADMIN_PASSWORD: {error.message}") from None
    return password


def _secrets(settings: Settings) -> list[str]:
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return [value.get_secret_value() for value in values if hasattr(value, "get_secret_value")]


def start(
    app: Flask,
    *,
    workers: int = 16,
    lease_s: float = 15.0,
    renew_s: float = 5.0,
    web: bool = True,
    address: str = "",
) -> Background:
    """Start this process's job threads and schedule. After a fork, never at import.

    For the `web` also its notifier, and the keeper of the Telegram bridge; `address`: where this process can be called
    from its own machine (default: http://127.0.0.1:PORT).
    """
    ctx: Context = app.extensions["crystalbay"]
    runner = Runner(
        ctx.store, job_handlers(ctx), workers=workers, lease_s=lease_s, renew_s=renew_s, crowded=metrics.crowded
    ).start()
    schedule = Schedule(ctx, runner.owner, ttl_s=lease_s, renew_s=renew_s).start()
    notifier: Notifier | None = app.extensions["crystalbay.notifier"].start() if web else None
    if web and ctx.wazzup and ctx.settings.public_url:
        register = new_job("register", {}, key="register")
        ctx.reach.once(lambda: ctx.store.commit([register]))
    if ctx.telegram:
        ctx.reach.once(lambda: ctx.store.commit([new_job("set_up_bot", {}, key="set_up_bot")]))
    recovery = Recovery(ctx, runner.owner).start()
    bridge = _bridge(ctx, runner.owner, address, lease_s, renew_s) if web else None
    return Background(recovery, runner, schedule, notifier, bridge)


def _bridge(ctx: Context, owner: str, address: str, lease_s: float, renew_s: float) -> Supervisor | None:
    """With a token and TELEGRAM_MODE=polling: the keeper of the process that fetches updates."""
    if ctx.telegram is None or ctx.settings.telegram_mode != "polling":
        return None
    here = address or f"http://127.0.0.1:{ctx.settings.port}"
    return Supervisor(ctx, owner, here, ttl_s=min(lease_s, TTL_S), renew_s=min(renew_s, RENEW_S)).start()


def job_handlers(ctx: Context) -> dict[str, Handler]:
    """All kinds of jobs: those of the services, and the imports that were kept."""
    return {**handlers(ctx), IMPORT: lead_import_api.kept_requests(ctx)}


def stop(background: Background) -> None:
    """End the threads cleanly: streams first, then ticks, then jobs; what is cut is taken up again after its lease."""
    if background.bridge:
        background.bridge.stop()
    if background.notifier:
        background.notifier.stop()
    background.recovery.stop()
    background.schedule.stop()
    background.runner.stop()


def __getattr__(name: str) -> Any:
    """`main:app`, made when a server or the flask command asks for it, so that importing main starts nothing."""
    if name != "app":
        raise AttributeError(name)
    return cli.front(_app_or_end) if cli.looking_up() else _app_or_end(NO_OTHER_WORKER)


def _app_or_end(code: int = cli.WRONG_SETTING) -> Flask:
    """The application; a wrong setting ends the process with words and this exit code."""
    try:
        return create_app()
    except ConfigError as error:
        sys.stderr.write(f"Crystal Bay cannot start:\n{error}\n")
        raise SystemExit(code) from None


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(cli.run_demo(sys.argv[1:]))
