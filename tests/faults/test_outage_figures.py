"""The outage benchmark in short: what comes while the store is away is kept, stored and answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.outage import measure
from tests.faults.outages import Place


@pytest.mark.slow
def test_five_seconds_away_lose_and_double_nothing(place: Place, tmp_path: Path) -> None:
    figures = measure(place, tmp_path, away_s=5.0, rate=20.0)
    assert figures["refused"] == 0
    assert figures["stored"] == figures["acknowledged"] == figures["sent"]
    assert (figures["lost"], figures["doubled"], figures["misplaced"], figures["answers_doubled"]) == (0, 0, 0, 0)
    assert figures["answered"] == figures["customers"] > 50
    assert figures["waited_in_the_journal"] > 20
