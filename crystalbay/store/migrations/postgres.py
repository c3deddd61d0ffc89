"""Migrations of PostgreSQL and Supabase: SQL files in deploy/supabase/migrations, named as the Supabase CLI wants.

`schema_migrations` tells which were run. Each may be run again; a released file never changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crystalbay.errors import ConfigError
from crystalbay.store.schema import metadata

if TYPE_CHECKING:
    import psycopg

FOLDER = Path(__file__).parents[3] / "deploy" / "supabase" / "migrations"
_LOCK = 7220880

SEQUENCES = ("activities_seq_seq", "jobs_seq_seq", "lead_deltas_seq_seq", "leads_number_seq")
FUNCTIONS = (
    "where_sql", "sort_sql", "find_rows", "moments", "apply_insert", "set_sql", "expect_sql", "apply_change",
    "commit_changes", "claim_jobs", "renew_jobs", "take_lease", "fold_counts", "board_counts", "board", "lacking",
)  # fmt: skip
"""All that the store calls, or that these call with the rights of the caller."""


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


def require_newest(state: int, how: str, *, variable: str) -> None:
    """Raise ConfigError unless the database is at our newest migration. `how`: what brings it there."""
    newest = numbered()[-1][0]
    if state > newest:
        raise ConfigError(
            f"{variable}: the database is at migration {state}, this program knows {newest}. Start the newer program."
        )
    if state < newest:
        names = ", ".join(f"deploy/supabase/migrations/{path.name}" for path in missing(state))
        raise ConfigError(f"{variable}: the database lacks tables or functions of this version. Run {how} ({names})")


def wanted() -> dict[str, Any]:
    """What the SQL function `lacking` is asked: may we use all of this?"""
    return {"p_tables": list(metadata.tables), "p_functions": list(FUNCTIONS), "p_sequences": list(SEQUENCES)}


def require_rights(lacking: list[str], *, variable: str) -> None:
    """Raise ConfigError for what `lacking` named."""
    if lacking:
        names = ", ".join(f"deploy/supabase/migrations/{path.name}" for _, path in numbered())
        few = ", ".join(lacking[:5]) + (" …" if len(lacking) > 5 else "")
        raise ConfigError(
            f"{variable}: no permission for {few}. The grants are missing: run these files again: {names}"
        )


def migrate(url: str) -> list[Path]:
    """Run what is missing, each file in a transaction, one migrator at a time. Answers the files that were run.

    Raises psycopg.Error when the database refuses one.
    """
    import psycopg

    done = []
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
        for version, path in numbered():
            with connection.transaction():  # the lock ends with it: a pooler's next transaction may be elsewhere
                connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
                if state_of(connection) < version:
                    connection.execute(path.read_bytes())
                    done.append(path)
    return done
