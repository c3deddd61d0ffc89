"""A real Chromium beside a running system. Without Chromium these tests are skipped, and fail when CI=true."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.chromium import ARGUMENTS, program
from tests.world import LOGIN, PASSWORD, World, running

expect.set_options(timeout=15_000)  # two busy cores: a look that is right ends its waiting at once


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = program()
    if path is None:
        message = "Chromium is not installed: scripts/install_test_tools.sh"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("browser")
    with running(folder, database_url=f"sqlite:///{folder / 'store.db'}") as system:
        yield system


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU")
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, world: World) -> Iterator[Page]:
    """A signed-in page; a script error or a policy violation fails the test."""
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    sign_in(opened, world)
    yield opened
    assert problems == []


def sign_in(page: Page, world: World) -> None:
    """The board, signed in as the administrator."""
    enter(page.context, world, LOGIN, PASSWORD)
    page.goto(f"{world.url}/")
    expect(page.locator("#board")).to_be_attached()


def enter(context: BrowserContext, world: World, email: str, password: str) -> None:
    """Sign this browser in without drawing the page of the form: that is what test_accounts.py tries."""
    form = context.request.get(f"{world.url}/login").text()
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    if token is None:
        return  # signed in already
    given = {"email": email, "password": password, "csrf_token": token[1], "next": ""}
    answer = context.request.post(f"{world.url}/login", form=given)
    assert answer.ok, answer.text()
