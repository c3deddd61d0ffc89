"""Where things stand in the drawer: what must be seen is covered by nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from crystalbay.ids import new_id
from crystalbay.store.interface import Insert
from tests.browser.board_kit import new_context, serious, signed_in
from tests.browser.lead_kit import lead_office, opened, talking
from tests.world import World, eventually

pytestmark = pytest.mark.browser

LINE = "Hurghada Palm Lagoon 4★, завтраки и ужины, от 90 188 ₽ за двоих"
LONG = "\n".join(f"{number}. {LINE}" for number in range(1, 13))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with lead_office(tmp_path_factory.mktemp("looks")) as system:
        yield system


@pytest.fixture(params=[(1440, 900), (1024, 768), (390, 844)], ids=["desktop", "tablet", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    width, height = request.param
    made = new_context(browser, {"width": width, "height": height})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, world: World) -> Page:
    return signed_in(context, world, "alina")


def overlap(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    assert a
    assert b
    across = a["x"] < b["x"] + b["width"] and b["x"] < a["x"] + a["width"]
    return across and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]


def test_a_long_proposal_scrolls_above_the_composer_and_its_buttons_are_seen(page: Page, world: World) -> None:
    customer = talking(world, "Лев Длинный")
    drawer = opened(page, world, customer.lead["id"])
    drawer.get_by_role("button", name="Отвечаю я").click()
    eventually(lambda: customer.conversation["mode"] == "human")
    talk = customer.conversation
    made = {"id": new_id(), "conversation_id": talk["id"], "lead_id": talk["lead_id"], "text": LONG, "state": "open"}
    made |= {"choices": [], "offers": [], "inbound_no": talk["inbound_no"], "dialogue": talk["state"]}
    world.store.commit([Insert("suggestions", made | {"created_at": world.ctx.clock.now()})])
    page.reload()
    card, log = drawer.locator(".suggestion"), drawer.locator(".chat-log")
    for name in ("Отправить", "Вставить", "Не то"):
        expect(card.get_by_role("button", name=name).locator("visible=true").first).to_be_in_viewport(ratio=1)
    body = card.locator(".suggestion-body")
    assert body.bounding_box()["height"] <= 181  # type: ignore[index]
    assert body.evaluate("body => body.scrollHeight > body.clientHeight")
    assert not overlap(card, log)
    assert not overlap(card, drawer.locator(".composer"))
    assert serious(page) == []


def test_a_note_covers_neither_the_head_nor_the_bar_under_it(page: Page, world: World) -> None:
    customer = talking(world, "Ольга Полоса")
    drawer = opened(page, world, customer.lead["id"])
    page.evaluate(
        "import(document.querySelector('script[src*=\"js/frame.js\"]').src.replace('frame.js', 'toast.js'))"
        ".then(({toast}) => { toast('Не сохранено: нет связи. Всё, что вы набрали, на месте'); toast('Готово'); })"
    )
    bar = drawer.locator(".detail-gone")
    bar.evaluate("bar => { bar.hidden = false; bar.textContent = 'Этого лида вы больше не видите'; }")
    expect(page.locator(".toast-note")).to_have_count(2)
    page.wait_for_timeout(400)
    for note in page.locator(".toast-note").all():
        for part in (".detail-head", ".detail-tabs", ".detail-gone", ".composer"):
            covered = drawer.locator(part).locator("visible=true")
            assert not covered.count() or not overlap(note, covered), part
