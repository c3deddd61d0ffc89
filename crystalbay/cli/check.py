"""`check`: does what is configured work?"""

from __future__ import annotations

from collections.abc import Callable

import click

from crystalbay.cli.common import context
from crystalbay.errors import CrystalBayError
from crystalbay.services.context import Context


@click.command("check")
def check() -> None:
    """Try every integration and print a table; exit code 1 when one that is configured does not work."""
    ctx = context()
    tours: Callable[[], str] | None = getattr(ctx.supplier, "check", None)
    results = [
        ("store", *_tried(lambda: _ping(ctx))),
        ("wazzup", *_tried(ctx.wazzup.check if ctx.wazzup else None, "WAZZUP_API_KEY")),
        ("telegram", *_tried(ctx.telegram.client.check if ctx.telegram else None, "TELEGRAM_BOT_TOKEN")),
        ("tours", *_tried(tours, "SAMO_OAUTH_TOKEN")),
    ]
    click.echo(f"APP_ENV={ctx.settings.app_env}; the settings of this shell and of .env")
    for name, state, words in results:
        click.echo(f"{name:8} {state:6} {words}")
    if any(state == "ERROR" for _, state, _ in results):
        raise SystemExit(1)


def _ping(ctx: Context) -> str:
    ctx.store.ping()
    return "работает"


def _tried(call: Callable[[], str] | None, variable: str = "") -> tuple[str, str]:
    """OK, ERROR or - (not configured), and what happened in words."""
    if call is None:
        return "-", f"не настроено: {variable}"
    try:
        return "OK", call()
    except CrystalBayError as error:
        return "ERROR", str(error)
