"""The board for everybody: on a phone, for those who only look, empty and broken, and for a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crystalbay.services import leads
from tests.browser.board_kit import PHONE, card, column, lead, new_context, office, serious, signed_in, viewer, watched
from tests.world import World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with office(tmp_path_factory.mktemp("looks")) as system:
        yield system


def test_on_a_phone_one_column_at_a_time(browser: Browser, world: World) -> None:
    with watched(browser, world, size=PHONE, has_touch=True, is_mobile=True) as page:
        tabs = page.get_by_role("navigation", name="Колонки")
        expect(tabs.get_by_role("link", name="Новые 5")).to_have_attribute("aria-current", "true")
        tabs.get_by_role("link", name="Ожидание 4").click()
        expect(card(page, "Морозов Илья")).to_be_in_viewport()
        expect(tabs.get_by_role("link", name="Ожидание 4")).to_have_attribute("aria-current", "true")
        menu = card(page, "Морозов Илья").get_by_role("button", name="Действия")
        box = menu.bounding_box()
        assert box
        assert (box["width"], box["height"]) == (44, 44)
        menu.click()
        page.get_by_role("menuitem", name="Переместить в…").click()
        page.get_by_role("menuitem", name="Подтверждены").click()
        eventually(lambda: lead(world, "Морозов Илья")["status"] == "confirmed")
        expect(card(page, "Морозов Илья")).to_be_in_viewport()
        page.get_by_role("button", name="Отменить").click()
        eventually(lambda: lead(world, "Морозов Илья")["status"] == "pending")

        page.reload()
        page.get_by_role("button", name="Фильтры").click()
        sheet = page.get_by_role("dialog", name="Фильтры")
        sheet.get_by_text("Канал", exact=True).click()
        sheet.get_by_label("Telegram").check()
        sheet.get_by_role("button", name="Закрыть").click()
        expect(page.locator("#filter-dot")).to_be_visible()
        expect(page.locator(".board .card")).to_have_count(8)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide == 390


def test_the_browser_says_the_clocks_as_the_server_does(browser: Browser, tmp_path: Path) -> None:
    with office(tmp_path) as world:
        context = new_context(browser)
        page = signed_in(context, world, "alina")
        expect(card(page, "Громов Павел")).to_be_visible()
        said = page.locator(".card-clock").evaluate_all("clocks => clocks.map(clock => clock.textContent)")
        drawn = page.request.get(f"{world.url}/ui/board").text()
        told = page.evaluate(
            """html => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll(".card-clock")]
                 .map(clock => clock.textContent)""",
            drawn,
        )
        assert said == told
        assert {"ждёт\u00a026\u00a0мин", "вылет\u00a0через\u00a08\u00a0дн.", "напомнить\u00a0завтра"} <= set(said)
        wait = card(page, "Соколова Марина").locator(".card-clock")
        expect(wait).to_have_class("card-clock card-clock-warning num")
        world.ctx.clock.start += timedelta(minutes=15, seconds=30)  # type: ignore[attr-defined]
        world.ctx.clock.__post_init__()  # type: ignore[attr-defined]
        page.clock.install()
        page.reload()
        expect(wait).to_have_text("ждёт\u00a024\u00a0мин")
        page.clock.run_for(61_000)
        expect(wait).to_have_text("ждёт\u00a025\u00a0мин")  # one timer, nothing was drawn again
        expect(wait).to_have_class(re.compile("card-clock-danger"))
        context.close()


def test_the_phone_comes_back_to_its_column(browser: Browser, world: World) -> None:
    context = new_context(browser, PHONE, has_touch=True, is_mobile=True)
    page = signed_in(context, world, "alina")
    page.get_by_role("navigation", name="Колонки").get_by_role("link", name="Подтверждены 3").click()
    expect(card(page, "Тихонов Роман")).to_be_in_viewport()
    page.wait_for_timeout(300)
    page.reload()
    expect(card(page, "Тихонов Роман")).to_be_in_viewport()
    context.close()


def test_as_many_tags_are_shown_as_the_column_has_room_for(browser: Browser, tmp_path: Path) -> None:
    tags = ["Документы", "Виза", "Страховка", "Трансфер", "VIP"]
    with office(tmp_path) as world:
        row = lead(world, "Захарова Юлия")
        leads.patch(world.ctx, viewer(world, "alina"), row["id"], row["version"], {"tags": tags})
        context = new_context(browser)
        page = signed_in(context, world, "alina")
        mine = card(page, "Захарова Юлия")
        shown = mine.locator(".chip-tag:visible, [data-more]:visible")
        expect(shown).to_have_text(["+5"])  # beside the stage
        page.set_viewport_size({"width": 1920, "height": 900})
        expect(shown).to_have_text(["Документы", "Виза", "+3"])
        expect(mine.locator("[data-more]")).to_have_attribute("title", "Страховка, Трансфер, VIP")
        page.set_viewport_size({"width": 1440, "height": 900})
        expect(shown).to_have_text(["+5"])
        page.get_by_role("link", name="Этапы").click()
        expect(shown).to_have_text(["Документы", "Виза", "+3"])  # the column says the stage
        for chips in mine.locator(".card-chips").all():
            assert chips.evaluate("place => place.scrollWidth <= place.clientWidth")
        context.close()


def test_the_menu_of_a_column_does_not_cover_its_sum(browser: Browser, world: World) -> None:
    for size, touch in (({"width": 1440, "height": 900}, False), ({"width": 1024, "height": 768}, True)):
        context = new_context(browser, size, has_touch=touch, is_mobile=touch)
        page = signed_in(context, world, "alina")
        for name in ("new", "in_progress", "pending", "confirmed"):
            head = page.locator(f"#column-{name} .column-head")
            if not touch:
                head.hover()  # the menu shows, and the sum makes room
            total, menu = head.locator(".column-sum").bounding_box(), head.locator(".column-menu").bounding_box()
            assert total
            assert menu
            assert total["x"] + total["width"] <= menu["x"] + 6  # the dots stand within
            assert head.locator(".column-name").evaluate("place => place.scrollWidth <= place.clientWidth")
        context.close()


def test_who_only_looks_sees_no_controls(browser: Browser, world: World) -> None:
    context = new_context(browser)
    page = signed_in(context, world, "olga")
    expect(card(page, "Громов Павел")).to_be_visible()
    expect(page.locator(".card-menu")).to_have_count(0)
    expect(page.get_by_role("link", name="Лид", exact=True)).to_have_count(0)
    card(page, "Громов Павел").get_by_role("link").focus()
    for key in ("KeyM", "KeyN", "KeyA", "BracketRight"):
        page.keyboard.press(key)
    expect(page.locator("dialog[open], .popup:popover-open")).to_have_count(0)
    page.keyboard.press("KeyX")
    bar = page.get_by_role("region", name="Выбранные лиды")
    expect(bar.get_by_role("button")).to_have_text(["Выбрать все 21 на доске", "Выгрузить", ""])
    assert serious(page) == []
    context.close()


def test_the_full_board_is_clean_for_a_screen_reader_also_with_its_menus(browser: Browser, world: World) -> None:
    context = new_context(browser)
    page = signed_in(context, world, "alina")
    expect(card(page, "Громов Павел")).to_be_visible()
    assert serious(page) == []
    card(page, "Громов Павел").hover()
    card(page, "Громов Павел").get_by_role("button", name="Действия").click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ещё", exact=True).click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("KeyN")
    expect(page.get_by_role("dialog", name="Новый лид")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.goto(f"{world.url}/?by=stage")
    expect(page.locator(".column")).to_have_count(9)
    assert serious(page) == []
    page.goto(f"{world.url}/?hot=true&channel=instagram")
    expect(page.get_by_text("По этим фильтрам ничего нет")).to_be_visible()
    assert serious(page) == []
    context.close()


def test_a_board_that_cannot_be_read_says_so_and_tries_again(browser: Browser, world: World) -> None:
    context = new_context(browser)
    page = signed_in(context, world, "alina")
    page.route(
        "**/ui/board?*", lambda route: route.fulfill(status=500, json={"title": "Сломалось", "request_id": "req-7"})
    )
    page.get_by_role("link", name="Этапы").click()
    note = page.get_by_role("alert").filter(has_text="Не получилось показать доску")
    expect(note).to_contain_text("Лиды в сохранности")
    expect(note).to_contain_text("req-7")
    assert serious(page) == []
    page.unroute("**/ui/board?*")
    note.get_by_role("button", name="Повторить").click()
    expect(page.locator(".column")).to_have_count(9)
    expect(card(page, "Громов Павел")).to_be_visible()
    context.close()


def test_a_slow_board_shows_the_shape_of_what_comes(browser: Browser, world: World) -> None:
    context = new_context(browser)
    page = signed_in(context, world, "alina")
    expect(card(page, "Громов Павел")).to_be_visible()

    def slowly(route):  # type: ignore[no-untyped-def]
        page.wait_for_timeout(900)
        route.continue_()

    page.route("**/ui/board?*", slowly)
    page.get_by_role("link", name="Этапы").click(no_wait_after=True)
    expect(page.locator("#board-region")).to_have_attribute("aria-busy", "true")
    expect(column(page, "new").locator(".card-skeleton").first).to_be_visible()
    expect(page.locator(".column")).to_have_count(9)
    expect(page.locator("#board-region")).not_to_have_attribute("aria-busy", "true")
    context.close()


@pytest.mark.parametrize(
    ("login", "steps", "primary"),
    [("alina", 3, "Загрузить"), ("pavel", 3, "Загрузить"), ("olga", 0, None)],
)
def test_an_empty_board_leads_on_by_role(
    browser: Browser, tmp_path: Path, login: str, steps: int, primary: str | None
) -> None:
    with office(tmp_path, filled=False) as world:
        context = new_context(browser)
        page = signed_in(context, world, login)
        panel = page.locator(".board-empty")
        expect(panel.get_by_role("heading", name="Лидов пока нет")).to_be_visible()
        expect(panel.locator(".step")).to_have_count(steps)
        expect(panel.locator(".btn-primary")).to_have_count(1 if primary else 0)
        expect(page.locator(".column-empty").first).to_have_text("Пусто")
        assert serious(page) == []
        if login == "alina":
            page.get_by_role("button", name="Заполнить примерами").click()
            expect(page.locator(".board .card")).to_have_count(21)
        context.close()


def test_a_list_from_a_file_fills_the_board(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(
        'Имя;Телефон;Почта;Пожелания\nАнна Белова;8 921 555 12 13;;"Турция; вдвоём"\nБез телефона;12;;\n', "cp1251"
    )
    with office(tmp_path, filled=False) as world:
        context = new_context(browser)
        page = signed_in(context, world, "alina")
        page.get_by_role("button", name="Загрузить").click()
        dialog = page.get_by_role("dialog", name="Загрузить заявки")
        dialog.get_by_label("Файл CSV").set_input_files(file)
        dialog.get_by_role("button", name="Загрузить").click()
        expect(dialog.get_by_text("Строка 3: телефон")).to_be_visible()
        dialog.get_by_role("button", name="Отмена").click()
        expect(card(page, "Анна Белова")).to_be_visible()
        assert [row["phone"] for row in world.rows("customers")] == ["+79215551213"]
        context.close()
