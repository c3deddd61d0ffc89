"""What comes late, twice or not at all: answers behind live events, lost answers, presses in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Request, Route, expect

from crystalbay.services import leads, moves, notes
from models import Status
from tests.browser.board_kit import card, column, drag, lead, office, viewer, watched
from tests.browser.lead_kit import TRIP, lead_office, opened, tab, talking
from tests.world import World, eventually

pytestmark = pytest.mark.browser

BOARD = re.compile(r"/ui/board\?")
LEAD = re.compile(r"/api/v1/leads/[^/]+$")
HIDE = """on => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => on });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with office(tmp_path) as system:
        yield system


@pytest.fixture(scope="module")
def leads_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with lead_office(tmp_path_factory.mktemp("lead")) as system:
        yield system


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with watched(browser, world) as opened:
        yield opened


@pytest.fixture
def lead_page(browser: Browser, leads_world: World) -> Iterator[Page]:
    with watched(browser, leads_world) as opened:
        yield opened


class Slow:
    """Answers of the server to `pattern` that are given, but are still on their way; `most` of them."""

    def __init__(self, page: Page, pattern: str | re.Pattern[str], most: int = 1, method: str = "") -> None:
        self.page, self.pattern, self.most, self.method = page, pattern, most, method
        self.held: list[tuple[Route, APIResponse]] = []
        page.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if len(self.held) >= self.most or (self.method and route.request.method != self.method):
            route.continue_()
            return
        self.held.append((route, route.fetch()))

    def wait(self, count: int = 1) -> None:
        for _ in range(200):
            if len(self.held) >= count:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing was asked")

    def come(self, at: int = 0) -> None:
        route, answer = self.held[at]
        route.fulfill(response=answer)

    def lost(self, at: int = 0) -> None:
        self.held[at][0].abort()


def shifted(world: World, name: str, status: Status) -> None:
    """A colleague moves the card."""
    row = lead(world, name)
    moves.move(world.ctx, viewer(world, "pavel"), row["id"], version=row["version"], status=status)


def test_a_board_read_again_keeps_what_moved_meanwhile(page: Page, world: World) -> None:
    slow = Slow(page, BOARD)
    page.evaluate("dispatchEvent(new Event('store-back'))")
    slow.wait()
    shifted(world, "Гусев Артём", status=Status.CONFIRMED)
    expect(column(page, "confirmed").locator(".card", has_text="Гусев Артём")).to_be_visible()
    slow.come()
    page.wait_for_timeout(2500)
    expect(card(page, "Гусев Артём")).to_have_count(1)


def test_a_board_drawn_anew_keeps_what_changed_meanwhile(page: Page, world: World) -> None:
    slow = Slow(page, BOARD)
    page.goto(f"{world.url}/?by=status")
    page.evaluate("history.pushState(null, '', '/?sort=value'); dispatchEvent(new Event('address'))")
    slow.wait()
    row = lead(world, "Гусев Артём")
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["Яхта"]})
    page.wait_for_timeout(2000)
    slow.come()
    expect(page.locator("#board[data-sort=value]")).to_be_visible()
    expect(card(page, "Гусев Артём")).to_contain_text("Яхта")


def test_a_sorted_column_drawn_anew_keeps_what_changed_meanwhile(page: Page, world: World) -> None:
    page.goto(f"{world.url}/?sort=value")
    slow = Slow(page, BOARD)
    drag(page, card(page, "Морозов Илья"), column(page, "confirmed"))
    slow.wait()
    page.mouse.move(700, 20)
    mine = column(page, "confirmed").locator(".card").last
    name = mine.locator(".card-name").inner_text()
    row = lead(world, name)
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["Яхта"]})
    expect(mine).to_contain_text("Яхта")
    slow.come()
    page.wait_for_timeout(2500)
    expect(card(page, name)).to_contain_text("Яхта")


def test_two_moves_in_a_row_are_no_conflict_with_oneself(page: Page, world: World) -> None:
    slow = Slow(page, "**/api/v1/leads/*/move")
    card(page, "Гусев Артём").get_by_role("link").focus()
    page.keyboard.press("BracketLeft")
    slow.wait()
    page.keyboard.press("BracketLeft")
    page.wait_for_timeout(500)
    slow.come()
    page.wait_for_timeout(1500)
    expect(page.get_by_role("dialog")).to_have_count(0)
    eventually(lambda: lead(world, "Гусев Артём")["status"] == "new")


def test_a_board_that_could_not_be_read_again_is_read_later(page: Page, world: World) -> None:
    page.route("**/api/v1/events*", lambda route: route.abort())
    page.reload()
    shifted(world, "Гусев Артём", status=Status.CONFIRMED)
    page.route(BOARD, lambda route: route.abort(), times=1)
    page.evaluate("dispatchEvent(new Event('store-back'))")
    expect(column(page, "confirmed").locator(".card", has_text="Гусев Артём")).to_be_visible(timeout=15_000)


def test_a_hidden_board_is_read_again_when_it_is_seen(page: Page, world: World) -> None:
    page.unroute_all()
    page.route("**/api/v1/events*", lambda route: route.abort())
    page.reload()
    page.evaluate(HIDE, True)
    shifted(world, "Гусев Артём", status=Status.CONFIRMED)
    page.evaluate("dispatchEvent(new Event('store-back'))")
    page.wait_for_timeout(1000)
    page.evaluate(HIDE, False)
    expect(column(page, "confirmed").locator(".card", has_text="Гусев Артём")).to_be_visible(timeout=8_000)


def test_two_conflicts_are_asked_about_one_after_the_other(page: Page, world: World) -> None:
    slow = Slow(page, "**/api/v1/leads/*/move", most=2)
    page.route("**/api/v1/events*", lambda route: route.abort())
    page.reload()
    for name in ("Гусев Артём", "Морозов Илья"):
        shifted(world, name, status=Status.CONFIRMED)
    for at, name in enumerate(("Гусев Артём", "Морозов Илья")):
        card(page, name).get_by_role("link").focus()
        page.keyboard.press("BracketLeft")
        slow.wait(at + 1)
    slow.come(0)
    page.wait_for_timeout(50)
    slow.come(1)
    page.wait_for_timeout(1500)
    dialog = page.locator("dialog[open]")
    for _ in range(2):
        expect(dialog).to_have_count(1)
        dialog.get_by_role("button", name="Взять его вариант").click()
        page.wait_for_timeout(800)
    for name in ("Гусев Артём", "Морозов Илья"):
        expect(column(page, "confirmed").locator(".card", has_text=name)).to_be_visible()


def test_a_late_older_answer_takes_no_card_from_a_filtered_board(page: Page, world: World) -> None:
    page.goto(f"{world.url}/?tag=яхта")
    slow = Slow(page, re.compile(r"/ui/cards\?ids=[^&]"))
    row = lead(world, "Гусев Артём")
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["виза"]})
    slow.wait()
    row = lead(world, "Гусев Артём")
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["яхта"]})
    page.wait_for_timeout(2500)
    slow.come()
    page.wait_for_timeout(2500)
    expect(card(page, "Гусев Артём")).to_have_count(1)


def test_a_late_older_list_does_not_take_the_place_of_what_the_bell_was_asked_for(page: Page, world: World) -> None:
    customer = world.customer(name="Ничья Яна")
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    customer.quiet(60)
    panel = page.get_by_role("dialog", name="Что нового")
    slow = Slow(page, re.compile(r"/ui/notices$"))
    page.get_by_label("Уведомления").click()
    slow.wait()
    with page.expect_response(re.compile(r"/ui/notices\?mine=1")):
        panel.get_by_label("Мне").check()
    expect(panel.get_by_text("Ничья Яна")).to_have_count(0)
    slow.come()
    page.wait_for_timeout(500)
    expect(panel.get_by_text("Ничья Яна")).to_have_count(0)


# --------------------------------------------------------------------------- the lead


def test_a_message_that_was_sent_is_no_draft_when_the_answer_is_lost(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Анна Первая")
    drawer = opened(page, world, customer.lead["id"])
    slow = Slow(page, "**/api/v1/conversations/*/messages")
    drawer.locator("#composer-text").fill("Счёт отправлен вам")
    page.keyboard.press("Enter")
    slow.wait()
    expect(drawer.locator(".message-manager[data-at]", has_text="Счёт отправлен вам")).to_be_visible()
    slow.lost()
    page.wait_for_timeout(500)
    page.reload()
    expect(drawer.locator("#lead-title")).to_be_visible()
    expect(drawer.locator("#composer-text")).to_have_value("")


def test_a_failed_bubble_goes_when_its_message_comes_after_all(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Анна Вторая")
    drawer = opened(page, world, customer.lead["id"])
    asked: list[Request] = []

    def lose(route: Route) -> None:
        asked.append(route.request)
        route.abort()

    page.route("**/api/v1/conversations/*/messages", lose)
    drawer.locator("#composer-text").fill("Счёт отправлен")
    page.keyboard.press("Enter")
    expect(drawer.locator(".message-problem")).to_be_visible()
    names = ("x-csrftoken", "idempotency-key", "content-type")
    kept = {name: asked[0].headers[name] for name in names if name in asked[0].headers}
    assert page.request.post(asked[0].url, headers={**kept, "Referer": page.url}, data=asked[0].post_data).ok
    expect(drawer.locator(".message-manager[data-at]", has_text="Счёт отправлен")).to_be_visible()
    expect(drawer.locator(".message-manager", has_text="Счёт отправлен")).to_have_count(1)


def test_offers_whose_answer_was_lost_are_not_sent_twice(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Павел Офферов", TRIP, "★")
    drawer = opened(page, world, customer.lead["id"])
    pane = tab(drawer, "Предложения")
    pane.get_by_role("checkbox", disabled=False).nth(0).check()
    slow = Slow(page, "**/api/v1/conversations/*/offers")
    before = len(customer.answers)
    button = pane.get_by_role("button", name="Отправить 1 в WhatsApp")
    button.click()
    slow.wait()
    slow.lost()
    expect(page.locator(".toast-note")).to_be_visible()
    eventually(lambda: len(customer.answers) > before, 30)
    customer.quiet(30)
    once = len(customer.answers)
    button.click()
    page.wait_for_timeout(2000)
    customer.quiet(30)
    assert len(customer.answers) == once


def test_two_values_confirmed_in_a_row_are_both_kept(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Олег Слотов", TRIP, "★")
    pane = tab(opened(page, world, customer.lead["id"]), "Поездка")
    slow = Slow(page, LEAD, method="PATCH")
    buttons = pane.locator("[data-confirm]:not(:disabled)")
    rows = buttons.evaluate_all("all => all.map(b => b.closest('.slot').dataset.row)")
    first, second = rows[:2]
    slots = [
        pane.locator(f'.slot[data-row="{row}"]').evaluate("slot => slot.dataset.slots").split(" ")
        for row in (first, second)
    ]
    pane.locator(f'.slot[data-row="{first}"] [data-confirm]').click()
    slow.wait()
    pane.locator(f'.slot[data-row="{second}"] [data-confirm]').click()
    slow.come()
    page.wait_for_timeout(2000)
    assert set(slots[0]) & set(customer.lead["confirmed"])
    assert set(slots[1]) & set(customer.lead["confirmed"])


def test_two_tags_in_a_row_are_both_kept(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Олег Тегов")
    drawer = opened(page, world, customer.lead["id"])
    drawer.locator("#lead-tags").click()
    held: list[Route] = []
    page.route(LEAD, lambda route: route.continue_() if held else held.append(route))
    drawer.get_by_label("Новый тег").fill("Семья")
    page.keyboard.press("Enter")
    notes.add(world.ctx, viewer(world, "pavel"), customer.lead["id"], "Заметка коллеги")
    expect(drawer.locator(".message-note")).to_be_visible()
    page.wait_for_timeout(1500)
    drawer.get_by_label("Новый тег").fill("Первая линия")
    page.keyboard.press("Enter")
    held[0].continue_()
    page.wait_for_timeout(2000)
    assert set(customer.lead["tags"]) == {"Семья", "Первая линия"}


def test_a_late_older_answer_takes_no_note_away(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Олег Заметкин")
    drawer = opened(page, world, customer.lead["id"])
    slow = Slow(page, re.compile(r"/ui/leads/"))
    notes.add(world.ctx, viewer(world, "pavel"), customer.lead["id"], "Первая заметка")
    slow.wait()
    notes.add(world.ctx, viewer(world, "pavel"), customer.lead["id"], "Вторая заметка")
    expect(drawer.locator(".message-note")).to_have_count(2)
    page.wait_for_timeout(1500)
    slow.come()
    page.wait_for_timeout(1500)
    expect(drawer.locator(".message-note")).to_have_count(2)


def test_a_lead_that_could_not_be_read_again_is_read_later(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Олег Потеряшкин")
    drawer = opened(page, world, customer.lead["id"])
    page.route(re.compile(r"/ui/leads/"), lambda route: route.abort(), times=1)
    row = customer.lead
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["Яхта"]})
    expect(drawer.locator(".side-tags")).to_contain_text("Яхта", timeout=12_000)


def test_two_stages_in_a_row_are_no_conflict_with_oneself(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Олег Этапов")
    drawer = opened(page, world, customer.lead["id"])
    slow = Slow(page, re.compile(r"/api/v1/leads/[^/]+/move"))
    for name in ("Подбор тура", "Консультация"):
        drawer.locator("#lead-stage").click()
        drawer.get_by_role("menuitemradio", name=name).click()
        slow.wait()
    page.wait_for_timeout(500)
    slow.come()
    page.wait_for_timeout(1500)
    expect(page.locator("dialog[open]:not(#drawer)")).to_have_count(0)
    assert customer.lead["stage"] == "consultation"


def test_two_forms_of_a_trip_are_no_conflict_with_each_other(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Олег Формин")
    drawer = opened(page, world, customer.lead["id"])
    pane = tab(drawer, "Поездка")
    pane.get_by_role("button", name="Отель").click()
    pane.get_by_role("button", name="Питание").click()
    pane.get_by_role("textbox", name="Отель").fill("Sunrise")
    pane.get_by_label("Питание").select_option("AI")
    pane.locator('.slot-form[data-row="hotel"]').get_by_role("button", name="Сохранить").click()
    eventually(lambda: customer.lead["trip"].get("hotel_name") == "Sunrise")
    page.wait_for_timeout(1000)
    pane.locator('.slot-form[data-row="meal"]').get_by_role("button", name="Сохранить").click()
    page.wait_for_timeout(1500)
    expect(drawer.locator(".conflict")).to_be_hidden()
    assert customer.lead["trip"].get("hotel_name") == "Sunrise"
    assert customer.lead["trip"].get("meal") == "AI"


def test_an_answer_begun_from_an_old_suggestion_can_be_sent(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Лев Советов")
    drawer = opened(page, world, customer.lead["id"])
    drawer.get_by_role("button", name="Отвечаю я").click()
    eventually(lambda: customer.conversation["mode"] == "human")
    customer.says("Хочу в Египет")
    expect(drawer.locator(".suggestion")).to_be_visible(timeout=20_000)
    first = drawer.locator("[data-suggestion]").get_attribute("data-suggestion")
    drawer.get_by_role("button", name="Вставить").click()
    customer.says("Нет, лучше в Турцию из Казани")
    expect(drawer.locator(f'[data-suggestion="{first}"]')).to_have_count(0, timeout=20_000)
    page.wait_for_timeout(1000)
    drawer.locator("#composer-text").fill("Мой собственный ответ")
    page.keyboard.press("Enter")
    problem = drawer.locator(".message-problem")
    expect(problem).to_be_visible()
    problem.get_by_role("button", name="Повторить").click()
    page.wait_for_timeout(3000)
    customer.hears("Мой собственный ответ", 8)
    page.reload()
    expect(drawer.locator("#lead-title")).to_be_visible()
    expect(drawer.locator("#composer-text")).to_have_value("")


def test_more_of_the_timeline_pressed_twice_comes_once(lead_page: Page, leads_world: World) -> None:
    page, world = lead_page, leads_world
    customer = talking(world, "Лев Хронов")
    for number in range(60):
        row = customer.lead
        leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": [f"т{number}"]})
    drawer = opened(page, world, customer.lead["id"])
    pane = tab(drawer, "Хронология")
    slow = Slow(page, re.compile(r"/timeline\?"), most=2)
    more = pane.get_by_role("button", name="Показать ещё")
    more.click()
    slow.wait(1)
    more.click()
    page.wait_for_timeout(500)
    for at in range(len(slow.held)):
        slow.come(at)
    page.wait_for_timeout(1000)
    ids = pane.locator(".activity").evaluate_all("all => all.map(a => a.dataset.id)")
    assert len(ids) == len(set(ids))


def test_a_tab_that_slept_leaves_the_stream_to_the_one_that_reads_it(browser: Browser, leads_world: World) -> None:
    world = leads_world
    with watched(browser, world) as first:
        first.wait_for_timeout(1000)
        second = first.context.new_page()
        second.clock.install()
        second.goto(f"{world.url}/")
        second.wait_for_timeout(1000)
        first.evaluate("window.still = true")
        second.clock.fast_forward(8 * 3600 * 1000)
        first.wait_for_timeout(4000)
        assert first.evaluate("window.still") is True
