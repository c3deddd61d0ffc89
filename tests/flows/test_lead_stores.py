"""What belongs to a lead, whatever the store: noted, reminded, looked at, proposed, sent with a file, deleted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from crystalbay.sandbox.wazzup_media import samples
from crystalbay.services import retention
from models import Role
from tests.api.people import person
from tests.backends import BACKENDS, backend_address
from tests.world import STORY, World, eventually, running


@pytest.fixture(scope="module", params=BACKENDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        backend_address(request) as address,
        running(tmp_path_factory.mktemp("world"), public=True, **address.settings) as system,
    ):
        yield system


def test_a_lead_with_all_that_belongs_to_it(world: World) -> None:
    alina, admin = person(world), person(world, "Админ", Role.ADMINISTRATOR)
    customer = world.customer()
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    talk, lead_id = customer.conversation["id"], customer.lead["id"]
    alina.call("POST", f"/conversations/{talk}/messages", {"text": "Отвечу сама"})
    assert customer.lead["last_message_at"] == customer.conversation["last_message_at"]

    note = alina.call("POST", f"/leads/{lead_id}/notes", {"text": "Любит Кемер"}).json
    assert alina.call("PATCH", f"/notes/{note['id']}", {"text": "Любит Сиде", "version": 1}).status_code == 200
    due = (world.ctx.clock.now() + timedelta(seconds=2)).isoformat()
    reminder = alina.call("POST", f"/leads/{lead_id}/reminders", {"due_at": due, "text": "Перезвонить"}).json
    assert alina.call("GET", f"/leads/{lead_id}").json["next_action_at"] is not None
    assert alina.call("POST", f"/leads/{lead_id}/look", {"typing": True}).json == {"others": []}
    assert admin.call("POST", f"/leads/{lead_id}/look", {}).json == {"others": [{"name": "Алина К.", "typing": True}]}

    customer.says(STORY)
    found = eventually(lambda: alina.call("GET", f"/conversations/{talk}/suggestion").json["suggestion"], 40)
    assert alina.call("POST", f"/suggestions/{found['id']}/send", {}).status_code == 201
    customer.hears("★")
    offer = found["offers"][0]
    assert alina.call("POST", f"/offers/{offer['id']}/check").json["now"] == offer["price"]

    form = {"file": (io.BytesIO(samples()["document"].content), "Договор.pdf")}
    kept: Any = alina.client.post("/api/v1/uploads", data=form, headers={"X-CSRFToken": alina.token}).json
    sent = alina.call("POST", f"/conversations/{talk}/messages", {"attachments": [kept["id"]]}).json
    eventually(lambda: world.rows("messages", id=sent["id"], state="read"))
    file = sent["attachments"][0]["url"]
    assert alina.client.get(file).data == samples()["document"].content

    lead = alina.call("GET", f"/leads/{lead_id}").json
    fixed = alina.call("PATCH", f"/leads/{lead_id}", {"version": lead["version"], "confirmed": ["adults"]})
    assert fixed.json["confirmed"] == ["adults"]
    eventually(lambda: world.rows("notices", kind="reminder"))
    assert alina.call("PATCH", f"/reminders/{reminder['id']}", {"version": 1, "done": True}).status_code == 200
    kinds = alina.call("GET", f"/leads/{lead_id}/activities?kind=people&limit=3").json
    assert kinds["items"][0]["kind"] == "reminder.done"
    assert kinds["next_cursor"]
    retention.tidy(world.ctx)

    assert admin.call("DELETE", f"/leads/{lead_id}").status_code == 204
    for table in ("notes", "reminders", "suggestions", "offers", "messages", "conversations", "uploads"):
        assert world.rows(table) == [], table
    assert not world.ctx.files.has(kept["id"])
