from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.backends import cluster, databases  # noqa: F401
from tests.world import World, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One running system for a module; every test plays customers of its own."""
    with running(tmp_path_factory.mktemp("world")) as system:
        yield system
