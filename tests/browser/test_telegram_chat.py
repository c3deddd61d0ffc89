"""Telegram in the dashboard: a manager's own chat, messages changed and taken back, chats with buttons and albums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from crystalbay.services import bridge_watch
from tests.browser.board_kit import DESKTOP, PHONE, new_context, serious, signed_in, watched
from tests.browser.lead_kit import lead_office
from tests.world import World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with lead_office(tmp_path_factory.mktemp("telegram"), telegram=True) as system:
        eventually(lambda: bridge_watch.name(system.ctx), 30)
        yield system


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with watched(browser, world) as opened:
        yield opened


# --------------------------------------------------------------------------- one's own chat


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_ones_own_telegram_is_linked_and_unlinked(browser: Browser, world: World, size: dict[str, int]) -> None:
    with watched(browser, world, "pavel", size) as page:
        page.goto(f"{world.url}/settings/me")
        panel = page.get_by_role("region", name="Telegram")
        panel.get_by_role("button", name="Подключить Telegram").click()
        opening = panel.get_by_role("link", name="Открыть @crystalbay_demo_bot")
        expect(opening).to_be_focused()
        expect(opening).to_have_attribute("href", re.compile(r"^https://t\.me/crystalbay_demo_bot\?start=m_"))
        line = panel.get_by_label("Или отправьте боту эту строку").input_value()
        assert serious(page) == []
        panel.get_by_role("button", name="Скопировать").click()
        expect(panel.get_by_text(re.compile("Скопировано|Скопируйте строку"))).to_be_visible()
        world.in_telegram("Павел").says(line)
        expect(panel.get_by_text("Подключён", exact=True)).to_be_visible()
        expect(page.get_by_text("Telegram подключён")).to_be_visible()
        page.reload()
        panel.get_by_role("button", name="Отключить").click()
        sure = page.get_by_role("dialog", name="Отключить Telegram")
        assert serious(page) == []
        sure.get_by_role("button", name="Оставить").click()
        expect(panel.get_by_text("Подключён", exact=True)).to_be_visible()
        panel.get_by_role("button", name="Отключить").click()
        sure.get_by_role("button", name="Отключить").click()
        expect(panel.get_by_role("button", name="Подключить Telegram")).to_be_focused()


def test_a_link_that_is_not_wanted_is_put_away(page: Page, world: World) -> None:
    page.goto(f"{world.url}/settings/me")
    panel = page.get_by_role("region", name="Telegram")
    panel.get_by_role("button", name="Подключить Telegram").click()
    panel.get_by_role("button", name="Не подключать").click()
    expect(panel.get_by_role("button", name="Подключить Telegram")).to_be_focused()


def test_without_a_bot_it_is_said_what_an_administrator_does(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with lead_office(tmp_path_factory.mktemp("no-bot")) as office, ExitStack() as ends:
        for login, words in (("admin", "впишите токен в TELEGRAM_BOT_TOKEN"), ("olga", "Попросите администратора")):
            context = new_context(browser)
            ends.callback(context.close)
            panel = signed_in(context, office, login, "/settings/me").get_by_role("region", name="Telegram")
            expect(panel.get_by_text(words)).to_be_visible()
            expect(panel.get_by_role("button")).to_have_count(0)
