"""Every list that the document names: pages without gaps; parameters that are wrong are named, never ignored."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models import Role
from tests.api.conftest import Api, opened
from tests.api.seeded import belongings, office, user

BAD_CURSORS = [
    "x",
    "%00",
    "bnVsbA",
    *(
        base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
        for values in (
            [], [None, "x"], ["x", "x"], ["2026-13-01T00:00:00Z", "x"], [{}, "x"], [True, "x"], [["x"], "x"],
            {"created_at": "x"}, [None], ["2026-05-12T09:00:00", "x"],
            ["9999-12-31T23:59:59-12:00", "x"], [1, 2, 3, 4, "x"], [1e300, None],
        )
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[str, str], list[dict[str, Any]]]]:
    """An administrator's calls in an office with something of everything, its ids, and all lists of the document."""
    folder: Path = tmp_path_factory.mktemp("lists")
    with opened(folder, database_url="sqlite://", public_url="http://office.example") as api:
        ids = belongings(api, "Анна", 1, None).ids | office(api)
        client, token = api.browser(user(api, "the-administrator", Role.ADMINISTRATOR)["email"])

        def call(path: str, **query: Any) -> Any:
            for name, value in ids.items():
                path = path.replace(f"{{{name}}}", value)
            return client.get(path, query_string=query, headers={"X-CSRFToken": token})

        yield call, ids, lists(api)


def lists(api: Api) -> list[dict[str, Any]]:
    paths = (api.client.get("/api/openapi.json").get_json())["paths"]
    return [
        {"path": path, "parameters": {one["name"]: one for one in item["get"].get("parameters", ())}}
        for path, item in paths.items()
        if "get" in item and path != "/api/v1/events"
    ]


Full = tuple[Any, dict[str, str], list[dict[str, Any]]]


def refused(answer: Any, field: str) -> bool:
    named = {error["field"] for error in (answer.json or {}).get("errors", ())}
    return answer.status_code == 422 and field in named


def test_an_unknown_parameter_is_named(full: Full) -> None:
    call, _, found = full
    wrong = [one["path"] for one in found if not refused(call(one["path"], stauts="new"), "stauts")]
    assert wrong == []
    words = call("/api/v1/leads", stauts="new").json["errors"][0]["message"]
    assert "status" in words


def test_a_parameter_that_is_given_twice_is_named(full: Full) -> None:
    call, _, found = full
    wrong = [
        f"{one['path']}?{name}"
        for one in found
        for name, parameter in one["parameters"].items()
        if parameter["in"] == "query" and not refused(call(one["path"], **{name: ["1", "2"]}), name)
    ]
    assert wrong == []


def test_a_wrong_cursor_is_named(full: Full) -> None:
    call, _, found = full
    paged = [one["path"] for one in found if "cursor" in one["parameters"]]
    assert len(paged) > 8
    wrong = [
        f"{path}?cursor={cursor}"
        for path in paged
        for cursor in BAD_CURSORS
        if not refused(call(path, cursor=cursor), "cursor")
    ]
    assert wrong == []


def test_limits_have_bounds(full: Full) -> None:
    call, _, found = full
    for one in found:
        if "limit" not in one["parameters"]:
            continue
        schema = one["parameters"]["limit"]["schema"]
        for limit in (0, -1, schema["maximum"] + 1, "ten", "1.5"):
            assert refused(call(one["path"], limit=limit, **_needed(one)), "limit"), (one["path"], limit)
        assert call(one["path"], limit=schema["maximum"], **_needed(one)).status_code == 200


def _needed(one: dict[str, Any]) -> dict[str, str]:
    return {name: "анна" for name, parameter in one["parameters"].items() if parameter.get("required") and name == "q"}


def test_pages_of_one_hold_everything_once(full: Full) -> None:
    call, _, found = full
    for one in found:
        if "cursor" not in one["parameters"]:
            continue
        whole = call(one["path"]).json["items"]
        pages: list[Any] = []
        cursor: dict[str, str] = {}
        for _ in range(60):
            page = call(one["path"], limit=1, **cursor).json
            pages.append(page["items"])
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        ids = [item.get("id", item.get("name")) for page in pages for item in page]
        assert sorted(ids) == sorted(item.get("id", item.get("name")) for item in whole), one["path"]
