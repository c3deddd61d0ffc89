"""What a manager sees while the store is out of reach: since when the data is old, no lost words, and then the news."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.faults.outages import Place, embedded, on_postgres
from tests.postgres import cluster  # noqa: F401
from tests.world import LOGIN, Customer, World, running

pytestmark = pytest.mark.browser

BANNER = re.compile(
    r"Нет связи с хранилищем с 12:\d\d, 12 мая — показаны данные на это время. Новые сообщения .* появятся"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return embedded(tmp_path_factory.mktemp("outage"))


@pytest.fixture(scope="module")
def world(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On a file whose lock another program can take: it can be read then, but not written."""
    with running(tmp_path_factory.mktemp("data"), **place.settings) as system:
        yield system


@pytest.fixture
def anna(world: World) -> Customer:
    customer = world.customer(name="Анна Соколова")
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    return customer


def test_a_banner_says_since_when_and_goes_by_itself_with_the_news(page: Page, world: World, place: Place) -> None:
    banner = page.locator("#stale")
    expect(banner).to_be_hidden()
    with place.away():
        boris = world.customer(name="Борис Титов")
        boris.says("Здравствуйте")
        expect(banner).to_have_text(BANNER, timeout=5000)
        expect(page.locator("#alert")).to_have_text(BANNER)
        late = page.context.new_page()
        late.goto(f"{world.url}/")
        expect(late.locator("#stale")).to_have_text(BANNER)
    for shown in (page, late):
        expect(shown.locator("#stale")).to_be_hidden(timeout=10_000)
        expect(shown.locator(".card", has_text="Борис Титов")).to_be_visible(timeout=10_000)
        expect(shown.locator("#say")).to_have_text("Связь с хранилищем вернулась")
    late.close()


def test_a_reply_that_could_not_be_sent_stays_in_the_box(
    page: Page, world: World, place: Place, anna: Customer
) -> None:
    page.goto(f"{world.url}/?lead={anna.lead['id']}")
    drawer = page.get_by_role("dialog", name="Анна Соколова")
    box = drawer.get_by_role("textbox")
    with place.away():
        box.fill("Добрый день, Анна!")
        drawer.get_by_role("button", name="Отправить").click()
        expect(drawer.locator(".composer-problem", has_text="Текст остался в поле")).to_be_visible()
        expect(box).to_have_value("Добрый день, Анна!")
        expect(drawer.locator(".message-manager")).to_have_count(0)
        expect(drawer.locator("#stale")).to_have_text(BANNER)
    expect(drawer.locator("#stale")).to_be_hidden(timeout=10_000)
    expect(drawer.locator(".composer-problem", has_text="Связь вернулась, отправьте его ещё раз")).to_be_visible()
    drawer.get_by_role("button", name="Отправить").click()
    anna.hears("Добрый день, Анна!")
    expect(drawer.locator(".message-manager")).to_have_count(1)
    expect(box).to_have_value("")
    expect(drawer.locator(".composer-problem")).to_be_hidden()
    anna.quiet()
    assert anna.answers.count("Добрый день, Анна!") == 1


def test_new_words_in_the_box_are_not_overwritten(page: Page, world: World, place: Place, anna: Customer) -> None:
    page.goto(f"{world.url}/leads/{anna.lead['id']}")
    box = page.get_by_role("textbox")
    with place.away():
        box.fill("Первое")
        box.press("Enter")
        box.fill("Второе")
        problem = page.locator(".message-problem")
        expect(problem).to_contain_text("Не отправлено: не сохранено: нет связи с хранилищем")
        expect(box).to_have_value("Второе")
    expect(page.locator("#stale")).to_be_hidden(timeout=10_000)
    problem.get_by_role("button", name="Повторить").click()
    anna.hears("Первое")


def test_a_card_goes_back_and_what_was_said_of_its_end_is_kept(
    page: Page, world: World, place: Place, anna: Customer
) -> None:
    page.goto(f"{world.url}/")
    card = page.locator(f"#card-{anna.lead['id']}")
    ask = page.get_by_role("dialog", name="Чем закончилось?")
    with place.away():
        card.get_by_role("button").click()
        page.get_by_role("menuitem", name="Переместить в…").click()
        page.get_by_role("menuitem", name="Закрыты").click()
        ask.get_by_label("Отказ", exact=True).check()
        ask.get_by_label("Почему отказались").fill("Едут на дачу")
        ask.get_by_role("button", name="Закрыть лид").click()
        note = page.locator(".toast-note", has_text="Не сохранено: нет связи с хранилищем. Повторите")
        expect(note).to_be_visible()
        expect(page.locator("#column-new").locator(f"#card-{anna.lead['id']}")).to_be_visible()
    expect(page.locator("#stale")).to_be_hidden(timeout=10_000)
    card.get_by_role("button").click()
    page.get_by_role("menuitem", name="Переместить в…").click()
    page.get_by_role("menuitem", name="Закрыты").click()
    expect(ask.get_by_label("Почему отказались")).to_have_value("Едут на дачу")
    ask.get_by_role("button", name="Закрыть лид").click()
    expect(page.locator("#column-closed").locator(f"#card-{anna.lead['id']}")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_banner_has_no_serious_accessibility_findings(
    browser: Browser, world: World, place: Place, width: int
) -> None:
    page = browser.new_page(locale="ru-RU", viewport={"width": width, "height": 844})
    sign_in(page, world)
    with place.away():
        world.customer(name="Глеб").says("Здравствуйте")
        expect(page.locator("#stale")).to_be_visible()
        page.wait_for_timeout(400)
        found = Axe().run(page).response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
    page.close()


def test_a_page_opened_meanwhile_says_what_is_safe_and_opens_by_itself(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """On PostgreSQL, whose loss leaves nothing to read."""
    cluster = request.getfixturevalue("cluster")  # noqa: F811
    with on_postgres(cluster) as place, running(tmp_path, **place.settings) as world:
        context = browser.new_context(locale="ru-RU")
        board, opened, login = context.new_page(), context.new_page(), browser.new_page(locale="ru-RU")
        sign_in(board, world)
        login.goto(f"{world.url}/login")
        with place.away():
            world.customer(name="Борис Титов").says("Здравствуйте")
            opened.goto(f"{world.url}/")
            expect(opened.get_by_role("heading", name="Нет связи с хранилищем")).to_be_visible()
            expect(opened.get_by_text("Сообщения клиентов не теряются")).to_be_visible()
            expect(board.locator("#stale")).to_be_visible(timeout=10_000)
            login.get_by_label("Почта").fill(LOGIN)
            login.get_by_label("Пароль", exact=True).fill("some password")
            login.get_by_role("button", name="Войти").click()
            expect(login.get_by_text("Войдите, когда она вернётся")).to_be_visible()
            expect(login.get_by_label("Почта")).to_have_value(LOGIN)
        for page in (opened, board):
            expect(page.locator(".card", has_text="Борис Титов")).to_be_visible(timeout=20_000)
            expect(page.locator("#stale")).to_be_hidden()
        context.close()
        login.close()
