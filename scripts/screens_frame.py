"""Screenshots of the frame: its panels, the command list, help, other themes and languages, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from crystalbay.errors import StoreUnavailable
from crystalbay.store.interface import Update
from tests.browser.conftest import sign_in
from tests.world import LOGIN, World

Shoot = Callable[[Page, str], None]


def pages(context: BrowserContext, world: World, suffix: str, shoot: Shoot) -> None:
    """What opens over any page."""
    phone = suffix == "-phone"
    page = context.new_page()
    sign_in(page, world)
    page.locator(".rail-bell" if phone else ".topbar .bell").click()
    shoot(page, f"bell{suffix}")
    page.keyboard.press("Escape")
    page.locator('.rail [popovertarget="me-panel"]' if phone else ".topbar .me").click()
    shoot(page, f"my-menu{suffix}")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("соко")
    shoot(page, f"search{suffix}")
    page.keyboard.press("Escape")
    if not phone:
        page.locator(".topbar .presence").click()
        shoot(page, "presence")
        page.keyboard.press("Escape")
        page.locator("#rail-fold").click()
        shoot(page, "rail-folded")
        page.locator("#rail-fold").click()
    page.keyboard.press("Shift+Slash")
    shoot(page, f"help{suffix}")
    page.close()


def troubles(browser: Browser, world: World, size: ViewportSize, suffix: str, shoot: Shoot) -> None:
    """Without network, and signed out."""
    context = browser.new_context(viewport=size, locale="ru-RU")
    page = context.new_page()
    sign_in(page, world)
    page.wait_for_timeout(1_000)
    context.set_offline(True)
    page.wait_for_timeout(6_500)
    shoot(page, f"connection-lost{suffix}")
    context.set_offline(False)
    page.locator("#connection", has_text="Снова на связи").wait_for(timeout=20_000)
    shoot(page, f"connection-back{suffix}")
    context.clear_cookies()
    page.locator(".rail-bell" if suffix else ".topbar .bell").click()
    page.locator("#bell-read-all").click()
    shoot(page, f"signed-out{suffix}")
    context.close()


def looks(browser: Browser, world: World, lead_id: str, size: ViewportSize, suffix: str, shoot: Shoot) -> None:
    """The dark theme, and English."""
    dark = browser.new_context(viewport=size, locale="ru-RU", color_scheme="dark")
    page = dark.new_page()
    sign_in(page, world)
    shoot(page, f"dark-board{suffix}")
    page.goto(f"{world.url}/?lead={lead_id}")
    page.locator("#lead-title").wait_for()
    shoot(page, f"dark-lead{suffix}")
    page.goto(f"{world.url}/settings")
    shoot(page, f"dark-settings{suffix}")
    dark.close()
    user = world.rows("users", email=LOGIN)[0]["id"]
    world.store.commit([Update("users", user, {"language": "en"})])
    english = browser.new_context(viewport=size, locale="ru-RU")
    page = english.new_page()
    sign_in(page, world)
    shoot(page, f"english-board{suffix}")
    page.goto(f"{world.url}/?lead={lead_id}")
    page.locator("#lead-title").wait_for()
    shoot(page, f"english-lead{suffix}")
    english.close()
    world.store.commit([Update("users", user, {"language": None})])


def broken(browser: Browser, world: World, size: ViewportSize, suffix: str, shoot: Shoot) -> None:
    """The page that stands for another while the store is out of reach."""
    context = browser.new_context(viewport=size, locale="ru-RU")
    page = context.new_page()
    sign_in(page, world)
    find = world.store.find
    world.store.find = _away  # type: ignore[method-assign, assignment]
    try:
        page.goto(f"{world.url}/")
        shoot(page, f"store-away{suffix}")
    finally:
        world.store.find = find  # type: ignore[method-assign]
    context.close()


def _away(*_args: object, **_options: object) -> None:
    raise StoreUnavailable("for the picture")
