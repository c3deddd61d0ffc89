"""Print a first migration, rendered from the one schema: python -m crystalbay.store.migrations sqlite|postgres."""

from __future__ import annotations

import re
import sys

from sqlalchemy import Index, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from crystalbay.store.migrations import TABLES_VERSION
from crystalbay.store.schema import SQLITE_TRIGGERS, embedded_tables, metadata

_HEAD = """\
-- The tables of Crystal Bay, rendered from crystalbay/store/schema.py. It may be run again at any time.
-- How: psql "$DATABASE_URL" -f FILE, or paste it into the SQL editor of the project.

create extension if not exists pg_trgm;

"""

_SECURED = """
-- No policy for anybody: with row level security the publishable key reads nothing. Grants are no longer automatic.
do $$
declare
  t text;
begin
  foreach t in array array[{tables}] loop
    execute format('alter table public.%I enable row level security', t);
    if exists (select from pg_roles where rolname = 'service_role') then
      execute format('grant select, insert, update, delete on public.%I to service_role', t);
      execute format('revoke all on public.%I from anon, authenticated', t);
    end if;
  end loop;
  if exists (select from pg_roles where rolname = 'service_role') then
    grant usage on schema public to service_role;
    grant usage, select, update on all sequences in schema public to service_role;
  end if;
end
$$;

insert into schema_migrations (version, name, applied_at) values ({version}, 'tables', now())
on conflict (version) do nothing;
"""

_NUMBERS = """
create sequence if not exists leads_number_seq owned by leads.number;

alter table leads alter column number set default nextval('leads_number_seq');

create index if not exists ix_leads_search on leads using gin (search_text gin_trgm_ops);

create index if not exists ix_customers_search on customers using gin (search_text gin_trgm_ops);
"""


def sqlite_script() -> str:
    return "\n\n".join(_created(embedded_tables(), sqlite.dialect(), again=False)) + "\n" + SQLITE_TRIGGERS


def postgres_script() -> str:
    """Text of any length: a limit would lose a message whose sender has a long name. Ids compare byte by byte."""
    tables, dialect = metadata.sorted_tables, postgresql.dialect()  # type: ignore[no-untyped-call]
    made = "\n\n".join(_created(tables, dialect, again=True))
    made = re.sub(r"VARCHAR\(\d+\)", 'TEXT COLLATE "C"', made)
    names = ", ".join(f"'{table.name}'" for table in tables)
    return _HEAD + made + "\n" + _NUMBERS + _SECURED.format(tables=names, version=TABLES_VERSION)


def _created(tables: list[Table], dialect: Dialect, *, again: bool) -> list[str]:
    """The statements that make the tables; `again`: those that are there already may stay."""
    parts = []
    for table in tables:
        parts.append(str(CreateTable(table, if_not_exists=again).compile(dialect=dialect)))
        parts += [str(CreateIndex(i, if_not_exists=again).compile(dialect=dialect)) for i in _in_order(table)]
    return ["\n".join(line.rstrip() for line in part.strip().splitlines()) + ";" for part in parts]


def _in_order(table: Table) -> list[Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))


SCRIPTS = {"sqlite": sqlite_script, "postgres": postgres_script}

if __name__ == "__main__":
    if sys.argv[1:] not in [[name] for name in SCRIPTS]:
        sys.exit(f"say which: {' or '.join(SCRIPTS)}")
    sys.stdout.write(SCRIPTS[sys.argv[1]]())
