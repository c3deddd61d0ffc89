"""The live stream: what happens is told, what was missed is told again, and nobody holds it open for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from crystalbay.services import api_keys, moves
from crystalbay.services.viewers import SYSTEM
from crystalbay.web import live
from models import Status
from tests.world import World, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("events")
    with running(folder, database_url=f"sqlite:///{folder / 'store.db'}") as system:
        yield system


def key(world: World, *scopes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_keys.create_key(world.store, SYSTEM, name='t', scopes=scopes)[0]}"}


def events(answer: requests.Response) -> Iterator[tuple[str, Any]]:
    """(event id or name, data) of each message of a stream."""
    block: dict[str, str] = {}
    for line in answer.iter_lines(decode_unicode=True):
        if line:
            name, _, value = line.partition(": ")
            block[name] = value
        elif "data" in block:
            yield block.get("event") or block.get("id", ""), json.loads(block["data"])
            block = {}


def stream(world: World, headers: dict[str, str], last: str = "") -> requests.Response:
    more = {"Last-Event-ID": last} if last else {}
    answer = requests.get(f"{world.url}/api/v1/events", headers=headers | more, stream=True, timeout=20)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    return answer


def test_what_happens_is_told_with_the_lead_and_the_message(world: World) -> None:
    with stream(world, key(world, "events", "leads:read")) as answer:
        told = events(answer)
        assert next(told)[0] == "ping"
        customer = world.customer(name="Анна Соколова")
        customer.says("Хочу в Египет")
        seen: dict[str, Any] = {}
        for _, data in told:
            seen.setdefault(data.get("kind", ""), data)
            if "message.queued" in seen:
                break
    assert seen["lead.created"]["lead"]["customer"]["name"] == "Анна Соколова"
    assert seen["message.received"]["message"]["text"] == "Хочу в Египет"
    assert "Анна Соколова" in seen["lead.created"]["html"]["card"]
    assert seen["lead.created"]["columns"]["new"]["count"] >= 1


def test_a_colleagues_act_names_him_and_nobody_elses_does(world: World) -> None:
    manager = world.manager()
    customer = world.customer(name="Вера Ким")
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    with stream(world, key(world, "events", "leads:read")) as answer:
        told = events(answer)
        next(told)
        lead = customer.lead
        moves.move(world.ctx, manager, lead["id"], version=lead["version"], status=Status.PENDING)
        customer.says("Хочу в Египет")
        actors: dict[str, Any] = {}
        for _, data in told:
            actors.setdefault(data.get("kind", ""), data.get("actor", "missing"))
            if "message.received" in actors and "lead.moved" in actors:
                break
    assert actors["lead.moved"] == {"name": "Алина К.", "initials": "АК"}
    assert actors["message.received"] is None


def test_a_message_on_its_way_is_told_without_a_line_for_the_timeline(world: World) -> None:
    customer = world.customer()
    with stream(world, key(world, "events", "leads:read")) as answer:
        told = events(answer)
        next(told)
        customer.says("Здравствуйте")
        shown: dict[str, bool] = {}
        for _, data in told:
            if data.get("kind") == "message.state":
                state = world.rows("activities", id=data["id"])[0]["data"]["state"]
                shown[state] = data["html"]["activity"] is not None
                if state in ("delivered", "read"):
                    break
    assert {state for state, line in shown.items() if line} == set(shown) - {"queued", "sending"}


def test_a_browser_that_comes_back_misses_nothing(world: World) -> None:
    headers = key(world, "events", "leads:read")
    customer = world.customer()
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    activities = world.store.find("activities", order=("seq",), limit=1000)
    mark = activities[-6]["seq"]
    with stream(world, headers, str(mark)) as answer:
        told = events(answer)
        next(told)
        missed = [next(told)[1]["id"] for _ in range(5)]
    assert missed == [row["id"] for row in activities[-5:]]


def test_a_gap_that_is_too_big_is_said_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BATCH", 3)
    with stream(world, key(world, "events", "leads:read"), "1") as answer:
        told = events(answer)
        assert [next(told)[0] for _ in range(2)] == ["ping", "reset"]


def test_the_stream_needs_its_right(world: World) -> None:
    answer = requests.get(f"{world.url}/api/v1/events", headers=key(world, "leads:read"), timeout=5)
    assert answer.status_code == 403


def test_too_many_streams_are_turned_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 0)
    answer = requests.get(f"{world.url}/api/v1/events", headers=key(world, "events", "leads:read"), timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_late_numbers_are_told_late_and_the_mark_waits_for_them() -> None:
    seen = live._Seen(last=10)
    seen.take([11, 13, 14], now=0.0)
    assert (seen.last, seen.mark, list(seen.gaps)) == (14, 11, [12])
    seen.take([12], now=1.0)
    assert (seen.mark, seen.gaps) == (14, {})
    seen.take([16], now=2.0)
    seen.take([], now=2.0 + live.GAP_PATIENCE_S)
    assert seen.mark == 16
