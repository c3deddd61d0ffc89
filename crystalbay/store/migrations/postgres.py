"""Migrations of PostgreSQL and Supabase: SQL files in deploy/supabase/migrations, named as the Supabase CLI wants.

`schema_migrations` tells which were run. Each may be run again; a released file never changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crystalbay.errors import ConfigError

if TYPE_CHECKING:
    import psycopg

FOLDER = Path(__file__).parents[3] / "deploy" / "supabase" / "migrations"
_LOCK = 7220880


def numbered() -> list[tuple[int, Path]]:
    """All migrations, in order."""
    return sorted((int(path.name.partition("_")[0]), path) for path in FOLDER.glob("*.sql"))


def state_of(connection: psycopg.Connection[Any]) -> int:
    """The newest migration that was run here; 0: none."""
    row = connection.execute("select to_regclass('public.schema_migrations')").fetchone()
    if row is None or row[0] is None:
        return 0
    newest = connection.execute("select coalesce(max(version), 0) from public.schema_migrations").fetchone()
    return int(newest[0]) if newest else 0


def missing(state: int) -> list[Path]:
    """The files that a database in this state still needs, in order."""
    return [path for version, path in numbered() if version > state]


def require_newest(state: int, how: str) -> None:
    """Raise ConfigError unless the database is at our newest migration. `how`: what brings it there."""
    newest = numbered()[-1][0]
    if state > newest:
        raise ConfigError(
            f"DATABASE_URL: the database is at migration {state}, this program knows {newest}. Start the newer program."
        )
    if state < newest:
        names = ", ".join(f"deploy/supabase/migrations/{path.name}" for path in missing(state))
        raise ConfigError(f"the database lacks tables or functions of this version. Run {how} ({names})")


def migrate(url: str) -> list[Path]:
    """Run what is missing, each file in a transaction, one migrator at a time. Answers the files that were run.

    Raises psycopg.Error when the database refuses one.
    """
    import psycopg

    done = []
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        for path in missing(state_of(connection)):
            with connection.transaction():
                connection.execute(path.read_bytes())
            done.append(path)
        connection.execute("select pg_advisory_unlock(%s)", (_LOCK,))
    return done
