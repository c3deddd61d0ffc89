"""Figures for Prometheus. For this machine, and for who sends METRICS_TOKEN."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from crystalbay.errors import StoreError
from crystalbay.services.reach import Reach
from crystalbay.store.interface import Store
from crystalbay.store.journal import Journal
from crystalbay.web.wiring import context

REGISTRY = CollectorRegistry()
REQUESTS = Counter("crystalbay_requests_total", "HTTP requests", ["endpoint", "status"], registry=REGISTRY)
SECONDS = Histogram("crystalbay_request_seconds", "Time to answer", ["endpoint"], registry=REGISTRY)
WEBHOOKS = Counter("crystalbay_webhooks_total", "Webhook bodies", ["provider", "result"], registry=REGISTRY)
STREAMS = Gauge("crystalbay_streams", "Open event streams", registry=REGISTRY)
JOBS = Gauge("crystalbay_jobs", "Job rows by state, counted up to 1000", ["state"], registry=REGISTRY)
INBOX = Gauge("crystalbay_inbox", "Raw rows by state, counted up to 1000", ["state"], registry=REGISTRY)

_COUNT_TO = 1000
_HANDED_ON = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")

_CROWD = 4
_CROWD_LASTS_S = 0.1
"""Between two requests of a crowd there is often none: it is over when so long none of it was seen."""

_in_flight = 0
_crowd_seen = float("-inf")


def crowded() -> bool:
    """Are several requests answered at a time? Then background work waits a little: acknowledging comes first."""
    return time.monotonic() - _crowd_seen < _CROWD_LASTS_S


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.wsgi_app = _Counted(app.wsgi_app)  # type: ignore[method-assign]
    app.add_url_rule("/metrics", "metrics", _metrics)


class _Counted:
    """Counts requests in flight; a stream counts only until it has begun."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        global _in_flight, _crowd_seen
        _in_flight += 1
        if _in_flight >= _CROWD:
            _crowd_seen = time.monotonic()
        try:
            return self._app(environ, start_response)
        finally:
            _in_flight -= 1


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    counter, histogram = _figures(request.endpoint or "none", response.status_code)
    counter.inc()
    histogram.observe(time.perf_counter() - g.began)
    return response


@cache
def _figures(endpoint: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(endpoint, str(status)), SECONDS.labels(endpoint)


def _metrics() -> Response:
    if not (_from_here() or _has_token()):
        refusal = "/metrics answers this machine, or a request with the bearer token METRICS_TOKEN.\n"
        return Response(refusal, 401, {"WWW-Authenticate": "Bearer"}, content_type="text/plain; charset=utf-8")
    try:
        _count_rows(context().store)
    except StoreError as error:
        context().reach.failed(error)
        JOBS.clear()  # what cannot be counted is not shown
        INBOX.clear()
    journal = CollectorRegistry()
    journal.register(_JournalFigures(context().journal, context().reach))
    return Response(generate_latest(REGISTRY) + generate_latest(journal), content_type=CONTENT_TYPE_LATEST)


def _count_rows(store: Store) -> None:
    for state in ("ready", "running", "dead"):
        JOBS.labels(state).set(len(store.find("jobs", [("state", "eq", state)], order=("seq",), limit=_COUNT_TO)))
    for state in ("received", "failed"):
        INBOX.labels(state).set(len(store.find("inbox_events", [("state", "eq", state)], limit=_COUNT_TO)))


class _JournalFigures(Collector):
    def __init__(self, journal: Journal, reach: Reach) -> None:
        self._journal, self._reach = journal, reach

    def collect(self) -> Iterator[Metric]:
        waiting = self._journal.waiting()
        yield GaugeMetricFamily("crystalbay_store_up", "1: the store is in reach", int(self._reach.since is None))
        yield GaugeMetricFamily("crystalbay_journal_waiting", "Events that are not in the store yet", waiting.lines)
        yield GaugeMetricFamily("crystalbay_journal_bytes", "Size of the journal's file", waiting.bytes)
        yield GaugeMetricFamily("crystalbay_journal_set_aside", "Lines for a person to see", self._journal.set_aside)
        yield CounterMetricFamily(
            "crystalbay_journal_replayed", "Events brought into the store", self._journal.replayed
        )
        yield CounterMetricFamily("crystalbay_journal_refused", "Events that were not taken", self._journal.refused)


def _from_here() -> bool:
    """Asked on this machine and not handed on: a proxy beside us asks from the same address for the whole world."""
    address = ip_address((request.remote_addr or "0.0.0.0").partition("%")[0])  # noqa: S104 - an address to look at
    here = (getattr(address, "ipv4_mapped", None) or address).is_loopback
    return here and not any(name in request.headers for name in _HANDED_ON)


def _has_token() -> bool:
    token = context().settings.metrics_token.get_secret_value()
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and kind.casefold() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
