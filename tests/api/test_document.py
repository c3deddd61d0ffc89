"""The OpenAPI document is valid, complete, and true: schemathesis compares what it says with what is answered."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import Api


def test_the_document_is_openapi_3_1(api: Api) -> None:
    found: dict[str, Any] = api.client.get("/api/openapi.json").get_json()
    assert found["openapi"] == "3.1.0"
    validate(found)
    assert {
        "/api/v1/leads", "/api/v1/leads/{lead_id}", "/api/v1/leads/{lead_id}/move", "/api/v1/board",
        "/api/v1/conversations", "/api/v1/conversations/{conversation_id}/messages",
        "/api/v1/conversations/{conversation_id}/takeover", "/api/v1/conversations/{conversation_id}/release",
        "/api/v1/api-keys", "/api/v1/import/leads", "/api/v1/import/requests/{request_id}", "/api/v1/events",
    } <= found["paths"].keys()  # fmt: skip
    for path in found["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert "401" in operation["responses"]


def test_the_document_can_be_browsed_without_a_cdn(api: Api) -> None:
    page = api.client.get("/api/docs")
    assert page.status_code == 200
    assert "http" not in page.text.replace("<!doctype html>", "")


def test_answers_are_as_documented(api: Api) -> None:
    api.whatsapp()
    api.lead()
    schema: Any = schemathesis.openapi.from_wsgi("/api/openapi.json", api.app)
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    for operation in schema.exclude(path_regex="events").get_all_operations():
        _check_operation(operation.ok(), api, checks)


def _check_operation(operation: Any, api: Api, checks: list[Any]) -> None:
    """A dozen made-up calls of one operation, each answer held against the document."""
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]

    @given(case=operation.as_strategy())
    @settings(max_examples=12, deadline=None, suppress_health_check=quiet, database=None)
    def check(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {api.key}"}, checks=checks)

    check()
