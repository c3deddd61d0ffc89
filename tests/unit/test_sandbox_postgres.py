"""The throwaway PostgreSQL cluster: made, kept, stopped hard, and gone when its owner is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from crystalbay.sandbox import postgres
from crystalbay.sandbox.postgres import Cluster, PostgresError, PostgresMissing
from tests.postgres import cluster, need_postgres, new_database, open_folder

__all__ = ["cluster"]

OWNER = """
import sys, time
from pathlib import Path
from crystalbay.sandbox.postgres import Cluster
cluster = Cluster(Path(sys.argv[1])).start()
print(cluster.pid, cluster.dsn(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as path:
        need_postgres(path)
        yield path


def rows(dsn: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def start_owner(folder: Path) -> tuple[subprocess.Popen[str], int, str]:
    """A process that owns a cluster in `folder`; its server's pid and address."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid, dsn = owner.stdout.readline().split()
    return owner, int(pid), dsn


def kill(owner: subprocess.Popen[str]) -> None:
    owner.kill()
    owner.communicate()


def test_the_newest_installed_version_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version in ("9.6", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    monkeypatch.setattr(postgres, "PROGRAMS", tmp_path)
    assert postgres.find_binaries() == tmp_path / "16" / "bin"


def test_a_missing_postgresql_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PostgresMissing, match='Debian\'s package "postgresql"'):
        Cluster(tmp_path / "data")


def test_databases_come_and_go(cluster: Cluster) -> None:
    with new_database(cluster) as dsn:
        name = dsn.rsplit("/", 1)[1]
        assert rows(dsn, "select current_database(), current_setting('TimeZone')") == [(name, "UTC")]
        assert name in cluster.databases()
        with psycopg.connect(dsn):  # a connection left open does not keep it alive
            cluster.drop_database(name)
    assert name not in cluster.databases()


def test_a_database_is_a_copy_of_its_template(cluster: Cluster) -> None:
    with new_database(cluster) as template:
        with psycopg.connect(template) as connection:
            connection.execute("create table tours (name text)")
            connection.execute("insert into tours values ('Сиде')")
        with new_database(cluster, template.rsplit("/", 1)[1]) as dsn:
            assert rows(dsn, "select name from tours") == [("Сиде",)]


def test_cyrillic_letters_have_a_case(cluster: Cluster) -> None:
    assert rows(cluster.dsn(), "select 'ТУРЦИЯ' ilike '%турц%', lower('ЁЛКА')") == [(True, "ёлка")]


def test_two_hundred_clients_find_room(cluster: Cluster) -> None:
    assert rows(cluster.dsn(), "show max_connections") == [("200",)]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_keeps_the_address_and_committed_rows(folder: Path, mode: postgres.Mode) -> None:
    with need_postgres(folder) as cluster:
        dsn = cluster.create_database("agency")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("create table leads (id int)")
            cluster.restart(mode)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")
        assert cluster.dsn("agency") == dsn
        assert rows(dsn, "select count(*) from leads") == [(0,)]


def test_a_stopped_cluster_refuses_and_comes_back(folder: Path) -> None:
    with need_postgres(folder) as cluster:
        cluster.stop()
        assert not cluster.running
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.dsn())
        cluster.start()
        assert rows(cluster.dsn(), "select 1") == [(1,)]


def test_a_folder_with_a_cluster_is_used_again(folder: Path) -> None:
    with need_postgres(folder) as first:
        first.create_database("agency")
    with need_postgres(folder) as second:
        assert "agency" in second.databases()


@pytest.mark.parametrize(("durable", "setting"), [(True, "on"), (False, "off")])
def test_fsync_is_on_only_when_durability_is_asked_for(folder: Path, durable: bool, setting: str) -> None:
    with need_postgres(folder, durable=durable) as cluster:
        assert rows(cluster.dsn(), "show fsync") == [(setting,)]


def test_a_folder_deep_in_the_tree_works(folder: Path) -> None:
    deep = folder.parent / ("d" * 60) / ("e" * 60)
    with need_postgres(deep) as cluster:
        assert rows(cluster.dsn(), "select 1") == [(1,)]


def test_a_killed_owner_takes_the_server_along(folder: Path) -> None:
    owner, _, dsn = start_owner(folder)
    assert rows(dsn, "select 1") == [(1,)]
    kill(owner)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            psycopg.connect(dsn).close()
        except psycopg.OperationalError:
            return
        time.sleep(0.05)
    pytest.fail("the server outlived its owner by ten seconds")


def test_a_server_that_is_still_ending_is_waited_for(folder: Path) -> None:
    owner, _, _ = start_owner(folder)
    kill(owner)
    with need_postgres(folder) as cluster:
        assert rows(cluster.dsn(), "select 1") == [(1,)]


def test_a_stale_pid_file_is_survived_even_when_the_pid_lives_again(folder: Path) -> None:
    owner, pid, _ = start_owner(folder)
    os.kill(pid, signal.SIGKILL)  # the server leaves its pid file behind
    kill(owner)
    pid_file = folder / "postmaster.pid"
    with subprocess.Popen(["sleep", "30"]) as somebody:
        pid_file.write_text(pid_file.read_text().replace(str(pid), str(somebody.pid), 1))
        with need_postgres(folder) as cluster:
            assert rows(cluster.dsn(), "select 1") == [(1,)]
        somebody.kill()


def test_a_folder_in_use_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "STOPPING_S", 0.2)
    with need_postgres(folder), pytest.raises(PostgresError, match="in use by the PostgreSQL server with pid"):
        need_postgres(folder).start()


def test_a_foreign_folder_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.txt").write_text("not a cluster")
    with pytest.raises(PostgresError, match=r"not empty|initdb failed"):
        need_postgres(folder).start()
    assert (folder / "letter.txt").exists()
