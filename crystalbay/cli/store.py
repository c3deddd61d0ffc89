"""Commands that open the store by themselves: they work while the application cannot start."""

from __future__ import annotations

import click

from crystalbay.cli import migrating
from crystalbay.cli.common import settings, told_plainly

PROJECT = "A connection string of the project, postgresql://…: the files are run there."


@click.command("migrate")
@click.option("--to", metavar="URL", help=PROJECT)
@click.option("--print", "printed", is_flag=True, help="Supabase: the SQL itself, for psql or the SQL editor.")
def migrate(to: str | None, printed: bool) -> None:
    """Bring the store to the newest schema.

    SQLite and PostgreSQL are migrated. A Supabase project cannot be by its key: what to run is listed (exit code 1
    until it was run); --to runs it over the project's connection string.
    """
    with told_plainly():
        if to:
            migrating.postgres(to)
            return
        configured = settings()
        if configured.store_url.startswith("sqlite:"):
            migrating.embedded(configured.store_url)
        elif configured.store_url.startswith("postgresql:"):
            migrating.postgres(configured.store_url)
        else:
            migrating.supabase(configured.supabase_url, configured.supabase_key.get_secret_value(), printed=printed)
