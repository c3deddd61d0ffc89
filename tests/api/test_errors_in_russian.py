"""Whatever a signed-in person sends, the answer says what is wrong in his language: the document's own calls, with
values that fit nothing. An English word is a fault, unless it names a field or a value that is allowed there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Literal, get_args

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from crystalbay.api.misfits import field_errors, sentence
from crystalbay.web.sentences import said
from models import Role
from tests.api.conftest import Api

SignIn = Callable[[Role], tuple[FlaskClient, str]]

VALUES = (
    "x",
    "-1",
    "0.5",
    "99999999999999999999",
    "0001-01-01",
    "10000-01-01",
    "1e400",
    "nan",
    "я" * 30_000,
    ",,,",
    "\0",
)
BODIES: tuple[Any, ...] = (
    None,
    "x",
    "",
    -1,
    0.5,
    2**63,
    1e300,
    True,
    [],
    ["x"] * 3000,
    {},
    {"x": 1},
    "я" * 30_000,
    "\0",
)
OTHER_WORDS = {
    "PDF",
    "Office",
    "URL",
    "PUBLIC_URL",
    "API",
    "JSON",
    "application",
    "json",
    "true",
    "false",
    "anna",
    "example",
    "com",
    "GET",
    "PUT",
}
"""Names that are the same in Russian, and examples."""

WORD = re.compile(r"[A-Za-z][A-Za-z_]+")
KEPT = ("/users/me/sessions/{session_id}", "/users/me/password", "/events")
"""Calls that end the session of the test, or never end."""


def _known_words(part: Any) -> Iterator[str]:
    """Names of fields and parameters, and allowed values, wherever they are in the document."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("properties", "enum", "const", "pattern"):
                yield from value if key in ("properties", "enum") and not isinstance(value, str) else [str(value)]
            if key == "name" and isinstance(value, str):
                yield value
            yield from _known_words(value)
    elif isinstance(part, list):
        for value in part:
            yield from _known_words(value)


class Person:
    """A signed-in administrator who reads Russian and sends what he likes."""

    def __init__(self, browser: FlaskClient, token: str) -> None:
        self._browser, self._token = browser, token
        self.document: dict[str, Any] = browser.get("/api/openapi.json").get_json()
        self._known = {word for name in _known_words(self.document) for word in WORD.findall(str(name))} | OTHER_WORDS

    def calls(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, operations in self.document["paths"].items():
            if not path.endswith(KEPT):
                for method, operation in operations.items():
                    yield method.upper(), re.sub(r"\{\w+\}", "nothing", path), operation

    def hears(self, method: str, path: str, *, echo: str = "", **given: Any) -> list[tuple[str, str]]:
        """Sentences of the refusal with an English word in them, but what was sent (`echo`)."""
        headers = {"X-CSRFToken": self._token, "Accept-Language": "ru"}
        answer = self._browser.open(path, method=method, headers=headers, **given)
        if answer.status_code < 400:
            return []
        body: Any = answer.get_json()
        sentences = [body["title"], body.get("detail") or "", *(one["message"] for one in body.get("errors") or ())]
        left = [re.sub(rf"\b{re.escape(echo)}\b", "", text) if echo else text for text in sentences]
        asked = f"{answer.status_code} {method} {path} {str(given)[:80]}"
        return [(asked, text) for text in left if not self._known.issuperset(WORD.findall(text))]


@pytest.fixture
def person(signed_in: SignIn) -> Person:
    return Person(*signed_in(Role.ADMINISTRATOR))


def test_parameters_that_do_not_fit(person: Person) -> None:
    wrong = []
    for method, path, operation in person.calls():
        names = [part["name"] for part in operation.get("parameters", ()) if part["in"] == "query"]
        asked = [f"{name}={value}" for name in names for value in VALUES] + [f"{n}=1&{n}=2" for n in names] + ["foo=1"]
        if method == "GET":
            for query in asked:
                wrong += person.hears(method, path, query_string=query, echo=query.split("=")[1])
    assert wrong == []


def _fields(person: Person, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = person.document["components"]["schemas"].get(name, schema).get("properties", {})
    return found


def test_bodies_that_do_not_fit(person: Person) -> None:
    wrong = []
    for method, path, operation in person.calls():
        fields = _fields(person, operation)
        bodies: list[Any] = [{}, [], {"foo": 1}, dict.fromkeys(fields)]
        bodies += [{name: value} for name in fields for value in BODIES]
        for body in bodies if method in ("POST", "PATCH", "PUT") else ():
            wrong += person.hears(method, path, json=body)
    assert wrong == []


def test_what_is_not_there_and_what_cannot_be_read(person: Person) -> None:
    wrong = []
    for method, path, _operation in person.calls():
        tries: list[dict[str, Any]] = [
            {"json": {}},
            {"data": b"{bad", "content_type": "application/json"},
            {"data": b"x", "content_type": "text/x"},
        ]
        for given in tries:
            wrong += person.hears(method, path, **given)
    large: dict[str, Any] = {"data": b" " * (2 * 1024 * 1024 + 1), "content_type": "application/json"}
    wrong += person.hears("POST", "/api/v1/leads", **large)
    wrong += person.hears("PUT", "/api/v1/leads") + person.hears("GET", "/api/v1/nowhere")
    assert wrong == []


def test_every_kind_of_error_that_pydantic_knows_has_a_sentence_in_russian() -> None:
    values: dict[str, Any] = dict.fromkeys(("min_length", "max_length", "decimal_places", "gt", "ge", "lt", "le"), 3)
    values |= {"pattern": "^7$", "expected": "'7' or '8'", "error": "no such lead"}
    for kind in get_args(ErrorType):
        text = sentence(kind, values)
        assert said(text, "ru") != text, kind


class Limits(BaseModel):
    n: Decimal = Field(ge=5, le=Decimal(10**12))
    letter: Literal["a", "b"]


@pytest.mark.parametrize(
    ("given", "english", "russian"),
    [
        (
            {"n": "1e400"},
            "Input should be less than or equal to 1000000000000",
            "Должно быть не больше 1 000 000 000 000",
        ),
        ({"n": "x"}, "Input should be a number", "Укажите число"),
        ({"letter": "c"}, "allowed are: a, b", "Подойдёт только: a, b"),
    ],
)
def test_values_are_written_as_people_write_them(given: dict[str, str], english: str, russian: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Limits).validate_python({"n": 7, "letter": "a"} | given)
    [error] = field_errors(refused.value)
    assert error["message"] == english
    assert said(english, "ru").replace("\xa0", " ") == russian


def test_a_day_is_written_as_a_day() -> None:
    text = "Input should be greater than or equal to 1970-01-01"
    assert said(text, "ru").replace("\xa0", " ") == "Должно быть не меньше 1 января 1970"


def test_a_key_is_answered_in_english(api: Api) -> None:
    answer = api.call("GET", "/leads?created_from=0001-01-01", **{"Accept-Language": "ru"})
    assert answer.json["errors"] == [
        {"field": "created_from", "message": "Input should be greater than or equal to 1970-01-01"}
    ]
