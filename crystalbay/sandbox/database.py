"""The demo's own database: a PostgreSQL whose data stays, and over it, if wanted, the simulated Supabase.

    python -m crystalbay.sandbox.database supabase --folder data --port 8803 --postgres-port 8804

It is prepared as a hosted project is, migrated, and ready when READY is printed; SIGTERM ends all of it.
"""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

import psycopg

from crystalbay.sandbox.postgres import Cluster, PostgresError, PostgresMissing
from crystalbay.sandbox.supabase import SupabaseSandbox, prepare_database
from crystalbay.store.migrations.postgres import migrate

NAME = "crystalbay"
_MISSING = (
    "STORE={}: {} (sudo apt-get install postgresql); its service need not run. Or leave STORE out: the embedded"
    " store needs nothing."
)


def serve(kind: str, folder: Path, port: int, postgres_port: int) -> None:
    """Start everything, say READY, and end it at SIGTERM. Raises PostgresError and psycopg.Error."""
    ending: SimpleQueue[int] = SimpleQueue()  # which, other than an Event, a signal may interrupt anywhere
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda number, _: ending.put(number))
    with ExitStack() as running:
        cluster = Cluster(folder / "postgres", durable=True)
        cluster.port = postgres_port
        running.enter_context(cluster)
        dsn = cluster.dsn(NAME)
        if NAME not in cluster.databases():
            cluster.create_database(NAME)
        prepare_database(dsn)
        migrate(dsn)
        if kind == "supabase":
            running.enter_context(SupabaseSandbox(dsn, port=port, folder=folder / "supabase"))
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        ending.get()


def main(arguments: list[str] | None = None) -> int:
    """Serve until it is told to end. The exit code."""
    parser = argparse.ArgumentParser(prog="python -m crystalbay.sandbox.database", description="The demo's database.")
    parser.add_argument("kind", choices=("postgres", "supabase"))
    parser.add_argument("--folder", type=Path, required=True, help="where its data is kept")
    parser.add_argument("--port", type=int, default=8803, help="of the simulated Supabase (default: %(default)s)")
    parser.add_argument("--postgres-port", type=int, required=True, help="of PostgreSQL")
    given = parser.parse_args(arguments)
    try:
        serve(given.kind, given.folder, given.port, given.postgres_port)
    except PostgresMissing as missing:
        sys.stderr.write(f"{_MISSING.format(given.kind, missing)}\n")
        return 1
    except (PostgresError, psycopg.Error, OSError) as error:
        sys.stderr.write(f"STORE={given.kind}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
