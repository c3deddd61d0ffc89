"""The roles and default rights of a hosted Supabase project."""

from __future__ import annotations

import psycopg
from psycopg import sql

ROLES = ("anon", "authenticated", "service_role")

# A cluster's roles are shared by its databases, which may be prepared at the same time: hence the lock on a shared
# table (an advisory lock holds inside of one database only).
_MAKE_ROLES = """
do $$
begin
    lock table pg_authid in share row exclusive mode;
    if not exists (select from pg_roles where rolname = 'anon') then
        create role anon nologin noinherit;
        create role authenticated nologin noinherit;
        create role service_role nologin noinherit bypassrls;
        create role authenticator login noinherit;
        grant anon, authenticated, service_role to authenticator;
    end if;
end $$
"""
_KINDS = ("tables", "sequences", "functions")


def prepare_database(dsn: str, *, legacy_grants: bool = False) -> None:
    """Make the roles, which may use the schema `public` and nothing in it: since 30 October 2026 a new table is
    invisible to the Data API until a migration grants rights on it, to service_role as well.

    `legacy_grants`: all rights on all tables, sequences and functions, present and future, as older projects have it.
    Only tables that the user of `dsn` makes get them. Idempotent. `dsn` names a superuser. Raises psycopg.Error.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, ROLES))
    with psycopg.connect(dsn) as connection:
        connection.execute(_MAKE_ROLES)
        connection.execute("create schema if not exists extensions")
        connection.execute(sql.SQL("grant usage on schema public, extensions to {}").format(names))
        for kind in map(sql.SQL, _KINDS):
            if legacy_grants:
                connection.execute(sql.SQL("grant all on all {} in schema public to {}").format(kind, names))
            change = sql.SQL("grant all on {} to {}" if legacy_grants else "revoke all on {} from {}")
            connection.execute(sql.SQL("alter default privileges in schema public ") + change.format(kind, names))
