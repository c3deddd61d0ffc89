"""Moving cards: by hand, menu and keyboard; when somebody else was faster; and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from crystalbay.services import leads, moves
from models import Stage, Status
from tests.browser.board_kit import card, column, drag, lead, new_context, office, signed_in, viewer, watched
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


def test_a_dragged_card_stands_where_it_was_let_go_and_can_be_taken_back(page: Page, world: World) -> None:
    drag(page, card(page, "Морозов Илья"), column(page, "confirmed").locator(".card").first)
    eventually(lambda: lead(world, "Морозов Илья")["status"] == "confirmed")
    names = column(page, "confirmed").locator(".card-name")
    expect(names).to_have_count(4)
    page.get_by_role("button", name="Отменить").click()
    eventually(lambda: lead(world, "Морозов Илья")["stage"] == "integrations")
    expect(column(page, "pending").locator(".card-name")).to_have_text(
        ["Захарова Юлия", "Морозов Илья", "Гусев Артём", "Семёнова Вера"]
    )


def test_while_a_card_is_dragged_its_old_place_stays_pale_and_news_wait(page: Page, world: World) -> None:
    drag(page, card(page, "Соколова Марина"), column(page, "in_progress"), drop=False)
    left = page.locator(".card-left")
    expect(left).to_have_count(1)
    assert float(left.evaluate("card => getComputedStyle(card).opacity")) == 0.35
    gone = lead(world, "Захарова Юлия")
    moves.move(world.ctx, viewer(world, "pavel"), gone["id"], version=gone["version"], status=Status.NEW)
    page.wait_for_timeout(1500)
    expect(column(page, "pending").locator(".card", has_text="Захарова Юлия")).to_have_count(1)
    page.mouse.up()
    expect(left).to_have_count(0)
    expect(column(page, "new").locator(".card", has_text="Захарова Юлия")).to_be_visible()


def test_a_card_that_is_pressed_is_not_drawn_anew_before_it_is_dragged(page: Page, world: World) -> None:
    mine, where = card(page, "Гусев Артём"), column(page, "confirmed").bounding_box()
    box = mine.bounding_box()
    assert box
    assert where
    page.mouse.move(box["x"] + 90, box["y"] + box["height"] - 12)
    page.mouse.down()
    row = lead(world, "Гусев Артём")
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["Яхта"]})
    page.wait_for_timeout(1500)
    expect(mine).not_to_contain_text("Яхта")
    page.mouse.move(where["x"] + 100, where["y"] + 60, steps=15)
    page.wait_for_timeout(250)
    page.mouse.up()
    eventually(lambda: lead(world, "Гусев Артём")["status"] == "confirmed")
    expect(column(page, "confirmed").locator(".card", has_text="Гусев Артём")).to_contain_text("Яхта")


def test_what_comes_while_a_card_is_pressed_is_there_after_the_click(page: Page, world: World) -> None:
    mine = card(page, "Гусев Артём")
    mine.hover(position={"x": 90, "y": 12})
    page.mouse.down()
    row = lead(world, "Гусев Артём")
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["Яхта"]})
    page.wait_for_timeout(1500)
    page.mouse.up()
    expect(page.locator("#drawer")).to_be_visible()
    expect(mine).to_contain_text("Яхта")


def test_cards_that_a_drag_crossed_are_painted_as_they_are(page: Page) -> None:
    page.evaluate(  # round corners of the frame, and what comes and goes, are not what is compared
        "document.body.style.visibility = 'hidden'; document.getElementById('board').style.visibility = 'visible'"
    )
    hand, wrong = Random(1), 0
    for name in ("Гусев Артём", "Морозов Илья", "Семёнова Вера", "Захарова Юлия"):
        start = card(page, name).bounding_box()
        assert start
        page.mouse.move(start["x"] + 100, start["y"] + start["height"] - 12)
        page.mouse.down()
        page.mouse.move(start["x"] + 115, start["y"] + start["height"] - 5, steps=4)
        for _ in range(5):
            page.mouse.move(hand.randint(260, 1150), hand.randint(130, 850), steps=hand.choice([6, 12, 20]))
            page.wait_for_timeout(hand.choice([0, 40, 160]))
        page.mouse.move(hand.choice([300, 480, 750]), hand.randint(130, 500), steps=10)
        page.mouse.up()
        page.mouse.move(700, 20)
        page.wait_for_timeout(2000)  # the tint of a change is over
        page.evaluate("getSelection().empty()")
        painted = page.screenshot()  # of a part it would be painted anew
        page.evaluate(
            "async () => { document.body.style.display = 'none'; await new Promise(requestAnimationFrame);"
            " await new Promise(requestAnimationFrame); document.body.style.display = ''; }"
        )
        page.wait_for_timeout(200)
        wrong += painted != page.screenshot()
    assert wrong == 0


def test_what_stands_out_of_a_card_is_not_cut(page: Page, world: World) -> None:
    mine = card(page, "Гусев Артём")
    row = lead(world, "Гусев Артём")
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["виза"]})
    badge = mine.locator(".card-who")
    expect(badge).to_be_visible()
    box, whole = badge.bounding_box(), mine.bounding_box()
    assert box
    assert whole
    assert box["y"] < whole["y"]
    assert (
        0
        < whole["y"] - box["y"]
        <= float(mine.evaluate("card => parseFloat(getComputedStyle(card).overflowClipMargin)"))
    )


def test_two_managers_move_one_card_and_the_second_is_asked_whose_place_stays(
    page: Page, world: World, browser: Browser
) -> None:
    theirs = new_context(browser)
    pavel = signed_in(theirs, world, "pavel")
    page.route("**/api/v1/events*", lambda route: route.abort())  # Alina has not heard of it yet
    page.reload()
    expect(card(page, "Гусев Артём")).to_be_visible()
    drag(pavel, card(pavel, "Гусев Артём"), column(pavel, "confirmed"))
    eventually(lambda: lead(world, "Гусев Артём")["status"] == "confirmed")

    drag(page, card(page, "Гусев Артём"), column(page, "in_progress"))
    dialog = page.get_by_role("dialog", name="Этот лид уже изменили")
    expect(dialog).to_contain_text("Гусев Артём")
    expect(dialog).to_contain_text("Павел М.")
    expect(dialog.locator(".conflict-values")).to_contain_text("Подтверждены")
    expect(dialog.locator(".conflict-values")).to_contain_text("В работе")
    dialog.get_by_role("button", name="Взять его вариант").click()
    expect(column(page, "confirmed").locator(".card", has_text="Гусев Артём")).to_be_visible()
    assert lead(world, "Гусев Артём")["status"] == "confirmed"

    drag(pavel, card(pavel, "Семёнова Вера"), column(pavel, "confirmed"))
    eventually(lambda: lead(world, "Семёнова Вера")["status"] == "confirmed")
    drag(page, card(page, "Семёнова Вера"), column(page, "in_progress"))
    page.get_by_role("button", name="Оставить мой").click()
    eventually(lambda: lead(world, "Семёнова Вера")["status"] == "in_progress")
    theirs.close()


PENDING = ["Захарова Юлия", "Морозов Илья", "Гусев Артём", "Семёнова Вера"]


@pytest.mark.parametrize("status", [500, 0])
def test_a_refusal_puts_the_card_back_and_says_whose_move_failed(page: Page, status: int) -> None:
    page.route(
        "**/api/v1/leads/*/move",
        lambda route: route.fulfill(status=500, json={"title": "broken"}) if status else route.abort(),
    )
    mine = card(page, "Гусев Артём").get_by_role("link")
    mine.focus()
    page.keyboard.press("BracketRight")
    expect(page.locator(".toast-note")).to_contain_text("Гусев Артём: не переместили, лид на прежнем месте")
    expect(column(page, "pending").locator(".card-name")).to_have_text(PENDING)
    expect(mine).to_be_focused()
    expect(page.locator("#say")).to_contain_text("не переместили")
    expect(page.locator("#say")).not_to_contain_text("теперь в колонке")


def test_who_thinks_better_of_closing_is_at_the_card_again(page: Page) -> None:
    mine = card(page, "Ершова Полина").get_by_role("link")
    mine.focus()
    page.keyboard.press("BracketRight")
    expect(page.get_by_role("dialog", name="Чем закончилось?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(column(page, "confirmed").locator(".card", has_text="Ершова Полина")).to_be_visible()
    expect(mine).to_be_focused()


def test_escape_ends_a_drag_where_it_began_and_nothing_is_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    drag(page, card(page, "Гусев Артём"), column(page, "confirmed"), drop=False)
    page.keyboard.press("Escape")
    expect(page.locator(".sortable-fallback, .card-left")).to_have_count(0)
    expect(column(page, "pending").locator(".card-name")).to_have_text(PENDING)
    page.mouse.up()
    page.wait_for_timeout(500)
    expect(column(page, "pending").locator(".card-name")).to_have_text(PENDING)
    expect(page.locator("#drawer")).to_be_hidden()
    assert [url for url in sent if "/move" in url] == []


def test_closing_asks_for_the_outcome_and_a_reason_of_the_settings(page: Page, world: World) -> None:
    drag(page, card(page, "Лебедев Олег"), column(page, "closed"))
    dialog = page.get_by_role("dialog", name="Чем закончилось?")
    dialog.get_by_role("button", name="Закрыть лид").click()
    expect(dialog.get_by_text("Выберите, чем закончилось")).to_be_visible()
    dialog.get_by_label("Отказ", exact=True).check()
    dialog.get_by_role("button", name="Закрыть лид").click()
    expect(dialog.get_by_text("Назовите причину")).to_be_visible()
    dialog.get_by_role("button", name="Передумали ехать").click()
    dialog.get_by_role("button", name="Закрыть лид").click()
    eventually(lambda: lead(world, "Лебедев Олег")["lost_reason"] == "Передумали ехать")
    expect(column(page, "closed").locator(".card", has_text="Лебедев Олег")).to_contain_text("Отказ: передумали ехать")


def test_leaving_it_open_puts_the_card_back(page: Page, world: World) -> None:
    drag(page, card(page, "Лебедев Олег"), column(page, "closed"))
    page.get_by_role("button", name="Оставить открытым").click()
    expect(column(page, "new").locator(".card", has_text="Лебедев Олег")).to_be_visible()
    assert lead(world, "Лебедев Олег")["status"] == "new"


def test_the_menu_moves_to_a_column_and_to_a_stage(page: Page, world: World) -> None:
    mine = card(page, "Ершова Полина")
    mine.hover()
    mine.get_by_role("button", name="Действия").click()
    page.get_by_role("menuitem", name="Переместить в…").click()
    page.get_by_role("menuitem", name="Подтверждено").click()
    eventually(lambda: lead(world, "Ершова Полина")["stage"] == "confirmed")
    expect(mine.locator(".chip-stage")).to_have_text("Подтверждено")


def test_a_day_with_the_keyboard_alone(page: Page, world: World) -> None:
    page.locator("#board").focus()
    page.keyboard.press("ArrowDown")
    expect(card(page, "Громов Павел").get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(card(page, "Соколова Марина").get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(card(page, "Иванова Анна").get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(card(page, "Осипова Лариса").get_by_role("link")).to_be_focused()
    page.keyboard.press("BracketRight")
    eventually(lambda: lead(world, "Осипова Лариса")["status"] == "pending")
    expect(card(page, "Осипова Лариса").get_by_role("link")).to_be_focused()
    expect(page.locator("#say")).to_contain_text("Осипова Лариса: теперь в колонке «Ожидание», 1-я из 5")
    page.keyboard.press("Control+KeyZ")
    eventually(lambda: lead(world, "Осипова Лариса")["stage"] == "tour_selection")
    expect(page.locator("#say")).to_contain_text("Отменено: Осипова Лариса")
    expect(card(page, "Осипова Лариса").get_by_role("link")).to_be_focused()
    card(page, "Гусев Артём").get_by_role("link").focus()
    page.keyboard.press("KeyM")
    expect(page.get_by_role("menu", name="Переместить в…")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    eventually(lambda: lead(world, "Гусев Артём")["status"] == "in_progress")
    expect(card(page, "Гусев Артём").get_by_role("link")).to_be_focused()


def test_the_keys_are_places_on_the_keyboard_and_rest_while_one_types(page: Page, world: World) -> None:
    page.locator("#board").focus()
    page.keyboard.press("ArrowDown")
    page.evaluate(  # a Russian layout: the key N says «т»
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
        "{code: 'KeyN', key: 'т', bubbles: true, cancelable: true}))"
    )
    dialog = page.get_by_role("dialog", name="Новый лид")
    expect(dialog.get_by_label("Имя")).to_be_focused()
    page.keyboard.press("KeyX")
    expect(dialog.get_by_label("Имя")).to_have_value("x")
    expect(page.locator("#bulk-bar")).to_be_hidden()


def test_up_down_and_to_the_top(page: Page, world: World) -> None:
    for name, order in (
        ("Ниже", ["Захарова Юлия", "Гусев Артём", "Морозов Илья", "Семёнова Вера"]),
        ("Выше", ["Захарова Юлия", "Морозов Илья", "Гусев Артём", "Семёнова Вера"]),
        ("В начало", ["Морозов Илья", "Захарова Юлия", "Гусев Артём", "Семёнова Вера"]),
    ):
        mine = card(page, "Морозов Илья")
        mine.hover()
        mine.get_by_role("button", name="Действия").click()
        page.get_by_role("menuitem", name=name, exact=True).click()
        expect(column(page, "pending").locator(".card-name")).to_have_text(order)
        eventually(lambda order=order: _order(world, "pending") == order)  # type: ignore[misc]


def _order(world: World, status: str) -> list[str]:
    names = {row["id"]: row["name"] for row in world.rows("customers")}
    rows = sorted(world.rows("leads", status=status), key=lambda row: row["position"])
    return [names[row["customer_id"]] for row in rows]


def test_nine_stages_are_nine_columns_that_cards_are_dragged_between(page: Page, world: World) -> None:
    page.get_by_role("link", name="Этапы").click()
    expect(page.locator(".column")).to_have_count(9)
    expect(page).to_have_url(f"{world.url}/?by=stage")
    drag(page, card(page, "Громов Павел"), column(page, "consultation"))
    eventually(lambda: lead(world, "Громов Павел")["stage"] == Stage.CONSULTATION)
    expect(page.locator("#column-consultation [data-count]")).to_have_text("3")
    page.reload()
    expect(column(page, "consultation").locator(".card", has_text="Громов Павел")).to_be_visible()
    page.go_back()
    expect(page.locator(".column")).to_have_count(5)


def test_what_a_colleague_changed_shows_the_colleague(page: Page, world: World) -> None:
    row = lead(world, "Гусев Артём")
    moves.move(world.ctx, viewer(world, "pavel"), row["id"], version=row["version"], status=Status.CONFIRMED)
    expect(column(page, "confirmed").locator(".card", has_text="Гусев Артём").locator(".card-who")).to_have_text("ПМ")


def test_what_comes_while_a_column_is_read_waits_in_the_head(page: Page, world: World) -> None:
    page.set_viewport_size({"width": 1440, "height": 500})
    column(page, "in_progress").evaluate("list => (list.scrollTop = 400)")
    before = card(page, "Белова Екатерина").bounding_box()
    row = lead(world, "Гусев Артём")
    moves.move(world.ctx, viewer(world, "pavel"), row["id"], version=row["version"], status=Status.IN_PROGRESS)
    pill = page.locator("#column-in_progress .column-news")
    expect(pill).to_have_text("1 новая")
    assert card(page, "Белова Екатерина").bounding_box() == before
    pill.click()
    expect(column(page, "in_progress").locator(".card").first).to_contain_text("Гусев Артём")
    expect(pill).to_be_hidden()


@pytest.mark.parametrize("hand", ["pointer", "focus"])
def test_nothing_moves_under_a_hand_however_long_it_rests(page: Page, world: World, hand: str) -> None:
    mine = card(page, "Белова Екатерина")
    if hand == "pointer":
        mine.hover()
    else:
        page.mouse.move(700, 20)
        card(page, "Громов Павел").get_by_role("link").focus()
        page.keyboard.press("ArrowRight")
        mine.get_by_role("link").focus()
    before = mine.bounding_box()
    page.wait_for_timeout(5000)
    row = lead(world, "Гусев Артём")
    moves.move(world.ctx, viewer(world, "pavel"), row["id"], version=row["version"], status=Status.IN_PROGRESS)
    pill = page.locator("#column-in_progress .column-news")
    expect(pill).to_have_text("1 новая")
    page.wait_for_timeout(1500)
    assert mine.bounding_box() == before
    if hand == "pointer":
        page.mouse.move(700, 20)
    else:
        card(page, "Громов Павел").get_by_role("link").focus()
    expect(column(page, "in_progress").locator(".card", has_text="Гусев Артём")).to_be_visible()
    expect(pill).to_be_hidden()
