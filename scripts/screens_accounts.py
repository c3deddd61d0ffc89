"""Screenshots of signing in, of links for passwords, and of the settings, in their states."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from crystalbay.services import canned, links, settings, staff, users
from crystalbay.services.viewers import SYSTEM, Viewer
from models import Role
from tests.world import LOGIN, World

Shoot = Callable[[Page, str], None]

CREW = (
    ("Алина Костина", "alina", Role.MANAGER),
    ("Павел Матвеев", "pavel", Role.MANAGER),
    ("Ольга Рудакова", "olga.rudakova", Role.HEAD),
    ("Вера Зимина", "vera", Role.OBSERVER),
)
REPLIES = (
    ("Документы на визу", "{{имя}}, здравствуйте! Пришлите, пожалуйста, фото паспорта и даты поездки.", True),
    ("Как оплатить", "Оплатить можно картой или переводом. Ссылку пришлю сразу после брони.", True),
    ("Созвонимся", "{{имя}}, удобно созвониться сегодня? {{менеджер}}", False),
)


def hire(world: World) -> None:
    """Colleagues, canned replies and limits of columns."""
    boss = _administrator(world)
    for name, login, role in CREW:
        email = f"{login}@crystalbay.example"
        users.create_user(world.store, email=email, name=name, role=role, password="three green words")
    staff.invite(world.ctx, boss, email="maria@crystalbay.example", name="Мария Лужина", role=Role.MANAGER)
    for title, text, shared in REPLIES:
        canned.add(world.ctx, boss, title=title, text=text, shared=shared)
    settings.change(world.store, boss, {"limits": {"in_progress": 12}})


def _administrator(world: World) -> Viewer:
    user = users.by_email(world.store, LOGIN)
    assert user
    return users.viewer(user)


def sign_in_pages(context: BrowserContext, world: World, suffix: str, shoot: Shoot) -> None:
    """Before signing in: the form, its error and wait, a link that works and one that does not."""
    page = context.new_page()
    page.goto(f"{world.url}/login")
    shoot(page, f"login{suffix}")
    for misses in range(1, 6):
        page.get_by_label("Почта").fill(f"alina{suffix}@agency.example")
        page.get_by_label("Пароль", exact=True).fill("не тот пароль")
        page.get_by_role("button", name="Войти").click()
        page.wait_for_load_state()
        if misses in (1, 5):
            shoot(page, f"login-{'error' if misses == 1 else 'wait'}{suffix}")
    maria = users.by_email(world.store, "maria@crystalbay.example")
    assert maria
    page.goto(f"{world.url}{links.renew(world.ctx, SYSTEM, maria['id']).path}")
    shoot(page, f"invitation{suffix}")
    page.goto(f"{world.url}/invite/used")
    shoot(page, f"link-used{suffix}")
    page.close()


def settings_pages(context: BrowserContext, world: World, suffix: str, shoot: Shoot) -> None:
    """The tabs of the settings, for an administrator who is signed in here."""
    page = context.new_page()
    for tab in ("me", "board", "replies", "users"):
        page.goto(f"{world.url}/settings/{tab}")
        shoot(page, f"settings-{tab}{suffix}")
    page.get_by_role("button", name="Пригласить").click()
    shoot(page, f"settings-invite{suffix}")
    page.keyboard.press("Escape")
    page.get_by_label("Действия: Алина Костина").click()
    page.get_by_role("button", name="Закрыть вход…").locator("visible=true").click()
    shoot(page, f"settings-switch-off{suffix}")
    page.goto(f"{world.url}/settings/board")
    page.get_by_text("Только свои", exact=True).click()
    page.get_by_label("Новые", exact=True).fill("много")
    page.get_by_role("button", name="Сохранить").click()
    shoot(page, f"settings-unsaved{suffix}")
    page.close(run_before_unload=False)


def no_access_page(context: BrowserContext, world: World, suffix: str, shoot: Shoot) -> None:
    """What a manager sees in place of a tab that is not for managers."""
    page = context.new_page()
    page.goto(f"{world.url}/login?next=/settings/users")
    page.get_by_label("Почта").fill("pavel@crystalbay.example")
    page.get_by_label("Пароль", exact=True).fill("three green words")
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url(f"{world.url}/settings/users")
    shoot(page, f"no-access{suffix}")
