"""Errors of the API are problem documents that say what is wrong, and nothing of our insides."""

from __future__ import annotations

from typing import Any

import pytest

from crystalbay.errors import StoreUnavailable
from crystalbay.services import board, leads
from tests.api.conftest import Api

PROBLEM = "application/problem+json"


def test_unknown_addresses_and_methods(api: Api) -> None:
    unknown = api.call("GET", "/nowhere")
    assert (unknown.status_code, unknown.content_type) == (404, PROBLEM)
    wrong = api.call("PUT", "/leads")
    assert (wrong.status_code, wrong.content_type) == (405, PROBLEM)
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))
    missing = api.call("GET", "/leads/nobody")
    assert (missing.status_code, missing.content_type) == (404, PROBLEM)


def test_broken_json_is_told_with_its_place(api: Api) -> None:
    send = {"Authorization": f"Bearer {api.key}"}
    answer = api.client.post("/api/v1/leads", data=b'{"name": }', content_type="application/json", headers=send)
    assert (answer.json or {})["detail"].startswith("the body is no valid JSON: ")
    assert "column 10" in (answer.json or {})["detail"]


@pytest.mark.parametrize("path", ["/leads", "/import/leads"])
@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{bad", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b"5", "application/json", 400),
        (b"name=x", "text/plain", 415),
        (b"", "application/x-www-form-urlencoded", 415),
        (b"name=x", "multipart/form-data; boundary=x", 415),
        (b"", None, 415),
        (b"[" * 100_000, "application/json", 400),
        (b" " * (2 * 1024 * 1024 + 1), "application/json", 413),
    ],
)
def test_broken_bodies_are_refused(api: Api, path: str, data: bytes, content_type: str | None, status: int) -> None:
    send = {"Authorization": f"Bearer {api.key}"}
    answer = api.client.post(f"/api/v1{path}", data=data, content_type=content_type, headers=send)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert api.rows("leads") == []


def test_a_list_is_no_lead(api: Api) -> None:
    assert api.call("POST", "/leads", [{"name": "Анна"}]).status_code == 400


def test_a_call_without_a_body_takes_whatever_a_tool_sends(api: Api) -> None:
    conversation = api.whatsapp()
    path = f"/api/v1/conversations/{conversation['id']}/takeover"
    send = {"Authorization": f"Bearer {api.key}"}
    form = api.client.post(path, data=b"", content_type="application/x-www-form-urlencoded", headers=send)
    assert form.status_code == 200


def test_a_store_out_of_reach_is_said_with_when_to_come_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_options: Any) -> None:
        raise StoreUnavailable("cannot connect to db.internal:5432")

    monkeypatch.setattr(board, "list_leads", away)
    answer = api.call("GET", "/leads")
    assert (answer.status_code, answer.content_type) == (503, PROBLEM)
    assert int(answer.headers["Retry-After"]) > 0
    assert "db.internal" not in answer.text


def test_a_mistake_of_ours_has_a_number_and_no_insides(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(leads, "show", broken)
    answer = api.call("GET", "/leads/any")
    assert (answer.status_code, answer.content_type) == (500, PROBLEM)
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
