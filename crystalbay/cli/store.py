"""Commands that open the store by themselves: they work while the application cannot start."""

from __future__ import annotations

import os
from pathlib import Path

import click

from crystalbay.cli import backups, copies, migrating
from crystalbay.cli.common import about, settings, told_plainly
from crystalbay.config import Settings

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
            with about(to, "--to"):
                migrating.postgres(to)
            return
        configured = settings()
        if configured.store_url.startswith("sqlite:"):
            migrating.embedded(configured.store_url)
        elif configured.store_url.startswith("postgresql:"):
            with about(configured.store_url, "DATABASE_URL"):
                migrating.postgres(configured.store_url)
        else:
            migrating.supabase(configured.supabase_url, configured.supabase_key.get_secret_value(), printed=printed)


@click.command("backup")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to make; else DATA_DIR/backups.")
def backup(to: Path | None) -> None:
    """Save the embedded store and the files of messages in one file, while the application runs.

    PostgreSQL and Supabase have their own tools; this says which, and where the files of messages are.
    """
    with told_plainly():
        backups.back_up(settings(), to)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put a backup in the place of the present store, also while the application runs."""
    with told_plainly():
        backups.restore(settings(), file, lambda question: yes or click.confirm(question))


@click.command("copy-store")
@click.option("--to", required=True, metavar="URL", help="postgresql://… or https://….supabase.co, migrated and empty.")
@click.option(
    "--key-env", default="SUPABASE_KEY", show_default=True, help="The variable with the project's secret key."
)
@click.option("--again", is_flag=True, help="After a whole copy: bring over what has changed here since.")
def copy_store(to: str, key_env: str, again: bool) -> None:
    """Copy the embedded store into PostgreSQL or Supabase, and compare every row.

    It may be stopped at any time: run again, it goes on. Exit code 1 when the two are not equal in the end.
    """
    with told_plainly():
        key = copies.key_for(to, key_env)
        own = _embedded_settings()
        source = backups.database(own)
        with about(to, "--to"):
            equal = copies.copy_store(source, own.data_dir.resolve(), to, key, again=again)
    if not equal:
        raise click.ClickException("the target does not hold the same; see above")
    click.echo("The copy equals the store.")


def _embedded_settings() -> Settings:
    """The settings as they are without the database that may be named in them already: the one to copy to."""
    given = os.environ.get("DATABASE_URL", "")
    return settings(database_url=given if given.startswith("sqlite:") else "", supabase_url="", supabase_key="")
