"""Accounts in a real browser: signing in, invitations, new passwords, sessions, users and settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from crystalbay.services import users
from models import Role
from tests.browser.board_kit import serious
from tests.world import PASSWORD, World, eventually

pytestmark = pytest.mark.browser

NewBrowser = Callable[[], Page]


@pytest.fixture
def another(browser: Browser, world: World) -> Iterator[NewBrowser]:
    """Opens a browser of somebody else, with nothing of ours in it."""
    opened: list[BrowserContext] = []

    def open_one() -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU")
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


def enter(page: Page, world: World, email: str, password: str) -> None:
    if not page.url.endswith("/login"):
        page.goto(f"{world.url}/login")
    page.get_by_label("Почта").fill(email)
    page.get_by_label("Пароль", exact=True).fill(password)
    page.get_by_role("button", name="Войти").click()


def hired(world: World, name: str, role: Role = Role.MANAGER) -> str:
    """The address of a new user with the password of all of them."""
    email = f"{name}@crystalbay.example"
    users.create_user(world.store, email=email, name=name.title(), role=role, password=PASSWORD)
    return email


def test_somebody_is_invited_accepts_and_works(page: Page, world: World, another: NewBrowser) -> None:
    page.goto(f"{world.url}/settings/users")
    page.get_by_role("button", name="Пригласить").click()
    dialog = page.get_by_role("dialog", name="Пригласить")
    expect(dialog.get_by_label("Почта")).to_be_focused()
    dialog.get_by_label("Имя").focus()
    dialog.get_by_role("button", name="Получить ссылку").click()
    expect(dialog.get_by_label("Почта")).to_be_focused()
    expect(dialog.get_by_text("Укажите почту, например")).to_be_visible()
    dialog.get_by_label("Почта").fill("maria@crystalbay.example")
    dialog.get_by_label("Имя").fill("Мария Лужина")
    dialog.get_by_text("Ведёт лиды и переписку").click()
    dialog.get_by_role("button", name="Получить ссылку").click()
    link = page.get_by_role("dialog", name="Ссылка готова").get_by_label("Ссылка").input_value()
    page.keyboard.press("Escape")
    row = page.get_by_role("row", name=re.compile("Мария Лужина"))
    expect(row).to_contain_text("Ждём входа")

    maria = another()
    maria.goto(link)
    expect(maria.get_by_role("heading", name="Добро пожаловать")).to_be_visible()
    maria.get_by_label("Пароль", exact=True).fill("12345678")
    maria.get_by_role("button", name="Сохранить пароль").click()
    expect(maria.get_by_role("alert")).to_contain_text("подбирают первым")
    maria.get_by_label("Пароль", exact=True).fill("maria has three words")
    maria.get_by_role("button", name="Показать пароль").click()
    expect(maria.get_by_label("Пароль", exact=True)).to_have_attribute("type", "text")
    maria.get_by_role("button", name="Сохранить пароль").click()
    expect(maria.get_by_text("Пароль сохранён")).to_be_visible()
    expect(maria.get_by_label("Почта")).to_have_value("maria@crystalbay.example")
    expect(maria.get_by_label("Пароль", exact=True)).to_be_focused()
    maria.get_by_label("Пароль", exact=True).fill("maria has three words")
    maria.keyboard.press("Enter")
    maria.wait_for_url(f"{world.url}/")
    maria.goto(link)
    expect(maria.get_by_role("heading", name="Ссылка больше не работает")).to_be_visible()

    page.reload()
    expect(row).not_to_contain_text("Ждём входа")


def test_a_new_password_by_a_link_ends_what_was_open(page: Page, world: World, another: NewBrowser) -> None:
    email = hired(world, "roman")
    old, elsewhere = another(), another()
    enter(old, world, email, PASSWORD)
    old.wait_for_url(f"{world.url}/")
    page.goto(f"{world.url}/settings/users")
    page.get_by_label("Действия: Roman").click()
    page.get_by_role("button", name="Ссылка для пароля").locator("visible=true").click()
    expect(page.get_by_role("dialog", name="Ссылка готова")).to_be_visible()
    link = page.get_by_label("Ссылка", exact=True).input_value()
    elsewhere.goto(link)
    elsewhere.get_by_label("Пароль", exact=True).fill("roman has three words")
    elsewhere.get_by_role("button", name="Сохранить пароль").click()
    expect(elsewhere.get_by_text("Пароль сохранён")).to_be_visible()
    old.reload()
    expect(old.get_by_role("heading", name="Вход")).to_be_visible()


def test_after_five_misses_the_wait_is_counted_down(world: World, another: NewBrowser) -> None:
    email = hired(world, "vera")
    page = another()
    for _ in range(5):
        enter(page, world, email, "wrong")
        expect(page.get_by_text("Почта или пароль не подходят")).to_be_visible()
        assert page.get_by_label("Почта").input_value() == email
    clock = page.get_by_role("timer")
    expect(clock).to_have_text(re.compile(r"0:1[0-5]"))
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")  # too early: nothing is sent, and what was typed stays
    expect(page.get_by_label("Пароль", exact=True)).to_have_value(PASSWORD)
    expect(page.get_by_text("Можно попробовать ещё раз")).to_be_visible(timeout=17_000)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{world.url}/")


def test_another_session_is_ended_and_asks_to_sign_in_at_its_next_click(world: World, another: NewBrowser) -> None:
    email, other = hired(world, "tanya"), another()
    enter(other, world, email, PASSWORD)
    other.wait_for_url(f"{world.url}/")
    other.goto(f"{world.url}/settings/me")
    page = another()
    enter(page, world, email, PASSWORD)
    page.wait_for_url(f"{world.url}/")
    page.goto(f"{world.url}/settings/me")
    sessions = page.locator("#sessions li")
    expect(sessions).to_have_count(2)
    expect(sessions.first).to_contain_text("Это вы")
    sessions.nth(1).get_by_role("button", name="Завершить").click()
    expect(sessions).to_have_count(1)
    other.get_by_label("Имя").fill("Имя, которое не пропадёт")
    other.get_by_role("button", name="Сохранить").click()
    again = other.get_by_role("dialog", name="Войдите ещё раз")
    expect(again).to_be_visible()
    expect(other.get_by_label("Имя")).to_have_value("Имя, которое не пропадёт")
    again.get_by_label("Почта").fill(email)
    again.get_by_label("Пароль").fill(PASSWORD)
    again.get_by_role("button", name="Войти").click()
    eventually(lambda: world.rows("users", email=email)[0]["name"] == "Имя, которое не пропадёт")


def test_my_password_is_changed_and_i_go_on_working(world: World, another: NewBrowser) -> None:
    email = hired(world, "sveta")
    page = another()
    enter(page, world, email, PASSWORD)
    page.wait_for_url(f"{world.url}/")
    page.goto(f"{world.url}/settings/me")
    page.get_by_label("Текущий пароль").fill("wrong")
    page.get_by_label("Новый пароль").fill("four very green words")
    page.get_by_role("button", name="Сменить пароль").click()
    expect(page.get_by_text("Текущий пароль не подходит")).to_be_visible()
    expect(page.get_by_label("Новый пароль")).to_have_value("four very green words")
    page.get_by_label("Текущий пароль").fill(PASSWORD)
    page.get_by_role("button", name="Сменить пароль").click()
    expect(page.get_by_text("Пароль изменён").first).to_be_visible()
    page.get_by_text("Ctrl + Enter").click()
    page.get_by_role("button", name="Сохранить").click()
    eventually(lambda: (world.rows("users", email=email)[0]["preferences"] or {}).get("send_with") == "ctrl_enter")


def test_switching_somebody_off_asks_to_whom_the_leads_go(page: Page, world: World) -> None:
    leaver, taker = hired(world, "denis"), hired(world, "elena")
    mine = users.by_email(world.store, leaver)
    assert mine
    customer = world.customer(name="Клиент Дениса")
    customer.says("Здравствуйте!")
    customer.hears("Куда")
    lead = customer.lead
    page.goto(f"{world.url}/")
    api = page.evaluate(
        """async ([id, version, user]) => {
          const token = document.querySelector('meta[name="csrf-token"]').content;
          const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
          const body = JSON.stringify({ version, assignee_id: user });
          return (await fetch(`/api/v1/leads/${id}`, { method: "PATCH", headers, body })).status;
        }""",
        [lead["id"], lead["version"], mine["id"]],
    )
    assert api == 200
    page.goto(f"{world.url}/settings/users")
    page.get_by_label("Действия: Denis").click()
    page.get_by_role("button", name="Закрыть вход…").locator("visible=true").click()
    dialog = page.get_by_role("dialog", name="Закрыть вход")
    dialog.get_by_role("button", name="Закрыть вход").click()
    expect(dialog.get_by_text("Выберите, кому передать лиды")).to_be_visible()
    dialog.get_by_label("Коллега", exact=True).select_option(label="Elena")
    dialog.get_by_label("Коллеге").check()
    dialog.get_by_role("button", name="Закрыть вход").click()
    expect(page.get_by_role("row", name=re.compile("Denis"))).to_contain_text("Вход закрыт")
    taken = users.by_email(world.store, taker)
    assert taken
    eventually(lambda: customer.lead["assignee_id"] == taken["id"])


def test_users_are_managed_by_keyboard_alone(page: Page, world: World) -> None:
    hired(world, "fedor")
    page.goto(f"{world.url}/settings/users")
    menu = page.get_by_label("Действия: Fedor")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Изменить")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Имя").fill("Фёдор Ф.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("Фёдор Ф."))).to_be_visible()
    expect(page.get_by_label("Действия: Фёдор Ф.")).to_be_focused()


def test_unsaved_settings_are_shown_and_leaving_asks(page: Page, world: World) -> None:
    page.goto(f"{world.url}/settings/board")
    bar = page.get_by_role("region", name="Несохранённое")
    expect(bar).to_be_hidden()
    page.get_by_role("radio", name="Только свои").check()
    expect(bar).to_contain_text(re.compile(r"видимость коснётся \d+"))
    page.get_by_label("Новые", exact=True).fill("many")
    bar.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Число от 1 до 10 000")).to_be_visible()
    expect(page.get_by_label("Новые", exact=True)).to_be_focused()

    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="Мои настройки").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("Новые", exact=True)).to_have_value("many")

    page.get_by_label("Новые", exact=True).fill("12")
    page.get_by_role("button", name="Убрать: Не отвечает").click()
    page.get_by_role("button", name="Добавить причину").click()
    page.keyboard.type("Визу не дали")
    bar.get_by_role("button", name="Сохранить").click()
    expect(bar).to_be_hidden()
    page.reload()
    expect(page.get_by_role("radio", name="Только свои")).to_be_checked()
    expect(page.get_by_label("Новые", exact=True)).to_have_value("12")
    assert page.get_by_label("Причина").last.input_value() == "Визу не дали"
    page.get_by_role("radio", name="Все лиды").check()
    bar.get_by_role("button", name="Сохранить").click()
    expect(bar).to_be_hidden()


def test_what_could_not_be_saved_stays_in_the_fields(page: Page, world: World) -> None:
    page.goto(f"{world.url}/settings/board")
    page.get_by_label("Ожидание", exact=True).fill("7")
    page.route("**/api/v1/settings", lambda route: route.abort())
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Не сохранилось")).to_be_visible()
    expect(page.get_by_label("Ожидание", exact=True)).to_have_value("7")
    page.unroute("**/api/v1/settings")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("region", name="Несохранённое")).to_be_hidden()


def test_canned_replies_are_written_changed_deleted_and_brought_back(page: Page, world: World) -> None:
    page.goto(f"{world.url}/settings/replies")
    expect(page.get_by_text("Здесь будут готовые ответы")).to_be_visible()
    page.get_by_role("button", name="Добавить").click()
    dialog = page.get_by_role("dialog", name="Быстрый ответ")
    dialog.get_by_label("Название").fill("Документы")
    dialog.get_by_label("Текст").fill("Здравствуйте, ")
    dialog.get_by_role("button", name="{{имя}}").click()
    expect(dialog.get_by_label("Текст")).to_have_value("Здравствуйте, {{имя}}")
    dialog.get_by_role("button", name="Сохранить").click()
    line = page.locator(".replies li", has_text="Документы")
    expect(line).to_contain_text("Здравствуйте, {{имя}}")
    line.get_by_role("button", name="Изменить").click()
    dialog.get_by_label("Название").fill("Документы на визу")
    dialog.get_by_role("button", name="Сохранить").click()
    expect(line).to_contain_text("Документы на визу")
    line.get_by_role("button", name="Удалить").click()
    expect(line).to_have_count(0)
    page.get_by_role("button", name="Отменить").click()
    expect(line).to_contain_text("Документы на визу")


def test_pages_of_accounts_have_no_serious_findings(page: Page, world: World, another: NewBrowser) -> None:
    """Full, empty and with errors; dialogs open; light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for tab in ("users", "board", "replies", "me"):
            page.goto(f"{world.url}/settings/{tab}")
            page.wait_for_timeout(200)
            assert serious(page) == []
        page.goto(f"{world.url}/settings/users")
        page.get_by_role("button", name="Пригласить").click()
        page.get_by_role("button", name="Получить ссылку").click()
        assert serious(page) == []
        stranger = another()
        stranger.emulate_media(color_scheme=scheme)
        stranger.goto(f"{world.url}/login")
        assert serious(stranger) == []
        enter(stranger, world, "nobody@crystalbay.example", "wrong")
        expect(stranger.get_by_role("alert")).to_be_visible()
        assert serious(stranger) == []
        stranger.goto(f"{world.url}/invite/invented")
        assert serious(stranger) == []


@pytest.mark.parametrize("tab", ["users", "board", "replies", "me"])
def test_nothing_scrolls_sideways_on_a_phone(page: Page, world: World, tab: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{world.url}/settings/{tab}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("content.scrollWidth <= content.clientWidth")
