"""A server that cannot work ends, with the words once: what supervises it shall see that, not an endless restart."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from crystalbay.sandbox.supabase import prepare_database
from crystalbay.store import open_store
from crystalbay.store.migrations.postgres import migrate, numbered
from tests.commands import environment
from tests.postgres import database  # noqa: F401
from tests.process import ROOT, free_port

PATIENCE_S = 10


def served(env: dict[str, str]) -> tuple[int, str]:
    """The exit code of the production server, and what it said."""
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "main:app"]
    given = environment({"APP_ENV": "production", "PORT": str(free_port())} | env)
    with _running(command, given) as server:
        _, said = server.communicate(timeout=PATIENCE_S)
        return server.returncode, said


@contextmanager
def _running(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait(PATIENCE_S)


def assert_ended_with(words: str, env: dict[str, str]) -> None:
    code, said = served(env)
    assert code != 0
    assert said.count("Crystal Bay cannot start") == 1
    assert said.count(words) == 1
    assert "Traceback" not in said


def test_a_database_without_tables(database: str, tmp_path: Path) -> None:  # noqa: F811
    assert_ended_with("flask --app main migrate", {"DATABASE_URL": database, "DATA_DIR": str(tmp_path)})


def test_an_older_database(database: str, tmp_path: Path) -> None:  # noqa: F811
    prepare_database(database)
    migrate(database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("delete from schema_migrations where version = %s", (numbered()[-1][0],))
    assert_ended_with(numbered()[-1][1].name, {"DATABASE_URL": database, "DATA_DIR": str(tmp_path)})


def test_a_newer_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with closing(open_store(url)):
        pass
    with closing(sqlite3.connect(tmp_path / "store.db")) as raw:
        raw.execute("pragma user_version = 999999")
        raw.commit()
    assert_ended_with("newer", {"DATABASE_URL": url, "DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("TIMEZONE", "Mars/Phobos", "TIMEZONE:"),
        ("SUPABASE_URL", "https://a.supabase.co", "SUPABASE_KEY"),
        ("PORT", "abc", "PORT:"),
    ],
)
def test_a_wrong_setting(tmp_path: Path, name: str, value: str, named: str) -> None:
    assert_ended_with(named, {"DATA_DIR": str(tmp_path), name: value})


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("", encoding="utf-8")
    assert_ended_with("DATA_DIR:", {"DATA_DIR": str(tmp_path)})
