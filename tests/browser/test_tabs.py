"""Several tabs of one browser, and signing in again: whoever is signed in goes on in all of them."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from crystalbay.services import users
from crystalbay.store.interface import Row
from crystalbay.web import auth
from models import Role
from tests.browser.test_connection import ended
from tests.world import LOGIN, PASSWORD, World, eventually

pytestmark = pytest.mark.browser

AGAIN = "Войдите ещё раз"


def enter(page: Page, world: World, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{world.url}/login")
    page.get_by_label("Почта").fill(email)
    page.get_by_label("Пароль", exact=True).fill(password)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url(f"{world.url}/")


def renames_me(page: Page, name: str) -> None:
    page.get_by_label("Имя").fill(name)
    page.get_by_role("button", name="Сохранить").click()


def settings_of_me(context: BrowserContext, world: World) -> Page:
    """A tab that asks for nothing by itself."""
    tab = context.new_page()
    tab.route("**/api/v1/events*", lambda route: route.abort())
    tab.goto(f"{world.url}/settings/me")
    return tab


def runs_out(context: BrowserContext, world: World) -> None:
    world.store.commit(ended(world))
    context.clear_cookies()


def hired(world: World, name: str) -> str:
    email = f"{name}@crystalbay.example"
    users.create_user(world.store, email=email, name=name.title(), role=Role.MANAGER, password=PASSWORD)
    return email


def test_after_signing_in_again_elsewhere_an_open_tab_goes_on(
    page: Page, context: BrowserContext, world: World
) -> None:
    """Its token is of the session before: it fetches the new one and repeats what was pressed."""
    tab = settings_of_me(context, world)
    runs_out(context, world)
    enter(page, world, LOGIN)
    renames_me(tab, "Анна Токен")
    eventually(lambda: world.rows("users", email=LOGIN)[0]["name"] == "Анна Токен")
    expect(tab.get_by_role("dialog", name=AGAIN)).to_be_hidden()


def test_the_question_goes_by_itself_when_one_signs_in_in_another_tab(
    page: Page, context: BrowserContext, world: World
) -> None:
    tab = settings_of_me(context, world)
    runs_out(context, world)
    renames_me(tab, "Анна Сама")
    dialog = tab.get_by_role("dialog", name=AGAIN)
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Сессия закончилась или её завершили")
    enter(page, world, LOGIN)
    expect(dialog).to_be_hidden()
    eventually(lambda: world.rows("users", email=LOGIN)[0]["name"] == "Анна Сама")


def test_when_somebody_else_signs_in_the_page_is_loaded_anew(page: Page, context: BrowserContext, world: World) -> None:
    email, tab = hired(world, "somebody"), settings_of_me(context, world)
    runs_out(context, world)
    renames_me(tab, "Не моё имя")
    expect(tab.get_by_role("dialog", name=AGAIN)).to_be_visible()
    enter(page, world, email)
    expect(tab.get_by_label("Имя")).to_have_value("Somebody")
    assert world.rows("users", email=email)[0]["name"] == "Somebody"


def test_a_new_password_leaves_the_other_tabs_of_the_browser_in_peace(
    page: Page, context: BrowserContext, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = hired(world, "tabs")
    context.clear_cookies()
    enter(page, world, email)
    other = context.new_page()
    other.goto(f"{world.url}/")
    other.evaluate(
        "new MutationObserver(() => { window.asked = true; })"
        ".observe(document.getElementById('sign-in'), { attributes: true, attributeFilter: ['open'] })"
    )
    page.goto(f"{world.url}/settings/me")

    begins = auth.begin_session

    def late(user: Row) -> bool:
        time.sleep(0.4)  # the other tab asks between the end of the old session and the cookie of the new one
        return begins(user)

    monkeypatch.setattr(auth, "begin_session", late)
    page.get_by_label("Текущий пароль").fill(PASSWORD)
    page.get_by_label("Новый пароль").fill("four very green words")
    page.get_by_role("button", name="Сменить пароль").click()
    expect(page.get_by_text("Пароль изменён").first).to_be_visible()
    other.wait_for_timeout(2_500)
    assert other.evaluate("window.asked") is None
    other.goto(f"{world.url}/settings/me")
    renames_me(other, "Таня Вкладкина")
    eventually(lambda: world.rows("users", email=email)[0]["name"] == "Таня Вкладкина")


def test_the_question_knows_the_address_and_takes_no_key_that_was_meant_for_the_page(
    page: Page, context: BrowserContext, world: World
) -> None:
    tab = settings_of_me(context, world)
    runs_out(context, world)
    renames_me(tab, "Кто-то")
    for _ in range(30):
        tab.keyboard.press("x")
        tab.wait_for_timeout(60)
    dialog = tab.get_by_role("dialog", name=AGAIN)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Почта")).to_have_value(LOGIN)
    expect(dialog.get_by_label("Пароль")).to_have_value("")
    expect(dialog.get_by_label("Пароль")).to_be_focused()
    dialog.get_by_role("button", name="Войти").click()
    assert dialog.get_by_label("Пароль").evaluate("field => field.validity.valueMissing && field.matches(':invalid')")
    expect(dialog.get_by_text(re.compile("не подходят"))).to_be_hidden()
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
