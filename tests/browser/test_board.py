"""A manager's day in a real browser: the card arrives, is read, answered, dragged, and is there tomorrow."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, expect

from crystalbay.clock import ShiftedClock
from crystalbay.sandbox.server import Fault
from crystalbay.services import api_keys, moves
from crystalbay.services.viewers import SYSTEM
from models import Status
from tests.browser.board_kit import drag, serious
from tests.browser.conftest import sign_in
from tests.world import LOGIN, MAY_12, STORY, World, eventually, running

pytestmark = pytest.mark.browser


def test_the_whole_story(page: Page, world: World) -> None:
    expect(page.get_by_role("heading", name="Доска", level=1)).to_be_visible()
    anna = world.customer(name="Анна Соколова")
    anna.says(STORY)

    mine = page.locator(".card", has_text="Анна Соколова")
    expect(mine).to_be_visible(timeout=8000)  # without a reload
    expect(page.locator("#column-in_progress .card", has_text="Анна Соколова")).to_be_visible(timeout=30_000)

    mine.get_by_role("link", name="Анна Соколова").click()
    drawer = page.locator("#drawer")
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
    drawer = page.locator("#drawer")
    expect(drawer.get_by_text("Здравствуйте!", exact=True)).to_be_visible()
    customer.says("В Египет хотим")
    expect(drawer.locator(".message-text", has_text="В Египет хотим")).to_be_visible()
    expect(drawer.get_by_text("Из какого города")).to_be_visible()


def test_the_focus_comes_back_to_a_card_that_was_drawn_anew(page: Page, world: World) -> None:
    customer = world.customer(name="Фёдор Фокин")
    customer.says("Здравствуйте!")
    customer.hears("Куда")
    link = page.get_by_role("link", name="Фёдор Фокин")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer").locator("#lead-title")).to_be_focused()
    customer.says("В Египет хотим")
    customer.hears("Из какого города")
    expect(page.locator(".card", has_text="Фёдор Фокин")).to_contain_text("Египет")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_a_hostile_name_and_text_are_only_text(page: Page, world: World) -> None:
    customer = world.customer(name="<img src=x onerror=alert(1)>")
    customer.says("<script>alert(2)</script> Хочу в Турцию")
    customer.hears("Из какого города")
    page.goto(f"{world.url}/?lead={customer.lead['id']}")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="<img src=x onerror=alert(1)>")).to_be_visible()
    expect(drawer.get_by_text("<script>alert(2)</script> Хочу в Турцию")).to_be_visible()


def test_the_menu_moves_a_card_without_dragging(page: Page, world: World) -> None:
    customer = world.customer(name="Вера Семёнова")
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    mine = page.locator(".card", has_text="Вера Семёнова")
    mine.get_by_role("button").click()
    page.get_by_role("menuitem", name="Переместить в…").click()
    page.get_by_role("menuitem", name="Подтверждены").click()
    eventually(lambda: customer.lead["status"] == "confirmed")
    expect(page.locator("#column-confirmed .card", has_text="Вера Семёнова")).to_be_visible()


def test_the_menu_moves_a_card_that_changed_while_it_was_open(page: Page, world: World) -> None:
    customer = world.customer(name="Роза Ветрова")
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    mine = page.locator(".card", has_text="Роза Ветрова")
    mine.get_by_role("button").click()
    page.get_by_role("menuitem", name="Переместить в…").click()
    mine.evaluate("card => (card.dataset.old = '1')")
    customer.says("Ау")
    expect(mine).not_to_have_attribute("data-old", "1")
    page.get_by_role("menuitem", name="Подтверждены").click()
    expect(page.locator("#column-confirmed .card", has_text="Роза Ветрова")).to_be_visible()
    eventually(lambda: customer.lead["status"] == "confirmed")


def test_a_wrong_password_tells_nothing(browser: Browser, world: World) -> None:
    page = browser.new_page(locale="ru-RU")
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
    drawer = page.locator("#drawer")
    drawer.get_by_role("textbox").fill("Проверяю отель")
    drawer.get_by_role("button", name="Отправить").click()
    expect(drawer.locator(".message-problem")).to_be_visible()
    expect(drawer.get_by_text("Проверяю отель")).to_be_visible()


def test_a_day_has_one_line_also_when_a_reply_crosses_a_message(page: Page, world: World) -> None:
    customer = world.customer(name="Зоя Лебедева")
    customer.says("Здравствуйте")
    customer.hears("Куда")
    held: list[Route] = []
    page.route("**/api/v1/conversations/*/messages", lambda route: held.append(route))
    page.goto(f"{world.url}/?lead={customer.lead['id']}")
    drawer = page.locator("#drawer")
    expect(drawer.locator(".day-line")).to_have_count(1)
    drawer.get_by_role("textbox").fill("Добрый день, Зоя!")
    drawer.get_by_role("button", name="Отправить").click()
    expect(drawer.locator(".message-sending")).to_have_count(1)
    customer.says("Вы тут?")  # comes while the reply is on its way
    expect(drawer.locator(".message-text", has_text="Вы тут?")).to_be_visible()
    expect(drawer.locator(".day-line")).to_have_count(1)
    held[0].continue_()
    customer.hears("Добрый день, Зоя!")
    expect(drawer.locator(".message-manager .mark-delivered, .message-manager .mark-read")).to_have_count(1)
    expect(drawer.locator(".day-line")).to_have_count(1)


def test_the_first_reply_of_a_new_day_stands_under_the_line_of_that_day(browser: Browser, tmp_path: Path) -> None:
    clock = ShiftedClock(MAY_12)
    with running(tmp_path, database_url=f"sqlite:///{tmp_path / 'store.db'}", clock=clock) as world:
        customer = world.customer(name="Зоя Лебедева")
        customer.says("Здравствуйте")
        customer.hears("Куда")
        customer.quiet()
        clock.start += timedelta(days=1)
        clock.__post_init__()
        page = browser.new_page(locale="ru-RU")
        sign_in(page, world)
        page.goto(f"{world.url}/?lead={customer.lead['id']}")
        drawer = page.locator("#drawer")
        drawer.get_by_role("textbox").fill("Доброе утро!")
        drawer.get_by_role("button", name="Отправить").click()
        expect(drawer.locator(".day-line")).to_have_text(["Вчера, 12 мая", "Сегодня, 13 мая"])
        expect(drawer.locator(".day-line + .message-manager")).to_have_text(re.compile("Доброе утро!"))
        page.close()


def test_the_badge_of_the_colleague_who_moved_a_card(page: Page, world: World) -> None:
    customer = world.customer(name="Глеб Фомин")
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    mine = page.locator(".card", has_text="Глеб Фомин")
    expect(mine).to_be_visible(timeout=8000)
    lead = customer.lead
    moves.move(world.ctx, world.manager(), lead["id"], version=lead["version"], status=Status.CONFIRMED)
    expect(page.locator("#column-confirmed .card", has_text="Глеб Фомин").locator(".card-who")).to_have_text("АК")


def test_ones_own_reading_puts_no_badge_on_the_card(page: Page, world: World) -> None:
    page.add_init_script(
        """new MutationObserver((found) => {
          for (const { addedNodes } of found)
            for (const node of addedNodes) if (node.matches?.(".card-who")) window.badges = (window.badges ?? 0) + 1;
        }).observe(document, { childList: true, subtree: true })"""
    )
    customer = world.customer(name="Тимур Алиев")
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    page.goto(f"{world.url}/?lead={customer.lead['id']}")
    expect(page.locator("#drawer").get_by_role("heading", name="Тимур Алиев")).to_be_visible()
    mine = page.locator(".card", has_text="Тимур Алиев")
    eventually(lambda: customer.lead["unread"] == 0)
    expect(mine.locator(".badge-count")).to_have_count(0)
    assert page.evaluate("window.badges ?? 0") == 0


def test_the_timeline_says_what_was_understood_and_why_a_person_took_over(page: Page, world: World) -> None:
    customer = world.customer(name="Нина Котова")
    customer.says("Хотим в Египет вдвоём на 7 ночей")
    customer.hears("Из какого города")
    customer.says("Позовите человека")
    customer.hears("ответит здесь до")
    customer.quiet()
    page.goto(f"{world.url}/leads/{customer.lead['id']}")
    page.get_by_role("tab", name="Хронология").click()
    timeline = page.locator(".timeline")
    expect(timeline.get_by_text("ИИ понял: клиент ищет тур · Куда: Египет · Ночей: 7 · Кто: 2")).to_be_visible()
    expect(timeline.get_by_text("Передано человеку: клиент просит человека, ответить до")).to_be_visible()
    expect(timeline.get_by_text("Доставка подтверждена")).to_have_count(0)


def test_a_lead_that_a_site_sent_is_nobodys_not_the_machines(page: Page, world: World) -> None:
    key = api_keys.create_key(world.store, SYSTEM, name="site", scopes=["import"])[0]
    lead = {"external_id": "form-1", "source": "site", "name": "Алла Сорокина", "message": "Перезвоните мне"}
    headers = {"Authorization": f"Bearer {key}"}
    sent = requests.post(f"{world.url}/api/v1/import/leads", json=lead, headers=headers, timeout=10)
    assert sent.status_code in (200, 201)
    mine = page.locator(".card", has_text="Алла Сорокина")
    expect(mine.locator(".avatar-nobody")).to_be_visible(timeout=8000)
    expect(mine.locator(".avatar-ai")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/demo", "/lead"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_have_no_serious_accessibility_findings(browser: Browser, world: World, path: str, width: int) -> None:
    customer = world.customer(name="Дарья Романова")
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    page = browser.new_page(locale="ru-RU", viewport={"width": width, "height": 844 if width == 390 else 900})
    sign_in(page, world)
    page.goto(f"{world.url}{path if path != '/lead' else '/leads/' + str(customer.lead['id'])}")
    page.wait_for_timeout(400)  # the fragments that a page fetches by itself
    assert serious(page) == []
    page.close()
