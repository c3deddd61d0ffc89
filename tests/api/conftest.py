from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import main
from crystalbay.config import load
from crystalbay.services import api_keys, users
from crystalbay.services.viewers import SYSTEM
from crystalbay.store.interface import Row, Store
from models import Role
from tests.backends import backend_address, cluster, databases  # noqa: F401
from tests.world import SECRET

PASSWORD = "a long password"


@dataclass
class Api:
    """The API in process, without background work. Calls carry the administrator's key unless said otherwise."""

    app: Flask
    key: str

    @property
    def store(self) -> Store:
        store: Store = self.app.extensions["crystalbay"].store
        return store

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Within this block the background works."""
        background = main.start(self.app, lease_s=2.0, renew_s=0.5)
        try:
            yield
        finally:
            main.stop(background)

    def browser(self, email: str) -> tuple[FlaskClient, str]:
        """A browser in which this user has signed in, and the CSRF token of its page."""
        client = self.client
        form = {"email": email, "password": PASSWORD, "csrf_token": _token(client.get("/login").text)}
        assert client.post("/login", data=form).status_code == 302
        return client, _token(client.get("/").text)

    def new_key(self, *scopes: str) -> str:
        return api_keys.create_key(self.store, SYSTEM, name="test", scopes=scopes)[0]

    def call(self, method: str, path: str, json: Any = None, *, key: str | None = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {key or self.key}"} | {n.replace("_", "-"): v for n, v in headers.items()}
        options = {} if json is None else {"json": json}
        return self.client.open(f"/api/v1{path}", method=method, headers=given, **options)

    def lead(self, **fields: Any) -> dict[str, Any]:
        answer = self.call("POST", "/leads", {"name": "Анна"} | fields)
        assert answer.status_code == 201, answer.text
        lead: dict[str, Any] = answer.json
        return lead

    def rows(self, table: str, **equal: Any) -> list[Row]:
        order = ("seq",) if table in ("jobs", "activities") else ("created_at", "id")
        return self.store.find(table, [(name, "eq", value) for name, value in equal.items()], order=order, limit=2000)

    def whatsapp(
        self,
        text: str = "Хочу в Турцию",
        chat_id: str = "79001112233",
        message_id: str = "m-1",
        name: str = "Анна Соколова",
        chat_type: str = "whatsapp",
    ) -> Row:
        """A customer's message through the webhook; its conversation."""
        message = {
            "messageId": message_id, "dateTime": "2026-05-12T09:00:00.000Z", "channelId": "c-1", "isEcho": False,
            "chatType": chat_type, "chatId": chat_id, "type": "text", "text": text, "status": "inbound",
            "contact": {"name": name},
        }  # fmt: skip
        answer = self.client.post(f"/webhooks/wazzup/{SECRET}", json={"messages": [message]})
        assert answer.status_code == 200
        return self.rows("conversations", external_chat_id=chat_id)[0]


@contextmanager
def opened(folder: Path, **store: Any) -> Iterator[Api]:
    """The API over a store, as the settings name it."""
    settings = load(
        _env_file=None, app_env="production", data_dir=folder, log_level="ERROR",
        wazzup_api_key="k", wazzup_api_secret=SECRET, wazzup_api_url="http://127.0.0.1:9",
        cors_origins="https://site.example", debounce_s=0, **store,
    )  # fmt: skip
    app = main.create_app(settings)
    with closing(app.extensions["crystalbay"].store) as kept:
        yield Api(app, api_keys.create_key(kept, SYSTEM, name="admin", scopes=["admin"])[0])


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with opened(tmp_path, database_url="sqlite://") as ready:
        yield ready


@pytest.fixture(params=["memory", "postgres"])
def each_api(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Api]:
    """The API over the embedded store, and over PostgreSQL."""
    with backend_address(request) as address, opened(tmp_path, **address.settings) as ready:
        yield ready


@pytest.fixture
def signed_in(api: Api) -> Callable[[Role], tuple[FlaskClient, str]]:
    """A browser of a user with a role, and the CSRF token of its page."""

    def sign_in(role: Role) -> tuple[FlaskClient, str]:
        email = f"{role.value}@example.com"
        users.create_user(api.store, email=email, name="Павел М.", role=role, password=PASSWORD)
        return api.browser(email)

    return sign_in


def _token(page: str) -> str:
    return page.split('name="csrf-token" content="')[1].split('"')[0]
