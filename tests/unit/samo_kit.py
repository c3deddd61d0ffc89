"""What the SAMO tests share: a sandbox with a fixed calendar, a client on it, a clock and a limiter to watch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api_integration import SamoClient
from crystalbay.sandbox.samo import SamoSandbox
from crystalbay.sandbox.server import Fault
from models import SearchQuery

TODAY = date(2026, 12, 1)
TOKEN = "tok/en+Secret=7"  # with signs that a URL must encode
MOSCOW, EGYPT, TURKEY = 2, 11, 10


@dataclass
class TestClock:
    """Stands still, except that sleeping moves it on at once."""

    __test__ = False

    time: datetime = datetime(2026, 12, 1, 9, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)

    def pass_by(self, **span: float) -> None:
        self.time += timedelta(**span)


@dataclass
class CountingLimiter:
    asked: int = 0

    def wait(self) -> None:
        self.asked += 1


@dataclass
class Bench:
    """One sandbox and one fresh client; `calls` are the supplier calls of this test."""

    server: SamoSandbox
    clock: TestClock = field(default_factory=TestClock)
    limiter: CountingLimiter = field(default_factory=CountingLimiter)

    def __post_init__(self) -> None:
        self.client = self.client_at(self.server.php_url)

    def client_at(self, url: str, token: str = TOKEN) -> SamoClient:
        return SamoClient(url, token, clock=self.clock, limiter=self.limiter)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return self.server.calls

    def queries(self, action: str) -> list[dict[str, str]]:
        """The parameters of each call of `action` so far."""
        return [call["query"] for call in self.calls if call["query"].get("action") == action]

    def answers(self, action: str, payload: Any, **fault: Any) -> None:
        """The next call of `action` is answered with this payload instead of the sandbox's own."""
        self.spoil(action, status=200, body={action: payload}, **fault)

    def spoil(self, match: str = "/", **fault: Any) -> None:
        self.server.add_fault(Fault(match=match, **fault))

    def prices_by_hotel(self, query: SearchQuery, currency: int = 1) -> dict[str, int]:
        """The cheapest converted price of each hotel, asked of the sandbox and not of the client."""
        rows = self.server.offer_prices(
            {
                "TOWNFROMINC": MOSCOW,
                "STATEINC": EGYPT,
                "CHECKIN_BEG": f"{query.date_from:%Y%m%d}",
                "CHECKIN_END": f"{query.date_to:%Y%m%d}",
                "NIGHTS_FROM": query.nights_min,
                "NIGHTS_TILL": query.nights_max,
                "ADULT": query.adults,
                "CHILD": len(query.children),
                "AGES": ",".join(map(str, query.children)),
                "CURRENCY": currency,
                "FREIGHT": 1,
                "FILTER": 1,
                "PARTITION_PRICE": 32,
            }
        )
        return {row["hotel"]: row["convertedPriceNumber"] for row in rows}


def egypt(**changes: Any) -> SearchQuery:
    """The search of the contract's example: Moscow to Egypt, two adults and a child of seven."""
    fields: dict[str, Any] = {
        "departure_city": "Москва",
        "country": "Египет",
        "date_from": date(2026, 12, 21),
        "date_to": date(2026, 12, 27),
        "nights_min": 7,
        "nights_max": 10,
        "adults": 2,
        "children": (7,),
    }
    return SearchQuery(**fields | changes)


def price_row(**changes: Any) -> dict[str, Any]:
    """A concrete price row that an instance with few optional fields would send."""
    row: dict[str, Any] = {
        "id": "claim-1",
        "hotelKey": 5015,
        "hotel": "NAAMA BLUE INN",
        "checkIn": "20261222",
        "nights": 7,
        "price": "973.00",
        "currency": "USD",
        "convertedPrice": "90 002 RUB",
        "hotelAvailability": "Y",
        "bron": 1,
        "grouped": 0,
    }
    return {name: value for name, value in (row | changes).items() if value is not None}


@pytest.fixture(scope="module")
def samo_server() -> Iterator[SamoSandbox]:
    server = SamoSandbox(token=TOKEN, today=TODAY)
    with server:
        yield server


@pytest.fixture
def samo(samo_server: SamoSandbox) -> Bench:
    samo_server.calls.clear()
    samo_server.faults.clear()
    samo_server.reset()
    return Bench(samo_server)
