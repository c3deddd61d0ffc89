"""The API's document is read in the browser, from our own server only."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.world import World

pytestmark = pytest.mark.browser


def test_every_call_is_shown_and_nobody_else_is_asked(page: Page, world: World) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{world.url}/api/docs")
    page.locator("#operations-import-import_leads .opblock-summary").click()
    expect(page.locator("#operations-import-import_leads .opblock-body")).to_contain_text("Idempotency-Key")
    document = world.app.test_client().get("/api/openapi.json").get_json()
    expect(page.locator(".opblock")).to_have_count(sum(len(calls) for calls in document["paths"].values()))
    assert asked
    assert [url for url in asked if not url.startswith((world.url, "data:"))] == []
