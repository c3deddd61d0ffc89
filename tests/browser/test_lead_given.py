"""A manager who sees only his own leads gives one away: that is said calmly, and nothing of it is left standing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crystalbay.services import new_leads, settings
from crystalbay.services.viewers import Viewer
from models import Role
from tests.browser.board_kit import viewer, watched
from tests.browser.lead_kit import lead_office, opened
from tests.world import World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("given")
    with lead_office(folder) as system:
        settings.change(system.store, Viewer("system", "Система", Role.ADMINISTRATOR), {"visibility": "own"})
        yield system


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with watched(browser, world, "pavel") as opened:
        yield opened


def his(world: World, name: str) -> str:
    pavel = viewer(world, "pavel")
    made, _ = new_leads.create(world.ctx, pavel.actor, source="manual", name=name, assignee_id=pavel.id)
    lead_id: str = made["id"]
    return lead_id


def give(page: Page, world: World, lead_id: str, name: str) -> None:
    page.locator("#lead-assignee").click()
    page.get_by_role("menu", name="Ответственный").get_by_role("menuitemradio", name=name).click()
    eventually(lambda: world.rows("leads", id=lead_id)[0]["assignee_id"] != viewer(world, "pavel").id)


def test_the_drawer_says_whose_it_is_and_closes(page: Page, world: World) -> None:
    lead_id = his(world, "Ева Круглова")
    drawer = opened(page, world, lead_id)
    give(page, world, lead_id, "Алина К.")
    expect(page.locator(".toast-note")).to_have_text(["Лид теперь ведёт Алина К.×"])
    expect(drawer).to_be_hidden()
    expect(page.locator(f"#card-{lead_id}")).to_have_count(0)
    assert "lead=" not in page.url
    page.wait_for_timeout(1000)
    expect(page.locator(".toast-note")).to_have_count(1)


def test_the_page_of_a_lead_shows_nothing_more_of_it(page: Page, world: World) -> None:
    lead_id = his(world, "Лев Соколов")
    page.goto(f"{world.url}/leads/{lead_id}")
    give(page, world, lead_id, "Никому")
    note = "Лид теперь ничей, и вам он больше не виден"
    expect(page.locator(".detail")).to_have_text(note)
    expect(page.locator(".toast-note")).to_have_text([f"{note}×"])


def test_what_is_half_written_is_not_taken_away(page: Page, world: World) -> None:
    lead_id = his(world, "Анна Белова")
    drawer = opened(page, world, lead_id)
    drawer.get_by_role("tab", name="Поездка").click()
    drawer.locator("[data-edit]").first.click()
    drawer.locator(".slot-form input").first.fill("Турция")
    give(page, world, lead_id, "Алина К.")
    expect(page.locator(".toast-note")).to_have_text(["Лид теперь ведёт Алина К.×"])
    expect(drawer.get_by_text("Изменения не сохранятся")).to_be_visible()
    expect(drawer.locator(".slot-form input").first).to_have_value("Турция")
