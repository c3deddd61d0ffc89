"""Made-up calls of every operation, right ones and wrong ones: none breaks the server, each answer is as documented.

Half of the calls are about things that are there. SECONDS bound the computing; other work beside it does not count.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import Api, opened
from tests.api.seeded import belongings, office

SECONDS = 60.0
CALLS = {GenerationMode.POSITIVE: 12, GenerationMode.NEGATIVE: 8}
"""Calls of one operation in each way."""

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROW_BY_ROW = "POST /api/v1/import/leads"
"""Its wrong rows are no wrong request."""

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Api, dict[str, str]]]:
    """An office with something of everything, and the ids of it by their parameters' names."""
    folder: Path = tmp_path_factory.mktemp("schemathesis")
    with opened(folder, database_url="sqlite://", public_url="http://office.example") as api:
        ids = belongings(api, "Анна", 1, None).ids | office(api)
        others = belongings(api, "Пётр", 2, None).ids
        yield api, ids | {"other_id": others["customer_id"]}


def test_every_operation_does_as_documented(full: tuple[Api, dict[str, str]]) -> None:
    api, ids = full
    schema: Any = schemathesis.openapi.from_wsgi("/api/openapi.json", api.app)
    operations = [found.ok() for found in schema.exclude(path_regex="/events$").get_all_operations()]
    operations.sort(
        key=lambda operation: operation.method.upper() == "DELETE"
    )  # what is there stays there for the others
    began, called = time.process_time(), 0
    wrong: list[str] = []
    for operation in operations:
        for mode, calls in CALLS.items():
            called += _call(api, ids, operation, mode, calls, wrong)
        assert time.process_time() - began < SECONDS, f"too slow: {operation.label}"
    assert called > 10 * len(operations)
    assert wrong == []


def _call(api: Api, ids: dict[str, str], operation: Any, mode: GenerationMode, calls: int, wrong: list[str]) -> int:
    """Some calls of one operation, each answer held against the document. How many they were; `wrong` is added to."""
    done = [0]
    refused = mode is GenerationMode.NEGATIVE and operation.label != ROW_BY_ROW
    checks = [*CHECKS, *([negative_data_rejection] if refused else [])]

    @seed(1)
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    @settings(
        max_examples=calls,
        deadline=None,
        suppress_health_check=QUIET,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )
    def check(case: Any, known: bool) -> None:
        done[0] += 1
        if known and mode is GenerationMode.POSITIVE:
            case.path_parameters = {name: ids.get(name, value) for name, value in (case.path_parameters or {}).items()}
            case.body = _about_known(case.body, ids)
        headers = {"Authorization": f"Bearer {api.key}", "Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, checks=checks)

    try:
        check()
    except Unsatisfiable:  # nothing can be wrong with an operation that takes nothing
        pass
    except FailureGroup as found:  # a list of all that is wrong says more than the first of it
        wrong += [f"{operation.label} ({mode.value}): {one}" for one in found.exceptions]
    return done[0]


def _about_known(body: Any, ids: dict[str, str]) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: ids.get(name, value) if isinstance(value, str) else value for name, value in body.items()}


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _methods_of(paths: dict[str, Any], concrete: str) -> set[str]:
    """What the document allows at an address: `/leads/bulk` is one of its own, and that of a lead called `bulk`."""
    fitting = (item for path, item in paths.items() if re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), concrete))
    return {method.upper() for item in fitting for method in item}


def test_other_methods_are_refused_with_what_is_allowed(api: Api) -> None:
    paths: dict[str, Any] = (api.client.get("/api/openapi.json").get_json())["paths"]
    send = {"Authorization": f"Bearer {api.key}"}
    for path in paths:
        concrete = path.replace("{", "").replace("}", "")
        documented = _methods_of(paths, concrete)
        for method in {*METHODS, "TRACE"} - documented:
            answer = api.client.open(concrete, method=method, headers=send, json={} if method != "TRACE" else None)
            assert (answer.status_code, answer.content_type) == (405, "application/problem+json"), (method, path)
            allowed = set(answer.headers["Allow"].split(", "))
            assert allowed - {"HEAD", "OPTIONS"} == documented, (method, path)
        options = api.client.open(concrete, method="OPTIONS", headers=send)
        assert (options.status_code, set(options.headers["Allow"].split(", ")) >= documented) == (200, True), path


def test_head_is_get_without_its_body(api: Api) -> None:
    lead = api.lead()
    for path in ("/leads", f"/leads/{lead['id']}", "/board", "/customers", "/leads/nobody"):
        head, got = api.call("HEAD", path), api.call("GET", path)
        assert (head.status_code, head.data, head.content_type) == (got.status_code, b"", got.content_type)
    assert api.client.head("/api/v1/leads").status_code == 401
