"""People at their browsers, over HTTP and in process: they sign in, open pages and call the API as a page does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

import main
from crystalbay.config import load
from crystalbay.services import users
from crystalbay.services.context import Context
from crystalbay.store.interface import Row, Store
from models import Role

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"
PASSWORD = "three green words"


@dataclass
class Watch:
    """A clock that a test moves."""

    time: datetime = field(default_factory=lambda: datetime(2026, 6, 4, 11, 7, tzinfo=UTC))

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def passes(self, **span: float) -> None:
        self.time += timedelta(**span)


@dataclass
class Office:
    """The application with people in it, without background work."""

    app: Flask
    watch: Watch

    @property
    def ctx(self) -> Context:
        ctx: Context = self.app.extensions["crystalbay"]
        return ctx

    @property
    def store(self) -> Store:
        return self.ctx.store

    def hires(self, name: str, role: Role = Role.MANAGER) -> Row:
        """A user `name@crystalbay.example` with PASSWORD."""
        return users.create_user(
            self.store, email=f"{name}@crystalbay.example", name=name.title(), role=role, password=PASSWORD
        )

    def browser(self, place: str = "203.0.113.5", agent: str = CHROME) -> Browser:
        return Browser(self.app.test_client(), place, agent)

    def at_work(self, name: str, role: Role = Role.MANAGER, place: str = "203.0.113.5", agent: str = CHROME) -> Browser:
        """A signed-in browser of this person, who is hired when there is no such user yet."""
        if users.by_email(self.store, f"{name}@crystalbay.example") is None:
            self.hires(name, role)
        browser = self.browser(place, agent)
        assert browser.signs_in(f"{name}@crystalbay.example").status_code == 302
        return browser

    def rows(self, table: str, **equal: Any) -> list[Row]:
        order = ("seq",) if table in ("jobs", "activities") else ("id",)
        return self.store.find(table, [(name, "eq", value) for name, value in equal.items()], order=order, limit=1000)


@dataclass
class Browser:
    client: FlaskClient
    place: str
    agent: str

    def _sent_from_here(self, headers: dict[str, str] | None = None) -> dict[str, Any]:
        return {"environ_base": {"REMOTE_ADDR": self.place}, "headers": {"User-Agent": self.agent} | (headers or {})}

    def opens(self, path: str, **headers: str) -> Any:
        return self.client.get(path, **self._sent_from_here(headers))

    def token(self, path: str = "/login") -> str:
        page: str = self.opens(path).text
        return page.split('name="csrf-token" content="')[1].split('"')[0]

    def posts(self, path: str, token_of: str = "/login", **form: str) -> Any:
        """A form of the page `token_of`."""
        return self.client.post(path, data={"csrf_token": self.token(token_of)} | form, **self._sent_from_here())

    def signs_in(self, email: str, password: str = PASSWORD, **form: str) -> Any:
        return self.posts("/login", email=email, password=password, **form)

    def calls(self, method: str, path: str, json: Any = None) -> Any:
        """The API, as a script of a page does."""
        headers = {} if method == "GET" else {"X-CSRFToken": self.token("/settings/me")}
        options = {} if json is None else {"json": json}
        return self.client.open(f"/api/v1{path}", method=method, **options, **self._sent_from_here(headers))

    @property
    def is_in(self) -> bool:
        return bool(self.opens("/api/v1/users/me").status_code == 200)


def office(folder: Path, *, store: Store | None = None, **settings: Any) -> Office:
    """A new application; close its store afterwards."""
    watch = Watch()
    configured = load(
        _env_file=None,
        **{"app_env": "production", "database_url": "sqlite://", "data_dir": folder, "log_level": "ERROR"} | settings,
    )
    return Office(main.create_app(configured, store=store, clock=watch), watch)
