"""Search: words of names, phones and trips, in any order and any part; what the index proposes is what a scan finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crystalbay.store import open_store, search
from crystalbay.store.interface import Delete, Insert, Store, Update, Where
from crystalbay.store.sql import SqlStore
from crystalbay.store.text import search_text
from tests.store.embedded import url_of
from tests.store.rows import add, customer, lead

ANNA = "anna"


def agency(store: Store, **texts: str) -> None:
    """A lead for each text, with the name as its id."""
    add(store, "customers", customer(id=ANNA))
    add(store, "leads", *(lead(ANNA, id=name, search_text=search_text(text)) for name, text in texts.items()))


def found(store: Store, needle: str) -> set[str]:
    """Ids of the leads, which a list and the board must agree on."""
    where: list[Where] = [("search_text", "has", needle)]
    listed = {row["id"] for row in store.find("leads", where, limit=1000)}
    board = store.board(where, 1000)
    assert {row["id"] for column in board.values() for row in column.leads} == listed
    assert sum(column.count for column in board.values()) == len(listed)
    return listed


@pytest.fixture(params=["new", "indexed", "common"])
def searched(request: pytest.FixtureRequest, store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Every way to an answer: leads that are not indexed yet, by the index, and a needle that is in many leads."""
    if request.param == "common":
        monkeypatch.setattr(search, "COMMON", 0)
    if request.param == "indexed" and isinstance(store, SqlStore):
        store.on_commit("leads", store.index_new_leads)
    return store


@pytest.mark.parametrize(
    ("needle", "ids"),
    [
        ("елкин", {"a", "b"}),
        ("ЁЛКИН", {"a", "b"}),
        ("Ёлкина", {"b"}),
        ("лки", {"a", "b"}),
        ("4567", {"a"}),
        ("кемер елкин", {"a"}),
        ("елкин кемер", {"a"}),
        ("ан елкин", {"b"}),
        ("45 67 турц", {"a"}),
        ("+7912", {"a"}),
        ("o'neill \"x", {"c"}),
        ("x@y.example", {"c"}),
        ("or and not near(", set()),
        ("елкинa", set()),
        ("7", {"a", "b"}),
        ("", {"a", "b", "c"}),
        ("*%_\\", {"a", "b", "c"}),
        ("ёлк\0ин", {"a", "b"}),
    ],
)
def test_words_are_found(searched: Store, needle: str, ids: set[str]) -> None:
    agency(
        searched,
        a="Пётр Ёлкин +79121234567 Турция, Кемер, 2+1",
        b="Анна Елкина +79219876543 Египет",
        c='O\'Neill "X" x@y.example',
    )
    assert found(searched, needle) == ids


def test_what_was_changed_or_deleted_is_found_as_it_is_now(searched: Store) -> None:
    agency(searched, a="Пётр Ёлкин", b="Анна Соколова", c="Ольга Ёлкина")
    searched.commit([Update("leads", "a", {"search_text": search_text("Пётр Берёзкин")})])
    searched.commit([Delete("leads", "c")])
    searched.commit([Insert("leads", lead(ANNA, id="d", search_text=search_text("Сосновский")))])
    assert found(searched, "елкин") == set()
    assert found(searched, "березкин") == {"a"}
    assert found(searched, "соснов") == {"d"}


_letters = st.text("еёЁлкинabAB 79+-\"'*%_\\\0^(:", max_size=12)
_texts = st.one_of(_letters, st.text(max_size=8))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(_texts, min_size=1, max_size=6), needle=_texts, cut=st.tuples(st.integers(0, 9), st.integers(0, 9))
)
def test_the_answer_is_that_of_a_plain_scan(
    fresh_store: Callable[[], Store], texts: list[str], needle: str, cut: tuple[int, int]
) -> None:
    store = fresh_store()
    agency(store, **{str(number): text for number, text in enumerate(texts)})
    for looked_for in (needle, texts[0][min(cut) : max(cut)], f"{texts[-1][cut[0] :]} {needle}"):
        words = search_text(looked_for).split()
        scanned = {str(n) for n, text in enumerate(texts) if all(word in search_text(text) for word in words)}
        assert found(store, looked_for) == scanned
        if isinstance(store, SqlStore):
            store.index_new_leads()
            assert found(store, looked_for) == scanned


# --------------------------------------------------------------------------- the index of the embedded store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def waits(store: Store) -> bool:
    assert isinstance(store, SqlStore)
    return store._leads_wait()


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_the_keeper_indexes_new_leads_by_itself(path: Path, kind: str) -> None:
    with closing(open_store("sqlite://" if kind == "memory" else url_of(path))) as store:
        agency(store, a="Ёлкин")
        deadline = time.monotonic() + 10
        while waits(store) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not waits(store)
        assert found(store, "елкин") == {"a"}


def test_more_leads_than_a_batch_are_indexed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "BATCH", 3)
    with closing(SqlStore(url_of(path))) as store:
        agency(store, **{f"lead-{number}": f"Ёлкин {number}" for number in range(10)})
        store.index_new_leads()
        assert not waits(store)
        assert len(found(store, "елкин")) == 10


def test_a_rare_needle_goes_by_the_index_and_a_common_one_by_the_order(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "COMMON", 3)
    with closing(SqlStore(url_of(path))) as store:
        agency(store, a="Ёлкин Турция", b="Соколов Турция", c="Орлов Турция")
        store.index_new_leads()
        with store._reader() as raw:
            ways = {
                needle: search.planned(raw, "leads", [("search_text", "has", needle)])[0][1]
                for needle in ("елкин", "турция", "ел")
            }
        assert ways == {"елкин": "match", "турция": "has", "ел": "has"}


def test_a_sqlite_without_the_index_scans_and_one_that_has_it_catches_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(search, "available", lambda: False)
        with closing(open_store(url_of(path))) as store:
            agency(store, a="Ёлкин")
            assert found(store, "елкин") == {"a"}
    with closing(SqlStore(url_of(path))) as store:
        store.index_new_leads()
        assert found(store, "елкин") == {"a"}
        add(store, "leads", lead(ANNA, id="b", search_text="елкина"))
    with monkeypatch.context() as patched:
        patched.setattr(search, "available", lambda: False)
        with closing(open_store(url_of(path))) as store:
            assert found(store, "елкин") == {"a", "b"}
            add(store, "leads", lead(ANNA, id="c", search_text="елкинд"))
    with closing(open_store(url_of(path))) as store:
        assert found(store, "елкин") == {"a", "b", "c"}


def test_leads_of_a_file_from_before_the_index_are_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crystalbay.store import migrations

    everything = migrations.numbered()
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "numbered", lambda: everything[:1])
        patched.setattr(search, "available", lambda: False)
        with closing(open_store(url_of(path))) as store:
            agency(store, a="Ёлкин", b="Орлов")
    with closing(SqlStore(url_of(path))) as store:
        assert found(store, "елкин") == {"a"}
        store.index_new_leads()
        assert found(store, "елкин") == {"a"}
