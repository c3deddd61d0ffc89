"""`migrate`: it works while the application cannot start, for every kind of store."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from crystalbay.sandbox.supabase import SupabaseSandbox
from crystalbay.store.migrations.postgres import numbered
from tests.commands import done, flask
from tests.postgres import database  # noqa: F401

FILES = [path.name for _, path in numbered()]


def test_postgres_is_migrated_file_by_file_and_then_the_application_starts(database: str, tmp_path: Path) -> None:  # noqa: F811
    env = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database}
    refused = flask(env, "check")
    assert refused.returncode == 2
    assert FILES[0] in refused.stderr
    assert [line.rpartition("/")[2] for line in done(env, "migrate").splitlines() if line.startswith("ran ")] == FILES
    assert done(env, "migrate").strip() == "The database is at the newest schema."
    assert "store    OK" in done(env, "check")


def test_a_supabase_project_is_told_what_to_run(database: str, tmp_path: Path) -> None:  # noqa: F811
    with SupabaseSandbox(database) as project:
        env = {"DATA_DIR": str(tmp_path), "SUPABASE_URL": project.url, "SUPABASE_KEY": "sb_secret_test"}
        told = flask(env, "migrate")
        assert told.returncode == 1
        places = [told.stdout.index(name) for name in FILES]
        assert places == sorted(places)
        script = done(env, "migrate", "--print")
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(script.encode())
        assert done(env, "migrate").strip() == "The project is at the newest schema."
        assert done(env, "migrate", "--print") == ""
        assert "store    OK" in done(env, "check")


def test_a_project_is_migrated_over_its_connection_string(database: str, tmp_path: Path) -> None:  # noqa: F811
    with SupabaseSandbox(database) as project:
        env = {"DATA_DIR": str(tmp_path), "SUPABASE_URL": project.url, "SUPABASE_KEY": "sb_secret_test"}
        assert "ran deploy/supabase/migrations/" in done(env, "migrate", "--to", database)
        assert "store    OK" in done(env, "check")


def test_a_newer_database_is_left_alone(database: str, tmp_path: Path) -> None:  # noqa: F811
    env = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database}
    done(env, "migrate")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("insert into schema_migrations values (99990101000000, 'later', now())")
    refused = flask(env, "migrate")
    assert refused.returncode == 2
    assert "Start the newer program" in refused.stderr


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ({"DATABASE_URL": "postgresql://u:topsecret@127.0.0.1:1/x"}, 1, "Connection refused"),
        ({"SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_KEY": "sb_secret_x"}, 1, "Supabase"),
        ({"SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_KEY": "sb_publishable_x"}, 2, "publishable"),
        ({"SUPABASE_URL": "http://127.0.0.1:1"}, 2, "SUPABASE_KEY is missing"),
        ({"DATABASE_URL": "mysql://x"}, 2, "DATABASE_URL"),
    ],
)
def test_what_is_wrong_is_said_plainly(tmp_path: Path, settings: dict[str, str], code: int, words: str) -> None:
    refused = flask({"DATA_DIR": str(tmp_path)} | settings, "migrate")
    assert refused.returncode == code
    assert words in refused.stderr
    assert "topsecret" not in refused.stderr + refused.stdout
