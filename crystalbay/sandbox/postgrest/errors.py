"""What the API refuses: PostgREST's own codes and PostgreSQL's, with their HTTP status and the usual four fields.

Source: PostgREST docs/references/errors.rst and src/library/PostgREST/Error.hs.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg


class ApiError(Exception):
    """A refusal. The body of the answer is {code, message, details, hint}."""

    def __init__(
        self, status: int, code: str, message: str, details: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code = status, code
        self.message, self.details, self.hint = message, details, hint

    @property
    def body(self) -> dict[str, str | None]:
        return {"code": self.code, "message": self.message, "details": self.details, "hint": self.hint}


class NotInCatalog(ApiError):
    """A name that the schema cache does not have; it may be newer than the cache."""


# ------------------------------------------------------------------ PostgreSQL's codes

_EXACT = {
    "23503": 409,
    "23505": 409,
    "25006": 405,
    "42883": 404,
    "42P01": 404,
    "42P17": 500,
    "53400": 500,
    "57P01": 503,
    "P0001": 400,
}
_CLASSES = {
    "08": 503,
    "09": 500,
    "0L": 403,
    "0P": 403,
    "25": 500,
    "28": 403,
    "2D": 500,
    "38": 500,
    "39": 500,
    "3B": 500,
    "40": 500,
    "53": 503,
    "54": 500,
    "55": 500,
    "57": 500,
    "58": 500,
    "F0": 500,
    "HV": 500,
    "P0": 500,
    "XX": 500,
}


def from_postgres(error: psycopg.Error, *, anonymous: bool) -> ApiError:
    """What PostgREST answers to this. Without a code the connection broke, or psycopg refused a value."""
    code = error.sqlstate
    if code is None:
        if isinstance(error, psycopg.DataError):
            return ApiError(400, "22021", str(error))
        return connection_lost(error)
    message = error.diag.message_primary or str(error)
    return ApiError(
        _status(code, message, anonymous), code, message, error.diag.message_detail, error.diag.message_hint
    )


def _status(code: str, message: str, anonymous: bool) -> int:
    if code == "42501":
        return 401 if anonymous else 403
    if code == "21000":
        return 400 if message.endswith("requires a WHERE clause") else 500
    if code.startswith("PT") and code[2:].isdigit():  # raised by a function that chose its own HTTP status
        return int(code[2:])
    return _EXACT.get(code) or _CLASSES.get(code[:2], 400)


# ------------------------------------------------------------------ no database


def cannot_connect(error: Exception) -> ApiError:
    return ApiError(503, "PGRST000", "Database connection error. Retrying the connection.", str(error).strip())


def connection_lost(error: Exception) -> ApiError:
    return ApiError(503, "PGRST001", "Database client error. Retrying the connection.", str(error).strip())


def no_schema_cache() -> ApiError:
    return ApiError(503, "PGRST002", "Could not query the database for the schema cache. Retrying.")


def pool_exhausted() -> ApiError:
    return ApiError(504, "PGRST003", "Timed out acquiring connection from connection pool.")


# ------------------------------------------------------------------ the request


def malformed(what: str, text: str, position: int, expecting: str) -> ApiError:
    """A part of the query string that cannot be read, from `position` (counted from 0) on."""
    unexpected = f'"{text[position]}"' if position < len(text) else "end of input"
    message = f'"failed to parse {what} ({text})" (line 1, column {position + 1})'
    return ApiError(400, "PGRST100", message, f"unexpected {unexpected} expecting {expecting}")


def has_nul() -> ApiError:
    """PostgreSQL takes no such text; a driver may cut a name there instead of saying so."""
    return ApiError(400, "22021", 'invalid byte sequence for encoding "UTF8": 0x00')


def bad_body(message: str) -> ApiError:
    return ApiError(400, "PGRST102", message)


def bad_range(details: str) -> ApiError:
    return ApiError(416, "PGRST103", "Requested range not satisfiable", details)


def unknown_schema(name: str) -> ApiError:
    hint = "Only the following schemas are exposed: public"
    return ApiError(406, "PGRST106", f"Invalid schema: {name}", hint=hint)


def no_media_type(asked: str) -> ApiError:
    return ApiError(406, "PGRST107", f"None of these media types are available: {asked}")


def not_embedded(name: str) -> ApiError:
    hint = f"Verify that '{name}' is included in the 'select' query parameter."
    return ApiError(400, "PGRST108", f"'{name}' is not an embedded resource in this request", hint=hint)


def not_one_row(rows: int) -> ApiError:
    message = "Cannot coerce the result to a single JSON object"
    return ApiError(406, "PGRST116", message, f"The result contains {rows} rows")


def bad_method(method: str) -> ApiError:
    return ApiError(405, "PGRST117", f"Unsupported HTTP method: {method}")


def only_null_of_embedded(name: str) -> ApiError:
    details = f"Only is null or not is null filters are allowed on embedded resource '{name}'"
    return ApiError(400, "PGRST120", "Bad operator on the embedded resource", details)


def bad_preferences(names: Iterable[str]) -> ApiError:
    details = f"Invalid preferences: {', '.join(names)}"
    return ApiError(400, "PGRST122", "Invalid preferences given with handling=strict", details)


def no_aggregates() -> ApiError:
    return ApiError(400, "PGRST123", "Use of aggregate functions is not allowed")


def too_many_affected(rows: int) -> ApiError:
    message = "Query result exceeds max-affected preference constraint"
    return ApiError(400, "PGRST124", message, f"The query affects {rows} rows")


def bad_path() -> ApiError:
    return ApiError(404, "PGRST125", "Invalid path specified in request URL")


def no_filter(verb: str) -> ApiError:
    """What the extension safeupdate, which hosted projects load, says."""
    return ApiError(400, "21000", f"{verb} requires a WHERE clause")


# ------------------------------------------------------------------ names


def no_relationship(table: str, name: str) -> ApiError:
    return NotInCatalog(
        400,
        "PGRST200",
        f"Could not find a relationship between '{table}' and '{name}' in the schema cache",
        f"Searched for a foreign key relationship between '{table}' and '{name}' in the schema 'public', "
        "but no matches were found.",
    )


def ambiguous_relationship(table: str, name: str, constraints: Iterable[str]) -> ApiError:
    choices = ", ".join(f"'{name}!{constraint}'" for constraint in constraints)
    return ApiError(
        300,
        "PGRST201",
        f"Could not embed because more than one relationship was found for '{table}' and '{name}'",
        choices,
        f"Try changing '{name}' to one of the following: {choices}. "
        "Find the desired relationship in the 'details' key.",
    )


def no_function(name: str, arguments: Iterable[str]) -> ApiError:
    given = ", ".join(sorted(arguments))
    called = f"public.{name}({given})" if given else f"public.{name}"
    plural = "parameters" if "," in given else "parameter"
    searched = f"with {plural} {given}" if given else "without parameters"
    return NotInCatalog(
        404,
        "PGRST202",
        f"Could not find the function {called}{' without parameters' if not given else ''} in the schema cache",
        f"Searched for the function public.{name} {searched} or with a single unnamed json/jsonb parameter, "
        "but no matches were found in the schema cache.",
    )


def ambiguous_function(candidates: Iterable[str]) -> ApiError:
    message = f"Could not choose the best candidate function between: {', '.join(candidates)}"
    hint = "Try renaming the parameters or the function itself in the database so function overloading can be resolved"
    return ApiError(300, "PGRST203", message, hint=hint)


def no_column(table: str, name: str) -> ApiError:
    return NotInCatalog(400, "PGRST204", f"Could not find the '{name}' column of '{table}' in the schema cache")


def no_table(name: str) -> ApiError:
    return NotInCatalog(404, "PGRST205", f"Could not find the table 'public.{name}' in the schema cache")
