"""A simulated Supabase project: the REST API and the file storage, over a real PostgreSQL, and the gateway's keys.

    python -m crystalbay.sandbox.supabase --port 8803 --dsn postgresql://postgres@127.0.0.1:5432/crystalbay

SUPABASE_URL is its address, SUPABASE_KEY one of its keys. Rights, row level security, constraints, triggers and
functions are PostgreSQL's own: each request is one transaction under the role of its key. A new table is invisible to
all roles until it is granted, as on hosted projects since 30 October 2026 (`--legacy-grants`: as before).

Control routes beside those of every sandbox (see server.py):
  POST /__reload    read the database's schema now (it happens by itself when a name is missing)
  POST /__reset     also empties all tables but those of migrations, and the storage; {"data": false} spares them

Left out: PUT, CSV, the OpenAPI root, aggregates (refused as hosted projects do), order by an embedded column,
computed relationships, views as embedding targets, response.headers and response.status set by functions,
Auth, Realtime, Edge Functions. Hints of "perhaps you meant" are absent. PATCH and DELETE without a filter are refused,
but not such statements inside of functions, which hosted projects (extension safeupdate) refuse, too.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg
from flask import Response, has_request_context, jsonify, request
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from crystalbay.ending import Ending
from crystalbay.sandbox.postgrest.api import Api
from crystalbay.sandbox.postgrest.connections import Connections
from crystalbay.sandbox.postgrest.errors import ApiError
from crystalbay.sandbox.postgrest.exchange import Answer, Call, refusal
from crystalbay.sandbox.postgrest.keys import ANON_KEYS, SERVICE_KEYS, TOKEN_SECRET, GatewayRefusal, Identity, Keys
from crystalbay.sandbox.postgrest.roles import prepare_database
from crystalbay.sandbox.postgrest.tokens import Signer
from crystalbay.sandbox.server import SandboxServer
from crystalbay.sandbox.supabase_files import Files
from crystalbay.sandbox.supabase_storage import Storage

__all__ = ["ANON_KEYS", "SERVICE_KEYS", "SupabaseSandbox", "prepare_database"]

LONGEST_URL = 16 * 1024
KEPT_CALLS = 10_000
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_MIGRATIONS = re.compile(r"(.*_)?migrations?|alembic_version|schema_version")
_METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]
_TOO_LONG = "<html>\n<head><title>414 Request-URI Too Large</title></head>\n<body>\n</body>\n</html>\n"


class SupabaseSandbox(SandboxServer):
    """The server. It can be started only while its database answers; afterwards that may come and go."""

    name = "supabase"

    def __init__(
        self,
        dsn: str,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        folder: Path | None = None,
        sql_files: Sequence[Path] = (),
        service_keys: Sequence[str] = SERVICE_KEYS,
        anon_keys: Sequence[str] = ANON_KEYS,
        token_secret: str = TOKEN_SECRET,
        max_rows: int = 1000,
        statement_timeout_ms: int = 8000,
        legacy_grants: bool = False,
        pool: int = 10,
        keep: Sequence[str] = (),
    ) -> None:
        """`dsn`: a superuser's, on this machine; ValueError otherwise. `folder`: where stored files are kept, a
        temporary one if None. `sql_files` are run at the start. `keep`: tables that /__reset never empties."""
        if conninfo_to_dict(dsn).get("host") not in _LOOPBACK:
            raise ValueError(f"the database must be on this machine; the DSN's host may be {', '.join(_LOOPBACK)}")
        self._dsn, self._sql_files, self._legacy_grants = dsn, sql_files, legacy_grants
        self._keep = frozenset(keep)
        self._temporary = tempfile.TemporaryDirectory(prefix="crystalbay-supabase-")  # removed with this object
        self._files = Files(folder or Path(self._temporary.name))
        self.signer = Signer(token_secret)
        self._keys = Keys(service_keys, anon_keys, self.signer)
        self._connections = Connections(dsn, pool)
        self.api = Api(self._connections, max_rows=max_rows, statement_timeout_ms=statement_timeout_ms)
        super().__init__(host, port)

    # ------------------------------------------------------------------ life

    def start(self) -> SupabaseSandbox:
        """Prepare the database, run the SQL files, read the schema, listen. Raises psycopg.Error."""
        prepare_database(self._dsn, legacy_grants=self._legacy_grants)
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            for path in self._sql_files:
                connection.execute(path.read_bytes())
        self.api.reload()
        super().start()
        return self

    def stop(self) -> None:
        super().stop()
        self._connections.close()
        self._temporary.cleanup()

    def __enter__(self) -> SupabaseSandbox:
        return self.start()

    def reset(self) -> None:
        """Empty the tables and the storage, when somebody asks over HTTP and does not say {"data": false}."""
        if has_request_context() and (request.get_json(silent=True) or {}).get("data", True):
            self.clear_data()

    def clear_data(self) -> None:
        """Empty every table but those of migrations, restart their sequences, remove stored files."""
        self._files.clear()
        with self._connections.admin() as connection:
            names = [str(name) for (name,) in connection.execute(_OWN_TABLES)]
            tables = [sql.Identifier("public", name) for name in names if self._clearable(name)]
            if tables:
                connection.execute(sql.SQL("truncate {} restart identity").format(sql.SQL(", ").join(tables)))

    def _clearable(self, name: str) -> bool:
        return name not in self._keep and not _MIGRATIONS.fullmatch(name)

    # ------------------------------------------------------------------ routes

    def routes(self) -> None:
        self.app.url_map.merge_slashes = False
        self.app.before_request(self._check_url)
        self.app.register_error_handler(GatewayRefusal, _gateway_refused)
        self.app.register_error_handler(ApiError, lambda error: _response(refusal(error)))
        self.app.register_error_handler(404, _no_route)
        rule = self.app.add_url_rule
        rule("/__reload", "reload", lambda: jsonify({"changed": self.api.reload()}), methods=["POST"])
        rule("/rest/v1/", "rest", self._rest, methods=_METHODS, defaults={"path": ""})
        rule("/rest/v1/<path:path>", "rest", self._rest, methods=_METHODS)
        Storage(self.app, self._files, self.signer, lambda: self._identity().role)

    def _check_url(self) -> Response | None:
        del self.calls[:-KEPT_CALLS]
        if len(request.environ.get("RAW_URI", "")) > LONGEST_URL:
            return Response(_TOO_LONG, 414, content_type="text/html")
        return None

    def _identity(self) -> Identity:
        return self._keys.identify(_headers())

    def _rest(self, path: str) -> Response:
        identity = self._identity()
        call = Call(
            method=request.method,
            path=path,
            query_string=request.query_string,
            headers=_headers(),
            body=request.get_data(as_text=True),
            role=identity.role,
            claims=identity.claims,
        )
        return _response(self.api.answer(call))


_OWN_TABLES = """
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
"""


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers}


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    if not answer.body:
        del response.headers["Content-Type"]
    response.headers.update(answer.headers)
    return response


def _gateway_refused(refused: GatewayRefusal) -> Response:
    response = jsonify(refused.body)
    response.status_code = 401
    return response


def _no_route(_: object) -> Response:
    response = jsonify({"message": "no Route matched with those values"})
    response.status_code = 404
    return response


def main(arguments: list[str] | None = None) -> None:
    """Run the sandbox until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m crystalbay.sandbox.supabase", description="A simulated Supabase.")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8803, help="where to listen; 0 takes a free one (%(default)s)")
    parser.add_argument("--dsn", required=True, help="a PostgreSQL database on this machine, as its superuser")
    parser.add_argument("--folder", type=Path, help="where stored files are kept (default: a temporary folder)")
    parser.add_argument("--sql", type=Path, nargs="+", default=[], metavar="FILE", help="SQL to run at the start")
    parser.add_argument("--max-rows", type=int, default=1000, help="the longest list of an answer (%(default)s)")
    parser.add_argument("--statement-timeout-ms", type=int, default=8000, help="(default: %(default)s)")
    parser.add_argument("--legacy-grants", action="store_true", help="every table is granted to every role")
    parser.add_argument("--pool", type=int, default=10, help="connections to the database (default: %(default)s)")
    parser.add_argument("--keep", action="append", default=[], metavar="TABLE", help="a table /__reset never empties")
    given = parser.parse_args(arguments)
    sys.setswitchinterval(0.001)  # its threads wait for the network all the time: half again as many requests a second
    try:
        sandbox = SupabaseSandbox(
            given.dsn,
            given.host,
            given.port,
            folder=given.folder,
            sql_files=given.sql,
            max_rows=given.max_rows,
            statement_timeout_ms=given.statement_timeout_ms,
            legacy_grants=given.legacy_grants,
            pool=given.pool,
            keep=given.keep,
        ).start()
    except (ValueError, OSError, psycopg.Error) as error:
        parser.error(str(error))
    sys.stdout.write(f"READY {sandbox.url}\n")
    sys.stdout.flush()
    Ending().wait()
    sandbox.stop()  # its temporary folder goes, too


if __name__ == "__main__":
    main()
