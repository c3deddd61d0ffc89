"""Commands that open the store by themselves: they work while the application cannot start."""

from __future__ import annotations

from pathlib import Path

import click

from crystalbay.cli import backups, migrating
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


@click.command("backup")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to make; else DATA_DIR/backups.")
def backup(to: Path | None) -> None:
    """Save the embedded store and the files of messages in one file, while the application runs."""
    with told_plainly():
        backups.back_up(settings(), to)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put a backup in the place of the present store, also while the application runs."""
    with told_plainly():
        backups.restore(settings(), file, lambda question: yes or click.confirm(question))
