"""An office with something of every kind, for tests that call everything: whose each thing is, and its id."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from crystalbay.ids import new_id
from crystalbay.services import users
from crystalbay.services.handover import notice
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Insert, Row
from models import Role
from tests.api.conftest import PASSWORD, Api


@dataclass
class Belongings:
    """One lead of a customer with all that hangs under it. `mark`: words that stand in every text of it."""

    mark: str
    ids: dict[str, str] = field(default_factory=dict)


def viewer_of(user: Row) -> Viewer:
    return Viewer(id=user["id"], name=user["name"], role=Role(user["role"]))


def user(api: Api, name: str, role: Role) -> Row:
    return users.create_user(api.store, email=f"{name}@example.com", name=name, role=role, password=PASSWORD)


def belongings(api: Api, mark: str, number: int, owner: Row | None) -> Belongings:
    """A customer named `mark` with a chat, a note, a reminder, an offer, a suggestion, a notice and a file; his lead is
    the owner's, or nobody's. `number`: a digit that makes his phone his own."""
    found = Belongings(mark)
    phone = f"7900000000{number}"
    chat = api.whatsapp(f"{mark} пишет", chat_id=phone, message_id=f"{mark}-1", name=mark)
    lead_id = chat["lead_id"]
    made = {"lead_id": lead_id, "conversation_id": chat["id"], "customer_id": chat["customer_id"]}
    who = (owner or user(api, f"helper{number}", Role.MANAGER))["id"]
    changed = {"version": api.call("GET", f"/leads/{lead_id}").json["version"], "tags": [mark]}
    changed |= {"assignee_id": owner["id"]} if owner else {}
    changed["value"] = {"amount": f"{1000 + number}.00", "currency": "RUB"}
    assert api.call("PATCH", f"/leads/{lead_id}", changed).status_code == 200
    made["note_id"] = _made(api, f"/leads/{lead_id}/notes", {"text": f"{mark} заметка"})
    due = {"due_at": "2036-05-20T10:00:00Z", "text": f"{mark} напоминание", "user_id": who}
    made["reminder_id"] = _made(api, f"/leads/{lead_id}/reminders", due)
    made |= _inserted(api, chat, mark, owner)
    other = api.lead(name=f"{mark} двойник", **({"assignee_id": owner["id"]} if owner else {}))
    merged = api.call("POST", f"/customers/{chat['customer_id']}/merge", {"other_id": other["customer"]["id"]})
    made |= {"merge_id": merged.json["merges"][0]["id"], "second_lead_id": other["id"]}
    found.ids = made | {"message_id": api.rows("messages", conversation_id=chat["id"])[0]["id"]}
    return found


def _made(api: Api, path: str, body: dict[str, Any]) -> str:
    answer = api.call("POST", path, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def _inserted(api: Api, chat: Row, mark: str, owner: Row | None) -> dict[str, str]:
    """What only the machine makes."""
    ctx = api.app.extensions["crystalbay"]
    now = ctx.clock.now()
    offer = offer_row(chat, mark, now)
    suggestion = {
        "id": new_id(), "conversation_id": chat["id"], "lead_id": chat["lead_id"], "text": f"{mark} предложение",
        "choices": [], "offers": [], "inbound_no": chat["inbound_no"], "dialogue": {}, "state": "open",
    }  # fmt: skip
    told = notice(
        "asked",
        {"id": chat["lead_id"], "number": 1},
        {"name": mark, "phone": None},
        user_id=owner["id"] if owner else None,
    )
    ctx.store.commit(
        [
            Insert("offers", offer, now={"created_at": 0.0}),
            Insert("suggestions", suggestion, now={"created_at": 0.0}),
            told,
        ]
    )
    return {"offer_id": offer["id"], "suggestion_id": suggestion["id"], "notice_id": told.row["id"]}


def offer_row(chat: Row, mark: str, now: Any) -> Row:
    price = {"amount": "125000.00", "currency": "RUB"}
    day = (now + timedelta(days=60)).date()
    data = {
        "id": new_id(), "claim": f"claim {mark}", "hotel": f"{mark} отель", "hotel_key": 7, "stars": 5,
        "resort": "Кемер",
        "country": "Турция", "departure_city": "Москва", "check_in": day.isoformat(),
        "check_out": (day + timedelta(days=7)).isoformat(), "nights": 7, "adults": 2, "children": 0, "room": "Standard",
        "meal": "AI", "price": price, "native_price": price, "availability": "available", "bookable": True,
        "fetched_at": now.isoformat(),
    }  # fmt: skip
    return {
        "id": data["id"], "lead_id": chat["lead_id"], "conversation_id": chat["id"], "data": data, "fetched_at": now,
    }  # fmt: skip


def office(api: Api) -> dict[str, str]:
    """What belongs to no lead: a user, a key, a canned reply, a view, as ids by the names of path parameters."""
    colleague = user(api, "colleague", Role.MANAGER)
    key = api.call("POST", "/api-keys", {"name": "ключ", "scopes": ["events"]}).json["id"]
    reply = _made(api, "/canned-replies", {"title": "Приветствие", "text": "Здравствуйте", "shared": True})
    return {"user_id": colleague["id"], "key_id": key, "reply_id": reply}
