"""Telegram in the dashboard: a manager's own chat, messages changed and taken back, chats with buttons and albums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from crystalbay.sandbox.wazzup_media import samples
from crystalbay.services import bridge_watch
from crystalbay.store.interface import Row, Update
from tests.browser.board_kit import DESKTOP, PHONE, new_context, serious, signed_in, watched
from tests.browser.lead_kit import TRIP, lead_office, opened, tab, talking
from tests.world import Telegrammer, World, eventually

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


# --------------------------------------------------------------------------- what was sent is changed and taken back

SAID = "Вылет в 9:20 из Шереметьево"


@pytest.fixture
def anna(world: World) -> Telegrammer:
    """A customer whom the machine has asked something."""
    customer = world.in_telegram("Анна Цветкова")
    customer.says("Здравствуйте! Хотим в Турцию вдвоём")
    customer.sees("Москва")
    return customer


def last_sent(world: World, anna: Telegrammer) -> Row | None:
    """The last message to the customer, once it is written down that she has it."""
    last = world.rows("messages", conversation_id=anna.conversation["id"], direction="out")[-1]
    return last if last["state"] == "sent" else None


def says(drawer: Locator, anna: Telegrammer, text: str = SAID) -> Locator:
    """The bubble of a message that a manager has sent and the customer has."""
    drawer.get_by_label("Сообщение в Telegram").fill(text)
    drawer.get_by_role("button", name="Отправить", exact=True).click()
    anna.hears(text)
    bubble = drawer.locator(".message-manager", has_text=text)
    bubble.locator(".mark-sent").wait_for()
    return bubble


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_message_is_put_in_other_words(
    browser: Browser, world: World, anna: Telegrammer, size: dict[str, int]
) -> None:
    with watched(browser, world, size=size) as page:
        drawer = opened(page, world, anna.lead["id"])
        said = says(drawer, anna)
        field = drawer.locator("#composer-text")
        field.fill("Черновик")
        said.get_by_role("button", name="Изменить сообщение").focus()
        page.keyboard.press("Enter")
        expect(drawer.get_by_label("Сообщение другими словами")).to_be_focused()
        expect(field).to_have_value(SAID)
        assert serious(page) == []
        page.keyboard.press("Escape")
        expect(drawer).to_be_visible()
        expect(field).to_have_value("Черновик")
        said.get_by_role("button", name="Изменить сообщение").focus()
        page.keyboard.press("Enter")
        field.fill("Вылет в 9:40 из Шереметьево")
        page.keyboard.press("Enter")
        expect(drawer.get_by_text("Вы меняете отправленное сообщение")).to_be_hidden()
        expect(field).to_have_value("Черновик")
        changed = drawer.locator(".message-manager", has_text="Вылет в 9:40")
        expect(changed.get_by_text("исправлено")).to_be_visible()
        expect(drawer.locator(".message-manager")).to_have_count(1)
        assert anna.hears("Вылет в 9:40")["edited"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_message_is_taken_back(browser: Browser, world: World, anna: Telegrammer, size: dict[str, int]) -> None:
    with watched(browser, world, size=size) as page:
        drawer = opened(page, world, anna.lead["id"])
        said = says(drawer, anna)
        take_back = said.get_by_role("button", name="Удалить сообщение у клиента")
        take_back.focus()
        page.keyboard.press("Enter")
        sure = page.get_by_role("dialog", name="Удалить сообщение у клиента?")
        expect(sure.get_by_text("вернуть его нельзя")).to_be_visible()
        expect(sure.get_by_text(SAID)).to_be_visible()
        assert serious(page) == []
        sure.get_by_role("button", name="Оставить").click()
        expect(take_back).to_be_focused()
        page.keyboard.press("Enter")
        sure.get_by_role("button", name="Удалить у клиента").click()
        expect(said.get_by_text("удалено")).to_be_visible()
        expect(said.get_by_role("button")).to_have_count(0)
        eventually(lambda: SAID not in [message["text"] for message in anna.heard])
        page.goto(f"{world.url}/ui/leads/{anna.lead['id']}/timeline")
        expect(page.get_by_text("Сообщение удалено у клиента")).to_be_visible()


def test_what_telegram_refuses_is_said_at_the_message(page: Page, world: World, anna: Telegrammer) -> None:
    drawer = opened(page, world, anna.lead["id"])
    said = says(drawer, anna)
    anna.phone.clears(anna.user_id)
    said.hover()
    said.get_by_role("button", name="Изменить сообщение").click()
    drawer.locator("#composer-text").fill("Вылет в 9:40")
    drawer.get_by_role("button", name="Сохранить", exact=True).click()
    refused = drawer.locator(".message-manager", has_text=SAID)  # what the customer sees still
    expect(refused.get_by_text("У клиента осталось как было: это сообщение уже нельзя изменить")).to_be_visible()


def test_only_what_a_colleague_sent_by_telegram_can_be_changed(page: Page, world: World, anna: Telegrammer) -> None:
    drawer = opened(page, world, anna.lead["id"])
    expect(drawer.locator(".message-bot")).not_to_have_count(0)
    expect(drawer.locator(".chat-log").get_by_role("button")).to_have_count(0)
    customer = talking(world, "Вера Ватсап")
    drawer = opened(page, world, customer.lead["id"])
    drawer.get_by_label("Сообщение в WhatsApp").fill(SAID)
    drawer.get_by_role("button", name="Отправить", exact=True).click()
    customer.hears(SAID)
    said = drawer.locator(".message-manager", has_text=SAID)
    expect(said.locator(".mark-read")).to_be_visible()
    said.hover()
    expect(said.get_by_role("button")).to_have_count(0)


# --------------------------------------------------------------------------- what a chat with buttons looks like


def test_presses_and_what_could_be_pressed(page: Page, world: World, anna: Telegrammer) -> None:
    anna.taps("Москва")
    anna.sees("Выбрать день")
    drawer = opened(page, world, anna.lead["id"])
    asked = drawer.locator(".message-bot").last.locator(".bubble-choices .chip")
    expect(asked.filter(has_text="Выбрать день")).to_be_visible()
    expect(asked.last).to_have_text("Начать заново")
    pressed = drawer.locator(".message-customer", has_text="Москва")
    expect(pressed.locator("[title='нажал кнопку']")).to_be_visible()
    expect(pressed).to_contain_text("нажал кнопку")
    expect(drawer.locator(".message-customer", has_text="Здравствуйте").locator("[title]")).to_have_count(0)
    assert serious(page) == []


def test_offers_as_cards_and_the_message_whose_place_they_took(page: Page, world: World) -> None:
    boris = world.in_telegram("Борис")
    boris.says(TRIP)
    boris.sees("Хочу этот", 60)
    drawer = opened(page, world, boris.lead["id"])
    card = drawer.locator(".message-bot", has=page.locator(".bubble-choices", has_text="Хочу этот")).first
    expect(card.locator(".bubble-choices .chip")).to_contain_text(["Хочу этот", "Подробнее"])
    replaced = [row for row in world.rows("messages", conversation_id=boris.conversation["id"]) if row["look"]]
    gone = [row["id"] for row in replaced if row["state"] == "sent" and row["external_id"] is None]
    expect(drawer.locator(".message-replaced")).to_have_count(len(gone))


def test_a_message_whose_place_another_took_is_quiet(page: Page, world: World, anna: Telegrammer) -> None:
    asked = eventually(lambda: last_sent(world, anna))
    world.store.commit([Update("messages", asked["id"], {"external_id": None})])
    drawer = opened(page, world, anna.lead["id"])
    quiet = drawer.locator(".message-replaced")
    expect(quiet.get_by_text("на этом месте у клиента следующее сообщение")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_album_is_one_bubble_with_every_caption(
    browser: Browser, world: World, anna: Telegrammer, size: dict[str, int]
) -> None:
    with watched(browser, world, size=size) as page:
        drawer = opened(page, world, anna.lead["id"])
        for caption in ("Паспорт", "Виза", "Билет"):
            anna.says(media="photo", caption=caption, album="papers")
        album = drawer.locator(".message[data-album]")
        expect(album).to_have_count(3)
        expect(album).to_contain_text(["Паспорт", "Виза", "Билет"])
        expect(drawer.locator(".message-joined")).to_have_count(2)
        page.reload()
        expect(drawer.locator(".message-joined")).to_have_count(2)
        eventually(lambda: gaps(boxes(album)) == [0, 0], words="they stand apart")  # the pictures take their room
        assert serious(page) == []


def gaps(below: list[Any]) -> list[int]:
    """The room between parts that stand one below the other."""
    return [round(after["y"] - before["y"] - before["height"]) for before, after in pairwise(below)]


def boxes(parts: Locator) -> list[Any]:
    return [part.bounding_box() for part in parts.all()]


def test_pictures_that_were_sent_together_stand_in_a_grid(page: Page, world: World, anna: Telegrammer) -> None:
    drawer = opened(page, world, anna.lead["id"])
    png = samples()["image"].content
    pictures = [{"name": f"{number}.png", "mimeType": "image/png", "buffer": png} for number in range(3)]
    drawer.locator('input[name="files"]').set_input_files(pictures)  # type: ignore[arg-type]
    expect(drawer.locator(".composer-files li")).to_have_count(3)
    says(drawer, anna, "Три вида на море")
    album = drawer.locator(".message-manager .bubble-album")
    expect(album.locator("img")).to_have_count(3)
    first, second, third = boxes(album.locator("a"))
    assert first["y"] == second["y"] < third["y"]
    said = drawer.locator(".message-manager")
    said.hover()
    expect(said.get_by_role("button", name="Изменить сообщение")).to_be_visible()
    expect(said.get_by_role("button", name="Удалить сообщение у клиента")).to_have_count(0)
    assert serious(page) == []


def test_a_block_is_told_above_the_composer_until_it_ends(page: Page, world: World, anna: Telegrammer) -> None:
    drawer = opened(page, world, anna.lead["id"])
    anna.phone.blocks(anna.user_id)
    told = drawer.get_by_text(re.compile(r"Клиент заблокировал бота 4\xa0июня в \d\d:\d\d: сообщения не дойдут"))
    expect(told).to_be_visible()
    assert serious(page) == []
    anna.phone.unblocks(anna.user_id)
    expect(told).to_have_count(0)
    history = tab(drawer, "Хронология")
    expect(history.get_by_text("Клиент заблокировал бота")).to_be_visible()
    expect(history.get_by_text("Клиент снова получает сообщения")).to_be_visible()
