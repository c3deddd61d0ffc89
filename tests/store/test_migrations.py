"""The file: migrations build what the metadata says, run once, and refuse what they cannot know."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, UniqueConstraint, create_engine, inspect
from sqlalchemy.dialects import sqlite

from crystalbay.errors import ConfigError, StoreError
from crystalbay.store import migrations, open_store
from crystalbay.store.interface import Store
from crystalbay.store.schema import SQLITE_TRIGGERS, embedded_tables, indexes_of
from tests.store.embedded import url_of
from tests.store.rows import add, every, user

ROOT = Path(__file__).parents[2]
NEWEST = migrations.numbered()[-1][0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def pragma(path: Path, name: str) -> int:
    raw = sqlite3.connect(path)
    try:
        return int(raw.execute(f"pragma {name}").fetchone()[0])
    finally:
        raw.close()


# --------------------------------------------------------------------------- no drift


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path = tmp_path_factory.mktemp("migrated") / "store.db"
    open_store(url_of(path)).close()
    return create_engine(url_of(path))


def test_the_file_has_the_tables_and_triggers_of_the_schema(migrated: Engine) -> None:
    names = {name for name in inspect(migrated).get_table_names() if not name.startswith("leads_search")}
    assert names == {table.name for table in embedded_tables()} | {"leads_unindexed"}
    counting = "select sql from sqlite_master where type = 'trigger' and name like 'leads_counted%'"
    with migrated.connect() as connection:
        found = connection.exec_driver_sql(counting).scalars()
        triggers = {" ".join(str(text).split()) for text in found}
    wanted = {" ".join(text.split()) for text in SQLITE_TRIGGERS.replace("end;", "end;|").split("|") if text.strip()}
    assert {f"{text};" for text in triggers} == {text.replace("create trigger", "CREATE TRIGGER") for text in wanted}


@pytest.mark.parametrize("table", embedded_tables(), ids=lambda table: str(table.name))
def test_a_table_of_the_file_is_that_of_the_schema(migrated: Engine, table: Table) -> None:
    found, dialect = inspect(migrated), sqlite.dialect()
    columns = [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table.name)]
    assert columns == [(c.name, c.type.compile(dialect), c.nullable) for c in table.c]
    assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
    defaults = {c["name"]: str(c["default"]).strip("'") for c in found.get_columns(table.name) if c["default"]}
    assert defaults == {c.name: str(c.server_default.arg) for c in table.c if c.server_default}  # type: ignore[attr-defined]
    indexes = {(i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in found.get_indexes(table.name)}
    assert indexes == {(i.name, tuple(i.columns.keys()), bool(i.unique)) for i in indexes_of(table, "sqlite")}
    uniques = {(u["name"], tuple(u["column_names"])) for u in found.get_unique_constraints(table.name)}
    wanted = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    assert uniques == {(str(c.name), tuple(c.columns.keys())) for c in wanted}
    keys = {(f["constrained_columns"][0], f["referred_table"]) for f in found.get_foreign_keys(table.name)}
    assert keys == {(f.parent.name, f.column.table.name) for f in table.foreign_keys}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_command_prints_what_makes_a_table(kind: str) -> None:
    command = [sys.executable, "-m", "crystalbay.store.migrations", kind, "hotels", "staff_messages"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folder = migrations.FOLDER if kind == "sqlite" else ROOT / "deploy" / "supabase" / "migrations"
    files = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.sql"))
    assert all(statement.strip() in files for statement in printed.split(";\n"))


def test_the_command_says_what_it_wants() -> None:
    command = [sys.executable, "-m", "crystalbay.store.migrations", "sqlite", "nothing"]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "say which: sqlite or postgres" in refused.stderr


# --------------------------------------------------------------------------- running them


def test_opening_again_runs_nothing_twice(path: Path) -> None:
    store = open_store(url_of(path))
    row = user()
    add(store, "users", row)
    store.close()
    version = pragma(path, "schema_version")  # SQLite's own count of changes to the tables
    for _ in range(2):
        store = open_store(url_of(path))
        assert [found["id"] for found in every(store, "users")] == [row["id"]]
        store.close()
    assert pragma(path, "schema_version") == version
    assert pragma(path, "user_version") == NEWEST


def test_a_file_of_a_newer_program_is_refused_and_left_alone(path: Path) -> None:
    open_store(url_of(path)).close()
    raw = sqlite3.connect(path)
    raw.execute(f"pragma user_version = {NEWEST + 41}")
    raw.close()
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        open_store(url_of(path))
    assert "newer program" in str(caught.value)
    assert f"version {NEWEST + 41}" in str(caught.value)
    assert f"knows {NEWEST}" in str(caught.value)
    assert pragma(path, "user_version") == NEWEST + 41


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of one more migration, to be written by the test."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for _, script in migrations.numbered():
        (folder / script.name).write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(migrations, "FOLDER", folder)
    return folder / f"{NEWEST + 1:04}_next.sql"


def test_a_new_step_runs_on_a_file_with_data(path: Path, next_step: Path) -> None:
    store = open_store(url_of(path))
    add(store, "users", user(id="u"))
    store.close()
    next_step.write_text(
        "create table remarks (\n  id text\n);\ncreate index ix_notes on remarks (id);\n", encoding="utf-8"
    )
    store = open_store(url_of(path))
    assert [row["id"] for row in every(store, "users")] == ["u"]
    store.close()
    assert pragma(path, "user_version") == NEWEST + 1
    sqlite3.connect(path).execute("insert into remarks values ('1')")


def test_a_step_that_fails_leaves_nothing_behind(path: Path, next_step: Path) -> None:
    open_store(url_of(path)).close()
    next_step.write_text("create table remarks (id text);\ninsert into nowhere values (1);\n", encoding="utf-8")
    with pytest.raises(StoreError, match="nowhere"):
        open_store(url_of(path))
    assert pragma(path, "user_version") == NEWEST
    assert not sqlite3.connect(path).execute("select 1 from sqlite_master where name = 'remarks'").fetchone()


_OPENER = """
import sys
from crystalbay.store import open_store
print("ready", flush=True)
for url in sys.stdin:
    open_store(url.strip()).close()
    print("opened", flush=True)
"""


def test_processes_that_open_one_new_file_at_once_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OPENER]
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    openers = [subprocess.Popen(command, **options) for _ in range(3)]  # type: ignore[call-overload]
    try:
        assert [opener.stdout.readline() for opener in openers] == ["ready\n"] * 3
        for race in range(25):
            for opener in openers:
                opener.stdin.write(url_of(tmp_path / f"race-{race}.db") + "\n")
                opener.stdin.flush()
            assert [opener.stdout.readline() for opener in openers] == ["opened\n"] * 3
    finally:
        for opener in openers:
            opener.stdin.close()
            opener.wait(10)
            opener.stdout.close()


# --------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://host/name", "mysql://host/name", "https://x.supabase.co", ""],
)
def test_an_address_of_another_database_is_refused_with_what_is_allowed(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        open_store(url)
    assert "sqlite:///path" in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite://host/file.db", "sqlite:///file.db?timeout=long", "sqlite://:x:y"])
def test_an_address_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        open_store(url)


def test_a_place_where_no_database_can_be_is_refused(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("I am no database, but long enough to be taken for one.\n" * 200, encoding="utf-8")
    for place in (tmp_path, taken, taken / "below" / "store.db"):
        with pytest.raises(ConfigError, match=f"DATABASE_URL.*: {place}"):
            open_store(url_of(place))
    assert taken.read_text(encoding="utf-8").startswith("I am no database")


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "store.db"
    open_store(url_of(path)).close()
    assert path.exists()


def test_memory_forgets_and_is_not_shared() -> None:
    first, second = open_store("sqlite://"), open_store("sqlite:///:memory:")
    add(first, "users", user())
    assert not every(second, "users")
    first.close()
    again = open_store("sqlite://")
    assert not every(again, "users")


@pytest.mark.parametrize("name", ["memory", "file"])
def test_the_file_is_safe_against_a_power_cut(path: Path, name: str) -> None:
    store = open_store("sqlite://" if name == "memory" else url_of(path))
    assert _setting(store, "synchronous") == 2, "FULL"
    assert _setting(store, "foreign_keys") == 1
    if name == "file":
        assert sqlite3.connect(path).execute("pragma journal_mode").fetchone() == ("wal",)
    store.close()


def _setting(store: Store, name: str) -> int:
    """Settings of the connection that writes cannot be seen from outside."""
    return int(store._writer._raw.execute(f"pragma {name}").fetchone()[0])  # type: ignore[attr-defined]
