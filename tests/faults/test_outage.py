"""The store goes away and comes back: customers are not lost, machines get honest answers, nothing is done twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

import main
from crystalbay.config import load
from crystalbay.errors import StoreUnavailable
from crystalbay.services import api_keys
from crystalbay.services.viewers import SYSTEM
from crystalbay.store.journal import Entry
from tests.faults.outages import Place
from tests.world import LOGIN, PASSWORD, SECRET, World, eventually, running


@pytest.fixture
def world(place: Place, tmp_path: Path) -> Iterator[World]:
    with running(tmp_path, **place.settings) as system:
        yield system


def wazzup_body(text: str, number: int, chat: str = "79001112233") -> dict[str, Any]:
    return {
        "messages": [
            {
                "messageId": f"m-{chat}-{number}", "dateTime": "2026-05-12T09:00:00.000Z", "channelId": "c-1",
                "isEcho": False, "chatType": "whatsapp", "chatId": chat, "type": "text", "text": text,
                "status": "inbound", "contact": {"name": "Анна Соколова"},
            }
        ]
    }  # fmt: skip


def deliver(world: World, *bodies: dict[str, Any]) -> list[int]:
    address = f"{world.url}/webhooks/wazzup/{SECRET}"
    return [requests.post(address, json=body, timeout=20).status_code for body in bodies]


def settled(world: World) -> None:
    """The store is back, and everything that waited for it is done."""

    def idle() -> bool:
        if world.ctx.journal.waits or world.ctx.reach.since is not None:
            return False
        with suppress(StoreUnavailable):
            return not [job for state in ("ready", "running") for job in world.rows("jobs", state=state)]
        return False

    eventually(idle, 40, "the outage never ended")


def parts(world: World) -> Any:
    return requests.get(f"{world.url}/readyz", timeout=20).json()["parts"]


def test_a_customer_who_writes_meanwhile_is_acknowledged_and_answered_afterwards(world: World, place: Place) -> None:
    anna = world.customer(name="Анна Соколова")
    with place.away():
        anna.says("Здравствуйте!", "Хотим в Турцию вдвоём")
        eventually(lambda: parts(world)["journal"]["waiting"] == 2)
        assert not parts(world)["store"]["ok"]
        assert parts(world)["store"]["since"] <= world.ctx.clock.now().isoformat()
    anna.hears("Из какого города")
    settled(world)
    conversation = anna.conversation
    inbound = world.rows("messages", conversation_id=conversation["id"], direction="in")
    assert [row["text"] for row in inbound] == ["Здравствуйте!", "Хотим в Турцию вдвоём"]
    eventually(lambda: {row["state"] for row in world.rows("inbox_events")} == {"processed"})  # reports come till then
    assert parts(world)["store"] == {"ok": True}
    assert parts(world)["journal"]["waiting"] == 0


def test_the_same_event_before_during_and_after_is_one_message(world: World, place: Place) -> None:
    first, second, third = (wazzup_body(text, number) for number, text in enumerate(["раз", "два", "три"]))
    assert deliver(world, first) == [200]
    with place.away():
        assert (
            deliver(world, first, second, second, {"messages": [*second["messages"], *third["messages"]]}) == [200] * 4
        )
    assert deliver(world, second, third, first) == [200] * 3
    settled(world)
    assert [row["text"] for row in world.rows("messages", direction="in")] == ["раз", "два", "три"]
    assert len(world.rows("conversations")) == 1
    assert len(world.rows("leads")) == 1


def test_new_events_queue_behind_those_that_wait(world: World, place: Place) -> None:
    chats = [f"7900000000{n}" for n in range(3)]
    with place.away():
        for number in range(10):
            assert deliver(world, *(wazzup_body(f"{number}", number, chat) for chat in chats)) == [200] * 3
    for number in range(10, 20):  # the store is back, the replay has just begun
        assert deliver(world, *(wazzup_body(f"{number}", number, chat) for chat in chats)) == [200] * 3
    settled(world)
    for chat in chats:
        rows = world.rows("messages", conversation_id=world.customer(chat).conversation["id"], direction="in")
        assert [row["text"] for row in rows] == [str(number) for number in range(20)]


def test_what_the_store_refuses_is_set_aside_and_stops_nothing(world: World, place: Place) -> None:
    raw = {"id": "no-row", "provider": "wazzup", "external_id": "no-row", "body": None}
    with place.away():
        assert deliver(world, wazzup_body("раз", 1)) == [200]
        world.ctx.journal.append(Entry(raw, world.ctx.clock.now().isoformat(), "replayed", None))
        assert deliver(world, wazzup_body("два", 2)) == [200]
    settled(world)
    assert [row["text"] for row in world.rows("messages", direction="in")] == ["раз", "два"]
    assert parts(world)["journal"]["set_aside"] == 1


def test_a_body_that_is_no_text_is_kept_like_any_other(world: World, place: Place) -> None:
    address = f"{world.url}/webhooks/wazzup/{SECRET}"
    assert requests.post(address, data=b"\x00\xff now", timeout=20).status_code == 200
    with place.away():
        assert requests.post(address, data=b"\x00\xff later", timeout=20).status_code == 200
    settled(world)
    assert {row["state"] for row in world.rows("inbox_events")} == {"failed"}, "for a person to see"
    assert len(world.rows("inbox_events")) == 2


# --------------------------------------------------------------------------- imports


class Site:
    """An outside system that hands in leads."""

    def __init__(self, world: World) -> None:
        self.world = world
        key = api_keys.create_key(world.store, SYSTEM, name="site", scopes=["import"])[0]
        self.headers = {"Authorization": f"Bearer {key}"}

    def sends(self, body: Any, key: str | None = None) -> requests.Response:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return requests.post(f"{self.world.url}/api/v1/import/leads", json=body, headers=headers, timeout=20)

    def asks(self, url: str) -> requests.Response:
        return requests.get(f"{self.world.url}{url}", headers=self.headers, timeout=20)


ROWS = [{"name": "Анна", "external_id": "1", "source": "crm"}, {"phone": "нет"}, {"name": "без номера"}]


def test_an_import_is_accepted_and_its_address_tells_how_it_went(world: World, place: Place) -> None:
    site = Site(world)
    assert site.sends([]).status_code == 200  # its key was good a moment ago
    with place.away():
        accepted = site.sends(ROWS)
        assert (accepted.status_code, accepted.json()["status"]) == (202, "accepted")
        url = accepted.json()["url"]
        assert url.startswith("/api/v1/import/requests/")
        waiting = site.asks(url)
        assert (waiting.status_code, waiting.json()) == (202, {"status": "waiting", "url": url})
    settled(world)
    told = site.asks(url).json()
    assert {name: told[name] for name in ("created", "duplicate", "invalid")} == {
        "created": 2, "duplicate": 0, "invalid": 1,
    }  # fmt: skip
    assert [row["result"] for row in told["rows"]] == ["created", "invalid", "created"]
    settled(world)
    assert len(world.rows("leads")) == 2
    ordinary = site.sends(ROWS[:2]).json()
    hidden = {"id": None, "number": None}  # a key that only imports may not see what is there
    assert ordinary["rows"][0] == told["rows"][0] | {"result": "duplicate"} | hidden
    assert ordinary["rows"][1] == told["rows"][1]
    assert site.asks("/api/v1/import/requests/nobody").status_code == 404


def test_a_key_holds_through_the_outage(world: World, place: Place) -> None:
    site = Site(world)
    before = site.sends(ROWS[:1], "k-1").json()
    with place.away():
        again = site.sends(ROWS[:1], "k-1")
        first, second = site.sends(ROWS, "k-2"), site.sends(ROWS, "k-2")
        assert [answer.status_code for answer in (again, first, second)] == [202] * 3
        assert first.json() == second.json()
        other = site.sends(ROWS[:1], "k-2")
        assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
        refused = site.sends(ROWS[2:], "k-1")  # nobody can know yet that it was used for something else
        assert refused.status_code == 422
    settled(world)
    assert site.asks(again.json()["url"]).json() == before
    told = site.asks(first.json()["url"]).json()
    repeated = site.sends(ROWS, "k-2")
    assert (repeated.status_code, repeated.json()) == (200, told)
    assert [row["result"] for row in told["rows"]] == ["duplicate", "invalid", "created"]
    assert len(world.rows("leads")) == 2


def test_a_key_that_was_used_for_something_else_is_refused_afterwards(world: World, place: Place) -> None:
    site = Site(world)
    site.sends(ROWS[:1], "k-1")
    with place.away():
        accepted = site.sends(ROWS[2:], "k-1")
        assert accepted.status_code == 202
    settled(world)
    told = site.asks(accepted.json()["url"])
    assert told.status_code == 422
    assert "Idempotency-Key" in told.json()["detail"]
    assert len(world.rows("leads")) == 1


@pytest.mark.parametrize("place", ["postgres", "supabase"], indirect=True)
def test_only_keys_that_were_good_a_moment_ago_may_hand_in(world: World, place: Place) -> None:
    known, unknown = Site(world), Site(world)
    known.sends(ROWS)
    with place.away():
        refused = unknown.sends(ROWS)
        assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/problem+json")
        assert int(refused.headers["Retry-After"]) > 0
        assert "This key cannot be checked just now" in refused.json()["detail"]
        assert "Idempotency-Key" not in refused.json()["detail"]
        assert known.sends(ROWS).status_code == 202
        board = requests.get(f"{world.url}/api/v1/board", headers=known.headers, timeout=20)
        assert board.status_code == 503, "a key is remembered for imports only"
        nobody = requests.post(
            f"{world.url}/api/v1/import/leads", json=ROWS, headers={"Authorization": "Bearer cb_wrong"}, timeout=20
        )
        assert nobody.status_code == 503


# --------------------------------------------------------------------------- people and the process


def test_a_managers_write_fails_honestly_and_says_what_to_do(world: World, place: Place) -> None:
    anna = world.customer()
    anna.says("Здравствуйте")
    anna.hears("Куда")
    anna.quiet()
    admin = api_keys.create_key(world.store, SYSTEM, name="admin", scopes=["admin"])[0]
    headers = {"Authorization": f"Bearer {admin}", "Idempotency-Key": "reply-1"}
    address = f"{world.url}/api/v1/conversations/{anna.conversation['id']}/messages"
    with place.away():
        answer = requests.post(address, json={"text": "Добрый день"}, headers=headers, timeout=20)
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert "Repeat it in 10 s" in answer.json()["detail"]
        assert answer.headers["Retry-After"] == "10"
        assert '"since"' in answer.headers["X-Store-Away"]
    settled(world)
    repeated = requests.post(address, json={"text": "Добрый день"}, headers=headers, timeout=20)
    assert repeated.status_code == 201
    assert "X-Store-Away" not in repeated.headers
    anna.hears("Добрый день")
    anna.quiet()
    assert anna.answers.count("Добрый день") == 1


def test_the_stream_says_that_the_store_is_away_and_back(world: World, place: Place) -> None:
    key = api_keys.create_key(world.store, SYSTEM, name="tv", scopes=["events", "leads:read", "conversations:read"])[0]
    with requests.get(
        f"{world.url}/api/v1/events", headers={"Authorization": f"Bearer {key}"}, stream=True, timeout=30
    ) as stream:
        lines = stream.iter_lines(decode_unicode=True)
        with place.away():
            deliver(world, wazzup_body("Здравствуйте", 1))
            heard(lines, "event: store", '"safe":true')
        heard(lines, "data: null", "message.received")


def heard(lines: Iterator[str], *words: str) -> None:
    """Reads the stream until all of these have come, in whatever order: what was kept may be told before "back"."""
    missing, until = set(words), time.monotonic() + 30
    for line in lines:
        missing = {word for word in missing if word not in line}
        if not missing:
            return
        assert time.monotonic() < until, f"not heard: {missing}"
    raise AssertionError(f"the stream ended without {missing}")


@pytest.mark.parametrize("place", ["postgres", "supabase"], indirect=True)
def test_it_starts_without_the_store_and_makes_up_for_it(place: Place, tmp_path: Path) -> None:
    settings = load(
        _env_file=None, app_env="production", data_dir=tmp_path, **place.address.settings, log_level="ERROR",
        wazzup_api_key="k", wazzup_api_secret=SECRET, wazzup_api_url="http://127.0.0.1:9",
        public_url="http://127.0.0.1:9", admin_email=LOGIN, admin_password=PASSWORD,
    )  # fmt: skip
    with place.away():
        app = main.create_app(settings)
        background = main.start(app, lease_s=2.0, renew_s=0.5)
        client = app.test_client()
        assert client.get("/readyz").get_json()["parts"]["store"]["ok"] is False
        assert client.post(f"/webhooks/wazzup/{SECRET}", json=wazzup_body("Здравствуйте", 1)).status_code == 200
        page = client.get("/login")
        form = {
            "email": LOGIN,
            "password": PASSWORD,
            "csrf_token": page.text.split('name="csrf-token" content="')[1][:91],
        }
        refused = client.post("/login", data=form)
        assert refused.status_code == 503
        assert LOGIN in refused.text, "what was typed stays"
    try:
        store = app.extensions["crystalbay"].store
        eventually(lambda: app.extensions["crystalbay"].reach.since is None)
        assert len(store.find("users", [("email", "eq", LOGIN)])) == 1
        eventually(lambda: store.find("messages", [("direction", "eq", "in")]))
        assert len(store.find("jobs", [("kind", "eq", "register")], order=("seq",))) == 1
    finally:
        main.stop(background)
        store.close()
