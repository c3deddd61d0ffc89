"""The conformance suite runs on every backend of this table; a new one joins by adding its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crystalbay.store import open_store
from crystalbay.store.interface import Store

BACKENDS: dict[str, Callable[[Path], str]] = {
    "memory": lambda folder: "sqlite://",
    "file": lambda folder: f"sqlite:///{folder / 'store.db'}",
}
"""Name → the address of an empty database. The folder is the test's own."""


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    return BACKENDS[request.param]


@pytest.fixture
def fresh_store(backend: Callable[[Path], str], tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Makes an empty store at each call; all are closed with the test."""
    opened: list[Store] = []

    def make() -> Store:
        folder = tmp_path / f"store-{len(opened)}"
        folder.mkdir()
        opened.append(open_store(backend(folder)))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(fresh_store: Callable[[], Store]) -> Store:
    return fresh_store()
