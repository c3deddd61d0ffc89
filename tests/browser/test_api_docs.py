"""The API's document is read in the browser, from our own server only."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.world import World

pytestmark = pytest.mark.browser


def test_every_call_is_shown_and_nobody_else_is_asked(page: Page, world: World) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{world.url}/api/docs")
    page.locator("#operations-import-import_leads .opblock-summary").click(timeout=30_000)
    expect(page.locator("#operations-import-import_leads .opblock-body")).to_contain_text("Idempotency-Key")
    document = world.app.test_client().get("/api/openapi.json").get_json()
    expect(page.locator(".opblock")).to_have_count(sum(len(calls) for calls in document["paths"].values()))
    assert asked
    page.get_by_role("link", name="К доске").click()
    page.wait_for_url(f"{world.url}/")
    assert [url for url in asked if not url.startswith((world.url, "data:"))] == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "dark")])
def test_the_page_has_the_theme_of_the_reader(browser: Browser, world: World, width: int, scheme: str) -> None:
    made = browser.new_context(
        viewport={"width": width, "height": 900},
        locale="ru-RU",
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = made.new_page()
    page.goto(f"{world.url}/api/docs")
    expect(page.locator(".opblock").first).to_be_visible(timeout=30_000)
    parts = [page.locator(part) for part in ("body", ".swagger-ui", ".docs-head")]
    grounds = [part.evaluate("part => getComputedStyle(part).backgroundColor") for part in parts]
    for ground in grounds:
        numbers = [float(number) for number in re.findall(r"[\d.]+", ground)]
        clear = len(numbers) == 4 and numbers[3] == 0
        assert clear or (max(numbers[:3]) < 60 if scheme == "dark" else min(numbers[:3]) > 220), grounds
    assert page.evaluate("document.documentElement.scrollWidth > innerWidth") is False
    expect(page.get_by_role("link", name="Ко входу")).to_be_in_viewport()
    made.close()
