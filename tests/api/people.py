"""Users of the dashboard over REST: each with a browser, a session and the token of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from crystalbay.services import users
from models import Role
from tests.api.conftest import PASSWORD, Api
from tests.world import World


@dataclass
class Person:
    """Calls carry the session and the CSRF token."""

    client: FlaskClient
    token: str
    id: str
    name: str

    def call(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        given = {"X-CSRFToken": self.token} | {name.replace("_", "-"): value for name, value in headers.items()}
        options = {} if json is None else {"json": json}
        return self.client.open(f"/api/v1{path}", method=method, headers=given, **options)


def person(at: Api | World, name: str = "Алина К.", role: Role = Role.MANAGER) -> Person:
    """A new user who has signed in."""
    email = f"user{len(at.rows('users'))}@example.com"
    row = users.create_user(at.store, email=email, name=name, role=role, password=PASSWORD)
    client = at.app.test_client()
    form = {"email": email, "password": PASSWORD, "csrf_token": _token(client.get("/login").text)}
    assert client.post("/login", data=form).status_code == 302
    return Person(client, _token(client.get("/").text), row["id"], name)


def own_leads_only(api: Api) -> None:
    """From now on a manager sees the leads that are assigned to him, and no others."""
    assert api.call("PATCH", "/settings", {"visibility": "own"}).status_code == 200


def _token(page: str) -> str:
    return page.split('name="csrf-token" content="')[1].split('"')[0]
