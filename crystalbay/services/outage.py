"""While the store is out of reach: events go to the journal, and come into the store when it is back."""

from __future__ import annotations

import structlog

from crystalbay.errors import StoreError, StoreUnavailable
from crystalbay.services.context import Context
from crystalbay.services.work import new_job
from crystalbay.store.interface import Change, InsertOnce, Row, Where
from crystalbay.store.journal import Batch, Entry

log = structlog.get_logger(__name__)

LEASE = "reach"
"""The lease that is taken to learn whether the store can be written; nobody needs to hold it."""

REPLAYED = "replayed"
"""The kind of the job that takes a replayed event of a channel as `ingest` takes any other."""

IMPORT = "import"
"""The provider of the raw rows of import requests, and the kind of the job that does one."""


def probe(ctx: Context, owner: str) -> None:
    """Raise StoreUnavailable unless the store can be read and written."""
    ctx.store.ping()
    ctx.store.take_lease(LEASE, owner, 1.0)


def keep(ctx: Context, raw: Row, job: str, key: str | None) -> None:
    """Put an event into the journal; it may be acknowledged then. Raises StoreUnavailable when that fails too.

    `raw`: id, provider, external_id and body of its raw row. `job`: the kind of job that will take it, one at a time
    and in order for each `key`.
    """
    given = {name: raw[name] for name in ("id", "provider", "external_id", "body")}
    ctx.journal.append(Entry(given, ctx.clock.now().isoformat(), job, key))
    ctx.reach.noticed.set()


# --------------------------------------------------------------------------- replaying


def store(ctx: Context, batch: Batch) -> list[Entry]:
    """Bring a batch into the store, in one commit. Answers what the store refuses.

    A commit that was done although nobody heard so may be repeated: raw rows are unique by provider and external id,
    jobs by the id of their raw row.
    """
    try:
        _store(ctx, batch.entries)
    except StoreUnavailable:
        raise
    except StoreError as error:
        log.warning("journal.batch_refused", error=str(error))
    else:
        return []
    refused = []
    for entry in batch.entries:
        try:
            _store(ctx, [entry])
        except StoreUnavailable:
            raise
        except StoreError as error:
            log.error("journal.entry_refused", error=str(error))  # the words of the database, never the event
            refused.append(entry)
    return refused


def _store(ctx: Context, entries: list[Entry]) -> None:
    if entries:
        ctx.store.commit([change for entry in entries for change in _changes(entry)])


def _changes(entry: Entry) -> list[Change]:
    raw = entry.raw | {"state": "received", "error": None}
    job = new_job(entry.job, {"event_id": raw["id"]}, key=entry.key, once=f"{entry.job}:{raw['id']}")
    return [InsertOnce("inbox_events", raw, key=("provider", "external_id"), now={"created_at": 0.0}), job]


def taken(ctx: Context) -> bool:
    """Have all replayed events had their first turn? Until then the direct way would overtake them."""
    first_turns: list[Where] = [("kind", "eq", REPLAYED), ("state", "in", ("ready", "running")), ("failures", "eq", 0)]
    return not ctx.store.find("jobs", first_turns, order=("seq",), limit=1)
