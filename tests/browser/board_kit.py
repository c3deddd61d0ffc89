"""What the tests of the board share: an office with two managers and example leads, and hands that drag."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from crystalbay.clock import ShiftedClock
from crystalbay.services import examples, users
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row
from models import Role
from tests.browser.conftest import enter
from tests.world import PASSWORD as ADMIN_PASSWORD
from tests.world import World, running

JUNE_4 = datetime.fromisoformat("2026-06-04T14:07:00+03:00")
PASSWORD = "long enough phrase"
PEOPLE = {
    "alina": ("Алина К.", Role.HEAD),
    "pavel": ("Павел М.", Role.MANAGER),
    "olga": ("Ольга С.", Role.OBSERVER),
}
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def office(folder: Path, *, filled: bool = True, **settings: Any) -> Iterator[World]:
    """A running system on 4 June with its people and, `filled`, the example leads (most of them Alina's)."""
    with running(
        folder, database_url=f"sqlite:///{folder / 'store.db'}", clock=ShiftedClock(JUNE_4), **settings
    ) as world:
        for login, (name, role) in PEOPLE.items():
            users.create_user(world.store, email=f"{login}@crystalbay.example", name=name, role=role, password=PASSWORD)
        if filled:
            examples.fill(world.ctx, viewer(world, "alina"))
        yield world


def viewer(world: World, login: str) -> Viewer:
    row = world.rows("users", email=f"{login}@crystalbay.example")[0]
    return Viewer(row["id"], row["name"], Role(row["role"]))


def new_context(browser: Browser, size: dict[str, int] | None = None, **given: Any) -> BrowserContext:
    made = browser.new_context(viewport=size or DESKTOP, locale="ru-RU", **given)  # type: ignore[arg-type]
    made.set_default_timeout(10_000)
    return made


def signed_in(context: BrowserContext, world: World, login: str, path: str = "/") -> Page:
    """A page of this person; «admin» is the configured administrator."""
    enter(context, world, f"{login}@crystalbay.example", ADMIN_PASSWORD if login == "admin" else PASSWORD)
    page = context.new_page()
    page.goto(f"{world.url}{path}")
    return page


@contextmanager
def watched(
    browser: Browser, world: World, login: str = "alina", size: dict[str, int] | None = None, **given: Any
) -> Iterator[Page]:
    """A page of this person; script errors and violations of the policy fail the test, also in its other tabs."""
    context = new_context(browser, size, **given)
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    yield signed_in(context, world, login)
    context.close()
    assert problems == []


def serious(page: Page) -> list[tuple[str, str]]:
    """What axe finds that is serious or worse."""
    found = Axe().run(page)
    return [
        (violation["id"], violation["nodes"][0]["html"][:160])
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


def card(page: Page, name: str) -> Locator:
    return page.locator(".card:not(.card-left)", has_text=name)


def column(page: Page, code: str) -> Locator:
    return page.locator(f"#column-{code} .column-cards")


def lead(world: World, name: str) -> Row:
    customer = next(row for row in world.rows("customers") if row["name"] == name)
    return world.rows("leads", customer_id=customer["id"])[0]


def drag(page: Page, what: Locator, where: Locator, *, drop: bool = True) -> None:
    """As a hand does it: press, move in steps, let go."""
    start, end = what.bounding_box(), where.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] - 12)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 15, start["y"] + start["height"] - 5, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + min(40, end["height"] / 2), steps=15)
    page.wait_for_timeout(250)  # the animation that makes room
    if drop:
        page.mouse.up()
