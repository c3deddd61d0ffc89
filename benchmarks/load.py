"""Load from one process of its own: keep-alive connections, every answer's status checked, latencies kept."""

from __future__ import annotations

import http.client
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson


@dataclass(frozen=True)
class Result:
    """Requests a second, milliseconds, and answers that were not as expected."""

    rate: float
    p50_ms: float
    p95_ms: float
    errors: int

    def as_json(self) -> str:
        return orjson.dumps(self).decode()


def run(
    host: str, port: int, path: str, body_of: Callable[[int], bytes] | None, *, seconds: float, connections: int,
    expected: int, headers: dict[str, str],
) -> Result:  # fmt: skip
    """Send POSTs from `connections` threads for `seconds`; GETs when there is no body."""
    times: list[float] = []
    errors = [0]
    lock = threading.Lock()
    counter = iter(range(10**9))
    stop = time.monotonic() + seconds

    def work() -> None:
        mine: list[float] = []
        wrong = 0
        link = http.client.HTTPConnection(host, port, timeout=30)
        while time.monotonic() < stop:
            with lock:
                number = next(counter)
            body = body_of(number) if body_of else None
            began = time.perf_counter()
            link.request("POST" if body else "GET", path, body, {"Content-Type": "application/json", **headers})
            answer = link.getresponse()
            answer.read()
            mine.append(time.perf_counter() - began)
            wrong += answer.status != expected
        with lock:
            times.extend(mine)
            errors[0] += wrong

    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)] if ordered else 0.0
    return Result(len(times) / took, statistics.median(ordered) * 1000, p95 * 1000, errors[0])


def lead(number: int) -> bytes:
    unique = f"{time.time_ns():019}{number}"
    return orjson.dumps(
        {
            "source": "bench",
            "external_id": unique,
            "name": "Анна Соколова",
            "phone": f"+7999{int(unique[-9:]) % 10**7:07}",
            "trip": {"destination_country": "Турция", "adults": 2, "nights_min": 7, "nights_max": 7},
            "tags": ["сайт"],
        }
    )


def wazzup(number: int) -> bytes:
    unique = f"{time.time_ns()}-{number}"
    message = {
        "messageId": unique,
        "dateTime": "2026-05-12T07:00:37.901Z",
        "channelId": "0a7c1f4e-52c1-4a6b-9a54-1f7f6f2f0001",
        "chatType": "whatsapp",
        "chatId": f"7900{number % 500:07}",
        "type": "text",
        "isEcho": False,
        "contact": {"name": "Анна Соколова"},
        "text": "Здравствуйте! Хотим в Турцию в июне, 2 взрослых",
        "status": "inbound",
    }
    return orjson.dumps({"messages": [message]})


BODIES = {"lead": lead, "wazzup": wazzup, "get": None}

if __name__ == "__main__":
    kind, port, path, seconds, connections, expected, *pairs = sys.argv[1:]
    found = run(
        "127.0.0.1", int(port), path, BODIES[kind], seconds=float(seconds), connections=int(connections),
        expected=int(expected), headers=dict(pair.split("=", 1) for pair in pairs),
    )  # fmt: skip
    print(found.as_json())
