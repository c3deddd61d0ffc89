"""Screenshots of Telegram: the phone of the demo step by step, and a chat with buttons as the manager sees it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.world import STORY, World

Shoot = Callable[[Page, str], None]


def pages(context: BrowserContext, world: World, suffix: str, shoot: Shoot) -> None:
    page = context.new_page()
    sign_in(page, world)
    page.goto(f"{world.url}/demo")
    phone = page.locator(".phone-screen.telegram")

    def press(name: str) -> None:
        phone.get_by_role("button", name=name, exact=True).last.click()

    for name in ("Запустить бота", "Турция", "Москва", "Выбрать день", "»"):
        press(name)
    expect(phone.get_by_role("button", name="июнь 2026")).to_be_visible()
    shoot(page, f"telegram-calendar{suffix}")
    press("10")
    press("7 ночей")
    expect(phone.get_by_role("button", name="2 взрослых")).to_be_visible()
    shoot(page, f"telegram-people{suffix}")
    press("Готово")
    expect(phone.get_by_role("button", name="Позвать человека")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(1500)  # the pictures
    shoot(page, f"telegram-cards{suffix}")
    phone.get_by_role("button", name="Хочу этот").last.click()
    expect(phone.get_by_role("button", name="Поделиться номером")).to_be_visible()
    shoot(page, f"telegram-wanted{suffix}")
    page.close()
    _lead(context, world, suffix, shoot)


def _lead(context: BrowserContext, world: World, suffix: str, shoot: Shoot) -> None:
    marina = world.in_telegram(name="Белова Марина")
    for number in range(3):
        marina.says(media="photo", album="sea", caption="Хотим такое море" if not number else None)
    marina.hears("Картинки получил")
    marina.says(STORY)
    marina.taps("Хочу этот", marina.sees("Ещё варианты")["messageId"])
    marina.hears("Отличный выбор")
    page = context.new_page()
    page.goto(f"{world.url}/?lead={marina.lead['id']}")
    expect(page.get_by_text("Отличный выбор").first).to_be_visible()
    shoot(page, f"telegram-lead{suffix}")
    page.close()
