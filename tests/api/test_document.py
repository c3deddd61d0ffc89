"""The OpenAPI document is valid and complete; that it is true, test_schemathesis.py tries out."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate
from pydantic import BaseModel

import crystalbay.api
from crystalbay.api.describing import PROBLEM, TAGS
from crystalbay.services.viewers import SCOPES
from tests.api.conftest import Api, opened

Operation = tuple[str, str, dict[str, Any]]

UNKEYED = {
    "create_key",  # its answer is a secret, and is kept nowhere
    "make_link",  # so is this; a repeat makes a new link, and the old one stops
    "invite_user",  # so is this; and an address is there once
    "link_my_telegram",  # so is this; a repeat makes a new link, and the old one stops
}
"""POSTs that make something and honour no Idempotency-Key."""


@pytest.fixture
def found(api: Api) -> dict[str, Any]:
    document: dict[str, Any] = api.client.get("/api/openapi.json").get_json()
    return document


def operations(found: dict[str, Any]) -> Iterator[Operation]:
    for path, item in found["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def test_the_document_is_openapi_3_1(found: dict[str, Any]) -> None:
    assert found["openapi"] == "3.1.0"
    validate(found)
    ids = [operation["operationId"] for _, _, operation in operations(found)]
    assert len(ids) == len(set(ids)) > 60


def test_the_document_can_be_browsed_without_a_cdn(api: Api) -> None:
    page = api.client.get("/api/docs")
    assert page.status_code == 200
    assert "http" not in page.text.replace("<!doctype html>", "")


def test_every_operation_says_what_it_does(found: dict[str, Any]) -> None:
    silent = []
    for method, path, operation in operations(found):
        named = f"{method} {path}"
        silent += [f"{named}: {what}" for what in ("summary", "description", "tags", "security") if not operation[what]]
        silent += [f"{named}: tag {tag}" for tag in operation["tags"] if tag not in TAGS]
        parameters = operation.get("parameters", ())
        silent += [f"{named}: parameter {one['name']}" for one in parameters if not one.get("description")]
    assert silent == []
    tags = [tag["name"] for tag in found["tags"]]
    assert tags == [name for name in TAGS if name in tags], "in the order in which they are read"


def test_every_operation_names_its_errors_with_an_example(found: dict[str, Any]) -> None:
    silent = []
    for method, path, operation in operations(found):
        named = f"{method} {path}"
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        wanted = {"401", "403", "503"}
        wanted |= {"404"} if "{" in path else set()
        wanted |= {"400", "413", "415", "422"} if "requestBody" in operation else set()
        silent += [f"{named}: {status}" for status in sorted(wanted - errors.keys())]
        for status, answer in errors.items():
            example = answer["content"][PROBLEM].get("example", {})
            if example.get("status") != int(status) or not example["title"]:
                silent.append(f"{named}: example of {status}")
            if status in ("429", "503") and "Retry-After" not in answer.get("headers", ()):
                silent.append(f"{named}: Retry-After of {status}")
    assert silent == []


def media(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        yield "body", kind, body
    for status, answer in operation["responses"].items():
        for kind, body in answer.get("content", {}).items():
            yield status, kind, body


def test_every_body_and_answer_has_an_example_that_fits(found: dict[str, Any]) -> None:
    wrong = []
    for method, path, operation in operations(found):
        for where, _kind, body in media(operation):
            named = f"{method} {path} {where}"
            if "example" in body:
                schema = {**body["schema"], "components": found["components"]}
                wrong += [
                    f"{named}: {one.message}" for one in Draft202012Validator(schema).iter_errors(body["example"])
                ]
            else:
                wrong.append(f"{named}: no example")
    assert wrong == []


def test_the_example_of_a_spreadsheet_has_its_columns(api: Api, found: dict[str, Any]) -> None:
    answer = found["paths"]["/api/v1/leads/export.csv"]["get"]["responses"]["200"]
    head, row, end = answer["content"]["text/csv"]["example"].split("\r\n")
    api.lead()
    assert head == api.call("GET", "/leads/export.csv").get_data(as_text=True).split("\r\n")[0]
    assert (row.count(";"), end) == (head.count(";"), "")


@pytest.mark.parametrize(
    ("public_url", "cookie"), [("https://office.example", "__Host-session"), ("http://office.example", "session")]
)
def test_the_cookie_is_called_as_it_is(tmp_path: Path, public_url: str, cookie: str) -> None:
    with opened(tmp_path, database_url="sqlite://", public_url=public_url) as api:
        page = api.client.get("/login", base_url=public_url)
        schemes = api.client.get("/api/openapi.json").get_json()["components"]["securitySchemes"]
    assert page.headers["Set-Cookie"].split("=")[0] == schemes["session"]["name"] == cookie


def test_the_scopes_of_the_document_are_those_that_keys_can_have(found: dict[str, Any], api: Api) -> None:
    asked = {
        scope for _, _, operation in operations(found) for way in operation["security"] for scope in way.get("key", ())
    }
    assert asked == set(SCOPES)
    refused = api.call("PATCH", "/settings", {"closed_days": 7}, key=api.new_key("leads:read", "leads:write"))
    assert (refused.status_code, refused.json["detail"]) == (403, "this is for administrators and heads")


def test_the_examples_of_bodies_are_taken(api: Api, found: dict[str, Any]) -> None:
    """A reader who copies one is told at most that the thing it is about is not there."""
    refused = []
    for method, path, operation in operations(found):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is None or path.startswith(("/api/v1/users/me", "/api/v1/views")):  # a key is no user
            continue
        concrete = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
        answer = api.call(method, concrete, body["example"])
        if answer.status_code not in (200, 201, 204, 404):
            refused.append(f"{method} {path}: {answer.status_code} {answer.text}")
    assert refused == []


def test_lists_are_pages(found: dict[str, Any]) -> None:
    for method, path, operation in operations(found):
        parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
        if "cursor" not in parameters:
            continue
        example = operation["responses"]["200"]["content"]["application/json"]["example"]
        assert "limit" in parameters, f"{method} {path}"
        assert example.keys() >= {"items", "next_cursor"}, f"{method} {path}"


def test_what_makes_or_sends_something_honours_idempotency_keys(found: dict[str, Any]) -> None:
    unkeyed = {
        operation["operationId"]
        for method, _, operation in operations(found)
        if method == "POST"
        and "201" in operation["responses"]
        and "Idempotency-Key" not in {parameter["name"] for parameter in operation.get("parameters", ())}
    }
    assert unkeyed == UNKEYED


def test_no_two_shapes_have_one_name() -> None:
    """The document knows shapes by their names: one of two would be shown for both."""
    shapes: dict[str, set[type[Any]]] = {}
    for module in pkgutil.iter_modules(crystalbay.api.__path__):
        for value in vars(importlib.import_module(f"crystalbay.api.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, BaseModel):
                shapes.setdefault(value.__name__, set()).add(value)
    assert [name for name, same in shapes.items() if len(same) > 1] == []
