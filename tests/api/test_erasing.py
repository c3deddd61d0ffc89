"""A customer's personal data is erased: nowhere is any of it left, the counts stay, and whoever writes again is new."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

import intelligent_chat_processor as brain
from crystalbay.errors import StoreUnavailable
from crystalbay.services import erased_texts, staff_chat, users
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Insert, Update
from crystalbay.store.schema import metadata
from models import Role
from tests.api.conftest import PASSWORD, Api
from tests.api.people import person
from tests.world import SECRET, World, eventually, labels, running

ANNA = "79001112233"
PERSONAL = (
    "Анна", "Соколова", "79001112233", "9991234567", "anna@example.com", "Хочу в Турцию", "вдвоём", "аллергия",
    "Перезвоните", "у окна", "Позвонить Анне", "паспорт", "первая линия", "на море с мамой", "utm-anna", "crm-77",
)  # fmt: skip


def everything(api: Api | World) -> str:
    """All that the store holds, as one text."""
    rows = []
    for table in metadata.tables.values():
        if table.name in ("lead_counts", "lead_deltas", "schema_migrations"):  # no ids, and numbers only
            continue
        order = ("seq",) if "seq" in table.c else ("id",)
        rows += [[table.name, row] for row in api.store.find(table.name, order=order, limit=10_000)]
    return json.dumps(rows, default=str, ensure_ascii=False)


def left(api: Api) -> list[str]:
    """Which of the personal data can still be found."""
    found = everything(api).casefold()
    return [part for part in PERSONAL if part.casefold() in found]


def known(api: Api) -> dict[str, Any]:
    """A customer about whom a lot is known: chats, a form, notes, a file, a merge, corrections, an answer."""
    email = "manager@example.com"
    manager = users.create_user(api.store, email=email, name="Павел", role=Role.MANAGER, password=PASSWORD)["id"]
    chat = api.whatsapp("Хочу в Турцию вдвоём, первая линия. У мужа аллергия", chat_id=ANNA)
    ctx = api.app.extensions["crystalbay"]
    ctx.store.commit(brain.process(ctx, chat["id"], ctx.clock.now()))
    path = f"/leads/{chat['lead_id']}"
    api.call("POST", f"{path}/notes", {"text": "Просит место у окна"}, Idempotency_Key="n-1")
    body = {"due_at": "2027-05-20T10:00:00Z", "text": "Позвонить Анне", "user_id": manager}
    assert api.call("POST", f"{path}/reminders", body).status_code == 201
    api.call("POST", f"/conversations/{chat['id']}/messages", {"text": "Анна, здравствуйте"}, Idempotency_Key="m-1")
    form = api.call(
        "POST",
        "/leads",
        {
            "name": "Анна Соколова", "email": "anna@example.com", "phone": "+79991234567", "message": "Перезвоните",
            "external_id": "crm-77", "source": "crm", "utm": {"utm_term": "utm-anna"},
            "trip": {"destination_country": "Турция", "wishes": ["на море с мамой"]},
        },
        Idempotency_Key="l-1",
    ).json  # fmt: skip
    act = api.call("POST", "/leads/bulk", {"ids": [chat["lead_id"]], "action": "tags", "add_tags": ["VIP"]}).json
    version = api.call("GET", path).json["version"]
    assert api.call("PATCH", path, {"version": version, "tags": []}).status_code == 200
    undone = api.call("POST", f"/leads/bulk/{act['act_id']}/undo", Idempotency_Key="u-1").json
    assert undone["failed"][0]["name"] == "Анна Соколова"
    merged = api.call("POST", f"/customers/{chat['customer_id']}/merge", {"other_id": form["customer"]["id"]})
    version = merged.json["version"]
    api.call("PATCH", f"/customers/{chat['customer_id']}", {"version": version, "name": "Соколова Анна"})
    api.call("PATCH", f"/leads/{form['id']}", {"version": 2, "value": {"amount": "1000", "currency": "RUB"}})
    message = api.rows("messages", direction="in")[0]
    file = {"id": "file-1", "kind": "document", "name": "паспорт.pdf", "source": "https://x", "state": "stored",
            "mime": "application/pdf", "size": 3, "url": "/files/x/file-1"}  # fmt: skip
    ctx.store.commit([Update("messages", message["id"], {"attachments": [file]})])
    part = Path(ctx.settings.data_dir, "part")
    part.write_bytes(b"pdf")
    ctx.files.put("file-1", part, "application/pdf")
    notice = {"id": "n", "kind": "asked", "text": "Клиент просит человека: Анна Соколова", "lead_id": chat["lead_id"]}
    ctx.store.commit([Insert("notices", notice, now={"created_at": 0.0})])
    return chat | {"form": form["id"]}


def other_customer(api: Api) -> str:
    """Somebody else, in the same raw body as Anna's second message."""
    messages = [_message(ANNA, "a-2", "ещё я: Хочу в Турцию"), _message("79005556677", "p-1", "Пётр пишет")]
    assert api.client.post(f"/webhooks/wazzup/{SECRET}", json={"messages": messages}).status_code == 200
    with api.at_work():
        return str(eventually(lambda: api.rows("conversations", external_chat_id="79005556677"))[0]["id"])


def _message(chat_id: str, message_id: str, text: str) -> dict[str, Any]:
    return {
        "messageId": message_id, "dateTime": "2026-05-12T09:00:00.000Z", "channelId": "c-1", "isEcho": False,
        "chatType": "whatsapp", "chatId": chat_id, "type": "text", "text": text, "status": "inbound",
        "contact": {"name": "Анна Соколова" if chat_id == ANNA else "Пётр"},
    }  # fmt: skip


def test_nothing_of_it_is_left_anywhere(each_api: Api) -> None:
    api = each_api
    chat = known(api)
    other_customer(api)
    ctx = api.app.extensions["crystalbay"]
    board = api.call("GET", "/board").json
    counts = {name: (column["count"], column["sums"]) for name, column in board.items()}
    kinds = sorted(row["kind"] for row in api.rows("activities"))
    assert left(api) == list(PERSONAL), "it was all there"
    assert api.call("DELETE", f"/customers/{chat['customer_id']}").status_code == 204
    assert left(api) == []
    assert not ctx.files.has("file-1")
    after = api.call("GET", "/board").json
    assert {name: (column["count"], column["sums"]) for name, column in after.items()} == counts
    assert sorted(row["kind"] for row in api.rows("activities")) == sorted([*kinds, *["customer.erased"] * 2])
    assert api.rows("jobs", kind="erase") == []


def test_a_suggestion_that_is_being_made_keeps_nothing_and_ends(api: Api) -> None:
    chat = known(api)
    ctx = api.app.extensions["crystalbay"]
    made_of = {"conversation_id": chat["id"], "inbound_no": 1, "trip": {"wishes": ["первая линия"]}, "messages": ["m"]}
    ctx.store.commit([new_job("suggest", made_of, key=f"suggest:{chat['id']}")])
    claimed, _wait = ctx.store.claim_jobs("a worker", 50, 30.0)
    running = next(Job.of(row, 30.0) for row in claimed if row["payload"] == made_of)
    assert api.call("DELETE", f"/customers/{chat['customer_id']}").status_code == 204
    assert left(api) == []
    ctx.store.commit([running.finish(), *brain.suggest(ctx, running)])
    assert left(api) == []
    assert api.rows("suggestions") == []


def test_others_keep_what_is_theirs(api: Api) -> None:
    chat = known(api)
    other = other_customer(api)
    api.call("DELETE", f"/customers/{chat['customer_id']}")
    assert api.rows("messages", conversation_id=other)[0]["text"] == "Пётр пишет"
    assert "Пётр пишет" in "".join(row["body"] for row in api.rows("inbox_events"))


def test_an_erased_customer_is_nobody(api: Api) -> None:
    chat = known(api)
    path = f"/customers/{chat['customer_id']}"
    version = api.call("GET", path).json["version"]
    api.call("DELETE", path)
    shown = api.call("GET", path).json
    assert (shown["name"], shown["phone"], shown["email"], shown["identities"], shown["merges"]) == (None,) * 3 + (
        [],
        [],
    )
    assert shown["erased_at"] is not None
    assert len(shown["leads"]) == 2
    lead = api.call("GET", f"/leads/{chat['lead_id']}").json
    assert (lead["unread"], lead["waiting_since"], lead["needs_human"], lead["evidence"]) == (0, None, None, {})
    assert lead["trip"]["destination_country"] == "Турция"
    messages = api.call("GET", f"/conversations/{chat['id']}/messages").json["items"]
    assert messages
    assert all(not message["text"] and message["deleted_at"] for message in messages)
    assert api.call("POST", f"/conversations/{chat['id']}/messages", {"text": "Вы тут?"}).status_code == 422
    assert api.call("POST", f"/conversations/{chat['id']}/release").status_code in (200, 422)
    assert api.call("PATCH", path, {"version": version + 1, "name": "Анна"}).status_code == 422
    somebody = api.lead(name="Пётр")["customer"]["id"]
    assert api.call("POST", f"/customers/{somebody}/merge", {"other_id": chat["customer_id"]}).status_code == 422
    assert api.call("DELETE", path).status_code == 204, "asked twice"
    assert api.call("DELETE", "/customers/nobody").status_code == 404
    assert [item["id"] for item in api.call("GET", "/customers?q=анна").json["items"]] == []


def test_only_administrators_erase(api: Api, signed_in: Any) -> None:
    lead = api.lead()
    client, token = signed_in(Role.HEAD)
    path = f"/customers/{lead['customer']['id']}"
    assert client.delete(f"/api/v1{path}", headers={"X-CSRFToken": token}).status_code == 403
    assert api.call("DELETE", path, key=api.new_key("leads:read", "leads:write")).status_code == 403


def test_whoever_writes_again_is_new(each_api: Api) -> None:
    api = each_api
    chat = known(api)
    api.call("DELETE", f"/customers/{chat['customer_id']}")
    again = api.whatsapp("Здравствуйте", chat_id=ANNA, message_id="m-5", name="Аня")
    assert again["customer_id"] != chat["customer_id"]
    assert again["lead_id"] not in (chat["lead_id"], chat["form"])
    assert api.rows("leads", id=again["lead_id"])[0]["open_key"] == again["customer_id"]
    assert api.lead(phone="+79991234567")["customer"]["id"] != chat["customer_id"]
    report = {
        "messages": [
            _message(ANNA, "m-1", "Хочу в Турцию вдвоём, первая линия. У мужа аллергия") | {"status": "edited"}
        ]
    }
    api.client.post(f"/webhooks/wazzup/{SECRET}", json=report)
    assert all(not row["text"] for row in api.rows("messages", conversation_id=chat["id"]))


def test_what_was_cut_off_is_finished(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = known(api)

    def cut(*_args: Any) -> None:
        raise StoreUnavailable("cut")

    with monkeypatch.context() as broken:
        broken.setattr(erased_texts, "erase", cut)
        assert api.call("DELETE", f"/customers/{chat['customer_id']}").status_code == 503
    found = api.call("GET", f"/customers/{chat['customer_id']}").json
    assert (found["name"], found["identities"]) == (None, []), "he is nobody at once"
    assert "Хочу в Турцию" in left(api)
    job = api.rows("jobs", kind="erase")[0]
    api.store.commit([Update("jobs", job["id"], now={"run_at": 0.0})])
    with api.at_work():
        eventually(lambda: api.rows("jobs", id=job["id"], state="done"))
    assert left(api) == []


def test_a_second_request_finishes_it_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = known(api)
    commits = [0]
    commit = api.store.commit

    def some(changes: Any) -> Any:
        commits[0] += 1
        if commits[0] == 3:
            raise StoreUnavailable("cut")
        return commit(changes)

    with monkeypatch.context() as broken:
        broken.setattr(erased_texts, "AT_ONCE", 2)
        broken.setattr(api.store, "commit", some)
        assert api.call("DELETE", f"/customers/{chat['customer_id']}").status_code == 503
    assert left(api) != []
    assert api.call("DELETE", f"/customers/{chat['customer_id']}").status_code == 204
    assert left(api) == []
    assert api.rows("jobs", kind="erase") == []


def test_a_message_that_comes_meanwhile_is_with_the_old_or_begins_anew(each_api: Api) -> None:
    api = each_api
    for turn in range(4):
        number = f"7900{turn}112233"
        chat = api.whatsapp("раз", chat_id=number, message_id=f"{turn}-0")
        gate = threading.Barrier(2)

        def write(gate: threading.Barrier = gate, turn: int = turn, number: str = number) -> None:
            gate.wait()
            for n in range(1, 9):
                message = {"messages": [_message(number, f"{turn}-{n}", f"слово {n}")]}
                assert api.client.post(f"/webhooks/wazzup/{SECRET}", json=message).status_code == 200

        writer = threading.Thread(target=write)
        writer.start()
        gate.wait()
        assert api.call("DELETE", f"/customers/{chat['customer_id']}").status_code == 204
        writer.join()
        old = api.rows("messages", conversation_id=chat["id"])
        assert all(row["text"] == "" for row in old), "what came before the end went with the rest"
        new = api.rows("conversations", external_chat_id=number)
        said = [row["text"] for talk in new for row in api.rows("messages", conversation_id=talk["id"])]
        assert said == [f"слово {n}" for n in range(len(old), 9)], "in order, and none is lost"


def test_of_a_chat_in_telegram_nothing_is_left(tmp_path: Path) -> None:
    """Numbers of chats, presses, albums, and what the office was told and answered in its own chat."""
    with running(tmp_path, telegram=True, debounce_s=0.1) as world:
        boss, alina = person(world, "Борис", Role.ADMINISTRATOR), world.in_telegram("Алина")
        alina.says(f"/start {staff_chat.new_code(world.ctx, users.viewer(world.rows('users', id=boss.id)[0]))[0]}")
        alina.hears("Готово")
        other, anna = world.in_telegram("Пётр"), world.in_telegram("Анна Цветкова")
        other.says("Пётр пишет: позовите человека")
        anna.says("Хочу в Турцию на первую линию")
        asked = anna.hears("")
        anna.taps(labels(anna.sees("Начать заново"))[0])
        anna.hears("", after=asked["messageId"])
        anna.says(media="photo", caption="мой паспорт", album="album-77")
        anna.says("Позовите человека, у мужа аллергия")
        told = alina.hears("аллергия")
        alina.says("Анна, слушаю вас", reply_to=told["messageId"])
        anna.hears("слушаю вас")
        alina.hears("Пётр пишет")
        eventually(
            lambda: not world.store.find("jobs", [("state", "in", ("ready", "running"))], order=("seq",), limit=1)
        )
        customer = anna.conversation["customer_id"]
        taps = [
            row["tap"] or {} for row in world.rows("messages", conversation_id=anna.conversation["id"], direction="in")
        ]
        (album,) = [tap["album"] for tap in taps if "album" in tap]
        personal = (
            str(anna.user_id), "Цветкова", "первую линию", "паспорт", album, "аллергия", "слушаю вас",
        )  # fmt: skip
        assert [part for part in personal if part not in everything(world)] == [], "it was all there"
        shown = boss.call("GET", f"/customers/{customer}/export")
        assert shown.status_code == 200
        assert album in shown.text
        assert boss.call("DELETE", f"/customers/{customer}").status_code == 204
        assert [part for part in personal if part in everything(world)] == []
        assert "Пётр пишет" in everything(world), "others keep what is theirs"
        alina.says("И ещё вопрос", reply_to=told["messageId"])
        alina.hears("Не отправлено", after=told["messageId"])
