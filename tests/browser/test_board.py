"""A manager's day in a real browser: the card arrives, is read, answered, dragged, and is there tomorrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from crystalbay.sandbox.server import Fault
from tests.browser.conftest import sign_in
from tests.world import LOGIN, STORY, World, eventually

pytestmark = pytest.mark.browser


def drag(page: Page, what: Locator, where: Locator) -> None:
    """As a hand does it: press, move in steps, let go."""
    start, end = what.bounding_box(), where.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] - 12)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 15, start["y"] + start["height"] - 5, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + min(40, end["height"] / 2), steps=15)
    page.wait_for_timeout(250)  # the animation that makes room
    page.mouse.up()


def test_the_whole_story(page: Page, world: World) -> None:
    expect(page.get_by_role("heading", name="Доска", level=1)).to_be_visible()
    anna = world.customer(name="Анна Соколова")
    anna.says(STORY)

    mine = page.locator(".card", has_text="Анна Соколова")
    expect(mine).to_be_visible(timeout=8000)  # without a reload
    expect(page.locator("#column-in_progress .card", has_text="Анна Соколова")).to_be_visible(timeout=30_000)

    mine.get_by_role("link", name="Анна Соколова").click()
    drawer = page.get_by_role("dialog", name="Лид")
    expect(drawer.get_by_role("heading", name="Анна Соколова")).to_be_visible()
    expect(drawer.get_by_text(STORY)).to_be_visible()
    expect(drawer.get_by_text("Цены «от» на")).to_be_visible()

    drawer.get_by_text("Отвечаю я").click()
    eventually(lambda: anna.conversation["mode"] == "human")
    drawer.get_by_role("textbox").fill("Добрый день, Анна! Это менеджер, отель уже проверяю")
    drawer.get_by_role("button", name="Отправить").click()
    anna.hears("отель уже проверяю")
    expect(drawer.locator(".message-manager", has_text="отель уже проверяю")).to_have_count(1)

    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    drag(page, mine, page.locator("#column-pending .column-cards"))
    eventually(lambda: anna.lead["status"] == "pending")
    page.reload()
    expect(page.locator("#column-pending .card", has_text="Анна Соколова")).to_be_visible()


def test_a_message_appears_in_the_open_drawer(page: Page, world: World) -> None:
    customer = world.customer(name="Пётр Громов")
    customer.says("Здравствуйте!")
    customer.hears("Куда")
    page.goto(f"{world.url}/?lead={customer.lead['id']}")
    drawer = page.get_by_role("dialog", name="Лид")
    expect(drawer.get_by_text("Здравствуйте!", exact=True)).to_be_visible()
    customer.says("В Египет хотим")
    expect(drawer.locator(".message-text", has_text="В Египет хотим")).to_be_visible()
    expect(drawer.get_by_text("Из какого города")).to_be_visible()


def test_a_hostile_name_and_text_are_only_text(page: Page, world: World) -> None:
    customer = world.customer(name="<img src=x onerror=alert(1)>")
    customer.says("<script>alert(2)</script> Хочу в Турцию")
    customer.hears("Из какого города")
    page.goto(f"{world.url}/?lead={customer.lead['id']}")
    drawer = page.get_by_role("dialog", name="Лид")
    expect(drawer.get_by_role("heading", name="<img src=x onerror=alert(1)>")).to_be_visible()
    expect(drawer.get_by_text("<script>alert(2)</script> Хочу в Турцию")).to_be_visible()


def test_the_menu_moves_a_card_without_dragging(page: Page, world: World) -> None:
    customer = world.customer(name="Вера Семёнова")
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    mine = page.locator(".card", has_text="Вера Семёнова")
    mine.get_by_role("button").click()
    page.get_by_role("menuitem", name="Подтверждены").click()
    eventually(lambda: customer.lead["status"] == "confirmed")
    expect(page.locator("#column-confirmed .card", has_text="Вера Семёнова")).to_be_visible()


def test_the_bell_tells_of_a_handover(page: Page, world: World) -> None:
    customer = world.customer(name="Илья Морозов")
    customer.says("Дайте живого человека")
    customer.hears("ответит здесь до")
    expect(page.locator(".bell-badge")).to_be_visible()
    page.get_by_label("Уведомления").click()
    expect(page.get_by_role("link", name="Клиент просит человека: Илья Морозов")).to_be_visible()


def test_a_wrong_password_tells_nothing(browser: Browser, world: World) -> None:
    page = browser.new_page()
    page.goto(f"{world.url}/login")
    page.get_by_label("Почта").fill(LOGIN)
    page.get_by_label("Пароль", exact=True).fill("wrong")
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_text("Почта или пароль не подходят")).to_be_visible()
    page.close()


def test_the_phone_of_the_demo_plays_a_customer(page: Page, world: World) -> None:
    page.goto(f"{world.url}/demo")
    page.get_by_label("Сообщение от клиента").fill("Хочу в Турцию")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Из какого города")).to_be_visible()
    expect(page.locator(".demo-understood").get_by_text("Турция").first).to_be_visible()


def test_a_failed_send_keeps_the_text(page: Page, world: World) -> None:
    customer = world.customer(name="Ольга Никитина")
    customer.says("Здравствуйте")
    customer.hears("Куда")
    world.wazzup.add_fault(
        Fault("/v3/message", status=400, body={"error": "CHANNEL_NO_MONEY", "description": "no money"})
    )
    page.goto(f"{world.url}/?lead={customer.lead['id']}")
    drawer = page.get_by_role("dialog", name="Лид")
    drawer.get_by_role("textbox").fill("Проверяю отель")
    drawer.get_by_role("button", name="Отправить").click()
    expect(drawer.locator(".message-problem")).to_be_visible()
    expect(drawer.get_by_text("Проверяю отель")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/demo", "/lead"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_have_no_serious_accessibility_findings(browser: Browser, world: World, path: str, width: int) -> None:
    customer = world.customer(name="Дарья Романова")
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    page = browser.new_page(viewport={"width": width, "height": 844 if width == 390 else 900})
    sign_in(page, world)
    page.goto(f"{world.url}{path if path != '/lead' else '/leads/' + str(customer.lead['id'])}")
    page.wait_for_timeout(400)  # the fragments that a page fetches by itself
    found = Axe().run(page)
    serious = [
        (violation["id"], violation["nodes"][0]["html"][:120])
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []
    page.close()
