"""What every use case needs, handed over in one object; made once at start by `main`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from api_integration import HotelFacts, OnSale, SearchResult
from crystalbay.clock import Clock
from crystalbay.config import Settings
from crystalbay.services.reach import Reach
from crystalbay.store.files import Files
from crystalbay.store.interface import Store
from crystalbay.store.journal import Journal
from models import Channel, Offer, SearchQuery, Understanding
from wazzup_integration import WazzupClient

if TYPE_CHECKING:  # without a bot its library is not loaded
    from bot import TelegramChannel


class Supplier(Protocol):
    """The tour supplier as the services see it (api_integration.SamoClient)."""

    def search(self, query: SearchQuery) -> SearchResult: ...
    def expand(self, query: SearchQuery, offer: Offer) -> list[Offer]: ...
    def countries_sold(self, city: str | None = None) -> tuple[str, ...]: ...
    def on_sale(self, query: SearchQuery, around: timedelta) -> OnSale: ...
    def hotel(self, hotel_key: int) -> HotelFacts: ...


Understand = Callable[..., Understanding]


@dataclass(frozen=True)
class Context:
    """The store and what stands in for it, the clock, the settings and the outside world, as given."""

    store: Store
    files: Files
    journal: Journal
    reach: Reach
    clock: Clock
    settings: Settings
    channels: Mapping[str, Channel]
    supplier: Supplier | None
    understand: Understand
    wazzup: WazzupClient | None = None
    telegram: TelegramChannel | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.settings.timezone)

    def local_now(self) -> datetime:
        """Now on the office's wall clock."""
        return self.clock.now().astimezone(self.zone)
