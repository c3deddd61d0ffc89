"""The live stream: what happens is told to those who may see it, what was missed is told again, and nobody holds it
open for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from crystalbay.errors import StoreBusy
from crystalbay.services import api_keys, leads, moves, new_leads, settings
from crystalbay.services.viewers import SYSTEM, Viewer
from crystalbay.web import live
from models import Role, Status
from tests.streams import browser, following, key, person
from tests.world import LOGIN, PASSWORD, World, eventually, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("events")
    with running(folder, database_url=f"sqlite:///{folder / 'store.db'}") as system:
        yield system


@pytest.fixture(scope="module")
def machine(world: World) -> dict[str, str]:
    return key(world, "events", "leads:read", "conversations:read")


@pytest.fixture
def own_only(world: World) -> Iterator[None]:
    """Managers see their own leads alone."""
    chief = world.manager(Role.HEAD)
    settings.change(world.store, chief, {"visibility": "own"})
    yield
    settings.change(world.store, chief, {"visibility": "all"})


def made(world: World, title: str = "Анна", assignee_id: str | None = None) -> dict[str, Any]:
    return new_leads.create(world.ctx, SYSTEM, source=f"test-{time.time_ns()}", name=title, assignee_id=assignee_id)[0]


def assign(world: World, lead_id: str, to: str | None) -> None:
    chief = world.manager(Role.HEAD)
    lead = leads.read(world.ctx, chief, lead_id)
    leads.patch(world.ctx, chief, lead_id, lead["version"], {"assignee_id": to})


def gone(event: dict[str, Any]) -> bool:
    return bool(event["kind"] == "gone")


def kinds(heard: list[Any]) -> list[str]:
    return [event["kind"] for event in heard]


# --------------------------------------------------------------------------- what is told


def test_a_machine_hears_the_lead_and_the_message_as_data(world: World, machine: dict[str, str]) -> None:
    with following(world, machine) as stream:
        customer = world.customer(name="Анна Соколова")
        customer.says("Хочу в Египет")
        heard = stream.until(lambda event: event["kind"] == "message.queued")
    seen = {event["kind"]: event for event in reversed(heard)}
    assert seen["lead.created"]["lead"]["customer"]["name"] == "Анна Соколова"
    assert seen["message.received"]["message"]["text"] == "Хочу в Египет"
    assert all("html" not in event for event in heard)


def test_a_browser_hears_the_card_the_bubble_and_the_counts(world: World) -> None:
    with following(world, browser(world, LOGIN, PASSWORD)) as stream:
        customer = world.customer(name="Анна Соколова")
        customer.says("Хочу в Египет")
        heard = stream.until(lambda event: event["kind"] == "message.queued")
    cards = [event["html"]["card"] for event in heard if event["html"]["card"]]
    assert "Анна Соколова" in cards[0]
    assert any("Хочу в Египет" in (event["html"]["message"] or "") for event in heard)
    counts = [event["columns"]["new"]["count"] for event in heard if event["columns"]]
    assert counts[-1] == len(world.rows("leads", status="new"))


def test_the_same_card_speaks_the_reader_s_language(world: World) -> None:
    russian, english = browser(world, LOGIN, PASSWORD), browser(world, LOGIN, PASSWORD, language="en")
    with following(world, russian) as here, following(world, english) as there:
        lead = made(world, "Борис")
        cards = [
            stream.until(lambda event: event["lead_id"] == lead["id"])[-1]["html"]["card"] for stream in (here, there)
        ]
    assert "Направление не названо" in cards[0]
    assert "Направление не названо" not in cards[1]


def test_an_observer_s_card_has_no_menu(world: World) -> None:
    person(world, Role.OBSERVER, "eyes@crystalbay.example")
    with following(world, browser(world, "eyes@crystalbay.example")) as stream:
        lead = made(world)
        card = stream.until(lambda event: event["lead_id"] == lead["id"])[-1]["html"]["card"]
    assert f"card-{lead['id']}" in card
    assert "card-menu" not in card


def test_a_colleague_s_act_names_him_and_nobody_else_s_does(world: World, machine: dict[str, str]) -> None:
    manager = world.manager()
    customer = world.customer(name="Вера Ким")
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    with following(world, machine) as stream:
        lead = customer.lead
        moves.move(world.ctx, manager, lead["id"], version=lead["version"], status=Status.PENDING)
        customer.says("Хочу в Египет")
        heard = stream.until(lambda event: event["kind"] == "message.received")
    actors = {event["kind"]: event["actor"] for event in heard}
    assert actors["lead.moved"] == {"id": manager.id, "name": "Алина К.", "initials": "АК"}
    assert actors["message.received"] is None


def test_much_at_once_brings_each_card_and_the_counts_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PAUSE_S", 1.0)
    chief = world.manager(Role.HEAD)
    with following(world, browser(world, LOGIN, PASSWORD)) as stream:
        first = made(world)
        stream.until(lambda event: event["lead_id"] == first["id"])
        lead = made(world)
        for tag in ("раз", "два", "три"):
            lead = leads.patch(world.ctx, chief, lead["id"], lead["version"], {"tags": [tag]})
        heard = stream.until(lambda event: event["lead_id"] == lead["id"] and not event["later"])
    about = [event for event in heard if event["lead_id"] == lead["id"]]
    assert [bool(event["html"]["card"]) for event in about] == [False, False, False, True]
    assert [event["later"] for event in about] == [True, True, True, False]
    assert "три" in about[-1]["html"]["card"]


# --------------------------------------------------------------------------- who may hear it


def test_a_manager_hears_of_her_own_leads_alone_and_no_counts(world: World, own_only: None) -> None:
    mine = person(world, Role.MANAGER, "own@crystalbay.example")
    other = person(world, Role.MANAGER, "other@crystalbay.example")
    with following(world, browser(world, "own@crystalbay.example")) as stream:
        made(world, "Чужой", other.id)
        made(world, "Ничей")
        lead = made(world, "Свой", mine.id)
        heard = [event for event in stream.until(lambda event: event["lead_id"]) if event["kind"] != "settings.changed"]
    assert [event["lead_id"] for event in heard] == [lead["id"]]
    assert heard[0]["columns"] is None


def test_a_lead_that_is_given_away_is_gone_for_who_had_it_and_for_nobody_else(world: World, own_only: None) -> None:
    had = person(world, Role.MANAGER, "had@crystalbay.example")
    gets = person(world, Role.MANAGER, "gets@crystalbay.example")
    never = person(world, Role.MANAGER, "never@crystalbay.example")
    lead, hers = made(world, "Секрет", had.id), made(world, "Её", never.id)
    with (
        following(world, browser(world, "had@crystalbay.example")) as before,
        following(world, browser(world, "gets@crystalbay.example")) as after,
        following(world, browser(world, "never@crystalbay.example")) as outside,
    ):
        assign(world, lead["id"], gets.id)
        leads.patch(world.ctx, never, hers["id"], hers["version"], {"tags": ["знак"]})
        told = before.until(gone)[-1]
        assert {name: told[name] for name in told if name != "seq"} == {"kind": "gone", "lead_id": lead["id"]}
        assert "Секрет" in after.until(lambda event: event["lead_id"] and event["html"]["card"])[-1]["html"]["card"]
        heard = outside.until(lambda event: event["kind"] == "lead.changed")
        assert {event["lead_id"] for event in heard} <= {hers["id"], None}


def test_a_deleted_lead_is_gone(world: World, own_only: None) -> None:
    mine = person(world, Role.MANAGER, "loses@crystalbay.example")
    admin = Viewer(world.rows("users", email=LOGIN)[0]["id"], "А", Role.ADMINISTRATOR)
    lead, other = made(world, "Удалят", mine.id), made(world, "Чужой")
    with (
        following(world, browser(world, "loses@crystalbay.example")) as hers,
        following(world, browser(world, LOGIN, PASSWORD)) as all_of_it,
    ):
        leads.delete(world.ctx, admin, other["id"])
        leads.delete(world.ctx, admin, lead["id"])
        assert [event["lead_id"] for event in hers.until(gone) if gone(event)] == [lead["id"]]
        both, heard = {other["id"], lead["id"]}, set[str]()
        while heard != both:  # in any order: what is told late of a deleted lead is "gone" too
            heard.add(all_of_it.until(gone)[-1]["lead_id"])
            assert heard <= both


def test_what_was_missed_obeys_the_same_rule(world: World, own_only: None) -> None:
    mine = person(world, Role.MANAGER, "missed@crystalbay.example")
    session = browser(world, "missed@crystalbay.example")
    mark = str(world.store.find("activities", order=("seq",), limit=1, desc=True)[0]["seq"])
    made(world, "Чужой")
    lead = made(world, "Свой", mine.id)
    with following(world, session, mark) as stream:
        heard = stream.until(lambda event: event["lead_id"])
        assert {event["lead_id"] for event in heard} <= {lead["id"], None}
    polled = session.get(f"{world.url}/api/v1/events?poll=1&last_event_id={mark}", timeout=5).json()
    assert {event["lead_id"] for event in polled["items"]} - {None} == {lead["id"]}


def test_a_key_that_may_not_read_conversations_hears_no_words(world: World) -> None:
    with following(world, key(world, "events", "leads:read")) as stream:
        world.customer().says("Тайное слово")
        heard = stream.until(lambda event: event["kind"] == "message.received")
    assert "Тайное слово" not in str(heard)


def test_who_did_what_with_accounts_is_for_administrators(world: World) -> None:
    with (
        following(world, browser(world, LOGIN, PASSWORD)) as admin,
        following(world, key(world, "events", "leads:read")) as machine,
    ):
        person(world, Role.OBSERVER, "newcomer@crystalbay.example")
        lead = made(world)
        assert "user.created" in kinds(admin.until(lambda event: event["lead_id"] == lead["id"]))
        heard = machine.until(lambda event: event["lead_id"] == lead["id"])
        assert all(event["lead_id"] for event in heard)


@pytest.mark.parametrize("scopes", [("leads:read",), ("events",)])
def test_the_stream_needs_its_rights(world: World, scopes: tuple[str, ...]) -> None:
    headers = key(world, *scopes)
    for path in ("", "?poll=1"):
        assert requests.get(f"{world.url}/api/v1/events{path}", headers=headers, timeout=5).status_code == 403
        assert requests.get(f"{world.url}/api/v1/events{path}", timeout=5).status_code == 401


def _ends_within(world: World, session: requests.Session, act: Any, seconds: float) -> None:
    with following(world, session) as stream:
        began = time.monotonic()
        act()
        names = [name for name, _data in stream]
        assert names[-1] == "reset"
        assert time.monotonic() - began < seconds


def test_the_stream_ends_with_the_session(world: World) -> None:
    person(world, Role.MANAGER, "leaves@crystalbay.example")
    session = browser(world, "leaves@crystalbay.example")
    twin = requests.Session()
    twin.cookies.update(session.cookies)
    twin.headers.update(session.headers)
    _ends_within(world, session, lambda: twin.post(f"{world.url}/logout", timeout=5), 8)
    assert session.get(f"{world.url}/api/v1/events?poll=1", timeout=5).status_code == 401


def test_the_stream_ends_when_the_role_changes_or_the_key_is_revoked(world: World) -> None:
    viewer = person(world, Role.MANAGER, "rises@crystalbay.example")
    admin = browser(world, LOGIN, PASSWORD)

    def rise() -> None:
        answer = admin.patch(f"{world.url}/api/v1/users/{viewer.id}", json={"role": "head"}, timeout=5)
        assert answer.status_code == 200, answer.text

    _ends_within(world, browser(world, "rises@crystalbay.example"), rise, 4)
    value, row = api_keys.create_key(world.store, SYSTEM, name="t", scopes=["events", "leads:read"])
    machine = requests.Session()
    machine.headers["Authorization"] = f"Bearer {value}"
    _ends_within(world, machine, lambda: api_keys.revoke(world.store, SYSTEM, row["id"]), 4)


# --------------------------------------------------------------------------- coming back


def test_a_browser_that_comes_back_misses_nothing(world: World, machine: dict[str, str]) -> None:
    customer = world.customer()
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    about = [row for row in world.store.find("activities", order=("seq",), limit=2000) if row["lead_id"]]
    with following(world, machine, str(about[-6]["seq"])) as stream:
        missed = stream.until(lambda event: event["id"] == about[-1]["id"])
    heard = [event["id"] for event in missed if event["lead_id"]]
    assert heard[-5:] == [row["id"] for row in about[-5:]]  # what was heard before may come once more


def test_a_gap_that_is_too_big_is_said_so(
    world: World, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MISSED", 3)
    with following(world, machine, "1") as stream:
        assert [stream.next()[0] for _ in range(2)] == ["reset", "live"]
    polled = requests.get(f"{world.url}/api/v1/events?poll=1&last_event_id=1", headers=machine, timeout=5).json()
    newest = world.store.find("activities", order=("seq",), limit=1, desc=True)[0]["seq"]
    assert polled == {"items": [], "last_event_id": str(newest), "reset": True}


def test_polling_tells_the_same_events_once(world: World, machine: dict[str, str]) -> None:
    def poll(mark: str) -> Any:
        answer = requests.get(f"{world.url}/api/v1/events?poll=1&last_event_id={mark}", headers=machine, timeout=5)
        assert answer.status_code == 200
        return answer.json()

    start = poll("")
    assert (start["items"], start["reset"]) == ([], False)
    lead = made(world)
    first = poll(start["last_event_id"])
    assert [event["lead"]["id"] for event in first["items"]] == [lead["id"]]
    assert poll(first["last_event_id"])["items"] == []


@pytest.mark.parametrize(("query", "field"), [("poll=2", "poll"), ("poll=1&last_event=3", "last_event")])
def test_a_wrong_parameter_is_named(world: World, machine: dict[str, str], query: str, field: str) -> None:
    answer = requests.get(f"{world.url}/api/v1/events?{query}", headers=machine, timeout=5)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("mark", ["-1", "abc", "9" * 18, "9" * 30, "٣", "1;drop"])
def test_a_mark_that_is_none_of_ours_says_to_read_again(world: World, machine: dict[str, str], mark: str) -> None:
    answer = requests.get(
        f"{world.url}/api/v1/events", params={"poll": "1", "last_event_id": mark}, headers=machine, timeout=5
    )
    newest = world.store.find("activities", order=("seq",), limit=1, desc=True)[0]["seq"]
    assert answer.json() == {"items": [], "last_event_id": str(newest), "reset": True}
    if mark.isascii():
        with following(world, machine, mark) as stream:
            assert [stream.next()[0] for _ in range(2)] == ["reset", "live"]


def test_too_many_streams_are_turned_away_and_may_poll(
    world: World, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 0)
    answer = requests.get(f"{world.url}/api/v1/events", headers=machine, timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert requests.get(f"{world.url}/api/v1/events?poll=1", headers=machine, timeout=5).status_code == 200


def test_streams_whose_browser_has_gone_make_room(
    world: World, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = requests.get(f"{world.url}/api/v1/events", headers=machine, stream=True, timeout=5)
    monkeypatch.setattr(live, "MOST_STREAMS", len(world.app.extensions["crystalbay.notifier"]._subscribers))
    left.close()

    def taken() -> bool:
        with requests.get(f"{world.url}/api/v1/events", headers=machine, stream=True, timeout=5) as again:
            return again.status_code == 200

    eventually(taken)


def test_a_stream_that_could_not_begin_takes_no_place(
    world: World, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier = world.app.extensions["crystalbay.notifier"]

    def busy(*_given: object, **_more: object) -> None:
        raise StoreBusy("for the test")

    monkeypatch.setattr(notifier, "since", busy)
    before = len(notifier._subscribers)
    assert requests.get(f"{world.url}/api/v1/events", headers=machine, timeout=5).status_code == 503
    assert len(notifier._subscribers) <= before


def test_late_numbers_are_told_late_and_the_mark_waits_for_them() -> None:
    seen = live._Seen(last=10)
    seen.take([11, 13, 14], now=0.0)
    assert (seen.last, seen.mark, list(seen.gaps)) == (14, 11, [12])
    seen.take([12], now=1.0)
    assert (seen.mark, seen.gaps) == (14, {})
    seen.take([16], now=2.0)
    seen.take([], now=2.0 + live.GAP_PATIENCE_S)
    assert seen.mark == 16
