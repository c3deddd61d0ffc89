"""The Telegram phone of the demo: a newcomer finds a trip by taps and sees the manager's side beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.board_kit import DESKTOP, PHONE, serious
from tests.world import World, running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("demo")
    with running(folder, telegram=True, public=True, database_url=f"sqlite:///{folder / 'store.db'}") as system:
        yield system


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=request.param, locale="ru-RU")
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def phone(page: Page, world: World) -> Locator:
    page.goto(f"{world.url}/demo")
    return page.locator(".phone-screen.telegram")


def press(phone: Locator, name: str) -> None:
    phone.get_by_role("button", name=name, exact=True).last.click()


def test_a_trip_by_taps_with_calendar_steppers_and_the_own_number(phone: Locator, page: Page) -> None:
    press(phone, "Запустить бота")
    press(phone, "Турция")
    press(phone, "Москва")
    press(phone, "Выбрать день")
    expect(phone.get_by_role("button", name="май 2026")).to_be_visible()
    press(phone, "»")
    expect(phone.get_by_role("button", name="июнь 2026")).to_be_visible()
    press(phone, "10")
    press(phone, "7 ночей")
    expect(phone.get_by_role("button", name="2 взрослых")).to_be_visible()
    assert serious(page) == []
    press(phone, "Готово")
    cards = phone.locator("[data-id]").filter(has=page.get_by_role("button", name="Хочу этот"))
    expect(cards).to_have_count(3)
    expect(cards.first.locator("img")).to_be_visible()
    expect(cards.first.locator("strong, b").first).to_contain_text("★")
    assert serious(page) == []
    expect(page.locator(".demo-understood").get_by_text("Турция").first).to_be_visible()
    cards.nth(1).get_by_role("button", name="Хочу этот").click()
    expect(phone.get_by_text("Отличный выбор")).to_be_visible()
    press(phone, "Поделиться номером")
    expect(phone.get_by_text("ваши контакты")).to_be_visible()
    expect(phone.get_by_role("button", name="Поделиться номером")).to_have_count(0)


def test_words_a_voice_and_an_edited_message(phone: Locator, page: Page) -> None:
    field = phone.get_by_role("textbox", name="Сообщение от клиента")
    field.fill("Хочу в <b>Турцию</b>")
    field.press("Enter")
    expect(phone.get_by_text("Хочу в <b>Турцию</b>")).to_be_visible()
    expect(phone.get_by_text("Из какого города")).to_be_visible()
    phone.get_by_text("Хочу в <b>Турцию</b>").hover()
    phone.get_by_role("button", name="Изменить сообщение").first.click()
    field.fill("Хочу в Египет")
    field.press("Enter")
    expect(phone.get_by_text("Хочу в Египет")).to_be_visible()
    expect(page.locator(".demo-understood").get_by_text("Египет").first).to_be_visible()
    press(phone, "Прислать голосовое")
    expect(phone.get_by_text("Голосовое получил")).to_be_visible()
    expect(phone.locator("audio")).to_have_count(1)


def test_the_menu_of_commands_and_a_new_customer(phone: Locator, page: Page) -> None:
    press(phone, "Запустить бота")
    expect(phone.get_by_text("Куда хотели бы поехать")).to_be_visible()
    press(phone, "Команды бота")
    menu = page.get_by_role("menu", name="Команды бота")
    expect(menu.get_by_role("menuitem")).to_have_count(7)
    menu.get_by_role("menuitem", name=re.compile("Что умеет помощник")).click()
    expect(phone.get_by_text("Подбираю туры по живым ценам")).to_be_visible()
    page.get_by_role("button", name="Начать заново, новым клиентом").click()
    expect(phone.get_by_role("button", name="Запустить бота")).to_be_visible()


def test_the_whatsapp_phone_is_a_choice_away(phone: Locator, page: Page) -> None:
    page.get_by_role("button", name="Telegram").first.click()
    page.get_by_role("menuitemradio", name="WhatsApp").or_(page.get_by_role("menuitem", name="WhatsApp")).first.click()
    expect(phone).to_be_hidden()
    page.get_by_placeholder("Напишите как клиент").fill("Хотим в Египет вдвоём")
    page.get_by_placeholder("Напишите как клиент").press("Enter")
    expect(page.get_by_text("Из какого города")).to_be_visible()
