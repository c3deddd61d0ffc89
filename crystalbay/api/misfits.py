"""What does not fit a type, in words: sentences of our own for pydantic's kinds of errors, with their values written
as people write them. A library's sentence says `datetime.date(1970, 1, 1)`, and no catalogue knows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

SENTENCES = {
    "text": "Input should be a valid string",
    "integer": "Input should be a valid integer",
    "number": "Input should be a number",
    "digits": "This number is too long",
    "places": "Number should have at most %(decimal_places)s decimal places",
    "boolean": "Input should be true or false",
    "list": "Input should be a valid list",
    "object": "Input should be an object with fields",
    "date": "Input should be a valid date",
    "time": "Input should be a valid date with a time",
    "zone": "needs its time zone, like 2026-06-04T14:00:00+03:00",
    "missing": "Field required",
    "unknown": "unknown field",
    "one_of": "allowed are: %(expected)s",
    "pattern": "String should match pattern %(pattern)s",
    "empty": "must not be empty",
    "short": "String should have at least %(min_length)s characters",
    "long": "String should have at most %(max_length)s characters",
    "few": "List should have at least %(min_length)s items",
    "many": "List should have at most %(max_length)s items",
    "gt": "Input should be greater than %(gt)s",
    "ge": "Input should be greater than or equal to %(ge)s",
    "lt": "Input should be less than %(lt)s",
    "le": "Input should be less than or equal to %(le)s",
    "other": "this value does not fit here",
}
"""What is said, under names of our own; values are those that pydantic gives with its error."""

_KINDS = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "enum": "one_of",
    "literal_error": "one_of",
    "string_pattern_mismatch": "pattern",
    "string_too_short": "short",
    "string_too_long": "long",
    "too_short": "few",
    "too_long": "many",
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than": "lt",
    "less_than_equal": "le",
    "timezone_naive": "zone",
    "timezone_aware": "zone",
    "finite_number": "number",
    "decimal_max_digits": "digits",
    "decimal_max_places": "places",
    "decimal_whole_digits": "digits",
    "int_parsing_size": "digits",
    "model_type": "object",
    "model_attributes_type": "object",
}
_FAMILIES = {  # how a kind of error begins
    "string_": "text",
    "int_": "integer",
    "float_": "number",
    "decimal_": "number",
    "bool_": "boolean",
    "list_": "list",
    "tuple_": "list",
    "dict_": "object",
    "datetime_": "time",
    "date_": "date",
}


def misfit(field: str, message: str) -> dict[str, str]:
    """One thing that does not fit, as problem documents list them."""
    return {"field": field, "message": message}


def field_errors(error: ValidationError, prefix: str = "") -> list[dict[str, str]]:
    """What is wrong with each field, in words: [{"field", "message"}]."""
    found = error.errors(include_url=False, include_input=False)
    return [misfit(_place(prefix, item["loc"]), sentence(item["type"], item.get("ctx") or {})) for item in found]


def _place(prefix: str, parts: Sequence[int | str]) -> str:
    """Where it is; a key that does not fit is named by itself."""
    return ".".join(filter(None, (prefix, *(str(part) for part in parts if part != "[key]")))) or "body"


def sentence(kind: str, given: dict[str, Any]) -> str:
    """The sentence for one of pydantic's kinds of errors; what our own validators raise says it itself."""
    if kind == "value_error":
        return str(given["error"])
    name = _KINDS.get(kind) or next((name for begin, name in _FAMILIES.items() if kind.startswith(begin)), "other")
    if name in ("short", "few") and given["min_length"] == 1:
        name = "empty"
    return SENTENCES[name] % {key: _written(value) for key, value in given.items()}


_DAY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
_DECIMAL = re.compile(r"Decimal\('(.+)'\)")


def _written(value: object) -> str:
    """A value that pydantic gives with its error: a limit, some as Python writes them, or allowed values in quotes."""
    text = str(value)
    if day := _DAY.fullmatch(text):
        return date(*map(int, day.groups())).isoformat()
    if number := _DECIMAL.fullmatch(text):
        return f"{Decimal(number[1]):f}"
    return text.replace("' or '", "', '").replace("'", "")
