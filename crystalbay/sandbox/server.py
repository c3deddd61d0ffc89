"""The common floor of all sandbox servers: a threaded HTTP server, a log of calls, faults on demand.

Control routes, the same on every sandbox:
  GET  /__calls            every provider call so far: [{"method", "path", "query", "body", "at"}]
  POST /__fault            {"match": "/v3/message", "status": 500, "body": …, "headers": {…}, "delay": 1.5, "times": 2,
                            "drop": "before" | "after"}: the next `times` calls whose path contains `match` are spoiled.
                            `drop`: `before` cuts the connection before the work, `after` does it and cuts the answer.
  POST /__reset            forget calls, faults and the provider's own state
"""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

from flask import Flask, Response, jsonify, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

POLL_S = 0.05
"""How soon a server notices that it is to stop."""


@dataclass
class Fault:
    match: str
    status: int | None = None
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    times: int = 1
    drop: str | None = None


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are kept in /__calls; the terminal stays calm."""


class SandboxServer:
    """Base class: a subclass adds its routes to `self.app` in `routes()` and its state in `reset()`."""

    name = "sandbox"
    kept_calls: int | None = None
    """How many of the newest calls are kept; None keeps them all."""

    kept_body: int | None = None
    """How many characters of a call's body are kept."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = Flask(f"sandbox_{self.name}")
        self.calls: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self._server: BaseWSGIServer | None = None
        self._host, self._port = host, port
        self.app.before_request(self._record_and_spoil)
        self.app.after_request(self._cut_after_work)
        self.app.add_url_rule("/__calls", "calls", lambda: jsonify(self.calls))
        self.app.add_url_rule("/__fault", "fault", self._add_fault, methods=["POST"])
        self.app.add_url_rule("/__reset", "reset", self._reset, methods=["POST"])
        self.reset()
        self.routes()

    def routes(self) -> None:
        """Add the provider's routes."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget the provider's state."""

    # ------------------------------------------------------------------ life

    def start(self) -> Self:
        self._server = make_server(self._host, self._port, self.app, threaded=True, request_handler=_QuietHandler)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._port = self._server.server_port
        threading.Thread(
            target=self._server.serve_forever, args=(POLL_S,), name=f"sandbox-{self.name}", daemon=True
        ).start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------ calls and faults

    def add_fault(self, fault: Fault) -> None:
        with self.lock:
            self.faults.append(fault)

    def _add_fault(self) -> Response:
        self.add_fault(Fault(**request.get_json()))
        return jsonify({"ok": True})

    def _reset(self) -> Response:
        with self.lock:
            self.calls.clear()
            self.faults.clear()
            self.reset()
        return jsonify({"ok": True})

    def _record_and_spoil(self) -> Response | None:
        if request.path.startswith("/__"):
            return None
        with self.lock:
            self.calls.append(
                {
                    "method": request.method,
                    "path": request.path,
                    "query": request.args.to_dict(flat=True),
                    "body": request.get_data(as_text=True)[: self.kept_body],
                    "at": time.time(),
                }
            )
            if self.kept_calls is not None:
                del self.calls[: -self.kept_calls]
            fault = next((f for f in self.faults if f.match in request.full_path), None)
            if fault:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
        return self._spoil(fault) if fault else None

    def _spoil(self, fault: Fault) -> Response | None:
        if fault.delay:
            time.sleep(fault.delay)
        if fault.drop == "before":
            self._cut()
            return Response(status=500)  # nobody hears it; without an answer here the view would still do the work
        if fault.drop == "after":
            request.environ["sandbox.cut"] = True
            return None
        if fault.status is None:
            return None
        text = fault.body if isinstance(fault.body, str) else json.dumps(fault.body, ensure_ascii=False)
        return Response(text, status=fault.status, headers=fault.headers)

    def _cut_after_work(self, response: Response) -> Response:
        if request.environ.get("sandbox.cut"):
            self._cut()
        return response

    @staticmethod
    def _cut() -> None:
        """End the TCP connection without an answer, as a broken network would."""
        connection: socket.socket = request.environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)
