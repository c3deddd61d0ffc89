from __future__ import annotations

from tests.backends import cluster, databases  # noqa: F401
from tests.faults.outages import place  # noqa: F401
