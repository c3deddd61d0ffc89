"""Conversations over REST: reading, answering once, takeover and release."""

from __future__ import annotations

import intelligent_chat_processor as brain
from tests.api.conftest import Api


def test_messages_are_read_from_old_to_new_in_pages(api: Api) -> None:
    for n in range(5):
        conversation = api.whatsapp(f"сообщение {n}", message_id=f"m-{n}")
    page = api.call("GET", f"/conversations/{conversation['id']}/messages?limit=3").json
    assert [message["text"] for message in page["items"]] == ["сообщение 2", "сообщение 3", "сообщение 4"]
    older = api.call("GET", f"/conversations/{conversation['id']}/messages?limit=3&cursor={page['next_cursor']}").json
    assert [message["text"] for message in older["items"]] == ["сообщение 0", "сообщение 1"]
    listed = api.call("GET", f"/conversations?lead_id={conversation['lead_id']}").json["items"]
    assert listed == [api.call("GET", f"/conversations/{conversation['id']}").json]
    assert (listed[0]["mode"], listed[0]["unread"], listed[0]["channel"]) == ("bot", 5, "whatsapp")


def test_an_answer_is_queued_once_and_stops_the_machine(api: Api) -> None:
    conversation = api.whatsapp()
    path = f"/conversations/{conversation['id']}/messages"
    first = api.call("POST", path, {"text": "Здравствуйте, это Алина"}, Idempotency_Key="a-1")
    again = api.call("POST", path, {"text": "Здравствуйте, это Алина"}, Idempotency_Key="a-1")
    assert (first.status_code, first.json["state"], first.json["author"]) == (201, "queued", "manager")
    assert again.json["id"] == first.json["id"]
    assert len(api.rows("messages", direction="out")) == 1
    after = api.call("GET", f"/conversations/{conversation['id']}").json
    assert (after["mode"], after["unread"]) == ("human", 0)


def test_takeover_cancels_what_the_machine_had_queued(api: Api) -> None:
    conversation = api.whatsapp()
    ctx = api.app.extensions["crystalbay"]
    ctx.store.commit(brain.process(ctx, conversation["id"], ctx.clock.now()))
    queued = api.rows("messages", author="bot")
    assert [row["state"] for row in queued] == ["queued"]
    assert api.call("POST", f"/conversations/{conversation['id']}/takeover").json["mode"] == "human"
    assert [row["state"] for row in api.rows("messages", author="bot")] == ["cancelled"]


def test_release_gives_the_conversation_back(api: Api) -> None:
    conversation = api.whatsapp()
    api.call("POST", f"/conversations/{conversation['id']}/takeover")
    assert api.call("POST", f"/conversations/{conversation['id']}/release").json["mode"] == "bot"


def test_an_empty_answer_is_refused(api: Api) -> None:
    conversation = api.whatsapp()
    answer = api.call("POST", f"/conversations/{conversation['id']}/messages", {"text": "  "})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "text")


def test_what_came_by_a_form_cannot_be_answered_here(api: Api) -> None:
    api.call("POST", "/leads", {"name": "Анна", "message": "Перезвоните"})
    conversation = api.rows("conversations")[0]
    answer = api.call("POST", f"/conversations/{conversation['id']}/messages", {"text": "Добрый день"})
    assert answer.status_code == 422


def test_an_unknown_conversation_is_not_found(api: Api) -> None:
    for method, path in (("GET", ""), ("GET", "/messages"), ("POST", "/takeover"), ("POST", "/release")):
        assert api.call(method, f"/conversations/nobody{path}").status_code == 404
