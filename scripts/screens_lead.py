"""Screenshots of a lead: each tab and state of the drawer, its small forms, the page of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import BrowserContext, Locator, Page

from crystalbay.services import canned, conversations, leads, new_leads, notes, reminders
from crystalbay.services.viewers import Viewer
from models import Role
from tests.browser.conftest import sign_in
from tests.browser.lead_kit import later
from tests.world import Customer, World

Shoot = Callable[[Page, str], None]

TABS = {
    "timeline": "Хронология",
    "trip": "Поездка",
    "offers": "Предложения",
    "reminders": "Напоминания",
    "client": "Клиент",
}
REPLIES = {
    "Приветствие": "{{имя}}, здравствуйте! Меня зовут {{менеджер}}, помогу с поездкой: {{направление}}, {{даты}}.",
    "Номер брони": "{{имя}}, ваш номер брони {{номер}}.",
}


def fill(world: World, manager: Viewer, anna: Customer) -> str:
    """What a manager leaves on a lead in a day, from an answer to a reminder. The id of another lead, an empty one."""
    later(world, minutes=33)  # the prices of the offers are old by now
    letter = conversations.Letter("Добрый день, Анна! Уточняю у отеля про горки")
    conversations.answer(world.ctx, manager, anna.conversation["id"], letter)
    notes.add(world.ctx, manager, anna.lead["id"], "Просит первую линию, муж не любит долгий трансфер")
    anna.quiet(30)
    anna.says("Давайте лучше на 10 ночей")
    anna.quiet(60)
    due = world.ctx.clock.now() + timedelta(hours=3)
    reminders.add(world.ctx, manager, anna.lead["id"], due_at=due, text="Позвонить насчёт визы")
    for title, text in REPLIES.items():
        canned.add(world.ctx, manager, title=title, text=text, shared=True)
    empty, _made = new_leads.create(world.ctx, manager.actor, source="site", name="Орлова Елена")
    return str(empty["id"])


def _opened(page: Page, world: World, lead_id: str) -> Locator:
    page.goto(f"{world.url}/?lead={lead_id}")
    page.locator("#lead-title").wait_for()
    return page.locator("#drawer")


def pages(context: BrowserContext, world: World, lead_id: str, empty_id: str, suffix: str, shoot: Shoot) -> None:
    """The drawer of a full and an empty lead, one that is gone, one that cannot be shown, and the page."""
    phone = suffix == "-phone"
    context.clock.set_fixed_time(world.ctx.clock.now())  # what is said of the time fits the office's
    page = context.new_page()
    sign_in(page, world)
    drawer = _opened(page, world, lead_id)
    shoot(page, f"lead-chat{suffix}")
    if not phone:
        _small_forms(page, drawer, shoot)
        _two_at_once(page, world, lead_id, shoot)
        _same_person(page, drawer, shoot)
        drawer.get_by_role("tab", name="Переписка").click()
    drawer.locator("#composer-text").fill("/")
    shoot(page, f"lead-ready-answers{suffix}")
    page.keyboard.press("Escape")
    drawer.locator("#composer-text").fill("")
    drawer.locator("[data-note-switch]:visible").first.click()
    drawer.locator("#composer-text").fill("Спросить про визу для ребёнка")
    shoot(page, f"lead-note{suffix}")
    drawer.locator("#composer-text").fill("")
    drawer.locator("[data-note-switch]:visible").first.click()
    if phone:
        drawer.locator("[data-info]").click()
    for name, label in TABS.items():
        drawer.get_by_role("tab", name=label).click()
        if name == "offers":
            drawer.locator("[data-tick]").first.check()
        shoot(page, f"lead-{name}{suffix}")
    drawer.get_by_role("tab", name="Поездка").click()
    drawer.locator("#edit-budget").click()
    shoot(page, f"lead-trip-edit{suffix}")
    page.keyboard.press("Escape")
    _opened(page, world, empty_id)
    shoot(page, f"lead-empty{suffix}")
    page.goto(f"{world.url}/?lead=gone")
    shoot(page, f"lead-gone{suffix}")
    page.route("**/ui/leads/*", lambda route: route.fulfill(status=500, json={"request_id": "01a215b3-9f45"}))
    page.goto(f"{world.url}/?lead={lead_id}")
    shoot(page, f"lead-error{suffix}")
    page.unroute("**/ui/leads/*")
    page.goto(f"{world.url}/leads/{lead_id}")
    shoot(page, f"lead-page{suffix}")
    page.close()


def _small_forms(page: Page, drawer: Locator, shoot: Shoot) -> None:
    for opener, name in (
        ("#lead-stage", "stage"),
        ("#lead-assignee", "assignee"),
        ("#lead-remind", "remind"),
        ("#lead-tags", "tags"),
        ("#lead-value", "value"),
    ):
        drawer.locator(opener).click()
        shoot(page, f"lead-{name}")
        page.keyboard.press("Escape")


def _two_at_once(page: Page, world: World, lead_id: str, shoot: Shoot) -> None:
    """A colleague changed the tags while this page did not hear of it."""
    page.route(f"**/ui/leads/{lead_id}?**", lambda route: route.abort())
    lead = world.rows("leads", id=lead_id)[0]
    colleague = replace(world.manager(Role.MANAGER), name="Павел М.")
    leads.patch(world.ctx, colleague, lead_id, lead["version"], {"tags": ["Аквапарк"]})
    page.locator("#lead-tags").click()
    page.get_by_label("Новый тег").fill("Первая линия")
    page.keyboard.press("Enter")
    page.locator(".conflict").wait_for()
    shoot(page, "lead-conflict")
    page.unroute(f"**/ui/leads/{lead_id}?**")
    page.locator("[data-keep]").click()


def _same_person(page: Page, drawer: Locator, shoot: Shoot) -> None:
    drawer.get_by_role("tab", name="Клиент").click()
    drawer.get_by_label("Найти клиента для объединения").fill("Орлова")
    page.keyboard.press("Enter")
    drawer.get_by_role("button", name="Сравнить").first.click()
    page.locator("#merge-dialog").wait_for()
    shoot(page, "lead-merge")
    page.locator("#merge-dialog [data-cancel]").click()
