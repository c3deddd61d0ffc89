"""Screenshots of every page for docs/screens/: a running demo with invented customers, at 1440 and 390 px.

make screens
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from playwright.sync_api import BrowserContext, Page, sync_playwright

from crystalbay.services import moves
from crystalbay.services.viewers import Viewer
from models import Outcome, Role, Status
from scripts import screens_accounts, screens_board, screens_frame, screens_lead, screens_telegram
from tests.browser.conftest import sign_in
from tests.chromium import ARGUMENTS, program
from tests.world import World, running

OUT = Path(__file__).parent.parent / "docs" / "screens"
SIZES = {"": (1440, 900), "-phone": (390, 844)}

PEOPLE = (
    ("Громов Павел", "Срочно нужен тур в Таиланд на двоих, вылет завтра", None),
    ("Соколова Марина", "Хочу в Турцию с 10 июня на 7-10 ночей, двое взрослых и ребёнок 5 лет, до 245 тысяч", None),
    ("Осипова Лариса", "Турция из Москвы, 2 взрослых и ребёнок 6 лет, 10-14 июня на 7 ночей, до 350 тысяч", None),
    ("Кузнецов Дмитрий", "Турция из Москвы на двоих 14 июня на 10 ночей, до 300 тысяч", None),
    ("Захарова Юлия", "Египет из Москвы вдвоём 9-16 июня на 7 ночей, до 160 тысяч", Status.PENDING),
    ("Морозов Илья", "Турция, 2+1 (7 лет), 18-28 июня, 10 ночей, до 287 тысяч", Status.PENDING),
    ("Ершова Полина", "Египет на двоих 6-13 июня 7 ночей, до 171 тысячи", Status.CONFIRMED),
    ("Киселёва Инна", "Турция вдвоём 20-27 мая, до 219 тысяч", Status.CLOSED),
)


def fill(world: World) -> tuple[str, str]:
    """Play the customers; the ids of a full lead and of an empty one."""
    manager = world.manager(Role.HEAD)
    for name, text, status in PEOPLE:
        customer = world.customer(name=name)
        customer.says(text)
        customer.hears()
        customer.quiet(60)
        if status:
            _move(world, manager, customer.lead["id"], status)
    anna = world.customer(name="Иванова Анна")
    anna.says("Здравствуйте! Хотим в Египет из Москвы, Хургада, вдвоём на неделю в конце июня, до 320 тысяч. Аквапарк")
    anna.hears("★", 60)
    anna.quiet(60)
    return str(anna.lead["id"]), screens_lead.fill(world, manager, anna)


def _move(world: World, manager: Viewer, lead_id: str, status: Status) -> None:
    version = world.rows("leads", id=lead_id)[0]["version"]
    outcome = Outcome.WON if status is Status.CLOSED else None
    moves.move(world.ctx, manager, lead_id, version=version, status=status, outcome=outcome)


def shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(700)  # fragments, fonts and the first events
    page.screenshot(path=str(OUT / f"{name}.png"))
    print(f"docs/screens/{name}.png")


def pages(context: BrowserContext, world: World, suffix: str) -> None:
    screens_accounts.sign_in_pages(context, world, suffix, shoot)
    page = context.new_page()
    sign_in(page, world)
    page.goto(f"{world.url}/demo")
    shoot(page, f"demo{suffix}")
    page.goto(f"{world.url}/nowhere")
    shoot(page, f"not-found{suffix}")
    screens_accounts.settings_pages(context, world, suffix, shoot)


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        chromium = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
        store = f"sqlite:///{folder / 'store.db'}"
        with running(folder, telegram=True, public=True, database_url=store) as world:
            lead_id, empty_id = fill(world)
            screens_accounts.hire(world)
            for suffix, (width, height) in SIZES.items():
                size = {"width": width, "height": height}
                context = chromium.new_context(viewport=size, locale="ru-RU")  # type: ignore[arg-type]
                pages(context, world, suffix)
                screens_board.all_of_it(chromium, size, suffix, shoot)
                screens_telegram.pages(context, world, suffix, shoot)
                screens_lead.pages(context, world, lead_id, empty_id, suffix, shoot)
                screens_frame.pages(context, world, suffix, shoot)
                screens_frame.troubles(chromium, world, size, suffix, shoot)  # type: ignore[arg-type]
                screens_frame.looks(chromium, world, lead_id, size, suffix, shoot)  # type: ignore[arg-type]
                screens_frame.broken(chromium, world, size, suffix, shoot)  # type: ignore[arg-type]
                manager = chromium.new_context(viewport=size, locale="ru-RU")  # type: ignore[arg-type]
                screens_accounts.no_access_page(manager, world, suffix, shoot)
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
