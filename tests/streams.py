"""Following the live stream in tests: who follows it, and what she hears."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from crystalbay.services import api_keys, users
from crystalbay.services.viewers import SYSTEM, Viewer
from models import Role
from tests.world import World

PASSWORD = "quiet harbour 7"


@dataclass
class Listener:
    """An open stream."""

    answer: requests.Response

    def __post_init__(self) -> None:
        self._messages = _messages(self.answer)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """(event id or name, data) of each message."""
        return self._messages

    def next(self) -> tuple[str, Any]:
        return next(self._messages)

    def until(self, wanted: Callable[[Any], bool]) -> list[Any]:
        """The data of all events up to the first that is wanted."""
        heard = []
        for name, data in self._messages:
            if name.isdigit():
                heard.append(data)
                if wanted(data):
                    return heard
        raise AssertionError(f"the stream ended; heard: {heard}")


def _messages(answer: requests.Response) -> Iterator[tuple[str, Any]]:
    block: dict[str, str] = {}
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if line:
            name, _, value = line.partition(": ")
            block[name] = value
        elif "data" in block:
            yield block.get("event") or block.get("id", ""), json.loads(block["data"])
            block = {}


@contextmanager
def following(world: World, who: dict[str, str] | requests.Session, last: str = "") -> Iterator[Listener]:
    """The stream of a key (its headers) or of a browser, from where it is live."""
    asker = who if isinstance(who, requests.Session) else requests
    headers = ({} if isinstance(who, requests.Session) else who) | ({"Last-Event-ID": last} if last else {})
    with asker.get(f"{world.url}/api/v1/events", headers=headers, stream=True, timeout=20) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        listener = Listener(answer)
        assert listener.next()[0] == "begin"
        if not last:
            assert listener.next()[0] == "live"
        yield listener


def key(world: World, *scopes: str) -> dict[str, str]:
    """The headers of a new API key."""
    return {"Authorization": f"Bearer {api_keys.create_key(world.store, SYSTEM, name='t', scopes=scopes)[0]}"}


def person(world: World, role: Role, email: str, name: str = "Ольга Р.") -> Viewer:
    """A new user with PASSWORD."""
    row = users.create_user(world.store, email=email, name=name, role=role, password=PASSWORD)
    return users.viewer(row | {"language": None, "presence": "here", "preferences": None})


def browser(world: World, email: str, password: str = PASSWORD, language: str = "ru") -> requests.Session:
    """A browser that is signed in."""
    session = requests.Session()
    session.headers["Accept-Language"] = language
    page = session.get(f"{world.url}/login", timeout=10).text
    form = {"email": email, "password": password, "csrf_token": token_of(page)}
    answer = session.post(f"{world.url}/login", data=form, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    session.headers["X-CSRFToken"] = session.get(f"{world.url}/ui/session", timeout=10).json()["csrf_token"]
    return session


def token_of(page: str) -> str:
    return page.split('name="csrf-token" content="')[1].split('"')[0]
