"""What the board shows is in its address: filters, search, order, saved views; and what an empty one says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from crystalbay.services import leads, settings
from tests.browser.board_kit import card, column, drag, lead, new_context, office, signed_in, viewer, watched
from tests.world import World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with office(tmp_path_factory.mktemp("filters")) as system:
        yield system


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with watched(browser, world) as opened:
        yield opened


def names(page: Page) -> list[str]:
    return page.locator(".board .card-name").all_inner_texts()


def test_filters_are_in_the_address_back_and_forward_and_in_a_link(page: Page, world: World) -> None:
    page.get_by_role("button", name="Канал", exact=True).click()
    menu = page.get_by_role("dialog", name="Канал")
    menu.get_by_label("Telegram").check()
    expect(page).to_have_url(f"{world.url}/?channel=telegram")
    expect(page.locator(".board .card")).to_have_count(8)
    menu.get_by_label("Почта").check()
    expect(page).to_have_url(re.compile(r"channel=telegram%2Cemail$"))
    expect(page.locator(".board .card")).to_have_count(11)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Канал: Telegram +1")).to_be_focused()

    page.get_by_role("button", name="Ещё").click()
    page.get_by_label("Горячие").check()
    expect(page.locator(".board .card-name")).to_have_text(["Соколова Марина"])
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(".board .card-name")).to_have_text(["Соколова Марина"])
    other.close()

    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator(".board .card")).to_have_count(11)
    page.go_back()
    expect(page.locator(".board .card")).to_have_count(8)
    page.go_forward()
    expect(page.locator(".board .card")).to_have_count(11)
    page.get_by_role("link", name="Убрать фильтр: Канал: Telegram +1").click()
    expect(page).to_have_url(f"{world.url}/")
    expect(page.locator(".board .card")).to_have_count(21)


def test_f_opens_the_filters_with_the_focus_inside_and_escape_returns_it(page: Page) -> None:
    mine = card(page, "Соколова Марина").get_by_role("link")
    mine.focus()
    page.keyboard.press("KeyF")
    expect(page.get_by_role("dialog", name="Фильтры").get_by_label("Горячие")).to_be_focused()
    page.keyboard.press("Escape")
    expect(mine).to_be_focused()


def test_dates_sums_and_tags_are_filters_too(page: Page, world: World) -> None:
    page.get_by_role("button", name="Ещё").click()
    page.get_by_label("Сумма: от").fill("300 тыс")
    page.get_by_label("Дата поездки: от").fill("2026-06-01")
    page.get_by_label("Дата поездки: до").fill("2026-06-30")
    page.get_by_role("button", name="Показать", exact=True).click()
    expect(page).to_have_url(f"{world.url}/?trip_from=2026-06-01&trip_to=2026-06-30&value_from=300000")
    expect(page.locator(".board .card-name")).to_have_text(["Громов Павел", "Иванова Анна", "Гусев Артём", "Волковы"])
    expect(page.get_by_role("button", name="Поездка: июнь")).to_be_visible()
    page.goto(f"{world.url}/?tag=Семья&trip_from=2026-01-01&trip_to=2026-12-31")
    expect(page.locator(".board .card-name")).to_have_text(["Соколова Марина", "Осипова Лариса", "Волковы"])
    expect(page.get_by_role("button", name="Поездка в 2026")).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "meant"), [("300т.р.", "300000"), ("300 т.р.", "300000"), ("1,5 млн", "1500000"), ("125.000", "125000")]
)
def test_a_sum_is_filtered_as_people_write_it(page: Page, typed: str, meant: str) -> None:
    page.get_by_role("button", name="Ещё").click()
    field = page.get_by_label("Сумма: от")
    field.fill("много")
    field.press("Enter")
    error = page.locator("#value-from-error")
    expect(error).to_contain_text("Не поняли сумму")
    expect(field).to_be_focused()
    expect(field).to_have_value("много")
    field.fill(typed)
    field.press("Enter")
    expect(page).to_have_url(re.compile(rf"\?value_from={meant}$"))
    expect(error).to_be_hidden()


@pytest.mark.parametrize("typed", ["соколова", "Соколов", "4501", "cjrjkjdf"])
def test_the_search_of_the_board_finds_people(page: Page, typed: str) -> None:
    page.get_by_role("searchbox", name="Поиск на доске").fill(typed)
    expect(page.locator(".board .card-name")).to_have_text(["Соколова Марина"])
    expect(page.get_by_role("searchbox", name="Поиск на доске")).to_be_focused()
    if typed == "cjrjkjdf":
        expect(page.get_by_text("Искали: соколова")).to_be_visible()


def test_a_search_without_a_connection_leaves_the_board_and_goes_on_when_it_is_back(page: Page) -> None:
    expect(page.locator(".board .card")).to_have_count(21)
    page.context.set_offline(True)
    page.get_by_role("searchbox", name="Поиск на доске").fill("соколова")
    expect(page.locator("#connection")).to_contain_text("Связь прервалась", timeout=15_000)
    expect(page.locator(".board .card")).to_have_count(21)
    expect(page.get_by_text("Не получилось показать доску")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator(".board .card-name")).to_have_text(["Соколова Марина"])


@pytest.mark.parametrize("typed", ["%", "* _"])
def test_signs_that_no_text_holds_are_found_nowhere(page: Page, typed: str) -> None:
    page.get_by_role("searchbox", name="Поиск на доске").fill(typed)
    expect(page.locator("#board-note").get_by_role("heading")).to_have_text("По этим фильтрам ничего нет")


def test_nothing_found_names_the_filters_and_offers_to_drop_them(page: Page, world: World) -> None:
    page.goto(f"{world.url}/?hot=true&channel=instagram")
    note = page.locator("#board-note")
    expect(note.get_by_role("heading")).to_have_text("По этим фильтрам ничего нет")
    expect(note.locator(".chip")).to_have_text(["Горячие", "Канал: Instagram"])
    note.get_by_role("link", name="Сбросить фильтры").click()
    expect(page.locator(".board .card")).to_have_count(21)


def test_an_address_that_no_longer_fits_shows_what_does(page: Page, world: World) -> None:
    page.goto(f"{world.url}/?stage=nowhere&trip_from=yesterday&channel=telegram&sort=luck")
    expect(page.locator(".board .card")).to_have_count(8)


def test_sorted_the_longest_wait_comes_first_and_a_card_lands_where_the_order_says(page: Page, world: World) -> None:
    page.get_by_role("button", name="Вручную").click()
    page.get_by_role("menuitemradio", name="Сначала дорогие").click()
    expect(page).to_have_url(f"{world.url}/?sort=value")
    expect(column(page, "pending").locator(".card-name")).to_have_text(
        ["Семёнова Вера", "Гусев Артём", "Морозов Илья", "Захарова Юлия"]
    )
    drag(page, card(page, "Никитина Ольга"), column(page, "pending"), drop=False)
    note = page.locator("#column-pending .column-head").evaluate("head => getComputedStyle(head, '::after').content")
    assert note == '"Встанет по сортировке"'
    page.mouse.up()
    eventually(lambda: lead(world, "Никитина Ольга")["status"] == "pending")
    expect(column(page, "pending").locator(".card-name")).to_have_text(
        ["Семёнова Вера", "Гусев Артём", "Морозов Илья", "Захарова Юлия", "Никитина Ольга"]
    )
    page.get_by_role("button", name="Отменить").click()
    eventually(lambda: lead(world, "Никитина Ольга")["status"] == "new")


def test_a_column_over_its_limit_says_so_in_warning_colour(page: Page, world: World) -> None:
    page.locator("#column-in_progress .column-head").hover()
    page.get_by_role("button", name="Колонка «В работе»: действия").click()
    page.get_by_role("menuitem", name="Предел колонки…").click()
    page.get_by_label("Сколько лидов в ней должно быть не больше").fill("5")
    page.get_by_role("button", name="Сохранить").click()
    count = page.locator("#column-in_progress h2 [data-count]")
    expect(count).to_have_text("6 / 5")
    assert count.evaluate("place => getComputedStyle(place).color") == "rgb(168, 72, 0)"
    assert settings.read(world.store).limits == {"in_progress": 5}
    settings.change(world.store, viewer(world, "alina"), {"limits": {}})


def test_views_are_saved_shared_renamed_deleted_and_brought_back(page: Page, world: World, browser: Browser) -> None:
    page.goto(f"{world.url}/?channel=telegram&sort=value")
    page.get_by_role("button", name="Виды").click()
    panel = page.get_by_role("dialog", name="Виды")
    panel.get_by_label("Название вида").fill("Телеграм по сумме")
    panel.get_by_label("Показать всем").check()
    panel.get_by_role("button", name="Сохранить").click()
    expect(panel.get_by_role("link", name="Телеграм по сумме")).to_be_visible()
    page.goto(f"{world.url}/")
    theirs = new_context(browser)
    pavel = signed_in(theirs, world, "pavel")
    pavel.get_by_role("button", name="Виды").click()
    pavel.get_by_role("link", name="Телеграм по сумме").click()
    expect(pavel).to_have_url(f"{world.url}/?channel=telegram&sort=value")
    expect(pavel.locator(".board .card")).to_have_count(8)
    theirs.close()

    page.get_by_role("button", name="Виды").click()
    panel.get_by_role("button", name="Переименовать: Телеграм по сумме").click()
    panel.get_by_label("Новое название").fill("Телеграм")
    panel.get_by_role("button", name="Готово").click()
    panel.get_by_role("button", name="Удалить: Телеграм").click()
    assert eventually(lambda: not world.rows("views"))
    page.get_by_role("button", name="Отменить").click()
    eventually(lambda: [row["name"] for row in world.rows("views")] == ["Телеграм"])


def test_what_changes_under_filters_comes_and_goes_by_them(page: Page, world: World) -> None:
    page.goto(f"{world.url}/?assignee_id=me&channel=whatsapp")
    expect(card(page, "Тихонов Роман")).to_be_visible()

    row = lead(world, "Тихонов Роман")
    pavel = viewer(world, "pavel")
    leads.patch(world.ctx, pavel, row["id"], row["version"], {"assignee_id": pavel.id})
    expect(card(page, "Тихонов Роман")).to_have_count(0)
    expect(page.locator("#column-confirmed h2 [data-count]")).to_have_text("1")
    row = lead(world, "Тихонов Роман")
    leads.patch(world.ctx, pavel, row["id"], row["version"], {"assignee_id": viewer(world, "alina").id})
    expect(card(page, "Тихонов Роман")).to_be_visible()
