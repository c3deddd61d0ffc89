"""Figures for Prometheus: requests, webhooks, streams, jobs."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from crystalbay.web.wiring import context

REGISTRY = CollectorRegistry()
REQUESTS = Counter("crystalbay_requests_total", "HTTP requests", ["endpoint", "status"], registry=REGISTRY)
SECONDS = Histogram("crystalbay_request_seconds", "Time to answer", ["endpoint"], registry=REGISTRY)
WEBHOOKS = Counter("crystalbay_webhooks_total", "Webhook bodies", ["provider", "result"], registry=REGISTRY)
STREAMS = Gauge("crystalbay_streams", "Open event streams", registry=REGISTRY)
JOBS = Gauge("crystalbay_jobs", "Job rows by state, counted up to 1000", ["state"], registry=REGISTRY)
INBOX = Gauge("crystalbay_inbox", "Raw rows by state, counted up to 1000", ["state"], registry=REGISTRY)

_COUNT_TO = 1000


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.add_url_rule("/metrics", "metrics", _metrics)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, str(response.status_code)).inc()
    if "began" in g:
        SECONDS.labels(endpoint).observe(time.perf_counter() - g.began)
    return response


def _metrics() -> Response:
    store = context().store
    for state in ("ready", "running", "dead"):
        JOBS.labels(state).set(len(store.find("jobs", [("state", "eq", state)], order=("seq",), limit=_COUNT_TO)))
    for state in ("received", "failed"):
        INBOX.labels(state).set(len(store.find("inbox_events", [("state", "eq", state)], limit=_COUNT_TO)))
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
