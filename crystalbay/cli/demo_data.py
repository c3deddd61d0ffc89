"""The command that fills an empty store with invented leads, to see how the board looks and works with many."""

from __future__ import annotations

import click

from crystalbay.cli.common import context
from crystalbay.services.many_leads import fill

MOST = 1_000_000


@click.command("demo-data")
@click.option("--leads", type=click.IntRange(1, MOST), default=200, show_default=True, help="How many.")
def demo_data(leads: int) -> None:
    """Add invented leads of invented customers, spread over the board's columns. Not in production."""
    ctx = context()
    if not ctx.settings.simulated:
        raise click.ClickException("invented leads do not belong into production: set APP_ENV=development or demo")
    fill(ctx.store, leads)
    click.echo(f"{leads} leads were added.")
