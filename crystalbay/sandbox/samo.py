"""A simulated SAMO-Tour Online API for development, demo and tests (contract sections 2-6, 8 and 9).

Serves `/export/default.php?action=…` and `/api/v1/partner/samo/<Controller>/<METHOD>`. Beside the common control
routes: POST /__config {"ip_blocked", "error_style": "inner" | "outer", "today", "min_interval", "page_size"}.
Run it alone: `python -m crystalbay.sandbox.samo --port 9101`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

from flask import Response, jsonify, request

from crystalbay.ending import Ending
from crystalbay.sandbox.pictures import landscape
from crystalbay.sandbox.samo_model import Entry, Model, Tour
from crystalbay.sandbox.samo_prices import Prices
from crystalbay.sandbox.samo_query import BAD_VALUE, UNKNOWN_ACTION, Crash, Query, Refusal
from crystalbay.sandbox.server import SandboxServer

TOKEN = "test-samo-token"  # noqa: S105 (a made-up one)  # noqa: S105 - the key to a simulation

_COMMON = ("samo_action",)
_DIRECTION = ("TOWNFROMINC", "STATEINC")
_CRASH = "<html><head><title>500</title></head><body><h1>Internal Server Error</h1></body></html>"


@dataclass(frozen=True)
class Config:
    """What POST /__config changes and /__reset takes back."""

    ip_blocked: bool = False
    error_style: str = "inner"
    today: str | None = None
    min_interval: float = 0.0
    page_size: int = 100


class SamoSandbox(SandboxServer):
    """`today`: a date, a function that gives it, or None for the machine's date."""

    name = "samo"

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        token: str = TOKEN,
        today: date | Callable[[], date] | None = None,
        config: Config | None = None,
    ) -> None:
        self.token = token
        self._today = today
        self._initial = config or Config()
        self.model = Model(self.today)
        self.prices = Prices(self.model)
        self._actions: dict[str, tuple[str, tuple[str, ...], Callable[[Query], Any]]] = {
            name.casefold(): (name, required, answer) for name, required, answer in self._table()
        }
        super().__init__(host, port)

    def reset(self) -> None:
        self.config = self._initial
        self._last_call = -math.inf

    def routes(self) -> None:
        rule = self.app.add_url_rule
        rule("/export/default.php", "php", self._php, methods=["GET", "POST"])
        rule("/api/v1/partner/samo/<controller>/<method>", "path", self._path, methods=["GET", "POST"])
        rule("/hotel/<int:number>/1.png", "photo", lambda number: Response(landscape(number), mimetype="image/png"))
        rule("/__config", "config", self._configure, methods=["POST"])

    def today(self) -> date:
        """The first day of the calendar."""
        if self.config.today:
            return date.fromisoformat(self.config.today)
        given = self._today() if callable(self._today) else self._today
        return given or date.today()

    @property
    def php_url(self) -> str:
        return f"{self.url}/export/default.php"

    @property
    def path_url(self) -> str:
        return f"{self.url}/api/v1/partner"

    # ------------------------------------------------------------------ for tests: what the server would say

    def price_of(self, tour: Tour, currency: str = "RUB") -> tuple[int, int]:
        """Native and converted price of a tour, by the model and not by a search; its `native` may be left 0."""
        priced = self.model.priced(tour)
        return priced.native, self.model.converted(priced, self.model.currency(currency))

    def offer_prices(self, params: Mapping[str, Any]) -> list[Entry]:
        """All rows that SearchTour_PRICES has for these parameters, over all pages."""
        return self.prices.rows(Query({name: str(value) for name, value in params.items()}, self.model))

    # ------------------------------------------------------------------ HTTP

    def _php(self) -> Response:
        return self._serve(request.args.get("action", ""), as_sent=True)

    def _path(self, controller: str, method: str) -> Response:
        return self._serve(f"{controller}_{method}", as_sent=False)

    def _serve(self, action: str, *, as_sent: bool) -> Response:
        refused = self._refuse_caller() or self._throttle()
        if refused:
            return refused
        name, required, answer = self._actions.get(action.casefold(), (action, (), _unknown))
        try:
            if request.method == "POST" and request.get_data():
                raise Crash
            query = Query(request.args, self.model)
            query.require(*_COMMON, *required)
            payload: dict[str, Any] = {action if as_sent else name: answer(query)}
        except Crash:
            return Response(_CRASH, status=500, mimetype="text/html")
        except Refusal as refusal:
            error = {"error": refusal.code, "message": str(refusal)}
            payload = error if self.config.error_style == "outer" else {action if as_sent else name: error}
        return _written(payload)

    def _refuse_caller(self) -> Response | None:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        given = request.args.get("oauth_token") or bearer
        if given == self.token and not self.config.ip_blocked:
            return None
        start = "apiKey provided, but invalid" if given else "apiKey not provided"
        return _json({"error": f"{start}, blacklisted address {request.remote_addr}"}, status=403)

    def _throttle(self) -> Response | None:
        with self.lock:
            now = time.monotonic()
            wait = self._last_call + self.config.min_interval - now
            if wait <= 0:
                self._last_call = now
                return None
        answer = _json({"error": "too many requests"}, status=429)
        answer.headers["Retry-After"] = str(math.ceil(wait))
        return answer

    def _configure(self) -> Response | tuple[Response, int]:
        asked = request.get_json()
        unknown = set(asked) - {field.name for field in fields(Config)}
        if unknown:
            return jsonify({"error": f"unknown settings: {sorted(unknown)}"}), 400
        with self.lock:
            self.config = replace(self.config, **asked)
        return jsonify({"ok": True})

    # ------------------------------------------------------------------ actions

    def _table(self) -> list[tuple[str, tuple[str, ...], Callable[[Query], Any]]]:
        """Name, required parameters and answer of every action."""
        prices = (*_DIRECTION, "CHECKIN_BEG", "CHECKIN_END", "ADULT", "CURRENCY")
        return [
            ("SearchTour_TOWNFROMS", (), lambda query: _shown(self.model.catalogue["TOWNFROMS"])),
            ("SearchTour_STATES", ("TOWNFROMINC",), self._states),
            ("SearchTour_CURRENCIES", (), lambda query: _shown(self.model.catalogue["CURRENCIES"])),
            ("SearchTour_TOURS", _DIRECTION, lambda query: self._of_country("TOURS", query)),
            ("SearchTour_PROGRAMS", _DIRECTION, self._programs),
            ("SearchTour_TOWNS", _DIRECTION, lambda query: self._of_country("TOWNS", query)),
            ("SearchTour_HOTELS", _DIRECTION, lambda query: self._of_country("HOTELS", query)),
            ("SearchTour_STARS", _DIRECTION, self._stars),
            ("SearchTour_MEALS", _DIRECTION, self._meals),
            ("SearchTour_CHECKIN", _DIRECTION, self._checkin),
            ("SearchTour_NIGHTS", _DIRECTION, self._nights),
            ("SearchTour_ALL", (), self._all),
            ("SearchTour_PRICES", prices, self._prices),
            ("Hotels_DETAILS", ("HOTELINC",), self._hotel),
            ("FreightMonitor_FREIGHTSBYPACKET", ("CATCLAIM",), self._freights),
        ]

    def _states(self, query: Query) -> list[Entry]:
        served = self.model.catalogue["xRoutes"].get(str(query.departure()), {})
        return _shown(state for state in self.model.catalogue["STATES"] if str(state["id"]) in served)

    def _of_country(self, dictionary: str, query: Query) -> list[Entry]:
        return _shown(self.model.of_country(dictionary, query.direction()[1]))

    def _programs(self, query: Query) -> list[Entry]:
        types = {tour["typeKey"] for tour in self.model.of_country("TOURS", query.direction()[1])}
        return _shown(entry for entry in self.model.catalogue["PROGRAMTYPES"] if entry["id"] in types)

    def _stars(self, query: Query) -> list[Entry]:
        used = {hotel["starKey"] for hotel in self.model.of_country("HOTELS", query.direction()[1])}
        return _shown(entry for entry in self.model.catalogue["STARS"] if entry["id"] in used)

    def _meals(self, query: Query) -> list[Entry]:
        used = {meal for hotel in self.model.of_country("HOTELS", query.direction()[1]) for meal in hotel["xMeals"]}
        return _shown(entry for entry in self.model.catalogue["MEALS"] if entry["id"] in used)

    def _checkin(self, query: Query) -> Entry:
        return {"start": f"{self.today():%Y%m%d}", "valid": self.model.valid(*query.direction())}

    def _nights(self, query: Query) -> Entry:
        departure, country = query.direction()
        lengths: list[int] = (self.model.route(departure, country) or {})["nights"]
        flown = self._seated_days(query) if query.text("CHECKIN_BEG") else []
        homeward = [(day, number) for day in flown for number in lengths]
        places = {n for day, n in homeward if self.model.homeward(departure, country, day + timedelta(days=n)) != "N"}
        return {"nights": lengths, "places": sorted(places)}

    def _seated_days(self, query: Query) -> list[date]:
        departure, country = query.direction()
        seated = {
            self.today() + timedelta(days=number)
            for number, code in enumerate(self.model.valid(departure, country))
            if code in "235"
        }
        return [day for day in query.days() if day in seated]

    def _all(self, query: Query) -> Entry:
        """The search form: dictionaries and the calendar, never prices."""
        departure = query.text("TOWNFROMINC") or "2"
        country = query.text("STATEINC") or next(iter(self.model.catalogue["xRoutes"].get(departure, {"": 0})))
        chosen = Query({"TOWNFROMINC": departure, "STATEINC": country}, self.model)
        calendar = self._checkin(chosen)
        return {
            "TOWNFROMS": _shown(self.model.catalogue["TOWNFROMS"]),
            "STATES": self._states(chosen),
            "TOURS": self._of_country("TOURS", chosen),
            "TOWNS": self._of_country("TOWNS", chosen),
            "STARS": self._stars(chosen),
            "HOTELS": self._of_country("HOTELS", chosen),
            "MEALS": self._meals(chosen),
            "CURRENCIES": _shown(self.model.catalogue["CURRENCIES"]),
            "CHECKIN_BEG": {"startDate": calendar["start"], "validDates": calendar["valid"]},
        }

    # ------------------------------------------------------------------ prices

    def _prices(self, query: Query) -> Entry:
        rows = self.prices.rows(query)
        if not rows:
            return {"prices": []}
        size = min(self.config.page_size, query.number("PERPAGE", default=self.config.page_size))
        page = query.number("PRICEPAGE", default=1)
        if size < 1 or page < 1:
            raise Refusal(BAD_VALUE, "Неверный номер или размер страницы")
        pager = {"current": page, "total": math.ceil(len(rows) / size)}
        return {"prices": rows[(page - 1) * size : page * size], "pager": pager}

    # ------------------------------------------------------------------ details

    def _hotel(self, query: Query) -> Entry | None:
        hotel = self.model.entry("HOTELS", query.number("HOTELINC"))
        if hotel is None:
            return None
        country = self.model.known("STATES", hotel["stateKey"])["name"]
        amenities = enumerate(hotel["xAmenities"], start=900)
        about = f"<p>Отель {hotel['name']} категории {hotel['star']} в городе {hotel['town']}. {hotel['xBeach']}.</p>"
        return _shown([hotel])[0] | {
            "address": f"{hotel['town']}, {country}",
            "description": about,
            "location": f"Курорт {hotel['town']}",
            "transfer": "Групповой трансфер аэропорт - отель - аэропорт",
            "note": "",
            "attributes": [
                {"id": id, "name": name, "type": 1, "value": "1", "groupKey": 1, "group": "Услуги отеля"}
                for id, name in amenities
            ],
            "rooms": [
                {"id": room, "name": self.model.known("ROOMS", room)["name"], "description": "", "attributes": []}
                for room in hotel["xRooms"]
            ],
            "photos": [{"url": f"{self.url}/hotel/{hotel['id']}/1.png", "note": ""}],
        }

    def _freights(self, query: Query) -> Entry:
        claim = query.claim()
        if claim is None or claim[1]:
            raise Refusal(BAD_VALUE, "Рейсы известны только для конкретного предложения")
        tour = claim[0]
        home = self.model.known("TOWNFROMS", tour.departure)
        hotel = self.model.known("HOTELS", tour.hotel)
        town = self.model.known("TOWNS", hotel["townKey"])
        here = {"port": home["name"], "portAlias": home["xAirports"][0], "portKey": 200 + home["id"]}
        there = {"port": town["name"], "portAlias": town["xAirport"], "portKey": 200 + town["id"]}
        seats_in, seats_out = self.model.seats(tour)
        legs = [(tour.check_in, here, there, seats_in), (tour.check_out, there, here, seats_out)]
        return {"routes": [self._leg(tour, number, *leg) for number, leg in enumerate(legs)]}

    def _leg(self, tour: Tour, number: int, day: date, start: Entry, end: Entry, seats: str) -> Entry:
        country = self.model.known("STATES", tour.country)
        airline, flight = country["xAirline"], 100 * tour.departure + 2 * tour.country + number
        minute = 5 * int(12 * 18 * self.model.chance("time", tour.departure, tour.country, day, number))
        landing = minute + round(country["xFlightHours"] * 60)
        place = {
            "class": "Economy",
            "status": "noplace" if seats == "N" else "yesplace",
            "baggage": {"baggage": 20, "baggageHand": 5, "baggageInfant": 10},
        }
        freight = {
            "id": flight,
            "name": f"{airline['code']} {flight}",
            "transportCompany": airline["name"],
            "transportType": "Charter",
            "departure": start | {"time": _clock(minute)},
            "arrival": end | {"time": _clock(landing)},
            "places": [place],
        }
        info = {"date": f"{day:%Y%m%d}", "sourceTown": start["port"], "targetTown": end["port"]}
        return {"info": info, "freights": [freight]}


def _shown(entries: Iterable[Entry]) -> list[Entry]:
    """Catalogue entries without the helpers ("x…") that SAMO never sends."""
    return [{key: value for key, value in entry.items() if not key.startswith("x")} for entry in entries]


def _unknown(query: Query) -> Any:
    raise Refusal(UNKNOWN_ACTION, "Неизвестное действие")


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _written(payload: dict[str, Any]) -> Response:
    if request.args.get("type") == "json":
        return _json(payload)
    name, value = next(iter(payload.items())) if len(payload) == 1 else ("response", payload)
    text = ElementTree.tostring(_xml(name, value), encoding="utf-8", xml_declaration=True)
    return Response(text, mimetype="text/xml")


def _json(payload: Any, status: int = 200) -> Response:
    """JSON as PHP writes it: Cyrillic as \\uXXXX and "/" as "\\/"."""
    return Response(json.dumps(payload).replace("/", "\\/"), status=status, mimetype="application/json")


def _xml(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, dict):
        element.extend(_xml(key, inner) for key, inner in value.items())
    elif isinstance(value, list):
        ElementTree.SubElement(element, "items").extend(_xml("item", inner) for inner in value)
    else:
        element.text = "" if value is None else str(value)
    return element


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m crystalbay.sandbox.samo", description="Simulated SAMO-Tour API")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--today", type=date.fromisoformat, help="YYYY-MM-DD; the machine's date by default")
    parser.add_argument("--error-style", choices=("inner", "outer"), default="inner")
    parser.add_argument("--min-interval", type=float, default=0.0, help="seconds between calls, else 429")
    parser.add_argument("--page-size", type=int, default=100)
    given = parser.parse_args()
    config = Config(error_style=given.error_style, min_interval=given.min_interval, page_size=given.page_size)
    server = SamoSandbox(given.host, given.port, token=given.token, today=given.today, config=config)
    with server:
        sys.stdout.write(f"{server.php_url}\n{server.path_url}\n")
        sys.stdout.flush()
        Ending().wait()
        sys.stdout.write("stopped\n")


if __name__ == "__main__":
    main()
