"""Fixtures for tests that need a real PostgreSQL: one throwaway cluster a session (a worker, under pytest-xdist).

A test module or a conftest takes them by name:

    from tests.postgres import cluster, database  # noqa: F401

Without PostgreSQL's server programs these tests are skipped, and fail when CI=true.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running cluster without fsync."""
    with open_folder() as folder, need_postgres(folder) as running:
        yield running


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """The address of an empty database."""
    with new_database(cluster) as dsn:
        yield dsn
