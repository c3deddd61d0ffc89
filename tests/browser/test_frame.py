"""The frame of every page: rail, command list, help, bell, presence, theme, language, signing in again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from crystalbay.services import new_leads
from crystalbay.services.viewers import SYSTEM
from crystalbay.store.interface import Update
from tests.browser.board_kit import serious
from tests.browser.conftest import sign_in
from tests.world import LOGIN, PASSWORD, World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def as_before(world: World) -> Iterator[None]:
    """The administrator's choices last for one test."""
    yield
    plain = {"language": None, "presence": "here", "preferences": None}
    world.store.commit([Update("users", world.rows("users", email=LOGIN)[0]["id"], plain)])


def no_serious_findings(page: Page) -> None:
    page.wait_for_timeout(400)  # fades are over
    assert serious(page) == []


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Поиск и команды")


def who_asks_a_human(world: World, name: str) -> str:
    customer = world.customer(name=name)
    customer.says("Дайте живого человека")
    customer.hears("ответит здесь до", 60)
    customer.quiet(60)
    return str(customer.lead["id"])


# --------------------------------------------------------------------------- rail and menus


def test_the_rail_folds_and_stays_folded(page: Page, world: World) -> None:
    rail = page.get_by_role("navigation", name="Разделы")
    assert rail.bounding_box()["width"] == 232  # type: ignore[index]
    page.get_by_role("button", name="Свернуть").click()
    assert rail.bounding_box()["width"] == 64  # type: ignore[index]
    eventually(lambda: world.rows("users", email=LOGIN)[0]["preferences"] == {"rail": "narrow"})
    page.reload()
    assert rail.bounding_box()["width"] == 64  # type: ignore[index]
    expect(rail.get_by_role("link", name="Доска")).to_have_attribute("aria-current", "page")


def test_every_place_of_the_rail_is_there(page: Page, world: World) -> None:
    for link in page.locator(".rail a").all():
        answer = page.request.get(f"{world.url}{link.get_attribute('href')}")
        assert answer.status == 200, link.get_attribute("href")


def test_where_i_am_is_switched_by_keyboard_and_in_every_tab(page: Page, context: BrowserContext, world: World) -> None:
    other = context.new_page()
    other.goto(f"{world.url}/")
    page.get_by_role("button", name="На месте").press("Enter")
    menu = page.get_by_role("menu", name="Где я сейчас")
    expect(menu.get_by_role("menuitemradio", name="На месте")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Занят")).to_be_visible()
    expect(other.get_by_role("button", name="Занят")).to_be_visible()
    eventually(lambda: world.rows("users", email=LOGIN)[0]["presence"] == "busy")


# --------------------------------------------------------------------------- search and commands


@pytest.mark.parametrize("key", ["Control+k", "Slash", "Control+л"])
def test_the_command_list_opens_by_key_on_any_layout(page: Page, key: str) -> None:
    if key == "Control+л":  # the K key of a Russian keyboard
        event = "new KeyboardEvent('keydown', {code: 'KeyK', key: 'л', ctrlKey: true, bubbles: true})"
        page.evaluate(f"document.dispatchEvent({event})")
    else:
        page.keyboard.press(key)
    expect(palette(page).get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()


def test_a_lead_is_found_and_opened_by_keyboard_alone_and_is_recent_then(page: Page, world: World) -> None:
    lead, _ = new_leads.create(
        world.ctx, SYSTEM, source="t", external_id="found", name="Еремей Ёлкин", phone="+79990001177"
    )
    world.store.index_new_leads() if hasattr(world.store, "index_new_leads") else None
    for words in ("ёлкин", "1177"):
        page.keyboard.press("Control+k")
        page.keyboard.type(words)
        found = palette(page).get_by_role("option", name="Еремей Ёлкин").first
        expect(found).to_be_visible()
        expect(found).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Еремей Ёлкин")).to_be_visible()
        expect(page).to_have_url(re.compile(f"lead={lead['id']}"))
        page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(palette(page).get_by_role("group", name="Недавнее").get_by_role("option").first).to_contain_text("Еремей")


def test_a_number_of_one_digit_is_a_lead(page: Page, world: World) -> None:
    lead, _ = new_leads.create(world.ctx, SYSTEM, source="t", external_id="first", name="Первая Мария")
    assert lead["number"] < 10
    page.keyboard.press("Control+k")
    page.keyboard.type(str(lead["number"]))
    expect(palette(page).get_by_role("option").first).to_contain_text("Первая Мария")
    palette(page).get_by_role("combobox").fill("ъ")
    expect(palette(page).get_by_text("По запросу «ъ» ничего нет")).to_be_visible()


def test_words_typed_on_the_wrong_layout_are_found_and_said_so(page: Page, world: World) -> None:
    new_leads.create(world.ctx, SYSTEM, source="t", external_id="layout", name="Зинаида Щукина")
    page.keyboard.press("Control+k")
    page.keyboard.type("oerbyf")
    expect(palette(page).get_by_text("Искали: щукина")).to_be_visible()
    expect(palette(page).get_by_role("option", name="Зинаида Щукина").first).to_be_visible()


def test_what_is_not_there_is_said(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("ъыьъыь")
    expect(palette(page).get_by_text("По запросу «ъыьъыь» ничего нет")).to_be_visible()


def test_a_late_answer_does_not_replace_a_newer_one(page: Page, world: World) -> None:
    new_leads.create(world.ctx, SYSTEM, source="t", external_id="late", name="Поздняков")

    def slow(route: object) -> None:
        page.wait_for_timeout(1_200)
        route.continue_()  # type: ignore[attr-defined]

    page.route(re.compile(r"search\?q=%D0%BF%D0%BE$"), slow)
    page.keyboard.press("Control+k")
    page.keyboard.type("по")
    page.wait_for_timeout(350)
    page.keyboard.type("здняков")
    expect(palette(page).get_by_role("option", name="Поздняков").first).to_be_visible()
    page.wait_for_timeout(1_300)
    expect(palette(page).get_by_role("option", name="Поздняков").first).to_be_visible()


def test_commands_are_run_by_their_first_letters(page: Page, world: World) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("не раб")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Не работаю")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("тёмн")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.keyboard.press("Control+k")
    page.keyboard.type("выйти")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{world.url}/login")


# --------------------------------------------------------------------------- help


def test_help_lists_all_keys_and_switches_single_ones_off(page: Page, world: World) -> None:
    page.keyboard.press("Shift+Slash")
    help_ = page.get_by_role("dialog", name="Помощь")
    for label in ("Поиск и команды", "Новый лид", "Назначить"):
        expect(help_.get_by_text(label, exact=True)).to_be_visible()
    help_.get_by_role("switch").uncheck()
    eventually(lambda: world.rows("users", email=LOGIN)[0]["preferences"] == {"shortcuts": False})
    page.keyboard.press("Escape")
    page.keyboard.press("Slash")
    expect(palette(page)).to_be_hidden()
    page.reload()
    page.keyboard.press("Slash")
    expect(palette(page)).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_visible()


def test_help_opens_where_a_russian_keyboard_has_its_question_mark(page: Page) -> None:
    event = "new KeyboardEvent('keydown', {code: 'Digit7', key: '?', shiftKey: true, bubbles: true})"
    page.evaluate(f"document.body.dispatchEvent({event})")
    expect(page.get_by_role("dialog", name="Помощь")).to_be_visible()


# --------------------------------------------------------------------------- bell


def test_the_bell_tells_in_every_tab_and_is_read_in_all_of_them(
    page: Page, context: BrowserContext, world: World
) -> None:
    other = context.new_page()
    other.goto(f"{world.url}/")
    lead_id = who_asks_a_human(world, "Илья Морозов")
    for tab in (page, other):
        expect(tab.locator(".topbar .bell-badge")).to_be_visible()
        expect(tab).to_have_title(re.compile(r"^\(\d+\) Доска · Crystal Bay$"))
        expect(tab.locator('link[rel="icon"]')).to_have_attribute("href", re.compile("^data:image/png"))
    page.get_by_label("Уведомления").click()
    page.get_by_role("link", name="Клиент просит человека: Илья Морозов").click()
    expect(page.get_by_role("dialog", name="Илья Морозов")).to_be_visible()
    expect(page).to_have_url(re.compile(f"lead={lead_id}"))
    page.keyboard.press("Escape")
    page.get_by_label("Уведомления").click()
    page.get_by_role("button", name="Прочитать все").click()
    for tab in (page, other):
        expect(tab.locator(".topbar .bell-badge")).to_be_hidden()
        expect(tab).to_have_title("Доска · Crystal Bay")


def test_the_bell_is_reached_and_left_by_keyboard(page: Page, world: World) -> None:
    who_asks_a_human(world, "Яна Белова")
    bell = page.get_by_label("Уведомления")
    bell.press("Enter")
    panel = page.get_by_role("dialog", name="Что нового")
    expect(panel.get_by_role("link").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(panel.get_by_label("Мне")).to_be_focused()
    page.keyboard.press("Space")
    expect(panel.get_by_text("Вам пока ничего не пришло")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


UNDECIDED = """window.asked = 0;
Object.defineProperty(Notification, "permission", { get: () => "default" });
Notification.requestPermission = async () => { asked += 1; return "default"; };"""
"""A browser whose person has not been asked yet: a headless one says that he has refused."""


def test_browser_notices_are_asked_for_only_after_a_press_and_a_refusal_is_remembered(page: Page) -> None:
    page.add_init_script(UNDECIDED)
    page.reload()
    page.get_by_label("Уведомления").click()
    panel = page.get_by_role("dialog", name="Что нового")
    expect(panel.get_by_text("Текста клиента в нём нет")).to_be_visible()
    assert page.evaluate("asked") == 0
    panel.get_by_role("button", name="Включить").click()
    assert page.evaluate("asked") == 1
    panel.get_by_role("button", name="Не нужно").click()
    expect(panel.get_by_text("Текста клиента в нём нет")).to_be_hidden()
    page.reload()
    page.get_by_label("Уведомления").click()
    expect(panel.get_by_role("button", name="Прочитать все")).to_be_visible()
    expect(panel.get_by_text("Текста клиента в нём нет")).to_be_hidden()


HEARD = """window.heard = [];
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const voice = make.call(this);
  window.heard.push(voice);
  return voice;
};"""


def notes(page: Page) -> list[int]:
    """The pitches that were played since the page came."""
    pitches: list[int] = page.evaluate("heard.map((voice) => voice.frequency.value)")
    return pitches


def test_the_sound_that_was_chosen_rings_except_in_the_quiet_hours(page: Page, world: World) -> None:
    page.add_init_script(HEARD)
    page.goto(f"{world.url}/settings/me")
    page.get_by_text("Капли").click()
    page.get_by_role("button", name="Послушать").click()
    assert notes(page) == [1046, 784, 587]
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#frame")).to_have_attribute("data-sound", "drop")
    page.locator("body").press("Shift")  # a browser is silent until the first key
    who_asks_a_human(world, "Яна Тихонова")
    eventually(lambda: notes(page) == [1046, 784, 587])
    page.get_by_label("Тихие часы").check()
    page.get_by_label("С", exact=True).fill("00:00")
    page.get_by_label("До", exact=True).fill("")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Укажите время")).to_be_visible()
    page.get_by_label("До", exact=True).fill("23:59")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#frame")).to_have_attribute("data-quiet", "00:00 23:59")
    page.locator("body").press("Shift")
    before = page.locator(".bell-badge").first.inner_text()
    who_asks_a_human(world, "Яна Шумилова")
    expect(page.locator(".bell-badge").first).not_to_have_text(before)
    assert notes(page) == []


@pytest.mark.parametrize(
    ("hours", "time", "quiet"),
    [
        ("22:00 08:00", "21:59", False),
        ("22:00 08:00", "22:00", True),
        ("22:00 08:00", "03:30", True),
        ("22:00 08:00", "08:00", False),
        ("13:00 14:00", "13:59", True),
        ("13:00 14:00", "14:00", False),
        ("", "03:30", False),
    ],
)
def test_quiet_hours_may_go_over_midnight(page: Page, hours: str, time: str, quiet: bool) -> None:
    asked = "async ([hours, moment]) => (await import('/static/js/noise.js')).isQuiet(hours, new Date(moment))"
    assert page.evaluate(asked, [hours, f"2026-05-12T{time}:00"]) is quiet


# --------------------------------------------------------------------------- signing in again


def runs_out(page: Page) -> None:
    """The session is gone; an answer that was still on its way may bring the cookie back, and then it goes again."""
    page.wait_for_timeout(500)
    while page.context.cookies():
        page.context.clear_cookies()
        page.wait_for_timeout(300)


def sign_in_again(page: Page, password: str = PASSWORD) -> Locator:
    dialog = page.get_by_role("dialog", name="Войдите ещё раз")
    dialog.get_by_label("Почта").fill(LOGIN)
    dialog.get_by_label("Пароль").fill(password)
    dialog.get_by_role("button", name="Войти").click()
    return dialog


def test_who_is_signed_out_signs_in_over_the_page_and_the_words_go_out(page: Page, world: World) -> None:
    customer = world.customer(name="Юлия Орлова")
    customer.says("Здравствуйте")
    customer.hears("Куда")
    page.route("**/look", lambda route: route.abort())  # nothing but the press asks the server
    page.goto(f"{world.url}/?lead={customer.lead['id']}")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="Юлия Орлова")).to_be_visible()
    runs_out(page)
    drawer.get_by_role("textbox", name=re.compile("^Ответ|Сообщение")).fill("Уже проверяю отель")
    drawer.get_by_role("button", name="Отправить", exact=True).click()
    dialog = sign_in_again(page, "wrong")
    expect(dialog.get_by_text("Почта или пароль не подходят")).to_be_visible()
    sign_in_again(page)
    expect(dialog).to_be_hidden()
    customer.hears("Уже проверяю отель")
    expect(drawer.locator(".message-manager", has_text="Уже проверяю отель")).to_have_count(1)
    assert customer.answers.count("Уже проверяю отель") == 1


def test_who_will_not_sign_in_now_keeps_the_page_and_a_way_back(page: Page, world: World) -> None:
    who_asks_a_human(world, "Роман Белов")
    expect(page.locator(".topbar .bell-badge")).to_be_visible()
    page.get_by_label("Уведомления").click()
    runs_out(page)
    page.get_by_role("button", name="Прочитать все").click()
    page.get_by_role("dialog", name="Войдите ещё раз").get_by_role("button", name="Позже").click()
    link = page.locator(".toast-sign-in").get_by_role("link", name="Войдите ещё раз")
    expect(link).to_have_attribute("href", "/login?next=%2F")
    expect(page.locator(".card", has_text="Роман Белов")).to_be_visible()


# --------------------------------------------------------------------------- toasts


def test_a_toast_stays_while_one_is_in_it_and_gives_the_focus_back(page: Page) -> None:
    page.get_by_label("Уведомления").focus()
    page.evaluate("import(document.querySelector('script[src*=\"js/frame.js\"]').src.replace('frame.js', 'toast.js'))"
                  ".then(({toast}) => toast('Готово', {seconds: 1}))")  # fmt: skip
    note = page.locator(".toast-note", has_text="Готово")
    expect(page.locator("#say")).to_have_text("Готово")
    page.wait_for_timeout(3_000)
    expect(note).to_be_visible()  # at least six seconds
    page.keyboard.press("F6")
    expect(note.get_by_role("button", name="Закрыть")).to_be_focused()
    page.wait_for_timeout(6_500)
    expect(note).to_be_visible()
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(page.get_by_label("Уведомления")).to_be_focused()


# --------------------------------------------------------------------------- theme, language, looks


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "dark")])
def test_the_frame_has_no_serious_accessibility_findings(
    browser: Browser, world: World, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        locale="ru-RU",
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    sign_in(page, world)
    no_serious_findings(page)
    page.locator(".rail-bell" if width < 576 else ".topbar .bell").click()
    expect(page.locator(".bell-list")).to_be_visible()
    no_serious_findings(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    no_serious_findings(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Slash")
    no_serious_findings(page)
    page.goto(f"{world.url}/nowhere")
    no_serious_findings(page)
    context.close()


def test_the_chosen_theme_is_there_before_the_first_script(page: Page, browser: Browser, world: World) -> None:
    page.get_by_label("Моё меню").click()
    page.get_by_text("Тёмная", exact=True).click()
    eventually(lambda: world.rows("users", email=LOGIN)[0]["preferences"] == {"theme": "dark"})
    assert background(page) == "rgb(0, 0, 0)"
    without_scripts = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = without_scripts.new_page()
    plain.goto(f"{world.url}/")
    expect(plain.locator("html")).to_have_attribute("data-bs-theme", "dark")
    without_scripts.close()


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_system_s_theme_is_followed_and_a_choice_wins(browser: Browser, world: World) -> None:
    context = browser.new_context(locale="ru-RU", color_scheme="dark")
    page = context.new_page()
    sign_in(page, world)
    assert background(page) == "rgb(0, 0, 0)"
    page.emulate_media(color_scheme="light")
    assert background(page) == "rgb(245, 245, 247)"
    page.emulate_media(color_scheme="dark")
    page.get_by_label("Моё меню").click()
    page.get_by_text("Светлая", exact=True).click()
    assert background(page) == "rgb(245, 245, 247)"
    context.close()


def test_the_language_is_switched_and_stays(page: Page, world: World) -> None:
    page.get_by_label("Моё меню").click()
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title(re.compile("Board · Crystal Bay$"))
    assert re.findall("[А-Яа-яЁё]+", page.locator(".topbar").inner_text()) in ([], ["А"])  # initials of a name
    page.get_by_label("My menu").click()
    page.get_by_text("Русский", exact=True).click()
    expect(page.get_by_role("heading", name="Доска", level=1)).to_be_visible()


def test_a_browser_that_prefers_english_gets_it(browser: Browser, world: World) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{world.url}/login")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


def test_errors_of_the_server_are_told_in_the_reader_s_language(page: Page) -> None:
    told = page.evaluate(
        """fetch("/api/v1/leads/nothing", {headers: {Accept: "application/json"}}).then((answer) => answer.json())"""
    )
    assert told["title"] == "Не найдено"


# --------------------------------------------------------------------------- phone


@pytest.fixture
def phone(browser: Browser, world: World) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="ru-RU", has_touch=True, is_mobile=True, device_scale_factor=2
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    sign_in(page, world)
    yield page
    context.close()


def test_on_a_phone_everything_is_under_the_thumb(phone: Page, world: World) -> None:
    rail = phone.get_by_role("navigation", name="Разделы")
    box = rail.bounding_box()
    assert box
    assert box["y"] + box["height"] == 844
    for item in rail.locator(".rail-item:visible").all():
        size = item.bounding_box()
        assert size
        assert size["height"] >= 44
    rail.get_by_text("Уведомления").tap()
    expect(phone.get_by_role("dialog", name="Что нового")).to_be_visible()
    phone.touchscreen.tap(195, 60)
    rail.get_by_text("Ещё").tap()
    phone.locator("#me-panel").get_by_text("Занят", exact=True).tap()
    eventually(lambda: world.rows("users", email=LOGIN)[0]["presence"] == "busy")
    phone.get_by_role("button", name="Поиск и команды").tap()
    field = palette(phone).get_by_role("combobox")
    expect(field).to_be_focused()
    assert field.evaluate("field => getComputedStyle(field).fontSize") == "16px"
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert phone.evaluate(wide) is False
