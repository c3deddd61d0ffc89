"""Screenshots of the board: full and empty, by statuses and stages, its menus and dialogs, dragging, troubles."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

from crystalbay.services import leads, settings, views
from tests.browser.board_kit import card, column, drag, lead, new_context, office, signed_in, viewer
from tests.world import World

Shoot = Callable[[Page, str], None]

YEAR = "/?trip_from=2026-01-01&trip_to=2026-12-31&sort=waiting"


def all_of_it(chromium: Browser, size: dict[str, int], suffix: str, shoot: Shoot) -> None:
    """Everything at one size, in offices of their own."""
    with tempfile.TemporaryDirectory() as name, office(Path(name), filled=False) as world:
        _empty(chromium, world, size, suffix, shoot)
    with tempfile.TemporaryDirectory() as name, office(Path(name)) as world:
        alina = viewer(world, "alina")
        settings.change(world.store, alina, {"limits": {"in_progress": 5}})
        views.create(world.ctx, alina, name="Лето, Telegram", query="channel=telegram&sort=waiting", shared=True)
        views.create(world.ctx, alina, name="Мои горячие", query="assignee_id=me&hot=true", shared=False)
        page = signed_in(new_context(chromium, size), world, "alina")
        _full(page, world, suffix, shoot)
        _menus(page, world, suffix, shoot)
        if suffix:
            _on_a_phone(page, suffix, shoot)
        else:
            _dragging(page, world, shoot)
        _dialogs(page, world, suffix, shoot)
        _troubles(page, world, suffix, shoot)
        observer = signed_in(new_context(chromium, size), world, "olga")
        shoot(observer, f"board-observer{suffix}")


def _empty(chromium: Browser, world: World, size: dict[str, int], suffix: str, shoot: Shoot) -> None:
    for login, name in (("admin", "board-empty"), ("pavel", "board-empty-manager"), ("olga", "board-empty-observer")):
        context = new_context(chromium, size)
        page = signed_in(context, world, login)
        shoot(page, f"{name}{suffix}")
        context.close()


def _full(page: Page, world: World, suffix: str, shoot: Shoot) -> None:
    page.goto(f"{world.url}{YEAR}")
    page.locator("#board").focus()
    page.keyboard.press("Shift")  # the keyboard is in use: its focus is seen
    if not suffix:
        card(page, "Тихонов Роман").get_by_role("link").focus()
        card(page, "Лебедев Олег").hover()
    row = lead(world, "Морозов Илья")
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["Виза"]})
    page.locator(".card-who").wait_for(state="attached")
    shoot(page, f"board{suffix}")
    page.goto(f"{world.url}/?by=stage")
    shoot(page, f"board-stages{suffix}")
    page.goto(f"{world.url}/?hot=true&channel=instagram")
    shoot(page, f"board-nothing-found{suffix}")
    page.goto(f"{world.url}/")


def _menus(page: Page, world: World, suffix: str, shoot: Shoot) -> None:
    mine = card(page, "Соколова Марина")
    mine.hover()
    mine.locator(".card-menu").click()
    shoot(page, f"board-card-menu{suffix}")
    page.keyboard.press("Escape")
    for key, name in (("KeyM", "move"), ("KeyA", "assign"), ("KeyR", "remind")):
        mine.get_by_role("link").focus()
        page.keyboard.press(key)
        page.locator(".popup:popover-open").wait_for()
        shoot(page, f"board-{name}{suffix}")
        page.keyboard.press("Escape")
    page.goto(f"{world.url}{YEAR}")
    page.locator('[data-filter="more"]:visible').click()
    shoot(page, f"board-filters{suffix}")
    page.keyboard.press("Escape")
    page.goto(f"{world.url}/")


def _on_a_phone(page: Page, suffix: str, shoot: Shoot) -> None:
    page.locator('.column-tab[data-tab="in_progress"]').click()
    shoot(page, f"board-second-column{suffix}")
    card(page, "Иванова Анна").locator(".card-menu").click()
    page.get_by_role("menuitem", name="Выбрать").click()
    shoot(page, f"board-selected{suffix}")
    page.keyboard.press("Escape")


def _dragging(page: Page, world: World, shoot: Shoot) -> None:
    page.locator("#views-button").click()
    page.locator("#views-panel").wait_for()
    shoot(page, "board-views")
    page.keyboard.press("Escape")
    page.locator("#column-in_progress .column-head").hover()
    page.locator("#column-in_progress .column-menu").click()
    shoot(page, "board-column-menu")
    page.keyboard.press("Escape")
    page.goto(f"{world.url}{YEAR.replace('&sort=waiting', '')}")
    for name in ("Иванова Анна", "Кузнецов Дмитрий"):
        card(page, name).get_by_role("link").click(modifiers=["Control"])
    drag(page, card(page, "Соколова Марина"), column(page, "in_progress").locator(".card").nth(1), drop=False)
    shoot(page, "board-drag")
    page.goto(f"{world.url}/")  # before the card is let go
    page.mouse.up()


def _dialogs(page: Page, world: World, suffix: str, shoot: Shoot) -> None:
    mine = card(page, "Громов Павел")
    page.keyboard.press("KeyN")
    page.locator("#quick-add").wait_for()
    shoot(page, f"board-quick-add{suffix}")
    page.keyboard.press("Escape")
    mine.get_by_role("link").focus()
    page.keyboard.press("KeyT")
    page.locator("#tags-dialog").wait_for()
    shoot(page, f"board-tags{suffix}")
    page.keyboard.press("Escape")
    mine.get_by_role("link").focus()
    page.keyboard.press("KeyM")
    page.get_by_role("menuitem", name="Закрыты").click()
    page.get_by_label("Отказ", exact=True).check()
    shoot(page, f"board-close{suffix}")
    page.get_by_role("button", name="Оставить открытым").click()
    page.route("**/api/v1/leads/*/move", lambda route: _overtaken(route, world))
    mine.get_by_role("link").focus()
    page.keyboard.press("KeyM")
    page.get_by_role("menuitem", name="Ожидание").click()
    page.locator("#conflict-dialog").wait_for()
    shoot(page, f"board-conflict{suffix}")
    page.locator('#conflict-dialog [value="theirs"]').click()
    page.unroute("**/api/v1/leads/*/move")


def _overtaken(route: Route, world: World) -> None:
    """Павел moves the card a moment before the request arrives."""
    row = lead(world, "Громов Павел")
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["Паспорт", "Виза"]})
    current = leads.show(world.ctx, viewer(world, "pavel"), row["id"]) | {"status": "confirmed", "stage": "accepted"}
    at = world.ctx.clock.now().isoformat()
    changed = {"by": "Павел М.", "at": at, "fields": ["stage"]}
    body = {"title": "Changed meanwhile", "status": 409, "current": current, "changed": changed}
    route.fulfill(status=409, json=_plain(body), content_type="application/problem+json")


def _plain(body: object) -> object:
    import orjson

    return orjson.loads(orjson.dumps(body))


def _troubles(page: Page, world: World, suffix: str, shoot: Shoot) -> None:
    page.goto(f"{world.url}/")
    page.route(
        "**/ui/board?*", lambda route: route.fulfill(status=500, json={"title": "Сломалось", "request_id": "01a2"})
    )
    page.evaluate("history.pushState(null, '', '/?by=stage'); dispatchEvent(new Event('address'))")
    page.locator(".board-note").wait_for()
    shoot(page, f"board-error{suffix}")
    page.unroute("**/ui/board?*")
    page.goto(f"{world.url}/")
    page.route("**/ui/board?*", lambda _route: None)  # never answered
    page.evaluate("history.pushState(null, '', '/?sort=value'); dispatchEvent(new Event('address'))")
    page.locator(".card-skeleton").first.wait_for()
    shoot(page, f"board-loading{suffix}")
    page.unroute("**/ui/board?*")
    page.goto(f"{world.url}/")
