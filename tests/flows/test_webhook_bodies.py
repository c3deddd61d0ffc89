"""All bodies of the contract through the real webhook: each is kept, none breaks anything, none hides a neighbour."""

from __future__ import annotations

import json
import re
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
    assert kept >= {re.sub(r'"data:image/[^"]*"', '"data:image/omitted"', body) for body in BODIES}
    assert world.rows("jobs", state="dead") == []
    inbound = {row["external_id"] for row in world.rows("messages", direction="in")}
    expected = {
        message["messageId"]
        for body in BODIES
        for message in json.loads(body).get("messages", [])
        if not message["isEcho"]
    }
    assert inbound >= expected


def test_the_qr_code_of_an_account_is_kept_nowhere(world: World) -> None:
    assert any("data:image/png;base64" in body for body in BODIES)
    assert any('"qr":"data:image/omitted"' in row["body"].replace(": ", ":") for row in world.rows("inbox_events"))
    for table in ("inbox_events", "activities", "jobs", "messages", "notices"):
        assert "base64" not in str(world.rows(table))


def test_an_edit_and_a_deletion_change_what_is_shown(world: World) -> None:
    row = world.rows("messages", external_id="fb3e226d-c6aa-4894-a4c2-f6cf27564f10")[0]
    assert row["text"] == "На 14 ночей с 14 июня"
    assert row["edited_at"] is not None
    assert row["deleted_at"] is not None


def test_a_group_is_shown_and_never_answered(world: World) -> None:
    group = world.rows("conversations", external_chat_id="120363041234567890")[0]
    assert (group["answerable"], group["mode"]) == (False, "human")
    assert world.rows("messages", conversation_id=group["id"], direction="out") == []


def test_a_comment_is_never_answered_and_its_author_still_is(world: World) -> None:
    customer = world.customer()
    comment = {
        "messageId": "comment-1", "channelId": "c", "chatType": "instagram", "chatId": customer.chat_id,
        "isEcho": False, "dateTime": "2026-05-12T07:00:00.000Z", "type": "text", "text": "Сколько стоит Турция?",
        "status": "inbound", "instPost": {"id": "1", "description": "Наши туры"},
    }  # fmt: skip
    assert post(world, json.dumps({"messages": [comment]})) == 200
    conversation = eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))[0]
    assert (conversation["answerable"], conversation["mode"], conversation["process_queued"]) == (False, "human", False)
    direct = {key: value for key, value in comment.items() if key != "instPost"} | {"messageId": "direct-1"}
    assert post(world, json.dumps({"messages": [direct]})) == 200
    answered = eventually(lambda: world.rows("messages", conversation_id=conversation["id"], direction="out"), 20)
    assert len(answered) == 1
    conversation = world.rows("conversations", id=conversation["id"])[0]
    assert (conversation["answerable"], conversation["mode"]) == (True, "bot")
    assert [row["mode"] for row in world.rows("leads", id=conversation["lead_id"])] == ["bot"]


def test_a_missed_call_brings_a_person_and_kind_words(world: World) -> None:
    customer = world.customer()
    call = {
        "messageId": "call-1", "channelId": "c", "chatType": "whatsapp", "chatId": customer.chat_id, "isEcho": False,
        "dateTime": "2026-05-12T07:00:00.000Z", "type": "missing_call", "status": "inbound",
    }  # fmt: skip
    assert post(world, json.dumps({"messages": [call]})) == 200
    conversation = eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))[0]
    said = eventually(lambda: world.rows("messages", conversation_id=conversation["id"], direction="out"), 20)[0]
    assert "звонили" in said["text"]
    assert world.rows("notices", lead_id=conversation["lead_id"], kind="unreadable")


def test_a_notice_of_the_messenger_is_shown_and_nobody_waits(world: World) -> None:
    customer = world.customer()
    system = {
        "messageId": "system-1", "channelId": "c", "chatType": "telegram", "chatId": customer.chat_id, "isEcho": False,
        "dateTime": "2026-05-12T07:00:00.000Z", "type": "system", "text": "Аккаунт создан", "status": "inbound",
    }  # fmt: skip
    assert post(world, json.dumps({"messages": [system]})) == 200
    conversation = eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))[0]
    row = world.rows("messages", conversation_id=conversation["id"])[0]
    assert (row["state"], row["note"]) == ("processed", "Служебное сообщение мессенджера: Аккаунт создан")
    assert world.rows("leads", id=conversation["lead_id"])[0]["waiting_since"] is None


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
