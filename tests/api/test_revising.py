"""What a manager sent is put in other words and taken back: over REST, as the customer's phone shows it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from crystalbay.clock import ShiftedClock
from crystalbay.sandbox.server import Fault
from crystalbay.sandbox.wazzup_media import samples
from crystalbay.store.interface import Row, Update
from tests.api.people import Person, person
from tests.world import MAY_12, Telegrammer, World, eventually, running

PNG = samples()["image"].content
OURS = "Вылет в 9:20 из Шереметьево"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("revising"), clock=ShiftedClock(MAY_12), telegram=True, public=True) as system:
        yield system


@pytest.fixture(scope="module")
def alina(world: World) -> Person:
    return person(world)


@pytest.fixture
def anna(world: World) -> Telegrammer:
    """A customer whom the machine has answered."""
    customer = world.in_telegram()
    customer.says("Здравствуйте!")
    customer.hears("Куда")
    return customer


def upload(who: Person, name: str) -> str:
    form = {"file": (io.BytesIO(PNG), name)}
    made: Any = who.client.post("/api/v1/uploads", data=form, headers={"X-CSRFToken": who.token})
    assert made.status_code == 201
    return str(made.json["id"])


def written(world: World, who: Person, anna: Telegrammer, text: str = OURS, **body: Any) -> str:
    """The id of a manager's message that the customer has."""
    answer = who.call("POST", f"/conversations/{anna.conversation['id']}/messages", {"text": text} | body)
    assert answer.status_code == 201
    arrived(world, answer.json["id"])
    return str(answer.json["id"])


def arrived(world: World, message_id: str) -> None:
    eventually(lambda: row(world, message_id)["external_id"], 20)


def row(world: World, message_id: str) -> Row:
    return world.rows("messages", id=message_id)[0]


def shown(anna: Telegrammer, words: str) -> list[dict[str, Any]]:
    return [message for message in anna.heard if words in message["text"]]


def refused(answer: Any) -> Any:
    assert answer.status_code == 422, answer.text
    return answer.json["errors"][0]


def test_a_message_in_other_words(world: World, alina: Person, anna: Telegrammer) -> None:
    message_id = written(world, alina, anna)
    changed = alina.call("PATCH", f"/messages/{message_id}", {"text": " Вылет в 9:40, <не> в 9:20 "})
    assert changed.status_code == 200
    assert (changed.json["text"], changed.json["edited_at"] is not None) == ("Вылет в 9:40, <не> в 9:20", True)
    message = eventually(lambda: shown(anna, "Вылет в 9:40, <не> в 9:20"))[0]
    assert message["edited"]
    assert shown(anna, OURS) == []
    assert row(world, message_id)["version"] == changed.json["version"]
    (act,) = world.rows("activities", kind="message.edited", message_id=message_id)
    assert (act["actor_kind"], act["actor_id"], act["data"]["before"]) == ("manager", alina.id, OURS)
    before = len(world.rows("activities"))
    again = alina.call("PATCH", f"/messages/{message_id}", {"text": "Вылет в 9:40, <не> в 9:20"})
    assert (again.status_code, len(world.rows("activities"))) == (200, before), "the same words are no change"


def test_a_message_is_taken_back(world: World, alina: Person, anna: Telegrammer) -> None:
    message_id = written(world, alina, anna)
    path = f"/messages/{message_id}"
    assert alina.call("DELETE", path).status_code == 204
    eventually(lambda: not shown(anna, OURS))
    kept = row(world, message_id)
    assert (kept["text"], kept["deleted_at"] is not None, kept["error"]) == (OURS, True, None)
    (act,) = world.rows("activities", kind="message.deleted", message_id=message_id)
    assert (act["actor_name"], act["data"]["before"]) == (alina.name, OURS)
    assert alina.call("DELETE", path).status_code == 204, "asked twice"
    assert len(world.rows("activities", kind="message.deleted", message_id=message_id)) == 1
    assert refused(alina.call("PATCH", path, {"text": "Поздно"}))["field"] == "message"


def test_a_caption_is_changed_and_an_album_stays(world: World, alina: Person, anna: Telegrammer) -> None:
    one = written(world, alina, anna, "Вид из номера", attachments=[upload(alina, "view.png")])
    assert alina.call("PATCH", f"/messages/{one}", {"text": "Вид на море"}).status_code == 200
    message = eventually(lambda: shown(anna, "Вид на море"))[0]
    assert (message["kind"], message["edited"]) == ("photo", True)
    assert alina.call("PATCH", f"/messages/{one}", {"text": ""}).status_code == 200, "a file needs no words"
    eventually(lambda: not shown(anna, "Вид на море"))
    album = written(world, alina, anna, "Бассейн и пляж", attachments=[upload(alina, "a.png"), upload(alina, "b.png")])
    assert alina.call("PATCH", f"/messages/{album}", {"text": "Пляж и бассейн"}).status_code == 200
    eventually(lambda: shown(anna, "Пляж и бассейн"))
    assert "альбом" in refused(alina.call("DELETE", f"/messages/{album}"))["message"]
    assert row(world, album)["deleted_at"] is None


def test_an_answer_that_got_lost_is_asked_for_again(world: World, alina: Person, anna: Telegrammer) -> None:
    assert world.telegram
    message_id = written(world, alina, anna)
    world.telegram.add_fault(Fault(match="editMessageText", drop="after"))
    world.telegram.add_fault(Fault(match="deleteMessage", drop="after"))
    alina.call("PATCH", f"/messages/{message_id}", {"text": "Вылет завтра"})
    eventually(lambda: shown(anna, "Вылет завтра"))
    alina.call("DELETE", f"/messages/{message_id}")
    eventually(lambda: not shown(anna, "Вылет завтра"), 30)
    key = f"deliver:{anna.conversation['id']}"
    eventually(lambda: {job["state"] for job in world.rows("jobs", key=key)} == {"done"}, 30)
    assert row(world, message_id)["error"] is None


def test_what_telegram_refuses_stands_at_the_message(world: World, alina: Person, anna: Telegrammer) -> None:
    assert world.telegram
    message_id = written(world, alina, anna)
    world.telegram.clears(anna.user_id)
    alina.call("PATCH", f"/messages/{message_id}", {"text": "Вылет в 9:40"})
    eventually(lambda: row(world, message_id)["error"])
    assert row(world, message_id)["error"] == "Это сообщение уже нельзя изменить."
    told = world.rows("notices", kind="not_changed", lead_id=anna.lead["id"])
    assert len(told) == 1
    (act,) = world.rows("activities", kind="message.not_changed", message_id=message_id)
    assert act["data"]["act"] == "revise"


def test_what_could_not_be_taken_back_is_there_still(world: World, alina: Person, anna: Telegrammer) -> None:
    assert world.telegram
    message_id = written(world, alina, anna)
    body = {"ok": False, "error_code": 400, "description": "Bad Request: message can't be deleted for everyone"}
    world.telegram.add_fault(Fault(match="deleteMessage", status=400, body=body))
    assert alina.call("DELETE", f"/messages/{message_id}").status_code == 204
    eventually(lambda: row(world, message_id)["error"])
    assert row(world, message_id)["deleted_at"] is None
    assert shown(anna, OURS)
    assert alina.call("DELETE", f"/messages/{message_id}").status_code == 204
    eventually(lambda: not shown(anna, OURS))
    assert (row(world, message_id)["error"], row(world, message_id)["deleted_at"] is not None) == (None, True)


def test_what_cannot_be_changed(world: World, alina: Person, anna: Telegrammer) -> None:
    mine = written(world, alina, anna)
    others = [message["id"] for message in world.rows("messages", conversation_id=anna.conversation["id"])]
    others.remove(mine)
    assert len(others) >= 2, "the customer's and the machine's"
    for message_id in others:
        assert refused(alina.call("PATCH", f"/messages/{message_id}", {"text": "Я"}))["field"] == "message"
        assert refused(alina.call("DELETE", f"/messages/{message_id}"))["field"] == "message"
    assert refused(alina.call("PATCH", f"/messages/{mine}", {"text": "  "}))["field"] == "text"
    assert refused(alina.call("PATCH", f"/messages/{mine}", {"text": "длинно " * 700}))["field"] == "text"
    assert alina.call("PATCH", "/messages/nobody", {"text": "Я"}).status_code == 404
    assert alina.call("DELETE", "/messages/nobody").status_code == 404


def test_messengers_that_change_nothing(world: World, alina: Person) -> None:
    customer = world.customer()
    customer.says("Здравствуйте!")
    customer.hears("Куда")
    made = alina.call("POST", f"/conversations/{customer.conversation['id']}/messages", {"text": OURS}).json["id"]
    arrived(world, made)
    assert refused(alina.call("PATCH", f"/messages/{made}", {"text": "Я"}))["field"] == "message"
    assert refused(alina.call("DELETE", f"/messages/{made}"))["field"] == "message"


def test_after_two_days_words_can_be_changed_but_not_taken_back(world: World, alina: Person, anna: Telegrammer) -> None:
    message_id = written(world, alina, anna)
    long_ago = world.ctx.clock.now() - timedelta(hours=48, minutes=1)
    world.store.commit([Update("messages", message_id, {"created_at": long_ago})])
    assert refused(alina.call("DELETE", f"/messages/{message_id}"))["field"] == "message"
    assert alina.call("PATCH", f"/messages/{message_id}", {"text": "Вылет в 9:40"}).status_code == 200
    eventually(lambda: shown(anna, "Вылет в 9:40"))
