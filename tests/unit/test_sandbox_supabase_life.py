"""The simulated Supabase as a server: its controls, faults, a database that comes and goes, the program."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from crystalbay.sandbox.postgres import Cluster, Mode
from crystalbay.sandbox.server import Fault
from crystalbay.sandbox.supabase import SupabaseSandbox
from tests.postgres import cluster, database, need_postgres, open_folder
from tests.unit.supabase_kit import SERVICE, Project, fresh, refused, running

__all__ = ["cluster", "database"]


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Project]:
    with running(cluster, statement_timeout_ms=700) as project:
        yield project


@pytest.fixture
def project(server: Project) -> Project:
    return fresh(server)


# --------------------------------------------------------------------------- controls


def test_reset_empties_tables_but_those_of_migrations(project: Project) -> None:
    project.fill()
    project.sql("insert into schema_migrations values ('1')")
    httpx.post(f"{project.sandbox.url}/__reset", json={"data": False}).raise_for_status()
    assert project.sql("select count(*) from leads") == [(3,)]
    httpx.post(f"{project.sandbox.url}/__reset").raise_for_status()
    assert project.sql("select count(*) from leads") == [(0,)]
    assert project.sql("select count(*) from schema_migrations") == [(1,)]
    project.service.table("leads").insert({}).execute()
    assert project.sql("select id from leads") == [(1,)]  # sequences begin anew


def test_calls_are_kept(project: Project) -> None:
    project.service.table("leads").insert({"id": 1}).execute()
    call = httpx.get(f"{project.sandbox.url}/__calls").json()[-1]
    assert (call["method"], call["path"], call["body"]) == ("POST", "/rest/v1/leads", '{"id":1}')


def test_an_answer_lost_after_the_work_leaves_the_row(project: Project) -> None:
    project.sandbox.add_fault(Fault("/leads", drop="after"))
    with pytest.raises(httpx.RemoteProtocolError):
        project.service.table("leads").insert({"id": 1}).execute()
    project.sandbox.add_fault(Fault("/leads", drop="before"))
    with pytest.raises(httpx.RemoteProtocolError):
        project.service.table("leads").insert({"id": 2}).execute()
    assert project.sql("select id from leads") == [(1,)]


def test_faults_answer_as_a_proxy_does(project: Project) -> None:
    project.sandbox.add_fault(Fault("/leads", status=502, body="<html>Bad Gateway</html>"))
    with refused("502"):
        project.service.table("leads").select("id").execute()
    assert project.service.table("leads").select("id").execute().data == []


# --------------------------------------------------------------------------- without a database


def test_the_database_goes_and_comes_back() -> None:
    with open_folder() as folder, need_postgres(folder) as cluster, running(cluster) as project:
        project.fill()
        modes: tuple[Mode, ...] = ("fast", "immediate")
        for mode in modes:
            cluster.stop(mode)
            for _ in range(2):
                with refused("PGRST000"):
                    project.service.table("leads").select("id").execute()
                assert project.send("POST", "leads", json={}).status_code == 503
            cluster.start()
            assert len(project.service.table("leads").select("id").execute().data) == 3
            assert project.service.table("users").insert({"id": ord(mode[0]), "name": mode}).execute().data
            cluster.restart(mode)
            assert len(project.service.table("leads").select("id").execute().data) == 3


CUT = "select pg_terminate_backend(pid) from pg_stat_activity where query ~ 'sleep_longer' and pid <> pg_backend_pid()"


def test_a_connection_that_breaks_during_the_work(project: Project) -> None:
    cut = threading.Timer(0.3, lambda: project.sql(CUT))
    cut.start()
    answer = project.send("POST", "rpc/sleep_longer", json={"seconds": 3})
    cut.join()
    assert (answer.json()["code"], answer.status_code) == ("57P01", 503)
    assert project.get("leads").status_code == 200


def test_requests_wait_for_a_free_connection(cluster: Cluster) -> None:
    with running(cluster, pool=1) as project, ThreadPoolExecutor(3) as pool:
        start = time.monotonic()
        answers = pool.map(lambda _: project.send("POST", "rpc/sleep", json={"seconds": 0.2}), range(3))
        assert [answer.status_code for answer in answers] == [204, 204, 204]
        assert time.monotonic() - start > 0.6


# --------------------------------------------------------------------------- the program


@pytest.mark.parametrize("dsn", ["postgresql://postgres@db.example.org/postgres", "dbname=postgres", "host=10.0.0.5"])
def test_only_a_database_of_this_machine_is_taken(dsn: str) -> None:
    with pytest.raises(ValueError, match="must be on this machine"):
        SupabaseSandbox(dsn)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_as_a_program(database: str, tmp_path: Path, sign: signal.Signals) -> None:
    script = tmp_path / "schema.sql"
    script.write_text("create table tours (id int primary key);\ngrant all on tours to service_role; -- 100 %\n")
    command = [
        sys.executable,
        "-m",
        "crystalbay.sandbox.supabase",
        "--port",
        "0",
        "--dsn",
        database,
        "--sql",
        str(script),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = re.fullmatch(r"READY (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
        assert ready
        answer = httpx.post(f"{ready[1]}/rest/v1/tours", json={"id": 1}, headers={"apikey": SERVICE})
        assert answer.status_code == 201
        process.send_signal(sign)
        assert process.wait(10) == 0


def test_a_database_that_is_not_there_is_told(database: str) -> None:
    command = [sys.executable, "-m", "crystalbay.sandbox.supabase", "--port", "0", "--dsn", f"{database}_not"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "does not exist" in done.stderr
