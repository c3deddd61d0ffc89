"""What the tests of a lead share: an office, customers with a conversation, and the drawer that shows one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from crystalbay.clock import ShiftedClock
from crystalbay.ids import new_id
from crystalbay.services.leads import message_row
from crystalbay.store.interface import Insert
from tests.browser.board_kit import office
from tests.world import Customer, World

TRIP = "Здравствуйте! Хотим в Турцию из Москвы вдвоём на 7 ночей с 20 июня, бюджет тысяч 350"


@contextmanager
def lead_office(folder: Path, **settings: Any) -> Iterator[World]:
    """An office without other leads; providers can fetch files from it."""
    with office(folder, filled=False, public=True, **settings) as world:
        yield world


def talking(world: World, name: str, text: str = "Здравствуйте!", heard: str = "Куда") -> Customer:
    """A customer who wrote and was answered by the machine."""
    customer = world.customer(name=name)
    customer.says(text)
    customer.hears(heard, 60)
    customer.quiet(60)
    return customer


def later(world: World, **span: float) -> None:
    """The clock of the whole office goes on by this much."""
    clock = world.ctx.clock
    assert isinstance(clock, ShiftedClock)
    clock.start += timedelta(**span)
    clock.__post_init__()


def opened(page: Page, world: World, lead_id: str) -> Locator:
    """The drawer of a lead, shown over the board."""
    page.goto(f"{world.url}/?lead={lead_id}")
    drawer = page.locator("#drawer")
    expect(drawer.locator("#lead-title")).to_be_visible()
    return drawer


def tab(drawer: Locator, name: str) -> Locator:
    """The pane of a tab, opened."""
    drawer.get_by_role("tab", name=name).click()
    return drawer.get_by_role("tabpanel", name=name)


def long_talk(world: World, customer: Customer, count: int) -> None:
    """So many older messages of the customer, a minute apart, before what was said already."""
    talk = customer.conversation
    first = world.rows("messages", conversation_id=talk["id"])[0]["created_at"]
    rows = [
        message_row(talk, direction="in", author="customer", text=f"Старое сообщение {number}", state="processed")
        | {"id": new_id(), "created_at": first - timedelta(minutes=count - number)}
        for number in range(count)
    ]
    world.store.commit([Insert("messages", row) for row in rows])
