"""The conformance suite runs on every backend of tests/backends.py; a new one joins there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from crystalbay.store.interface import Store
from tests.backends import BACKENDS, backend_address, cluster, databases  # noqa: F401
from tests.postgres import database  # noqa: F401


@pytest.fixture(params=BACKENDS)
def fresh_store(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    """Makes an empty store at each call; all are closed with the test."""
    with ExitStack() as opened:

        def make() -> Store:
            address = opened.enter_context(backend_address(request))
            return opened.enter_context(closing(address.open()))

        yield make


@pytest.fixture
def store(fresh_store: Callable[[], Store]) -> Store:
    return fresh_store()
