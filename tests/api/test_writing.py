"""What turns the direction of writing stays out of whatever is one line: a name must not turn the page round."""

from __future__ import annotations

import pytest

from models import TripRequest
from tests.api.conftest import Api
from tests.api.people import person

TURNS = "\u202e\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u202a\u202b\u202c"


def turned(text: str) -> str:
    return TURNS + text[:2] + TURNS + text[2:] + TURNS


def test_leads_customers_and_tags(api: Api) -> None:
    trip = {"destination_country": turned("Турция"), "wishes": [turned("море")]}
    lead = api.lead(name=turned("Анна"), tags=[turned("семья")], trip=trip)
    assert (lead["customer"]["name"], lead["tags"], lead["title"]) == ("Анна", ["семья"], "Турция")
    assert lead["trip"]["wishes"] == ["море"]
    customer = api.call("GET", f"/customers/{lead['customer']['id']}").json
    body = {"version": customer["version"], "name": turned("Мария")}
    assert api.call("PATCH", f"/customers/{customer['id']}", body).json["name"] == "Мария"


def test_a_name_that_is_nothing_else_is_none(api: Api) -> None:
    assert api.call("POST", "/leads", {"name": TURNS}).status_code == 422
    assert api.call("POST", "/leads", {"name": f" {TURNS} "}).status_code == 422


def test_the_name_that_a_messenger_tells(api: Api) -> None:
    api.whatsapp("Добрый день", name=turned("Пётр"))
    assert api.rows("customers")[0]["name"] == "Пётр"


def test_users_views_replies_and_reminders(api: Api) -> None:
    alina = person(api)
    assert alina.call("PATCH", "/users/me", {"name": turned("Алина")}).json["name"] == "Алина"
    view = {"name": turned("Мои"), "query": "hot=true", "shared": False}
    assert alina.call("POST", "/views", view).json["name"] == "Мои"
    reply = {"title": turned("Виза"), "text": "…", "shared": False}
    assert alina.call("POST", "/canned-replies", reply).json["title"] == "Виза"
    reminder = {"due_at": "2030-06-04T14:00:00+03:00", "text": turned("Позвонить")}
    assert alina.call("POST", f"/leads/{api.lead()['id']}/reminders", reminder).json["text"] == "Позвонить"


@pytest.mark.parametrize("name", ["Анна-Мария O’Нил", "أحمد", "יוסף כהן", "김철수"])
def test_names_of_any_script_stay_as_they_are(api: Api, name: str) -> None:
    assert api.lead(name=name)["customer"]["name"] == name
    assert TripRequest(hotel_name=name).hotel_name == name
