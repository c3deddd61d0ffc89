"""The schema cache: tables, foreign keys and functions of the schema `public`, from PostgreSQL's catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from crystalbay.sandbox.postgrest.errors import no_column, no_table


@dataclass(frozen=True)
class Column:
    """`type` and `default` are SQL text, as PostgreSQL itself writes it."""

    name: str
    type: str
    default: str | None


@dataclass(frozen=True)
class Table:
    """A table or a view."""

    name: str
    columns: Mapping[str, Column]
    primary_key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Raises ApiError PGRST204."""
        if name not in self.columns:
            raise no_column(self.name, name)
        return self.columns[name]


@dataclass(frozen=True)
class ForeignKey:
    """`unique`: a row of `target` has at most one row of `table`. `keyed`: its columns are in the primary key."""

    name: str
    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    unique: bool
    keyed: bool


@dataclass(frozen=True)
class Argument:
    name: str
    type: str
    required: bool
    variadic: bool


@dataclass(frozen=True)
class Function:
    """`shape`: void, scalar or rows (a composite type, a table). `table`: the table or view whose rows it returns."""

    name: str
    arguments: tuple[Argument, ...]
    shape: str
    returns_set: bool
    table: str | None
    writes: bool
    statement_timeout: str | None

    @property
    def signature(self) -> str:
        parts = ", ".join(f"{argument.name} => {argument.type}" for argument in self.arguments)
        return f"public.{self.name}({parts})"

    def takes(self, names: set[str]) -> bool:
        """Whether a call with arguments of these names fits."""
        required = {argument.name for argument in self.arguments if argument.required}
        return required <= names <= {argument.name for argument in self.arguments}

    @property
    def takes_body(self) -> bool:
        """A single unnamed json or jsonb parameter gets the whole body."""
        return len(self.arguments) == 1 and not self.arguments[0].name and self.arguments[0].type in ("json", "jsonb")


@dataclass(frozen=True)
class Catalog:
    tables: Mapping[str, Table]
    foreign_keys: tuple[ForeignKey, ...]
    functions: Mapping[str, tuple[Function, ...]]

    def table(self, name: str) -> Table:
        """Raises ApiError PGRST205."""
        if name not in self.tables:
            raise no_table(name)
        return self.tables[name]


def load_catalog(connection: psycopg.Connection[Any]) -> Catalog:
    """Reads with the rights of `connection`; names show whatever a role may do with them. Raises psycopg.Error."""
    with connection.cursor(row_factory=dict_row) as cursor:
        tables = [_table(row) for row in cursor.execute(_TABLES)]
        keys = [ForeignKey(**_tuples(row)) for row in cursor.execute(_FOREIGN_KEYS)]
        functions = defaultdict(list)
        for row in cursor.execute(_FUNCTIONS):
            functions[row["name"]].append(_function(row))
    return Catalog(
        {table.name: table for table in tables},
        tuple(keys),
        {name: tuple(overloads) for name, overloads in functions.items()},
    )


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _table(row: dict[str, Any]) -> Table:
    columns = {column["name"]: Column(**column) for column in row["columns"]}
    return Table(row["name"], columns, tuple(row["primary_key"]))


def _function(row: dict[str, Any]) -> Function:
    arguments = tuple(Argument(**argument) for argument in row.pop("arguments"))
    settings = dict(setting.split("=", 1) for setting in row.pop("settings") or [])
    return Function(**row, arguments=arguments, statement_timeout=settings.get("statement_timeout"))


_TABLES = """
    select c.relname as name,
        coalesce((
            select json_agg(json_build_object(
                'name', a.attname,
                'type', format_type(a.atttypid, a.atttypmod),
                'default', case
                    when a.attgenerated <> '' then null
                    when a.attidentity <> '' then
                        format('nextval(%L)', pg_get_serial_sequence(format('public.%I', c.relname), a.attname))
                    else pg_get_expr(d.adbin, d.adrelid) end
                ) order by a.attnum)
            from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns,
        coalesce((
            select json_agg(a.attname order by k.n)
            from pg_constraint p cross join unnest(p.conkey) with ordinality k(number, n)
            join pg_attribute a on a.attrelid = p.conrelid and a.attnum = k.number
            where p.conrelid = c.oid and p.contype = 'p'), '[]') as primary_key
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
    order by c.relname
"""
_FOREIGN_KEYS = """
    select f.conname as name, s.relname as table, t.relname as target,
        array(select a.attname::text from unnest(f.conkey) with ordinality k(number, n)
            join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number order by k.n) as columns,
        array(select a.attname::text from unnest(f.confkey) with ordinality k(number, n)
            join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number order by k.n) as target_columns,
        exists(select from pg_constraint u where u.conrelid = f.conrelid and u.contype in ('p', 'u')
            and u.conkey <@ f.conkey) as unique,
        exists(select from pg_constraint p where p.conrelid = f.conrelid and p.contype = 'p'
            and f.conkey <@ p.conkey) as keyed
    from pg_constraint f join pg_class s on s.oid = f.conrelid join pg_class t on t.oid = f.confrelid
    where f.contype = 'f' and f.conparentid = 0
        and s.relnamespace = 'public'::regnamespace and t.relnamespace = 'public'::regnamespace
    order by s.relname, f.conname
"""
_FUNCTIONS = """
    select p.proname as name,
        coalesce((
            select json_agg(json_build_object(
                'name', coalesce(g.name, ''),
                'type', format_type(g.type, null),
                'required', g.n <= p.pronargs - p.pronargdefaults,
                'variadic', p.provariadic <> 0 and g.n = p.pronargs) order by g.n)
            from (
                select row_number() over (order by i.n) as n, i.name, i.type
                from unnest(
                    coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargnames, p.proargmodes
                ) with ordinality i(type, name, mode, n)
                where coalesce(i.mode, 'i') in ('i', 'b', 'v')
            ) g), '[]') as arguments,
        case
            when p.prorettype = 'void'::regtype then 'void'
            when y.typtype = 'c' or p.prorettype = 'record'::regtype then 'rows'
            else 'scalar' end as shape,
        p.proretset as returns_set,
        c.relname as table,
        p.provolatile = 'v' as writes,
        p.proconfig as settings
    from pg_proc p join pg_type y on y.oid = p.prorettype
    left join pg_class c on c.oid = y.typrelid and c.relkind <> 'c' and c.relnamespace = 'public'::regnamespace
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
        and p.prorettype <> 'event_trigger'::regtype
    order by p.proname, p.oid
"""
