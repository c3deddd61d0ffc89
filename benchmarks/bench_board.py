"""The board, a moved card and a search at 100,000 leads, against plain sqlite3 and a bare app on the same rows.

Rounds alternate (A B A B …), figures are medians. The store is an embedded file that was filled through `commit`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import requests

from benchmarks import bare_store
from benchmarks.bench_intake import load, start_bare, start_ours
from crystalbay.config import load as settings
from crystalbay.services import moves
from crystalbay.services.many_leads import NOW, RARE, fill
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row, Where
from crystalbay.store.sql import SqlStore
from crystalbay.store.text import search_text
from main import build_context
from models import Role, Status

SMALL, LARGE = 1_000, 100_000
FIRST = 50
"""Cards a column, and rows of a search."""

LOGIN = {"ADMIN_EMAIL": "bench@crystalbay.example", "ADMIN_PASSWORD": "a long password"}
CEILINGS = {
    "board_by_size": 1.4, "board_http": 3.0, "board_page": 3.0, "search_http": 8.0, "move": 4.0, "search": 10.0,
    "search_on_board": 10.0,
}  # fmt: skip
WEEK = ((NOW + timedelta(days=40)).date().isoformat(), (NOW + timedelta(days=47)).date().isoformat())
FILTER_CEILING = 1.0
FILTERS: dict[str, tuple[list[Where], str]] = {
    "rare": ([("score", "gte", 101)], "score >= 101"),
    "hot": ([("score", "gte", 70), ("closed_at", "eq", None)], "score >= 70 and closed_at is null"),
    "trip_in_a_week": (
        [("trip_from", "gte", WEEK[0]), ("trip_from", "lte", WEEK[1])],
        f"json_extract(trip, '$.date_from') between '{WEEK[0]}' and '{WEEK[1]}'",
    ),
    "tag": ([("tags", "holds", ["семья"])], "tags like '%\"семья\"%'"),
    "dear": ([("value_minor", "gte", 89_000_000)], "value_minor >= 89000000"),
    "common_words": ([("search_text", "has", "турция")], "search_text like '%турция%'"),
}
"""Boards under a filter: as the store is asked, and as plain SQL says it."""
SEARCHED: list[Where] = [("search_text", "has", "елкин")]

Work = Callable[[], object]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = in_process(folder, given.rounds) | over_http(folder, given.rounds, given.seconds)
    for figure, ceiling in CEILINGS.items():
        report[figure]["ceiling"] = ceiling
    print(json.dumps(report, indent=2))
    return 0


# --------------------------------------------------------------------------- in one process


def in_process(folder: Path, rounds: int) -> dict[str, Any]:
    """Leaves `ours.db` and `bare.db` in the folder, of which the servers answer."""
    with closing(filled(folder / "small.db", SMALL)) as small, closing(filled(folder / "ours.db", LARGE)) as large:
        bare_store.copy(folder / "ours.db", folder / "bare.db")
        with closing(bare_store.connect(folder / "bare.db")) as bare:
            return {
                "board_by_size": compare(rounds, 20, lambda: small.board([], FIRST), lambda: large.board([], FIRST)),
                **searches(rounds, bare, large),
                "filters": filters(rounds, bare, large),
                "sorted": {order: _sorted_ms(large, order) for order in ("waiting_since", "value_minor", "updated_at")},
                "move": compare(rounds, 50, *card_movers(bare, large, folder)),
            }


def filled(path: Path, leads: int) -> SqlStore:
    """A store with so many leads, all of them indexed."""
    store = SqlStore(f"sqlite:///{path}")
    began = time.monotonic()
    fill(store, leads)
    store.index_new_leads()
    print(f"{leads} leads in {time.monotonic() - began:.1f} s", file=sys.stderr)
    return store


def searches(rounds: int, bare: Connection, large: SqlStore) -> dict[str, Any]:
    """A surname that one customer of a thousand has, as a list and on the board: the same number of rows each."""

    def listed() -> int:
        return len(large.find("leads", SEARCHED, limit=FIRST, desc=True))

    def on_board() -> int:
        return sum(len(column.leads) for column in large.board(SEARCHED, FIRST).values())

    def by_prefix(rows: int) -> Work:
        assert len(bare_store.by_prefix(bare, search_text(RARE), rows)) == rows
        return lambda: bare_store.by_prefix(bare, search_text(RARE), rows)

    return {
        "search": compare(rounds, 50, by_prefix(listed()), listed),
        "search_on_board": compare(rounds, 50, by_prefix(on_board()), on_board),
    }


def filters(rounds: int, bare: Connection, large: SqlStore) -> dict[str, Any]:
    """A board under each filter, its cards and its counts up to their cap."""
    report: dict[str, Any] = {}
    for name, (where, condition) in FILTERS.items():

        def plainly(condition: str = condition) -> None:
            bare_store.filtered(bare, condition, FIRST)

        def ours(where: list[Where] = where) -> object:
            return large.board(where, FIRST, brief=True)

        report[name] = compare(rounds, 3, plainly, ours) | {"ceiling": FILTER_CEILING}
    return report


def _sorted_ms(large: SqlStore, order: str) -> float:
    return round(_median_ms(5, lambda: large.board([], FIRST, order=order, desc=True, brief=True)), 1)


def card_movers(bare: Connection, large: SqlStore, folder: Path) -> tuple[Work, Work]:
    """Moves of cards to and fro between two columns, to a place beside another card: the bare row, our use case."""
    ctx = build_context(settings(data_dir=folder / "data"), store=large)
    viewer = Viewer("bench", "Алина К.", Role.HEAD)
    column = large.board([], 2 * FIRST)["pending"].leads
    ours, theirs = _to_and_fro(column[:FIRST]), _to_and_fro(column[:FIRST])
    anchors = itertools.cycle(column[FIRST:])

    def move_bare() -> None:
        card, status = next(theirs)
        bare_store.move(bare, card["id"], status, card["position"])

    def move_ours() -> None:
        card, status = next(ours)
        anchor = next(anchors)["id"]
        moved = moves.move(ctx, viewer, card["id"], version=card["version"], status=status, before_id=anchor)
        card["version"] = moved["version"]

    return move_bare, move_ours


def _to_and_fro(cards: list[Row]) -> Iterator[tuple[Row, Status]]:
    mine = [dict(card) for card in cards]
    return itertools.cycle([(card, status) for status in (Status.CONFIRMED, Status.PENDING) for card in mine])


def compare(rounds: int, times: int, reference: Work, work: Work) -> dict[str, Any]:
    """Medians over rounds of `times` calls of the reference, then as many of the work."""
    reference(), work()
    pairs = [(_median_ms(times, reference), _median_ms(times, work)) for _ in range(rounds)]
    return _figures(pairs)


def _median_ms(times: int, work: Work) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def _figures(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        "ratio": round(statistics.median(ours / reference for reference, ours in pairs), 2),
        "reference_ms": round(statistics.median(reference for reference, _ in pairs), 2),
        "ours_ms": round(statistics.median(ours for _, ours in pairs), 2),
    }


# --------------------------------------------------------------------------- over HTTP


def over_http(folder: Path, rounds: int, seconds: float) -> dict[str, Any]:
    """p50 of one connection: the board as REST, and the page, beside the bare app's JSON of as many cards."""
    bare, bare_port = start_bare(folder, "benchmarks.bare_board:app")
    ours, key, _ = start_ours(folder, **LOGIN)
    bearer, cookie = f"Authorization=Bearer {key}", f"Cookie={sign_in(ours.url)}"
    asked = {
        "board_http": (f"/board?first={FIRST}", f"/api/v1/board?first={FIRST}", bearer),
        "board_page": ("/board?first=30", "/", cookie),
        "search_http": ("/board?first=10", "/api/v1/search?q=%D1%91%D0%BB%D0%BA%D0%B8%D0%BD", bearer),
    }
    try:
        return {
            figure: _figures(
                [
                    (_p50(bare_port, bare_path, seconds), _p50(ours.port, our_path, seconds, header))
                    for _ in range(rounds)
                ]
            )
            for figure, (bare_path, our_path, header) in asked.items()
        }
    finally:
        ours.kill()
        bare.kill()


def sign_in(url: str) -> str:
    """The cookie of the administrator."""
    browser = requests.Session()
    token = browser.get(f"{url}/login", timeout=10).text.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"email": LOGIN["ADMIN_EMAIL"], "password": LOGIN["ADMIN_PASSWORD"], "csrf_token": token}
    browser.post(f"{url}/login", data=form, timeout=10).raise_for_status()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


def _p50(port: int, path: str, seconds: float, *headers: str) -> float:
    found = load("get", port, path, seconds, 1, 200, *headers)
    assert not found.errors, f"{path}: {found.errors} answers were not 200"
    return found.p50_ms


if __name__ == "__main__":
    sys.exit(main())
