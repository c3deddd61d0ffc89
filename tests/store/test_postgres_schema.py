"""PostgreSQL: the migrations build what the metadata says, may be run again, and leave nothing open to strangers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Boolean, Float, Table, UniqueConstraint
from sqlalchemy.types import BigInteger, Integer

from crystalbay.errors import ConfigError
from crystalbay.store import open_store
from crystalbay.store.migrations import postgres as migrations
from crystalbay.store.schema import Json, Time, indexes_of, metadata
from tests.backends import Databases

ROOT = Path(__file__).parents[2]


@pytest.fixture
def address(databases: Databases) -> Iterator[str]:
    with databases.own() as dsn:
        yield dsn


@pytest.fixture
def connection(address: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def asked(connection: psycopg.Connection[Any], sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(sql, values).fetchall()


def test_the_database_has_the_tables_of_the_schema(connection: psycopg.Connection[Any]) -> None:
    found = asked(connection, "select table_name from information_schema.tables where table_schema = 'public'")
    assert {name for (name,) in found} == set(metadata.tables)


TYPES: list[tuple[type[Any], str]] = [
    (Time, "timestamp with time zone"),
    (Json, "jsonb"),
    (Boolean, "boolean"),
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Float, "double precision"),
]


def wanted_type(kind: Any) -> str:
    return next((name for known, name in TYPES if isinstance(kind, known)), "text")


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: str(table.name))
def test_a_table_is_that_of_the_schema(connection: psycopg.Connection[Any], table: Table) -> None:
    columns = asked(
        connection,
        "select column_name, data_type, is_nullable = 'YES' from information_schema.columns"
        " where table_schema = 'public' and table_name = %s order by ordinal_position",
        table.name,
    )
    assert columns == [(c.name, wanted_type(c.type), c.nullable) for c in table.c]
    constraints = asked(
        connection,
        "select c.conname, c.contype::text, array_agg(a.attname::text order by k.n), c.confrelid::regclass::text"
        " from pg_constraint c, unnest(c.conkey) with ordinality k (attnum, n), pg_attribute a"
        " where c.conrelid = %s::regclass and a.attrelid = c.conrelid and a.attnum = k.attnum group by 1, 2, 4",
        f"public.{table.name}",
    )
    assert {(name, tuple(on)) for name, kind, on, _ in constraints if kind == "u"} == {
        (str(c.name), tuple(c.columns.keys())) for c in table.constraints if isinstance(c, UniqueConstraint)
    }
    assert [on for _, kind, on, _ in constraints if kind == "p"] == [[c.name for c in table.primary_key]]
    assert {(on[0], to) for _, kind, on, to in constraints if kind == "f"} == {
        (key.parent.name, key.column.table.name) for key in table.foreign_keys
    }
    indexes = asked(
        connection,
        "select i.relname::text, array_agg(a.attname::text order by k.n) from pg_index x"
        " join pg_class i on i.oid = x.indexrelid, unnest(x.indkey) with ordinality k (attnum, n), pg_attribute a"
        " where x.indrelid = %s::regclass and not x.indisunique and a.attrelid = x.indrelid and a.attnum = k.attnum"
        " and i.relname not like 'ix_%%_search' group by 1",
        f"public.{table.name}",
    )
    assert {(name, tuple(on)) for name, on in indexes} == {
        (i.name, tuple(i.columns.keys())) for i in indexes_of(table, "postgresql")
    }


def test_nothing_is_open_to_the_publishable_key(connection: psycopg.Connection[Any]) -> None:
    assert asked(connection, "select relname from pg_class where relnamespace = 'public'::regnamespace"
                             " and relkind = 'r' and not relrowsecurity") == []  # fmt: skip
    assert asked(connection, "select policyname from pg_policies") == []
    assert asked(
        connection,
        "select proname from pg_proc p where pronamespace = 'public'::regnamespace"
        " and has_function_privilege('public', p.oid, 'execute')"
    ) == []  # fmt: skip


def test_a_right_that_is_missing_is_refused_with_its_name(connection: psycopg.Connection[Any], address: str) -> None:
    connection.execute("create role clerk login bypassrls")
    try:
        connection.execute("grant usage on schema public to clerk; grant select on schema_migrations to clerk")
        connection.execute("grant execute on function lacking to clerk")
        with pytest.raises(ConfigError, match="no permission for users") as caught:
            open_store(address.replace("postgres@", "clerk@"))
        assert "20261125000001_tables.sql" in str(caught.value)
    finally:
        connection.execute("drop owned by clerk; drop role clerk")


def test_every_file_may_be_run_again(connection: psycopg.Connection[Any]) -> None:
    connection.execute("insert into settings (id, value, created_at) values ('a', '1', now())")
    for _, path in migrations.numbered():
        connection.execute(path.read_bytes())
    assert asked(connection, "select id, value from settings") == [("a", 1)]
    assert migrations.state_of(connection) == migrations.numbered()[-1][0]


def test_a_database_without_our_tables_is_refused_with_what_to_run(database: str) -> None:
    with pytest.raises(ConfigError, match="flask --app main migrate") as caught:
        open_store(database)
    assert "20261125000001_tables.sql" in str(caught.value)
    assert [path.name for path in migrations.migrate(database)] == [path.name for _, path in migrations.numbered()]
    assert migrations.migrate(database) == []
    open_store(database).close()


def test_a_database_of_a_newer_program_is_refused(connection: psycopg.Connection[Any], address: str) -> None:
    connection.execute("insert into schema_migrations (version, name, applied_at) values (99991231235959, 'x', now())")
    with pytest.raises(ConfigError, match="Start the newer program"):
        open_store(address)
