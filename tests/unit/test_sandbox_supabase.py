"""The simulated Supabase answers supabase-py's calls as the contract's section 2 says: writes, reads, functions."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from postgrest.types import CountMethod, ReturnMethod

from crystalbay.sandbox.postgres import Cluster
from tests.postgres import cluster
from tests.unit.supabase_kit import LEADS, Project, data, fresh, refused, running

__all__ = ["cluster"]


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Project]:
    with running(cluster) as project:
        yield project


@pytest.fixture
def project(server: Project) -> Project:
    return fresh(server)


@pytest.fixture
def filled(project: Project) -> Project:
    project.fill()
    return project


def ids(answer: Any) -> list[int]:
    return [row["id"] for row in answer.data]


# --------------------------------------------------------------------------- insert


def test_insert_answers_the_row_with_what_the_database_added(project: Project) -> None:
    row = data(project.service.table("leads").insert({"title": "Тур"}))[0]
    assert row["title"] == "Тур"
    assert row["status"] == "new"
    assert row["created_at"].endswith("+00:00")


def test_insert_with_minimal_returns_nothing(project: Project) -> None:
    answer = project.service.table("leads").insert({"id": 1}, returning=ReturnMethod.minimal).execute()
    assert answer.data == []
    assert project.sql("select id from leads") == [(1,)]


def test_insert_keeps_every_digit(project: Project) -> None:
    answer = project.send("POST", "leads", json={"id": 1, "price": 10.10}, prefer="return=representation")
    assert '"price":10.10,' in answer.text
    assert answer.status_code == 201


def test_bulk_insert_is_all_or_nothing(project: Project) -> None:
    with refused("23505"):
        project.service.table("leads").insert([{"id": 1}, {"id": 1}]).execute()
    assert project.sql("select count(*) from leads") == [(0,)]


def test_missing_keys_of_a_bulk_insert_become_null_or_the_default(project: Project) -> None:
    rows: list[dict[str, object]] = [{"id": 1, "title": "Тур"}, {"id": 2}]
    with refused("23502"):
        project.service.table("leads").insert(rows).execute()
    made = data(project.service.table("leads").insert(rows, default_to_null=False))
    assert [row["title"] for row in made] == ["Тур", "Заявка"]


def test_an_empty_object_is_a_row_of_defaults_and_an_empty_list_no_row(project: Project) -> None:
    project.service.table("leads").insert({}).execute()
    assert project.service.table("leads").insert([]).execute().data == []
    assert project.sql("select title from leads") == [("Заявка",)]


# --------------------------------------------------------------------------- upsert


def test_upsert_merges_only_the_columns_it_names(project: Project) -> None:
    key = {"source": "site", "external_id": "7"}
    target = "source,external_id"
    project.service.table("leads").insert({**key, "title": "Тур", "version": 3}).execute()
    row = data(project.service.table("leads").upsert({**key, "title": "Круиз"}, on_conflict=target))[0]
    assert (row["title"], row["version"]) == ("Круиз", 3)


def test_upsert_without_a_target_goes_by_the_primary_key(project: Project) -> None:
    project.service.table("leads").upsert({"id": 1, "title": "Тур"}).execute()
    project.service.table("leads").upsert({"id": 1, "title": "Круиз"}).execute()
    assert project.sql("select id, title from leads") == [(1, "Круиз")]


def test_upsert_says_created_only_when_something_was(project: Project) -> None:
    first = project.send("POST", "leads", json={"id": 1}, prefer="resolution=merge-duplicates")
    again = project.send("POST", "leads", json={"id": 1}, prefer="resolution=merge-duplicates")
    assert (first.status_code, again.status_code) == (201, 200)


def test_insert_once_answers_nothing_when_it_was_there(project: Project) -> None:
    row = {"source": "site", "external_id": "7", "title": "Тур"}
    calls = [
        project.service.table("leads").upsert(row, on_conflict="source,external_id", ignore_duplicates=True).execute()
        for _ in range(2)
    ]
    assert [len(answer.data) for answer in calls] == [1, 0]


def test_a_target_without_a_unique_index_is_refused(project: Project) -> None:
    with refused("42P10"):
        project.service.table("leads").upsert({"title": "Тур"}, on_conflict="title").execute()


def test_the_same_key_twice_in_one_upsert_is_refused(project: Project) -> None:
    with refused("21000"):
        project.service.table("leads").upsert([{"id": 1, "title": "a"}, {"id": 1, "title": "b"}]).execute()


# --------------------------------------------------------------------------- update and delete


def test_an_optimistic_update_says_by_an_empty_list_that_it_was_stale(filled: Project) -> None:
    def update(version: int) -> Any:
        change = {"title": "Новое", "version": version + 1}
        return data(filled.service.table("leads").update(change).eq("id", 1).eq("version", version))

    assert [row["version"] for row in update(1)] == [2]
    assert update(1) == []


def test_updates_take_the_types_of_their_columns(filled: Project) -> None:
    change: dict[str, object] = {"tags": ["x", "y"], "trip": {"a": [1]}, "price": "1.5", "customer_id": None}
    row = data(filled.service.table("leads").update(change).eq("id", 1))[0]
    assert {name: row[name] for name in change} == {
        "tags": ["x", "y"],
        "trip": {"a": [1]},
        "price": 1.5,
        "customer_id": None,
    }


def test_delete_answers_what_is_gone(filled: Project) -> None:
    gone = filled.service.table("passports").delete().eq("customer_id", 1).execute().data
    assert gone == [{"customer_id": 1, "number": "70 1234567"}]
    assert filled.service.table("passports").delete().eq("customer_id", 1).execute().data == []


def test_max_affected_rolls_back(filled: Project) -> None:
    with refused("PGRST124"):
        filled.service.table("leads").update({"version": 9}).gt("id", 0).max_affected(1).execute()
    assert filled.sql("select distinct version from leads") == [(1,)]
    assert len(filled.service.table("leads").update({"version": 9}).eq("id", 1).max_affected(1).execute().data) == 1


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_changing_all_rows_at_once_is_refused(filled: Project, verb: str) -> None:
    table = filled.service.table("labels")
    with refused("21000") as caught:
        (table.update({"name": "x"}) if verb == "update" else table.delete()).execute()
    assert caught.value.message == f"{verb.upper()} requires a WHERE clause"


def test_an_update_counts_and_embeds(filled: Project) -> None:
    query = filled.service.table("leads").update({"version": 2}, count=CountMethod.exact).gt("id", 1)
    assert query.execute().count == 2
    answer = filled.send(
        "PATCH", "leads?id=eq.1&select=id,customers(name)", json={"version": 5}, prefer="return=representation"
    )
    assert answer.json() == [{"id": 1, "customers": {"name": "Анна"}}]


def test_minimal_writes_answer_204_without_a_body(filled: Project) -> None:
    answer = filled.send("PATCH", "leads?id=eq.1", json={"version": 5})
    assert (answer.status_code, answer.content) == (204, b"")
    answer = filled.send("DELETE", "lead_labels?lead_id=eq.1")
    assert (answer.status_code, answer.content) == (204, b"")


# --------------------------------------------------------------------------- one row, counts, pages


def test_single_and_maybe_single(filled: Project) -> None:
    table = filled.service.table("leads")
    assert table.select("id").eq("id", 2).single().execute().data == {"id": 2}
    for nothing_or_many in ("0", "1,2"):
        with refused("PGRST116"):
            table.select("id").in_("id", nothing_or_many.split(",")).single().execute()
    assert table.select("id").eq("id", 99).maybe_single().execute() is None
    found = table.select("id").eq("id", 2).maybe_single().execute()
    assert found is not None
    assert found.data == {"id": 2}


@pytest.mark.parametrize("method", list(CountMethod))
def test_counts_come_without_rows(filled: Project, method: CountMethod) -> None:
    filled.sql("analyze leads")
    answer = filled.service.table("leads").select("id", count=method, head=True).execute()
    assert (answer.data, answer.count) == ([], 3)


def test_a_count_knows_the_filters_and_inner_joins(filled: Project) -> None:
    query = filled.service.table("leads").select("id, customers!inner(name)", count=CountMethod.exact)
    assert query.eq("status", "new").limit(1).execute().count == 1


def test_pages_are_inclusive_and_a_page_past_the_end_is_an_error_with_a_count(filled: Project) -> None:
    table = filled.service.table("leads")
    assert ids(table.select("id").order("id").range(1, 2).execute()) == [2, 3]
    assert table.select("id").order("id").range(7, 9).execute().data == []
    with refused("PGRST103") as caught:
        table.select("id", count=CountMethod.exact).order("id").range(7, 9).execute()
    assert caught.value.details == "An offset of 7 was requested, but there are only 3 rows."


@pytest.mark.parametrize(
    ("header", "count", "status", "told"),
    [
        ("0-1", "", 200, "0-1/*"),
        ("0-1", "count=exact", 206, "0-1/3"),
        ("1-", "count=exact", 206, "1-2/3"),
        ("0-9", "count=exact", 200, "0-2/3"),
        ("3-9", "count=exact", 206, "*/3"),
        ("4-9", "count=exact", 416, None),
        ("9-4", "", 416, None),
    ],
)
def test_the_range_header(filled: Project, header: str, count: str, status: int, told: str | None) -> None:
    answer = filled.get("leads?select=id&order=id", range=header, prefer=count)
    assert (answer.status_code, answer.headers.get("content-range")) == (status, told)


def test_order_by_several_columns_with_nulls_where_wanted(filled: Project) -> None:
    table = filled.service.table("leads")
    assert ids(table.select("id").order("status").order("id", desc=True).execute()) == [3, 1, 2]
    assert ids(table.select("id").order("price", nullsfirst=True).execute()) == [3, 2, 1]
    assert ids(table.select("id").order("price", desc=True, nullsfirst=False).execute()) == [1, 2, 3]
    assert ids(table.select("id").order("trip->>city", desc=True, nullsfirst=False).execute()) == [2, 1, 3]


def test_lists_stop_silently_at_max_rows(cluster: Cluster) -> None:
    with running(cluster, max_rows=2) as project:
        project.fill()
        assert ids(project.service.table("leads").select("id").order("id").execute()) == [1, 2]
        assert ids(project.service.table("leads").select("id").order("id").limit(3).execute()) == [1, 2]
        assert project.service.rpc("titles", {}).execute().data == [LEADS[0]["title"], LEADS[1]["title"]]
        inside = data(project.service.table("users").select("leads!manager_id(id)").eq("id", 1))
        assert len(inside[0]["leads"]) == 2
        written = project.service.table("labels").insert([{"id": n} for n in range(10, 15)]).execute().data
        assert len(written) == 5


# --------------------------------------------------------------------------- functions


@pytest.mark.parametrize("get", [False, True])
@pytest.mark.parametrize(
    ("name", "arguments", "data"),
    [
        ("add", {"a": 1, "b": 2}, 3),
        ("add", {"a": 1}, 11),
        ("count_of", {"p_ids": [1, 2, 3]}, 3),
        ("titles", {}, [lead["title"] for lead in LEADS]),
        ("report", {}, [{"status": "new", "n": 2}, {"status": "paid", "n": 1}]),
    ],
)
def test_what_functions_return(filled: Project, name: str, arguments: dict[str, Any], data: Any, get: bool) -> None:
    assert filled.service.rpc(name, arguments, get=get).execute().data == data


def test_composite_void_and_json_results(filled: Project) -> None:
    lead = filled.service.rpc("lead_of", {"p_id": 2}).execute().data
    assert isinstance(lead, dict)
    assert lead["title"] == LEADS[1]["title"]
    assert filled.service.rpc("rename", {"p_id": 2, "p_title": "Новое"}).execute().data == []
    assert filled.sql("select title from leads where id = 2") == [("Новое",)]
    assert filled.service.rpc("echo", {"a": {"b": [1, None]}}).execute().data == {"a": {"b": [1, None]}}


def test_a_set_of_rows_can_be_selected_filtered_and_cut(filled: Project) -> None:
    query = filled.service.rpc("leads_of", {"p_status": "new"}).select("id, customers(name)")
    assert query.order("id", desc=True).limit(1).execute().data == [{"id": 3, "customers": None}]
    assert ids(filled.service.rpc("leads_of", {"p_status": "new"}, get=True).gt("id", 1).execute()) == [3]
    counted = filled.service.rpc("leads_of", {"p_status": "new"}, count=CountMethod.exact).limit(1).execute()
    assert counted.count == 2


def test_a_get_may_not_write(filled: Project) -> None:
    with refused("25006"):
        filled.service.rpc("rename", {"p_id": 2, "p_title": "Новое"}, get=True).execute()
    assert filled.get("rpc/rename?p_id=2&p_title=x").status_code == 405


# --------------------------------------------------------------------------- many at once


def test_eight_threads_share_one_client(filled: Project) -> None:
    def work(number: int) -> int:
        filled.service.table("labels").insert({"id": 100 + number, "name": str(number)}).execute()
        return int(data(filled.service.table("labels").select("name").eq("id", 100 + number))[0]["name"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(80))) == list(range(80))


def test_an_optimistic_update_has_one_winner(filled: Project) -> None:
    def update(_: int) -> int:
        return len(filled.service.table("leads").update({"version": 2}).eq("id", 1).eq("version", 1).execute().data)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(update, range(6))) == 1
