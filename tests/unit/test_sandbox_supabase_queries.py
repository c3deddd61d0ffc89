"""The simulated Supabase reads as PostgREST does: filters, trees of them, JSON paths, casts, embedding."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crystalbay.sandbox.postgres import Cluster
from crystalbay.sandbox.postgrest.errors import ApiError
from crystalbay.sandbox.postgrest.filters import Condition, parse_group
from crystalbay.sandbox.postgrest.query import parse_query
from crystalbay.sandbox.postgrest.scanner import Field
from tests.postgres import cluster
from tests.unit.supabase_kit import LEADS, Project, fresh, refused, running

__all__ = ["cluster"]


@pytest.fixture(scope="module")
def project(cluster: Cluster) -> Iterator[Project]:
    """With the kit's rows; nothing here writes."""
    with running(cluster) as made:
        fresh(made).fill()
        yield made


def ids(answer: Any) -> list[int]:
    return sorted(row["id"] for row in answer.data)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda q: q.eq("status", "new"), [1, 3]),
        (lambda q: q.neq("status", "new"), [2]),
        (lambda q: q.gt("id", 1).lte("id", 2), [2]),
        (lambda q: q.gte("price", "98000").lt("price", 120000.5), [2]),
        (lambda q: q.like("title", "%Сиде"), [1]),
        (lambda q: q.like("title", "*гада"), [2]),
        (lambda q: q.ilike("title", "%ТУРЦИЯ%"), [1]),
        (lambda q: q.filter("title", "match", "^Т.*"), [1, 3]),
        (lambda q: q.filter("title", "imatch", "^т.*е$"), [1]),
        (lambda q: q.is_("price", "null"), [3]),
        (lambda q: q.not_.is_("price", "null"), [1, 2]),
        (lambda q: q.filter("price", "is", "not_null"), [1, 2]),
        (lambda q: q.in_("id", [1, 3, 99]), [1, 3]),
        (lambda q: q.in_("title", [LEADS[2]["title"], LEADS[0]["title"]]), [1, 3]),
        (lambda q: q.in_("id", []), []),
        (lambda q: q.not_.in_("id", [1, 3]), [2]),
        (lambda q: q.contains("tags", ["a,b"]), [1]),
        (lambda q: q.contains("trip", {"guests": {"adults": 1}}), [2]),
        (lambda q: q.contained_by("tags", ["дети", "вип", "a,b"]), [1, 2, 3]),
        (lambda q: q.overlaps("tags", ["дети", "море"]), [2]),
        (lambda q: q.range_gt("stay", ("2026-06-15", "2026-06-25")), [2]),
        (lambda q: q.range_lt("stay", ("2026-06-15", "2026-06-25")), [1]),
        (lambda q: q.filter("price", "isdistinct", "98000"), [1, 3]),
        (lambda q: q.match({"status": "new", "customer_id": 1}), [1]),
        (lambda q: q.fts("title", "Сиде | Хургада"), [1, 2]),
        (lambda q: q.plfts("title", "Турция Сиде"), [1]),
        (lambda q: q.phfts("title", "Сиде Турция"), []),
        (lambda q: q.wfts("title", "турция or египет"), [1, 2]),
        (lambda q: q.text_search("title", "Узбекистан", {"config": "simple"}), [3]),
        (lambda q: q.like_any_of("title", "%Сиде,%зима%,%Хургада"), [1, 2]),
        (lambda q: q.ilike_all_of("title", "т%,%зима%"), [3]),
        (lambda q: q.filter("id", "eq(any)", "{1,2}"), [1, 2]),
        (lambda q: q.filter("trip->>city", "eq", "Сиде"), [1]),
        (lambda q: q.filter("trip->guests->>adults", "eq", "1"), [2]),
        (lambda q: q.filter("trip->stars->0", "eq", "4"), [2]),
        (lambda q: q.filter("trip->stars->>-1", "eq", "4"), [1, 2]),
        (lambda q: q.filter("tags->>0", "eq", "дети"), [2]),
        (lambda q: q.or_("status.eq.paid,and(id.gt.2,price.is.null)"), [2, 3]),
        (lambda q: q.not_.or_("status.eq.paid,id.eq.1"), [3]),
        (lambda q: q.or_("not.and(id.gte.1,id.lte.2),id.not.gt.1"), [1, 3]),
        (lambda q: q.or_(r'title.eq."Ташкент (Узбекистан), \"Зима\"",id.in.(1,2)'), [1, 2, 3]),
        (lambda q: q.or_("tags.cs.{дети},trip->>city.eq.Сиде"), [1, 2]),
        (lambda q: q.or_("title.fts(simple).зима,title.like(any).{%Сиде}"), [1, 3]),
        (lambda q: q.or_("status.eq.paid").or_("id.eq.1,id.eq.2"), [2]),
    ],
)
def test_filters(project: Project, build: Callable[[Any], Any], expected: list[int]) -> None:
    assert ids(build(project.service.table("leads").select("id")).execute()) == expected


def test_columns_can_be_renamed_cast_and_reached_into(project: Project) -> None:
    query = project.service.table("leads").select(
        "number:id, price::text, trip->>city, stars:trip->stars, trip->guests->adults, first:tags->>0"
    )
    assert query.eq("id", 1).execute().data == [
        {"number": 1, "price": "120000.50", "city": "Сиде", "stars": [5, 4], "adults": 2, "first": "вип"}
    ]


def test_nothing_selected_is_an_empty_object(project: Project) -> None:
    assert project.get("leads?select=&id=eq.1").json() == [{}]


def test_views_are_tables_too(project: Project) -> None:
    assert ids(project.service.table("paid_leads").select("id").execute()) == [2]


def test_nulls_can_be_stripped(project: Project) -> None:
    query = project.service.table("leads").select("id, price, trip").eq("id", 3)
    assert query.strip_nulls().execute().data == [{"id": 3}]
    assert query.strip_nulls().single().execute().data == {"id": 3}


def test_times_come_in_the_zone_that_is_preferred(project: Project) -> None:
    answer = project.get("leads?select=created_at&limit=1", prefer="timezone=Asia/Vladivostok")
    assert answer.json()[0]["created_at"].endswith("+10:00")
    assert answer.headers["preference-applied"] == "timezone=Asia/Vladivostok"


# --------------------------------------------------------------------------- embedding


def read(project: Project, table: str, select: str) -> Any:
    answer = project.get(f"{table}?select={select}&order=" + ("id" if table != "passports" else "number"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_one_is_an_object_or_null(project: Project) -> None:
    rows = read(project, "leads", "id,customers(name)")
    assert [row["customers"] for row in rows] == [{"name": "Анна"}, {"name": "Анна"}, None]


def test_many_is_a_list(project: Project) -> None:
    rows = read(project, "customers", "name,leads(id,status)")
    assert rows[0]["leads"] == [{"id": 1, "status": "new"}, {"id": 2, "status": "paid"}]
    assert rows[1]["leads"] == []


def test_a_unique_foreign_key_is_one_to_one(project: Project) -> None:
    assert read(project, "customers", "passports(number)")[0] == {"passports": {"number": "70 1234567"}}
    assert read(project, "passports", "customers(name)") == [{"customers": {"name": "Анна"}}]


def test_many_to_many_goes_through_the_table_between(project: Project) -> None:
    rows = read(project, "leads", "labels(name)")
    assert [[label["name"] for label in row["labels"]] for row in rows] == [["море", "горы"], ["море"], []]


def test_embedding_goes_deep(project: Project) -> None:
    rows = read(project, "customers", "name,leads(id,labels(name),manager:users!manager_id(name))")
    assert rows[0]["leads"][1] == {"id": 2, "labels": [{"name": "море"}], "manager": {"name": "Ольга"}}


@pytest.mark.parametrize("hint", ["manager_id", "leads_manager_id_fkey"])
def test_two_foreign_keys_to_one_table_need_a_hint(project: Project, hint: str) -> None:
    rows = read(project, "leads", f"who:users!{hint}(name)")
    assert [row["who"] for row in rows] == [{"name": "Ольга"}, {"name": "Ольга"}, None]
    with refused("PGRST201") as caught:
        project.service.table("leads").select("users(name)").execute()
    assert "users!leads_manager_id_fkey" in str(caught.value.hint)
    assert project.get("leads?select=users(name)").status_code == 300


@pytest.mark.parametrize("name", ["manager_id", "leads_manager_id_fkey"])
def test_an_embedding_may_be_called_by_its_key(project: Project, name: str) -> None:
    assert read(project, "leads", f"who:{name}(name)")[0] == {"who": {"name": "Ольга"}}


def test_inner_leaves_only_rows_that_have_it(project: Project) -> None:
    query = project.service.table("leads").select("id, who:customers!inner(phone)")
    assert ids(query.eq("who.phone", "+79001112233").execute()) == [1, 2]
    assert ids(project.service.table("leads").select("id, labels!inner(name)").eq("labels.name", "горы").execute()) == [
        1
    ]
    nobody = project.service.table("leads").select("id, who:customers!inner()").eq("who.phone", "+70000000000")
    assert nobody.execute().data == []


def test_without_inner_a_filter_only_empties_the_embedding(project: Project) -> None:
    rows = project.get("leads?select=id,customers(name)&customers.name=eq.Борис&order=id").json()
    assert rows == [{"id": 1, "customers": None}, {"id": 2, "customers": None}, {"id": 3, "customers": None}]


def test_an_embedding_can_be_asked_whether_it_is_there(project: Project) -> None:
    assert ids(project.service.table("leads").select("id, customers()").is_("customers", "null").execute()) == [3]
    both = (
        project.service.table("leads").select("id, customers(), labels()").or_("customers.is.null,labels.not.is.null")
    )
    assert ids(both.execute()) == [1, 2, 3]
    with refused("PGRST120"):
        project.service.table("leads").select("id, customers()").eq("customers", "x").execute()


def test_an_embedding_is_ordered_cut_and_filtered_on_its_own(project: Project) -> None:
    query = project.service.table("customers").select("id, leads(id)").eq("id", 1)
    newest = query.order("id", desc=True, foreign_table="leads").limit(1, foreign_table="leads").execute()
    assert newest.data == [{"id": 1, "leads": [{"id": 2}]}]
    paid = project.service.table("customers").select("id, leads(id)").eq("id", 1)
    assert paid.or_("status.eq.paid,id.gt.9", reference_table="leads").execute().data == [
        {"id": 1, "leads": [{"id": 2}]}
    ]


def test_spread_puts_columns_into_the_row_around(project: Project) -> None:
    assert read(project, "leads", "id,...customers(customer:name,phone)")[0] == {
        "id": 1,
        "customer": "Анна",
        "phone": "+79001112233",
    }
    assert read(project, "customers", "name,...leads(numbers:id)") == [
        {"name": "Анна", "numbers": [1, 2]},
        {"name": "Борис", "numbers": []},
    ]


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("query", "code", "status"),
    [
        ("leads?status=new", "PGRST100", 400),
        ("leads?status=equals.new", "PGRST100", 400),
        ("leads?id=in.1,2", "PGRST100", 400),
        ("leads?id=is.5", "PGRST100", 400),
        ("leads?or=(id.eq.1", "PGRST100", 400),
        ("leads?or=id.eq.1", "PGRST100", 400),
        ("leads?or=()", "PGRST100", 400),
        ("leads?select=id,,title", "PGRST100", 400),
        ("leads?select=customers(id", "PGRST100", 400),
        ("leads?order=id.up", "PGRST100", 400),
        ("leads?limit=ten", "PGRST100", 400),
        ("leads?limit=-1", "PGRST103", 416),
        ("leads?customers.name=eq.x", "PGRST108", 400),
        ("leads?select=id.count()", "PGRST123", 400),
        ("leads?select=count()", "PGRST123", 400),
        ("leads?select=passports(number)", "PGRST200", 400),
        ("leads?select=no_such_table(id)", "PGRST200", 400),
        ("leads?select=nothing", "42703", 400),
        ("leads?nothing=eq.1", "42703", 400),
        ("leads?order=nothing", "42703", 400),
        ("leads?id=eq.one", "22P02", 400),
        ("leads?id=like.1*", "42883", 404),
        ("leads?select=id::no_such_type", "42704", 400),
        ("leads?title=fts(no_such).x", "42704", 400),
        ("nothing", "PGRST205", 404),
        ("rpc/nothing", "PGRST202", 404),
        ("rpc/add?c=1", "PGRST202", 404),
        ("rpc/twice?x=1", "PGRST203", 300),
        ("leads/1", "PGRST125", 404),
        ("", "PGRST125", 404),
    ],
)
def test_what_cannot_be_meant_is_refused(project: Project, query: str, code: str, status: int) -> None:
    answer = project.get(query)
    assert (answer.json()["code"], answer.status_code) == (code, status), answer.text
    assert set(answer.json()) == {"code", "message", "details", "hint"}


@pytest.mark.parametrize("name", ['a"b', "a%b", "a%sb", "a;drop table leads", "a'b", "a\\b", "имя", "a\x00b"])
def test_no_name_or_value_becomes_sql(project: Project, name: str) -> None:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    with refused("22021" if "\x00" in name else "42703"):
        project.service.table("leads").select(quoted).execute()
    with refused("22021" if "\x00" in name else "42703"):
        project.service.table("leads").select("id").filter(quoted, "eq", "1").execute()
    if "\x00" not in name:
        assert project.service.table("leads").select("id").eq("title", name).execute().data == []
        assert project.service.table("leads").select(f"{quoted}:id").eq("id", 1).execute().data == [{name: 1}]


# --------------------------------------------------------------------------- the reading of query strings

PIECES = st.sampled_from(
    ["id", "a b", '"x"', "eq.", "in.", "not.", "or", "and", "(", ")", ",", ".", ":", "::", "->", "->>", "0", "!", "*"]
)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_a_quoted_value_in_a_tree_is_any_text(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    group = parse_group("or", f'(title.eq."{quoted}",title.in.("{quoted}",b))')
    assert group.parts == (
        Condition(Field("title"), "eq", value),
        Condition(Field("title"), "in", values=(value, "b")),
    )


@given(
    st.sampled_from(["select", "order", "limit", "or", "not.and", "columns", "on_conflict", "id", "a.id", "d->>x", ""]),
    st.lists(PIECES, max_size=12).map("".join) | st.text(),
)
def test_nonsense_is_refused_and_never_breaks(key: str, value: str) -> None:
    with contextlib.suppress(ApiError):
        parse_query([(key, value)])
