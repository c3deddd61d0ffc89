from __future__ import annotations

from tests.backends import cluster, databases  # noqa: F401
