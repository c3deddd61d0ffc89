"""Signing in and proving it: keys, sessions, CSRF, CORS. Who may call what and sees what: test_roles.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from models import Role
from tests.api.conftest import Api

SignIn = Callable[[Role], tuple[FlaskClient, str]]


@pytest.mark.parametrize("value", ["Bearer cb_wrong", "Bearer ", "Basic YTpi", "cb_naked", "Bearer x\x7f"])
def test_a_wrong_key_is_nobody(api: Api, value: str) -> None:
    assert api.client.get("/api/v1/leads", headers={"Authorization": value}).status_code == 401


def test_a_key_is_shown_once_and_revoked_at_once(api: Api) -> None:
    made = api.call("POST", "/api-keys", {"name": "сайт", "scopes": ["leads:read"]}).json
    assert made["key"].startswith("cb_")
    assert api.call("GET", "/leads", key=made["key"]).status_code == 200
    listed = api.call("GET", "/api-keys").text
    assert made["key"] not in listed
    assert api.call("DELETE", f"/api-keys/{made['id']}").json["revoked_at"] is not None
    assert api.call("GET", "/leads", key=made["key"]).status_code == 401
    stored = api.rows("api_keys", id=made["id"])[0]
    assert made["key"] not in str(stored)


def test_a_session_must_prove_where_a_write_comes_from(api: Api, signed_in: SignIn) -> None:
    lead = api.lead()
    client, token = signed_in(Role.MANAGER)
    path = f"/api/v1/leads/{lead['id']}/move"
    body = {"status": "pending", "version": 1}
    assert client.post(path, json=body).status_code == 400
    assert client.post(path, json=body, headers={"X-CSRFToken": "forged"}).status_code == 400
    assert client.post(path, json=body, headers={"Authorization": ""}).status_code == 400
    assert client.post(path, json=body, headers={"X-CSRFToken": token}).status_code == 200


def test_an_observer_reads_and_changes_nothing(api: Api, signed_in: SignIn) -> None:
    lead = api.lead()
    client, token = signed_in(Role.OBSERVER)
    assert client.get(f"/api/v1/leads/{lead['id']}").status_code == 200
    send = {"X-CSRFToken": token}
    assert (
        client.post(f"/api/v1/leads/{lead['id']}/move", json={"status": "new", "version": 1}, headers=send).status_code
        == 403
    )
    assert client.post("/api/v1/leads", json={"name": "x"}, headers=send).status_code == 403
    assert client.get("/api/v1/api-keys").status_code == 403


def test_a_manager_has_no_keys_page(api: Api, signed_in: SignIn) -> None:
    client, _token = signed_in(Role.MANAGER)
    assert client.get("/api/v1/api-keys").status_code == 403


def test_cors_lets_the_named_site_and_never_with_cookies(api: Api) -> None:
    answer = api.call("GET", "/leads", Origin="https://site.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://site.example"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in api.call("GET", "/leads", Origin="https://evil.example").headers


def test_pages_are_for_users_only_and_come_back_after_signing_in(api: Api) -> None:
    answer = api.client.get("/leads/abc")
    assert (answer.status_code, answer.location) == (302, "/login?next=/leads/abc")
    assert api.client.get("/ui/board").status_code == 401
    with_key = api.client.get("/", headers={"Authorization": f"Bearer {api.key}"})
    assert with_key.status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site_after_signing_in(api: Api, signed_in: SignIn, target: str) -> None:
    client, _token = signed_in(Role.MANAGER)
    assert client.get("/login", query_string={"next": target}).location == "/"


def test_guessing_passwords_is_slowed_down(api: Api) -> None:
    client = api.client
    token = client.get("/login").text.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"email": "a@b.example", "password": "wrong", "csrf_token": token}
    statuses = [client.post("/login", data=form).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


def test_headers_protect_every_answer(api: Api) -> None:
    for path in ("/login", "/api/v1/leads", "/nowhere", "/healthz"):
        headers = api.client.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Request-Id"]


def test_a_forged_webhook_is_not_found(api: Api) -> None:
    assert api.client.post("/webhooks/wazzup/wrong", json={"test": True}).status_code == 404
    assert api.rows("inbox_events") == []
