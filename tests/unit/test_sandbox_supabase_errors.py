"""The simulated Supabase refuses as the contract says: keys, rights, PostgreSQL's errors and its own, no database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from crystalbay.sandbox.postgres import Cluster
from crystalbay.sandbox.supabase import SupabaseSandbox, prepare_database
from tests.postgres import cluster, database, new_database
from tests.unit.supabase_kit import ANON, SERVICE, Project, connect, data, fresh, refused, running

__all__ = ["cluster", "database"]

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Project]:
    with running(cluster, statement_timeout_ms=700) as project:
        yield project


@pytest.fixture
def project(server: Project) -> Project:
    return fresh(server)


# --------------------------------------------------------------------------- the gateway


@pytest.mark.parametrize("key", ["test-service-key", "sb_secret_test", "test-anon-key", "sb_publishable_test"])
def test_known_keys_enter(project: Project, key: str) -> None:
    assert connect(project.sandbox, key).table("notes").select("id").execute().data == []


@pytest.mark.parametrize("key", ["wrong", "eyJhbGciOiJIUzI1NiJ9.e30.x"])
def test_an_unknown_key_gets_an_answer_without_a_code(project: Project, key: str) -> None:
    with refused(None) as caught:
        connect(project.sandbox, key).table("notes").select("id").execute()
    assert caught.value.message == "Invalid API key"
    assert project.get("notes", key=key).status_code == 401
    assert httpx.get(f"{project.sandbox.url}/rest/v1/notes").json()["message"] == "No API key found in request"


def test_a_secret_key_is_refused_to_a_browser(project: Project) -> None:
    assert project.get("notes", key="sb_secret_test", user_agent=BROWSER).status_code == 401
    assert "code" not in project.get("notes", key="sb_secret_test", user_agent=BROWSER).json()
    assert project.get("notes", key="sb_publishable_test", user_agent=BROWSER).status_code == 200


def test_legacy_keys_are_signed_tokens_that_name_a_role(project: Project) -> None:
    key = project.sandbox.signer.sign(60, role="service_role", iss="supabase")
    who = connect(project.sandbox, key).rpc("who", {}).execute().data
    assert isinstance(who, dict)
    assert who["user"] == "service_role"
    assert who["claims"]["iss"] == "supabase"


@pytest.mark.parametrize(
    ("lifetime", "code"),
    [(60, None), (-1, "PGRST303")],
)
def test_a_users_token_beside_the_publishable_key(project: Project, lifetime: float, code: str | None) -> None:
    token = project.sandbox.signer.sign(lifetime, role="authenticated", sub="u1")
    answer = project.get("rpc/who", key=ANON, authorization=f"Bearer {token}")
    assert answer.json().get("code") == code
    assert answer.json().get("user") == (None if code else "authenticated")
    assert project.get("rpc/who", key=ANON, authorization="Bearer nonsense").json()["code"] == "PGRST301"


def test_keys_can_be_chosen(database: str) -> None:
    with SupabaseSandbox(database, service_keys=["s"], anon_keys=["a"]) as sandbox:
        codes = {
            key: httpx.get(f"{sandbox.url}/rest/v1/rpc/x", headers={"apikey": key}).status_code
            for key in ("s", "a", SERVICE)
        }
    assert codes == {"s": 404, "a": 404, SERVICE: 401}


def test_a_url_beyond_16_kib_gets_a_page(project: Project) -> None:
    with refused("414") as caught:
        project.service.table("leads").select("id").in_("id", list(range(5000))).execute()
    assert "<html>" in str(caught.value.details)


def test_other_services_are_not_there(project: Project) -> None:
    for path in ("/auth/v1/user", "/realtime/v1/", "/functions/v1/f"):
        assert httpx.get(project.sandbox.url + path, headers={"apikey": SERVICE}).status_code == 404


# --------------------------------------------------------------------------- rights


def test_a_new_table_is_granted_to_nobody(project: Project) -> None:
    with refused("42501") as caught:
        project.service.table("secrets").select("id").execute()
    assert caught.value.message == "permission denied for table secrets"
    assert project.get("secrets").status_code == 403
    assert project.get("secrets", key=ANON).status_code == 401


def test_several_databases_are_prepared_at_the_same_time(cluster: Cluster) -> None:
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        databases = [stack.enter_context(new_database(cluster)) for _ in range(4)]
        assert list(pool.map(prepare_database, databases * 2)) == [None] * 8


def test_legacy_grants_open_new_tables(database: str) -> None:
    with SupabaseSandbox(database, legacy_grants=True) as sandbox:
        with psycopg.connect(database) as connection:
            connection.execute("create table old_times (id int generated by default as identity primary key)")
        for key in (SERVICE, ANON):
            assert len(connect(sandbox, key).table("old_times").insert({}).execute().data) == 1
    with SupabaseSandbox(database) as sandbox, refused("42501"):
        with psycopg.connect(database) as connection:
            connection.execute("create table new_times (id int)")
        connect(sandbox, SERVICE).table("new_times").select("id").execute()


def test_row_level_security_hides_from_anon_and_not_from_the_service(project: Project) -> None:
    project.service.table("notes").insert({"id": 1, "text": "тайна"}).execute()
    assert project.anon.table("notes").select("id").execute().data == []
    with refused("42501"):
        project.anon.table("notes").insert({"id": 2}).execute()
    assert project.service.table("notes").select("id").execute().data == [{"id": 1}]


def test_each_role_is_itself(project: Project) -> None:
    for client, role in ((project.service, "service_role"), (project.anon, "anon")):
        who = client.rpc("who", {}).execute().data
        assert isinstance(who, dict)
        assert (who["user"], who["claims"]["role"]) == (role, role)


# --------------------------------------------------------------------------- errors of PostgreSQL


@pytest.mark.parametrize(
    ("row", "code", "status"),
    [
        ({"id": 1}, "23505", 409),
        ({"id": 2, "customer_id": 99}, "23503", 409),
        ({"id": 2, "title": None}, "23502", 400),
        ({"id": 2, "status": "lost"}, "23514", 400),
        ({"id": 2, "price": "much"}, "22P02", 400),
        ({"id": 2, "price": 1e15}, "22003", 400),
        ({"id": 2, "nothing": 1}, "PGRST204", 400),
        ([{"id": 2}, {"id": 3, "title": "x"}], "PGRST102", 400),
        ("text", "PGRST102", 400),
        ([1], "PGRST102", 400),
    ],
)
def test_rows_that_cannot_be(project: Project, row: Any, code: str, status: int) -> None:
    project.service.table("leads").insert({"id": 1}).execute()
    answer = project.send("POST", "leads", json=row)
    assert (answer.json()["code"], answer.status_code) == (code, status), answer.text


def test_a_body_that_is_no_json(project: Project) -> None:
    url = f"{project.sandbox.url}/rest/v1/leads"
    for body, kind in (
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"id=1", "application/x-www-form-urlencoded"),
    ):
        answer = httpx.post(url, content=body, headers={"apikey": SERVICE, "content-type": kind})
        assert (answer.json()["code"], answer.status_code) == ("PGRST102", 400)


@pytest.mark.parametrize(
    ("function", "code", "status"),
    [("raise_conflict", "PT409", 409), ("raise_plain", "P0001", 400), ("misspelled", "42P01", 404)],
)
def test_errors_of_functions(project: Project, function: str, code: str, status: int) -> None:
    assert project.send("POST", f"rpc/{function}").status_code == status
    with refused(code):
        project.service.rpc(function, {}).execute()


def test_a_function_says_conflict_in_its_own_words(project: Project) -> None:
    with refused("PT409") as caught:
        project.service.rpc("raise_conflict", {}).execute()
    assert (caught.value.message, caught.value.details, caught.value.hint) == ("stale", "lead 7", "leads")


def test_statements_are_timed_out_unless_the_function_says_otherwise(project: Project) -> None:
    with refused("57014"):
        project.service.rpc("sleep", {"seconds": 2}).execute()
    assert project.send("POST", "rpc/sleep", json={"seconds": 2}).status_code == 500
    project.service.rpc("sleep_longer", {"seconds": 1}).execute()


CROSSWISE = """
create or replace function crosswise(a int, b int) returns void language sql set statement_timeout = '5s' as $$
    update leads set version = 2 where id = a;
    select pg_sleep(0.2);
    update leads set version = 2 where id = b $$
"""


def test_a_deadlock_is_told(project: Project) -> None:
    project.fill()
    project.sql(CROSSWISE)
    with ThreadPoolExecutor(2) as pool:
        pairs = [{"a": 1, "b": 2}, {"a": 2, "b": 1}]
        answers = list(pool.map(lambda pair: project.send("POST", "rpc/crosswise", json=pair), pairs))
    assert sorted(answer.status_code for answer in answers) == [204, 500]
    assert [answer.json()["code"] for answer in answers if answer.content] == ["40P01"]


# --------------------------------------------------------------------------- preferences and media types


def test_handling_strict_refuses_what_is_unknown(project: Project) -> None:
    strict = project.get("leads", prefer="handling=strict, colour=blue, timezone=Mars/Base")
    assert (strict.json()["code"], strict.status_code) == ("PGRST122", 400)
    assert strict.json()["details"] == "Invalid preferences: colour=blue, timezone=Mars/Base"
    assert project.get("leads", prefer="handling=lenient, colour=blue").status_code == 200
    assert project.get("leads", prefer="tx=rollback").status_code == 200


@pytest.mark.parametrize("accept", ["text/csv", "application/vnd.pgrst.plan+json"])
def test_media_types_that_cannot_be_had(project: Project, accept: str) -> None:
    answer = project.get("leads", accept=accept)
    assert (answer.json()["code"], answer.status_code) == ("PGRST107", 406)


def test_only_the_schema_public_is_exposed(project: Project) -> None:
    with refused("PGRST106"):
        project.service.schema("secret").table("leads").select("id").execute()
    assert project.get("leads", accept_profile="secret").status_code == 406


def test_put_is_not_supported(project: Project) -> None:
    assert project.send("PUT", "leads?id=eq.1", json={"id": 1}).status_code == 405


def test_a_failed_head_tells_its_code_in_a_header(project: Project) -> None:
    with refused("PGRST205"):
        project.service.table("nothing").select("id", head=True).execute()


# --------------------------------------------------------------------------- the schema cache


def test_many_requests_find_a_new_name_at_once(project: Project) -> None:
    for number in range(3):
        project.sql(f"create table rush_{number} (id int); grant all on rush_{number} to service_role")
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _, n=number: project.get(f"rush_{n}"), range(8)))
        project.sql(f"drop table rush_{number}")
        assert [answer.status_code for answer in answers] == [200] * 8


def test_new_names_are_found_at_once(project: Project) -> None:
    project.sql("create table arrivals (id int primary key); grant all on arrivals to service_role")
    assert project.service.table("arrivals").insert({"id": 1}).execute().data == [{"id": 1}]
    project.sql("alter table arrivals add column place text")
    assert data(project.service.table("arrivals").insert({"id": 2, "place": "Сиде"}))[0]["place"] == "Сиде"
    project.sql("create function later(a int) returns int language sql as 'select a'")
    assert project.service.rpc("later", {"a": 5}).execute().data == 5
    project.sql("drop function later; create function later(a text) returns text language sql as 'select a'")
    assert project.service.rpc("later", {"a": "x"}).execute().data == "x"
    project.sql("drop table arrivals")
    with refused("PGRST205"):
        project.service.table("arrivals").select("id").execute()


def test_reload_says_whether_anything_changed(project: Project) -> None:
    def reload() -> bool:
        return bool(httpx.post(f"{project.sandbox.url}/__reload").json()["changed"])

    reload()
    assert not reload()
    project.sql("create table more (id int)")
    assert reload()
    project.sql("drop table more")
