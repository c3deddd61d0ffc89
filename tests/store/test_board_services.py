"""What the board's services ask of a store, on every backend: filters, bulk acts and their undoing, search, exports."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crystalbay.config import load
from crystalbay.services import board, bulk, leads, new_leads, search, views
from crystalbay.services.bulk_plans import Asked
from crystalbay.services.context import Context
from crystalbay.services.exports import Export
from crystalbay.services.filters import LeadFilters
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Store
from main import build_context
from models import Money, Outcome, Role, Status, TripRequest
from tests.store.rows import add, user

JUNE = TripRequest.model_validate({"destination_country": "Турция", "date_from": "2026-06-10"})


@pytest.fixture
def ctx(store: Store, tmp_path: Path) -> Context:
    return build_context(load(_env_file=None, app_env="development", data_dir=tmp_path), store=store)


@pytest.fixture
def alina(store: Store) -> Viewer:
    add(store, "users", user(id="alina", name="Алина К."))
    return Viewer("alina", "Алина К.", Role.HEAD)


def made(ctx: Context, viewer: Viewer, name: str, **fields: Any) -> str:
    lead, _ = new_leads.create(ctx, viewer.actor, source="test", external_id=name, name=name, **fields)
    return str(lead["id"])


def names(ctx: Context, viewer: Viewer, **filters: Any) -> set[str]:
    """On the board and in a list alike."""
    asked = LeadFilters.model_validate(filters)
    rules = board.rules_of(ctx)
    shown = board.present(board.read(ctx, viewer, asked, rules=rules), "manual", rules)
    found = {card["customer"]["name"] for column in shown.values() for card in column["leads"]}
    rows = board.list_leads(ctx, viewer, asked, limit=50)
    assert {lead["customer"]["name"] for lead in leads.present_all(ctx.store, rows)} == found
    assert [row["id"] for row, _ in Export(ctx, viewer, asked)] == [row["id"] for row in rows]
    return found


def test_filters_find_the_same_everywhere(ctx: Context, alina: Viewer) -> None:
    money = Money.model_validate({"amount": "1500.50", "currency": "RUB"})
    made(ctx, alina, "Анна", tags=["море", "vip"], trip=JUNE, value=money, assignee_id="alina")
    made(ctx, alina, "Борис", tags=["Море"], phone="+79121234567")
    assert names(ctx, alina) == {"Анна", "Борис"}
    assert names(ctx, alina, tag="море") == {"Анна", "Борис"}, "one spelling for both"
    assert names(ctx, alina, tag="горы,vip") == {"Анна"}
    assert names(ctx, alina, assignee_id="me") == {"Анна"}
    assert names(ctx, alina, assignee_id="none") == {"Борис"}
    assert names(ctx, alina, assignee_id="none,me") == {"Анна", "Борис"}
    assert names(ctx, alina, trip_from="2026-06-10", trip_to="2026-06-10") == {"Анна"}
    assert names(ctx, alina, value_from="1500,50") == {"Анна"}
    assert names(ctx, alina, q="8 912 123-45-67") == {"Борис"}
    assert names(ctx, alina, hot="true") == set()
    found = search.search(ctx, alina, ",jhbc")
    assert (found.corrected, [lead["customer"]["name"] for lead in found.leads]) == ("борис", ["Борис"])
    assert [customer.row["name"] for customer in found.customers] == ["Борис"]


def test_many_are_changed_and_changed_back(ctx: Context, alina: Viewer) -> None:
    ids = [made(ctx, alina, name) for name in ("Анна", "Борис", "Вера")]
    before = {lead_id: leads.show(ctx, alina, lead_id) for lead_id in ids}
    later = ctx.clock.now() + timedelta(days=1)
    acts = [
        Asked("move", status=Status.PENDING),
        Asked("assign", assignee_id="alina"),
        Asked("tags", add_tags=["море"]),
        Asked("remind", remind_at=later, remind_text="Позвонить"),
        Asked("move", status=Status.CLOSED, outcome=Outcome.WON),
        Asked("archive"),
    ]
    for number, asked in enumerate(acts):
        done = bulk.act(ctx, alina, ids, asked, f"act-{number}")
        assert (done["done"], done["failed"]) == (3, []), asked.action
        again = bulk.act(ctx, alina, ids, asked, f"act-{number}")
        assert (again["done"], again["failed"]) == (3, [])
    assert names(ctx, alina) == set()
    assert names(ctx, alina, archived="true") == {"Анна", "Борис", "Вера"}
    for number in reversed(range(len(acts))):
        assert bulk.undo(ctx, alina, f"act-{number}") == {"act_id": f"act-{number}", "done": 3, "failed": []}
        assert bulk.undo(ctx, alina, f"act-{number}")["done"] == 3
    apart = ("version", "updated_at")
    for lead_id in ids:
        after = leads.show(ctx, alina, lead_id)
        assert {n: v for n, v in after.items() if n not in apart} == {
            n: v for n, v in before[lead_id].items() if n not in apart
        }


def test_views_are_kept(ctx: Context, alina: Viewer) -> None:
    made_view = views.create(ctx, alina, name="Горячие", query="hot=true", shared=True)
    assert views.list_views(ctx, alina) == [made_view]
    changed = views.change(ctx, alina, made_view["id"], {"shared": False})
    assert views.list_views(ctx, Viewer("boris", "Борис", Role.MANAGER)) == []
    assert views.list_views(ctx, alina) == [changed]
