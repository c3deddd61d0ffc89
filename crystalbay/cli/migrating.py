"""What `migrate` does for each kind of store."""

from __future__ import annotations

from pathlib import Path

import click

from crystalbay.errors import ConfigError
from crystalbay.store import open_store
from crystalbay.store.migrations import postgres as files


def embedded(url: str) -> None:
    """Opening it migrates it, as at every start."""
    open_store(url).close()
    click.echo(f"The store is at the newest schema: {url}")


def postgres(url: str) -> None:
    """Run what is missing. Raises ConfigError for an address, a password or rights that cannot work."""
    import psycopg

    from crystalbay.store.postgres import check, refusal

    if not url.startswith("postgresql://"):
        raise ConfigError("DATABASE_URL: must begin with postgresql://")
    try:
        for path in files.migrate(url):
            click.echo(f"ran {_name(path)}")
        check(url)
    except psycopg.Error as error:
        raise refusal(error) from None
    click.echo("The database is at the newest schema.")


def supabase(url: str, key: str, *, printed: bool) -> None:
    """Say what is missing in the project; `printed`: the SQL to standard output, the words to the other."""
    from crystalbay.store.supabase import state_of

    state = state_of(url, key)
    lacking = files.missing(state)
    if not lacking:
        files.require_newest(state, "the newer program", variable="SUPABASE_URL")
        click.echo("The project is at the newest schema.", err=printed)
        return
    if printed:
        for path in lacking:
            click.echo(f"-- {path.name}\n{path.read_text(encoding='utf-8')}")
        return
    click.echo("The project lacks tables or functions of this version. Run these files in order, in its SQL editor:")
    for path in lacking:
        click.echo(f"  {_name(path)}")
    click.echo(
        "or: flask --app main migrate --print | psql 'postgresql://…'\n"
        "or: flask --app main migrate --to 'postgresql://…' (the project's connection string)"
    )
    raise SystemExit(1)


def _name(path: Path) -> str:
    return f"deploy/supabase/migrations/{path.name}"
