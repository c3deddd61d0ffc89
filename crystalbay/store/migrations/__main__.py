"""Print a first migration, rendered from the one schema: python -m crystalbay.store.migrations sqlite|postgres."""

from __future__ import annotations

import re
import sys
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from crystalbay.store.migrations import TABLES_VERSION
from crystalbay.store.migrations.postgres import SEQUENCES
from crystalbay.store.schema import SQLITE_TRIGGERS, embedded_tables, indexes_of, metadata

_HEAD = """\
-- The tables of Crystal Bay, rendered from crystalbay/store/schema.py. It may be run again at any time.
-- How: psql "$DATABASE_URL" -f FILE, or paste it into the SQL editor of the project.

-- Extensions live apart from what the Data API shows: else everybody could call their functions.
do $$
begin
  if exists (select from pg_roles where rolname = 'anon') then
    create schema if not exists extensions;
    create extension if not exists pg_trgm schema extensions;
  else
    create extension if not exists pg_trgm;
  end if;
end
$$;

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
    foreach t in array array[{sequences}] loop
      execute format('grant usage, select, update on sequence public.%I to service_role', t);
    end loop;
  end if;
end
$$;

insert into public.schema_migrations (version, name, applied_at) values ({version}, 'tables', now())
on conflict (version) do nothing;
"""

_NUMBERS = """
create sequence if not exists public.leads_number_seq owned by public.leads.number;

alter table public.leads alter column number set default nextval('public.leads_number_seq');

do $$
begin
  execute format(
    'create index if not exists ix_leads_search on public.leads using gin (search_text %s.gin_trgm_ops)',
    (select extnamespace::regnamespace from pg_extension where extname = 'pg_trgm'));
end
$$;
"""


def sqlite_script() -> str:
    return "\n\n".join(_created(embedded_tables(), sqlite.dialect(), again=False)) + "\n" + SQLITE_TRIGGERS


def postgres_script() -> str:
    """Text of any length: a limit would lose a message whose sender has a long name. Ids compare byte by byte."""
    tables, dialect = metadata.sorted_tables, postgresql.dialect()  # type: ignore[no-untyped-call]
    made = "\n\n".join(_created(tables, dialect, again=True))
    made = re.sub(r"VARCHAR\(\d+\)", 'TEXT COLLATE "C"', made)
    names = {"tables": [table.name for table in tables], "sequences": SEQUENCES}
    lists = {kind: ", ".join(f"'{name}'" for name in found) for kind, found in names.items()}
    return _HEAD + made + "\n" + _NUMBERS + _SECURED.format(**lists, version=TABLES_VERSION)


def _created(tables: list[Table], dialect: Dialect, *, again: bool) -> list[str]:
    """The statements that make the tables; `again`: those that are there already may stay."""
    places: dict[str, Any] = (
        {"schema_translate_map": {None: "public"}, "render_schema_translate": True} if again else {}
    )
    parts = []
    for table in tables:
        parts.append(str(CreateTable(table, if_not_exists=again).compile(dialect=dialect, **places)))
        indexes = (CreateIndex(index, if_not_exists=again) for index in indexes_of(table, dialect.name))
        parts += [str(index.compile(dialect=dialect, **places)) for index in indexes]
    return ["\n".join(line.rstrip() for line in part.strip().splitlines()) + ";" for part in parts]


SCRIPTS = {"sqlite": sqlite_script, "postgres": postgres_script}

if __name__ == "__main__":
    if sys.argv[1:] not in [[name] for name in SCRIPTS]:
        sys.exit(f"say which: {' or '.join(SCRIPTS)}")
    sys.stdout.write(SCRIPTS[sys.argv[1]]())
