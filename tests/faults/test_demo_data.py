"""`flask --app main demo-data`: an agency of any size to try the board with."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.commands import flask


def counts(path: Path) -> tuple[int, int]:
    with sqlite3.connect(path) as store:
        leads, columns = store.execute("select count(*), count(distinct status) from leads").fetchone()
    return int(leads), int(columns)


def test_leads_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    env = {"APP_ENV": "development", "DATA_DIR": str(tmp_path)}
    for there in (700, 1400):
        said = flask(env, "demo-data", "--leads", "700")
        assert (said.returncode, said.stdout) == (0, "700 leads were added.\n"), said.stderr
        assert counts(tmp_path / "crystalbay.db") == (there, 5)


def test_production_takes_no_invented_leads(tmp_path: Path) -> None:
    env = {"APP_ENV": "production", "DATA_DIR": str(tmp_path)}
    said = flask(env, "demo-data", "--leads", "5")
    assert said.returncode == 1
    assert "APP_ENV" in said.stderr
    assert counts(tmp_path / "crystalbay.db") == (0, 0)


def test_how_many_is_checked(tmp_path: Path) -> None:
    said = flask({"APP_ENV": "development", "DATA_DIR": str(tmp_path)}, "demo-data", "--leads", "0")
    assert said.returncode == 2
    assert "1<=x<=1000000" in said.stderr
