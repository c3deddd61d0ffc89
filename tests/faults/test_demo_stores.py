"""`make run STORE=…`: the demo on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from crystalbay.sandbox import database
from crystalbay.sandbox.postgres import Cluster, PostgresMissing
from tests.faults.test_process import Demo, signed_in
from tests.postgres import need_postgres, open_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as free:
        need_postgres(free / "unused")
        yield free


def add_lead(demo: Demo, text: str) -> None:
    """A manager makes a lead."""
    session = signed_in(demo.url, "admin@crystalbay.example", demo.password)
    token = session.get(f"{demo.url}/", timeout=10).text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = session.post(
        f"{demo.url}/api/v1/leads",
        json={"source": "test", "external_id": text, "name": text},
        headers={"X-CSRFToken": token},
        timeout=10,
    )
    assert answer.status_code == 201, answer.text


def leads_of(demo: Demo) -> list[str]:
    session = signed_in(demo.url, "admin@crystalbay.example", demo.password)
    return [lead["external_id"] for lead in session.get(f"{demo.url}/api/v1/leads", timeout=10).json()["items"]]


@pytest.mark.slow
def test_the_demo_keeps_its_data_on_postgres_and_behind_supabase(folder: Path) -> None:
    """The same database is reached by either way: first through the simulated Supabase, then directly."""
    for kind in ("supabase", "postgres"):
        demo = Demo(folder, arguments=("--store", kind))
        try:
            demo.ready()
            assert f"(a PostgreSQL of its own in {folder}/postgres)" in demo.said
            if kind == "supabase":
                add_lead(demo, "kept")
            assert leads_of(demo) == ["kept"]
            assert demo.interrupted() < 10
            assert demo.process.wait(5) == 0
        finally:
            demo.end()


@pytest.mark.slow
def test_nothing_survives_a_launcher_that_is_killed(folder: Path) -> None:
    demo = Demo(folder, arguments=("--store", "supabase"))
    try:
        demo.ready()
        demo.process.kill()
        with Cluster(folder / "postgres"):  # waits until the server of the demo has gone
            pass
        with pytest.raises(requests.ConnectionError):
            requests.get(demo.url, timeout=2)
    finally:
        with suppress(ProcessLookupError):
            demo.end()


def test_a_database_that_is_configured_is_not_replaced(folder: Path) -> None:
    demo = Demo(folder, {"DATABASE_URL": "sqlite://"}, arguments=("--store", "postgres"))
    assert "leave DATABASE_URL and SUPABASE_URL out" in demo.refused()


def test_without_postgres_it_says_which_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> Path:
        raise PostgresMissing('PostgreSQL is missing: install Debian\'s package "postgresql"')

    monkeypatch.setattr("crystalbay.sandbox.postgres.find_binaries", missing)
    arguments = ["supabase", "--folder", str(tmp_path), "--postgres-port", "1"]
    assert database.main(arguments) == 1
    assert 'STORE=supabase: PostgreSQL is missing: install Debian\'s package "postgresql"' in capsys.readouterr().err
