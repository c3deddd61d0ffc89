"""The live connection as a manager sees it: what happens while it is cut, full, or handed from tab to tab."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from crystalbay.services import leads, new_leads
from crystalbay.services.viewers import SYSTEM
from crystalbay.store.interface import Delete
from crystalbay.web import live
from models import Role
from tests.browser.conftest import sign_in
from tests.browser.wire import Wire, wire_to
from tests.world import World, eventually

pytestmark = pytest.mark.browser

LOST = re.compile("^Связь прервалась. Показываем данные на ")
EAR = """() => {
  window.heard = [];
  const channel = new BroadcastChannel("crystal-bay-events");
  channel.onmessage = ({data}) => data.type === "event" && window.heard.push(data.data.seq);
}"""


@pytest.fixture
def wire(world: World) -> Iterator[Wire]:
    with wire_to(world.url) as made:
        yield made


@pytest.fixture
def near(context: BrowserContext, world: World, wire: Wire) -> Page:
    """A signed-in page that reaches the system through the wire."""
    page = context.new_page()
    sign_in(page, world)
    page.goto(f"{wire.url}/")
    eventually(lambda: streams(world) > 0)
    return page


def streams(world: World) -> int:
    return len([one for one in world.app.extensions["crystalbay.notifier"]._subscribers if not one.gone()])


def new_lead(world: World, name: str) -> dict[str, Any]:
    return new_leads.create(world.ctx, SYSTEM, source=f"t-{time.time_ns()}", name=name)[0]


def tag(world: World, lead: dict[str, Any], *tags: str) -> dict[str, Any]:
    return leads.patch(world.ctx, world.manager(Role.HEAD), lead["id"], lead["version"], {"tags": list(tags)})


def test_after_a_minute_without_network_all_is_caught_up_in_order(near: Page, world: World, wire: Wire) -> None:
    new_lead(world, "До обрыва")
    expect(near.locator(".card", has_text="До обрыва")).to_be_visible()
    near.evaluate(EAR)
    wire.cut()
    began = time.monotonic()
    state = near.locator("#connection")
    expect(state).to_have_text(LOST, timeout=9_000)
    assert time.monotonic() - began >= 5  # a short cut would be no news
    missed = [new_lead(world, f"Во время обрыва {number}") for number in range(3)]
    for number in range(9):
        missed[number % 3] = tag(world, missed[number % 3], f"знак {number}")
    expect(near.locator(".card", has_text="До обрыва")).to_be_visible()  # the data stay
    near.wait_for_timeout(max(0, 60_000 - (time.monotonic() - began) * 1000))
    wire.mend()
    mended = time.monotonic()
    for number in range(3):
        expect(near.locator(".card", has_text=f"Во время обрыва {number}")).to_contain_text(f"знак {number + 6}")
    expect(state).to_have_text(re.compile("^Снова на связи, обновили 3.записи$"))
    assert time.monotonic() - mended < 5
    expect(state).to_be_hidden()
    heard = near.evaluate("window.heard")
    assert heard == sorted(heard)
    assert len(heard) >= 12


def test_a_short_cut_is_no_news(near: Page, world: World, wire: Wire) -> None:
    wire.cut()
    near.wait_for_timeout(1_500)
    wire.mend()
    new_lead(world, "После мига")
    expect(near.locator(".card", has_text="После мига")).to_be_visible(timeout=9_000)
    expect(near.locator("#connection")).to_be_hidden()


def test_one_stream_serves_all_tabs_and_the_next_tab_takes_it_over(
    context: BrowserContext, page: Page, world: World
) -> None:
    eventually(lambda: streams(world) == 1)
    second = context.new_page()
    second.goto(f"{world.url}/")
    expect(second.locator("#board")).to_be_visible()
    new_lead(world, "Обеим")
    for tab in (page, second):
        expect(tab.locator(".card", has_text="Обеим")).to_be_visible()
    assert streams(world) == 1
    second.evaluate(EAR)
    page.close()  # it had the stream
    new_lead(world, "Пока никто не слушал")
    expect(second.locator(".card", has_text="Пока никто не слушал")).to_be_visible()
    eventually(lambda: streams(world) == 1)
    new_lead(world, "Наследнице")
    expect(second.locator(".card", has_text="Наследнице")).to_be_visible()


def test_without_a_place_for_a_stream_the_browser_polls_until_there_is_one(
    context: BrowserContext, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 0)
    page = context.new_page()
    sign_in(page, world)
    expect(page.locator("#connection")).to_have_text("Обновляем раз в 10 секунд")
    new_lead(world, "По опросу")
    expect(page.locator(".card", has_text="По опросу")).to_be_visible(timeout=14_000)
    monkeypatch.setattr(live, "MOST_STREAMS", 200)
    expect(page.locator("#connection")).to_be_hidden(timeout=45_000)
    new_lead(world, "По потоку")
    expect(page.locator(".card", has_text="По потоку")).to_be_visible()


def test_a_tab_that_opens_later_learns_that_the_connection_is_lost(
    context: BrowserContext, near: Page, world: World, wire: Wire
) -> None:
    wire.cut()
    expect(near.locator("#connection")).to_have_text(LOST, timeout=9_000)
    assert near.locator("#alert").text_content()
    wire.mend()
    expect(near.locator("#connection")).to_have_text("Снова на связи")


def test_it_is_said_that_the_connection_is_back_also_when_polling_came_between(
    near: Page, world: World, wire: Wire
) -> None:
    stream = re.compile(r"/api/v1/events\?last_event_id")
    near.route(stream, lambda route: route.abort())
    wire.cut()
    state = near.locator("#connection")
    expect(state).to_have_text(LOST, timeout=9_000)
    new_lead(world, "Опрошена")
    wire.mend()
    expect(state).to_have_text("Обновляем раз в 10 секунд", timeout=30_000)
    expect(near.locator(".card", has_text="Опрошена")).to_be_visible(timeout=30_000)
    near.unroute(stream)
    near.evaluate("dispatchEvent(new Event('online'))")
    expect(state).to_have_text("Снова на связи, обновили 1 запись")
    expect(state).to_be_hidden()


def test_much_that_was_missed_is_read_again_as_lists(
    near: Page, world: World, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MISSED", 2)
    wire.cut()
    near.wait_for_timeout(1_000)
    for number in range(4):
        new_lead(world, f"Много {number}")
    wire.mend()
    for number in range(4):
        expect(near.locator(".card", has_text=f"Много {number}")).to_be_visible()


def test_the_stream_and_the_page_end_with_the_session(browser: Browser, world: World) -> None:
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    sign_in(page, world)
    eventually(lambda: streams(world) > 0)
    context.clear_cookies()
    world.store.commit(ended(world))
    expect(page.get_by_role("dialog", name="Войдите ещё раз")).to_be_visible(timeout=15_000)
    context.close()


def ended(world: World) -> list[Any]:
    """The changes that end all sessions."""
    return [Delete("sessions", row["id"]) for row in world.store.find("sessions", limit=100)]
