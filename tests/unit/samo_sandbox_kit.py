"""What the tests of the simulated SAMO-Tour share: a running one, and plain calls to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests

from crystalbay.sandbox.samo import SamoSandbox

TODAY = date(2026, 12, 1)
EXAMPLE = {
    "TOWNFROMINC": 2,
    "STATEINC": 11,
    "CHECKIN_BEG": "20261221",
    "CHECKIN_END": "20261227",
    "NIGHTS_FROM": 7,
    "NIGHTS_TILL": 10,
    "ADULT": 2,
    "CHILD": 1,
    "AGES": "7",
    "CURRENCY": 1,
    "FREIGHT": 1,
    "FILTER": 1,
}
DIRECTION = {"TOWNFROMINC": 2, "STATEINC": 11}
PRICES = "SearchTour_PRICES"


@pytest.fixture(scope="module")
def running() -> Iterator[SamoSandbox]:
    server = SamoSandbox(today=TODAY)
    with server:
        yield server


@pytest.fixture
def server(running: SamoSandbox) -> SamoSandbox:
    requests.post(f"{running.url}/__reset", timeout=5)
    return running


def get(server: SamoSandbox, action: str, **params: Any) -> requests.Response:
    common = {"samo_action": "api", "version": "1.0", "type": "json", "action": action, "oauth_token": server.token}
    query = {name: value for name, value in (common | params).items() if value is not None}
    return requests.get(server.php_url, params=query, timeout=5)


def answer(server: SamoSandbox, action: str, **params: Any) -> Any:
    response = get(server, action, **params)
    assert response.status_code == 200
    return response.json()[action]


def rows(server: SamoSandbox, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer(server, PRICES, **EXAMPLE | params)["prices"]
    return found


def configure(server: SamoSandbox, **settings: Any) -> None:
    assert requests.post(f"{server.url}/__config", json=settings, timeout=5).status_code == 200
