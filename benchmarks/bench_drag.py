"""Dragging and scrolling on a board of 3,000 cards, in Chromium: the longest task of the browser's main thread, as the
Long Tasks API tells it (tasks of 50 ms and more; 0 when there was none). Median of five drags.

python -m benchmarks.bench_drag [--leads 3000]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright

from crystalbay.clock import ShiftedClock
from crystalbay.services.many_leads import NOW, fill

LEADS = 3000
ROUNDS = 5
STEPS = 90  # of a scroll from end to end: some 700 px a frame, as a fling does
SLOWED = """() => {
  const work = (times) => {
    const began = performance.now();
    let sum = 0;
    for (let turn = 0; turn < times * 400000; turn += 1) sum = (sum * 31 + turn) % 1000003;
    window.workDone = sum;
    return performance.now() - began;
  };
  const short = Math.min(...Array.from({ length: 60 }, () => work(1)));
  const long = Array.from({ length: 15 }, () => work(16)).sort((one, other) => one - other)[7];
  return Math.max(1, long / (16 * short));
}"""
"""How much longer a task takes because other programs have the processors: short work that nobody interrupted, against
the median of work sixteen times as long."""

WATCH = """window.longTasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.longTasks.push(entry.duration)))
  .observe({ type: "longtask", buffered: false });"""


def show_all(page: Page) -> int:
    """Scroll the longest column to its end, so that all its cards are loaded; how many cards the document has then."""
    column = page.locator("#column-closed .column-cards")
    for _ in range(200):
        column.evaluate("list => (list.scrollTop = list.scrollHeight)")
        page.wait_for_timeout(60)
        if not column.locator(".column-more").count():
            break
    return page.locator(".board .card").count()


def scrolled(page: Page) -> float:
    """The longest task while the longest column is scrolled from end to end and back, in ms."""
    column = page.locator("#column-closed .column-cards")
    page.evaluate("window.longTasks = []")
    for turn in (0, 1):
        for step in range(STEPS):
            share = step / (STEPS - 1) if turn else 1 - step / (STEPS - 1)
            column.evaluate("(list, share) => (list.scrollTop = list.scrollHeight * share)", share)
            page.wait_for_timeout(16)
    page.wait_for_timeout(200)
    return longest(page)


def dragged(page: Page, what: Locator, across: Locator) -> float:
    """The longest task from press to drop, in ms: over three columns and back to where the card was."""
    start, end = what.bounding_box(), across.bounding_box()
    assert start
    assert end
    page.evaluate("window.longTasks = []")
    middle = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 12, middle[1] + 6, steps=3)
    for height in (80, 300, 160):
        page.mouse.move(end["x"] + end["width"] / 2, end["y"] + height, steps=12)
        page.wait_for_timeout(60)
    page.mouse.move(*middle, steps=15)
    page.wait_for_timeout(200)
    page.mouse.up()
    page.wait_for_timeout(250)
    return longest(page)


def longest(page: Page) -> float:
    return float(page.evaluate("Math.max(0, ...window.longTasks)"))


def measure(page: Page, rounds: int = ROUNDS, *, scrolling: bool = True) -> dict[str, Any]:
    """Figures of an open board: cards in the document after loading all, longest tasks in ms as the clock on the wall
    says, median and each, and how much other programs slowed the browser meanwhile, at most."""
    page.evaluate(WATCH)
    shown = show_all(page)
    slowed, scrolls, drags = [page.evaluate(SLOWED)], [], []
    for _ in range(rounds if scrolling else 0):
        scrolls.append(scrolled(page))
        slowed.append(page.evaluate(SLOWED))
    for place in range(rounds):
        what = page.locator("#column-pending .card").nth(place % 3)
        drags.append(dragged(page, what, page.locator("#column-closed .column-cards")))
        slowed.append(page.evaluate(SLOWED))
    return {
        "cards_in_document": shown,
        "slowed_by": round(max(slowed), 2),
        "scroll_longest_ms": round(statistics.median(scrolls or [0])),
        "drag_longest_ms": round(statistics.median(drags)),
        "each_drag_ms": [round(value) for value in drags],
        "each_scroll_ms": [round(value) for value in scrolls],
    }


def main(argv: list[str] | None = None) -> int:
    # the test kit is no part of the package: only a benchmark in Chromium needs it
    from tests.browser.board_kit import DESKTOP
    from tests.browser.conftest import sign_in
    from tests.chromium import ARGUMENTS, program
    from tests.world import running

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=LEADS)
    wanted = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        chromium = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
        with running(folder, database_url=f"sqlite:///{folder / 'store.db'}", clock=ShiftedClock(NOW)) as world:
            fill(world.store, wanted.leads)
            page = chromium.new_context(viewport=DESKTOP, locale="ru-RU").new_page()  # type: ignore[arg-type]
            sign_in(page, world)
            print(json.dumps(measure(page), ensure_ascii=False))
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
