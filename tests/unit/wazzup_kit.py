"""What the Wazzup24 tests share: the collected webhook bodies, a channel, a receiver of webhooks, running servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from flask import request

from crystalbay.limits import NoLimit
from crystalbay.sandbox.server import Fault, SandboxServer
from crystalbay.sandbox.wazzup import KEY, WazzupSandbox
from wazzup_integration import WazzupChannel, WazzupClient

SECRET = "Secret123"
NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
BODIES = (Path(__file__).parents[1] / "data" / "wazzup24_webhooks.jsonl").read_bytes().splitlines()


class StoppedClock:
    """It is always NOW."""

    def now(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here should wait")


def offline_channel(secret: str = SECRET) -> WazzupChannel:
    """A channel whose provider cannot be reached (port 9 discards): parsing and rendering need no network."""
    return WazzupChannel(client_of("http://127.0.0.1:9/v3"), secret, clock=StoppedClock())


def client_of(url: str, key: str = KEY) -> WazzupClient:
    return WazzupClient(url, key, limiter=NoLimit())


def as_body(**document: Any) -> bytes:
    return json.dumps(document).encode()


class Receiver(SandboxServer):
    """Our side of the webhook: keeps what arrives; faults make it answer badly."""

    name = "receiver"

    def routes(self) -> None:
        self.app.add_url_rule(f"/webhooks/wazzup/{SECRET}", view_func=lambda: "", endpoint="hook", methods=["POST"])
        self.app.before_request(self._keep_key)

    def reset(self) -> None:
        self.keys: list[str | None] = []

    def _keep_key(self) -> None:
        self.keys.append(request.headers.get("Authorization"))

    @property
    def address(self) -> str:
        return f"{self.url}/webhooks/wazzup/{SECRET}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(call["body"]) for call in self.calls]


@contextmanager
def running() -> Iterator[tuple[WazzupSandbox, Receiver]]:
    """A sandbox and a receiver; for a whole module, because stopping a server takes half a second."""
    sandbox, receiver = WazzupSandbox(), Receiver()
    with sandbox, receiver:
        yield sandbox, receiver


def fresh(sandbox: WazzupSandbox, receiver: Receiver) -> WazzupSandbox:
    """Both empty, after the last test's deliveries have ended; webhooks go to the receiver, all statuses at once."""
    assert sandbox.settle()
    for server in (sandbox, receiver):
        requests.post(server.url + "/__reset", timeout=5)
    sandbox.webhook = receiver.address
    sandbox.configure(delivered_after=0.0, read_after=0.0)
    return sandbox


def post(sandbox: WazzupSandbox, path: str, body: Any, key: str = KEY) -> requests.Response:
    """One raw call, without the product's client."""
    return requests.post(sandbox.url + path, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=5)


def spoil(sandbox: SandboxServer, **fault: Any) -> None:
    sandbox.add_fault(Fault(**fault))
