"""All bodies of the contract through the real webhook: each is kept, none breaks anything, none hides a neighbour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from models import MessageState
from tests.world import SECRET, World, eventually, running

BODIES = (Path(__file__).parents[1] / "data" / "wazzup24_webhooks.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A system that has received all bodies, one after the other."""
    with running(tmp_path_factory.mktemp("bodies")) as system:
        assert {post(system, body) for body in BODIES} == {200}
        ingested(system)
        yield system


def post(world: World, body: str) -> int:
    url = f"{world.url}/webhooks/wazzup/{SECRET}"
    headers = {"Content-Type": "application/json; charset-utf-8"}
    return requests.post(url, data=body.encode(), headers=headers, timeout=10).status_code


def ingested(world: World) -> None:
    eventually(lambda: not world.rows("inbox_events", state="received"), 20, "raw rows were never taken")


def test_all_bodies_are_acknowledged_kept_and_taken(world: World) -> None:
    assert len(BODIES) == 73
    kept = {row["body"] for row in world.rows("inbox_events", state="processed")}
    assert kept == set(BODIES)
    assert world.rows("jobs", state="dead") == []
    inbound = {row["external_id"] for row in world.rows("messages", direction="in")}
    expected = {
        message["messageId"]
        for body in BODIES
        for message in json.loads(body).get("messages", [])
        if not message["isEcho"]
    }
    assert inbound >= expected


def test_the_qr_code_of_an_account_is_kept_nowhere_but_in_the_raw_row(world: World) -> None:
    assert any("data:image/png;base64" in row["body"] for row in world.rows("inbox_events"))
    for table in ("activities", "jobs", "messages", "notices"):
        assert "data:image" not in str(world.rows(table))


def test_an_edit_and_a_deletion_change_what_is_shown(world: World) -> None:
    row = world.rows("messages", external_id="fb3e226d-c6aa-4894-a4c2-f6cf27564f10")[0]
    assert row["text"] == "На 14 ночей с 14 июня"
    assert row["edited_at"] is not None
    assert row["deleted_at"] is not None


def test_a_group_is_shown_and_never_answered(world: World) -> None:
    group = world.rows("conversations", external_chat_id="120363041234567890")[0]
    assert (group["answerable"], group["mode"]) == (False, "human")
    assert world.rows("messages", conversation_id=group["id"], direction="out") == []


def test_markup_in_a_name_stays_text(world: World) -> None:
    assert [row["name"] for row in world.rows("customers", name="<script>alert(1)</script>")]


def test_contact_data_of_the_text_reach_the_customer(world: World) -> None:
    conversation = world.rows("conversations", external_chat_id="marina_k")[0]

    def told() -> bool:
        row = world.rows("customers", id=conversation["customer_id"])[0]
        return (row["phone"], row["email"]) == ("+79265550177", "marina.k@example.com")

    eventually(told)


def test_what_is_no_json_is_kept_and_shown_as_unreadable(world: World) -> None:
    assert post(world, "<html>not json") == 200
    assert post(world, '{"messages": [{"messageId": 5}, ') == 200
    ingested(world)
    failed = {row["body"]: row["error"] for row in world.rows("inbox_events", state="failed")}
    assert failed["<html>not json"]
    assert failed['{"messages": [{"messageId": 5}, ']
    shown = requests.get(f"{world.url}/readyz", timeout=5).json()["parts"]["inbox"]
    assert (shown["ok"], shown["unreadable"]) == (False, len(failed))


def test_a_bad_element_does_not_hide_its_neighbours(world: World) -> None:
    customer = world.customer()
    good = {
        "messageId": "good-1", "channelId": "c", "chatType": "whatsapp", "chatId": customer.chat_id, "isEcho": False,
        "dateTime": "2026-05-12T07:00:00.000Z", "type": "text", "text": "Добрый день", "status": "inbound",
    }  # fmt: skip
    assert post(world, json.dumps({"messages": [{"messageId": 7}, good, None]})) == 200
    eventually(lambda: world.rows("messages", external_id="good-1"))


def test_reports_never_step_back(world: World) -> None:
    customer = world.customer()
    customer.says("Здравствуйте")
    customer.hears("Куда")
    sent = eventually(lambda: world.rows("messages", conversation_id=customer.conversation["id"], state="read"))[0]
    late = {
        "statuses": [{"messageId": sent["external_id"], "timestamp": "2026-05-12T07:00:00Z", "status": "delivered"}]
    }
    assert post(world, json.dumps(late)) == 200
    ingested(world)
    assert world.rows("messages", id=sent["id"])[0]["state"] == MessageState.READ
