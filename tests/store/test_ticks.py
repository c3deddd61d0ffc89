"""The clockwork adds a job once an interval, whichever scheduler ticks and whatever its machine's clock shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from crystalbay.clock import ShiftedClock
from crystalbay.config import Settings, load
from crystalbay.jobs.schedule import Schedule
from crystalbay.services.context import Context
from crystalbay.store.interface import Store, Update
from tests.store.rows import at_once


@dataclass
class Machine:
    """As much of a context as a schedule needs, with a clock of its own."""

    store: Store
    ahead_s: float
    settings: Settings = field(default_factory=lambda: load(_env_file=None, poll_interval_s=30.0))

    def __post_init__(self) -> None:
        self.clock = ShiftedClock(datetime.now(UTC) + timedelta(seconds=self.ahead_s))

    def schedule(self) -> Schedule:
        return Schedule(cast(Context, self), f"machine {self.ahead_s}")


def watches(store: Store) -> int:
    return len(store.find("jobs", [("kind", "eq", "watch")], order=("seq",)))


def test_two_schedulers_at_a_hand_over_add_it_once(store: Store) -> None:
    machines = [Machine(store, ahead_s).schedule() for ahead_s in (45.0, 0.0, -86_400.0)]
    at_once(*[one._watch for one in machines])
    assert watches(store) == 1


def test_after_a_machine_whose_clock_ran_ahead_the_next_goes_on(store: Store) -> None:
    """However far ahead it was: the new holder's ticks are not taken for such that were done."""
    for tick, ahead_s in enumerate((30.0, 0.0, 30.0, 0.0), start=1):
        Machine(store, ahead_s).schedule()._watch()
        assert watches(store) == tick
        half_an_interval_later(store)


def half_an_interval_later(store: Store) -> None:
    """What is left of the lease of the last tick is over."""
    store.commit([Update("leases", "tick:watch", now={"expires_at": -1.0})])
