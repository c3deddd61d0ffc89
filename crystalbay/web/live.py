"""Live events: one notifier a process reads activities beyond the last `seq` and feeds the streams' bounded queues.

PostgreSQL numbers activities before it commits them, so numbers arrive out of order: missing numbers are asked for
again for 15 s (no commit lasts longer), and an event's id is the low mark below which nothing is missing (store_spike
section 4). A browser that comes back gets some events twice and misses none.

What happens at a moment is told in one piece: a stream is woken once, however much that is.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from crystalbay.errors import StoreError
from crystalbay.services.looking import Watch
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row, Store
from crystalbay.web.sight import Sight, Told, is_personal

log = structlog.get_logger(__name__)

POLL_S = 0.5
PAUSE_S, CROWDED_PAUSE_S = 0.2, 0.6
"""Between two pieces: what happens meanwhile goes together. While requests are crowded, longer: every piece wakes the
threads of all streams, and these stand in the way of whoever is being answered."""

GAP_PATIENCE_S = 15.0
RECHECK_S = 5.0
BATCH = 500
MISSED = 300
"""So many events are told to one who comes back; when there are more, reading the lists again is less work."""

_RIGHTS = ("user.", "settings.", "api_key.")
"""Beginnings of the kinds after which somebody may see less: their streams end before they hear what came with it."""

QUEUE = 200
MOST_STREAMS = 200

Describe = Callable[[Sequence[Row]], Sequence[Told]]
RESET = b"event: reset\ndata: {}\n\n"


@dataclass(eq=False)
class Subscriber:
    """One stream. `after`: events up to this number are not in its queue. `gone`: is the other end closed?"""

    viewer: Viewer
    sight: Sight
    gone: Callable[[], bool] = lambda: False
    after: int = 0
    mark: int = 0
    queue: queue.Queue[bytes | None] = field(default_factory=lambda: queue.Queue(QUEUE))

    def offer(self, piece: bytes) -> None:
        """Hand a piece over; a stream that reads too slowly is told to start again."""
        try:
            self.queue.put_nowait(piece)
        except queue.Full:
            self.end(RESET)

    def end(self, last: bytes | None = None) -> None:
        """The stream ends, after this last piece; what it has not read yet is lost."""
        while True:
            try:
                self.queue.get_nowait()
            except queue.Empty:
                break
        for piece in (last, None) if last else (None,):
            self.queue.put_nowait(piece)


@dataclass(frozen=True, slots=True)
class Missed:
    """What one who comes back has not heard, as numbers and texts. `mark`: from where to go on. `reset`: it is too much
    to tell."""

    events: tuple[tuple[int, str], ...]
    mark: int
    reset: bool = False


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
    """Reads the store once for all streams of this process.

    `describe` makes activities tellable. `lost` hears of reads that failed. `overtaken` says which viewers are not any
    more what they were (signed out, another role): their streams end. `away` is since when the store is out of reach,
    `crowded` whether many requests are being answered.
    """

    def __init__(
        self,
        store: Store,
        describe: Describe,
        lost: Callable[[StoreError], None],
        overtaken: Callable[[Collection[Viewer]], set[Viewer]],
        away: Callable[[], str | None],
        crowded: Callable[[], bool],
    ) -> None:
        self._store, self._describe, self._lost, self._overtaken, self._away = store, describe, lost, overtaken, away
        self._crowded = crowded
        self._looks = Watch(store)
        self._subscribers: set[Subscriber] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._seen: _Seen | None = None
        self._told_away: str | None = None
        self._recheck_at = 0.0
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
        """End the reader and every stream. Called from signal handlers: it takes no lock that a stream could hold."""
        self._stopping.set()
        self._wake.set()
        for subscriber in list(self._subscribers):
            subscriber.end()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    # ------------------------------------------------------------------ streams

    def subscribe(self, viewer: Viewer, sight: Sight, gone: Callable[[], bool] = lambda: False) -> Subscriber | None:
        """A new stream's queue, or None when this process has enough of them."""
        subscriber = Subscriber(viewer, sight, gone)
        with self._lock:
            if len(self._subscribers) >= MOST_STREAMS:
                self._sweep()
            if len(self._subscribers) >= MOST_STREAMS or self.stopping:
                return None
            if self._seen is None:
                self._seen = _Seen(self.newest())
            subscriber.after, subscriber.mark = self._seen.last, self._seen.mark
            self._subscribers.add(subscriber)
        self._wake.set()
        return subscriber

    def _sweep(self) -> None:
        """Streams whose browser has gone are noticed at their next word only: that is too late when places are few."""
        for subscriber in [one for one in self._subscribers if one.gone()]:
            self._subscribers.discard(subscriber)
            subscriber.end()

    def unsubscribe(self, subscriber: Subscriber) -> None:
        with self._lock:
            self._subscribers.discard(subscriber)

    def newest(self) -> int:
        """The number of the newest activity: a page that is made now shows everything up to it."""
        rows = self._store.find("activities", order=("seq",), limit=1, desc=True)
        return int(rows[0]["seq"]) if rows else 0

    def since(self, mark: int | None, sight: Sight, *, until: int | None = None) -> Missed:
        """What a returning browser missed, oldest first, up to the number `until`. No `mark`: nothing yet."""
        newest = self.newest() if until is None else until
        if mark is None or mark > newest:  # of a page that knows more than the reader has told yet, or of another store
            return Missed((), newest, reset=mark is not None and mark > self.newest())
        rows = self._store.find(
            "activities", [("seq", "gt", mark), ("seq", "lte", newest)], order=("seq",), limit=MISSED + 1
        )
        if len(rows) > MISSED:
            return Missed((), newest, reset=True)
        texts = ((told.seq, sight.text(told)) for told in self._describe(rows))
        return Missed(tuple((seq, text) for seq, text in texts if text), _low_mark(mark, rows))

    # ------------------------------------------------------------------ the reader

    def _read_for_ever(self) -> None:
        while not self._stopping.is_set():
            try:
                while self._subscribers and self._read_once() == BATCH:
                    continue
                self._check_viewers()
                self._tell_looks()
                with self._lock:
                    self._seen = self._seen if self._subscribers else None
            except StoreError as error:
                log.warning("live.read_failed", error=str(error))
                self._lost(error)
            except Exception:
                log.exception("live.describe_failed")
            self._tell_away()
            self._stopping.wait(CROWDED_PAUSE_S if self._crowded() else PAUSE_S)
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
            told = self._describe(rows)  # reads the store: only when that worked are they seen
            if any(row["kind"].startswith(_RIGHTS) for row in rows):
                self._recheck_at = 0.0
                self._check_viewers()
            with self._lock:
                seen.take([row["seq"] for row in rows], time.monotonic())
                listeners = list(self._subscribers)
            self._tell(told, seen.mark, listeners)
        return count

    @staticmethod
    def _tell(told: Sequence[Told], mark: int, listeners: Sequence[Subscriber]) -> None:
        pieces: dict[Hashable, bytes] = {}
        personal = any(is_personal(one.kind) for one in told)
        for listener in listeners:
            eyes = listener.sight.eyes(personal)
            if eyes not in pieces:
                pieces[eyes] = _piece(told, mark, listener.sight)
            if pieces[eyes]:
                listener.offer(pieces[eyes])
            listener.mark = mark

    def _check_viewers(self) -> None:
        """Who is signed out or has other rights now hears no more, in this and in every other process."""
        if time.monotonic() < self._recheck_at or not self._subscribers:
            return
        self._recheck_at = time.monotonic() + RECHECK_S
        with self._lock:
            listeners = list(self._subscribers)
        over = self._overtaken({listener.viewer for listener in listeners})
        for listener in listeners:
            if listener.viewer in over:
                listener.end(RESET)

    def _tell_looks(self) -> None:
        """Those who have a lead open are told that somebody came, left or types there; who it is they ask."""
        with self._lock:
            listeners = list(self._subscribers)
        if not listeners:
            self._looks.forget()
            return
        for lead_id, users in self._looks.news().items():
            for listener in listeners:
                if listener.viewer.id in users:
                    listener.offer(look_message(lead_id))

    def _tell_away(self) -> None:
        away = self._away()
        if away == self._told_away:
            return
        self._told_away = away
        with self._lock:
            listeners = list(self._subscribers)
        for listener in listeners:
            listener.offer(store_message(away))


def _piece(told: Sequence[Told], mark: int, sight: Sight) -> bytes:
    """All that these eyes see of a batch. What cannot be told must not be lost: the lists are read again."""
    try:
        return "".join(message(one, mark, sight) for one in told).encode()
    except Exception:
        log.exception("live.untellable")
        return RESET


def message(told: Told, mark: int, sight: Sight) -> str:
    """One event as an SSE message; nothing when it is not for these eyes."""
    text = sight.text(told)
    return event_message(min(mark, told.seq), text) if text else ""


def event_message(mark: int, text: str) -> str:
    return f"id: {mark}\ndata: {text}\n\n"


def _low_mark(mark: int, rows: Sequence[Row]) -> int:
    """Below it nothing is missing: a number that a row of the last seconds skipped may still be committed."""
    fresh = rows[-1]["created_at"] - timedelta(seconds=GAP_PATIENCE_S) if rows else None
    for row in rows:
        if row["seq"] > mark + 1 and row["created_at"] > fresh:
            return mark
        mark = row["seq"]
    return mark


def look_message(lead_id: str) -> bytes:
    return f'event: look\ndata: {{"lead_id":"{lead_id}"}}\n\n'.encode()


def store_message(away: str | None) -> bytes:
    return f"event: store\ndata: {away or 'null'}\n\n".encode()
