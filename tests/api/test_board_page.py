"""The board's page keeps what it has drawn, and shows nobody what is old, or meant for another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from markupsafe import Markup

from crystalbay.store.interface import Update
from crystalbay.web.card_cache import Cache
from crystalbay.web.kept import Kept
from models import Role
from tests.api.conftest import Api
from tests.api.people import Person, own_leads_only, person
from tests.store.rows import NOON


def page(who: Person, query: str = "") -> str:
    answer = who.client.get(f"/{query}")
    assert answer.status_code == 200
    text: str = answer.text
    return text


def test_a_card_is_drawn_anew_when_anything_of_it_changes(api: Api) -> None:
    alina = person(api)
    lead = api.lead(name="Анна", assignee_id=alina.id)
    assert "Анна" in page(alina)
    api.store.commit([Update("customers", lead["customer"]["id"], {"name": "Анна Иванова"})])
    assert "Анна Иванова" in page(alina)
    api.call("PATCH", f"/leads/{lead['id']}", {"version": lead["version"], "tags": ["срочный заезд"]})
    assert "срочный заезд" in page(alina)
    api.store.commit([Update("users", alina.id, {"name": "Яна Новая"})])
    assert "Яна Новая" in page(alina)
    api.call("DELETE", f"/leads/{lead['id']}")
    assert "Анна" not in page(alina)


def test_a_card_speaks_the_reader_s_language_and_knows_her_rights(api: Api) -> None:
    lead = api.lead(name="Анна")
    alina, observer = person(api), person(api, "Ольга", Role.OBSERVER)
    menu = f'data-id="{lead["id"]}"'
    assert menu in page(alina)
    assert "card-menu" in page(alina).split(menu)[1].split("</li>")[0]
    assert "card-menu" not in page(observer).split(menu)[1].split("</li>")[0]
    assert "Направление не названо" in page(alina)
    assert alina.call("PATCH", "/users/me", {"language": "en"}).status_code == 200
    assert "Направление не названо" not in page(alina)
    assert "Направление не названо" in page(observer)


def test_kept_cards_are_shown_to_those_who_may_see_them(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    api.lead(name="Чужая тайна", assignee_id=pavel.id)
    assert "Чужая тайна" in page(alina)
    own_leads_only(api)
    assert "Чужая тайна" not in page(alina)
    assert "Чужая тайна" in page(pavel)


def test_the_address_filters_sorts_and_corrects(api: Api) -> None:
    alina = person(api)
    api.lead(name="Иванов", tags=["море"])
    api.lead(name="Петров")
    assert "Петров" not in page(alina, "?tag=море")
    assert "Петров" not in page(alina, "?q=bdfyjd")
    assert "Искали: иванов" in page(alina, "?q=bdfyjd")
    assert page(alina, "?by=stage&sort=value").count('data-column="paid"') > 0
    assert "Петров" in page(alina, "?status=red&sort=beauty&closed_days=zero&lead=1")


# --------------------------------------------------------------------------- what is kept


def key(number: int) -> tuple[Any, ...]:
    return (f"lead-{number}", 1)


def test_cards_are_kept_for_a_minute() -> None:
    cache: Cache[str] = Cache(timedelta(seconds=60))
    cache.keep({key(1): "card"}, NOON)
    assert cache.known([key(1), key(2)], NOON + timedelta(seconds=59)) == {key(1): "card"}
    assert cache.known([key(1)], NOON + timedelta(seconds=60)) == {}
    assert cache.known([key(1)], NOON - timedelta(seconds=1)) == {}, "a clock that was set back"
    cache.keep({key(1): "newer"}, NOON + timedelta(seconds=60))
    assert cache.known([key(1)], NOON + timedelta(seconds=61)) == {key(1): "newer"}


def test_no_more_are_kept_than_there_is_room_for() -> None:
    cache: Cache[str] = Cache(most=3)
    for number in range(5):
        cache.keep({key(number): str(number)}, NOON)
    cache.keep({key(2): "again"}, NOON)
    cache.keep({key(9): "9"}, NOON)
    assert cache.known([key(number) for number in range(10)], NOON) == {key(4): "4", key(2): "again", key(9): "9"}


def test_parts_are_drawn_once_for_what_they_are_given(api: Api) -> None:
    drawn: list[tuple[Any, ...]] = []

    def macro(*given: Any) -> Markup:
        drawn.append(given)
        return Markup(f"<p>{len(drawn)}</p>")

    with api.app.test_request_context():
        kept = Kept(api.app.jinja_env, most=2)
        assert kept.macro(macro, 1) == kept.macro(macro, 1) == "<p>1</p>"
        assert kept.macro(macro, 2) == "<p>2</p>"
        assert kept.macro(macro, 3) == "<p>3</p>"
        assert kept.macro(macro, 1) == "<p>4</p>", "the oldest had to go"
        with pytest.raises(TypeError):
            kept.macro(macro, [])  # type: ignore[arg-type]
