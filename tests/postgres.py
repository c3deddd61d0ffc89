"""Fixtures for tests that need a real PostgreSQL: one throwaway cluster a session (a worker, under pytest-xdist).

A test module or a conftest takes them by name:

    from tests.postgres import cluster, database  # noqa: F401

All who do share the same cluster. Without PostgreSQL's server programs these tests are skipped, and fail when CI=true.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from crystalbay.sandbox.postgres import Cluster, PostgresMissing


def need_postgres(folder: Path, *, durable: bool = False) -> Cluster:
    """A cluster that is not started; skips or fails the test when PostgreSQL is missing."""
    try:
        return Cluster(folder, durable=durable)
    except PostgresMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing} (scripts/install_test_tools.sh)")
        pytest.skip(f"{missing} (scripts/install_test_tools.sh)")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter when we are root, as pytest's tmp_path is not."""
    parent = Path(tempfile.mkdtemp(prefix="crystalbay-postgres-"))
    parent.chmod(0o755)
    try:
        yield parent / "data"
    finally:
        shutil.rmtree(parent, ignore_errors=True)


@contextmanager
def new_database(cluster: Cluster, template: str = "template1") -> Iterator[str]:
    """The address of a database that is dropped afterwards, whoever is connected."""
    name = f"test_{uuid4().hex[:12]}"
    cluster.create_database(name, template=template)
    try:
        yield cluster.dsn(name)
    finally:
        if not cluster.running:
            cluster.start()  # a test stopped it
        cluster.drop_database(name)


class _Shared:
    """One cluster for all: each module that imports the fixture gives pytest a session fixture of its own."""

    def __init__(self) -> None:
        self._users = 0
        self._life = ExitStack()
        self._cluster: Cluster | None = None

    @contextmanager
    def use(self) -> Iterator[Cluster]:
        if self._cluster is None:
            with ExitStack() as life:
                self._cluster = life.enter_context(need_postgres(life.enter_context(open_folder())))
                self._life = life.pop_all()
        self._users += 1
        try:
            yield self._cluster
        finally:
            self._users -= 1
            if not self._users:
                self._cluster = None
                self._life.close()


_shared = _Shared()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running cluster without fsync."""
    with _shared.use() as running:
        yield running


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """The address of an empty database."""
    with new_database(cluster) as dsn:
        yield dsn
