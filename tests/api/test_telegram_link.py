"""One's own Telegram, linked by a code that works once: over REST and through the bot, as a phone shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crystalbay.clock import ShiftedClock
from crystalbay.services import bridge_watch, users
from models import Role
from tests.api.conftest import Api
from tests.people import CHROME, PASSWORD, Browser
from tests.world import MAY_12, World, eventually, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("links"), clock=ShiftedClock(MAY_12), telegram=True) as made:
        eventually(lambda: bridge_watch.name(made.ctx), 30)
        yield made


def hired(world: World, name: str, role: Role = Role.MANAGER) -> Browser:
    """A signed-in browser of a new user."""
    email = f"{name}@crystalbay.example"
    users.create_user(world.store, email=email, name=name.title(), role=role, password=PASSWORD)
    browser = Browser(world.app.test_client(), "203.0.113.5", CHROME)
    assert browser.signs_in(email).status_code == 302
    return browser


def linked(browser: Browser) -> Any:
    return browser.calls("GET", "/me/telegram").json["linked"]


def test_a_link_is_followed_and_the_chat_is_the_managers(world: World) -> None:
    alina = hired(world, "alina")
    assert alina.calls("GET", "/me/telegram").json == {"linked": False, "bot": "crystalbay_demo_bot"}
    made = alina.calls("POST", "/me/telegram")
    assert made.status_code == 201
    assert made.json["code"].startswith("m_")
    assert made.json["link"] == f"https://t.me/crystalbay_demo_bot?start={made.json['code']}"
    assert made.json["expires_at"].startswith(f"{MAY_12:%Y-%m-%d}")
    phone = world.in_telegram("Алина")
    phone.says(f"/start {made.json['code']}")
    phone.hears("Готово, Alina")
    assert linked(alina)
    assert world.rows("conversations", external_chat_id=str(phone.user_id)) == [], "who works here is no customer"
    assert alina.calls("DELETE", "/me/telegram").status_code == 204
    assert not linked(alina)
    told = [row["data"]["linked"] for row in world.rows("activities", kind="user.telegram")]
    assert alina.calls("DELETE", "/me/telegram").status_code == 204, "asked twice"
    assert [row["data"]["linked"] for row in world.rows("activities", kind="user.telegram")] == told == [True, False]


def test_a_code_works_once_and_the_newest_only(world: World) -> None:
    boris = hired(world, "boris")
    old, new = (boris.calls("POST", "/me/telegram").json["code"] for _ in range(2))
    phone, other = world.in_telegram("Борис"), world.in_telegram("Чужой")
    phone.says(f"/start {old}")
    phone.hears("уже не действует")
    assert not linked(boris)
    phone.says(f"/start {new}")
    phone.hears("Готово, Boris")
    other.says(f"/start {new}")
    other.hears("уже не действует")
    assert users.by_email(world.store, "boris@crystalbay.example")["telegram_id"] == str(phone.user_id)  # type: ignore[index]


def test_who_is_switched_off_is_told_nothing_more(world: World) -> None:
    vera, boss = hired(world, "vera"), hired(world, "boss", Role.ADMINISTRATOR)
    phone = world.in_telegram("Вера")
    phone.says(f"/start {vera.calls('POST', '/me/telegram').json['code']}")
    phone.hears("Готово, Vera")
    user = users.by_email(world.store, "vera@crystalbay.example")
    assert user
    waiting = vera.calls("POST", "/me/telegram").json["code"]
    off = boss.calls("PATCH", f"/users/{user['id']}", json={"active": False, "reassign_to": None})
    assert off.status_code == 200
    assert users.read(world.store, user["id"])["telegram_id"] is None
    phone.says(f"/start {waiting}")
    phone.hears("уже не действует")


def test_without_a_bot_it_is_said_what_is_missing(api: Api, signed_in: Any) -> None:
    client, token = signed_in(Role.MANAGER)
    assert client.get("/api/v1/me/telegram").json == {"linked": False, "bot": None}
    refused = client.post("/api/v1/me/telegram", headers={"X-CSRFToken": token})
    assert refused.status_code == 422
    words = "Бот не подключён: это может сделать администратор"
    assert refused.json["errors"] == [{"field": "telegram", "message": words}]
    assert api.rows("user_links") == []


def test_a_bot_whose_name_is_not_known_yet(tmp_path: Path) -> None:
    with running(tmp_path, telegram=True, telegram_api_url="http://127.0.0.1:9") as world:
        refused = hired(world, "glasha").calls("POST", "/me/telegram")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["message"] == "Имя бота ещё не известно: попробуйте через минуту"


def test_keys_are_nobody(api: Api) -> None:
    assert [api.call(method, "/me/telegram").status_code for method in ("GET", "POST", "DELETE")] == [403] * 3
