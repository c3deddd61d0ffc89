"""A lead's trip, offers, client and reminders; two managers at once; the keyboard, the phone, who may only look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from crystalbay.services import leads, new_leads
from tests.browser.board_kit import DESKTOP, PASSWORD, PHONE, new_context, serious, signed_in, viewer, watched
from tests.browser.lead_kit import TRIP, later, lead_office, opened, tab, talking
from tests.world import World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with lead_office(tmp_path_factory.mktemp("lead-parts")) as system:
        yield system


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with watched(browser, world) as opened:
        yield opened


# --------------------------------------------------------------------------- the trip


def test_a_slot_is_confirmed_by_one_click_and_another_corrected_in_place(page: Page, world: World) -> None:
    customer = talking(world, "Анна Соколова", TRIP, "★")
    drawer = opened(page, world, customer.lead["id"])
    pane = tab(drawer, "Поездка")
    where = pane.locator('.slot[data-row="where"]')
    expect(where.locator(".ai-mark")).to_be_visible()
    expect(where.locator(".trip-quote")).to_contain_text("Турцию")
    where.get_by_role("button", name="Верно: Куда").click()
    expect(where.locator(".trip-tick")).to_be_visible()
    expect(where).to_contain_text("Подтверждено: Алина К.")
    expect(where.locator(".ai-mark")).to_have_count(0)
    assert "destination_country" in customer.lead["confirmed"]

    pane.get_by_role("button", name="Исправить: Кто").click()
    pane.get_by_role("button", name="Ребёнок", exact=True).click()
    pane.get_by_label("Возраст ребёнка").fill("25")
    page.keyboard.press("Enter")
    expect(pane.get_by_text("Возраст ребёнка от 0 до 17 лет")).to_be_visible()
    pane.get_by_label("Возраст ребёнка").fill("5")
    page.keyboard.press("Enter")
    expect(pane.locator('.slot[data-row="who"] .slot-value')).to_have_text(re.compile("2.взрослых и 1.ребёнок .5.лет"))
    assert customer.lead["trip"]["children"] == [5]

    pane.get_by_role("button", name="Исправить: Бюджет").click()
    pane.get_by_label("До", exact=False).first.fill("1,2 млн")
    page.keyboard.press("Enter")
    expect(pane.locator('.slot[data-row="budget"] .slot-value')).to_have_text(re.compile(r"до 1\s200\s000\s₽"))

    pane.get_by_role("button", name="Питание").click()
    pane.get_by_label("Питание").select_option("AI")
    pane.get_by_role("button", name="Сохранить").click()
    expect(pane.locator('.slot[data-row="meal"]')).to_contain_text("Всё включено")
    timeline = tab(drawer, "Хронология")
    expect(timeline.get_by_text("Питание: Всё включено")).to_be_visible()


def test_wrong_dates_are_told_before_they_are_sent(page: Page, world: World) -> None:
    customer = talking(world, "Олег Пак")
    pane = tab(opened(page, world, customer.lead["id"]), "Поездка")
    pane.get_by_role("button", name="Когда").click()
    pane.get_by_label("С", exact=True).fill("2026-07-10")
    pane.get_by_label("По", exact=True).fill("2026-07-01")
    pane.get_by_role("button", name="Сохранить").click()
    expect(pane.get_by_role("alert")).to_contain_text("Дата «с» должна быть не позже")
    page.keyboard.press("Escape")
    expect(pane.locator(".slot-form")).to_have_count(0)
    expect(page.locator("#lead-title")).to_be_visible()
    assert "date_from" not in customer.lead["trip"]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        *(("125000", "125000.00"), ("125 000", "125000.00"), ("125т.р.", "125000.00"), ("125 тыс", "125000.00")),
        *(("125 тыс. руб.", "125000.00"), ("1,2 млн", "1200000.00"), ("1 999,50", "1999.50"), ("125.000", "125000.00")),
        *(("2500$", "2500.00"), ("300к", "300000.00"), ("сто", None), ("12-15", None), ("", None)),
    ],
)
def test_money_as_people_write_it(page: Page, world: World, written: str, amount: str | None) -> None:
    page.goto(f"{world.url}/healthz")
    read = "async text => (await import('/static/js/lead/money.js')).parseMoney(text)"
    assert page.evaluate(read, written) == amount


# --------------------------------------------------------------------------- offers


def test_a_stale_price_is_checked_and_two_offers_are_sent(page: Page, world: World) -> None:
    customer = talking(world, "Павел Громов", TRIP, "★")
    later(world, minutes=31)
    drawer = opened(page, world, customer.lead["id"])
    pane = tab(drawer, "Предложения")
    cards = pane.locator("[data-offer]")
    assert cards.count() >= 2
    first = cards.first
    expect(first.locator(".price-stale")).to_be_visible()
    first.get_by_role("button", name="Проверить").click()
    expect(first.get_by_role("button", name="Проверить")).to_have_count(0, timeout=20_000)
    expect(first.locator(".price-stale")).to_have_count(0)
    pane.get_by_role("button", name="Проверить цены").click()
    expect(pane.locator(".price-stale")).to_have_count(0, timeout=60_000)
    boxes = pane.get_by_role("checkbox", disabled=False)
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(pane.get_by_text("Выбрано 2")).to_be_visible()
    before = len(customer.answers)
    pane.get_by_role("button", name="Отправить 2 в WhatsApp").click()
    eventually(lambda: len(customer.answers) > before, 30)
    drawer.get_by_role("tab", name="Переписка").click()
    expect(drawer.locator(".message-manager .bubble-offer")).to_have_count(2)


# --------------------------------------------------------------------------- reminders


def test_a_reminder_is_made_postponed_done_and_taken_back(page: Page, world: World) -> None:
    customer = talking(world, "Инна Киселёва")
    drawer = opened(page, world, customer.lead["id"])
    drawer.get_by_role("button", name="Напомнить", exact=True).first.click()
    pop = drawer.get_by_role("dialog", name="Когда напомнить")
    expect(pop.locator(".remind-choice").first).to_have_text(re.compile(r"Через час.*\d\d:\d\d"))
    pop.get_by_label("О чём").fill("Позвонить насчёт визы")
    pop.get_by_role("button", name="Завтра утром").click()
    eventually(lambda: world.rows("reminders", lead_id=customer.lead["id"]))
    pane = tab(drawer, "Напоминания")
    line = pane.locator(".reminder", has_text="Позвонить насчёт визы")
    expect(line).to_contain_text("10:00")
    line.get_by_role("button", name="Отложить").click()
    pop.get_by_role("button", name="В понедельник").click()
    eventually(lambda: world.rows("reminders", lead_id=customer.lead["id"])[0]["version"] == 2)
    line.get_by_role("button", name="Сделано").click()
    expect(line).to_have_count(0)
    page.locator(".toast-note", has_text="Сделано").get_by_role("button", name="Отменить").click()
    expect(line).to_be_visible()
    line.get_by_role("button", name="Удалить напоминание").click()
    expect(line).to_have_count(0)
    assert world.rows("reminders", lead_id=customer.lead["id"]) == []
    page.locator(".toast-note", has_text="удалено").get_by_role("button", name="Отменить").click()
    expect(line).to_be_visible()


def test_ready_times_go_by_the_offices_clock_and_not_by_the_computers(page: Page, world: World) -> None:
    customer = talking(world, "Нина Орлова")
    page.clock.install(time="2031-01-01T03:00:00Z")  # a computer whose clock is years ahead
    drawer = opened(page, world, customer.lead["id"])
    drawer.get_by_role("button", name="Напомнить", exact=True).first.click()
    drawer.get_by_role("button", name="Завтра утром").click()
    eventually(lambda: world.rows("reminders", lead_id=customer.lead["id"]))
    due = world.rows("reminders", lead_id=customer.lead["id"])[0]["due_at"]
    morning = (world.ctx.local_now() + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    assert due == morning


def test_a_time_that_has_passed_is_refused(page: Page, world: World) -> None:
    customer = talking(world, "Лев Титов")
    drawer = opened(page, world, customer.lead["id"])
    drawer.get_by_role("button", name="Напомнить", exact=True).first.click()
    pop = drawer.get_by_role("dialog", name="Когда напомнить")
    pop.get_by_label("Выбрать время").fill("2020-01-01T10:00")
    pop.get_by_role("button", name="Напомнить").click()
    expect(pop.get_by_role("alert")).to_have_text("Это время уже прошло")


# --------------------------------------------------------------------------- the client


def test_two_clients_are_compared_merged_and_taken_apart(page: Page, world: World) -> None:
    ours, other = talking(world, "Вера Семёнова"), talking(world, "Семёнова В.")
    drawer = opened(page, world, ours.lead["id"])
    pane = tab(drawer, "Клиент")
    pane.get_by_label("Найти клиента для объединения").fill(other.chat_id[-4:])
    page.keyboard.press("Enter")
    pane.locator(".merge-found").get_by_role("button", name="Сравнить").first.click()
    dialog = page.get_by_role("dialog", name="Объединить клиентов")
    expect(dialog.get_by_role("columnheader", name="Присоединяем")).to_be_visible()
    dialog.locator('[name="name"][value="other"]').check()
    expect(dialog.get_by_text("Главным останется номер")).to_be_visible()
    dialog.get_by_role("button", name="Объединить", exact=True).click()
    expect(pane.get_by_text("Присоединён: Семёнова В.")).to_be_visible()
    expect(drawer.locator("#lead-title")).to_contain_text("Семёнова В.")
    expect(pane.locator(".client-leads li")).to_have_count(2)
    expect(pane.locator(".client-facts li").first).to_contain_text("основной")
    line = tab(drawer, "Хронология").locator(".activity", has_text="Клиенты объединены")
    expect(line).to_contain_text("Семёнова В.")
    line.get_by_role("button", name="Разъединить").click()
    expect(line.get_by_role("button")).to_have_count(0)
    tab(drawer, "Клиент")
    expect(pane.locator(".client-leads li")).to_have_count(1)
    expect(pane.get_by_text("разъединены")).to_be_visible()
    expect(pane.get_by_role("button", name="Разъединить")).to_have_count(0)


def test_contacts_are_changed_and_another_clients_phone_is_told(page: Page, world: World) -> None:
    customer, owner = talking(world, "Илья Морозов"), talking(world, "Тихон Рябов")
    drawer = opened(page, world, customer.lead["id"])
    pane = tab(drawer, "Клиент")
    pane.get_by_role("button", name="Изменить").click()
    pane.get_by_label("Почта").fill("ilya@example.com")
    pane.get_by_label("Имя").fill("Илья Морозов-Белый")
    page.keyboard.press("Enter")
    expect(drawer.locator("#lead-title")).to_contain_text("Илья Морозов-Белый")
    expect(pane.get_by_text("ilya@example.com")).to_be_visible()
    pane.get_by_role("button", name="Изменить").click()
    pane.get_by_label("Телефон").fill(f"+{owner.chat_id}")
    page.keyboard.press("Enter")
    expect(pane.get_by_role("alert")).to_contain_text("другого клиента: Тихон Рябов")
    pane.get_by_label("Телефон").fill("12")
    page.keyboard.press("Enter")
    expect(pane.get_by_role("alert")).to_contain_text("Укажите телефон с кодом страны")


def test_only_an_administrator_may_erase_and_must_say_so(browser: Browser, page: Page, world: World) -> None:
    customer = talking(world, "Кира Лунина")
    pane = tab(opened(page, world, customer.lead["id"]), "Клиент")
    expect(pane.get_by_role("link", name="Выгрузить всё о клиенте")).to_be_visible()
    expect(pane.get_by_role("button", name="Стереть личные данные…")).to_have_count(0)
    from tests.browser.conftest import sign_in

    context = new_context(browser, DESKTOP)
    admin = context.new_page()
    sign_in(admin, world)
    theirs = tab(opened(admin, world, customer.lead["id"]), "Клиент")
    theirs.get_by_role("button", name="Стереть личные данные…").click()
    dialog = admin.get_by_role("dialog", name="Стереть личные данные: Кира Лунина?")
    expect(dialog.get_by_text("Пропадут навсегда")).to_be_visible()
    erase = dialog.get_by_role("button", name="Стереть навсегда")
    expect(erase).to_be_disabled()
    dialog.get_by_label("Чтобы подтвердить").fill("стереть")
    customer_id = customer.lead["customer_id"]
    erase.click()
    eventually(lambda: world.rows("customers", id=customer_id)[0]["erased_at"])
    expect(theirs.get_by_text("Личные данные стёрты по просьбе клиента")).to_be_visible()
    context.close()


# --------------------------------------------------------------------------- two at once


def test_two_managers_change_one_budget_and_one_of_them_chooses(browser: Browser, page: Page, world: World) -> None:
    customer = talking(world, "Глеб Фомин", TRIP, "★")
    pane = tab(opened(page, world, customer.lead["id"]), "Поездка")
    pane.get_by_role("button", name="Исправить: Бюджет").click()
    pane.get_by_label("До", exact=False).first.fill("320 000")
    row = customer.lead
    trip = row["trip"] | {"budget_max": 340_000}
    page.route("**/ui/leads/**", lambda route: route.abort())  # what Pavel did has not come here yet
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"trip": trip})
    pane.get_by_role("button", name="Сохранить").click()
    bar = page.locator(".conflict")
    expect(bar).to_contain_text("Павел М. изменил этот лид")
    expect(bar).to_contain_text(re.compile(r"Бюджет: у него до 340.000.₽, у вас до 320.000.₽"))
    expect(bar.get_by_role("button", name="Взять его вариант")).to_be_focused()
    page.unroute("**/ui/leads/**")
    bar.get_by_role("button", name="Оставить мой").click()
    eventually(lambda: customer.lead["trip"]["budget_max"] == 320_000)
    expect(bar).to_be_hidden()
    expect(pane.locator('.slot[data-row="budget"] .slot-value')).to_have_text(re.compile(r"до 320\s000\s₽"))
    expect(pane.locator(".slot-form")).to_have_count(0)


def test_taking_the_colleagues_value_keeps_it(page: Page, world: World) -> None:
    customer = talking(world, "Рита Сомова")
    drawer = opened(page, world, customer.lead["id"])
    page.route("**/ui/leads/**", lambda route: route.abort())
    row = customer.lead
    leads.patch(world.ctx, viewer(world, "pavel"), row["id"], row["version"], {"tags": ["Семья"]})
    drawer.locator("#lead-tags").click()
    drawer.get_by_label("Новый тег").fill("Срочно")
    page.keyboard.press("Enter")
    bar = page.locator(".conflict")
    expect(bar).to_contain_text("Теги: у него Семья, у вас Срочно")
    page.unroute("**/ui/leads/**")
    bar.get_by_role("button", name="Взять его вариант").click()
    expect(drawer.locator(".side-tags")).to_have_text("Семья")
    assert customer.lead["tags"] == ["Семья"]


# --------------------------------------------------------------------------- keyboard, observers, phone, axe


def test_the_keyboard_alone_signs_in_opens_replies_moves_and_reminds(browser: Browser, world: World) -> None:
    customer = talking(world, "Юлия Орлова")
    context = new_context(browser, DESKTOP)
    page = context.new_page()
    press = page.keyboard.press
    page.goto(f"{world.url}/login")
    expect(page.get_by_label("Почта")).to_be_focused()
    page.keyboard.type("alina@crystalbay.example")
    press("Tab")
    page.keyboard.type(PASSWORD)
    press("Enter")
    page.wait_for_url(f"{world.url}/")
    link = page.get_by_role("link", name="Юлия Орлова")
    expect(link).to_be_visible()
    walk(page, lambda: link.evaluate("link => link === document.activeElement"))
    press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.locator("#lead-title")).to_be_focused()
    walk(page, lambda: focused(page) == "composer-text")
    page.keyboard.type("Добрый день, Юлия!")
    press("Enter")
    customer.hears("Добрый день, Юлия!")
    walk(page, lambda: focused(page) == "lead-stage", back=True)
    press("Enter")
    press("ArrowDown")
    press("ArrowDown")
    press("Enter")
    eventually(lambda: customer.lead["stage"] == "tour_selection")
    expect(drawer.locator("#lead-stage")).to_contain_text("Подбор тура")
    walk(page, lambda: focused(page) == "lead-remind")
    press("Enter")
    expect(page.get_by_role("button", name="Через час")).to_be_focused()
    press("Tab")
    press("Enter")
    eventually(lambda: world.rows("reminders", lead_id=customer.lead["id"]))
    press("Escape")
    expect(drawer).to_be_hidden()
    context.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement?.id ?? ''"))


def walk(page: Page, there: object, *, back: bool = False) -> None:
    """Press Tab until it is there; the test fails when it never is."""
    assert callable(there)
    for _ in range(120):
        if there():
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError("the keyboard does not lead there")


def test_an_observer_reads_everything_and_sees_no_dead_controls(browser: Browser, world: World) -> None:
    customer = talking(world, "Марк Юдин", TRIP, "★")
    context = new_context(browser, DESKTOP)
    page = signed_in(context, world, "olga")
    drawer = opened(page, world, customer.lead["id"])
    expect(drawer.locator(".message-customer")).to_be_visible()
    expect(drawer.locator(".mode-words")).to_have_text("ИИ отвечает")
    assert drawer.locator(".chat-log").evaluate("log => log.scrollHeight - log.clientHeight - log.scrollTop") < 2
    for gone in (".composer", ".mode-switch", "#lead-stage", "#lead-assignee", "#lead-tags", ".suggestion"):
        expect(drawer.locator(gone)).to_have_count(0)
    for name in ("Поездка", "Предложения", "Напоминания", "Клиент", "Хронология"):
        pane = tab(drawer, name)
        page.wait_for_timeout(300)
        words = pane.get_by_role("button").all_inner_texts()
        allowed = {"Всё", "Люди", "ИИ", "Сообщения", "Изменения", "Показать ещё", "Открыть"}
        assert set(words) <= allowed, (name, words)
    context.close()


def test_on_a_phone_the_chat_and_the_details_are_two_screens(browser: Browser, world: World) -> None:
    customer = talking(world, "Ева Круглова", TRIP, "★")
    context = new_context(browser, PHONE, has_touch=True, is_mobile=True)
    page = signed_in(context, world, "alina")
    drawer = opened(page, world, customer.lead["id"])
    switch = drawer.get_by_role("group", name="Кто отвечает").bounding_box()
    assert switch
    assert switch["width"] > 340
    expect(drawer.get_by_role("tablist")).to_be_hidden()
    drawer.get_by_role("textbox").fill("Добрый день, Ева!")
    drawer.get_by_role("button", name="Отправить", exact=True).tap()
    customer.hears("Добрый день, Ева!")
    drawer.get_by_role("button", name="Подробнее о лиде").tap()
    expect(drawer.get_by_role("tab", name="Поездка")).to_have_attribute("aria-selected", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    drawer.get_by_role("button", name="Назад").tap()
    expect(drawer.get_by_role("textbox")).to_be_visible()
    drawer.get_by_role("button", name="Назад").tap()
    expect(drawer).to_be_hidden()
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_pane_has_serious_accessibility_findings(browser: Browser, world: World, size: dict[str, int]) -> None:
    full = talking(world, f"Дарья Романова {size['width']}", TRIP, "★")
    empty = new_leads.create(
        world.ctx, viewer(world, "alina").actor, source=f"site-{size['width']}", name="Пустой лид"
    )[0]
    context = new_context(browser, size)
    page = signed_in(context, world, "alina")
    for lead_id in (full.lead["id"], empty["id"]):
        drawer = opened(page, world, lead_id)
        page.wait_for_timeout(400)
        assert serious(page) == []
        if size is PHONE:
            drawer.get_by_role("button", name="Подробнее о лиде").click()
        for name in ("Хронология", "Поездка", "Предложения", "Напоминания", "Клиент"):
            tab(drawer, name)
            page.wait_for_timeout(400)
            assert serious(page) == [], name
    page.goto(f"{world.url}/?lead=nobody")
    expect(page.locator(".drawer-problem")).to_be_visible()
    assert serious(page) == []
    page.goto(f"{world.url}/leads/{full.lead['id']}")
    page.wait_for_timeout(400)
    assert serious(page) == []
    context.close()


def test_a_lead_opens_over_another_page_and_closing_leaves_that_page(page: Page, world: World) -> None:
    customer = talking(world, "Клим Рогов")
    page.goto(f"{world.url}/demo?lead={customer.lead['id']}")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="Клим Рогов")).to_be_visible()
    customer.says("Вы тут?")
    expect(drawer.locator(".message-customer", has_text="Вы тут?")).to_be_visible()
    drawer.locator("#lead-stage").click()
    drawer.get_by_role("menuitemradio", name="Завершено").click()
    expect(page.get_by_role("dialog", name="Чем закончилось?")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert page.url == f"{world.url}/demo"


def test_a_half_filled_form_is_not_lost_without_asking(page: Page, world: World) -> None:
    customer = talking(world, "Рая Лисова")
    drawer = opened(page, world, customer.lead["id"])
    pane = tab(drawer, "Поездка")
    pane.get_by_role("button", name="Отель").click()
    pane.get_by_role("textbox", name="Отель").fill("Sunrise")
    drawer.get_by_role("button", name="Закрыть", exact=True).click()
    question = page.get_by_role("dialog", name="Закрыть лид?")
    question.get_by_role("button", name="Остаться").click()
    expect(pane.get_by_role("textbox", name="Отель")).to_have_value("Sunrise")
    drawer.get_by_role("button", name="Закрыть", exact=True).click()
    question.get_by_role("button", name="Закрыть лид").click()
    expect(drawer).to_be_hidden()


def test_a_client_that_was_only_looked_at_asks_nothing_on_closing(page: Page, world: World) -> None:
    customer = talking(world, "Инна Смотрова")
    drawer = opened(page, world, customer.lead["id"])
    expect(tab(drawer, "Клиент").get_by_role("button", name="Изменить")).to_be_visible()
    drawer.get_by_role("button", name="Закрыть", exact=True).click()
    expect(drawer).to_be_hidden()
