"""What a Supabase project must have before we start on it, and what is said when it has not."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from crystalbay.errors import ConfigError, StoreRefused, StoreUnavailable
from crystalbay.sandbox.server import Fault
from crystalbay.sandbox.supabase import SupabaseSandbox
from crystalbay.store import SUPABASE, open_store
from crystalbay.store.interface import Store
from crystalbay.store.migrations.postgres import numbered, wanted
from tests.backends import SUPABASE_KEY, Databases

NEWEST = numbered()[-1][0]


@pytest.fixture
def address(databases: Databases) -> Iterator[str]:
    with databases.own() as dsn:
        yield dsn


@pytest.fixture
def project(address: str) -> Iterator[SupabaseSandbox]:
    with SupabaseSandbox(address) as sandbox:
        yield sandbox


def opened(project: SupabaseSandbox, key: str = SUPABASE_KEY) -> Store:
    return open_store(f"{SUPABASE}{project.url}", key=key)


def refused(project: SupabaseSandbox, key: str = SUPABASE_KEY) -> str:
    with pytest.raises(ConfigError) as caught:
        opened(project, key)
    return str(caught.value)


@pytest.mark.parametrize("key", ["sb_secret_test", "test-service-key"])
def test_a_secret_key_of_either_kind_is_good(project: SupabaseSandbox, key: str) -> None:
    opened(project, key).close()


def test_a_legacy_key_is_good(project: SupabaseSandbox) -> None:
    opened(project, project.signer.sign(3600, role="service_role")).close()


def test_the_publishable_key_is_refused(project: SupabaseSandbox) -> None:
    for key in ("sb_publishable_test", project.signer.sign(3600, role="anon")):
        words = refused(project, key)
        assert "SUPABASE_KEY" in words
        assert "publishable" in words
        assert key not in words


def test_an_unknown_key_is_refused(project: SupabaseSandbox) -> None:
    words = refused(project, "sb_secret_of_another_project")
    assert words.startswith("SUPABASE_KEY")
    assert "sb_secret_of" not in words


def test_missing_tables_are_named_with_the_files_to_run(project: SupabaseSandbox, address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("drop schema public cascade; create schema public; grant usage on schema public to public")
    project.api.reload()
    words = refused(project)
    assert "SQL editor" in words
    assert all(path.name in words for _, path in numbered())


def test_an_older_schema_names_only_what_is_missing(project: SupabaseSandbox, address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("delete from schema_migrations where version = %s", (NEWEST,))
    words = refused(project)
    assert numbered()[-1][1].name in words
    assert numbered()[0][1].name not in words


def test_missing_grants_are_named(project: SupabaseSandbox, address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("revoke all on all tables in schema public from service_role")
    words = refused(project)
    assert "grants" in words
    assert "permission denied" in words


@pytest.mark.parametrize(
    ("taken", "named"),
    [
        ("delete on table leads", "leads"),
        ("execute on function commit_changes", "commit_changes"),
        ("execute on function apply_insert", "apply_insert"),
        ("usage on sequence jobs_seq_seq", "jobs_seq_seq"),
    ],
)
def test_any_right_that_is_missing_is_named(project: SupabaseSandbox, address: str, taken: str, named: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"revoke {taken} from service_role")
    words = refused(project)
    assert named in words
    assert numbered()[0][1].name in words


def test_a_key_that_is_revoked_while_we_run_is_out_of_reach(project: SupabaseSandbox) -> None:
    """What customers send goes to the journal until somebody has mended it."""
    store = opened(project)
    for status, body in ((401, {"message": "Invalid API key"}), (403, {"code": "42501", "message": "denied"})):
        project.add_fault(Fault("/rest/v1", status=status, body=json.dumps(body), times=1))
        with pytest.raises(StoreRefused):
            store.commit([])
    store.close()


def test_the_publishable_key_may_call_nothing(project: SupabaseSandbox) -> None:
    anon = httpx.Client(base_url=f"{project.url}/rest/v1", headers={"apikey": "sb_publishable_test"})
    assert anon.post("/rpc/lacking", json=wanted()).status_code == 401
    assert anon.post("/rpc/show_limit", json={}).status_code in (401, 404)
    assert anon.get("/leads").status_code == 401


def test_a_project_out_of_reach_is_no_misconfiguration(project: SupabaseSandbox) -> None:
    project.stop()
    store = opened(project)
    with pytest.raises(StoreUnavailable):
        store.ping()
    store.close()


def test_a_gateway_that_answers_with_a_page_is_out_of_reach(project: SupabaseSandbox) -> None:
    store = opened(project)
    project.add_fault(Fault("/rest/v1", status=502, body="<html>Bad gateway</html>", times=50))
    with pytest.raises(StoreUnavailable):
        store.ping()
    with pytest.raises(StoreUnavailable):
        store.find("leads")
    store.close()
