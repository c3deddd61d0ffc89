"""Jobs as rows: how services ask for work, and what a running job is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crystalbay.ids import new_id
from crystalbay.store.interface import InsertOnce, Row, Update


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed job. `attempts` is the fence: a stale attempt can finish nothing.

    `claimed_at`: now, by the store's clock. Ages of rows that the store stamped are counted from it: the clock of this
    machine may differ.
    """

    id: str
    kind: str
    key: str | None
    payload: dict[str, Any]
    attempts: int
    failures: int
    owner: str
    created_at: datetime
    claimed_at: datetime

    @classmethod
    def of(cls, row: Row, lease_s: float) -> Job:
        """The job of a row that was just claimed for `lease_s` seconds."""
        given = {name: row[name] for name in cls.__dataclass_fields__ if name != "claimed_at"}
        return cls(**given, claimed_at=row["lease_until"] - timedelta(seconds=lease_s))

    @property
    def _fence(self) -> dict[str, Any]:
        return {"owner": self.owner, "attempts": self.attempts, "state": "running"}

    def finish(self, state: str = "done", **changes: Any) -> Update:
        """The change that ends the job; it conflicts when the job is no longer ours."""
        return Update("jobs", self.id, {"state": state, **changes}, expect=self._fence, now={"finished_at": 0.0})

    def again(self, seconds: float, **changes: Any) -> Update:
        """The change that gives the job back, to be run in `seconds`; it conflicts when the job is no longer ours."""
        freed = {"state": "ready", "owner": None, "lease_until": None, **changes}
        return Update("jobs", self.id, freed, expect=self._fence, now={"run_at": seconds})


class Postpone(Exception):
    """A handler's way to say: not yet, come back in `seconds`. It is no failure."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"postponed for {seconds:.1f} s")
        self.seconds = seconds


def new_job(
    kind: str, payload: dict[str, Any], *, key: str | None = None, once: str | None = None, delay: float = 0.0
) -> InsertOnce:
    """The change that adds a job. `key`: one at a time, in order. `once`: the same job is never added twice."""
    job_id = new_id()
    row = {
        "id": job_id,
        "kind": kind,
        "key": key,
        "idempotency_key": once or job_id,
        "payload": payload,
        "state": "ready",
    }
    return InsertOnce("jobs", row, key=("idempotency_key",), now={"run_at": delay, "created_at": 0.0})


def process_job(conversation_id: str, reason: str, delay: float = 0.0) -> InsertOnce:
    """The brain's work on a conversation: one job for all that the customer writes until it is done.

    `process_queued` of the conversation tells that there is one; its commit clears it and conflicts with newer words.
    """
    key = f"process:{conversation_id}"
    return new_job("process", {"conversation_id": conversation_id}, key=key, once=f"process:{reason}", delay=delay)
