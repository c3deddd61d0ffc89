"""The board over REST: filters, sorts, stages, what is closed, and the pages of a column; the same words for lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crystalbay.store.interface import Row, Update
from tests.api.conftest import Api
from tests.api.people import own_leads_only, person

NOW = datetime.now(UTC)
STAGES = (
    "new_request", "consultation", "tour_selection", "commercial_offer", "integrations", "paid", "accepted",
    "confirmed", "completed",
)  # fmt: skip


def lead(api: Api, name: str, sets: Row | None = None, **fields: Any) -> str:
    """A lead by its name, with columns that no request sets."""
    made: str = api.lead(name=name, **fields)["id"]
    if sets:
        api.store.commit([Update("leads", made, sets)])
    return made


def move(api: Api, lead_id: str, **where: Any) -> dict[str, Any]:
    version = api.rows("leads", id=lead_id)[0]["version"]
    answer = api.call("POST", f"/leads/{lead_id}/move", {"version": version, **where})
    assert answer.status_code == 200, answer.text
    moved: dict[str, Any] = answer.json
    return moved


def on_board(api: Api, query: str) -> set[str]:
    """The names on a board, which must be those of the list and the counts."""
    answer = api.call("GET", f"/board?{query}")
    assert answer.status_code == 200, answer.text
    names = [card["customer"]["name"] for column in answer.json.values() for card in column["leads"]]
    assert sum(column["count"] for column in answer.json.values()) == len(names)
    assert sorted(listed(api, query)) == sorted(names)
    return set(names)


def listed(api: Api, query: str) -> list[str]:
    answer = api.call("GET", f"/leads?{query}")
    assert answer.status_code == 200, answer.text
    return [one["customer"]["name"] for one in answer.json["items"]]


# --------------------------------------------------------------------------- filters


@pytest.fixture
def office(api: Api) -> dict[str, str]:
    """Four leads that differ in everything that can be asked for. The answer: ids by name."""
    alina = person(api).id
    june, july = ({"date_from": f"2026-0{month}-10", "destination_country": "Турция"} for month in (6, 7))
    money = {"amount": "150000", "currency": "RUB"}
    old = NOW - timedelta(days=40)
    made = {
        "Анна": lead(
            api, "Анна", {"score": 85, "waiting_since": NOW}, channel="whatsapp", tags=["море", "a,b"], trip=june,
            value=money, assignee_id=alina,
        ),
        "Борис": lead(api, "Борис", {"next_action_at": NOW - timedelta(hours=1)}, channel="telegram", trip=july),
        "Вера": lead(api, "Вера", {"created_at": old}, phone="+79121234567", tags=["горы"]),
        "Глеб": lead(api, "Глеб", {"score": 90, "waiting_since": NOW}, value=money | {"amount": "99.99"}),
    }  # fmt: skip
    move(api, made["Борис"], stage="paid")
    move(api, made["Глеб"], status="closed", outcome="won")
    return made | {"alina": alina}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "Анна Борис Вера Глеб"),
        ("status=new,closed", "Анна Вера Глеб"),
        ("stage=paid", "Борис"),
        ("stage=paid,completed&status=pending", "Борис"),
        ("channel=whatsapp,telegram", "Анна Борис"),
        ("assignee_id={alina}", "Анна"),
        ("assignee_id=none", "Борис Вера Глеб"),
        ("assignee_id=none,{alina}", "Анна Борис Вера Глеб"),
        ("assignee_id=me", ""),
        ("tag=море", "Анна"),
        ("tag=море,горы", "Анна Вера"),
        ("tag=a%5C,b", "Анна"),
        ("tag=МОРЕ", "Анна"),
        ("q=турция", "Анна Борис"),
        ("q=8 912 123-45-67", "Вера"),
        ("q=4567", "Вера"),
        ("q=fyyf", "Анна"),
        ("q=", "Анна Борис Вера Глеб"),
        ("q=%25", ""),
        ("q=*%20_", ""),
        ("q=%3Cb%3E", ""),
        ("created_to={month_ago}", "Вера"),
        ("created_from={today}", "Анна Борис Глеб"),
        ("trip_from=2026-06-10&trip_to=2026-06-10", "Анна"),
        ("trip_from=2026-06-11", "Борис"),
        ("value_from=100&value_to=150000", "Анна"),
        ("value_from=99,99", "Анна Глеб"),
        ("value_to=99.99", "Глеб"),
        ("hot=true", "Анна"),  # a closed lead is not hot any more
        ("unanswered=true", "Анна"),
        ("overdue=true", "Борис"),
        ("hot=false", "Анна Борис Вера Глеб"),
        ("closed_days=1", "Анна Борис Вера Глеб"),
        ("archived=true", ""),
        ("hot=true&tag=горы", ""),
    ],
)
def test_a_filter_chooses_on_the_board_and_in_lists(api: Api, office: dict[str, str], query: str, names: str) -> None:
    days = {"month_ago": (NOW - timedelta(days=30)).date(), "today": (NOW - timedelta(days=1)).date()}
    asked = query.format(alina=office["alina"], **days)
    if query == "q=fyyf":  # only the board tries the other layout, and says so
        assert [card["customer"]["name"] for card in api.call("GET", f"/board?{asked}").json["new"]["leads"]] == [
            "Анна"
        ]
        return
    assert on_board(api, asked) == set(names.split())


def test_me_is_the_user_who_asks(api: Api) -> None:
    alina = person(api)
    lead(api, "Анна", assignee_id=alina.id)
    lead(api, "Борис")
    assert [one["customer"]["name"] for one in alina.call("GET", "/leads?assignee_id=me").json["items"]] == ["Анна"]


@pytest.mark.parametrize("path", ["/board", "/leads"])
@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("status=red", "status", "allowed are new, in_progress"),
        ("stage=paid,red", "stage", "red is not known"),
        ("sort=beauty", "sort", "manual, waiting"),
        ("hot=maybe", "hot", "true or false"),
        ("created_from=yesterday", "created_from", "2026-06-10"),
        ("trip_to=2026-02-30", "trip_to", "valid date"),
        ("value_from=-1", "value_from", "greater than or equal to 0"),
        ("value_to=1e30", "value_to", "less than or equal"),
        ("closed_days=0", "closed_days", "greater than or equal to 1"),
        ("closed_days=4000", "closed_days", "less than or equal to 3650"),
        ("q=" + "x" * 201, "q", "at most 200"),
        ("channel=" + ",".join("x" * 51), "channel", "at most 50 values"),
        ("colour=red", "colour", "unknown parameter"),
        ("status=new&status=closed", "status", "separated by commas"),
    ],
)
def test_a_wrong_filter_is_named(api: Api, path: str, query: str, field: str, words: str) -> None:
    answer = api.call("GET", f"{path}?{query}")
    assert answer.status_code == 422
    assert [(error["field"], words in error["message"]) for error in answer.json["errors"]] == [(field, True)]


@pytest.mark.parametrize("query", ["by=colour", "first=0", "first=51"])
def test_a_wrong_board_is_refused(api: Api, query: str) -> None:
    assert api.call("GET", f"/board?{query}").json["errors"][0]["field"] == query.partition("=")[0]


# --------------------------------------------------------------------------- stages, sorts, pages


def test_the_nine_stages_are_columns(api: Api, office: dict[str, str]) -> None:
    board = api.call("GET", "/board?by=stage").json
    assert tuple(board) == STAGES
    assert {name: column["count"] for name, column in board.items() if column["count"]} == {
        "new_request": 2,
        "paid": 1,
        "completed": 1,
    }
    page = api.call("GET", "/leads?order=board&stage=paid").json["items"]
    assert [one["id"] for one in page] == [office["Борис"]]


SORTED = {
    "manual": "Вера Анна Борис",
    "waiting": "Борис Анна Вера",
    "created": "Анна Борис Вера",
    "updated": "Борис Вера Анна",
    "value": "Вера Анна Борис",
    "score": "Анна Вера Борис",
    "next_action": "Анна Борис Вера",
}


@pytest.mark.parametrize("sort", SORTED)
def test_a_column_is_sorted_and_paged_as_the_board_shows_it(api: Api, sort: str) -> None:
    at = [NOW + timedelta(minutes=minute) for minute in range(6)]
    lead(api, "Анна", {
        "position": 2.0, "created_at": at[5], "updated_at": at[0], "waiting_since": at[1], "score": 9,
        "value_minor": 100, "next_action_at": at[0],
    })  # fmt: skip
    lead(api, "Борис", {
        "position": 3.0, "created_at": at[4], "updated_at": at[5], "waiting_since": at[0], "score": 1,
        "next_action_at": at[3],
    })  # fmt: skip
    lead(api, "Вера", {"position": 1.0, "created_at": at[3], "updated_at": at[1], "score": 5, "value_minor": 500})
    expected = SORTED[sort].split()
    column = api.call("GET", f"/board?sort={sort}&first=1").json["new"]
    seen, cursor = [card["customer"]["name"] for card in column["leads"]], column["next_cursor"]
    while cursor:
        page = api.call("GET", f"/leads?order=board&status=new&sort={sort}&limit=1&cursor={cursor}").json
        seen += [one["customer"]["name"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == expected
    order = api.call("GET", f"/leads?sort={sort}&limit=2").json
    rest = api.call("GET", f"/leads?sort={sort}&limit=2&cursor={order['next_cursor']}").json
    assert [one["customer"]["name"] for one in [*order["items"], *rest["items"]]] == expected


@pytest.mark.parametrize("query", ["", "status=new,closed", "stage=paid,accepted", "status=new,closed&stage=paid"])
def test_board_order_needs_one_column(api: Api, query: str) -> None:
    answer = api.call("GET", f"/leads?order=board&{query}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "status")


def test_on_a_sorted_board_only_the_column_changes(api: Api) -> None:
    first, second = lead(api, "Анна", {"position": 5.0}), lead(api, "Борис", {"position": 6.0})
    moved = move(api, first, status="pending", sort="value", before_id=second)
    assert (moved["status"], moved["position"]) == ("pending", 5.0)
    same = move(api, first, stage="paid", sort="waiting")
    assert (same["stage"], same["position"]) == ("paid", 5.0)


# --------------------------------------------------------------------------- counts, limits, what is closed


def test_closed_leads_are_shown_for_some_days(api: Api) -> None:
    today, old = lead(api, "Сегодня"), lead(api, "Давно")
    for one in (today, old):
        move(api, one, status="closed", outcome="won")
    api.store.commit([Update("leads", old, {"closed_at": NOW - timedelta(days=31)})])

    def closed(query: str = "") -> list[str]:
        column = api.call("GET", f"/board?{query}").json["closed"]
        page = api.call("GET", f"/leads?order=board&status=closed&{query}").json["items"]
        names = [card["customer"]["name"] for card in column["leads"]]
        assert column["count"] == len(names)
        assert [one["customer"]["name"] for one in page] == names
        return names

    assert closed() == ["Сегодня"]
    assert sorted(closed("closed_days=60")) == ["Давно", "Сегодня"]
    api.call("PATCH", "/settings", {"closed_days": 90})
    assert sorted(closed()) == ["Давно", "Сегодня"]
    assert sorted(listed(api, "")) == ["Давно", "Сегодня"], "a list has them all unless asked"
    assert listed(api, "closed_days=1") == ["Сегодня"]
    move(api, old, status="in_progress")
    assert api.rows("leads", id=old)[0]["closed_at"] is None


def test_columns_have_limits_and_sums(api: Api) -> None:
    api.call("PATCH", "/settings", {"limits": {"new": 1, "confirmed": 2}, "stage_limits": {"paid": 3}})
    for amount, currency in (("100", "RUB"), ("50.5", "RUB"), ("900", "USD")):
        lead(api, "Анна", value={"amount": amount, "currency": currency})
    board = api.call("GET", "/board").json
    assert (board["new"]["count"], board["new"]["limit"], board["new"]["capped"]) == (3, 1, False)
    assert board["new"]["sums"] == [
        {"amount": "900.00", "currency": "USD"},
        {"amount": "150.50", "currency": "RUB"},
    ]
    assert board["pending"]["limit"] is None
    stages = api.call("GET", "/board?by=stage").json
    assert (stages["paid"]["limit"], stages["confirmed"]["limit"]) == (3, None)


def test_counts_and_cards_are_those_that_one_may_see(api: Api) -> None:
    alina = person(api)
    own_leads_only(api)
    lead(api, "Своя", assignee_id=alina.id)
    lead(api, "Чужая")
    for query in ("", "?by=stage", "?value_to=1", "?q=чужая", "?assignee_id=none", "?archived=true"):
        board = alina.call("GET", f"/board{query}").json
        assert sum(column["count"] for column in board.values()) <= 1
        assert "Чужая" not in str(board)
    assert alina.call("GET", "/board").json["new"]["count"] == 1


def test_a_card_that_was_kept_is_never_an_old_one(api: Api) -> None:
    """The board keeps leads as JSON by their versions and their people's."""
    alina = person(api)
    made = lead(api, "Анна", assignee_id=alina.id)

    def card() -> dict[str, Any]:
        found: dict[str, Any] = api.call("GET", "/board").json["new"]["leads"][0]
        return found

    assert card() == card() == api.call("GET", f"/leads/{made}").json
    api.call("PATCH", f"/leads/{made}", {"version": card()["version"], "urgency": "high"})
    assert card()["urgency"] == "high"
    customer = card()["customer"]
    api.store.commit([Update("customers", customer["id"], {"name": "Анна Иванова"})])
    assert card()["customer"]["name"] == "Анна Иванова"
    api.store.commit([Update("users", alina.id, {"name": "Алина Новая"})])
    assert card()["assignee"]["name"] == "Алина Новая"
    assert card() == api.call("GET", f"/leads/{made}").json
    api.call("DELETE", f"/leads/{made}")
    assert api.call("GET", "/board").json["new"]["leads"] == []
