"""Many cards at once: selected, done, told by names, taken back; and single cards by their menu."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crystalbay.services import bulk
from tests.browser.board_kit import card, column, drag, lead, office, viewer, watched
from tests.world import World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with office(tmp_path) as system:
        yield system


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with watched(browser, world) as opened:
        yield opened


def select(page: Page, *names: str) -> None:
    for name in names:
        card(page, name).get_by_role("link").click(modifiers=["Control"])


def test_selected_cards_are_assigned_and_taken_back(page: Page, world: World) -> None:
    select(page, "Соколова Марина", "Никитина Ольга")
    bar = page.get_by_role("region", name="Выбранные лиды")
    expect(bar).to_contain_text("Выбрано 2")
    expect(bar.get_by_role("button", name="Выбрать все 21 на доске")).to_be_visible()
    bar.get_by_role("button", name="Назначить").click()
    page.get_by_role("menuitem", name="Павел М.").click()
    pavel = viewer(world, "pavel").id
    eventually(lambda: all(lead(world, name)["assignee_id"] == pavel for name in ("Соколова Марина", "Никитина Ольга")))
    expect(card(page, "Никитина Ольга").locator(".avatar")).to_have_text("ПМ")
    note = page.locator(".toast-note", has_text="Готово: 2 лида")
    note.get_by_role("button", name="Отменить").click()
    eventually(lambda: lead(world, "Никитина Ольга")["assignee_id"] is None)
    expect(card(page, "Никитина Ольга").locator(".avatar-nobody")).to_be_visible()
    expect(page.locator(".toast-note", has_text="Отменено: 2 лида")).to_be_visible()
    expect(page.locator("#say")).to_contain_text("Отменено: 2 лида")
    expect(card(page, "Соколова Марина").get_by_role("link")).to_be_focused()


def test_all_by_the_filter_are_a_step_of_their_own_and_the_result_names_who_failed(page: Page, world: World) -> None:
    page.goto(f"{world.url}/?channel=email")
    card(page, "Никитина Ольга").get_by_role("link").focus()
    page.keyboard.press("KeyX")
    bar = page.get_by_role("region", name="Выбранные лиды")
    bar.get_by_role("button", name="Выбрать все 3 по фильтру").click()
    expect(bar).to_contain_text("Выбраны все 3 по фильтру")
    expect(page.locator(".board .card-selected")).to_have_count(3)
    gone = lead(world, "Семёнова Вера")

    def answer_with_a_failure(route, request):  # type: ignore[no-untyped-def]
        reply = route.fetch()
        body = reply.json()
        body["failed"].append({"id": gone["id"], "number": 15, "name": "Семёнова Вера", "reason": "уже закрыт"})
        route.fulfill(response=reply, json=body)

    page.route("**/api/v1/leads/bulk", answer_with_a_failure)
    bar.get_by_role("button", name="Переместить").click()
    page.get_by_role("menuitem", name="Подтверждены").click()
    result = page.get_by_role("dialog", name="Готово: 3, не получилось: 1")
    expect(result).to_contain_text("Семёнова Вера уже закрыт")
    eventually(lambda: lead(world, "Громова Нина")["status"] == "confirmed")
    result.get_by_role("button", name="Отменить сделанное").click()
    eventually(lambda: lead(world, "Громова Нина")["stage"] == "tour_selection")
    expect(column(page, "in_progress").locator(".card", has_text="Громова Нина")).to_be_visible()


def test_a_selection_by_the_filter_names_the_closed_ones_and_ends_with_the_act(page: Page, world: World) -> None:
    page.goto(f"{world.url}/?channel=telegram")
    closed = int(page.locator("#column-closed h2 [data-count]").inner_text())
    assert closed > 0
    select(page, "Соколова Марина")
    bar = page.get_by_role("region", name="Выбранные лиды")
    bar.get_by_role("button", name="Выбрать все 8 по фильтру").click()
    bar.get_by_role("button", name="Переместить").click()
    menu = page.get_by_role("menu", name="Переместить в…")
    expect(menu).to_contain_text(f"8 лидов, в том числе закрытых: {closed}")
    page.keyboard.press("Escape")
    card(page, "Соколова Марина").locator(".card-tick").click()
    expect(bar).to_contain_text("Выбрано 7")  # one is left out: the others stay
    bar.get_by_role("button", name="Выбрать все 8 по фильтру").click()
    bar.get_by_role("button", name="Назначить").click()
    page.get_by_role("menuitem", name="Павел М.").click()
    eventually(lambda: lead(world, "Соколова Марина")["assignee_id"] == viewer(world, "pavel").id)
    expect(bar).to_be_hidden()
    expect(page.locator(".card-selected")).to_have_count(0)


def test_keys_act_on_all_that_are_selected(page: Page, world: World) -> None:
    both = ("Захарова Юлия", "Морозов Илья")
    select(page, *both)
    mine = card(page, "Морозов Илья")
    mine.get_by_role("link").focus()
    page.keyboard.press("KeyT")
    dialog = page.get_by_role("dialog", name="Теги: 2 лида")
    dialog.get_by_label("Добавить, через запятую").fill("Яхта")
    page.keyboard.press("Enter")
    eventually(lambda: all("Яхта" in lead(world, name)["tags"] for name in both))
    expect(dialog).to_have_count(0)
    mine.get_by_role("link").focus()
    page.keyboard.press("KeyM")
    menu = page.get_by_role("menu", name="Переместить в…")
    expect(menu).to_contain_text("2 лида")
    beside, where = eventually(mine.bounding_box), eventually(menu.bounding_box)  # a card may be just drawn anew
    assert abs(where["x"] + where["width"] - beside["x"] - beside["width"]) < 40
    page.keyboard.press("Escape")
    expect(mine.get_by_role("link")).to_be_focused()
    page.keyboard.press("BracketRight")
    eventually(lambda: {lead(world, name)["status"] for name in both} == {"confirmed"})
    expect(column(page, "confirmed").locator(".card", has_text="Захарова Юлия")).to_be_visible()
    expect(mine.get_by_role("link")).to_be_focused()


def test_no_tag_is_lost_and_one_that_is_too_long_is_named(
    page: Page, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = card(page, "Лебедев Олег")
    mine.get_by_role("link").focus()
    page.keyboard.press("KeyT")
    dialog = page.get_by_role("dialog", name="Теги")
    field = dialog.get_by_label("Добавить, через запятую")
    many = [f"длинный тег номер {number}" for number in range(20)]
    field.fill(", ".join([*many, "э" * 41]))
    page.keyboard.press("Enter")
    expect(dialog.get_by_text(f"Тег «{'э' * 41}» длиннее 40 знаков")).to_be_visible()
    field.fill(", ".join([*many, "э" * 40]))
    with monkeypatch.context() as broken:
        broken.setattr(bulk, "act", lambda *_asked: 1 / 0)
        page.keyboard.press("Enter")
        expect(page.locator(".toast-note")).to_contain_text("Что-то сломалось у нас")
    expect(field).to_have_value(", ".join([*many, "э" * 40]))  # what was typed is there to be sent again
    field.press("Enter")
    eventually(lambda: set(lead(world, "Лебедев Олег")["tags"]) == {"Дубай", *many, "э" * 40})


def test_the_archive_takes_cards_away_and_control_z_brings_them_back(page: Page, world: World) -> None:
    mine = card(page, "Абрамов Глеб")
    mine.hover()
    mine.get_by_role("button", name="Действия").click()
    page.get_by_role("menuitem", name="Архив").click()
    expect(mine).to_have_count(0)
    expect(page.locator("#column-closed h2 [data-count]")).to_have_text("2")
    page.keyboard.press("Control+KeyZ")
    expect(mine).to_be_visible()
    assert lead(world, "Абрамов Глеб")["status"] == "closed"
    expect(page.locator("#say")).to_contain_text("Отменено: Абрамов Глеб")
    expect(mine.get_by_role("link")).to_be_focused()


def test_tags_and_a_reminder_of_one_card(page: Page, world: World) -> None:
    mine = card(page, "Лебедев Олег")
    mine.get_by_role("link").focus()
    page.keyboard.press("KeyT")
    dialog = page.get_by_role("dialog", name="Теги")
    dialog.get_by_label("Дубай").uncheck()
    dialog.get_by_label("Добавить, через запятую").fill("Пальма, Яхта")
    page.keyboard.press("Enter")
    eventually(lambda: lead(world, "Лебедев Олег")["tags"] == ["Пальма", "Яхта"])
    mine.get_by_role("link").focus()
    page.keyboard.press("KeyR")
    panel = page.get_by_role("dialog", name="Напомнить")
    expect(panel.get_by_role("button", name="Сегодня вечером")).to_contain_text("19:00")  # as in the drawer
    panel.get_by_label("О чём").fill("Показать виллы")
    panel.get_by_role("button", name="Завтра утром").click()
    expect(mine.locator(".card-clock")).to_have_text("напомнить\u00a0завтра")
    assert [row["text"] for row in world.rows("reminders", lead_id=lead(world, "Лебедев Олег")["id"])] == [
        "Показать виллы"
    ]


def test_selected_cards_travel_together(page: Page, world: World) -> None:
    select(page, "Захарова Юлия", "Морозов Илья")
    drag(page, card(page, "Захарова Юлия"), column(page, "in_progress"), drop=False)
    expect(page.locator(".sortable-fallback")).to_have_attribute("data-many", "2")
    page.mouse.up()
    eventually(lambda: {lead(world, name)["status"] for name in ("Захарова Юлия", "Морозов Илья")} == {"in_progress"})
    expect(column(page, "in_progress").locator(".card", has_text="Морозов Илья")).to_be_visible()
    expect(column(page, "pending").locator(".card")).to_have_count(2)


def test_cards_that_travelled_are_in_one_column_before_the_stream_tells_of_them(page: Page, world: World) -> None:
    page.route("**/api/v1/events*", lambda route: route.abort())
    page.reload()
    select(page, "Захарова Юлия", "Морозов Илья")
    drag(page, card(page, "Захарова Юлия"), column(page, "in_progress"))
    for name in ("Захарова Юлия", "Морозов Илья"):
        expect(column(page, "in_progress").locator(".card", has_text=name)).to_be_visible()
    expect(column(page, "pending").locator(".card")).to_have_count(2)


def test_shift_and_arrows_select_a_run_and_escape_lets_go(page: Page) -> None:
    card(page, "Захарова Юлия").get_by_role("link").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".card-selected .card-name")).to_have_text(["Захарова Юлия", "Морозов Илья", "Гусев Артём"])
    page.keyboard.press("Escape")
    expect(page.locator(".card-selected")).to_have_count(0)
    expect(page.locator("#bulk-bar")).to_be_hidden()


def test_what_is_selected_is_exported(page: Page) -> None:
    select(page, "Захарова Юлия", "Морозов Илья")
    page.get_by_role("button", name="Выгрузить").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Текст с разделителями (csv)").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    assert "Захарова Юлия" in text
    assert "Морозов Илья" in text
    assert "Гусев" not in text


def test_a_lead_by_hand_is_understood_and_appears_with_the_focus(page: Page, world: World) -> None:
    page.keyboard.press("KeyN")
    dialog = page.get_by_role("dialog", name="Новый лид")
    dialog.get_by_label("Телефон").fill("12")
    dialog.get_by_role("button", name="Завести лид").click()
    expect(dialog.get_by_text("Укажите телефон с кодом страны, например +7 999 123-45-67")).to_be_visible()
    expect(dialog.get_by_label("Телефон")).to_be_focused()
    dialog.get_by_label("Имя").fill("Рогова Светлана")
    dialog.get_by_label("Телефон").fill("8 (921) 555-12-12")
    dialog.get_by_label("Чего хотят").fill("Турция вдвоём с 10 июля на неделю, до 250 тысяч")
    dialog.get_by_role("button", name="Завести лид").click()
    expect(dialog).to_be_hidden()
    mine = column(page, "new").locator(".card", has_text="Рогова Светлана")
    expect(mine.get_by_role("link")).to_be_focused()
    expect(mine.locator(".card-trip")).to_contain_text("Турция", timeout=15_000)
    assert lead(world, "Рогова Светлана")["channel"] == "phone"


def test_words_of_a_lead_that_could_not_be_made_are_kept(page: Page) -> None:
    page.route("**/api/v1/leads", lambda route: route.fulfill(status=503, json={"title": "away"}))
    page.get_by_role("link", name="Лид").first.click()
    dialog = page.get_by_role("dialog", name="Новый лид")
    dialog.get_by_label("Имя").fill("Рогова Светлана")
    dialog.get_by_role("button", name="Завести лид").click()
    expect(page.locator(".toast-note")).to_be_visible()
    page.reload()
    page.keyboard.press("KeyN")
    expect(page.get_by_role("dialog", name="Новый лид").get_by_label("Имя")).to_have_value("Рогова Светлана")


def test_a_known_phone_says_whose_lead_it_is_and_keeps_what_was_typed(page: Page, world: World) -> None:
    phone = next(row["phone"] for row in world.rows("customers") if row["name"] == "Громов Павел")
    page.keyboard.press("KeyN")
    dialog = page.get_by_role("dialog", name="Новый лид")
    dialog.get_by_label("Имя").fill("Рогова Светлана")
    dialog.get_by_label("Телефон").fill(phone)
    dialog.get_by_label("Почта").fill("rogova@example.com")
    dialog.get_by_role("button", name="Завести лид").click()
    expect(page.locator(".toast-note")).to_contain_text(
        "Этот телефон уже у клиента Громов Павел: лид добавлен ему", timeout=15_000
    )
    texts = [row["text"] for row in world.rows("notes")]
    assert texts == ["При заведении лида назвали: Рогова Светлана, rogova@example.com"]
    page.keyboard.press("KeyN")
    dialog.get_by_label("Имя").fill("Громов  павел")
    dialog.get_by_label("Телефон").fill(phone)
    dialog.get_by_role("button", name="Завести лид").click()
    expect(dialog).to_have_count(0)
    assert len(world.rows("notes")) == len(texts)
