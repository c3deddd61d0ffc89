"""The bell: each sees what she may see, and what she has read stays unread for the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from crystalbay.ids import new_id
from crystalbay.services import settings, users
from crystalbay.services.handover import notice
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Insert, Update
from models import Role
from tests.api.conftest import Api

SignIn = Callable[[Role], tuple[FlaskClient, str]]


def tell(
    api: Api,
    text: str,
    *,
    lead_id: str | None = None,
    user_id: str | None = None,
    age_days: int = 0,
    kind: str = "note",
) -> str:
    row = {"id": new_id(), "kind": kind, "text": text, "urgent": False, "lead_id": lead_id, "user_id": user_id}
    api.store.commit([Insert("notices", row, now={"created_at": -age_days * 86_400.0})])
    return str(row["id"])


def bell(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/notices{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def texts(items: list[dict[str, Any]], **wanted: Any) -> list[str]:
    return [item["text"] for item in items if all(item[name] == value for name, value in wanted.items())]


def user(api: Api, role: Role) -> Viewer:
    row = api.rows("users", email=f"{role.value}@example.com")[0]
    return users.viewer(row)


def test_everybody_s_notices_and_one_s_own_newest_first(api: Api, signed_in: SignIn) -> None:
    manager, _ = signed_in(Role.MANAGER)
    me = user(api, Role.MANAGER)
    for text, whose in (("всем", None), ("мне", me.id), ("чужое", "u-other")):
        tell(api, text, user_id=whose)
    assert texts(bell(manager)) == ["мне", "всем"]
    assert texts(bell(manager), mine=True) == ["мне"] == texts(bell(manager, "?mine=true"))


def test_reading_is_each_one_s_own(api: Api, signed_in: SignIn) -> None:
    manager, token = signed_in(Role.MANAGER)
    head, _ = signed_in(Role.HEAD)
    first, _second = tell(api, "раз"), tell(api, "два")
    for _ in range(2):  # once more does no harm
        done = manager.post(f"/api/v1/notices/{first}/read", headers={"X-CSRFToken": token})
        assert done.status_code == 204
    assert [(item["text"], item["read"]) for item in bell(manager)] == [("два", False), ("раз", True)]
    assert texts(bell(head), read=False) == ["два", "раз"]
    assert len([row for row in api.rows("activities") if row["kind"] == "notices.read"]) == 1


def test_reading_all_reads_what_there_is_now(api: Api, signed_in: SignIn) -> None:
    observer, token = signed_in(Role.OBSERVER)
    tell(api, "раз")
    assert observer.post("/api/v1/notices/read", headers={"X-CSRFToken": token}).status_code == 204
    assert texts(bell(observer), read=False) == []
    tell(api, "два")
    assert texts(bell(observer), read=False) == ["два"]


def test_a_broken_integration_is_for_administrators(api: Api, signed_in: SignIn) -> None:
    tell(api, "Канал не работает", kind="integration")
    manager, _ = signed_in(Role.MANAGER)
    assert bell(manager) == []
    assert texts(bell(signed_in(Role.ADMINISTRATOR)[0])) == ["Канал не работает"]


def test_thirty_days_are_kept(api: Api, signed_in: SignIn) -> None:
    manager, _ = signed_in(Role.MANAGER)
    tell(api, "старое", age_days=31)
    tell(api, "ещё видно", age_days=29)
    assert texts(bell(manager)) == ["ещё видно"]


def test_notices_of_leads_obey_the_visibility_of_leads(api: Api, signed_in: SignIn) -> None:
    manager, token = signed_in(Role.MANAGER)
    head, _ = signed_in(Role.HEAD)
    me = user(api, Role.MANAGER)
    settings.change(api.store, user(api, Role.HEAD), {"visibility": "own"})
    mine, other = api.lead(name="Моя", assignee_id=me.id), api.lead(name="Чужая")
    tell(api, "о моём лиде", lead_id=mine["id"])
    hidden = tell(api, "о чужом лиде", lead_id=other["id"])
    tell(api, "о лиде, которого нет", lead_id=new_id())
    assert texts(bell(manager)) == ["о моём лиде"]
    assert bell(manager)[0]["mine"]
    assert texts(bell(head)) == ["о чужом лиде", "о моём лиде"]
    refused = manager.post(f"/api/v1/notices/{hidden}/read", headers={"X-CSRFToken": token})
    assert refused.status_code == 404


def test_a_client_who_waits_for_a_person_is_in_the_bell_until_read(api: Api, signed_in: SignIn) -> None:
    manager, token = signed_in(Role.MANAGER)
    me = user(api, Role.MANAGER)
    chat = api.whatsapp("Есть кто живой?")
    assert bell(manager) == []  # the machine answers
    headers = {"X-CSRFToken": token}
    manager.post(f"/api/v1/conversations/{chat['id']}/takeover", headers=headers)
    api.whatsapp("Ау", message_id="m-2")
    line = bell(manager)[0]
    assert (line["kind"], line["text"], line["count"], line["mine"]) == ("message", "Анна Соколова", 2, True)
    assert manager.post(f"/api/v1/notices/{line['id']}/read", headers=headers).status_code == 204
    assert bell(manager)[0]["read"]
    api.whatsapp("Так что?", message_id="m-3")
    assert (bell(manager)[0]["read"], bell(manager)[0]["count"]) == (False, 3)
    manager.post(f"/api/v1/conversations/{chat['id']}/read", headers=headers)
    assert bell(manager) == []
    assert api.rows("leads", id=chat["lead_id"])[0]["assignee_id"] == me.id


def test_a_colleague_s_client_is_not_in_my_bell(api: Api, signed_in: SignIn) -> None:
    hers, token = signed_in(Role.MANAGER)
    mine, _ = signed_in(Role.HEAD)
    chat = api.whatsapp()
    hers.post(f"/api/v1/conversations/{chat['id']}/takeover", headers={"X-CSRFToken": token})
    api.whatsapp("Ау", message_id="m-2")
    assert len(bell(hers)) == 1
    assert bell(mine) == []


def test_who_may_read_and_who_may_not(api: Api, signed_in: SignIn) -> None:
    tell(api, "всем")
    assert api.client.get("/api/v1/notices").status_code == 401
    assert api.call("GET", "/notices", key=api.new_key("events")).status_code == 403
    assert texts(api.call("GET", "/notices", key=api.new_key("leads:read")).json["items"]) == ["всем"]
    assert api.call("POST", "/notices/read", key=api.new_key("leads:read")).status_code == 422
    manager, _ = signed_in(Role.MANAGER)
    assert manager.post("/api/v1/notices/read").status_code == 400  # without the page's token


@pytest.mark.parametrize("notice_id", ["nothing", "message-x-1", "%00", "a" * 300])
def test_a_notice_that_is_none_is_not_read(api: Api, notice_id: str) -> None:
    assert api.call("POST", f"/notices/{notice_id}/read").status_code == 404


def test_the_bell_speaks_the_reader_s_language(api: Api, signed_in: SignIn) -> None:
    manager, _ = signed_in(Role.MANAGER)
    api.store.commit([notice("asked", api.lead(name="Вера"), {"name": "Вера", "phone": None})])
    assert "Клиент просит человека: Вера" in manager.get("/ui/notices").text
    assert texts(bell(manager)) == ["Клиент просит человека: Вера"]
    me = user(api, Role.MANAGER)
    api.store.commit([Update("users", me.id, {"language": "en"})])
    page = manager.get("/ui/notices").text
    assert "Вера" in page
    assert "Клиент просит человека" not in page
    assert "The client asks for a person: Вера" in page
    assert texts(bell(manager)) == ["The client asks for a person: Вера"]
