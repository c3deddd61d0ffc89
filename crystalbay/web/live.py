"""Live events: one notifier a process reads activities beyond the last `seq` and feeds bounded queues.

PostgreSQL numbers activities before it commits them, so numbers arrive out of order: missing numbers are asked for
again for 15 s (no commit lasts longer), and an event's id is the low mark below which nothing is missing (store_spike
section 4). A browser that comes back gets some events twice and misses none.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from crystalbay.errors import StoreError
from crystalbay.services.viewers import Viewer, visible_leads
from crystalbay.store.interface import Row, Store
from crystalbay.store.values import matches

log = structlog.get_logger(__name__)

POLL_S = 0.5
GAP_PATIENCE_S = 15.0
BATCH = 500
QUEUE = 500
MOST_STREAMS = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One activity as it is told: `mark` is the event id, `text` the JSON that goes out."""

    mark: int
    seq: int
    lead: Row | None
    text: str


@dataclass(eq=False)
class Subscriber:
    viewer: Viewer
    queue: queue.Queue[Event | None] = field(default_factory=lambda: queue.Queue(QUEUE))
    overflowed: bool = False

    def offer(self, event: Event) -> None:
        """Hand an event over; one that reads too slowly is told to start again."""
        if event.lead is not None and not matches(event.lead, visible_leads(self.viewer)):
            return
        try:
            self.queue.put_nowait(event)
        except queue.Full:
            self.overflowed = True


@dataclass
class _Seen:
    """How far the reader is: the last number, and missing ones with the moment they are given up."""

    last: int
    gaps: dict[int, float] = field(default_factory=dict)

    @property
    def mark(self) -> int:
        return min(self.gaps) - 1 if self.gaps else self.last

    def take(self, seqs: Sequence[int], now: float) -> None:
        for seq in seqs:
            self.gaps.pop(seq, None)
            if seq > self.last:
                self.gaps |= dict.fromkeys(range(self.last + 1, seq), now + GAP_PATIENCE_S)
                self.last = seq
        self.gaps = {seq: until for seq, until in self.gaps.items() if until > now}


class Notifier:
    """Reads the store once for all streams of this process. `describe` makes the texts of a batch of activities.

    `lost` hears of reads that failed.
    """

    def __init__(
        self,
        store: Store,
        describe: Callable[[Sequence[Row]], list[tuple[str, Row | None]]],
        lost: Callable[[StoreError], None],
    ) -> None:
        self._store, self._describe, self._lost = store, describe, lost
        self._subscribers: set[Subscriber] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._seen: _Seen | None = None
        self._thread = threading.Thread(target=self._read_for_ever, name="notifier", daemon=True)

    def start(self) -> Notifier:
        self._store.on_commit("activities", self._committed)
        self._thread.start()
        return self

    def _committed(self) -> None:
        """Nobody listens: the reader sleeps, for it has nobody to tell."""
        if self._subscribers:
            self._wake.set()

    def stop(self) -> None:
        """End the reader and every stream."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.overflowed = True

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def subscribe(self, viewer: Viewer) -> Subscriber | None:
        """A new stream's queue, or None when this process has enough of them."""
        subscriber = Subscriber(viewer)
        with self._lock:
            if len(self._subscribers) >= MOST_STREAMS or self.stopping:
                return None
            if self._seen is None:
                self._seen = _Seen(self.newest())
            self._subscribers.add(subscriber)
        self._wake.set()
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        with self._lock:
            self._subscribers.discard(subscriber)

    def newest(self) -> int:
        """The number of the newest activity: a page that is made now shows everything up to it."""
        rows = self._store.find("activities", order=("seq",), limit=1, desc=True)
        return int(rows[0]["seq"]) if rows else 0

    def since(self, mark: int, viewer: Viewer) -> list[Event] | None:
        """What a returning browser missed, oldest first; None when it is too much to tell."""
        rows = self._store.find("activities", [("seq", "gt", mark)], order=("seq",), limit=BATCH)
        if len(rows) == BATCH:
            return None
        rule = visible_leads(viewer)
        events = _events(rows, self._describe(rows), rows[-1]["seq"] if rows else mark)
        return [event for event in events if event.lead is None or matches(event.lead, rule)]

    # ------------------------------------------------------------------ the reader

    def _read_for_ever(self) -> None:
        while not self._stopping.is_set():
            try:
                while self._subscribers and self._read_once() == BATCH:
                    continue
                with self._lock:
                    self._seen = self._seen if self._subscribers else None
            except StoreError as error:
                log.warning("live.read_failed", error=str(error))
                self._lost(error)
            except Exception:
                log.exception("live.describe_failed")
            self._wake.wait(POLL_S)
            self._wake.clear()

    def _read_once(self) -> int:
        seen = self._seen
        if seen is None:
            return 0
        rows = self._store.find("activities", [("seq", "gt", seen.last)], order=("seq",), limit=BATCH)
        count = len(rows)
        if seen.gaps:
            rows = (
                self._store.find("activities", [("seq", "in", sorted(seen.gaps))], order=("seq",), limit=BATCH) + rows
            )
        if rows:
            described = self._describe(rows)  # reads the store: only when that worked are they seen
            seen.take([row["seq"] for row in rows], time.monotonic())
            self._tell(_events(rows, described, seen.mark))
        return count

    def _tell(self, events: Sequence[Event]) -> None:
        with self._lock:
            listeners = list(self._subscribers)
        for event in events:
            for listener in listeners:
                listener.offer(event)


def _events(rows: Sequence[Row], described: Sequence[tuple[str, Row | None]], mark: int) -> list[Event]:
    return [
        Event(mark=min(mark, row["seq"]), seq=row["seq"], lead=lead, text=text)
        for row, (text, lead) in zip(rows, described, strict=True)
    ]


def message(event: Event) -> str:
    """One SSE message."""
    return f"id: {event.mark}\ndata: {event.text}\n\n"
