"""`worker`: the job runner alone, to add job capacity beside the web processes."""

from __future__ import annotations

import os
import sys

import click

from crystalbay.cli.common import application, settings
from crystalbay.ending import Ending
from crystalbay.store.connection import MEMORY, database_of

MOST_THREADS = 256


@click.command("worker")
@click.option("--threads", default=16, show_default=True, type=click.IntRange(1, MOST_THREADS), help="Jobs at a time.")
def worker(threads: int) -> None:
    """Run jobs without the web, until SIGTERM or Ctrl+C. Any number may share one PostgreSQL or Supabase."""
    url = settings().store_url
    if url.startswith("sqlite:") and database_of(url)[0] == MEMORY:
        raise click.ClickException(
            "DATABASE_URL: a store in memory (sqlite://) belongs to one process. A worker needs postgresql://…,"
            " Supabase or a file (sqlite:///…) that it can share with the web process."
        )
    _work_until_told(threads)


def _work_until_told(threads: int) -> None:
    from main import start, stop  # main imports this package

    ending = Ending()
    app = application()
    background = start(app, workers=threads, web=False)
    click.echo(f"Crystal Bay worker: {threads} threads, {background.runner.owner}")
    ending.wait()
    stop(background)
    app.extensions["crystalbay"].store.close()
    click.echo("Crystal Bay worker: ended")
    if not background.runner.idle:  # a job that waits for its provider is taken up by others after its lease
        sys.stdout.flush()
        os._exit(0)
